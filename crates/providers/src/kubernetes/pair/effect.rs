//! From an operation to the two changes that it takes: of the canary first, because that
//! helps users at once, then of the stable Deployment. Pure.

use lastgood_core::catalog::Place;
use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::ladder::{Ground, allow};
use lastgood_core::name::{EffectKey, ReleaseId, RunId};
use lastgood_core::survey::Survey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::effect::{self as deployment, Whereabouts, change_cause, is_bare, masked};
use super::super::look::{self as one, wanted};
use super::super::marks::{DEPLOYED_AT, DeployedAt, EFFECT, Effects};
use super::super::objects::{CHANGE_CAUSE, Seen, annotation, describe, hash};
use super::super::request::{self, Patch};
use super::super::two::{Both, Side, Two};
use super::look::{CANARY, STABLE, is_out, mover};

/// On the canary's Deployment: what the second of the two changes shall be, and how many
/// replicas there were before the first.
const WEIGHTS: &str = "lastgood.dev/weights";

const RELEASE: &str = "release ";
const UID: &str = "uid of ";
const TEMPLATE: &str = "pod template of ";

/// What one of the two Deployments shall be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) template: Option<Value>,
    pub(super) replicas: u32,
    pub(super) paused: Option<bool>,
}

/// What both shall be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Move {
    pub(super) canary: Part,
    pub(super) stable: Part,
}

/// The numbers of replicas of one change, kept so that it can be ended after a crash and
/// taken back later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Weights {
    run: RunId,
    step: String,
    undo: bool,
    /// What the stable Deployment shall have.
    stable: u32,
    was_stable: u32,
    was_canary: u32,
}

impl Weights {
    fn of(both: &Both) -> Option<Self> {
        serde_json::from_str(annotation(&both.seen(CANARY).deployment, WEIGHTS)?).ok()
    }
}

/// Resolves `operation` against what one look found.
pub(super) fn resolve(
    two: &Two,
    place: &Place,
    operation: &Operation,
    survey: &Survey,
    both: &Both,
) -> Result<PlannedEffect, Refusal> {
    allow(Ground::DeploymentPair, operation, &survey.rollout)?;
    let container = two.place().container.as_deref();
    same_look(survey, &super::look::survey(both, container))?;
    let link = two.link();
    let of = |side: Side| Whereabouts {
        place,
        target: &two.of(side).place,
        server: &link.server,
        context: &link.context,
    };
    match operation {
        Operation::HaltRollout | Operation::ResumeRollout => {
            let side = mover(both);
            let own = one::survey(both.seen(side), container, None);
            return deployment::resolve(of(side), operation, &own, both.seen(side));
        }
        Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => {}
    }
    let wanted = moves(operation, both)?;
    let (stable, canary) = (both.seen(STABLE), both.seen(CANARY));
    let mut expects = Vec::new();
    for (side, seen) in [(STABLE, stable), (CANARY, canary)] {
        let name = two.name(side);
        expects.push(Expectation { what: format!("{UID}{name}"), value: seen.uid().to_owned() });
        expects.push(Expectation {
            what: format!("{TEMPLATE}{name}"),
            value: describe(seen.template(), container),
        });
    }
    if let Operation::RestoreRelease { release } | Operation::ShiftTraffic { release, .. } =
        operation
    {
        let (_, set) = both.known(release)?;
        let value = describe(&set.template(), container);
        expects.push(Expectation { what: format!("{RELEASE}{release}"), value });
    }
    let shown = wanted.stable.template.as_ref().map(masked);
    let marks = vec![(EFFECT.to_owned(), "<effect key>".to_owned())];
    let body = patch(stable, &wanted.stable, shown.as_ref(), marks);
    Ok(PlannedEffect {
        operation: operation.clone(),
        place: place.clone(),
        call: Call {
            system: "kubernetes".to_owned(),
            scope: format!(
                "cluster {}, context {}, namespace {}",
                link.server,
                link.context,
                two.place().namespace
            ),
            verb: "PATCH".to_owned(),
            target: request::deployment(&two.of(STABLE).place),
            body: serde_json::to_string_pretty(&body).ok(),
        },
        changes: told(two, both, operation, &wanted),
        expects,
        reversibility: Reversibility::Reversible,
    })
}

