//! Which release to go back to: hard gates first, then an order that can be said in one
//! line. Every release that was considered keeps the reasons it was rejected for.
//!
//! The rule that matters most: a rollback marks what it went away from, so that
//! good A → bad B → back to A → bad C proposes A again, and never B.

use crate::catalog::Bake;
use std::cmp::Reverse;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::Schema;
use super::gate::{Answer, Case, Gate, pass};
use super::{Deploy, Evidence, Facts, History, Mark, Record, Release, ReleaseFacts, Standing};
use crate::name::ReleaseId;
use crate::preflight::Grade;
use crate::recorded::Recorded;
use crate::survey::Survey;
use crate::time::Millis;

/// How far back a release may have served and still count as proven today.
const PROVEN: Millis = Millis(7 * 24 * 3_600_000);

/// How many candidates are told in full. Nobody reads the ten-thousandth reason.
const TOLD: usize = 200;

/// The order among the releases that may be gone back to, in one line.
pub const ORDER: &str = "first those that served within 7 days, then those with fewer \
                         warnings, then the one that served last, then the one that served most";

/// What a gate says of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Objection {
    /// Which gate.
    pub gate: Gate,
    /// In one sentence.
    pub why: String,
}

/// Whether a release may be gone back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Fitness {
    /// No gate stands against it.
    Offered {
        /// What was found that a person should know before choosing it.
        warnings: Vec<Objection>,
        /// What could not be found out.
        unknowns: Vec<Objection>,
    },
    /// At least one gate is not passed.
    Rejected {
        /// All of the reasons.
        reasons: Vec<Objection>,
    },
}

/// A release that was considered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The release.
    pub release: Release,
    /// What is known about it.
    pub evidence: Evidence,
    /// Everything that this rests on.
    pub record: Record,
    /// What every gate says, in the order of [`Gate::ALL`].
    pub gates: Vec<Answer>,
    /// Whether it may be gone back to, and why.
    pub fitness: Fitness,
}

/// What was considered, best first, and what is proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The release to go back to; `None` when no candidate passed.
    pub target: Option<ReleaseId>,
    /// The best candidates, the offered ones first and best first; 200 at the most.
    pub candidates: Vec<Candidate>,
    /// How many releases were considered.
    pub considered: usize,
    /// Why this one, or why none, in one sentence.
    pub sentence: String,
    /// Why it comes before the next one, in one line; `None` without a choice.
    pub ahead: Option<String>,
    /// Which release is the newest that today's database schema lets run, where it rules
    /// out a newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

impl Proposal {
    /// The releases that may be gone back to, best first.
    pub fn offered(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|one| matches!(one.fitness, Fitness::Offered { .. }))
    }
}

/// Considers every release of `history` as a target for going back from what runs now.
/// The time that it takes grows with the number of deploys, not with its square.
#[must_use]
pub fn propose(history: &History, survey: &Survey, bake: Bake, facts: &Facts) -> Proposal {
    let serving = survey.newest().map(|arm| &arm.release);
    let standings = history.standings(survey, bake.time, &facts.marks);
    let mut judged: Vec<Judged<'_>> = standings
        .all()
        .iter()
        .map(|(deploy, evidence)| {
            let release = &deploy.release;
            let mark = facts.marks.of(release);
            let facts = facts.of(&release.id);
            let case = Case { release, evidence, mark, facts, serving, bake, now: survey.at };
            let gates = pass(&case);
            let requests = facts.and_then(|facts| facts.tenure.requests.as_option()).copied();
            let doubtful = facts.is_some_and(doubtful_schema);
            let rank = Rank::new(evidence, &gates, doubtful, requests, survey.at);
            Judged { deploy, mark, facts, evidence, gates, rank }
        })
        .collect();
    judged.sort_by_key(|one| one.rank);
    let ahead = match judged.get(..2) {
        Some([best, next]) if !best.rank.rejected && !next.rank.rejected => Some(format!(
            "ahead of {}: {}",
            next.deploy.release.version,
            best.rank.reason(&next.rank)
        )),
        _ => None,
    };
    let schema = reach(&judged, serving);
    let considered = judged.len();
    judged.truncate(TOLD);
    let candidates: Vec<Candidate> = judged.into_iter().map(Judged::told).collect();
    let target = candidates
        .first()
        .filter(|best| matches!(best.fitness, Fitness::Offered { .. }))
        .map(|best| best.release.id.clone());
    let sentence = match (candidates.first(), considered) {
        (Some(Candidate { release, evidence, fitness: Fitness::Offered { .. }, .. }), _) => {
            format!("{}: {}", release.version, evidence.sentence)
        }
        (Some(only), 1) if serving == Some(&only.release.id) => format!(
            "there is no last known good: {} is the only release that is known here, and it is \
             what runs now",
            only.release.version
        ),
        (Some(_), 1) => "there is no last known good: the only release that is known here may \
                         not be gone back to"
            .to_owned(),
        (Some(_), all) => format!(
            "there is no last known good: none of the {all} releases that are known here may be \
             gone back to"
        ),
        (None, _) => "there is no last known good: no deploy is known here".to_owned(),
    };
    Proposal { target, candidates, considered, sentence, ahead, schema }
}

