//! Whose turn it is to change a place: a lease that one run holds at a time, where the
//! platform keeps one. It keeps operators of Lastgood apart, and nobody else.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::effect::{Expectation, Operation, PlannedEffect, Refusal};
use crate::preflight::{Finding, Grade, Topic};
use crate::time::Millis;

/// How long a lease is good for after it was taken or renewed. It outlasts the questions
/// between two changes; a machine that died keeps others out no longer than that.
pub const TERM: Millis = Millis::minutes(10);

/// Whose lease a change relies on.
const OURS: &str = "this run";

/// The act of taking a lease, as plans write it.
pub const TAKE: &str = "lease.take";

/// The object that one run at a time holds while it changes a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceLease {
    /// Where the object is.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What a step wants of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaseState {
    /// The run of the step holds it.
    Held,
    /// The run of the step does not hold it.
    Free,
}

/// The lease of a place, as one look found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leasing {
    /// Which.
    pub lease: PlaceLease,
    /// Why it cannot be taken from here, as a sentence; a plan then leaves the step out.
    pub hindrance: Option<String>,
}

/// `the Lease shop/lastgood-checkout`.
impl fmt::Display for PlaceLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, name } = self;
        write!(f, "the Lease {namespace}/{name}")
    }
}

impl PlaceLease {
    /// The fact that a change relies on: that its own run holds the lease.
    #[must_use]
    pub fn reliance(&self) -> Expectation {
        Expectation { what: self.holder(), value: OURS.to_owned() }
    }

    /// What is told of whoever has it: `the holder of the Lease shop/lastgood-checkout`.
    #[must_use]
    pub fn holder(&self) -> String {
        format!("the holder of {self}")
    }

    /// The effect without its reliance on this lease, and whether it had one.
    #[must_use]
    pub fn apart(&self, effect: &PlannedEffect) -> (PlannedEffect, bool) {
        let mut apart = effect.clone();
        let holder = self.holder();
        apart.expects.retain(|one| one.what != holder);
        let relied = apart.expects.len() < effect.expects.len();
        (apart, relied)
    }

    /// Makes every change of the platform rely on this lease. What no platform does, such as
    /// a switch in a flag system, is nobody's turn.
    pub fn guard(&self, effect: &mut PlannedEffect) {
        match &effect.operation {
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::RestoreRelease { .. }
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchSync { .. } => effect.expects.push(self.reliance()),
            Operation::SwitchLease { .. }
            | Operation::SwitchFlag { .. }
            | Operation::RunErrand { .. } => {}
        }
    }
}

/// The lease that an operation is about, and what it wants of it.
#[must_use]
pub fn leased(operation: &Operation) -> Option<(&PlaceLease, LeaseState)> {
    match operation {
        Operation::SwitchLease { lease, to } => Some((lease, *to)),
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => None,
    }
}

/// Who has a lease, as the platform says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Operator, machine and run: `ana@laptop (run checkout-production-…)`.
    pub who: String,
    /// Since when, where that is told.
    pub since: Option<Timestamp>,
    /// When it ends unless it is renewed; `None` for one that does not run out.
    pub until: Option<Timestamp>,
}

/// Whose turn it is, as one run sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nobody's.
    Free,
    /// That run's own.
    Ours(Holder),
    /// Somebody's who did not give it back in time: it may be taken over.
    Left(Holder),
    /// Somebody else's.
    Theirs(Holder),
}

/// What an attempt to hold a lease for longer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenure {
    /// It is this run's for another [`TERM`].
    Kept,
    /// It is this run's no more.
    Lost {
        /// Whose it is, and what a person can do.
        why: String,
    },
    /// Nobody knows: the platform did not do it, or did not say.
    Unclear {
        /// Why not.
        why: String,
    },
}

impl Tenure {
    /// What a platform answers that keeps no leases, and was given one all the same.
    #[must_use]
    pub fn none_kept(lease: &PlaceLease) -> Self {
        Self::Unclear { why: format!("{lease} is of a platform that keeps none") }
    }
}

