//! From an operation to the exact change of the Service, and what must still be true. Pure.

use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::ladder::{Ground, allow};
use lastgood_core::name::{EffectKey, ReleaseId};
use lastgood_core::survey::Survey;
use serde_json::Value;

use super::super::effect::{self as deployment, Whereabouts};
use super::super::look as one;
use super::super::marks::{DEPLOYED_AT, DeployedAt, EFFECT, Effects, ROLLED_BACK, RolledBack};
use super::super::objects::{ReplicaSet, describe, hash, text};
use super::super::request::{self, Switch};
use super::super::two::{Side, Two};
use super::look::Scene;

const UID: &str = "service uid";
const SELECTOR: &str = "service selector";
const RELEASE: &str = "release ";
const FRONT: &str = "release in front";

/// Resolves `operation` against what one look found.
pub(super) fn resolve(
    here: (&Two, &str, &lastgood_core::catalog::Place),
    operation: &Operation,
    survey: &Survey,
    scene: &Scene,
) -> Result<PlannedEffect, Refusal> {
    let (two, service, place) = here;
    allow(Ground::ServiceSelector, operation, &survey.rollout)?;
    let container = two.place().container.as_deref();
    let now = super::look::survey(scene, container);
    same_look(survey, &now)?;
    let link = two.link();
    let release = match operation {
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => {
            let side = scene.mover().ok_or_else(|| unclear(scene))?;
            let here = Whereabouts {
                place,
                target: &two.of(side).place,
                server: &link.server,
                context: &link.context,
            };
            let seen = scene.both.seen(side);
            let own = one::survey(seen, container, None);
            return deployment::resolve(here, operation, &own, seen);
        }
        Operation::RestoreRelease { release } => release,
    };
    let (side, set) = runs_it(scene, release, container)?;
    let in_front = survey.newest().is_some_and(|arm| arm.release == *release);
    if !in_front {
        warm(two, scene, side)?;
    }
    let selector = scene.selector_for(side)?;
    let live = scene.live().map_err(|_| unclear(scene))?;
    let serving = scene.current(live);
    let mut expects = vec![
        Expectation { what: UID.to_owned(), value: scene.uid().to_owned() },
        Expectation { what: SELECTOR.to_owned(), value: words(scene.selector()) },
        Expectation {
            what: format!("{RELEASE}{release}"),
            value: describe(&set.template(), container),
        },
    ];
    // What is in front is restored only to take a restore back, and what will be in front by
    // then is not known yet.
    if let Some(front) = survey.newest().filter(|_| !in_front) {
        let value = front.release.to_string();
        expects.push(Expectation { what: FRONT.to_owned(), value });
    }
    let body = Switch {
        version: "<resource version read just before>",
        bare: !scene.service["metadata"]["annotations"].is_object(),
        annotations: vec![
            (EFFECT.to_owned(), "<effect key>".to_owned()),
            (DEPLOYED_AT.to_owned(), "<release, time and run>".to_owned()),
            (ROLLED_BACK.to_owned(), "<what was left, when and by which run>".to_owned()),
        ],
        selector: &selector,
    };
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
            target: request::named(two.place(), "services", service),
            body: serde_json::to_string_pretty(&body.to_json()).ok(),
        },
        changes: vec![
            Change {
                what: "version".to_owned(),
                before: serving.map_or_else(String::new, |set| set.version(container)),
                after: set.version(container),
            },
            Change {
                what: "deployment that serves".to_owned(),
                before: two.name(live).to_owned(),
                after: two.name(side).to_owned(),
            },
            Change {
                what: format!("selector of Service {service}"),
                before: words(scene.selector()),
                after: words(&selector),
            },
        ],
        expects,
        reversibility: Reversibility::Reversible,
    })
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

fn unclear(scene: &Scene) -> Refusal {
    let why = scene.live().err().unwrap_or_default();
    Refusal::Unsupported {
        what: "a switch".to_owned(),
        why: format!("{why}; which colour serves cannot be told"),
    }
}

/// The colour that runs `release` as its present one.
fn runs_it<'s>(
    scene: &'s Scene,
    release: &ReleaseId,
    container: Option<&str>,
) -> Result<(Side, &'s ReplicaSet), Refusal> {
    let (side, set) = scene.both.known(release)?;
    let seen = scene.both.seen(side);
    match seen.current() {
        Some((current, true)) if current.uid == set.uid => Ok((side, set)),
        Some((current, _)) => Err(Refusal::Unsupported {
            what: "release.restore".to_owned(),
            why: format!(
                "{} is an earlier revision of {}, which runs {} now; deploy {} to the colour that \
                 does not serve, and switch then",
                set.version(container),
                text(&seen.deployment["metadata"]["name"]),
                current.version(container),
                set.version(container)
            ),
        }),
        None => Err(Refusal::Gone { what: format!("release {release}") }),
    }
}

