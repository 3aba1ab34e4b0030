//! What Helm's own Secrets are taken for, and when a rollback through it has taken place.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use lastgood_core::effect::{Call, Operation, PlannedEffect, Refusal, Reversibility};
use serde_json::{Value, json};

use super::super::objects::Seen;
use super::super::tests::place;
use super::effect::{Stand, stand, through_helm};
use super::revision::Revision;
use super::{NEWEST, Owner, TARGET, owner};

/// A manifest as Helm renders it: two objects, and quantities and numbers as people write them.
fn manifest(tag: &str, limit: &str) -> String {
    format!(
        "---\n# Source: checkout/templates/limits.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  \
         name: limits\ndata:\n  most: \"{limit}\"\n---\napiVersion: apps/v1\nkind: Deployment\n\
         metadata:\n  name: checkout\nspec:\n  template:\n    metadata:\n      labels: {{ app: checkout }}\n    \
         spec:\n      containers:\n        - name: app\n          image: r/checkout:{tag}\n          \
         resources: {{ requests: {{ cpu: 0.5 }} }}\n          env: []\n"
    )
}

fn secret(number: u64, status: &str, description: &str, manifest: &str) -> Value {
    let release = json!({
        "name": "checkout", "namespace": "shop", "version": number, "manifest": manifest,
        "info": {
            "status": status, "description": description,
            "last_deployed": "2026-11-22T21:40:00.123456789+01:00",
        },
        "chart": { "metadata": { "name": "checkout", "version": "1.4.2", "appVersion": "2.14.0" } },
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(release.to_string().as_bytes()).expect("into memory");
    let once = BASE64_STANDARD.encode(packed.finish().expect("into memory"));
    json!({
        "metadata": { "name": format!("sh.helm.release.v1.checkout.v{number}") },
        "data": { "release": BASE64_STANDARD.encode(once) },
    })
}

fn revision(number: u64, status: &str, description: &str, tag: &str) -> Revision {
    Revision::of(&secret(number, status, description, &manifest(tag, tag))).expect("it is one")
}

fn template(tag: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "checkout" } },
        "spec": {
            "restartPolicy": "Always",
            "containers": [{
                "name": "app", "image": format!("r/checkout:{tag}"), "imagePullPolicy": "Always",
                "resources": { "requests": { "cpu": "500m" } },
            }],
        },
    })
}

/// `v1` and then `v2`, installed by Helm.
fn seen() -> Seen {
    let set = |tag: &str, number: u64| {
        json!({
            "metadata": {
                "name": format!("checkout-{tag}"), "uid": format!("u-{tag}"),
                "annotations": { "deployment.kubernetes.io/revision": number.to_string() },
                "ownerReferences": [{ "uid": "u" }],
            },
            "spec": { "template": template(tag) },
        })
    };
    let object = json!({
        "kind": "Deployment",
        "metadata": {
            "name": "checkout", "namespace": "shop", "uid": "u",
            "labels": { "app.kubernetes.io/managed-by": "Helm" },
            "annotations": {
                "meta.helm.sh/release-name": "checkout", "meta.helm.sh/release-namespace": "shop",
            },
        },
        "spec": { "template": template("v2") },
    });
    let at = "2026-11-22T21:59:00Z".parse().expect("a time");
    Seen::new(object, vec![set("v1", 1), set("v2", 2)], at)
}

fn restore(release: &str) -> PlannedEffect {
    PlannedEffect {
        operation: Operation::RestoreRelease { release: release.into() },
        place: place(),
        call: Call {
            system: "kubernetes".to_owned(),
            scope: "cluster c".to_owned(),
            verb: "PATCH".to_owned(),
            target: "/apis".to_owned(),
            body: Some("the template".to_owned()),
        },
        changes: vec![lastgood_core::effect::Change {
            what: "version".to_owned(),
            before: "v2".to_owned(),
            after: "v1".to_owned(),
        }],
        expects: Vec::new(),
        reversibility: Reversibility::Reversible,
    }
}

fn planned(release: &str, revisions: &[Revision]) -> Result<PlannedEffect, Refusal> {
    let target = lastgood_core::catalog::KubernetesPlace {
        kubeconfig: Some("/home/ana/.kube/prod".into()),
        context: None,
        namespace: "shop".to_owned(),
        workload: lastgood_core::catalog::Workload::Deployment("checkout".to_owned()),
        container: None,
    };
    let seen = seen();
    let owner = owner(&seen.deployment).expect("Helm installed it");
    through_helm(restore(release), &target, "prod", (&owner, &seen), revisions)
}