fn told(two: &Two, both: &Both, operation: &Operation, wanted: &Move) -> Vec<Change> {
    let container = two.place().container.as_deref();
    let (stable, canary) = (two.name(STABLE), two.name(CANARY));
    let mut changes = Vec::new();
    if let Operation::RestoreRelease { release } = operation
        && let Some((_, set)) = both.find(release)
    {
        let front = super::look::survey(both, container);
        changes.push(Change {
            what: "version".to_owned(),
            before: front.newest().map_or_else(String::new, |arm| arm.version.clone()),
            after: set.version(container),
        });
    }
    changes.push(Change {
        what: format!("replicas of {canary} (a request of its own, before the other)"),
        before: self::wanted(both.seen(CANARY)).to_string(),
        after: wanted.canary.replicas.to_string(),
    });
    changes.push(Change {
        what: format!("replicas of {stable}"),
        before: self::wanted(both.seen(STABLE)).to_string(),
        after: wanted.stable.replicas.to_string(),
    });
    for (name, side, part) in [(canary, CANARY, &wanted.canary), (stable, STABLE, &wanted.stable)] {
        if let Some(template) = &part.template {
            changes.push(Change {
                what: format!("pod template of {name}"),
                before: describe(both.seen(side).template(), container),
                after: describe(template, container),
            });
        }
    }
    changes
}

/// What both shall be, from what they are.
pub(super) fn moves(operation: &Operation, both: &Both) -> Result<Move, Refusal> {
    let (stable, canary) = (wanted(both.seen(STABLE)), wanted(both.seen(CANARY)));
    let all = stable.saturating_add(canary);
    let unless_present = |side: Side, template: Value| {
        let present = hash(both.seen(side).template()) == hash(&template);
        (!present).then_some(template)
    };
    match operation {
        Operation::RestoreRelease { release } => {
            let (side, set) = both.known(release)?;
            let template = unless_present(side, set.template());
            Ok(match side {
                // All replicas: a canary that took some of them gives them back.
                STABLE => Move {
                    canary: Part { template: None, replicas: 0, paused: Some(false) },
                    stable: Part { template, replicas: all, paused: Some(false) },
                },
                CANARY => {
                    let before = Weights::of(both).filter(|_| canary == 0);
                    let (stable, canary) = before.map_or((stable, canary.max(1)), |before| {
                        (before.was_stable, before.was_canary.max(1))
                    });
                    Move {
                        canary: Part { template, replicas: canary, paused: Some(false) },
                        stable: Part { template: None, replicas: stable, paused: None },
                    }
                }
            })
        }
        Operation::ShiftTraffic { release, percent } => {
            let (side, set) = both.known(release)?;
            if unless_present(side, set.template()).is_some() {
                return Err(Refusal::Unsupported {
                    what: operation.as_str().to_owned(),
                    why: format!("{release} is not what its Deployment runs now"),
                });
            }
            let share = replicas(all, *percent);
            let canary = match side {
                CANARY => share,
                STABLE => all - share,
            };
            Ok(Move {
                canary: Part { template: None, replicas: canary, paused: None },
                stable: Part { template: None, replicas: all - canary, paused: None },
            })
        }
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => Err(Refusal::Unsupported {
            what: operation.as_str().to_owned(),
            why: "it moves no replicas".to_owned(),
        }),
    }
}

/// How many of `all` replicas are `percent` of them, rounded, but never none of them for
/// more than nothing, and never all of them for less than everything.
pub(super) fn replicas(all: u32, percent: u8) -> u32 {
    match percent {
        0 => 0,
        100.. => all,
        share => {
            let rounded = (u64::from(all) * u64::from(share) + 50) / 100;
            let most = u64::from(all.saturating_sub(1)).max(1);
            u32::try_from(rounded.clamp(1, most)).unwrap_or(all).min(all)
        }
    }
}

/// A plan is made from one survey; it must not mix in what a later look found.
fn same_look(planned: &Survey, found: &Survey) -> Result<(), Refusal> {
    let front = |survey: &Survey| survey.newest().map(|arm| arm.release.to_string());
    match (front(planned), front(found)) {
        (Some(planned), Some(found)) if planned != found => {
            Err(Refusal::Drifted { what: "the newest release".to_owned(), planned, found })
        }
        (Some(_) | None, _) => Ok(()),
    }
}

