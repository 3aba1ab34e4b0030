//! The same service, moved by `CodeDeploy` between two sets of tasks.
//!
//! Imitates what moto does not have and the API reference and user guide of AWS `CodeDeploy`
//! describe: `deployments` of the service is empty and `taskSets` tells the sets, `PRIMARY` with the
//! production traffic, each with the deployment that made it as `externalId`; a deployment is
//! `InProgress` while its set starts, gets all traffic at once and the old set is kept, and then
//! `Succeeded`; `StopDeployment` with `autoRollbackEnabled` makes it `Stopped`, gives the traffic
//! back at once, and makes a deployment of its own with the creator `codeDeployRollback`, named in
//! `rollbackInfo`; a group has one open deployment at most (`DeploymentLimitExceededException`); a
//! deployment tells the digest of its `AppSpec` and never the text, which `GetApplicationRevision`
//! tells.
//!
//! The digest of an `AppSpec` is counted here and not computed. A canary or linear shift, hooks, and
//! an approval before the traffic moves (`Ready`) are not imitated.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DESIRED, Ecs};
use crate::aws::{ACCOUNT, Answer, REGION};

/// The names that the pipeline of a test deploys with.
const APPLICATION: &str = "shop";
const GROUP: &str = "checkout";

/// One set of tasks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Set {
    id: String,
    pub(super) revision: u32,
    made_by: String,
}

/// One deployment.
#[derive(Clone, Debug)]
pub(super) struct Roll {
    id: String,
    to: u32,
    began: Duration,
    ended: Option<Duration>,
    status: &'static str,
    creator: &'static str,
    description: String,
    spec: usize,
    /// Whether its set has the traffic.
    shifted: bool,
    /// Of one that goes back: the tasks that are to end.
    leaves: u32,
    goes_back_from: Option<String>,
    taken_back_by: Option<String>,
}

impl Roll {
    fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

/// Everything that `CodeDeploy` knows.
#[derive(Clone, Debug)]
pub(super) struct CodeDeploy {
    rolls: Vec<Roll>,
    /// The texts of `AppSpec`s; the digest of one is its place.
    specs: Vec<String>,
    /// What has the traffic, and the other set while there is one.
    pub(super) primary: Set,
    pub(super) other: Option<Set>,
    /// The old set is kept until somebody says otherwise.
    keeps_old: bool,
}

impl CodeDeploy {
    /// With `checkout:1` deployed long ago.
    pub(super) fn new() -> Self {
        let first = Roll {
            id: "d-000000001".to_owned(),
            to: 1,
            began: Duration::ZERO,
            ended: Some(Duration::from_mins(1)),
            status: "Succeeded",
            creator: "user",
            description: String::new(),
            spec: 0,
            shifted: true,
            leaves: 0,
            goes_back_from: None,
            taken_back_by: None,
        };
        Self {
            rolls: vec![first],
            specs: vec![spec(1)],
            primary: Set { id: set_id(1), revision: 1, made_by: "d-000000001".to_owned() },
            other: None,
            keeps_old: false,
        }
    }
}

/// The `AppSpec` of a pipeline.
fn spec(revision: u32) -> String {
    let properties = json!({
        "TaskDefinition": Ecs::definition_arn(revision),
        "LoadBalancerInfo": { "ContainerName": "app", "ContainerPort": 80 },
    });
    let service = json!({ "Type": "AWS::ECS::Service", "Properties": properties });
    let hooks = json!([{ "AfterAllowTestTraffic": "check-it" }]);
    json!({ "version": 0.0, "Resources": [{ "TargetService": service }], "Hooks": hooks })
        .to_string()
}

fn set_id(number: usize) -> String {
    format!("ecs-svc/{number:019}")
}

fn sha256(spec: usize) -> String {
    format!("{spec:064x}")
}

impl Ecs {
    /// Keeps the old set of tasks beside the new one, as a group does that waits before it ends the
    /// old one: the deployment stays open, and can be stopped.
    pub fn keep_old(&mut self, keeps: bool) {
        self.codedeploy.keeps_old = keeps;
    }

