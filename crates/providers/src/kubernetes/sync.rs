//! Suspending whoever puts the workload back to what a repository says, and letting it go
//! on. Pure; [`super::suspend`] asks and acts.
//!
//! Where it is documented: Argo CD's `spec.syncPolicy.automated`
//! (<https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/>) and Flux's
//! `spec.suspend` (<https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend>,
//! <https://fluxcd.io/flux/components/helm/helmreleases/#suspend>).

use lastgood_core::effect::{Change, Expectation, Refusal};
use lastgood_core::governor::{Governor, GovernorKind, SyncState};
use lastgood_core::name::EffectKey;
use serde_json::{Value, json};

use super::marks::{EFFECT, Effects};
use super::objects::{hash, text};

const UID: &str = "uid of ";
const SYNC: &str = "sync of ";
const SUSPENDED: &str = "suspended";

/// API group, plural, and the versions that are tried, newest first.
pub(super) const fn resource(
    kind: GovernorKind,
) -> (&'static str, &'static str, &'static [&'static str]) {
    match kind {
        GovernorKind::ArgoApplication => ("argoproj.io", "applications", &["v1alpha1"]),
        GovernorKind::FluxKustomization => {
            ("kustomize.toolkit.fluxcd.io", "kustomizations", &["v1", "v1beta2"])
        }
        GovernorKind::FluxHelmRelease => {
            ("helm.toolkit.fluxcd.io", "helmreleases", &["v2", "v2beta2"])
        }
    }
}

/// The governor that `object` is, with what it does by itself, and whether it does.
pub(super) fn governor(kind: GovernorKind, object: &Value) -> (Governor, SyncState) {
    let (policy, sync) = match kind {
        GovernorKind::ArgoApplication => {
            let automated = &object["spec"]["syncPolicy"]["automated"];
            let on = automated.is_object() && automated["enabled"] != false;
            (automated.to_string(), if on { SyncState::Automatic } else { SyncState::Suspended })
        }
        GovernorKind::FluxKustomization | GovernorKind::FluxHelmRelease => {
            let interval = json!({ "interval": object["spec"]["interval"] });
            let off = object["spec"]["suspend"] == true;
            let sync = if off { SyncState::Suspended } else { SyncState::Automatic };
            (interval.to_string(), sync)
        }
    };
    let governor = Governor {
        kind,
        namespace: text(&object["metadata"]["namespace"]),
        name: text(&object["metadata"]["name"]),
        policy,
    };
    (governor, sync)
}

/// Why a suspension would not last, where the object itself tells.
pub(super) fn overruled(kind: GovernorKind, object: &Value) -> Option<String> {
    let owners = object["metadata"]["ownerReferences"].as_array();
    let set = owners.into_iter().flatten().find(|owner| owner["kind"] == "ApplicationSet")?;
    (kind == GovernorKind::ArgoApplication).then(|| {
        format!(
            "the ApplicationSet {} writes its sync policy and would turn it on again",
            text(&set["name"])
        )
    })
}

/// What it does now, in the words that a plan relies on.
pub(super) fn state(kind: GovernorKind, object: &Value) -> String {
    match governor(kind, object) {
        (_, SyncState::Suspended) => SUSPENDED.to_owned(),
        (governor, SyncState::Automatic) => format!("automatic {}", governor.policy),
    }
}

/// What a plan to bring `wanted` to `to` relies on. A resumption relies on the suspension
/// of the same plan; somebody who has changed it meanwhile is not overruled.
pub(super) fn expects(wanted: &Governor, to: SyncState, object: &Value) -> Vec<Expectation> {
    let value = match to {
        SyncState::Suspended => state(wanted.kind, object),
        SyncState::Automatic => SUSPENDED.to_owned(),
    };
    vec![
        Expectation { what: format!("{UID}{wanted}"), value: text(&object["metadata"]["uid"]) },
        Expectation { what: format!("{SYNC}{wanted}"), value },
    ]
}

/// What a person will find changed.
pub(super) fn changes(wanted: &Governor, to: SyncState) -> Vec<Change> {
    let automatic = format!("automatic {}", wanted.policy);
    let (before, after) = match to {
        SyncState::Suspended => (automatic, SUSPENDED.to_owned()),
        SyncState::Automatic => (SUSPENDED.to_owned(), automatic),
    };
    vec![Change { what: format!("{SYNC}{wanted}"), before, after }]
}

/// Whether what the plan relies on still holds for `object`.
pub(super) fn holds(
    wanted: &Governor,
    expects: &[Expectation],
    object: &Value,
) -> Result<(), Refusal> {
    for expected in expects {
        let found = if expected.what.starts_with(UID) {
            text(&object["metadata"]["uid"])
        } else if expected.what.starts_with(SYNC) {
            state(wanted.kind, object)
        } else {
            "not something that can be looked up here".to_owned()
        };
        if found != expected.value {
            return Err(Refusal::Drifted {
                what: expected.what.clone(),
                planned: expected.value.clone(),
                found: format!("{found}{}", by_whom(object)),
            });
        }
    }
    Ok(())
}

/// Whoever wrote the specification last, as the managed fields tell.
fn by_whom(object: &Value) -> String {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let written = entries.filter(|entry| !entry["fieldsV1"]["f:spec"].is_null());
    let last = written.max_by_key(|entry| text(&entry["time"]));
    last.map_or_else(String::new, |entry| {
        format!(", written by {} at {}", text(&entry["manager"]), text(&entry["time"]))
    })
}

