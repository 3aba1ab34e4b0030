//! A journal that nothing secret gets into: what looks like a credential is masked
//! before it is hashed and stored, because afterwards it could never be removed.

use async_trait::async_trait;
use lastgood_core::checklist::Attestation;
use lastgood_core::name::RunId;
use lastgood_core::ports::{
    Annotations, AnnotationsError, Archive, ArchiveError, Attestations, Filed, Head, Journal,
    JournalError, Lease, Ledger, LedgerError, RunRecord, Stamped,
};
use lastgood_core::release::{Ground, Remark};
use lastgood_core::run::Entry;
use lastgood_core::secret::{redact, redact_text};
use lastgood_core::timeline::Annotation;
use lastgood_journal::{SqliteJournal, Stand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Masks credentials on the way into `J`.
pub(crate) struct Redacting<J> {
    inner: J,
}

impl<J> Redacting<J> {
    pub(crate) const fn new(inner: J) -> Self {
        Self { inner }
    }
}

impl Redacting<SqliteJournal> {
    /// As of when it is read.
    pub(crate) async fn stand(&self) -> Result<Option<Stand>, JournalError> {
        self.inner.stand().await
    }
}

/// How much of a text is masked.
#[derive(Clone, Copy)]
enum Words {
    /// Ours and those of other systems, which were masked where they came in: credentials by
    /// their shape.
    Ours,
    /// Those of people: also what stands behind a telling name.
    Theirs,
}

impl Words {
    fn mask(self, text: &str) -> String {
        match self {
            Self::Ours => redact(text, &[]),
            Self::Theirs => redact_text(text),
        }
    }
}

/// Events with everything masked that looks like a credential.
fn clean_events(events: &[Stamped]) -> Result<Vec<Stamped>, serde_json::Error> {
    let mut events = clean(events, Words::Ours)?;
    for text in events.iter_mut().filter_map(|stamped| stamped.event.written()) {
        *text = Words::Theirs.mask(text);
    }
    Ok(events)
}

/// The same for what people say of a record.
pub(crate) fn clean_annotations(said: &[Annotation]) -> Result<Vec<Annotation>, serde_json::Error> {
    clean(said, Words::Theirs)
}

/// `said` with everything masked that looks like a credential.
fn clean<T: Clone + Serialize + DeserializeOwned>(
    said: &[T],
    words: Words,
) -> Result<Vec<T>, serde_json::Error> {
    said.iter()
        .map(|one| {
            let mut value = serde_json::to_value(one)?;
            if masked(&mut value, words) { serde_json::from_value(value) } else { Ok(one.clone()) }
        })
        .collect()
}

/// Masks every text in `value`, and every name; says whether there was anything to mask. Text by
/// text, because in the JSON of the whole an end of line is a letter, and hides where a word
/// begins.
fn masked(value: &mut Value, words: Words) -> bool {
    match value {
        Value::String(text) => {
            let clean = words.mask(text);
            let found = clean != *text;
            *text = clean;
            found
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |found, item| masked(item, words) | found)
        }
        Value::Object(fields) => {
            let found = fields.values_mut().fold(false, |found, item| masked(item, words) | found);
            let named: Vec<(String, String)> = fields
                .keys()
                .map(|name| (name.clone(), words.mask(name)))
                .filter(|(name, clean)| name != clean)
                .collect();
            for (name, clean) in &named {
                if let Some(item) = fields.remove(name) {
                    fields.insert(clean.clone(), item);
                }
            }
            found || !named.is_empty()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// That masking failed, as the journal says it.
fn unmasked(source: serde_json::Error) -> JournalError {
    JournalError::Storage {
        path: "journal".to_owned(),
        doing: "mask credentials for",
        source: Box::new(source),
    }
}

/// The same, as a ledger says it.
fn unmasked_at(ground: &Ground) -> impl FnOnce(serde_json::Error) -> LedgerError {
    let of = ground.to_string();
    |source| LedgerError::Storage { of, source: unmasked(source) }
}

#[async_trait]
impl<J: Journal> Journal for Redacting<J> {
    async fn create(&self, run: &RunId, first: &[Stamped]) -> Result<(Lease, Head), JournalError> {
        self.inner.create(run, &clean_events(first).map_err(unmasked)?).await
    }

    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError> {
        self.inner.lease(run).await
    }

    async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        self.inner.release(lease).await
    }

    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError> {
        self.inner.append(lease, &clean_events(events).map_err(unmasked)?).await
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        self.inner.read(run, after).await
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        self.inner.runs().await
    }
}

#[async_trait]
impl<J: Ledger> Ledger for Redacting<J> {
    async fn remark(
        &self,
        ground: &Ground,
        seen: u64,
        remarks: &[Remark],
    ) -> Result<u64, LedgerError> {
        let remarks = clean(remarks, Words::Theirs).map_err(unmasked_at(ground))?;
        self.inner.remark(ground, seen, &remarks).await
    }

    async fn remarks(&self, ground: &Ground) -> Result<Vec<Remark>, LedgerError> {
        self.inner.remarks(ground).await
    }

    async fn grounds(&self) -> Result<Vec<Ground>, LedgerError> {
        self.inner.grounds().await
    }
}

#[async_trait]
impl<J: Annotations> Annotations for Redacting<J> {
    async fn annotate(
        &self,
        run: &RunId,
        seen: u64,
        annotations: &[Annotation],
    ) -> Result<Head, AnnotationsError> {
        let failed =
            |source| AnnotationsError::Storage { run: run.clone(), source: unmasked(source) };
        self.inner.annotate(run, seen, &clean_annotations(annotations).map_err(failed)?).await
    }

    async fn annotations(&self, run: &RunId) -> Result<(Vec<Annotation>, Head), AnnotationsError> {
        self.inner.annotations(run).await
    }

    /// The bytes as they are: whoever hands a text over has masked it, and a picture has
    /// nothing to search in.
    async fn keep(&self, run: &RunId, bytes: &[u8]) -> Result<String, AnnotationsError> {
        self.inner.keep(run, bytes).await
    }

    async fn kept(&self, run: &RunId, hash: &str) -> Result<Option<Vec<u8>>, AnnotationsError> {
        self.inner.kept(run, hash).await
    }
}

#[async_trait]
impl<J: Attestations> Attestations for Redacting<J> {
    async fn attest(
        &self,
        ground: &Ground,
        seen: u64,
        answers: &[Attestation],
    ) -> Result<u64, LedgerError> {
        let answers = clean(answers, Words::Theirs).map_err(unmasked_at(ground))?;
        self.inner.attest(ground, seen, &answers).await
    }

    async fn attestations(&self, ground: &Ground) -> Result<Vec<Attestation>, LedgerError> {
        self.inner.attestations(ground).await
    }

    async fn answered(&self) -> Result<Vec<Ground>, LedgerError> {
        self.inner.answered().await
    }
}

/// A document is kept as it came, or refused by whoever hands it over: with a word of it
/// masked, it would not be the document any more.
#[async_trait]
impl<J: Archive> Archive for Redacting<J> {
    async fn file(&self, filed: &Filed, document: &[u8]) -> Result<bool, ArchiveError> {
        self.inner.file(filed, document).await
    }

    async fn filed(&self) -> Result<Vec<Filed>, ArchiveError> {
        self.inner.filed().await
    }

    async fn document(&self, filed: &Filed) -> Result<Vec<u8>, ArchiveError> {
        self.inner.document(filed).await
    }
}

#[cfg(test)]
mod tests {
    use lastgood_core::drill::DrillAct;
    use lastgood_core::judge::Verdict;
    use lastgood_core::run::{Event, Outcome};
    use lastgood_core::testing::{self, credentials};

    use super::*;

    /// Events of every kind that holds words of a person or of another system.
    fn events() -> Vec<Event> {
        let (by, step) = (testing::ada(), || "verify".into());
        let key = || testing::key("halt", 1);
        let why = String::new;
        vec![
            testing::planned(testing::plan()),
            Event::NotNeeded { step: step(), why: why() },
            Event::Landed { key: key(), receipt: testing::receipt() },
            Event::Refused { key: key(), why: testing::refusal() },
            Event::Lost { key: key(), why: why() },
            Event::Unclear { key: key(), why: why() },
            Event::Judged {
                step: step(),
                verdict: Verdict::Fail,
                judgements: vec![testing::judgement(Verdict::Fail)],
            },
            Event::Verified {
                step: step(),
                verification: Box::new(testing::verification(Verdict::Pass)),
            },
            Event::Recorded { step: step(), text: why() },
            Event::Failed { step: step(), why: why() },
            Event::Performed { step: step(), observed: why(), by: by.clone() },
            Event::Skipped { step: step(), by: by.clone(), reason: why() },
            Event::Noted { by: by.clone(), text: why() },
            Event::Presented {
                by: by.clone(),
                act: DrillAct::Moved { id: why(), title: why(), by_hand: true },
            },
            Event::Aborted { by, reason: why() },
            Event::Finished { outcome: Outcome::Unproven { why: why() } },
        ]
    }

    /// Puts `words` at the end of every text in `value` in turn, each in a copy of its own.
    fn stained(value: &Value, words: &str) -> Vec<Value> {
        match value {
            Value::String(text) => vec![Value::from(format!("{text}\n{words}"))],
            Value::Array(items) => (0..items.len())
                .flat_map(|index| {
                    stained(&items[index], words).into_iter().map(move |item| (index, item))
                })
                .map(|(index, item)| {
                    let mut items = items.clone();
                    items[index] = item;
                    Value::Array(items)
                })
                .collect(),
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(name, item)| {
                    stained(item, words).into_iter().map(move |item| (name.clone(), item))
                })
                .map(|(name, item)| {
                    let mut fields = fields.clone();
                    fields.insert(name, item);
                    Value::Object(fields)
                })
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
        }
    }

    #[test]
    fn no_credential_gets_into_the_journal_in_any_text_of_any_event() {
        let all = credentials();
        let words = all.iter().map(|one| &*one.text).collect::<Vec<_>>().join("\n");
        let mut tried = 0;
        for event in events() {
            let value = serde_json::to_value(&event).expect("it is written as JSON");
            for value in stained(&value, &words) {
                // Some texts are words of ours, such as a kind, and hold nothing else.
                let Ok(event) = serde_json::from_value::<Event>(value) else { continue };
                let kept = clean(&[event], Words::Ours).expect("a masked event is an event still");
                let kept = serde_json::to_string(&kept).expect("it is written as JSON");
                for one in &all {
                    assert!(!kept.contains(&one.secret), "{} is kept: {kept}", one.secret);
                }
                tried += usize::from(kept.contains(lastgood_core::secret::MASK));
            }
        }
        assert!(tried > 40, "only {tried} places were tried");
    }

    #[test]
    fn what_holds_no_credential_is_kept_as_it_is() {
        let events = events();
        assert_eq!(clean(&events, Words::Ours).expect("it is written as JSON"), events);
    }
}
