//! The pods that are ready, each with its release and its addresses.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::blame::Instance;
use lastgood_core::name::ReleaseId;
use serde_json::Value;

use super::colours::Colours;
use super::objects::Seen;
use super::pair::Pair;
use super::pods::{self, Replica};
use super::reply::is_owned_by;
use super::two::Two;
use super::{Kubernetes, argo};
use crate::instances::KnowInstances;

#[async_trait]
impl KnowInstances for Kubernetes {
    async fn instances(&self) -> Option<Vec<Instance>> {
        let seen = self.seen().await.ok()?;
        let pods = self.pods(&seen).await.ok()?;
        Some(ready(&seen, &pods, self.place.container.as_deref()))
    }
}

#[async_trait]
impl KnowInstances for Pair {
    async fn instances(&self) -> Option<Vec<Instance>> {
        of_both(&self.two).await
    }
}

#[async_trait]
impl KnowInstances for Colours {
    async fn instances(&self) -> Option<Vec<Instance>> {
        of_both(&self.two).await
    }
}

async fn of_both(two: &Two) -> Option<Vec<Instance>> {
    let (first, second) = futures::join!(two.first.instances(), two.second.instances());
    let mut all = first?;
    all.extend(second?);
    Some(all)
}

/// Those of `pods` that are ready and that users may meet.
fn ready(seen: &Seen, pods: &[Value], container: Option<&str>) -> Vec<Instance> {
    let met = pods.iter().filter(|pod| !pods::is_over(pod) && argo::is_met(seen, pod));
    met.filter_map(|pod| {
        let replica = Replica::new(pod, container);
        let set = seen.sets.iter().find(|set| is_owned_by(pod, &set.uid))?;
        replica.ready.then(|| Instance {
            name: replica.name,
            release: ReleaseId::new(set.name.clone()),
            host: replica.address,
            ports: ports(pod, replica.port),
            ready_since: ready_since(pod),
        })
    })
    .collect()
}

/// Every port that the pod declares, for metrics are often served at one of their own.
fn ports(pod: &Value, asked: Option<String>) -> Vec<String> {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let declared = containers
        .flat_map(|container| container["ports"].as_array().into_iter().flatten())
        .filter_map(|port| port["containerPort"].as_u64())
        .map(|port| port.to_string());
    let mut all: Vec<String> = declared.chain(asked).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn ready_since(pod: &Value) -> Option<Timestamp> {
    let conditions = pod["status"]["conditions"].as_array()?;
    let ready = conditions.iter().find(|one| one["type"] == "Ready")?;
    ready["lastTransitionTime"].as_str()?.parse().ok()
}
