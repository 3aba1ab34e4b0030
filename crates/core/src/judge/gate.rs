//! The recovery gate: how many looks, over how long, prove that a rollback worked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Judgement, Verdict, percent, worst};
use crate::check::{CheckOutcome, CheckResult, ReplicaAnswer};
use crate::time::{EpochMs, Millis};

/// The longest time that one look may take and still count as looking.
///
/// A look asks every check once, each with a timeout of a few seconds, and every
/// objective. A gap of more than the time between two looks and this means that nobody
/// looked: the machine slept, or the process was stopped. Such a gap proves nothing, and
/// counts no further than this.
const LONGEST_LOOK: Millis = Millis::minutes(1);

/// How long recovery usually has to hold: a leak, a cache that fills, a queue that grows
/// again need minutes to show.
pub const USUAL_HOLD: Millis = Millis::minutes(10);

/// How many checks in a row are usual: a service that fails every other request passes
/// them once in a hundred times.
pub const USUAL_CONSECUTIVE: u32 = 7;

/// A rollback may take this long to help: retries, caches, connections. Nobody is told
/// before that it has failed.
const SETTLE: Millis = Millis::minutes(2);

/// A replica that restarted more recently than this is not well yet.
const RESTART: Millis = Millis::minutes(5);

/// What must hold, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRule {
    /// How long everything must stay good before recovery is called proven.
    pub hold: Millis,
    /// Requests of this long at the start do not count: what was under way when the old
    /// release came back still fails. They are drawn.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grace: Millis,
    /// The time between two looks.
    pub every: Millis,
    /// When to stop looking and ask a person.
    pub give_up: Millis,
    /// How many looks in a row must find every check passed. A service that fails every
    /// fifth request passes three probes half of the time.
    pub consecutive: u32,
    /// The version that must answer on every ready replica; `None` asks for none.
    pub version: Option<String>,
}

/// So that rules of before there was a grace time are written as they were.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it by reference")]
const fn is_zero(length: &Millis) -> bool {
    length.0 == 0
}

/// Everything one look found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// One for each objective.
    pub judgements: Vec<Judgement>,
    /// One for each check.
    pub checks: Vec<CheckResult>,
    /// One for each replica; empty when none was asked for or none is there.
    pub replicas: Vec<ReplicaAnswer>,
}

/// What the gate says after a look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum GateState {
    /// Not yet; says what is missing.
    Looking {
        /// For a person: what holds and what is waited for.
        sentence: String,
        /// How long everything has held.
        held: Millis,
    },
    /// It ended.
    Ended(Box<Verification>),
}

/// How a verification ended, with the look that ended it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Verification {
    /// Pass only when everything held for long enough.
    pub verdict: Verdict,
    /// How many looks were taken.
    pub looks: u32,
    /// How long everything had held at the end.
    pub held: Millis,
    /// The last judgements.
    pub judgements: Vec<Judgement>,
    /// The last check results.
    pub checks: Vec<CheckResult>,
    /// The last answers of the replicas.
    pub replicas: Vec<ReplicaAnswer>,
    /// The same for a person.
    pub sentence: String,
}

/// Collects looks until recovery is proven, disproven, or time is up.
#[derive(Clone, Debug)]
pub struct Gate {
    rule: GateRule,
    started: Timestamp,
    /// The last look, if it found everything good.
    last_good: Option<Timestamp>,
    held: Millis,
    passed_in_row: u32,
    failed_in_row: u32,
    looks: u32,
}

impl Gate {
    /// Starts looking at `now`.
    #[must_use]
    pub const fn new(rule: GateRule, now: Timestamp) -> Self {
        Self {
            rule,
            started: now,
            last_good: None,
            held: Millis(0),
            passed_in_row: 0,
            failed_in_row: 0,
            looks: 0,
        }
    }

    /// Takes one look into account.
    ///
    /// It passes when every objective, every check and every replica has been good for
    /// `hold` and on `consecutive` looks in a row. It fails when something has failed on
    /// `consecutive` looks in a row and the rollback has had time to help; it is
    /// inconclusive when `give_up` has gone by without either.
    pub fn take(&mut self, look: Look, now: Timestamp) -> GateState {
        self.looks = self.looks.saturating_add(1);
        let (verdict, reason) = self.verdict(&look, now);
        match verdict {
            Verdict::Pass => {
                self.hold_until(now);
                self.passed_in_row = self.passed_in_row.saturating_add(1);
                self.failed_in_row = 0;
            }
            Verdict::Fail | Verdict::Shared => {
                self.begin_anew();
                self.failed_in_row = self.failed_in_row.saturating_add(1);
            }
            Verdict::Inconclusive | Verdict::Error => {
                self.begin_anew();
                self.failed_in_row = 0;
            }
        }
        let needed = self.rule.consecutive.max(1);
        let waited = Millis::between(self.started, now);
        if self.held >= self.rule.hold && self.passed_in_row >= needed {
            let sentence = self.proof(!look.checks.is_empty());
            return self.end(Verdict::Pass, look, sentence);
        }
        if waited >= self.rule.hold.min(SETTLE) && self.failed_in_row >= needed {
            return self.end(verdict, look, reason);
        }
        let sentence = if verdict.permits() {
            format!(
                "good for {} of {}, {} of {needed} looks in a row",
                self.held,
                self.rule.hold,
                self.passed_in_row.min(needed)
            )
        } else {
            reason
        };
        if waited >= self.rule.give_up {
            // One bad look is no more a failure at the end than it was before.
            let sentence = format!("not proven in {waited}: {sentence}");
            return self.end(Verdict::Inconclusive, look, sentence);
        }
        GateState::Looking { sentence, held: self.held }
    }

