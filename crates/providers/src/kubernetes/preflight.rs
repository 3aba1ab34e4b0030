//! What can be checked before the first change.

use futures::future::join_all;
use lastgood_core::catalog::Workload;
use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::survey::RolloutState;

use super::objects::{ReplicaSet, Seen};
use super::request;
use super::{Kubernetes, look, reply, revisions};

/// What is asked of the API server: verb, API group, resource, and how bad a no is.
pub(super) type Right = (&'static str, &'static str, &'static str, Grade);

/// What one Deployment needs.
pub(super) const RIGHTS: [Right; 8] = [
    ("get", "apps", "deployments", Grade::Block),
    ("list", "apps", "replicasets", Grade::Block),
    ("patch", "apps", "deployments", Grade::Block),
    ("list", "", "pods", Grade::Warn),
    ("watch", "apps", "deployments", Grade::Warn),
    ("watch", "apps", "replicasets", Grade::Warn),
    ("list", "", "events", Grade::Warn),
    ("patch", "apps", "replicasets", Grade::Warn),
];

/// What one Argo Rollout needs. An abort and a promotion go to its status.
const ARGO_RIGHTS: [Right; 9] = [
    ("get", "argoproj.io", "rollouts", Grade::Block),
    ("list", "apps", "replicasets", Grade::Block),
    ("patch", "argoproj.io", "rollouts", Grade::Block),
    ("patch", "argoproj.io", "rollouts/status", Grade::Warn),
    ("list", "", "pods", Grade::Warn),
    ("watch", "argoproj.io", "rollouts", Grade::Warn),
    ("watch", "apps", "replicasets", Grade::Warn),
    ("list", "", "events", Grade::Warn),
    ("patch", "apps", "replicasets", Grade::Warn),
];

/// What one `StatefulSet` needs. How many replicas each release has is counted from pods.
const STATEFUL_RIGHTS: [Right; 9] = [
    ("get", "apps", "statefulsets", Grade::Block),
    ("list", "apps", "controllerrevisions", Grade::Block),
    ("list", "", "pods", Grade::Block),
    ("patch", "apps", "statefulsets", Grade::Block),
    ("watch", "apps", "statefulsets", Grade::Warn),
    ("watch", "apps", "controllerrevisions", Grade::Warn),
    ("watch", "", "pods", Grade::Warn),
    ("list", "", "events", Grade::Warn),
    ("patch", "apps", "controllerrevisions", Grade::Warn),
];

/// What one `DaemonSet` needs.
const DAEMON_RIGHTS: [Right; 9] = [
    ("get", "apps", "daemonsets", Grade::Block),
    ("list", "apps", "controllerrevisions", Grade::Block),
    ("list", "", "pods", Grade::Block),
    ("patch", "apps", "daemonsets", Grade::Block),
    ("watch", "apps", "daemonsets", Grade::Warn),
    ("watch", "apps", "controllerrevisions", Grade::Warn),
    ("watch", "", "pods", Grade::Warn),
    ("list", "", "events", Grade::Warn),
    ("patch", "apps", "controllerrevisions", Grade::Warn),
];

/// Without this right nothing can be changed.
pub(super) const PATCH_RIGHT: &str = "permission to patch deployments";
const ARGO_PATCH_RIGHT: &str = "permission to patch rollouts";

impl Kubernetes {
    pub(super) async fn look_before(&self, effects: &[PlannedEffect]) -> Vec<Finding> {
        let (rights, patch_right): (&[Right], _) = match self.place.workload {
            Workload::Rollout(_) => (&ARGO_RIGHTS, ARGO_PATCH_RIGHT),
            Workload::StatefulSet(_) => (&STATEFUL_RIGHTS, "permission to patch statefulsets"),
            Workload::DaemonSet(_) => (&DAEMON_RIGHTS, "permission to patch daemonsets"),
            Workload::Deployment(_)
            | Workload::DeploymentPair { .. }
            | Workload::ServiceSelector { .. } => (&RIGHTS, PATCH_RIGHT),
        };
        let (rights, seen) = futures::join!(self.rights(rights), self.seen());
        let mut findings = rights;
        let seen = match seen {
            Ok(seen) => seen,
            Err(refusal) => {
                let subject = format!("the {}", self.place.workload.coordinates());
                findings.push(Finding::new(subject, Grade::Unknown, refusal.to_string()));
                return findings;
            }
        };
        let may_change =
            !findings.iter().any(|one| one.subject == patch_right && one.grade == Grade::Block);
        findings.push(in_flight(&seen).on(Topic::Flight));
        findings.push(history_limit(&seen).on(Topic::History));
        findings.extend(effects.iter().filter_map(|effect| self.kept(effect, &seen)));
        let rehearsal = async {
            // Without the right the answer is known, and told already.
            if may_change { self.rehearse(effects, &seen).await } else { Vec::new() }
        };
        let (rehearsal, governors, freeze, room, helm) = futures::join!(
            rehearsal,
            self.governors(&seen, effects),
            self.freeze(&seen),
            self.room(&seen),
            self.helm_findings(effects, &seen)
        );
        let all = rehearsal.into_iter().chain(governors).chain(freeze).chain(room).chain(helm);
        findings.extend(all);
        findings
    }

    /// Whether Kubernetes still has what an effect goes back to.
    fn kept(&self, effect: &PlannedEffect, seen: &Seen) -> Option<Finding> {
        let Operation::RestoreRelease { release } = &effect.operation else { return None };
        let subject = format!("release {release}");
        let finding = match seen.set(release.as_str()) {
            None => Finding::new(
                subject,
                Grade::Block,
                format!("its {} is gone, and with it the template to go back to", seen.keeper()),
            )
            .mend("choose a release that Kubernetes still keeps"),
            Some(set) => near_the_end(set, seen, subject, self.place.container.as_deref()),
        };
        Some(finding.on(Topic::History))
    }

    /// Which of `rights` this user has.
    pub(super) async fn rights(&self, rights: &[Right]) -> Vec<Finding> {
        let asked = rights.iter().map(|(verb, group, resource, grade)| async move {
            let body = request::may_i(&self.place, verb, group, resource);
            let found = self.link.ask(request::MAY_I, &body).await;
            (*verb, *resource, *grade, found.map(|answer| reply::allowed(&answer.value)))
        });
        let answers = join_all(asked).await;
        let mut findings = Vec::new();
        let mut granted = Vec::new();
        for (verb, resource, grade, found) in answers {
            let subject = format!("permission to {verb} {resource}");
            match found {
                Ok(Some(true)) => granted.push(format!("{verb} {resource}")),
                Ok(Some(false)) => findings.push(
                    Finding::new(
                        subject,
                        grade,
                        format!("this user may not {verb} {resource}{}", without(verb, resource)),
                    )
                    .mend(format!(
                        "grant `{verb}` on `{resource}` in namespace {}",
                        self.place.namespace
                    )),
                ),
                Ok(None) => findings.push(Finding::new(
                    subject,
                    Grade::Unknown,
                    "the API server did not say".to_owned(),
                )),
                Err(failure) => findings.push(Finding::new(
                    subject,
                    Grade::Unknown,
                    failure.refusal("the access review").to_string(),
                )),
            }
        }
        let mut findings: Vec<Finding> =
            findings.into_iter().map(|finding| finding.on(Topic::Permission)).collect();
        if !granted.is_empty() {
            let sentence = format!("this user may {}", granted.join(", "));
            let all = Finding::new("permissions", Grade::Pass, sentence);
            findings.insert(0, all.on(Topic::Permission));
        }
        findings
    }
}

/// What goes on without a right that is only useful.
fn without(verb: &str, resource: &str) -> &'static str {
    match (verb, resource) {
        ("watch", _) => "; it is looked at every two seconds instead",
        ("list", "pods") => "; replicas cannot be asked for their version",
        ("list", "events") => "; how older deploys ended is known less well",
        ("patch", "replicasets" | "controllerrevisions") => {
            "; the release that is left will carry no mark"
        }
        _ => "",
    }
}

