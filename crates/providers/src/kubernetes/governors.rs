//! Who else puts the Deployment where they want it, and would undo a rollback; and whether
//! somebody froze it.

use jiff::Timestamp;
use lastgood_core::effect::PlannedEffect;
use lastgood_core::governor::{GovernorKind, SyncState};
use lastgood_core::preflight::{Finding, Grade, Topic};
use serde_json::Value;

use super::objects::{Seen, annotation};
use super::suspend::switched;
use super::{Kubernetes, helm, request, sync};

/// Freezes changes: on the Deployment or on its namespace. The value is the reason; when it
/// begins with `until ` and an RFC 3339 time, the freeze ends by itself.
pub(super) const FREEZE: &str = "lastgood.dev/freeze";

/// Where Argo CD keeps its applications unless it is told otherwise.
pub(super) const ARGO_HOME: &str = "argocd";

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
    /// What each claim means for a rollback by `effects`, which may suspend whoever claims.
    pub(super) async fn governors(&self, seen: &Seen, effects: &[PlannedEffect]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for claim in claims(&seen.deployment) {
            findings.push(self.governor(&claim, effects).await.on(Topic::Governor));
        }
        if findings.is_empty() {
            let nobody = "no label, annotation or field manager of Argo CD, Flux or Helm is on it";
            findings
                .push(Finding::new("who else sets it", Grade::Pass, nobody).on(Topic::Governor));
        }
        findings
    }

    async fn governor(&self, claim: &Claim, effects: &[PlannedEffect]) -> Finding {
        let found = self.steered_by(claim).await;
        let object = found.as_ref().map(|found| match found {
            Ok(found) => Ok(&found.object),
            Err(why) => Err(why.clone()),
        });
        let unread = || Err("nothing steers it".to_owned());
        let finding = match claim {
            Claim::Argo { name, .. } => argo(name, object.unwrap_or_else(unread)),
            Claim::Kustomization { name, off: true, .. } => Finding::new(
                "Flux",
                Grade::Pass,
                format!("the Kustomization {name} is told to leave the Deployment alone"),
            ),
            Claim::Kustomization { name, off: false, .. } => {
                flux("Kustomization", name, object.unwrap_or_else(unread))
            }
            Claim::HelmRelease { name, .. } => {
                flux("HelmRelease", name, object.unwrap_or_else(unread))
            }
            Claim::Chart if effects.iter().any(helm::is) => Finding::new(
                "Helm",
                Grade::Warn,
                "Helm takes its release back; whoever upgrades it next from the chart or a \
                 pipeline sets the image again",
            )
            .mend(
                "keep the version that is left out of the chart's values until its fix is inside",
            ),
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
        };
        match found {
            Some(Ok(found)) => planned(finding, found.kind, &found.object, effects),
            Some(Err(_)) | None => finding,
        }
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

/// What a suspension in the plan makes of a finding, and why there is none where it would
/// have been wanted.
fn planned(
    mut finding: Finding,
    kind: GovernorKind,
    object: &Value,
    effects: &[PlannedEffect],
) -> Finding {
    let (governor, sync) = sync::governor(kind, object);
    if sync == SyncState::Suspended {
        return finding;
    }
    let suspends = |effect: &PlannedEffect| {
        switched(&effect.operation)
            .is_some_and(|(one, to)| *one == governor && to == SyncState::Suspended)
    };
    if effects.iter().any(suspends) {
        finding.grade = finding.grade.min(Grade::Warn);
        finding.sentence.push_str("; the plan suspends it before its first change");
        finding.mend = Some(format!("let {governor} sync again once git says the older release"));
    } else if let Some(why) = sync::overruled(kind, object) {
        finding.sentence = format!("{}; {why}", finding.sentence);
        finding.mend = Some("suspend it there, or go back in git too".to_owned());
    }
    finding
}

/// What an Argo CD application does by itself.
pub(super) fn argo(name: &str, found: Result<&Value, String>) -> Finding {
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
pub(super) fn flux(kind: &str, name: &str, found: Result<&Value, String>) -> Finding {
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