/// How far back the schema lets one go: said where it rules out the newest releases.
fn reach(judged: &[Judged<'_>], serving: Option<&ReleaseId>) -> Option<String> {
    let grade = |one: &Judged<'_>| {
        one.gates.iter().find(|answer| answer.gate == Gate::Schema).map(|answer| answer.grade)
    };
    let mut newest: Vec<&Judged<'_>> =
        judged.iter().filter(|one| Some(&one.deploy.release.id) != serving).collect();
    newest.sort_by_key(|one| Reverse(one.deploy.at));
    let through = newest.iter().position(|one| match grade(one) {
        Some(Grade::Pass | Grade::Warn) => true,
        Some(Grade::Unknown | Grade::Block) | None => false,
    });
    let newer = &newest[..through.unwrap_or(newest.len())];
    let ruled: Vec<&str> = newer
        .iter()
        .filter(|one| grade(one) == Some(Grade::Block))
        .map(|one| one.deploy.release.version.as_str())
        .collect();
    let (first, more) = ruled.split_first()?;
    let ruled = match more.len() {
        0 => (*first).to_owned(),
        more => format!("{first} and {more} older"),
    };
    Some(match through {
        Some(place) => format!(
            "the schema rules out {ruled}; {} is the newest release that it lets through",
            newest[place].deploy.release.version
        ),
        None => format!("the schema rules out {ruled}, and is known to let none through"),
    })
}

/// Whether the database was looked at and did not tell. That is no better than a warning;
/// where nobody looked, it is as unknown of every release.
fn doubtful_schema(facts: &ReleaseFacts) -> bool {
    match &facts.schema {
        Recorded::Recorded(
            Schema::Opaque { .. }
            | Schema::Unclear { .. }
            | Schema::Probe { rows: Recorded::NotRecorded, .. },
        ) => true,
        Recorded::Recorded(
            Schema::Compatible { .. }
            | Schema::Probe { rows: Recorded::Recorded(_), .. }
            | Schema::Unfinished { .. }
            | Schema::Breaks { .. }
            | Schema::Loses { .. },
        )
        | Recorded::NotRecorded => false,
    }
}

/// A release with what the gates say, before it is told.
struct Judged<'a> {
    deploy: &'a Deploy,
    mark: Mark<'a>,
    facts: Option<&'a ReleaseFacts>,
    evidence: &'a Evidence,
    gates: Vec<Answer>,
    rank: Rank,
}

impl Judged<'_> {
    fn told(self) -> Candidate {
        let of = |grade: Grade| -> Vec<Objection> {
            self.gates
                .iter()
                .filter(|answer| answer.grade == grade)
                .map(|answer| Objection { gate: answer.gate, why: answer.why.clone().into_owned() })
                .collect()
        };
        let fitness = if self.rank.rejected {
            Fitness::Rejected { reasons: of(Grade::Block) }
        } else {
            Fitness::Offered { warnings: of(Grade::Warn), unknowns: of(Grade::Unknown) }
        };
        Candidate {
            release: self.deploy.release.clone(),
            record: Record::new(self.deploy, self.evidence, self.mark, self.facts),
            evidence: self.mark.over(self.evidence.clone()),
            gates: self.gates,
            fitness,
        }
    }
}

/// The order of candidates: lexicographic, lower first. See [`ORDER`]; among the rejected
/// ones those with fewer reasons come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    rejected: bool,
    reasons: usize,
    unproven: bool,
    warnings: usize,
    /// Milliseconds, negative: what ended later sorts first; what still serves before all.
    ended: i64,
    requests: Reverse<u64>,
    served: Reverse<u64>,
}

impl Rank {
    fn new(
        evidence: &Evidence,
        gates: &[Answer],
        doubtful: bool,
        requests: Option<u64>,
        now: Timestamp,
    ) -> Self {
        let count = |grade: Grade| gates.iter().filter(|answer| answer.grade == grade).count();
        let reasons = count(Grade::Block);
        let stands = match evidence.standing {
            Standing::Serving | Standing::Good => true,
            Standing::Soaking | Standing::Faulty | Standing::RolledBack | Standing::Unknown => {
                false
            }
        };
        let recent = evidence.ended_at.is_none_or(|ended| Millis::between(ended, now) <= PROVEN);
        // What still has replicas in a half-done rollout served more recently than all else;
        // what ended nobody knows when comes last.
        let ended = match (evidence.standing, evidence.ended_at) {
            (Standing::Serving | Standing::Soaking, None) => i64::MIN,
            (_, Some(at)) => at.as_millisecond().saturating_neg(),
            (
                Standing::Good | Standing::Faulty | Standing::RolledBack | Standing::Unknown,
                None,
            ) => i64::MAX,
        };
        Self {
            rejected: reasons > 0,
            reasons,
            unproven: !(stands && recent),
            warnings: count(Grade::Warn) + usize::from(doubtful),
            ended,
            requests: Reverse(requests.unwrap_or(0)),
            served: Reverse(evidence.served.0),
        }
    }

    /// What puts this one before `next`.
    fn reason(&self, next: &Self) -> &'static str {
        if self.unproven != next.unproven {
            "it served within the last 7 days"
        } else if self.warnings != next.warnings {
            "fewer warnings"
        } else if self.ended == i64::MIN && next.ended != i64::MIN {
            "it still serves"
        } else if self.ended != next.ended {
            "it served more recently"
        } else if self.requests != next.requests {
            "it answered more requests"
        } else if self.served != next.served {
            "it served for longer"
        } else {
            "nothing tells them apart, and it was deployed later"
        }
    }
}

#[cfg(test)]
mod tests;