/// The change, on the version of `object` that was read; `mark` and `version` stand in its
/// place where a plan shows it.
pub(super) fn patch(wanted: &Governor, to: SyncState, object: &Value, mark: &Mark<'_>) -> Value {
    let (version, text) = match mark {
        Mark::Shown => ("<resource version read just before>".to_owned(), "<effect key>".into()),
        Mark::Of(key) => {
            let left = json!(to.as_str());
            let effects = Effects::of(object).with(key, &hash(&left));
            (super::objects::text(&object["metadata"]["resourceVersion"]), effects.to_text())
        }
    };
    let bare = !object["metadata"]["annotations"].is_object();
    let mut operations = super::request::annotated(&version, bare, &[(EFFECT.to_owned(), text)]);
    operations.extend(match (wanted.kind, to) {
        (GovernorKind::ArgoApplication, SyncState::Suspended) => {
            vec![json!({ "op": "remove", "path": "/spec/syncPolicy/automated" })]
        }
        (GovernorKind::ArgoApplication, SyncState::Automatic) => {
            // What git said of it when it was suspended; `{}` is Argo CD's own default.
            let policy: Value = serde_json::from_str(&wanted.policy).unwrap_or_else(|_| json!({}));
            let mut back = Vec::new();
            if !object["spec"]["syncPolicy"].is_object() {
                back.push(json!({ "op": "add", "path": "/spec/syncPolicy", "value": {} }));
            }
            back.push(
                json!({ "op": "add", "path": "/spec/syncPolicy/automated", "value": policy }),
            );
            back
        }
        (GovernorKind::FluxKustomization | GovernorKind::FluxHelmRelease, to) => {
            let off = to == SyncState::Suspended;
            vec![json!({ "op": "add", "path": "/spec/suspend", "value": off })]
        }
    });
    Value::Array(operations)
}

/// Whether a change is shown or sent.
pub(super) enum Mark<'k> {
    /// In a plan.
    Shown,
    /// By the effect with this key.
    Of(&'k EffectKey),
}

#[cfg(test)]
mod tests {
    use lastgood_core::name::RunId;

    use super::*;

    fn application(spec: &Value) -> Value {
        json!({
            "metadata": { "namespace": "argocd", "name": "checkout", "uid": "u1",
                          "resourceVersion": "7" },
            "spec": spec,
        })
    }

    fn key() -> EffectKey {
        EffectKey { run: RunId::new("r1"), step: "sync.suspend".into(), undo: false, attempt: 1 }
    }

    const ARGO: GovernorKind = GovernorKind::ArgoApplication;
    const FLUX: GovernorKind = GovernorKind::FluxKustomization;

    #[test]
    fn argo_syncs_by_itself_only_when_its_policy_says_so() {
        for (spec, wanted) in [
            (json!({}), SyncState::Suspended),
            (json!({ "syncPolicy": {} }), SyncState::Suspended),
            (json!({ "syncPolicy": { "automated": {} } }), SyncState::Automatic),
            (json!({ "syncPolicy": { "automated": { "enabled": false } } }), SyncState::Suspended),
            (json!({ "syncPolicy": { "automated": { "selfHeal": true } } }), SyncState::Automatic),
        ] {
            assert_eq!(governor(ARGO, &application(&spec)).1, wanted, "{spec}");
        }
    }

    #[test]
    fn a_resumption_puts_exactly_back_what_the_suspension_took() {
        let policy = json!({ "prune": true, "selfHeal": true });
        let before = application(&json!({ "syncPolicy": { "automated": policy } }));
        let (wanted, _) = governor(ARGO, &before);
        let sent = patch(&wanted, SyncState::Suspended, &before, &Mark::Of(&key()));
        assert_eq!(sent[0]["value"], "7", "on the version that was read");
        assert!(sent.to_string().contains("sync.suspend"), "it carries its key: {sent}");
        let after = application(&json!({ "syncPolicy": {} }));
        let back = patch(&wanted, SyncState::Automatic, &after, &Mark::Of(&key()));
        let last = back.as_array().and_then(|all| all.last()).expect("it is a list");
        assert_eq!(
            (&last["path"], &last["value"]),
            (&json!("/spec/syncPolicy/automated"), &policy)
        );
    }

    #[test]
    fn flux_is_suspended_by_its_own_field() {
        let object = application(&json!({ "interval": "5m" }));
        let (wanted, sync) = governor(FLUX, &object);
        assert_eq!(sync, SyncState::Automatic);
        let sent = patch(&wanted, SyncState::Suspended, &object, &Mark::Shown);
        let last = sent.as_array().and_then(|all| all.last()).expect("it is a list");
        assert_eq!((&last["path"], &last["value"]), (&json!("/spec/suspend"), &json!(true)));
    }

    #[test]
    fn whoever_changed_it_since_the_plan_is_not_overruled() {
        let planned = application(&json!({ "syncPolicy": { "automated": { "selfHeal": true } } }));
        let (wanted, _) = governor(ARGO, &planned);
        let expects = expects(&wanted, SyncState::Suspended, &planned);
        assert_eq!(holds(&wanted, &expects, &planned), Ok(()));
        let changed = application(&json!({ "syncPolicy": { "automated": { "prune": true } } }));
        let refused = holds(&wanted, &expects, &changed);
        assert!(matches!(refused, Err(Refusal::Drifted { .. })), "{refused:?}");
        let another = json!({ "metadata": { "uid": "u2" }, "spec": planned["spec"] });
        assert!(
            holds(&wanted, &expects, &another).is_err(),
            "the same name is not the same object"
        );
    }

    #[test]
    fn an_application_set_overrules_a_suspension() {
        let mut object = application(&json!({}));
        assert_eq!(overruled(ARGO, &object), None);
        object["metadata"]["ownerReferences"] =
            json!([{ "kind": "ApplicationSet", "name": "all" }]);
        assert!(overruled(ARGO, &object).is_some_and(|why| why.contains("all")));
    }
}
