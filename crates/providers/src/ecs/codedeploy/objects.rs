//! `CodeDeploy`'s deployments of one service, and what they make of it. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::name::EffectKey;

use super::spec;
use crate::ecs::objects::{Deployment, Going, Progress, Service, TaskSet};
use crate::ecs::reply::short;

/// Whose deployments they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ecs) struct Group {
    pub(in crate::ecs) application: String,
    pub(in crate::ecs) name: String,
}

/// What a deployment leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ecs) enum Spec {
    /// An `AppSpec` that `CodeDeploy` keeps, by its SHA-256, with its text once it was read.
    Kept { sha256: String, text: Option<String> },
    /// It lies in a bucket or a repository, which nobody reads here.
    Elsewhere,
}

/// One deployment of `CodeDeploy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ecs) struct Roll {
    /// `d-1ABC2DEF3`.
    pub(in crate::ecs) id: String,
    pub(in crate::ecs) group: Option<Group>,
    /// `InProgress`, `Succeeded`, and so on.
    pub(in crate::ecs) status: String,
    pub(in crate::ecs) spec: Spec,
    pub(in crate::ecs) began: Option<Timestamp>,
    pub(in crate::ecs) ended: Option<Timestamp>,
    /// `CodeDeploy` made it by itself, to go back.
    pub(in crate::ecs) goes_back: bool,
    pub(in crate::ecs) description: String,
    /// Why it failed or was stopped.
    pub(in crate::ecs) reason: String,
    /// The deployment that goes back from it.
    pub(in crate::ecs) taken_back_by: Option<String>,
}

impl Roll {
    /// Whether it can still be stopped.
    pub(in crate::ecs) fn is_open(&self) -> bool {
        is_open(&self.status)
    }

    /// `checkout:7`, where its `AppSpec` was read.
    pub(in crate::ecs) fn definition(&self) -> Option<&str> {
        self.text().and_then(spec::definition).map(short)
    }

    pub(in crate::ecs) fn text(&self) -> Option<&str> {
        match &self.spec {
            Spec::Kept { text, .. } => text.as_deref(),
            Spec::Elsewhere => None,
        }
    }

    /// The effect of ours that began it.
    pub(in crate::ecs) fn key(&self) -> Option<EffectKey> {
        let word = self.description.strip_prefix(OURS)?.split(' ').next()?;
        EffectKey::try_from(word.to_owned()).ok()
    }

    /// As ECS names the end of a service deployment: both are told by the same history.
    pub(in crate::ecs) fn as_going(&self) -> Going {
        let status = match (self.status.as_str(), &self.taken_back_by) {
            ("Succeeded", _) => "SUCCESSFUL",
            ("Failed" | "Stopped", Some(_)) => "ROLLBACK_SUCCESSFUL",
            ("Failed" | "Stopped", None) => "STOPPED",
            (status, _) if is_open(status) => "IN_PROGRESS",
            _ => "UNKNOWN",
        };
        Going {
            arn: self.id.clone(),
            status: status.to_owned(),
            reason: self.reason.clone(),
            by_itself: self.status == "Failed",
            revision: self.id.clone(),
            began: self.began,
            ended: self.ended,
        }
    }
}

/// Begins the description of what we begin; the effect's key follows.
pub(in crate::ecs) const OURS: &str = "Lastgood ";

/// A deployment that has not ended.
pub(in crate::ecs) fn is_open(status: &str) -> bool {
    matches!(status, "Created" | "Queued" | "InProgress" | "Ready" | "Baking")
}

/// What `CodeDeploy` says of the service now.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ecs) struct Moving {
    /// `None` where no task set tells it and the catalog does not.
    pub(in crate::ecs) group: Option<Group>,
    pub(in crate::ecs) open: Option<Roll>,
    /// The deployments that made the task sets.
    pub(in crate::ecs) of_sets: Vec<Roll>,
    /// Percent of the traffic by task set, while something is under way.
    pub(in crate::ecs) weights: BTreeMap<String, f64>,
}

/// The set that an open deployment leads to.
fn target<'s>(open: &Roll, sets: &'s [TaskSet]) -> Option<&'s TaskSet> {
    let made = sets.iter().find(|set| set.deployment.as_ref() == Some(&open.id));
    // Going back makes no set: it gives the traffic to the one that was left.
    made.or_else(|| {
        let definition = open.definition()?;
        sets.iter().find(|set| set.definition == definition)
    })
}

impl Moving {
    fn of(&self, set: &TaskSet) -> Option<&Roll> {
        let id = set.deployment.as_ref()?;
        self.of_sets.iter().find(|roll| roll.id == *id)
    }

    /// Whether what is open has nothing left to do but to end the set that it left. That set
    /// stands by, and a rollback does not wait for it; whoever rolls out forward still may
    /// go back.
    fn only_ends_the_old(&self, open: &Roll, to: &TaskSet) -> bool {
        let goes_back = open.goes_back || open.key().is_some();
        let has_all = self.weights.get(&to.id).is_some_and(|share| *share >= 100.0);
        goes_back && has_all && to.is_primary && to.is_steady && to.running >= to.desired
    }

    /// What ECS would say if it moved the service itself, the one in front first.
    pub(in crate::ecs) fn deployments(&self, service: &Service) -> Vec<Deployment> {
        let sets = &service.sets;
        let front = match &self.open {
            Some(open) => target(open, sets),
            None => sets.iter().find(|set| set.is_primary),
        };
        let progress = |set: &TaskSet| match &self.open {
            Some(open) if self.only_ends_the_old(open, set) => (Progress::Completed, ""),
            Some(_) => (Progress::Open, ""),
            None => match self.of(set) {
                Some(roll) if is_given_up(roll) => (Progress::Failed, roll.reason.as_str()),
                Some(_) | None if set.is_steady => (Progress::Completed, ""),
                Some(_) | None => (Progress::Unsaid, ""),
            },
        };
        let told = |set: &TaskSet, is_primary: bool| {
            let (progress, reason) =
                if is_primary { progress(set) } else { (Progress::Unsaid, "") };
            Deployment {
                id: set.deployment.clone().unwrap_or_else(|| set.id.clone()),
                is_primary,
                definition: set.definition.clone(),
                desired: set.desired,
                running: set.running,
                pending: set.pending,
                failed: 0,
                progress,
                reason: reason.to_owned(),
                weight: self.weights.get(&set.id).copied(),
            }
        };
        let mut all = Vec::new();
        match (front, &self.open) {
            (Some(front), _) => all.push(told(front, true)),
            // It has begun, and has no tasks yet.
            (None, Some(open)) => all.extend(open.definition().map(|definition| Deployment {
                id: open.id.clone(),
                is_primary: true,
                definition: definition.to_owned(),
                desired: service.desired,
                running: 0,
                pending: 0,
                failed: 0,
                progress: Progress::Open,
                reason: String::new(),
                weight: None,
            })),
            (None, None) => {}
        }
        let rest = sets.iter().filter(|set| front.is_none_or(|front| front.id != set.id));
        all.extend(rest.map(|set| told(set, false)));
        all
    }
}

fn is_given_up(roll: &Roll) -> bool {
    matches!(roll.status.as_str(), "Failed" | "Stopped") && roll.taken_back_by.is_none()
}
