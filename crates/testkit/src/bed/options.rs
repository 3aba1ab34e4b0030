//! What a bed is made of.

use std::path::PathBuf;
use std::time::Duration;

use crate::image::ImageTable;
use crate::release::Release;

/// What a bed is made of; the default is what most tests want.
#[derive(Clone, Debug)]
pub struct BedOptions {
    /// Where everything is written; a temporary folder that is removed when `None`.
    pub dir: Option<PathBuf>,
    /// What can be pulled.
    pub images: ImageTable,
    /// The first release.
    pub release: Release,
    /// How many pods.
    pub replicas: u16,
    /// After how long without progress a rollout counts as failed. In whole seconds.
    pub progress_deadline: Duration,
}

impl Default for BedOptions {
    /// Four pods of `v1`. Thirty seconds without progress, where Kubernetes waits ten
    /// minutes: a process is there within one.
    fn default() -> Self {
        Self {
            dir: None,
            images: ImageTable::default(),
            release: Release::of_tag("v1"),
            replicas: 4,
            progress_deadline: Duration::from_secs(30),
        }
    }
}
