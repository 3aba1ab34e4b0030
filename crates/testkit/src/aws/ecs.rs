//! One ECS service, its task definitions and its service deployments.
//!
//! Imitates what moto does not show and the developer guide of Amazon ECS describes: two
//! entries in `deployments` while a service rolls, the new one `PRIMARY` and first, with
//! `rolloutState` from `IN_PROGRESS` to `COMPLETED`; a circuit breaker that goes back by
//! itself (`FAILED`, then `ROLLBACK_SUCCESSFUL`); `StopServiceDeployment` with `ROLLBACK`,
//! which moves a service deployment from `IN_PROGRESS` over `ROLLBACK_IN_PROGRESS` to
//! `ROLLBACK_SUCCESSFUL`; and deregistered task definitions that no service may be pointed
//! at. A task is replaced in each step of a length that the test chooses.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{ACCOUNT, Answer, Api, Asked, REGION};

const DESIRED: u32 = 2;

/// How ECS moves the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// A task at a time.
    Rolling,
    /// Two full sets.
    BlueGreen,
}

#[derive(Clone, Debug)]
struct Definition {
    image: String,
    active: bool,
    tags: BTreeMap<String, String>,
    registered: f64,
}

/// A service deployment.
#[derive(Clone, Debug)]
struct Move {
    from: u32,
    to: u32,
    began: Duration,
    ended: Option<Duration>,
    status: &'static str,
    reason: String,
    /// When it began to go back, and how many tasks had been replaced by then.
    back: Option<(Duration, u32)>,
}

/// The service `checkout` in cluster `shop`.
#[derive(Debug)]
pub struct Ecs {
    definitions: Vec<Definition>,
    moves: Vec<Move>,
    tags: BTreeMap<String, String>,
    strategy: Strategy,
    controller: &'static str,
    breaker: bool,
    step: Duration,
    /// Unix seconds of the beginning.
    epoch: f64,
    begun: Instant,
    updates: u32,
    stops: u32,
}

impl Ecs {
    /// With `checkout:1` serving since an hour before `now` (Unix seconds).
    pub fn new(now: f64, step: Duration) -> Self {
        let mut ecs = Self {
            definitions: Vec::new(),
            moves: Vec::new(),
            tags: BTreeMap::new(),
            strategy: Strategy::Rolling,
            controller: "ECS",
            breaker: true,
            step,
            epoch: now - 3_600.0,
            begun: Instant::now(),
            updates: 0,
            stops: 0,
        };
        ecs.register("v1");
        ecs.moves.push(Move {
            from: 1,
            to: 1,
            began: Duration::ZERO,
            ended: Some(Duration::from_mins(1)),
            status: "SUCCESSFUL",
            reason: String::new(),
            back: None,
        });
        ecs
    }

    /// An hour goes by between the first deploy and now.
    fn now(&self) -> Duration {
        Duration::from_hours(1) + self.begun.elapsed()
    }

    /// Registers the next revision and gives its name.
    pub fn register(&mut self, version: &str) -> String {
        self.definitions.push(Definition {
            image: format!("registry.example/checkout:{version}"),
            active: true,
            tags: BTreeMap::new(),
            registered: self.epoch + self.now().as_secs_f64(),
        });
        format!("checkout:{}", self.definitions.len())
    }

    /// Registers the next revision and rolls it out, as a pipeline does. A version that
    /// holds `broken` never gets a task running.
    pub fn deploy(&mut self, version: &str) -> String {
        let name = self.register(version);
        let revision = u32::try_from(self.definitions.len()).unwrap_or(u32::MAX);
        self.begin(revision);
        name
    }

    /// Deregisters a revision.
    pub fn deregister(&mut self, revision: u32) {
        if let Some(found) = self.definition(revision) {
            found.active = false;
        }
    }

