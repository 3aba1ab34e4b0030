//! What could be done besides, or instead of, a rollback: each way with what it touches,
//! what it needs, what argues for and against it, in order, the cheapest safe one first.
//! The engineer chooses.

use serde::{Deserialize, Serialize};

use crate::catalog::{Place, Strategy};
use crate::judge::{Judgement, Verdict};
use crate::recorded::Recorded;
use crate::release::{DeployOutcome, History, Release};
use crate::survey::Survey;
use crate::time::Millis;

/// A way to stop the harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Way {
    /// Turn a feature flag off.
    FlagOff,
    /// Send the traffic to a release that still has replicas.
    ShiftTraffic,
    /// Go back to an earlier release.
    RollBack,
    /// Deploy a fix.
    RollForward,
    /// Change nothing and look again.
    Wait,
}

impl Way {
    /// All of them, the least harmful first.
    pub const ALL: [Self; 5] =
        [Self::FlagOff, Self::ShiftTraffic, Self::RollBack, Self::RollForward, Self::Wait];

    /// What a person reads.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::FlagOff => "turn a flag off",
            Self::ShiftTraffic => "shift the traffic",
            Self::RollBack => "roll back",
            Self::RollForward => "roll forward",
            Self::Wait => "wait",
        }
    }
}

/// Whether a way is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Openness {
    /// It is.
    Open,
    /// It is not.
    Closed {
        /// Why not.
        why: String,
    },
    /// It is not known.
    Unknown {
        /// What is not known.
        why: String,
    },
}

/// One way, weighed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Mitigation {
    /// Which way.
    pub way: Way,
    /// Whether it is open.
    pub openness: Openness,
    /// How many releases it undoes; `null` when that is not known.
    pub undoes: Option<u32>,
    /// The services that it touches.
    pub services: Vec<String>,
    /// What it needs.
    pub needs: Vec<String>,
    /// How long it took here before, the middle of all; `null` when nothing is known. Of a fix
    /// it is the deploy alone: nobody knows how long the fix and its build take.
    pub takes: Option<Millis>,
    /// What argues for it.
    pub reasons_for: Vec<String>,
    /// What argues against it.
    pub reasons_against: Vec<String>,
    /// Why it stands where it does, in one line.
    pub because: String,
}

/// Everything that the ways are weighed by.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// Where.
    pub place: &'a Place,
    /// How releases get there.
    pub strategy: Strategy,
    /// The release in front.
    pub from: &'a Release,
    /// The release to go back to.
    pub to: &'a Release,
    /// What runs now.
    pub survey: &'a Survey,
    /// What was deployed.
    pub history: &'a History,
    /// Whether a preflight finding forbids the rollback.
    pub blocked: bool,
    /// Whether the release before suffers as well; not recorded before it was judged.
    pub shared: Recorded<bool>,
}

/// Whether the release before suffers as well, by `judgements` of the release in front:
/// `true` when an objective is broken by both and none by the one in front alone, `false`
/// when the one in front is worse than `to` beside it, else not known.
#[must_use]
pub fn shared(judgements: &[Judgement], to: &Release) -> Recorded<bool> {
    let beside = |judgement: &Judgement| {
        let rollout = judgement.evidence.as_ref().and_then(|evidence| evidence.rollout.as_ref());
        rollout.is_some_and(|rollout| rollout.baseline.contains(&to.version))
    };
    let failing: Vec<&Judgement> =
        judgements.iter().filter(|one| one.verdict == Verdict::Fail).collect();
    if failing.is_empty() {
        let both = judgements.iter().any(|one| one.verdict == Verdict::Shared);
        both.then_some(true).into()
    } else {
        failing.into_iter().any(beside).then_some(false).into()
    }
}

/// All ways, the cheapest safe one first.
#[must_use]
pub fn weigh(situation: &Situation<'_>) -> Vec<Mitigation> {
    let shared = situation.shared.as_option() == Some(&true);
    let mut all: Vec<Mitigation> = Way::ALL.into_iter().map(|way| one(way, situation)).collect();
    all.sort_by_key(|one| {
        let open = match one.openness {
            Openness::Open => 0,
            Openness::Unknown { .. } => 1,
            Openness::Closed { .. } => 2,
        };
        // No change of this service helps against what hurts its neighbour too.
        let first = u8::from(!(shared && one.way == Way::Wait));
        // To wait is always open, and never the cure unless the cause is elsewhere.
        let last = u8::from(!shared && one.way == Way::Wait);
        (open, first, last, one.way)
    });
    all
}