#[test]
fn a_release_secret_is_read_with_its_status_and_its_chart() {
    let read = revision(3, "superseded", "Upgrade complete", "v1");
    assert_eq!(read.words(), "revision 3 (superseded, chart checkout 1.4.2, app version 2.14.0)");
    assert_eq!(read.at.map(|at| at.to_string()).as_deref(), Some("2026-11-22T20:40:00.123456789Z"));
    for (broken, why) in [
        (json!({}), "holds no release"),
        (json!({ "data": { "release": "!" } }), "nvalid"),
        (
            json!({ "data": { "release": BASE64_STANDARD.encode(BASE64_STANDARD.encode("{")) } }),
            "no release",
        ),
    ] {
        let told = Revision::of(&broken).expect_err("it is broken");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_revision_fits_a_replica_set_by_everything_that_its_manifest_says() {
    let seen = seen();
    let (v1, v2) = (seen.set("checkout-v1").expect("v1"), seen.set("checkout-v2").expect("v2"));
    let read = revision(3, "superseded", "", "v1");
    assert!(read.fits("Deployment", "checkout", v1), "defaults and spellings do not count");
    assert!(!read.fits("Deployment", "checkout", v2), "another image");
    assert!(!read.fits("Deployment", "search", v1), "another object");
    assert!(!read.fits("StatefulSet", "checkout", v1), "another kind");
}

#[test]
fn a_plan_says_the_command_the_revisions_and_what_else_goes_back() {
    let all = [
        revision(4, "deployed", "Upgrade complete", "v2"),
        revision(3, "failed", "Upgrade failed", "v1"),
        revision(2, "superseded", "Upgrade complete", "v1"),
    ];
    let effect = planned("checkout-v1", &all).expect("revision 2 has it");
    assert_eq!(
        effect.call.target,
        "helm rollback checkout 2 --namespace shop --kubeconfig /home/ana/.kube/prod \
         --kube-context prod --timeout 100s"
    );
    assert_eq!((effect.call.system.as_str(), effect.call.body.as_deref()), ("helm", None));
    let change = |what: &str| effect.changes.iter().find(|one| one.what == what);
    let helm = change("Helm release checkout").expect("it is told");
    assert!(helm.before.contains("revision 4"), "{helm:?}");
    assert!(helm.after.contains("revision 5, with the manifests of revision 2"), "{helm:?}");
    let along = change("ConfigMap limits").expect("it goes back as well");
    assert_eq!(along.after, "as in revision 2");
    let expects = |what: &str| effect.expects.iter().find(|one| one.what == what);
    assert_eq!(expects(NEWEST).map(|one| one.value.as_str()), Some("4"));
    assert_eq!(expects(TARGET).map(|one| one.value.as_str()), Some("2"));
}

#[test]
fn a_template_that_no_applied_revision_has_is_not_put_back_behind_helm() {
    let all = [
        revision(4, "deployed", "Upgrade complete", "v2"),
        revision(3, "failed", "Upgrade failed", "v1"),
    ];
    let refused = planned("checkout-v1", &all);
    let Err(Refusal::Unsupported { why, .. }) = refused else { panic!("{refused:?}") };
    assert!(why.contains("changed beside Helm") && why.contains("revision 4"), "{why}");
    assert!(matches!(planned("checkout-v9", &all), Err(Refusal::Gone { .. })));
}

#[test]
fn it_has_taken_place_once_a_newer_revision_says_so_and_is_deployed() {
    let found = |number, status, description, ours| {
        stand(&revision(number, status, description, "v1"), 4, 2, ours)
    };
    assert_eq!(found(4, "deployed", "Upgrade complete", false), Stand::Untouched);
    assert_eq!(found(5, "deployed", "Rollback to 2", false), Stand::Done);
    let interrupted = found(5, "pending-rollback", "Rollback to 2", false);
    assert_eq!(interrupted, Stand::Untouched, "it is done again, which does no harm");
    let pending = found(5, "pending-upgrade", "Preparing upgrade", false);
    assert!(matches!(pending, Stand::Pending(_)), "doubt is no success: {pending:?}");
    let failed = found(5, "failed", "Rollback to 2", false);
    assert!(matches!(failed, Stand::Moved(_)), "{failed:?}");
    let other = found(5, "deployed", "Upgrade complete", false);
    assert!(matches!(other, Stand::Moved(_)), "somebody upgraded it: {other:?}");
    assert_eq!(found(4, "deployed", "Rollback to 2", false), Stand::Untouched, "an earlier one");
    assert_eq!(found(5, "deployed", "Rollback to 3", true), Stand::Untouched, "the run's own");
}

#[test]
fn only_what_helm_itself_installed_has_an_owner() {
    let mut object = seen().deployment;
    let wanted = Owner { name: "checkout".to_owned(), namespace: "shop".to_owned() };
    assert_eq!(owner(&object), Some(wanted));
    object["metadata"]["labels"]["helm.toolkit.fluxcd.io/name"] = json!("checkout");
    assert_eq!(owner(&object), None, "Flux moves it");
    object["metadata"]["labels"] = json!({ "app.kubernetes.io/managed-by": "Helm" });
    object["metadata"]["annotations"] = json!({});
    assert_eq!(owner(&object), None, "a chart that was rendered elsewhere");
}