    /// Writes a tag of a revision.
    pub fn tag(&mut self, revision: u32, name: &str, value: &str) {
        if let Some(found) = self.definition(revision) {
            found.tags.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Lets another strategy move it.
    pub fn strategy(&mut self, strategy: Strategy) {
        self.strategy = strategy;
    }

    /// Lets another controller move it, such as `CODE_DEPLOY`.
    pub fn controller(&mut self, controller: &'static str) {
        self.controller = controller;
    }

    /// Ends whatever moves, where it would end.
    pub fn settle(&mut self) {
        self.begun -= self.step * 20;
        self.catch_up();
    }

    /// Whether nothing moves.
    pub fn is_settled(&mut self) -> bool {
        self.catch_up();
        self.moves.iter().all(|one| one.ended.is_some())
    }

    /// What the service leads to: `checkout:1`.
    pub fn leads_to(&mut self) -> String {
        self.catch_up();
        format!("checkout:{}", self.primary().0)
    }

    /// How often the service was pointed elsewhere and stopped through the API.
    pub fn changes(&self) -> (u32, u32) {
        (self.updates, self.stops)
    }

    fn definition(&mut self, revision: u32) -> Option<&mut Definition> {
        let index = usize::try_from(revision).ok()?.checked_sub(1)?;
        self.definitions.get_mut(index)
    }

    fn get(&self, revision: u32) -> Option<&Definition> {
        self.definitions.get(usize::try_from(revision).ok()?.checked_sub(1)?)
    }

    fn begin(&mut self, to: u32) {
        self.catch_up();
        let now = self.now();
        let from = self.primary().0;
        for open in self.moves.iter_mut().filter(|one| one.ended.is_none()) {
            open.status = "STOPPED";
            open.reason = String::from("superseded by another deployment");
            open.ended = Some(now);
        }
        self.moves.push(Move {
            from,
            to,
            began: now,
            ended: None,
            status: "IN_PROGRESS",
            reason: String::new(),
            back: None,
        });
    }

    fn steps(&self, since: Duration) -> u32 {
        let gone = self.now().saturating_sub(since).as_millis() / self.step.as_millis().max(1);
        u32::try_from(gone).unwrap_or(u32::MAX)
    }

    fn is_broken(&self, revision: u32) -> bool {
        self.get(revision).is_some_and(|found| found.image.contains("broken"))
    }

    /// Tasks of the new revision.
    fn replaced(&self, one: &Move) -> u32 {
        match one.back {
            Some((at, moved)) => moved.saturating_sub(self.steps(at)),
            None if self.is_broken(one.to) => 0,
            None => self.steps(one.began).min(DESIRED),
        }
    }

    fn catch_up(&mut self) {
        let now = self.now();
        let Some(last) = self.moves.last().cloned().filter(|one| one.ended.is_none()) else {
            return;
        };
        let steps = self.steps(last.back.map_or(last.began, |(at, _)| at));
        let mut next = last.clone();
        match last.back {
            Some((_, moved)) if steps > moved => {
                next.status = "ROLLBACK_SUCCESSFUL";
                next.ended = Some(now);
            }
            Some(_) => next.status = "ROLLBACK_IN_PROGRESS",
            None if self.is_broken(last.to) && self.breaker && steps > 3 => {
                next.status = "ROLLBACK_IN_PROGRESS";
                next.reason = String::from("deployment circuit breaker: tasks failed to start");
                next.back = Some((now, 0));
            }
            None if !self.is_broken(last.to) && steps > DESIRED => {
                next.status = "SUCCESSFUL";
                next.ended = Some(now);
            }
            None => {}
        }
        if let Some(at) = self.moves.last_mut() {
            *at = next;
        }
    }

    /// The revision in front and the deployment that put it there.
    fn primary(&self) -> (u32, String) {
        let mut front = (1, "ecs-svc/1".to_owned());
        for (index, one) in self.moves.iter().enumerate() {
            let to = (one.to, format!("ecs-svc/{}", index + 1));
            let back = one.status.starts_with("ROLLBACK");
            if back {
                front = (one.from, format!("ecs-svc/back-{}", index + 1));
            } else {
                front = to;
            }
        }
        front
    }

    fn service_arn() -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/shop/checkout")
    }

    fn definition_arn(revision: u32) -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/checkout:{revision}")
    }

