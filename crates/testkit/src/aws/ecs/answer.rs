//! What ECS says, and what it does when it is asked.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{DESIRED, Definition, Ecs, Move, Strategy, address};
use crate::aws::{ACCOUNT, Answer, Api, Asked, REGION};

/// So many tags a resource of AWS may have.
const TAGS_AT_MOST: usize = 50;

impl Ecs {
    fn service_arn() -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/shop/checkout")
    }

    pub(super) fn definition_arn(revision: u32) -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/checkout:{revision}")
    }

    fn move_arn(index: usize) -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/shop/checkout/dep{index}")
    }

    fn revision_arn(revision: u32) -> String {
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service-revision/shop/checkout/{revision}")
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
            "deployments": if self.is_moved_by_codedeploy() { Vec::new() } else { deployments },
            "taskSets": if self.is_moved_by_codedeploy() { self.task_sets() } else { Vec::new() },
            "tags": tags,
        })
    }

    pub(super) fn find(&self, name: &str) -> Option<(u32, &Definition)> {
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

    /// The tags of a service or of a task definition.
    fn tags_of(&mut self, arn: &str) -> Option<&mut BTreeMap<String, String>> {
        if arn == Self::service_arn() {
            return Some(&mut self.tags);
        }
        let revision = arn.rsplit(':').next()?.parse().ok()?;
        let is_known = arn == Self::definition_arn(revision);
        let found = self.definition(revision).filter(|one| is_known && one.active)?;
        Some(&mut found.tags)
    }

    fn tag_resource(&mut self, asked: &Value) -> Answer {
        let Some(tags) = self.tags_of(asked["resourceArn"].as_str().unwrap_or_default()) else {
            return Answer::no(400, "InvalidParameterException", "The ARN is of no resource.");
        };
        let mut with = tags.clone();
        for tag in asked["tags"].as_array().into_iter().flatten() {
            let (key, value) = (tag["key"].as_str(), tag["value"].as_str());
            let (Some(key), Some(value)) = (key, value) else { continue };
            let fits = |text: &str, most: usize| {
                text.chars().count() <= most
                    && text.chars().all(|c| c.is_alphanumeric() || " +-=._:/@".contains(c))
            };
            if !fits(key, 128) || !fits(value, 256) {
                let why = "A tag has characters or a length that are not allowed.";
                return Answer::no(400, "InvalidParameterException", why);
            }
            with.insert(key.to_owned(), value.to_owned());
        }
        if with.len() > TAGS_AT_MOST {
            return Answer::no(400, "InvalidParameterException", "A resource has 50 tags at most.");
        }
        *tags = with;
        Answer::ok(&json!({}))
    }

    fn untag_resource(&mut self, asked: &Value) -> Answer {
        let Some(tags) = self.tags_of(asked["resourceArn"].as_str().unwrap_or_default()) else {
            return Answer::no(400, "InvalidParameterException", "The ARN is of no resource.");
        };
        for key in asked["tagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            tags.remove(key);
        }
        Answer::ok(&json!({}))
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
                                     "imageDigest": format!("sha256:{revision:064}"),
                                     "networkInterfaces": [{ "privateIpv4Address":
                                         address(revision, number).to_string() }] }],
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
        if asked.target.as_deref().is_some_and(|target| target.starts_with("CodeDeploy_")) {
            let unknown = || Answer::no(400, "UnknownOperationException", "not part of the fake");
            return self.codedeploy_answer(action, &body).unwrap_or_else(unknown);
        }
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
            "TagResource" => self.tag_resource(&body),
            "UntagResource" => self.untag_resource(&body),
            "UpdateService" => self.update(&body),
            "StopServiceDeployment" => self.stop(&body),
            _ => Answer::no(400, "UnknownOperationException", "not part of the fake"),
        }
    }
}
