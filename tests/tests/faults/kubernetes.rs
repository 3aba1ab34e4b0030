//! A real API server with its controllers; each row has a Deployment of its own, without
//! replicas, on its second release.

use std::sync::atomic::{AtomicU32, Ordering};

use lastgood_api::core::effect::Operation;
use lastgood_api::core::lease::LeaseState;
use lastgood_api::core::ports::{LeaseSource as _, ReleaseSource as _};
use lastgood_providers::LiveWorld;
use lastgood_testkit::bed::{Bed, BedOptions, NAMESPACE};
use lastgood_testkit::error::BedError;
use lastgood_testkit::image;
use lastgood_testkit::peer::{Program, skipped};
use lastgood_testkit::proxy::FaultProxy;
use lastgood_testkit::relay::Relay;
use tokio::process::Command;

use crate::peers::{Peer, catalog, counted_on_the_way, place, world};

/// The bed, and a way to its API server in plain HTTP.
pub(crate) struct Cluster {
    bed: Bed,
    plain: FaultProxy,
    dir: tempfile::TempDir,
    made: AtomicU32,
}

/// `None`, which the person is told, where a real system is missing.
pub(crate) async fn cluster() -> Option<Cluster> {
    let started = async {
        Program::Kubectl.find()?;
        let bed = Bed::start(BedOptions { replicas: 1, ..BedOptions::default() }).await?;
        let plain = bed.fault_proxy().await?;
        Ok::<_, BedError>((bed, plain))
    };
    match started.await {
        Ok((bed, plain)) => {
            let dir = tempfile::tempdir().expect("a temporary folder");
            Some(Cluster { bed, plain, dir, made: AtomicU32::new(0) })
        }
        Err(BedError::Missing(missing)) => {
            skipped(&missing);
            None
        }
        Err(error) => panic!("the bed starts when everything is installed: {error:?}"),
    }
}

impl Cluster {
    async fn kubectl(&self, words: &[&str]) {
        let mut command = Command::new(self.bed.kubectl().expect("it was found"));
        command.arg("--kubeconfig").arg(self.bed.kubeconfig());
        let output = command.args(["--namespace", NAMESPACE]).args(words).output().await;
        let output = output.expect("it starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "kubectl {}: {errors}", words.join(" "));
    }
}

pub(crate) async fn peer(cluster: &Cluster, _: &'static str) -> Peer {
    let name = format!("row-{}", cluster.made.fetch_add(1, Ordering::Relaxed));
    let (first, second) = (image::reference("v1"), image::reference("v3"));
    let image = format!("--image={first}");
    cluster.kubectl(&["create", "deployment", &name, &image, "--replicas=0"]).await;
    let object = format!("deployment/{name}");
    cluster.kubectl(&["rollout", "status", &object, "--timeout=60s"]).await;
    cluster.kubectl(&["set", "image", &object, &format!("*={second}")]).await;
    cluster.kubectl(&["rollout", "status", &object, "--timeout=60s"]).await;

    let (relay, world) = relayed(cluster, &name).await;
    let page = world.deploys(&place(), None, 10).await.expect("the API server keeps them");
    let oldest = page.deploys.last().expect("there are two").release.id.clone();
    counted_on_the_way(
        "Kubernetes",
        relay,
        |asked| {
            let changes = asked.method == "PATCH" && !asked.path.contains("dryRun");
            // What is noted on a ReplicaSet besides moves nothing.
            changes && asked.path.contains("/deployments/")
        },
        world,
        Operation::RestoreRelease { release: oldest },
        Box::new(()),
    )
}

/// A Lease that nobody has yet.
pub(crate) async fn lease(cluster: &Cluster) -> Peer {
    let name = format!("lease-{}", cluster.made.fetch_add(1, Ordering::Relaxed));
    let image = format!("--image={}", image::reference("v1"));
    cluster.kubectl(&["create", "deployment", &name, &image, "--replicas=0"]).await;
    let (relay, world) = relayed(cluster, &name).await;
    let leasing = world.leasing(&place()).await.expect("Kubernetes keeps leases");
    let (lease, to) = (Box::new(leasing.lease), LeaseState::Held);
    counted_on_the_way(
        "Kubernetes, a Lease",
        relay,
        |asked| asked.method != "GET" && asked.path.contains("/leases"),
        world,
        Operation::SwitchLease { lease, to },
        Box::new(()),
    )
}

/// The product in front of one Deployment, behind a relay of its own.
async fn relayed(cluster: &Cluster, name: &str) -> (Relay, LiveWorld) {
    let relay = Relay::start(&cluster.plain.url()).await.expect("a free port");
    let kubeconfig = cluster.dir.path().join(name);
    let text = std::fs::read_to_string(cluster.plain.kubeconfig()).expect("the proxy wrote it");
    std::fs::write(&kubeconfig, text.replace(&cluster.plain.url(), &relay.url()))
        .expect("the folder is ours");
    let platform = format!(
        "kubernetes: {{ kubeconfig: \"{}\", namespace: {NAMESPACE}, deployment: {name} }}",
        kubeconfig.display()
    );
    (relay, world(&catalog(&platform, "", "")))
}