    fn move_arn(index: usize) -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/shop/checkout/dep{index}")
    }

    fn revision_arn(revision: u32) -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service-revision/shop/checkout/{revision}")
    }

    fn at(&self, at: Duration) -> f64 {
        self.epoch + at.as_secs_f64()
    }

    /// Running tasks by revision, the one in front first.
    fn running(&self) -> Vec<(u32, u32)> {
        match self.moves.last().filter(|one| one.ended.is_none() && one.from != one.to) {
            None => vec![(self.primary().0, DESIRED)],
            Some(open) => {
                let new = self.replaced(open);
                let mut arms = vec![(open.to, new), (open.from, DESIRED - new)];
                if open.back.is_some() {
                    arms.reverse();
                }
                arms
            }
        }
    }

    fn service(&self) -> Value {
        let (_, id) = self.primary();
        let open = self.moves.last().filter(|one| one.ended.is_none());
        let deployments: Vec<Value> = self
            .running()
            .into_iter()
            .enumerate()
            .filter(|(index, (_, count))| *index == 0 || *count > 0)
            .map(|(index, (revision, count))| {
                let state = if index > 0 || open.is_none() { "COMPLETED" } else { "IN_PROGRESS" };
                json!({
                    "id": if index == 0 { id.clone() } else { format!("{id}-before") },
                    "status": if index == 0 { "PRIMARY" } else { "ACTIVE" },
                    "taskDefinition": Self::definition_arn(revision),
                    "desiredCount": if index == 0 { DESIRED } else { 0 },
                    "runningCount": count,
                    "pendingCount": 0,
                    "failedTasks": 0,
                    "rolloutState": state,
                    "rolloutStateReason": "",
                })
            })
            .collect();
        let tags: Vec<Value> =
            self.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        json!({
            "serviceArn": Self::service_arn(),
            "serviceName": "checkout",
            "status": "ACTIVE",
            "desiredCount": DESIRED,
            "runningCount": DESIRED,
            "deploymentController": { "type": self.controller },
            "deploymentConfiguration": {
                "strategy": match self.strategy {
                    Strategy::Rolling => "ROLLING",
                    Strategy::BlueGreen => "BLUE_GREEN",
                },
                "deploymentCircuitBreaker": { "enable": self.breaker, "rollback": self.breaker },
            },
            "deployments": deployments,
            "tags": tags,
        })
    }

    fn find(&self, name: &str) -> Option<(u32, &Definition)> {
        let revision = name.rsplit(':').next()?.parse().ok()?;
        Some((revision, self.get(revision)?))
    }

    fn describe(&self, name: &str) -> Answer {
        let Some((revision, found)) = self.find(name) else {
            return Answer::no(400, "ClientException", "Unable to describe task definition.");
        };
        let tags: Vec<Value> =
            found.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        Answer::ok(&json!({
            "taskDefinition": {
                "taskDefinitionArn": Self::definition_arn(revision),
                "family": "checkout",
                "revision": revision,
                "status": if found.active { "ACTIVE" } else { "INACTIVE" },
                "registeredAt": found.registered,
                "cpu": "256",
                "containerDefinitions": [
                    { "name": "app", "image": found.image, "essential": true,
                      "environment": [{ "name": "LEVEL", "value": "hidden" }] },
                ],
            },
            "tags": tags,
        }))
    }

    fn moves_told(&self, wanted: &Value) -> Answer {
        let wanted: Option<Vec<&str>> =
            wanted.as_array().map(|wanted| wanted.iter().filter_map(Value::as_str).collect());
        let told: Vec<Value> = self
            .moves
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, one)| wanted.as_ref().is_none_or(|all| all.contains(&one.status)))
            .map(|(index, one)| self.told(index, one))
            .collect();
        Answer::ok(&json!({ "serviceDeployments": told }))
    }

    fn told(&self, index: usize, one: &Move) -> Value {
        let mut told = json!({
            "serviceDeploymentArn": Self::move_arn(index),
            "serviceArn": Self::service_arn(),
            "startedAt": self.at(one.began),
            "createdAt": self.at(one.began),
            "targetServiceRevisionArn": Self::revision_arn(one.to),
            "status": one.status,
            "statusReason": one.reason,
        });
        if let Some(ended) = one.ended {
            told["finishedAt"] = json!(self.at(ended));
        }
        told
    }

    fn update(&mut self, asked: &Value) -> Answer {
        if self.controller != "ECS" {
            let why = "Unable to update task definition on services with another controller.";
            return Answer::no(400, "InvalidParameterException", why);
        }
        let Some((revision, found)) =
            asked["taskDefinition"].as_str().and_then(|one| self.find(one))
        else {
            return Answer::no(400, "ClientException", "TaskDefinition not found.");
        };
        if !found.active {
            return Answer::no(400, "ClientException", "TaskDefinition is inactive");
        }
        self.updates += 1;
        if self.primary().0 != revision {
            self.begin(revision);
        }
        Answer::ok(&json!({ "service": self.service() }))
    }

    fn stop(&mut self, asked: &Value) -> Answer {
        let arn = asked["serviceDeploymentArn"].as_str().unwrap_or_default();
        let Some(index) = (0..self.moves.len()).find(|index| Self::move_arn(*index) == arn) else {
            let why = "The service deployment was not found.";
            return Answer::no(400, "ServiceDeploymentNotFoundException", why);
        };
        if asked["stopType"] != "ROLLBACK" || self.moves[index].ended.is_some() {
            return Answer::no(400, "ConflictException", "It cannot be stopped so any more.");
        }
        let now = self.now();
        let moved = self.replaced(&self.moves[index]);
        let one = &mut self.moves[index];
        if one.back.is_none() {
            one.back = Some((now, moved));
            one.status = "ROLLBACK_IN_PROGRESS";
            one.reason = String::from("stopped by a person");
            self.stops += 1;
        }
        Answer::ok(&json!({ "serviceDeploymentArn": arn }))
    }

    fn tasks(&self) -> Vec<Value> {
        let mut tasks = Vec::new();
        for (revision, count) in self.running() {
            for number in 0..count {
                let image = self.get(revision).map_or("", |found| found.image.as_str());
                tasks.push(json!({
                    "taskArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task/shop/r{revision}t{number}"),
                    "taskDefinitionArn": Self::definition_arn(revision),
                    "lastStatus": "RUNNING",
                    "desiredStatus": "RUNNING",
                    "healthStatus": "HEALTHY",
                    "containers": [{ "name": "app", "image": image,
                                     "imageDigest": format!("sha256:{revision:064}") }],
                }));
            }
        }
        tasks
    }
}