    /// Adds the time since the last good look, as far as somebody was looking.
    fn hold_until(&mut self, now: Timestamp) {
        let longest = Millis(self.rule.every.0.saturating_add(LONGEST_LOOK.0));
        let gap = self.last_good.map_or(Millis(0), |last| Millis::between(last, now));
        self.held = Millis(self.held.0.saturating_add(gap.min(longest).0));
        self.last_good = Some(now);
    }

    /// What a pass proves. A rule that waits less than usual proves less, and says so.
    fn proof(&self, checked: bool) -> String {
        let held = format!("everything held for {}", self.held);
        let short = if self.rule.hold < USUAL_HOLD {
            format!(
                ", less than the usual {USUAL_HOLD}: a fault that is slow to show may come back"
            )
        } else {
            String::new()
        };
        let looks = self.rule.consecutive.max(1).max(self.passed_in_row);
        if !checked || looks >= USUAL_CONSECUTIVE {
            return held + &short;
        }
        // Of a service that fails this share, one in twenty passes unnoticed.
        let missed = 1.0 - 0.05_f64.powf(1.0 / f64::from(looks));
        let missed = percent((missed * 100.0).ceil() / 100.0);
        let looks = if looks == 1 { "1 look".to_owned() } else { format!("{looks} looks") };
        format!(
            "{held}{short}; {looks} in a row only rule out that checks fail more than {missed} of \
             the time"
        )
    }

    fn begin_anew(&mut self) {
        self.last_good = None;
        self.held = Millis(0);
        self.passed_in_row = 0;
    }

    fn end(&self, verdict: Verdict, look: Look, sentence: String) -> GateState {
        GateState::Ended(Box::new(Verification {
            verdict,
            looks: self.looks,
            held: self.held,
            judgements: look.judgements,
            checks: look.checks,
            replicas: look.replicas,
            sentence,
        }))
    }

    /// What one look says, with the reason of its worst part. A look that found nothing
    /// to judge proves nothing: that the right version runs does not say that it works.
    fn verdict(&self, look: &Look, now: Timestamp) -> (Verdict, String) {
        let mut parts: Vec<(Verdict, String)> = look
            .judgements
            .iter()
            .map(|judgement| {
                (judgement.verdict, format!("{}: {}", judgement.slo, judgement.sentence))
            })
            .collect();
        parts.extend(look.checks.iter().map(|check| {
            let verdict = match check.outcome {
                CheckOutcome::Passed => Verdict::Pass,
                CheckOutcome::Failed => Verdict::Fail,
                CheckOutcome::Unasked => Verdict::Error,
            };
            (verdict, format!("{}: {}", check.name, check.sentence))
        }));
        if let Some(wanted) = &self.rule.version {
            parts.push(versions(wanted, &look.replicas));
        }
        parts.extend(restarted(&look.replicas, now));
        if look.judgements.is_empty() && look.checks.is_empty() {
            let why = "there is no objective and no check to prove it by";
            parts.push((Verdict::Inconclusive, why.to_owned()));
        }
        let overall = worst(parts.iter().map(|(verdict, _)| *verdict));
        let reason = parts
            .into_iter()
            .find(|(verdict, _)| *verdict == overall)
            .map(|(_, reason)| reason)
            .unwrap_or_default();
        (overall, reason)
    }
}

/// A replica that restarted lately, if the platform tells: it may do so again.
fn restarted(replicas: &[ReplicaAnswer], now: Timestamp) -> Option<(Verdict, String)> {
    let now = EpochMs::from(now).0;
    replicas.iter().find_map(|replica| {
        let ago = Millis(u64::try_from(now.saturating_sub(replica.restarted_at?.0)).unwrap_or(0));
        (ago < RESTART).then(|| {
            let why =
                format!("{} restarted {ago} ago; {RESTART} without is enough", replica.replica);
            (Verdict::Inconclusive, why)
        })
    })
}

/// Whether every ready replica answers with `wanted`.
fn versions(wanted: &str, replicas: &[ReplicaAnswer]) -> (Verdict, String) {
    let ready: Vec<&ReplicaAnswer> = replicas.iter().filter(|replica| replica.ready).collect();
    if ready.is_empty() {
        return (
            Verdict::Inconclusive,
            "no ready replica could be asked for its version".to_owned(),
        );
    }
    if let Some(other) =
        ready.iter().find(|replica| replica.version.as_deref().is_some_and(|found| found != wanted))
    {
        let found = other.version.as_deref().unwrap_or_default();
        return (
            Verdict::Fail,
            format!("{} still answers with {found}, {wanted} is wanted", other.replica),
        );
    }
    if let Some(silent) = ready.iter().find(|replica| replica.version.is_none()) {
        let why = silent.doubt.as_deref().unwrap_or("it did not say");
        return (
            Verdict::Inconclusive,
            format!("{} could not be asked for its version: {why}", silent.replica),
        );
    }
    (Verdict::Pass, format!("all {} ready replicas answer with {wanted}", ready.len()))
}

#[cfg(test)]
mod tests;