/// Whether everything that the plan relies on still holds. What the same run has done since
/// is not drift.
pub(super) fn holds(
    key: &EffectKey,
    effect: &PlannedEffect,
    two: &Two,
    both: &Both,
) -> Result<(), Refusal> {
    let container = two.place().container.as_deref();
    let named = |name: &str| [STABLE, CANARY].into_iter().find(|side| two.name(*side) == name);
    for expected in &effect.expects {
        let what = expected.what.as_str();
        let found = if let Some(side) = what.strip_prefix(UID).and_then(named) {
            both.seen(side).uid().to_owned()
        } else if let Some(side) = what.strip_prefix(TEMPLATE).and_then(named) {
            let seen = both.seen(side);
            let ours = Effects::of(&seen.deployment);
            // What nobody runs may change: it is not what the plan was about.
            let idle = side == CANARY && !is_out(both);
            if idle || ours.left_by(&key.run) == Some(hash(seen.template()).as_str()) {
                continue;
            }
            describe(seen.template(), container)
        } else if let Some(release) = what.strip_prefix(RELEASE) {
            let (_, set) = both.known(&ReleaseId::from(release))?;
            describe(&set.template(), container)
        } else {
            "not something that can be looked up here".to_owned()
        };
        if found != expected.value {
            let planned = expected.value.clone();
            return Err(Refusal::Drifted { what: what.to_owned(), planned, found });
        }
    }
    Ok(())
}

/// The first change: that of the canary, with everything that the second one needs.
pub(super) fn of_canary(key: &EffectKey, wanted: &Move, both: &Both) -> Value {
    let seen = both.seen(CANARY);
    let weights = Weights {
        run: key.run.clone(),
        step: key.step.to_string(),
        undo: key.undo,
        stable: wanted.stable.replicas,
        was_stable: self::wanted(both.seen(STABLE)),
        was_canary: self::wanted(seen),
    };
    let mut annotations = marked(key, seen, wanted.canary.template.as_ref());
    annotations.push((WEIGHTS.to_owned(), serde_json::to_string(&weights).unwrap_or_default()));
    patch(seen, &wanted.canary, wanted.canary.template.as_ref(), annotations)
}

/// The second change: that of the stable Deployment.
pub(super) fn of_stable(
    key: &EffectKey,
    operation: &Operation,
    wanted: &Move,
    both: &Both,
) -> Value {
    let seen = both.seen(STABLE);
    let mut annotations = marked(key, seen, wanted.stable.template.as_ref());
    if let Operation::RestoreRelease { release } = operation
        && wanted.stable.template.is_some()
        && let Some(set) = seen.set(release.as_str())
    {
        let mark = DeployedAt { release: set.name.clone(), at: seen.at, run: key.run.clone() };
        annotations
            .push((DEPLOYED_AT.to_owned(), serde_json::to_string(&mark).unwrap_or_default()));
        annotations.push((CHANGE_CAUSE.to_owned(), change_cause(set, key)));
    }
    patch(seen, &wanted.stable, wanted.stable.template.as_ref(), annotations)
}

/// The same move, with the number that the first of two changes has promised, when it was
/// made before.
pub(super) fn promised(key: &EffectKey, mut wanted: Move, both: &Both) -> Move {
    let kept = Weights::of(both).filter(|kept| {
        kept.run == key.run && kept.step == key.step.as_str() && kept.undo == key.undo
    });
    if let Some(kept) = kept {
        wanted.stable.replicas = kept.stable;
    }
    wanted
}

fn marked(key: &EffectKey, seen: &Seen, template: Option<&Value>) -> Vec<(String, String)> {
    let left = hash(template.unwrap_or_else(|| seen.template()));
    vec![(EFFECT.to_owned(), Effects::of(&seen.deployment).with(key, &left).to_text())]
}

fn patch(
    seen: &Seen,
    part: &Part,
    template: Option<&Value>,
    annotations: Vec<(String, String)>,
) -> Value {
    Patch {
        version: seen.version(),
        template,
        replicas: Some(part.replicas),
        paused: part.paused,
        partition: None,
        bare: is_bare(seen),
        annotations,
    }
    .to_json()
}