impl Api for Ecs {
    fn action(&self, asked: &Asked) -> String {
        let target = asked.target.as_deref().unwrap_or("Unknown");
        target.rsplit('.').next().unwrap_or(target).to_owned()
    }

    fn answer(&mut self, action: &str, asked: &Asked) -> Answer {
        self.catch_up();
        let body = asked.json();
        match action {
            "DescribeServices" if body["services"][0] == "checkout" => {
                Answer::ok(&json!({ "services": [self.service()], "failures": [] }))
            }
            "DescribeServices" => {
                Answer::ok(&json!({ "services": [], "failures": [{ "reason": "MISSING" }] }))
            }
            "DescribeTaskDefinition" => {
                self.describe(body["taskDefinition"].as_str().unwrap_or_default())
            }
            "ListTaskDefinitions" => {
                let known = 1..=u32::try_from(self.definitions.len()).unwrap_or(0);
                let arns: Vec<String> = known.rev().map(Self::definition_arn).collect();
                Answer::ok(&json!({ "taskDefinitionArns": arns }))
            }
            "ListServiceDeployments" => self.moves_told(&body["status"]),
            "DescribeServiceDeployments" => {
                let arn = body["serviceDeploymentArns"][0].as_str().unwrap_or_default();
                let found = (0..self.moves.len()).find(|index| Self::move_arn(*index) == arn);
                let told = found.map(|index| self.told(index, &self.moves[index]));
                Answer::ok(&json!({ "serviceDeployments": told.into_iter().collect::<Vec<_>>() }))
            }
            "DescribeServiceRevisions" => {
                let asked = body["serviceRevisionArns"].as_array().cloned().unwrap_or_default();
                let told: Vec<Value> = asked
                    .iter()
                    .filter_map(|arn| {
                        let revision: u32 = arn.as_str()?.rsplit('/').next()?.parse().ok()?;
                        Some(json!({
                            "serviceRevisionArn": arn,
                            "taskDefinition": Self::definition_arn(revision),
                            "containerImages": [{ "containerName": "app",
                                "imageDigest": format!("sha256:{revision:064}") }],
                        }))
                    })
                    .collect();
                Answer::ok(&json!({ "serviceRevisions": told }))
            }
            "ListTasks" => {
                let arns: Vec<Value> =
                    self.tasks().iter().map(|task| task["taskArn"].clone()).collect();
                Answer::ok(&json!({ "taskArns": arns }))
            }
            "DescribeTasks" => Answer::ok(&json!({ "tasks": self.tasks(), "failures": [] })),
            "TagResource" => {
                for tag in body["tags"].as_array().into_iter().flatten() {
                    if let (Some(key), Some(value)) = (tag["key"].as_str(), tag["value"].as_str()) {
                        self.tags.insert(key.to_owned(), value.to_owned());
                    }
                }
                Answer::ok(&json!({}))
            }
            "UpdateService" => self.update(&body),
            "StopServiceDeployment" => self.stop(&body),
            _ => Answer::no(400, "UnknownOperationException", "not part of the fake"),
        }
    }
}
