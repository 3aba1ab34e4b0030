//! What a plan says of a rollback through Helm. Pure.

use lastgood_core::catalog::KubernetesPlace;
use lastgood_core::effect::{Call, Change, Expectation, Operation, PlannedEffect, Refusal};
use lastgood_core::name::EffectKey;
use serde_json::Value;

use super::super::effect::is_bare;
use super::super::marks::{DEPLOYED_AT, DeployedAt, EFFECT, Effects};
use super::super::objects::{ReplicaSet, Seen, hash, text};
use super::super::request::Patch;
use super::super::revisions;
use super::revision::Revision;
use super::{NEWEST, Owner, SYSTEM, TARGET};

/// How long Helm may take for its own hooks.
const HOOKS: &str = "100s";

/// The same effect, by Helm instead of by a change of the template.
pub(super) fn through_helm(
    mut effect: PlannedEffect,
    target: &KubernetesPlace,
    context: &str,
    (owner, seen): (&Owner, &Seen),
    revisions: &[Revision],
) -> Result<PlannedEffect, Refusal> {
    let Operation::RestoreRelease { release } = &effect.operation else { return Ok(effect) };
    let Some(newest) = revisions.first() else {
        return Err(Refusal::Gone { what: format!("every revision of {}", owner.name) });
    };
    let set = seen.set(release.as_str()).ok_or_else(|| Refusal::Gone {
        what: format!("release {release} (its {})", seen.keeper()),
    })?;
    let name = text(&seen.deployment["metadata"]["name"]);
    let fitting = revisions
        .iter()
        .find(|one| one.was_applied() && one.fits(seen.kind(), &name, set))
        .ok_or_else(|| no_revision(owner, set, revisions))?;
    effect.call = Call {
        system: SYSTEM.to_owned(),
        scope: effect.call.scope,
        verb: "run".to_owned(),
        target: argv(owner, fitting.number, target, context).join(" "),
        body: None,
    };
    // What the template becomes is Helm's to say, and told as far as it is known.
    effect.changes.insert(
        1,
        Change {
            what: format!("Helm release {}", owner.name),
            before: newest.words(),
            after: format!(
                "revision {}, with the manifests of {}",
                newest.number + 1,
                fitting.words()
            ),
        },
    );
    let own = format!("{} {name}", seen.kind());
    for other in newest.differing(fitting).into_iter().filter(|other| *other != own) {
        effect.changes.push(Change {
            what: other,
            before: format!("as in revision {}", newest.number),
            after: format!("as in revision {}", fitting.number),
        });
    }
    effect.expects.push(Expectation { what: NEWEST.to_owned(), value: newest.number.to_string() });
    effect.expects.push(Expectation { what: TARGET.to_owned(), value: fitting.number.to_string() });
    Ok(effect)
}

fn no_revision(owner: &Owner, set: &ReplicaSet, revisions: &[Revision]) -> Refusal {
    let known: Vec<String> = revisions.iter().map(Revision::words).collect();
    Refusal::Unsupported {
        what: "release.restore".to_owned(),
        why: format!(
            "no revision of the Helm release {} that was applied has the template of {}: it was \
             changed beside Helm, or Helm keeps it no longer; there is {}",
            owner.name,
            set.version(None),
            known.join(", ")
        ),
    }
}

/// The program and its arguments.
pub(super) fn argv(
    owner: &Owner,
    revision: u64,
    target: &KubernetesPlace,
    context: &str,
) -> Vec<String> {
    let mut argv: Vec<String> =
        vec!["helm".into(), "rollback".into(), owner.name.clone(), revision.to_string()];
    argv.extend(["--namespace".to_owned(), owner.namespace.clone()]);
    if let Some(kubeconfig) = &target.kubeconfig {
        argv.extend(["--kubeconfig".to_owned(), kubeconfig.display().to_string()]);
    }
    if context != "in-cluster" {
        argv.extend(["--kube-context".to_owned(), context.to_owned()]);
    }
    argv.extend(["--timeout".to_owned(), HOOKS.to_owned()]);
    argv
}

/// The number that a plan expects under `what`.
pub(super) fn planned(effect: &PlannedEffect, what: &str) -> Result<u64, Refusal> {
    let found = effect.expects.iter().find(|one| one.what == what);
    found.and_then(|one| one.value.parse().ok()).ok_or_else(|| Refusal::Unsupported {
        what: "this plan".to_owned(),
        why: format!("it does not say the {what}"),
    })
}

/// Where a rollback through Helm stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// Nothing was begun, or the same rollback was and did not end.
    Untouched,
    /// Helm has done it; only our mark is missing.
    Done,
    /// Helm is at it, or was interrupted.
    Pending(String),
    /// Somebody else has moved the release since the plan.
    Moved(String),
}

/// Reads it from the newest revision. `ours` says that the present template is what this very
/// run has left, so that a newer revision is its own.
pub(super) fn stand(newest: &Revision, planned: u64, target: u64, ours: bool) -> Stand {
    if newest.number > planned && newest.is_rollback_to(target) && newest.status == "deployed" {
        return Stand::Done;
    }
    if newest.number > planned && newest.is_rollback_to(target) && newest.is_pending() {
        // The same rollback, begun and not ended. Helm takes up the same one again, and two
        // that are the same do no harm to one another.
        return Stand::Untouched;
    }
    if newest.is_pending() {
        return Stand::Pending(format!(
            "{}: Helm is at it, or was interrupted; see `helm history`, and let `helm rollback` \
             end it",
            newest.words()
        ));
    }
    if newest.number == planned || ours {
        return Stand::Untouched;
    }
    Stand::Moved(newest.words())
}

/// The mark that ends it: the key, when it was, and the end of a halt. The template is
/// Helm's.
pub(super) fn mark(key: &EffectKey, operation: &Operation, set: &ReplicaSet, seen: &Seen) -> Value {
    let effects = Effects::of(&seen.deployment).with(key, &hash(&set.template()));
    let deployed = DeployedAt { release: set.name.clone(), at: seen.at, run: key.run.clone() };
    let annotations = vec![
        (EFFECT.to_owned(), effects.to_text()),
        (DEPLOYED_AT.to_owned(), serde_json::to_string(&deployed).unwrap_or_default()),
    ];
    Patch {
        version: seen.version(),
        template: None,
        replicas: None,
        paused: revisions::kind(seen).is_none().then_some(false),
        partition: revisions::partition_after(seen, operation).map(|(after, _)| after),
        bare: is_bare(seen),
        annotations,
    }
    .to_json()
}
