//! The recovery gate: how many looks, over how long, prove that a rollback worked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Judgement, Verdict, worst};
use crate::check::{CheckOutcome, CheckResult, ReplicaAnswer};
use crate::time::Millis;

/// What must hold, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRule {
    /// How long everything must stay good before recovery is called proven.
    pub hold: Millis,
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
    good_since: Option<Timestamp>,
    passed_in_row: u32,
    failed_in_row: u32,
    looks: u32,
}

impl Gate {
    /// Starts looking at `now`.
    #[must_use]
    pub const fn new(rule: GateRule, now: Timestamp) -> Self {
        Self { rule, started: now, good_since: None, passed_in_row: 0, failed_in_row: 0, looks: 0 }
    }

    /// Takes one look into account.
    ///
    /// It passes when every objective, every check and every replica has been good for
    /// `hold`, and the checks for `consecutive` looks in a row. It fails when an
    /// objective has failed on `consecutive` looks in a row after `hold` has gone by; it
    /// is inconclusive when `give_up` has gone by without either.
    pub fn take(&mut self, look: Look, now: Timestamp) -> GateState {
        self.looks += 1;
        let (verdict, reason) = self.verdict(&look);
        match verdict {
            Verdict::Pass => {
                self.good_since.get_or_insert(now);
                self.passed_in_row += 1;
                self.failed_in_row = 0;
            }
            Verdict::Fail | Verdict::Shared => {
                self.good_since = None;
                self.passed_in_row = 0;
                self.failed_in_row += 1;
            }
            Verdict::Inconclusive | Verdict::Error => {
                self.good_since = None;
                self.passed_in_row = 0;
                self.failed_in_row = 0;
            }
        }
        let held = self.good_since.map_or(Millis(0), |since| Millis::between(since, now));
        let waited = Millis::between(self.started, now);
        if held >= self.rule.hold && self.passed_in_row >= self.rule.consecutive.max(1) {
            return self.end(Verdict::Pass, held, look, format!("everything held for {held}"));
        }
        if waited >= self.rule.hold && self.failed_in_row >= self.rule.consecutive.max(1) {
            return self.end(verdict, held, look, reason);
        }
        if waited >= self.rule.give_up {
            let sentence = format!("not proven in {waited}: {reason}");
            let verdict = if verdict.permits() { Verdict::Inconclusive } else { verdict };
            return self.end(verdict, held, look, sentence);
        }
        let sentence = if verdict.permits() {
            format!(
                "good for {held} of {}, {} of {} looks in a row",
                self.rule.hold,
                self.passed_in_row,
                self.rule.consecutive.max(1)
            )
        } else {
            reason
        };
        GateState::Looking { sentence }
    }

    fn end(&self, verdict: Verdict, held: Millis, look: Look, sentence: String) -> GateState {
        GateState::Ended(Box::new(Verification {
            verdict,
            looks: self.looks,
            held,
            judgements: look.judgements,
            checks: look.checks,
            replicas: look.replicas,
            sentence,
        }))
    }

    /// What one look says, with the reason of its worst part. A look that found nothing
    /// to judge proves nothing.
    fn verdict(&self, look: &Look) -> (Verdict, String) {
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
        let overall = worst(parts.iter().map(|(verdict, _)| *verdict));
        let reason = parts
            .into_iter()
            .find(|(verdict, _)| *verdict == overall)
            .map_or_else(|| "nothing could be looked at".to_owned(), |(_, reason)| reason);
        (overall, reason)
    }
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
