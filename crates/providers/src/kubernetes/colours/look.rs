//! Which colour serves, and what moves beside it. Pure.

use jiff::Timestamp;
use lastgood_core::effect::Refusal;
use lastgood_core::survey::{RolloutState, Survey};
use serde_json::{Map, Value};

use super::super::look;
use super::super::marks::{DEPLOYED_AT, DeployedAt, ROLLED_BACK, RolledBack};
use super::super::objects::{ReplicaSet, annotation, text};
use super::super::reply::time;
use super::super::two::{Both, Side};

/// The Service and both Deployments, as one look found them.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) service: Value,
    pub(super) both: Both,
}

impl Scene {
    pub(super) fn uid(&self) -> &str {
        self.service["metadata"]["uid"].as_str().unwrap_or_default()
    }

    pub(super) fn version(&self) -> &str {
        self.service["metadata"]["resourceVersion"].as_str().unwrap_or_default()
    }

    pub(super) fn selector(&self) -> &Value {
        &self.service["spec"]["selector"]
    }

    /// The colour whose pods the Service selects, when that is one of the two.
    pub(super) fn live(&self) -> Result<Side, String> {
        let selects = |side| matches(self.selector(), self.both.seen(side).template());
        let name = |side| text(&self.both.seen(side).deployment["metadata"]["name"]);
        let service = text(&self.service["metadata"]["name"]);
        match (selects(Side::First), selects(Side::Second)) {
            (true, false) => Ok(Side::First),
            (false, true) => Ok(Side::Second),
            (true, true) => Err(format!(
                "the Service {service} selects the pods of both {} and {}",
                name(Side::First),
                name(Side::Second)
            )),
            (false, false) => Err(format!(
                "the Service {service} selects the pods of neither {} nor {}",
                name(Side::First),
                name(Side::Second)
            )),
        }
    }

    /// The release that a Deployment runs, or rolls out.
    pub(super) fn current(&self, side: Side) -> Option<&ReplicaSet> {
        self.both.seen(side).current().map(|(set, _)| set)
    }

    /// Our note of when the Service was switched to what it selects.
    pub(super) fn switched(&self) -> Option<DeployedAt> {
        serde_json::from_str(annotation(&self.service, DEPLOYED_AT)?).ok()
    }

    /// Our note of what a rollback switched away from.
    pub(super) fn left(&self) -> Option<RolledBack> {
        serde_json::from_str(annotation(&self.service, ROLLED_BACK)?).ok()
    }

    /// Since when the Service selects `release`, which it does now: by our note, or when the
    /// selector was last written by anybody. The later of the two, because a note outlives
    /// what somebody else switched since.
    pub(super) fn since(&self, release: &str) -> Option<Timestamp> {
        let ours = self.switched().filter(|mark| mark.release == release).map(|mark| mark.at);
        ours.max(selected_at(&self.service))
    }

    /// Whether a rollback has left what this colour runs: whatever it still does there, it
    /// gets no traffic, and nobody waits for it.
    pub(super) fn is_left(&self, side: Side) -> bool {
        let (Some(left), Some(set)) = (self.left(), self.current(side)) else { return false };
        left.release == set.name && left.revision == set.revision
    }

    /// The colour that moves; while nothing does, the one that may begin to.
    pub(super) fn mover(&self) -> Option<Side> {
        let live = self.live().ok()?;
        let calm = look::rollout(self.both.seen(live), None) == RolloutState::Settled;
        Some(if calm { live.other() } else { live })
    }

    /// What the Service must select for `side` to serve: the same labels as now, with the
    /// values that this colour has.
    pub(super) fn selector_for(&self, side: Side) -> Result<Value, Refusal> {
        let labels = &self.both.seen(side).template()["metadata"]["labels"];
        let name = text(&self.both.seen(side).deployment["metadata"]["name"]);
        let unsupported =
            |why: String| Refusal::Unsupported { what: "release.restore".to_owned(), why };
        let mut selector = Map::new();
        for key in self.selector().as_object().into_iter().flat_map(Map::keys) {
            let value = labels[key].as_str().ok_or_else(|| {
                unsupported(format!(
                    "the Service selects by the label {key}, which the pods of {name} do not have"
                ))
            })?;
            selector.insert(key.clone(), Value::from(value));
        }
        let selector = Value::Object(selector);
        if matches(&selector, self.both.seen(side.other()).template()) {
            return Err(unsupported(
                "the labels that the Service selects by are the same for both colours; a label \
                 such as `color` must tell them apart"
                    .to_owned(),
            ));
        }
        Ok(selector)
    }
}

/// When the selector was last written by anybody, as the managed fields tell it.
fn selected_at(service: &Value) -> Option<Timestamp> {
    let entries = service["metadata"]["managedFields"].as_array()?;
    entries
        .iter()
        .filter(|entry| !entry["fieldsV1"]["f:spec"]["f:selector"].is_null())
        .filter_map(|entry| time(&entry["time"]))
        .max()
}

/// Whether a selector finds the pods of `template`. An empty one finds nothing of ours: such
/// a Service has its endpoints written by somebody else.
fn matches(selector: &Value, template: &Value) -> bool {
    let labels = &template["metadata"]["labels"];
    selector.as_object().is_some_and(|selector| {
        !selector.is_empty() && selector.iter().all(|(name, value)| labels[name] == *value)
    })
}

/// What runs now: what moves first, else what the Service selects; what it does not select
/// has no traffic.
pub(super) fn survey(scene: &Scene, container: Option<&str>) -> Survey {
    let of = |side| look::survey(scene.both.seen(side), container, None);
    let at = scene.both.at();
    let live = match scene.live() {
        Ok(live) => live,
        Err(why) => {
            let mut running = of(Side::First).running;
            running.extend(of(Side::Second).running);
            for arm in &mut running {
                arm.share = None;
            }
            return Survey { at, rollout: RolloutState::Unknown { why }, running };
        }
    };
    let idle = live.other();
    let (serving, mut standby) = (of(live), of(idle));
    // What a colour without traffic replaces is of no matter to anybody.
    let current = scene.current(idle).map(|set| set.name.as_str());
    standby.running.retain(|arm| Some(arm.release.as_str()) == current);
    for arm in &mut standby.running {
        arm.share = Some(0.0);
    }
    let asked_for = look::wanted(scene.both.seen(idle)) > 0;
    let idle_moves = asked_for && !scene.is_left(idle) && standby.rollout != RolloutState::Settled;
    let (first, second, rollout) = if serving.rollout == RolloutState::Settled && idle_moves {
        (standby.running, serving.running, standby.rollout)
    } else {
        (serving.running, standby.running, serving.rollout)
    };
    Survey { at, rollout, running: first.into_iter().chain(second).collect() }
}
