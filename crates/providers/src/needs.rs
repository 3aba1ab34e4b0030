//! What a platform knows of what a release needs, before any registry is asked.

use async_trait::async_trait;
use lastgood_core::preflight::{Comparison, Need};
use lastgood_core::release::Release;

/// What a release needs in order to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Its images, each once.
    pub(crate) images: Vec<Image>,
    /// The machines that must be able to run them, as (`linux`, `amd64`).
    pub(crate) machines: Vec<(String, String)>,
    /// What its configuration refers to.
    pub(crate) refers: Vec<Need>,
}

/// An image of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// As the release has it.
    pub(crate) reference: String,
    /// The digest that ran, where it is known.
    pub(crate) recorded: Option<String>,
    /// Whether a machine has it already.
    pub(crate) cached: bool,
}

/// Knows what releases need, and how they differ. It has no way to change anything.
#[async_trait]
pub(crate) trait KnowNeeds {
    /// What `release` needs; a sentence when that cannot be found out.
    async fn needs(&self, release: &Release) -> Result<Needs, String>;

    /// How `from` and `to` differ, and what lies outside of both.
    async fn differences(&self, from: &Release, to: &Release) -> Comparison;
}
