//! What a team records about a release, and how it is kept where teams keep it.
//!
//! One value, [`Metadata`], and three places to keep it: entries of a name and a text
//! ([`entries`], for annotations and tags, within the limits of each), one JSON object
//! ([`payload`], for a deployment's payload) and one line ([`line`], for a description).
//! All are pure, and all read back exactly what was written; what was cut off, edited or
//! lost on the way reads back as *not recorded*, with a sentence that says so.

mod entries;
mod field;
mod line;
mod payload;

use std::collections::BTreeMap;

use super::{Promises, Release, Rollback};
use crate::recorded::Recorded;

pub use entries::{Limits, TooBig, decode, encode};
pub use field::Field;
pub use line::{from_line, to_line};
pub use payload::{PAYLOAD_KEY, from_payload, to_payload};

/// What a team records about a release. Every field may be *not recorded*; none is blank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The version in words.
    pub version: Recorded<String>,
    /// The commit it was built from.
    pub commit: Recorded<String>,
    /// The artifact's digest, `sha256:…`.
    pub digest: Recorded<String>,
    /// What changed, in a line or a few.
    pub changelog: Recorded<String>,
    /// The schema migration version it expects.
    pub schema_version: Recorded<String>,
    /// Flags that it toggled or needs, with their values. No flags is an answer too.
    pub flags: Recorded<BTreeMap<String, String>>,
    /// The command that goes back from it, for reading; Lastgood does not run it.
    pub rollback_command: Recorded<String>,
    /// The page that says how one goes back from it.
    pub runbook: Recorded<String>,
    /// Money per thousand requests, in the team's currency.
    pub cost: Recorded<f64>,
    /// Who deployed it.
    pub actor: Recorded<String>,
    /// The contracts that it keeps and needs, and when it expires.
    pub promises: Promises,
}

/// What was read back, and what could not be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// What is on record.
    pub metadata: Metadata,
    /// What is there and cannot be understood, as sentences. Its fields are not recorded.
    pub doubts: Vec<String>,
}

impl Metadata {
    /// What stands against recording this, as sentences: a field that is blank, a digest
    /// that is none, a cost that is no amount. Empty when nothing does.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        Field::ALL
            .iter()
            .filter_map(|field| {
                let text = field.text(self)?;
                field.fault(&text).map(|why| format!("{}: {why}", field.as_str()))
            })
            .collect()
    }

    /// Whether nobody recorded anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Field::ALL.iter().all(|field| field.text(self).is_none())
    }

    /// How to go back, as a release carries it: the command where there is one, else the
    /// page.
    #[must_use]
    pub fn rollback(&self) -> Recorded<Rollback> {
        let command = self.rollback_command.as_option().cloned().map(Rollback::Command);
        command.or_else(|| self.runbook.as_option().cloned().map(Rollback::Runbook)).into()
    }

    /// Fills in what `release` does not say.
    pub fn complete(&self, release: &mut Release) {
        fill(&mut release.digest, &self.digest);
        fill(&mut release.commit, &self.commit);
        fill(&mut release.changelog, &self.changelog);
        fill(&mut release.schema_version, &self.schema_version);
        fill(&mut release.flags, &self.flags);
        fill(&mut release.rollback, &self.rollback());
        fill(&mut release.cost, &self.cost);
        release.promises.complete(&self.promises);
    }
}

/// Sets `field` where it is not recorded and `other` is.
fn fill<T: Clone>(field: &mut Recorded<T>, other: &Recorded<T>) {
    match field {
        Recorded::Recorded(_) => {}
        Recorded::NotRecorded => field.clone_from(other),
    }
}

#[cfg(test)]
mod tests;