fn one(way: Way, situation: &Situation<'_>) -> Mitigation {
    let Situation { place, from, to, shared, .. } = situation;
    let mut mitigation = Mitigation {
        way,
        openness: openness(way, situation),
        undoes: Some(0),
        services: vec![place.service.to_string()],
        needs: Vec::new(),
        takes: None,
        reasons_for: Vec::new(),
        reasons_against: Vec::new(),
        because: String::new(),
    };
    let (needs, pro, contra, because): (&str, String, String, &str) = match way {
        Way::FlagOff => (
            "somebody who may change the flag",
            format!("{} stays, and only what the flag turned on goes away", from.version),
            "what hurts users may not stand behind the flag".to_owned(),
            "it undoes least, and is undone at once",
        ),
        Way::ShiftTraffic => (
            "replicas of the release before",
            "no replica has to be started".to_owned(),
            format!("{} must carry all of the traffic", to.version),
            "it takes seconds and starts nothing",
        ),
        Way::RollBack => (
            "a plan that you have read",
            served(situation),
            "data, messages and calls of the newer release stay".to_owned(),
            "it is planned, can be proven, and each step says how it is undone",
        ),
        Way::RollForward => (
            "a fix that is known to be one, and a build of it",
            "nothing that came with the release is lost".to_owned(),
            "it is new code in the middle of an incident, and users wait for its build".to_owned(),
            "it takes longest and proves least",
        ),
        Way::Wait => (
            "somebody who looks again",
            "nothing changes while the cause is not known".to_owned(),
            "users keep being hurt".to_owned(),
            "it changes nothing, for better or worse",
        ),
    };
    mitigation.needs.push(needs.to_owned());
    mitigation.reasons_for.push(pro);
    mitigation.reasons_against.push(contra);
    because.clone_into(&mut mitigation.because);
    match way {
        Way::RollBack => {
            mitigation.undoes = undone(situation.history, from, to);
            mitigation.takes = usual(situation.history);
            if let Some(many @ 2..) = mitigation.undoes {
                mitigation.reasons_against.push(format!("it undoes {many} releases, not one"));
            }
        }
        Way::RollForward => {
            mitigation.takes = usual(situation.history);
            if let Some(takes) = mitigation.takes {
                let alone = format!("a deploy alone took {takes} here before");
                mitigation.reasons_against.push(alone);
            }
        }
        Way::FlagOff | Way::ShiftTraffic | Way::Wait => {}
    }
    match (shared.as_option(), way) {
        (Some(true), Way::Wait) => {
            mitigation.reasons_for.push(SHARED.to_owned());
            "the release before suffers too, so the cause is likely elsewhere"
                .clone_into(&mut mitigation.because);
        }
        (Some(true), _) => mitigation.reasons_against.push(SHARED.to_owned()),
        (Some(false), Way::RollBack) => {
            mitigation.reasons_for.push(format!("{} is well where it serves", to.version));
        }
        (Some(false) | None, _) => {}
    }
    mitigation
}

const SHARED: &str = "the release before suffers as well: a rollback is unlikely to help";

fn openness(way: Way, situation: &Situation<'_>) -> Openness {
    let closed = |why: String| Openness::Closed { why };
    let unknown = |why: String| Openness::Unknown { why };
    let Situation { from, to, survey, .. } = situation;
    match way {
        Way::FlagOff => match from.flags.as_option() {
            None => unknown(format!("which flags {} toggled is not recorded", from.version)),
            Some(flags) => {
                let old = to.flags.as_option();
                let news: Vec<&str> = flags
                    .iter()
                    .filter(|(name, value)| old.and_then(|old| old.get(*name)) != Some(*value))
                    .map(|(name, _)| name.as_str())
                    .collect();
                if news.is_empty() {
                    closed(format!("{} toggled no flag", from.version))
                } else {
                    unknown(format!(
                        "{} came with {}; whether that is the cause is yours to judge, and it is \
                         turned off where your flags live",
                        from.version,
                        news.join(", ")
                    ))
                }
            }
        },
        Way::ShiftTraffic => {
            let ready = survey.running.iter().any(|arm| arm.release == to.id && arm.ready > 0);
            match situation.strategy {
                Strategy::Rolling => closed("a rolling rollout has no traffic weights".to_owned()),
                Strategy::BlueGreen | Strategy::Canary if ready => Openness::Open,
                Strategy::BlueGreen | Strategy::Canary => {
                    closed(format!("no replica of {} is ready", to.version))
                }
            }
        }
        Way::RollBack if situation.blocked => {
            closed("a preflight finding forbids it; an override needs a reason".to_owned())
        }
        Way::RollBack | Way::Wait => Openness::Open,
        Way::RollForward => unknown("whether there is a fix is not known here".to_owned()),
    }
}

/// How many releases are newer than `to`, up to and with `from`.
fn undone(history: &History, from: &Release, to: &Release) -> Option<u32> {
    let began = history.latest(&to.id)?.at;
    let mut newer: Vec<_> = history
        .deploys()
        .iter()
        .filter(|deploy| deploy.at > began && deploy.release.id != to.id)
        .map(|deploy| &deploy.release.id)
        .collect();
    newer.sort_unstable();
    newer.dedup();
    let known = newer.iter().any(|id| **id == from.id);
    known.then(|| u32::try_from(newer.len()).unwrap_or(u32::MAX))
}

/// What the history says of the time in which the older release served.
fn served(situation: &Situation<'_>) -> String {
    let Situation { to, history, survey, .. } = situation;
    let served = history.evidence(&to.id, survey, Millis(0)).served;
    if served > Millis(0) {
        format!("{} served for {served} before", to.version)
    } else {
        format!("{} was deployed before; whether it ever served is not recorded", to.version)
    }
}

/// The middle of how long completed deploys took here.
fn usual(history: &History) -> Option<Millis> {
    let mut all: Vec<Millis> = history
        .deploys()
        .iter()
        .filter(|deploy| deploy.outcome == DeployOutcome::Completed)
        .filter_map(|deploy| Some(Millis::between(deploy.at, deploy.ended_at?)))
        .collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

#[cfg(test)]
mod tests;
