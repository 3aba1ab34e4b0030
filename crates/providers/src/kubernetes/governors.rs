//! Who else puts the Deployment where they want it, and would undo a rollback; and whether
//! somebody froze it.

use jiff::Timestamp;
use lastgood_core::preflight::{Finding, Grade, Topic};
use serde_json::Value;

use super::error::Failure;
use super::objects::{Seen, annotation};
use super::{Kubernetes, request};

/// Freezes changes: on the Deployment or on its namespace. The value is the reason; when it
/// begins with `until ` and an RFC 3339 time, the freeze ends by itself.
pub(super) const FREEZE: &str = "lastgood.dev/freeze";

/// Where Argo CD keeps its applications unless it is told otherwise.
const ARGO_HOME: &str = "argocd";

/// Field managers that write what a repository or a chart says.
const WRITERS: [(&str, &str); 6] = [
    ("argocd-controller", "Argo CD"),
    ("argocd-application-controller", "Argo CD"),
    ("kustomize-controller", "Flux"),
    ("helm-controller", "Flux"),
    ("fleetagent", "Fleet"),
    ("helm", "Helm"),
];

/// A claim on the Deployment, as its metadata tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// An Argo CD application.
    Argo { namespace: Option<String>, name: String },
    /// A Flux Kustomization.
    Kustomization { namespace: String, name: String, off: bool },
    /// A Flux Helm release.
    HelmRelease { namespace: String, name: String },
    /// A chart that somebody installs by hand or from a pipeline.
    Chart,
    /// Somebody who writes its fields without a label.
    Writer { manager: String, system: &'static str },
}

/// Who claims the Deployment.
pub(super) fn claims(deployment: &Value) -> Vec<Claim> {
    let label = |name: &str| deployment["metadata"]["labels"][name].as_str();
    let own = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
    let mut found = Vec::new();
    let tracking = annotation(deployment, "argocd.argoproj.io/tracking-id")
        .map(|id| id.split(':').next().unwrap_or(id))
        .or_else(|| label("argocd.argoproj.io/instance"));
    if let Some(id) = tracking {
        // An application outside of Argo CD's own namespace is tracked as `namespace_name`.
        let (namespace, name) = match id.split_once('_') {
            Some((namespace, name)) => (Some(namespace.to_owned()), name),
            None => (None, id),
        };
        found.push(Claim::Argo { namespace, name: name.to_owned() });
    }
    let flux = |prefix: &str| {
        let name = label(&format!("{prefix}/name"))?;
        let namespace = label(&format!("{prefix}/namespace")).unwrap_or(own);
        Some((namespace.to_owned(), name.to_owned()))
    };
    if let Some((namespace, name)) = flux("kustomize.toolkit.fluxcd.io") {
        let off = annotation(deployment, "kustomize.toolkit.fluxcd.io/reconcile");
        found.push(Claim::Kustomization { namespace, name, off: off == Some("disabled") });
    }
    if let Some((namespace, name)) = flux("helm.toolkit.fluxcd.io") {
        found.push(Claim::HelmRelease { namespace, name });
    }
    if found.is_empty() && label("app.kubernetes.io/managed-by") == Some("Helm") {
        found.push(Claim::Chart);
    }
    if found.is_empty() {
        let managers = deployment["metadata"]["managedFields"].as_array().into_iter().flatten();
        let writer = managers
            .filter(|entry| !entry["fieldsV1"]["f:spec"].is_null())
            .filter_map(|entry| entry["manager"].as_str())
            .find_map(|manager| {
                let known = WRITERS.iter().find(|(name, _)| *name == manager)?;
                Some(Claim::Writer { manager: manager.to_owned(), system: known.1 })
            });
        found.extend(writer);
    }
    found
}

impl Kubernetes {
    /// What each claim means for a rollback.
    pub(super) async fn governors(&self, seen: &Seen) -> Vec<Finding> {
        let mut findings = Vec::new();
        for claim in claims(&seen.deployment) {
            findings.push(self.governor(&claim).await.on(Topic::Governor));
        }
        if findings.is_empty() {
            let nobody = "no label, annotation or field manager of Argo CD, Flux or Helm is on it";
            findings
                .push(Finding::new("who else sets it", Grade::Pass, nobody).on(Topic::Governor));
        }
        findings
    }

    async fn governor(&self, claim: &Claim) -> Finding {
        match claim {
            Claim::Argo { namespace, name } => {
                let home = namespace.as_deref().unwrap_or(ARGO_HOME);
                argo(name, &self.application(home, name).await)
            }
            Claim::Kustomization { name, off: true, .. } => Finding::new(
                "Flux",
                Grade::Pass,
                format!("the Kustomization {name} is told to leave the Deployment alone"),
            ),
            Claim::Kustomization { namespace, name, off: false } => {
                let found = self
                    .custom(
                        "kustomize.toolkit.fluxcd.io",
                        &["v1", "v1beta2"],
                        namespace,
                        "kustomizations",
                        name,
                    )
                    .await;
                flux("Kustomization", name, &found)
            }
            Claim::HelmRelease { namespace, name } => {
                let found = self
                    .custom(
                        "helm.toolkit.fluxcd.io",
                        &["v2", "v2beta2"],
                        namespace,
                        "helmreleases",
                        name,
                    )
                    .await;
                flux("HelmRelease", name, &found)
            }
            Claim::Chart => Finding::new(
                "Helm",
                Grade::Warn,
                "Helm installed the Deployment; its next upgrade sets the image again",
            )
            .mend("roll the Helm release back as well, or upgrade it with the old image"),
            Claim::Writer { manager, system } => Finding::new(
                *system,
                Grade::Warn,
                format!(
                    "{system} writes the Deployment (field manager {manager}) and may do so again"
                ),
            )
            .mend("stop it from syncing, or go back there as well"),
        }
    }

