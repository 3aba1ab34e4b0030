//! Keeps to GitHub's limits. Pure: what was heard goes in, and what may be sent comes out.
//!
//! GitHub counts requests by the hour (the primary limit, told in every answer) and
//! watches for bursts (the secondary limits, told only when they are broken). Whoever goes
//! on regardless is shut out, so that nothing is sent while a limit holds.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::error::Failure;

/// Requests that are kept for the rollback path. A rollback with GitHub in every step
/// takes some forty; with five times as many, several people can work on it at once, and
/// watching still has 4,800 of the 5,000 that a person has in an hour.
pub(super) const RESERVE: u64 = 200;

/// The shortest wait for a secondary limit that does not say how long (GitHub's own
/// advice), in seconds; it doubles with every further one.
const SECONDARY: i64 = 60;
/// An hour ends every limit that there is.
const LONGEST: i64 = 3600;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Looking, again and again: the first to be left out.
    Watch,
    /// The path of a rollback: may use what is reserved.
    Rescue,
}

/// What an answer says of the limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) resource: Option<String>,
    pub(super) limit: Option<u64>,
    pub(super) remaining: Option<u64>,
    pub(super) reset: Option<Timestamp>,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<i64>,
}

/// How many requests are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Which count: `core` for most requests, `graphql` for batches.
    pub resource: String,
    /// Of how many.
    pub limit: u64,
    /// So many are left.
    pub remaining: u64,
    /// When there are `limit` again.
    pub resets: Timestamp,
}

impl Left {
    /// `4812 of 5000 requests left, resets in 12 min`.
    #[must_use]
    pub fn sentence(&self, now: Timestamp) -> String {
        let minutes = (self.resets.duration_since(now).as_secs().max(0) + 59) / 60;
        let what = if self.resource == "core" {
            "requests".to_owned()
        } else {
            format!("{} points", self.resource)
        };
        format!("{} of {} {what} left, resets in {minutes} min", self.remaining, self.limit)
    }
}

/// What is known of the limits of one credential.
#[derive(Debug, Default)]
pub(super) struct Governor {
    left: BTreeMap<String, Left>,
    held: Option<(Timestamp, String)>,
    /// Secondary limits in a row.
    strikes: u32,
}

impl Governor {
    /// Whether a request may be sent now.
    pub(super) fn admit(
        &self,
        resource: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if let Some((until, why)) = self.held.as_ref().filter(|(until, _)| *until > now) {
            return Err(Failure::Limited { until: *until, why: why.clone() });
        }
        let Some(left) = self.left.get(resource).filter(|left| left.resets > now) else {
            return Ok(());
        };
        let (remaining, resets) = (left.remaining, left.resets);
        match purpose {
            Purpose::Rescue if remaining == 0 => Err(Failure::Limited {
                until: resets,
                why: format!("all {} requests of this hour are used up", left.limit),
            }),
            Purpose::Watch if remaining <= RESERVE.min(left.limit / 2) => {
                Err(Failure::Reserved { remaining, resets })
            }
            Purpose::Rescue | Purpose::Watch => Ok(()),
        }
    }

    /// Takes an answer in. `Some` when the answer is a limit: nothing was done, and nothing
    /// may be sent before it ends.
    pub(super) fn heard(
        &mut self,
        status: u16,
        told: &Told,
        message: &str,
        now: Timestamp,
    ) -> Option<Failure> {
        if let (Some(limit), Some(remaining), Some(resets)) =
            (told.limit, told.remaining, told.reset)
        {
            let resource = told.resource.clone().unwrap_or_else(|| "core".to_owned());
            self.left.insert(resource.clone(), Left { resource, limit, remaining, resets });
        }
        let refused = status == 403 || status == 429;
        // A limit of GraphQL may come with 200 and a message, or with a Retry-After.
        if !refused && told.retry_after.is_none() {
            self.strikes = 0;
            return None;
        }
        if !refused && status < 400 {
            return None;
        }
        let secondary = status == 429 || message.to_ascii_lowercase().contains("secondary rate");
        let (until, why) = if let Some(seconds) = told.retry_after {
            let seconds = seconds.clamp(0, LONGEST);
            (after(now, seconds), format!("GitHub asks to wait {seconds} s"))
        } else if told.remaining == Some(0) {
            let until = told.reset.unwrap_or_else(|| after(now, SECONDARY));
            (until, "all requests of this hour are used up".to_owned())
        } else if secondary {
            let seconds = (SECONDARY << self.strikes.min(6)).min(LONGEST);
            (after(now, seconds), "GitHub found the requests too frequent".to_owned())
        } else {
            return None;
        };
        self.strikes = self.strikes.saturating_add(1);
        let until = self.held.as_ref().map_or(until, |(held, _)| until.max(*held));
        self.held = Some((until, why.clone()));
        Some(Failure::Limited { until, why })
    }

    /// How many requests are left, by resource; those whose hour is over are left out.
    pub(super) fn left(&self, now: Timestamp) -> Vec<Left> {
        self.left.values().filter(|left| left.resets > now).cloned().collect()
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
