//! What a pipeline writes down about a release, and how that went in each place.

use serde::{Deserialize, Serialize};

use super::Metadata;

/// What is written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What is known of the release.
    pub metadata: Metadata,
    /// How its deploy goes, for systems that keep that.
    pub state: NoteState,
}

/// How a deploy goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteState {
    /// It has begun.
    InProgress,
    /// It is complete.
    Success,
    /// It did not work.
    Failure,
}

/// How writing down went in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which system: `GitHub`, `Kubernetes`.
    pub system: String,
    /// What carries it there: `deployment 7 of acme/checkout`; empty when nothing does.
    pub carrier: String,
    /// Whether it was read back exactly as it was written.
    pub read_back: bool,
    /// The same in a sentence; what went wrong when it was not.
    pub sentence: String,
}

impl Kept {
    /// It was written and read back.
    #[must_use]
    pub fn written(system: &str, carrier: String) -> Self {
        let sentence = format!("{carrier} carries it, and reads back as it was written");
        Self { system: system.to_owned(), carrier, read_back: true, sentence }
    }

    /// It was not written, or did not read back.
    #[must_use]
    pub fn missed(system: &str, carrier: String, why: String) -> Self {
        Self { system: system.to_owned(), carrier, read_back: false, sentence: why }
    }

    /// What is read back is held against what was written. Other fields may be there: what
    /// an earlier step of the pipeline wrote stays.
    #[must_use]
    pub fn compared(system: &str, carrier: String, wrote: &Metadata, read: &Metadata) -> Self {
        let differ: Vec<&str> = super::metadata::Field::ALL
            .iter()
            .filter(|field| {
                let written = field.text(wrote);
                written.is_some() && written != field.text(read)
            })
            .map(|field| field.as_str())
            .collect();
        if differ.is_empty() {
            return Self::written(system, carrier);
        }
        let why = format!("{carrier} reads back otherwise than written: {}", differ.join(", "));
        Self::missed(system, carrier, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::Recorded;

    #[test]
    fn what_reads_back_otherwise_is_named_and_what_others_wrote_is_left_alone() {
        let text = |text: &str| Recorded::Recorded(text.to_owned());
        let wrote = Metadata { commit: text("8f3c1d0"), version: text("2"), ..Metadata::default() };
        let mut read = Metadata { actor: text("ana"), ..wrote.clone() };
        assert!(Kept::compared("K", "x".to_owned(), &wrote, &read).read_back);
        read.commit = Recorded::NotRecorded;
        let kept = Kept::compared("K", "x".to_owned(), &wrote, &read);
        assert!(!kept.read_back && kept.sentence.ends_with("commit"), "{kept:?}");
    }
}
