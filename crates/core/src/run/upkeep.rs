//! When a lease is renewed while nothing changes, so that a run which waits or watches
//! keeps its turn. A renewal is no step and leaves no entry: it puts off an end, and only
//! what a person has to know of it is written down.

use jiff::Timestamp;

use super::{Entry, Event, Run};
use crate::lease::{TERM, Tenure};
use crate::name::EffectKey;
use crate::time::{Millis, later};

/// How often a lease is renewed: five times within [`TERM`], so that a control plane which
/// is away for some minutes costs nobody the turn.
const EVERY: Millis = Millis::minutes(2);

/// How soon after an attempt that came to nothing the next one is made.
const AGAIN: Millis = Millis::seconds(20);

/// How long a run has its lease for, as far as it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upkeep {
    kept: Timestamp,
    failed: Option<Timestamp>,
    /// Whether it was said that the lease ran out.
    told: bool,
}

impl Upkeep {
    /// Of a lease that was taken or renewed at `kept`, in the run's world.
    #[must_use]
    pub const fn since(kept: Timestamp) -> Self {
        Self { kept, failed: None, told: false }
    }

    /// When it is to be renewed.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        self.failed.map_or_else(|| later(self.kept, EVERY), |failed| later(failed, AGAIN))
    }

    /// Takes into account that a change renewed it at `at`.
    pub fn renewed(&mut self, at: Timestamp) {
        if at > self.kept {
            *self = Self::since(at);
        }
    }

    /// Takes an attempt into account that ended at `at`, and gives what is to be written
    /// down of it.
    pub fn tried(&mut self, key: EffectKey, tenure: Tenure, at: Timestamp) -> Option<Event> {
        match tenure {
            Tenure::Kept => {
                *self = Self::since(at);
                None
            }
            Tenure::Lost { why } => Some(Event::Displaced { key, why }),
            Tenure::Unclear { why } => {
                self.failed = Some(at);
                let is_news = !self.told && at >= later(self.kept, TERM);
                self.told |= is_news;
                is_news.then_some(Event::Lapsed { key, why })
            }
        }
    }
}

/// When the run last took or renewed its lease by something that its journal tells.
#[must_use]
pub fn last_kept(run: &Run, entries: &[Entry]) -> Option<Timestamp> {
    entries.iter().rev().find_map(|entry| {
        let Event::Landed { key, .. } = &entry.event else { return None };
        run.keeps_the_lease(key).then_some(entry.at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{key, minute};

    fn unclear() -> Tenure {
        Tenure::Unclear { why: "nobody answered".to_owned() }
    }

    #[test]
    fn it_is_renewed_long_before_it_runs_out_and_sooner_after_a_failure() {
        let mut upkeep = Upkeep::since(minute(0));
        assert_eq!(upkeep.due(), minute(2));
        assert_eq!(upkeep.tried(key("lease.take", 1), unclear(), minute(2)), None);
        assert_eq!(upkeep.due(), later(minute(2), AGAIN));
        assert_eq!(upkeep.tried(key("lease.take", 1), Tenure::Kept, minute(3)), None);
        assert_eq!(upkeep.due(), minute(5));
    }

    #[test]
    fn a_change_renews_it_too_and_an_older_one_does_not_bring_its_end_nearer() {
        let mut upkeep = Upkeep::since(minute(4));
        upkeep.renewed(minute(1));
        assert_eq!(upkeep.due(), minute(6));
        upkeep.renewed(minute(5));
        assert_eq!(upkeep.due(), minute(7));
    }

    #[test]
    fn that_it_ran_out_is_said_once_until_it_is_held_again() {
        let mut upkeep = Upkeep::since(minute(0));
        let mut said = |minutes| upkeep.tried(key("lease.take", 1), unclear(), minute(minutes));
        assert_eq!(said(9), None);
        assert!(matches!(said(10), Some(Event::Lapsed { .. })));
        assert_eq!(said(11), None);
        assert_eq!(upkeep.tried(key("lease.take", 1), Tenure::Kept, minute(12)), None);
        let again = upkeep.tried(key("lease.take", 1), unclear(), minute(23));
        assert!(matches!(again, Some(Event::Lapsed { .. })));
    }

    #[test]
    fn that_somebody_else_has_it_is_said_at_once() {
        let mut upkeep = Upkeep::since(minute(0));
        let lost = Tenure::Lost { why: "noor has it".to_owned() };
        let said = upkeep.tried(key("lease.take", 1), lost, minute(2));
        let key = key("lease.take", 1);
        assert_eq!(said, Some(Event::Displaced { key, why: "noor has it".to_owned() }));
    }
}