/// Whether a rollout is under way.
pub(super) fn in_flight(seen: &Seen) -> Finding {
    in_flight_of(
        &look::rollout(seen, None),
        "a rollout is under way; going back replaces it half-way",
        match revisions::kind(seen) {
            None => "the Deployment is paused; going back ends the pause",
            Some(_) => "a partition holds the rollout; going back ends it",
        },
    )
}

/// The same for any rollout, with the sentences for one that moves and one that is halted.
pub(super) fn in_flight_of(
    state: &RolloutState,
    moves: &'static str,
    halted: &'static str,
) -> Finding {
    const SUBJECT: &str = "rollout in flight";
    match state {
        RolloutState::Settled => Finding::new(SUBJECT, Grade::Pass, "nothing moves"),
        RolloutState::Progressing => Finding::new(SUBJECT, Grade::Warn, moves),
        RolloutState::Halted => Finding::new(SUBJECT, Grade::Warn, halted),
        RolloutState::Stuck { why } => Finding::new(SUBJECT, Grade::Warn, why.clone()),
        RolloutState::Unknown { why } => Finding::new(SUBJECT, Grade::Unknown, why.clone()),
    }
}

/// Whether Kubernetes keeps releases to go back to at all.
pub(super) fn history_limit(seen: &Seen) -> Finding {
    const SUBJECT: &str = "revision history";
    match seen.deployment["spec"]["revisionHistoryLimit"].as_u64() {
        Some(0) => Finding::new(
            SUBJECT,
            Grade::Warn,
            "revisionHistoryLimit is 0: no release is kept once it is replaced",
        )
        .mend("set spec.revisionHistoryLimit to 10"),
        Some(limit) => {
            Finding::new(SUBJECT, Grade::Pass, format!("{limit} replaced releases are kept"))
        }
        None => Finding::new(SUBJECT, Grade::Pass, "10 replaced releases are kept"),
    }
}

/// A release that is kept; with a word on it when the next deploys would push it out.
pub(super) fn near_the_end(
    set: &ReplicaSet,
    seen: &Seen,
    subject: String,
    container: Option<&str>,
) -> Finding {
    let version = set.version(container);
    let kept = format!("{version} is kept as revision {}", set.revision);
    let limit = seen.deployment["spec"]["revisionHistoryLimit"].as_u64().unwrap_or(10);
    let newer = seen.sets.iter().filter(|other| other.revision > set.revision).count();
    let newer = u64::try_from(newer).unwrap_or(u64::MAX);
    // What serves is no part of the history, and old ones go first.
    if newer > 0 && newer >= limit {
        return Finding::new(
            subject,
            Grade::Warn,
            format!("{kept}, and the next deploy pushes it out of the history of {limit}"),
        )
        .mend("set spec.revisionHistoryLimit higher, or go back before anybody deploys");
    }
    Finding::new(subject, Grade::Pass, kept)
}
