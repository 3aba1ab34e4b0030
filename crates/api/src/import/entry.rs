//! One thing that happened, as another system tells it, and how it is known again.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use lastgood_core::secret::redact_text;
use lastgood_core::timeline::annotate::LONGEST_TEXT;
use lastgood_core::timeline::{Line, LineKind, Source};
use sha2::{Digest as _, Sha256};

use crate::use_case::import::hex;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where it stands in the file, such as `line 3`.
    pub(crate) place: String,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// The zone or offset that the time was given in.
    pub(crate) zone: Option<String>,
    /// What it is about.
    pub(crate) kind: LineKind,
    /// Who or what it comes from.
    pub(crate) who: Option<String>,
    /// What happened.
    pub(crate) text: String,
    /// The other system's own name for it; a hash of its contents where it has none.
    pub(crate) id: Option<String>,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Where it stands in the file.
    pub(crate) place: String,
    /// Why not.
    pub(crate) why: String,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// What could be read, in the order of the file.
    pub(crate) entries: Vec<Entry>,
    /// What could not.
    pub(crate) bad: Vec<Bad>,
    /// What a person should know, as sentences.
    pub(crate) says: Vec<String>,
}

impl Taken {
    pub(crate) fn bad(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.bad.push(Bad { place: place.into(), why: why.into() });
    }

    /// Takes what was read, or says why it was not.
    pub(crate) fn take(&mut self, place: &str, read: Result<Entry, String>) {
        match read {
            Ok(entry) => self.entries.push(entry),
            Err(why) => self.bad(place, why),
        }
    }

    /// Masks what looks like a credential before anything else looks at it, and lets nobody
    /// through who says nothing or a book.
    pub(crate) fn cleaned(mut self) -> Self {
        let mut entries = Vec::with_capacity(self.entries.len());
        for entry in std::mem::take(&mut self.entries) {
            let text = redact_text(entry.text.trim_end());
            let who = entry.who.map(|who| redact_text(who.trim())).filter(|who| !who.is_empty());
            if text.trim().is_empty() {
                self.bad(entry.place, "it says nothing");
            } else if text.len() > LONGEST_TEXT {
                let why =
                    format!("its text has {} bytes, and {LONGEST_TEXT} are the most", text.len());
                self.bad(entry.place, why);
            } else {
                entries.push(Entry { who, text, ..entry });
            }
        }
        self.entries = entries;
        self
    }
}

/// What tells one entry from another.
type Key = (Timestamp, String, String);

/// What a record has already, so that nothing is imported twice.
#[derive(Debug, Default)]
pub(crate) struct Known {
    ids: HashSet<String>,
    /// How often the same was said at the same time by the same person: in a chat by the
    /// minute, two such lines are two.
    often: HashMap<Key, usize>,
}

impl Known {
    /// What the lines of a record say.
    pub(crate) fn of(lines: &[Line]) -> Self {
        let mut known = Self::default();
        for line in lines {
            known.ids.extend(line.origin.iter().map(|origin| origin.id.clone()));
            let who = match &line.source {
                Source::Machine => OURSELVES,
                Source::Person { name } => name.as_str(),
            };
            // A table that we exported has what the line says now, a chat what it first said.
            let now = (line.occurred_at, &*line.text);
            let first = line.original.as_ref().map(|first| (first.occurred_at, &*first.text));
            for (at, text) in [Some(now), first.filter(|first| *first != now)].into_iter().flatten()
            {
                let text = with_reason(text, line.reason.as_deref());
                *known.often.entry((at, who.to_owned(), text)).or_default() += 1;
            }
        }
        known
    }

    /// The id of each entry, and whether the record has it.
    pub(crate) fn look_up(&self, entries: &[Entry]) -> Vec<(String, bool)> {
        let mut often: HashMap<Key, usize> = HashMap::new();
        let mut seen = HashSet::new();
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            let who = entry.who.clone().unwrap_or_default();
            let key = (entry.at, who, entry.text.clone());
            let nth = often.entry(key.clone()).or_default();
            let id = entry.id.clone().unwrap_or_else(|| named(&key, *nth));
            let known = self.ids.contains(&id)
                || (entry.id.is_none() && self.often.get(&key).is_some_and(|times| *nth < *times))
                || !seen.insert(id.clone());
            *nth += 1;
            found.push((id, known));
        }
        found
    }
}

/// How our own lines are signed in a table.
pub(crate) const OURSELVES: &str = "lastgood";

/// A text with the reason that stands beside it.
pub(crate) fn with_reason(text: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("{text} Reason: {reason}"),
        None => text.to_owned(),
    }
}

/// The first half of a SHA-256 over time, author, text, and the how-manieth of its like it
/// is; half of one is enough to tell the lines of one incident apart.
fn named((at, who, text): &Key, nth: usize) -> String {
    let line = serde_json::json!([at.to_string(), who, text, nth]).to_string();
    hex(&Sha256::digest(line.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(minute: i64, text: &str) -> Entry {
        Entry {
            place: "line 1".to_owned(),
            at: Timestamp::from_second(minute * 60).expect("it is in range"),
            zone: None,
            kind: LineKind::Note,
            who: Some("ana".to_owned()),
            text: text.to_owned(),
            id: None,
        }
    }

    #[test]
    fn two_equal_lines_of_one_minute_are_two_and_named_the_same_in_every_import() {
        let entries = [entry(1, "ok"), entry(1, "ok"), entry(2, "ok")];
        let first = Known::default().look_up(&entries);
        assert!(first.iter().all(|(_, known)| !known));
        let ids: HashSet<String> = first.iter().map(|(id, _)| id.clone()).collect();
        assert_eq!(ids.len(), 3);
        let known = Known { ids, often: HashMap::new() };
        assert!(known.look_up(&entries).iter().all(|(_, known)| *known));
        assert!(!known.look_up(&[entry(1, "no")])[0].1);
    }

    #[test]
    fn what_another_system_names_is_known_by_that_name_whatever_it_says() {
        let named = |text| Entry { id: Some("alert/1".to_owned()), ..entry(1, text) };
        let found = Known::default().look_up(&[named("5 %"), named("6 %")]);
        assert_eq!(found.iter().map(|(_, known)| *known).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn credentials_are_masked_and_nothing_is_no_entry() {
        let entries = vec![entry(1, "see postgres://a:hunter2@db/x\n"), entry(2, "  ")];
        let taken = Taken { entries, ..Taken::default() }.cleaned();
        assert_eq!(taken.entries[0].text, "see postgres://[secret]@db/x");
        assert_eq!(taken.bad[0].why, "it says nothing");
    }
}
