//! What can be checked before the Service is switched.

use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::preflight::{Finding, Grade, Topic};

use super::super::preflight::{Right, in_flight_of};
use super::super::{look as one, rehearse};
use super::Colours;
use super::effect::{ready, warm};
use super::look::Scene;

/// Verb, API group, resource, and how bad a no is. A halt needs the Deployments; the switch
/// needs the Service alone.
const RIGHTS: [Right; 9] = [
    ("get", "", "services", Grade::Block),
    ("patch", "", "services", Grade::Block),
    ("get", "apps", "deployments", Grade::Block),
    ("list", "apps", "replicasets", Grade::Block),
    ("patch", "apps", "deployments", Grade::Warn),
    ("list", "", "pods", Grade::Warn),
    ("watch", "", "services", Grade::Warn),
    ("watch", "apps", "deployments", Grade::Warn),
    ("patch", "apps", "replicasets", Grade::Warn),
];

const PATCH_RIGHT: &str = "permission to patch services";

impl Colours {
    pub(super) async fn look_before(&self, effects: &[PlannedEffect]) -> Vec<Finding> {
        let (mut findings, scene) = futures::join!(self.two.first.rights(&RIGHTS), self.scene());
        let scene = match scene {
            Ok(scene) => scene,
            Err(refusal) => {
                let told = Finding::new("the Service", Grade::Unknown, refusal.to_string());
                findings.push(told);
                return findings;
            }
        };
        let may_change =
            !findings.iter().any(|one| one.subject == PATCH_RIGHT && one.grade == Grade::Block);
        findings.push(self.in_flight(&scene).on(Topic::Flight));
        findings.extend(effects.iter().filter_map(|effect| self.standby(effect, &scene)));
        let rehearsal = async {
            // Without the right the answer is known, and told already.
            if may_change { self.rehearse(effects, &scene).await } else { Vec::new() }
        };
        let (rehearsal, around) = futures::join!(rehearsal, self.two.around(&scene.both, effects));
        findings.extend(rehearsal.into_iter().chain(around));
        findings
    }

    fn in_flight(&self, scene: &Scene) -> Finding {
        in_flight_of(
            &self.surveyed(scene).rollout,
            "a colour is being rolled out; the switch does not wait for it",
            "the Deployment of a colour is paused; the switch does not end the pause",
        )
    }

    /// Whether the colour to switch to could take the traffic.
    fn standby(&self, effect: &PlannedEffect, scene: &Scene) -> Option<Finding> {
        let Operation::RestoreRelease { release } = &effect.operation else { return None };
        let subject = format!("release {release}");
        let Some((side, set)) = scene.both.find(release) else {
            let gone = "its ReplicaSet is gone, and with it the replicas to switch to";
            return Some(Finding::new(subject, Grade::Block, gone).on(Topic::History));
        };
        let survey = self.surveyed(scene);
        if survey.newest().is_some_and(|arm| arm.release == *release) {
            return None;
        }
        let container = self.two.place().container.as_deref();
        let (name, version) = (self.two.name(side), set.version(container));
        let (ready, needed) = (set.ready, one::wanted(scene.both.seen(side.other())));
        let finding = match warm(&self.two, scene, side) {
            Err(refusal) => Finding::new(subject, Grade::Block, refusal.to_string())
                .mend(format!("scale {name} up, wait until it is ready, and plan again")),
            Ok(()) if ready < needed => Finding::new(
                subject,
                Grade::Warn,
                format!(
                    "{version} has {ready} ready replicas in {name}, and {needed} serve now: less \
                     traffic than now may be too much for it"
                ),
            )
            .mend(format!("scale {name} to {needed} first")),
            Ok(()) => Finding::new(
                subject,
                Grade::Pass,
                format!("{version} stands by in {name} with {ready} ready replicas"),
            ),
        };
        Some(finding.on(Topic::History))
    }

    /// Whether the API server would accept the switch.
    async fn rehearse(&self, effects: &[PlannedEffect], scene: &Scene) -> Vec<Finding> {
        let key = EffectKey {
            run: RunId::new("preflight"),
            step: "preflight".into(),
            undo: false,
            attempt: 1,
        };
        let mut findings = Vec::new();
        for effect in effects {
            let Operation::RestoreRelease { release } = &effect.operation else { continue };
            // What cannot be put together is a finding of its own.
            let Ok(ready) = ready(&key, release, &self.two, scene) else { continue };
            let what = effect.operation.as_str();
            let (path, link) = (self.path(), self.two.link());
            let found = link.rehearse(&path, super::super::request::JSON_PATCH, &ready.body).await;
            let finding = rehearse::told(what, &self.name(), found.map(|_| ()));
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        findings
    }
}