    /// An Argo CD application, where it lives or wherever it can be found.
    async fn application(&self, home: &str, name: &str) -> Result<Value, String> {
        let found = self.custom("argoproj.io", &["v1alpha1"], home, "applications", name).await;
        if found.is_ok() {
            return found;
        }
        let everywhere = self.link.get("/apis/argoproj.io/v1alpha1/applications").await;
        let all = everywhere.map(|answer| super::reply::items(answer.value)).unwrap_or_default();
        all.into_iter().find(|one| one["metadata"]["name"] == name).map_or(found, Ok)
    }

    /// An object of a kind that the cluster may not know, in the first version that it does.
    async fn custom(
        &self,
        group: &str,
        versions: &[&str],
        namespace: &str,
        plural: &str,
        name: &str,
    ) -> Result<Value, String> {
        let mut why = String::new();
        for version in versions {
            let path = request::custom(group, version, namespace, plural, name);
            match self.link.get(&path).await {
                Ok(answer) => return Ok(answer.value),
                Err(failure @ Failure::Status { code: 404, .. }) => {
                    why = failure.refusal(&format!("{plural} {namespace}/{name}")).to_string();
                }
                Err(failure) => return Err(failure.refusal(plural).to_string()),
            }
        }
        Err(why)
    }

    /// Whether changes are frozen.
    pub(super) async fn freeze(&self, seen: &Seen) -> Vec<Finding> {
        const SUBJECT: &str = "change freeze";
        let namespace = self.link.get(&request::namespace(&self.place)).await;
        let mut findings = Vec::new();
        if let Err(failure) = &namespace {
            let why = format!("the annotations of the namespace could not be read: {failure}");
            findings.push(Finding::new(SUBJECT, Grade::Unknown, why));
        }
        let namespace = namespace.map(|answer| answer.value).unwrap_or_default();
        for (what, object) in [("the Deployment", &seen.deployment), ("the namespace", &namespace)]
        {
            if let Some(reason) = annotation(object, FREEZE).and_then(|text| frozen(text, seen.at))
            {
                findings.push(
                    Finding::new(SUBJECT, Grade::Block, format!("{what} is frozen: {reason}"))
                        .mend(format!("ask who froze it, take {FREEZE} off, or override this")),
                );
            }
        }
        if findings.is_empty() {
            findings.push(Finding::new(SUBJECT, Grade::Pass, "nobody froze changes"));
        }
        findings.into_iter().map(|finding| finding.on(Topic::Freeze)).collect()
    }
}

/// The reason of a freeze that holds at `now`.
pub(super) fn frozen(value: &str, now: Timestamp) -> Option<String> {
    let value = value.trim();
    if value.is_empty() || value == "false" {
        return None;
    }
    let until = value.strip_prefix("until ").map(str::trim_start);
    let end = until
        .and_then(|text| text.split_whitespace().next())
        .map(|end| end.trim_end_matches([':', ',']));
    match end.and_then(|end| end.parse::<Timestamp>().ok()) {
        Some(end) if end <= now => None,
        Some(_) | None => Some(value.to_owned()),
    }
}

/// What an Argo CD application does by itself.
pub(super) fn argo(name: &str, found: &Result<Value, String>) -> Finding {
    const SUBJECT: &str = "Argo CD";
    let who = format!("Argo CD manages the Deployment (application {name})");
    let mend = format!("suspend automatic sync of the application {name}, or go back in git too");
    let (grade, what) = match found {
        Err(why) => (
            Grade::Unknown,
            format!(
                "; whether it syncs by itself, and would undo the rollback, is not known: {why}"
            ),
        ),
        Ok(application) => {
            let automated = &application["spec"]["syncPolicy"]["automated"];
            let on = automated.is_object() && automated["enabled"] != false;
            match (on, automated["selfHeal"] == true) {
                (true, true) => (
                    Grade::Block,
                    " and heals it by itself: the rollback would be undone within minutes"
                        .to_owned(),
                ),
                (true, false) => (
                    Grade::Warn,
                    " and syncs by itself: the next commit would undo the rollback".to_owned(),
                ),
                (false, _) => (
                    Grade::Warn,
                    " and syncs when somebody says so: that would undo the rollback".to_owned(),
                ),
            }
        }
    };
    Finding::new(SUBJECT, grade, format!("{who}{what}")).mend(mend)
}

/// What a Flux object does by itself.
pub(super) fn flux(kind: &str, name: &str, found: &Result<Value, String>) -> Finding {
    const SUBJECT: &str = "Flux";
    let who = format!("Flux manages the Deployment ({kind} {name})");
    let (grade, what) = match found {
        Err(why) => (
            Grade::Unknown,
            format!("; whether it is suspended, or would undo the rollback, is not known: {why}"),
        ),
        Ok(object) if object["spec"]["suspend"] == true => {
            (Grade::Pass, " and is suspended; resumed, it would undo the rollback".to_owned())
        }
        // A Helm release is put back only when drift detection is on.
        Ok(object)
            if kind == "HelmRelease" && object["spec"]["driftDetection"]["mode"] != "enabled" =>
        {
            (Grade::Warn, " and sets the image again at its next upgrade".to_owned())
        }
        Ok(object) => {
            let every = object["spec"]["interval"].as_str().unwrap_or("few minutes");
            (
                Grade::Block,
                format!(" and applies its source every {every}: the rollback would be undone"),
            )
        }
    };
    let finding = Finding::new(SUBJECT, grade, format!("{who}{what}"));
    if grade == Grade::Pass {
        finding
    } else {
        finding.mend(format!("suspend the {kind} {name}, or go back in git too"))
    }
}
