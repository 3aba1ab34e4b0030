//! What a world says when the way to its systems is at fault.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::catalog::{
    Bake, Catalog, Connection, Environment, KubernetesPlace, Place, Platform, PrometheusConnection,
    Service, Slo, Strategy, Workload,
};
use lastgood_core::effect::{Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::judge::Doubt;
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{
    Actor as _, Observer as _, Surveyor as _, Vault, VaultError, World as _,
};
use lastgood_core::preflight::Grade;
use lastgood_core::recorded::Recorded;
use lastgood_core::secret::Secret;
use lastgood_core::time::Millis;

use super::LiveWorld;

/// A vault that nobody put anything into.
struct Empty;

#[async_trait::async_trait]
impl Vault for Empty {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        Err(VaultError::Missing { name: name.to_owned() })
    }
}

fn place(environment: &str) -> Place {
    Place { service: "checkout".into(), environment: environment.into() }
}

fn slo() -> Slo {
    Slo {
        name: "availability".into(),
        objective: 0.99,
        good: "sum(good)".to_owned(),
        total: "sum(total)".to_owned(),
        version_label: None,
        min_samples: 1,
        threshold: None,
    }
}

fn world() -> LiveWorld {
    let environment = |platform, metrics: Option<&str>| Environment {
        platform,
        strategy: Strategy::Rolling,
        tier: None,
        slos: vec![slo()],
        metrics: metrics.map(Into::into),
        checks: Vec::new(),
        releases: None,
        replica_version: None,
        dashboards: Vec::new(),
        runbook: None,
        bake: Bake::of(Millis(0)),
        rehearse_every: None,
        flags: None,
        schema: None,
    };
    let target = Platform::Kubernetes(KubernetesPlace {
        kubeconfig: Some(PathBuf::from("/nowhere/kubeconfig")),
        context: None,
        namespace: "shop".to_owned(),
        workload: Workload::Deployment("checkout".to_owned()),
        container: None,
    });
    let environments = [
        ("production".into(), environment(target, Some("guarded"))),
        ("practice".into(), environment(Platform::Practice, None)),
    ];
    let service = Service {
        depends_on: Vec::new(),
        owner: Recorded::NotRecorded,
        escalation: Recorded::NotRecorded,
        environments: environments.into(),
    };
    let connection = Connection::Prometheus(PrometheusConnection {
        url: "http://127.0.0.1:9".to_owned(),
        scrape: Millis::seconds(15),
        secret: Some("prometheus-token".to_owned()),
    });
    let catalog = Catalog {
        recalls: Vec::new(),
        services: [("checkout".into(), service)].into(),
        connections: [("guarded".into(), connection)].into(),
    };
    LiveWorld::new(catalog, Arc::new(Empty))
}

#[tokio::test]
async fn a_place_that_cannot_be_reached_is_refused_and_never_empty() {
    let world = world();
    let unreadable = world.survey(&place("production")).await;
    assert!(matches!(unreadable, Err(Refusal::Unusable { .. })), "{unreadable:?}");
    let unknown = world.survey(&place("staging")).await;
    assert!(matches!(unknown, Err(Refusal::Missing { .. })), "{unknown:?}");
    let practice = world.survey(&place("practice")).await;
    assert!(matches!(practice, Err(Refusal::Unsupported { .. })), "{practice:?}");
    assert!(world.environment(&place("staging")).is_none());
}

#[tokio::test]
async fn an_effect_that_cannot_be_looked_up_is_unclear_and_preflight_unknown() {
    let world = world();
    let effect = PlannedEffect {
        operation: Operation::HaltRollout,
        place: place("production"),
        call: lastgood_core::effect::Call {
            system: "kubernetes".to_owned(),
            scope: String::new(),
            verb: "PATCH".to_owned(),
            target: String::new(),
            body: None,
        },
        changes: Vec::new(),
        expects: Vec::new(),
        reversibility: lastgood_core::effect::Reversibility::Reversible,
    };
    let key = EffectKey { run: "r-1".into(), step: "stop".into(), undo: false, attempt: 1 };
    let found = world.probe(&key, &effect).await;
    assert!(matches!(found, Presence::Unclear { .. }), "{found:?}");
    let findings = world.preflight(&place("production"), &[effect]).await;
    assert!(findings.iter().all(|finding| finding.grade == Grade::Unknown), "{findings:?}");
}

#[tokio::test]
async fn a_secret_that_nobody_stored_is_a_doubt_and_no_measurement() {
    let world = world();
    let measure = |environment: &'static str| {
        let world = &world;
        async move {
            let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
            world.measure(&place(environment), &slo(), from, to).await.doubts
        }
    };
    let doubts = measure("production").await;
    let Some(Doubt::Unauthorised { why }) = doubts.first() else {
        panic!("the token is missing: {doubts:?}");
    };
    assert_eq!(why, "there is no secret `prometheus-token`");
    let doubts = measure("practice").await;
    assert!(matches!(doubts[..], [Doubt::BadQuery { .. }]), "no connection is named: {doubts:?}");
}