    pub(super) fn is_moved_by_codedeploy(&self) -> bool {
        self.controller == "CODE_DEPLOY"
    }

    pub(super) fn is_rolled(&self) -> bool {
        !self.codedeploy.rolls.iter().any(Roll::is_open)
    }

    /// Begins a deployment as a pipeline does.
    pub(super) fn begin_roll(&mut self, to: u32) -> String {
        self.start_roll(to, "", &spec(to))
    }

    fn start_roll(&mut self, to: u32, description: &str, text: &str) -> String {
        let known = self.codedeploy.specs.iter().position(|spec| spec == text);
        let spec = known.unwrap_or_else(|| {
            self.codedeploy.specs.push(text.to_owned());
            self.codedeploy.specs.len() - 1
        });
        let roll = Roll {
            id: format!("d-{:09}", self.codedeploy.rolls.len() + 1),
            to,
            began: self.now(),
            ended: None,
            status: "InProgress",
            creator: "user",
            description: description.to_owned(),
            spec,
            shifted: false,
            leaves: 0,
            goes_back_from: None,
            taken_back_by: None,
        };
        let id = roll.id.clone();
        let number = self.codedeploy.rolls.len() + 1;
        self.codedeploy.other = Some(Set { id: set_id(number), revision: to, made_by: id.clone() });
        self.codedeploy.rolls.push(roll);
        id
    }

    /// Ends `index` with `status`, and lets a deployment of its own go back from it.
    fn go_back(&mut self, index: usize, status: &'static str) -> String {
        let now = self.now();
        let leaves = self.tasks_beside();
        let back = format!("d-{:09}", self.codedeploy.rolls.len() + 1);
        let left = &mut self.codedeploy.rolls[index];
        left.status = status;
        left.ended = Some(now);
        left.taken_back_by = Some(back.clone());
        let (from, shifted) = (left.id.clone(), left.shifted);
        let one = &mut self.codedeploy;
        if shifted && let Some(other) = &mut one.other {
            std::mem::swap(&mut one.primary, other);
        }
        let to = one.primary.revision;
        let spec =
            one.rolls.iter().rposition(|roll| roll.to == to).map_or(0, |at| one.rolls[at].spec);
        one.rolls.push(Roll {
            id: back.clone(),
            to,
            began: now,
            ended: None,
            status: "InProgress",
            creator: "codeDeployRollback",
            description: String::new(),
            spec,
            shifted: true,
            leaves,
            goes_back_from: Some(from),
            taken_back_by: None,
        });
        back
    }

    /// Tasks of the set that has no traffic or gets it only now.
    fn tasks_beside(&self) -> u32 {
        let Some(open) = self.codedeploy.rolls.last().filter(|roll| roll.is_open()) else {
            return 0;
        };
        let steps = self.steps(open.began);
        match (open.creator, open.shifted) {
            ("codeDeployRollback", _) => open.leaves.saturating_sub(steps),
            (_, true) => DESIRED,
            (_, false) if self.is_broken(open.to) => 0,
            (_, false) => steps.min(self.stalls_at),
        }
    }

    pub(super) fn catch_up_rolls(&mut self) {
        let now = self.now();
        let Some(index) = self.codedeploy.rolls.iter().rposition(Roll::is_open) else { return };
        let open = self.codedeploy.rolls[index].clone();
        let steps = self.steps(open.began);
        if open.creator == "codeDeployRollback" {
            if steps > DESIRED {
                self.end(index, now);
            }
            return;
        }
        if self.is_broken(open.to) {
            if steps > 3 {
                self.go_back(index, "Failed");
            }
            return;
        }
        if !open.shifted && self.tasks_beside() == DESIRED && steps > DESIRED {
            let one = &mut self.codedeploy;
            if let Some(other) = &mut one.other {
                std::mem::swap(&mut one.primary, other);
            }
            one.rolls[index].shifted = true;
        }
        if self.codedeploy.rolls[index].shifted && !self.codedeploy.keeps_old && steps > DESIRED + 1
        {
            self.end(index, now);
        }
    }

