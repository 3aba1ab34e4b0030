//! What can be checked before the first change.

use futures::future::join_all;
use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::survey::RolloutState;
use serde_json::Value;

use super::objects::{Seen, annotation};
use super::request;
use super::{Kubernetes, look, reply};

/// What is asked of the API server: verb, API group, resource, and how bad a no is.
const RIGHTS: [(&str, &str, &str, Grade); 8] = [
    ("get", "apps", "deployments", Grade::Block),
    ("list", "apps", "replicasets", Grade::Block),
    ("patch", "apps", "deployments", Grade::Block),
    ("list", "", "pods", Grade::Warn),
    ("watch", "apps", "deployments", Grade::Warn),
    ("watch", "apps", "replicasets", Grade::Warn),
    ("list", "", "events", Grade::Warn),
    ("patch", "apps", "replicasets", Grade::Warn),
];

impl Kubernetes {
    pub(super) async fn look_before(&self, effects: &[PlannedEffect]) -> Vec<Finding> {
        let mut findings = self.rights().await;
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(refusal) => {
                findings.push(Finding::new("the Deployment", Grade::Unknown, refusal.to_string()));
                return findings;
            }
        };
        findings.push(in_flight(&seen));
        findings.push(history_limit(&seen));
        findings.extend(governors(&seen.deployment));
        findings.push(self.autoscaler().await);
        for effect in effects {
            if let Operation::RestoreRelease { release } = &effect.operation {
                let subject = format!("release {release}");
                let Some(set) = seen.set(release.as_str()) else {
                    let gone = "its ReplicaSet is gone, and with it the template to go back to";
                    findings.push(
                        Finding::new(subject, Grade::Block, gone)
                            .mend("choose a release that Kubernetes still keeps"),
                    );
                    continue;
                };
                let version = set.version(self.place.container.as_deref());
                findings.push(Finding::new(
                    subject,
                    Grade::Pass,
                    format!("{version} is kept as revision {}", set.revision),
                ));
            }
        }
        findings
    }

    async fn rights(&self) -> Vec<Finding> {
        let asked = RIGHTS.iter().map(|(verb, group, resource, grade)| async move {
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
        if !granted.is_empty() {
            let sentence = format!("this user may {}", granted.join(", "));
            findings.insert(0, Finding::new("permissions", Grade::Pass, sentence));
        }
        findings
    }

    async fn autoscaler(&self) -> Finding {
        const SUBJECT: &str = "autoscaling";
        match self.link.get(&request::autoscalers(&self.place)).await {
            Ok(answer) => {
                let deployment = &self.place.deployment;
                let found = reply::items(answer.value).into_iter().find(|one| {
                    one["spec"]["scaleTargetRef"]["kind"] == "Deployment"
                        && one["spec"]["scaleTargetRef"]["name"] == deployment.as_str()
                });
                match found {
                    Some(one) => {
                        let keda = one["metadata"]["name"]
                            .as_str()
                            .is_some_and(|name| name.starts_with("keda-hpa-"));
                        let who = if keda { "KEDA" } else { "an autoscaler" };
                        let sentence = format!("{who} may change the number of replicas meanwhile");
                        Finding::new(SUBJECT, Grade::Warn, sentence)
                    }
                    None => Finding::new(SUBJECT, Grade::Pass, "nothing scales the Deployment"),
                }
            }
            Err(failure) => {
                let sentence = failure.refusal("the list of autoscalers").to_string();
                Finding::new(SUBJECT, Grade::Unknown, sentence)
            }
        }
    }
}

/// What goes on without a right that is only useful.
fn without(verb: &str, resource: &str) -> &'static str {
    match (verb, resource) {
        ("watch", _) => "; it is looked at every two seconds instead",
        ("list", "pods") => "; replicas cannot be asked for their version",
        ("list", "events") => "; how older deploys ended is known less well",
        ("patch", "replicasets") => "; the release that is left will carry no mark",
        _ => "",
    }
}

/// Whether a rollout is under way.
pub(super) fn in_flight(seen: &Seen) -> Finding {
    const SUBJECT: &str = "rollout in flight";
    match look::rollout(seen, None) {
        RolloutState::Settled => Finding::new(SUBJECT, Grade::Pass, "nothing moves"),
        RolloutState::Progressing => Finding::new(
            SUBJECT,
            Grade::Warn,
            "a rollout is under way; going back replaces it half-way",
        ),
        RolloutState::Halted => Finding::new(
            SUBJECT,
            Grade::Warn,
            "the Deployment is paused; going back ends the pause",
        ),
        RolloutState::Stuck { why } => Finding::new(SUBJECT, Grade::Warn, why),
        RolloutState::Unknown { why } => Finding::new(SUBJECT, Grade::Unknown, why),
    }
}

/// Whether Kubernetes keeps releases to go back to at all.
fn history_limit(seen: &Seen) -> Finding {
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

/// Who else puts the Deployment where they want it, and would undo a rollback.
pub(super) fn governors(deployment: &Value) -> Vec<Finding> {
    let label = |name: &str| deployment["metadata"]["labels"][name].as_str();
    let mut found = Vec::new();
    let mut undoes = |subject: &str, who: String, mend: String| {
        let sentence = format!("{who} and would undo the rollback at its next sync");
        found.push(Finding::new(subject, Grade::Warn, sentence).mend(mend));
    };
    let argo = label("argocd.argoproj.io/instance")
        .or_else(|| annotation(deployment, "argocd.argoproj.io/tracking-id"));
    if let Some(name) = argo {
        let name = name.split(':').next().unwrap_or(name);
        undoes(
            "Argo CD",
            format!("Argo CD manages the Deployment (application {name})"),
            format!("suspend automatic sync of the application {name}, or go back in git too"),
        );
    }
    for (prefix, kind) in [
        ("kustomize.toolkit.fluxcd.io/", "Kustomization"),
        ("helm.toolkit.fluxcd.io/", "HelmRelease"),
    ] {
        if let Some(name) = label(&format!("{prefix}name")) {
            undoes(
                "Flux",
                format!("Flux manages the Deployment ({kind} {name})"),
                format!("suspend the {kind} {name}, or go back in git too"),
            );
        }
    }
    if found.is_empty() && label("app.kubernetes.io/managed-by") == Some("Helm") {
        let sentence = "Helm installed the Deployment; its next upgrade sets the image again";
        found.push(
            Finding::new("Helm", Grade::Warn, sentence)
                .mend("roll the Helm release back as well, or upgrade it with the old image"),
        );
    }
    found
}