/// `ana@laptop (run r-7) since 2026-03-02T10:00:00Z, until 2026-03-02T10:10:00Z unless it is
/// renewed`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.who)?;
        if let Some(since) = self.since {
            write!(f, " since {}", seconds(since))?;
        }
        match self.until {
            Some(until) => write!(f, ", until {} unless it is renewed", seconds(until)),
            None => f.write_str(", with no end to it"),
        }
    }
}

/// A time without its fractions, which no person needs.
fn seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

impl PlaceLease {
    /// What is said of a lease before anything changes. `over` says how a lease is ended whose
    /// holder is gone.
    #[must_use]
    pub fn finding(&self, turn: &Turn, over: &str) -> Finding {
        const SUBJECT: &str = "another operator";
        let finding = match turn {
            Turn::Free | Turn::Ours(_) => {
                Finding::new(SUBJECT, Grade::Pass, format!("nobody holds {self}"))
            }
            Turn::Left(holder) => Finding::new(
                SUBJECT,
                Grade::Warn,
                format!("{} left {self} behind, and it is taken over", holder.who),
            ),
            Turn::Theirs(holder) => {
                Finding::new(SUBJECT, Grade::Block, format!("{self} is held by {holder}"))
                    .mend(next(holder, over))
            }
        };
        finding.on(Topic::Freeze)
    }

    /// The refusal of a step that takes a lease which somebody else holds.
    #[must_use]
    pub fn taken_by(&self, holder: &Holder, over: &str) -> Refusal {
        let system = self.to_string();
        Refusal::Rejected { system, why: format!("it is held by {holder}; {}", next(holder, over)) }
    }

    /// What is told in the middle of a run whose lease has become what `turn` says. `None`
    /// where it still is the run's own.
    #[must_use]
    pub fn gone(&self, turn: &Turn, over: &str) -> Option<String> {
        match turn {
            Turn::Ours(_) => None,
            Turn::Free => Some(format!(
                "{self} was ended by somebody in the middle of this run, and nobody holds it: \
                 find out who is about to change this too, then try again"
            )),
            Turn::Left(holder) => Some(format!(
                "{} took {self} over in the middle of this run and did not give it back: find out \
                 what they changed, then try again",
                holder.who
            )),
            Turn::Theirs(holder) => Some(format!(
                "{self} was taken over in the middle of this run and is held by {holder}; {}",
                next(holder, over)
            )),
        }
    }

    /// The refusal of a change when somebody took the lease over meanwhile.
    #[must_use]
    pub fn lost_to(&self, holder: &Holder) -> Refusal {
        Refusal::Drifted {
            what: self.holder(),
            planned: OURS.to_owned(),
            found: holder.to_string(),
        }
    }
}

/// What whoever comes second can do.
fn next(holder: &Holder, over: &str) -> String {
    format!("talk to {}, wait until it is given back, or, if that run is gone, {over}", holder.who)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{lease, minute};

    fn ana() -> Holder {
        let (since, until) = (Some(minute(0)), Some(minute(10)));
        Holder { who: "ana@laptop (run r-7)".to_owned(), since, until }
    }

    #[test]
    fn whoever_comes_second_reads_who_holds_it_since_when_until_when_and_what_to_do() {
        let finding = lease().finding(&Turn::Theirs(ana()), "delete it");
        assert_eq!(finding.grade, Grade::Block);
        let refusal = lease().taken_by(&ana(), "delete it").to_string();
        let mend = finding.mend.expect("it says what to do");
        for said in [format!("{} {mend}", finding.sentence), refusal] {
            for part in ["ana@laptop (run r-7)", "since 2026-03-02T10:00:00Z", "delete it"] {
                assert!(said.contains(part), "{part}: {said}");
            }
            assert!(said.contains("until 2026-03-02T10:10:00Z"), "{said}");
        }
    }

    #[test]
    fn one_that_was_left_behind_is_told_and_blocks_nothing() {
        let finding = lease().finding(&Turn::Left(ana()), "delete it");
        assert_eq!(finding.grade, Grade::Warn);
        assert!(finding.sentence.contains("ana@laptop"), "{finding:?}");
    }

    #[test]
    fn one_without_an_end_does_not_seem_to_have_one() {
        let said = Holder { until: None, ..ana() }.to_string();
        assert!(said.ends_with("with no end to it"), "{said}");
    }
}