    fn end(&mut self, index: usize, now: Duration) {
        self.codedeploy.rolls[index].status = "Succeeded";
        self.codedeploy.rolls[index].ended = Some(now);
        self.codedeploy.other = None;
    }

    /// Running tasks by revision, what has the traffic first.
    pub(super) fn running_in_sets(&self) -> Vec<(u32, u32)> {
        let one = &self.codedeploy;
        let beside = one.other.iter().map(|set| (set.revision, self.tasks_beside()));
        std::iter::once((one.primary.revision, DESIRED)).chain(beside).collect()
    }

    pub(super) fn task_sets(&self) -> Vec<Value> {
        let told = |set: &Set, status: &str, count: u32| {
            json!({
                "id": set.id,
                "taskSetArn": format!(
                    "arn:aws:ecs:{REGION}:{ACCOUNT}:task-set/shop/checkout/{}", set.id
                ),
                "startedBy": "CODE_DEPLOY",
                "externalId": set.made_by,
                "status": status,
                "taskDefinition": Self::definition_arn(set.revision),
                "computedDesiredCount": DESIRED,
                "pendingCount": 0,
                "runningCount": count,
                "stabilityStatus": if count == DESIRED { "STEADY_STATE" } else { "STABILIZING" },
            })
        };
        let one = &self.codedeploy;
        let mut sets = vec![told(&one.primary, "PRIMARY", DESIRED)];
        sets.extend(one.other.iter().map(|set| told(set, "ACTIVE", self.tasks_beside())));
        // AWS promises no order.
        sets.reverse();
        sets
    }

    fn roll_told(&self, roll: &Roll) -> Value {
        let mut told = json!({
            "applicationName": APPLICATION,
            "deploymentGroupName": GROUP,
            "deploymentId": roll.id,
            "computePlatform": "ECS",
            "status": roll.status,
            "creator": roll.creator,
            "description": roll.description,
            "createTime": self.at(roll.began),
            "revision": {
                "revisionType": "AppSpecContent",
                "appSpecContent": { "sha256": sha256(roll.spec) },
            },
        });
        if let Some(ended) = roll.ended {
            told["completeTime"] = json!(self.at(ended));
        }
        if let Some(back) = &roll.taken_back_by {
            told["rollbackInfo"] = json!({ "rollbackDeploymentId": back });
        }
        if let Some(from) = &roll.goes_back_from {
            told["rollbackInfo"] = json!({ "rollbackTriggeringDeploymentId": from });
        }
        if roll.status == "Failed" {
            told["errorInformation"] =
                json!({ "code": "HEALTH_CONSTRAINTS", "message": "The tasks did not get well." });
        }
        told
    }

    fn stop_roll(&mut self, asked: &Value) -> Answer {
        let id = asked["deploymentId"].as_str().unwrap_or_default();
        let Some(index) = self.codedeploy.rolls.iter().position(|roll| roll.id == id) else {
            let why = "The deployment does not exist.";
            return Answer::no(400, "DeploymentDoesNotExistException", why);
        };
        if !self.codedeploy.rolls[index].is_open() {
            let why = "The deployment has ended already.";
            return Answer::no(400, "DeploymentAlreadyCompletedException", why);
        }
        self.stops += 1;
        if asked["autoRollbackEnabled"] == true {
            self.go_back(index, "Stopped");
        } else {
            let now = self.now();
            self.codedeploy.rolls[index].status = "Stopped";
            self.codedeploy.rolls[index].ended = Some(now);
        }
        Answer::ok(&json!({ "status": "Pending", "statusMessage": "It is being stopped." }))
    }