/// Whether the colour could take the traffic at all.
pub(super) fn warm(two: &Two, scene: &Scene, side: Side) -> Result<(), Refusal> {
    let seen = scene.both.seen(side);
    let ready = scene.current(side).map_or(0, |set| set.ready);
    if ready > 0 {
        return Ok(());
    }
    let (name, other) = (two.name(side), scene.both.seen(side.other()));
    let why = match one::wanted(seen) {
        0 => format!(
            "{name} is scaled to zero, so a switch would leave nobody to answer; scale it up \
             first: kubectl --namespace {} scale deployment {name} --replicas={}",
            two.place().namespace,
            one::wanted(other).max(1)
        ),
        wanted => format!(
            "none of the {wanted} replicas of {name} is ready, so a switch would leave nobody to \
             answer; wait for them, or see why they are not"
        ),
    };
    Err(Refusal::Rejected { system: "Kubernetes".to_owned(), why })
}

/// Whether everything that the plan relies on still holds. What the same run has done since
/// is not drift.
pub(super) fn holds(
    key: &EffectKey,
    effect: &PlannedEffect,
    scene: &Scene,
    container: Option<&str>,
) -> Result<(), Refusal> {
    for expected in &effect.expects {
        let found = if expected.what == UID {
            scene.uid().to_owned()
        } else if expected.what == SELECTOR {
            let ours = Effects::of(&scene.service);
            if ours.left_by(&key.run) == Some(hash(scene.selector()).as_str()) {
                continue;
            }
            words(scene.selector())
        } else if expected.what == FRONT {
            let found = super::look::survey(scene, container);
            found.newest().map_or_else(|| "nothing".to_owned(), |arm| arm.release.to_string())
        } else if let Some(release) = expected.what.strip_prefix(RELEASE) {
            let (_, set) = runs_it(scene, &ReleaseId::from(release), container)?;
            describe(&set.template(), container)
        } else {
            "not something that can be looked up here".to_owned()
        };
        if found != expected.value {
            let planned = expected.value.clone();
            return Err(Refusal::Drifted { what: expected.what.clone(), planned, found });
        }
    }
    Ok(())
}

/// A switch with the key in it, ready to be sent.
pub(super) struct Ready {
    pub(super) body: Value,
    /// The release that is left, with its revision and where it is.
    pub(super) leaves: Option<(Side, String, u64)>,
}

/// Puts the change together against the Service as it is now.
pub(super) fn ready(
    key: &EffectKey,
    release: &ReleaseId,
    two: &Two,
    scene: &Scene,
) -> Result<Ready, Refusal> {
    let container = two.place().container.as_deref();
    let (side, set) = runs_it(scene, release, container)?;
    warm(two, scene, side)?;
    let selector = scene.selector_for(side)?;
    let at = scene.both.at();
    let leaves =
        scene.current(side.other()).map(|left| (side.other(), left.name.clone(), left.revision));
    let effects = Effects::of(&scene.service).with(key, &hash(&selector));
    let deployed = DeployedAt { release: set.name.clone(), at, run: key.run.clone() };
    // An undo goes back to what a rollback had left: nothing is left any more.
    let left = leaves.as_ref().filter(|_| !key.undo).map(|(_, name, revision)| RolledBack {
        release: name.clone(),
        revision: *revision,
        at,
        run: key.run.clone(),
        to: set.name.clone(),
        // The switch overwrites when the last one was.
        since: scene.since(name),
    });
    let left = left.and_then(|left| serde_json::to_string(&left).ok()).unwrap_or_default();
    let body = Switch {
        version: scene.version(),
        bare: !scene.service["metadata"]["annotations"].is_object(),
        annotations: vec![
            (EFFECT.to_owned(), effects.to_text()),
            (DEPLOYED_AT.to_owned(), serde_json::to_string(&deployed).unwrap_or_default()),
            (ROLLED_BACK.to_owned(), left),
        ],
        selector: &selector,
    };
    Ok(Ready { body: body.to_json(), leaves })
}

/// Whether the Service selects what runs `release` already.
pub(super) fn is_so(release: &ReleaseId, scene: &Scene) -> bool {
    let live = scene.live().ok().and_then(|side| scene.current(side));
    live.is_some_and(|set| set.name == release.as_str())
}

/// A selector as people write it: `app=checkout,color=blue`.
fn words(selector: &Value) -> String {
    let labels = selector.as_object();
    let terms = labels.into_iter().flatten().map(|(name, value)| format!("{name}={}", text(value)));
    terms.collect::<Vec<_>>().join(",")
}
