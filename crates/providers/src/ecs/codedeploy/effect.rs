//! From an operation to the exact call of `CodeDeploy`. Pure.

use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use serde_json::json;

use super::objects::{Group, Moving, OURS, Roll};
use super::spec;
use crate::ecs::effect::{NONE, Whereabouts, expected, noted, restored, unweighted};
use crate::ecs::objects::{Definition, Seen};

const HALTS: &str = "CodeDeploy deployment to stop";
const APPLICATION: &str = "CodeDeploy application";
const GROUP: &str = "CodeDeploy deployment group";
const SPEC: &str = "AppSpec";

/// What is to be sent to `CodeDeploy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ecs) enum Sent {
    /// `StopDeployment` with a rollback.
    Stop {
        /// `d-1ABC2DEF3`.
        id: String,
    },
    /// `CreateDeployment`.
    Deploy {
        /// Whose.
        group: Group,
        /// The `AppSpec`.
        text: String,
    },
}

/// Resolves `operation`, of which everything that is alike under every controller is in
/// `effect` already. `rolls` are the deployments so far, newest first.
pub(in crate::ecs) fn resolve(
    here: Whereabouts<'_>,
    mut effect: PlannedEffect,
    seen: &Seen,
    moving: &Moving,
    (target, rolls): (Option<&Definition>, &[Roll]),
) -> Result<PlannedEffect, Refusal> {
    let primary = seen.service.primary().map_or("", |one| one.definition.as_str());
    let deploys = |effect: &mut PlannedEffect, definition: &str, arn: &str| {
        let group = crate::ecs::Ecs::the_group(moving)?;
        let text = text_for(rolls, definition, arn).ok_or_else(|| Refusal::Gone {
            what: format!(
                "an AppSpec of {}/{} that CodeDeploy keeps and that names one task definition, to \
                 deploy {definition} with",
                group.application, group.name
            ),
        })?;
        let expects = [
            (APPLICATION, group.application.clone()),
            (GROUP, group.name.clone()),
            (SPEC, text.clone()),
        ];
        let expects = expects.map(|(what, value)| Expectation { what: what.to_owned(), value });
        effect.expects.extend(expects);
        effect.call = call(here, &Sent::Deploy { group, text });
        Ok::<(), Refusal>(())
    };
    match &effect.operation {
        Operation::HaltRollout => {
            let open = moving.open.as_ref().filter(|open| !open.goes_back);
            let id = open.map_or(NONE, |open| open.id.as_str()).to_owned();
            effect.expects.push(Expectation { what: HALTS.to_owned(), value: id.clone() });
            effect.changes.push(Change {
                what: "deployment of CodeDeploy".to_owned(),
                before: open
                    .map_or_else(|| "none is under way".to_owned(), |open| open.status.clone()),
                after:
                    "stopped; CodeDeploy gives the traffic back to the set of tasks that served \
                        before, and ends the new one"
                        .to_owned(),
            });
            effect.call = call(here, &Sent::Stop { id });
        }
        Operation::ResumeRollout => {
            effect.changes.push(Change {
                what: "task definition".to_owned(),
                before: "what CodeDeploy went back to".to_owned(),
                after: format!("{primary}, deployed again"),
            });
            let arn = seen.definition(primary).map_or(primary, |found| found.arn.as_str());
            deploys(&mut effect, primary, arn)?;
        }
        Operation::RestoreRelease { release } => {
            let release = release.clone();
            let target = restored(here, &mut effect, seen, target)?;
            deploys(&mut effect, release.as_str(), &target.arn)?;
        }
        Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => return Err(unweighted(&effect.operation)),
    }
    effect.changes.push(noted(&seen.service));
    effect.reversibility = Reversibility::Reversible;
    Ok(effect)
}

/// The text that put `definition` there before; else the newest text, leading there.
fn text_for(rolls: &[Roll], definition: &str, arn: &str) -> Option<String> {
    let same = rolls.iter().filter(|roll| roll.definition() == Some(definition));
    let worked = same.clone().find(|roll| roll.status == "Succeeded");
    let before = worked.or_else(|| same.clone().next()).and_then(Roll::text);
    before.map(str::to_owned).or_else(|| {
        rolls.iter().filter_map(Roll::text).find_map(|text| spec::leading_to(text, arn))
    })
}

pub(in crate::ecs) fn call(here: Whereabouts<'_>, sent: &Sent) -> Call {
    let (verb, target, body) = match sent {
        Sent::Stop { id } => (
            "StopDeployment",
            if id == NONE { "no deployment".to_owned() } else { format!("deployment {id}") },
            json!({ "deploymentId": id, "autoRollbackEnabled": true }),
        ),
        Sent::Deploy { group, text } => (
            "CreateDeployment",
            format!("application {}, deployment group {}", group.application, group.name),
            json!({
                "applicationName": group.application,
                "deploymentGroupName": group.name,
                "description": format!("{OURS}<effect key>"),
                "revision": {
                    "revisionType": "AppSpecContent",
                    "appSpecContent": { "content": text },
                },
            }),
        ),
    };
    Call {
        system: "aws codedeploy".to_owned(),
        scope: here.scope.to_owned(),
        verb: verb.to_owned(),
        target,
        body: serde_json::to_string_pretty(&body).ok(),
    }
}

/// What a plan says is to be sent to `CodeDeploy`; `None` where it is ECS that is sent something.
pub(in crate::ecs) fn change(effect: &PlannedEffect) -> Option<Result<Sent, Refusal>> {
    if let Some(id) = expected(effect, HALTS) {
        return Some(if id == NONE {
            Err(Refusal::Rejected {
                system: "the plan".to_owned(),
                why: "no deployment of CodeDeploy was under way when it was made".to_owned(),
            })
        } else {
            Ok(Sent::Stop { id: id.to_owned() })
        });
    }
    let text = expected(effect, SPEC)?.to_owned();
    let group = Group {
        application: expected(effect, APPLICATION)?.to_owned(),
        name: expected(effect, GROUP)?.to_owned(),
    };
    Some(Ok(Sent::Deploy { group, text }))
}

/// Whether an expectation is a part of what is to be sent.
pub(in crate::ecs) fn is_sent(what: &str) -> bool {
    [HALTS, APPLICATION, GROUP, SPEC].contains(&what)
}