    fn create_roll(&mut self, asked: &Value) -> Answer {
        if asked["applicationName"] != APPLICATION {
            return Answer::no(400, "ApplicationDoesNotExistException", "No such application.");
        }
        if asked["deploymentGroupName"] != GROUP {
            return Answer::no(400, "DeploymentGroupDoesNotExistException", "No such group.");
        }
        if let Some(open) = self.codedeploy.rolls.iter().find(|roll| roll.is_open()) {
            let why = format!(
                "The Deployment Group '{GROUP}' already has an active Deployment '{}'",
                open.id
            );
            return Answer::no(400, "DeploymentLimitExceededException", &why);
        }
        let text = asked["revision"]["appSpecContent"]["content"].as_str().unwrap_or_default();
        let written: Value = serde_json::from_str(text).unwrap_or_default();
        let properties = &written["Resources"][0]["TargetService"]["Properties"];
        let definition = properties["TaskDefinition"].as_str().and_then(|name| self.find(name));
        let Some((revision, _)) = definition.filter(|(_, found)| found.active) else {
            return Answer::no(400, "InvalidRevisionException", "It leads to no task definition.");
        };
        self.updates += 1;
        let description = asked["description"].as_str().unwrap_or_default();
        let id = self.start_roll(revision, description, text);
        Answer::ok(&json!({ "deploymentId": id }))
    }

    fn target_told(&self, asked: &Value) -> Answer {
        let id = asked["deploymentId"].as_str().unwrap_or_default();
        if asked["targetId"] != "shop:checkout" {
            return Answer::no(400, "DeploymentTargetDoesNotExistException", "No such target.");
        }
        let told = |set: &Set, weight: f64| json!({ "identifer": set.id, "trafficWeight": weight, "desiredCount": DESIRED });
        let one = &self.codedeploy;
        let mut sets = vec![told(&one.primary, 100.0)];
        sets.extend(one.other.iter().map(|set| told(set, 0.0)));
        let target =
            json!({ "deploymentId": id, "targetId": "shop:checkout", "taskSetsInfo": sets });
        Answer::ok(&json!({
            "deploymentTarget": { "deploymentTargetType": "ECSTarget", "ecsTarget": target },
        }))
    }

    fn rolls_listed(&self, asked: &Value) -> Answer {
        let statuses = asked["includeOnlyStatuses"].as_array().filter(|all| !all.is_empty());
        let since = asked["createTimeRange"]["start"].as_f64().unwrap_or(0.0);
        let ids: Vec<&str> = self
            .codedeploy
            .rolls
            .iter()
            .filter(|roll| statuses.is_none_or(|all| all.iter().any(|one| one == roll.status)))
            .filter(|roll| self.at(roll.began) >= since)
            .map(|roll| roll.id.as_str())
            .collect();
        Answer::ok(&json!({ "deployments": ids }))
    }

    fn revision_told(&self, asked: &Value) -> Answer {
        let wanted = asked["revision"]["appSpecContent"]["sha256"].as_str().unwrap_or_default();
        let specs = &self.codedeploy.specs;
        let Some(at) = (0..specs.len()).find(|at| sha256(*at) == wanted) else {
            return Answer::no(400, "RevisionDoesNotExistException", "No such revision.");
        };
        let content = json!({ "content": specs[at], "sha256": wanted });
        let revision = json!({ "revisionType": "AppSpecContent", "appSpecContent": content });
        Answer::ok(&json!({ "applicationName": APPLICATION, "revision": revision }))
    }

    /// What `CodeDeploy` answers; `None` for what is none of its actions.
    pub(super) fn codedeploy_answer(&mut self, action: &str, asked: &Value) -> Option<Answer> {
        Some(match action {
            "ListDeployments" => self.rolls_listed(asked),
            "BatchGetDeployments" => {
                let wanted = asked["deploymentIds"].as_array().cloned().unwrap_or_default();
                let rolls = self.codedeploy.rolls.iter();
                let found = rolls.filter(|roll| wanted.iter().any(|id| *id == roll.id));
                let found: Vec<Value> = found.map(|roll| self.roll_told(roll)).collect();
                Answer::ok(&json!({ "deploymentsInfo": found }))
            }
            "GetApplicationRevision" => self.revision_told(asked),
            "GetDeploymentTarget" => self.target_told(asked),
            "StopDeployment" => self.stop_roll(asked),
            "CreateDeployment" => self.create_roll(asked),
            _ => return None,
        })
    }
}
