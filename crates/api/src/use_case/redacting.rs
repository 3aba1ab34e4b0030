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
use lastgood_core::secret::redact;
use lastgood_core::timeline::Annotation;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Masks credentials on the way into `J`.
pub(crate) struct Redacting<J> {
    inner: J,
}

impl<J> Redacting<J> {
    pub(crate) const fn new(inner: J) -> Self {
        Self { inner }
    }
}

/// `said` with everything masked that looks like a credential.
fn clean<T: Clone + Serialize + DeserializeOwned>(said: &[T]) -> Result<Vec<T>, serde_json::Error> {
    said.iter()
        .map(|one| {
            let text = serde_json::to_string(one)?;
            let masked = redact(&text, &[]);
            if masked == text {
                return Ok(one.clone());
            }
            serde_json::from_str(&masked)
        })
        .collect()
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
        self.inner.create(run, &clean(first).map_err(unmasked)?).await
    }

    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError> {
        self.inner.lease(run).await
    }

    async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        self.inner.release(lease).await
    }

    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError> {
        self.inner.append(lease, &clean(events).map_err(unmasked)?).await
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
        let remarks = clean(remarks).map_err(unmasked_at(ground))?;
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
        self.inner.annotate(run, seen, &clean(annotations).map_err(failed)?).await
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
        let answers = clean(answers).map_err(unmasked_at(ground))?;
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
