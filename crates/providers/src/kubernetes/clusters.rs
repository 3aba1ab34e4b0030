//! The clusters of one catalog: a client for each, however many places are in it. To make one
//! reads the kubeconfig and the machine's certificates, which takes tens of milliseconds.

use std::path::PathBuf;

use lastgood_core::catalog::KubernetesPlace;
use lastgood_core::effect::Refusal;

use super::link::Link;
use crate::shared::Shared;

/// A kubeconfig, where one is named, and its context.
type Key = (Option<PathBuf>, Option<String>);

/// The clusters that were connected to, each as one user.
#[derive(Default)]
pub struct Clusters(Shared<Key, Link>);

impl Clusters {
    /// The way to the cluster of `place`. Sends nothing.
    pub(super) async fn link(&self, place: &KubernetesPlace) -> Result<Link, Refusal> {
        let key = (place.kubeconfig.clone(), place.context.clone());
        let open =
            async { Link::open(place).await.map_err(|failure| failure.refusal("the cluster")) };
        self.0.get(&key, Box::pin(open)).await
    }
}
