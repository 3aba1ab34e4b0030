//! What can be checked before replicas move between the two.

use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::preflight::{Finding, Grade, Topic};

use super::super::preflight::{PATCH_RIGHT, RIGHTS, in_flight_of, near_the_end};
use super::super::rehearse;
use super::super::request::{self, JSON_PATCH};
use super::super::two::Both;
use super::Pair;
use super::effect::{moves, of_canary, of_stable};
use super::look::{CANARY, STABLE};

impl Pair {
    pub(super) async fn look_before(&self, effects: &[PlannedEffect]) -> Vec<Finding> {
        let (mut findings, both) = futures::join!(self.two.first.rights(&RIGHTS), self.two.look());
        let both = match both {
            Ok((both, _)) => both,
            Err(refusal) => {
                let told = Finding::new("the Deployments", Grade::Unknown, refusal.to_string());
                findings.push(told);
                return findings;
            }
        };
        let may_change =
            !findings.iter().any(|one| one.subject == PATCH_RIGHT && one.grade == Grade::Block);
        let container = self.two.place().container.as_deref();
        let state = super::look::survey(&both, container).rollout;
        findings.push(
            in_flight_of(
                &state,
                "a canary is out, or a Deployment is being rolled out; going back ends it",
                "a Deployment is paused; going back ends the pause",
            )
            .on(Topic::Flight),
        );
        for effect in effects {
            let Operation::RestoreRelease { release } = &effect.operation else { continue };
            let subject = format!("release {release}");
            let finding = match both.find(release) {
                None => Finding::new(
                    subject,
                    Grade::Block,
                    "its ReplicaSet is gone, and with it the template to go back to",
                )
                .mend("choose a release that Kubernetes still keeps"),
                Some((side, set)) => near_the_end(set, both.seen(side), subject, container),
            };
            findings.push(finding.on(Topic::History));
        }
        let rehearsal = async {
            // Without the right the answer is known, and told already.
            if may_change { self.rehearse(effects, &both).await } else { Vec::new() }
        };
        let (rehearsal, around, room) = futures::join!(
            rehearsal,
            self.two.around(&both, effects),
            self.two.first.room(both.seen(STABLE))
        );
        findings.extend(rehearsal.into_iter().chain(around).chain(room));
        findings
    }

    /// Whether the API server would accept both changes of each of `effects`.
    async fn rehearse(&self, effects: &[PlannedEffect], both: &Both) -> Vec<Finding> {
        let key = EffectKey {
            run: RunId::new("preflight"),
            step: "preflight".into(),
            undo: false,
            attempt: 1,
        };
        let mut findings = Vec::new();
        for effect in effects {
            // What cannot be put together is a finding of its own.
            let Ok(wanted) = moves(&effect.operation, both) else { continue };
            let what = effect.operation.as_str();
            let bodies = [
                (CANARY, of_canary(&key, &wanted, both)),
                (STABLE, of_stable(&key, &effect.operation, &wanted, both)),
            ];
            for (side, body) in bodies {
                let one = self.two.of(side);
                let path = request::deployment(&one.place);
                let found = self.two.link().rehearse(&path, JSON_PATCH, &body).await;
                let finding = rehearse::told(what, &one.name(), found.map(|_| ()));
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        findings
    }
}
