//! Whether the artifact of a release could be fetched again, and is the one that ran.

use serde::{Deserialize, Serialize};

use super::{Finding, Grade, Topic};
use crate::release::facts::Artifact;

/// The part that stands for all of an image.
pub const WHOLE: &str = "the manifest";

/// What a registry says of one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactProof {
    /// The reference as the release has it: `ghcr.io/acme/checkout:v1`.
    pub image: String,
    /// What was found.
    pub state: ArtifactState,
    /// Whether a machine that could run it has it already. It may be thrown away there at
    /// any time, and other machines need it too: a plus, and no proof.
    pub cached: bool,
}

/// Whether an image is there, whole and unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum ArtifactState {
    /// Every part that is needed answered.
    Present {
        /// The digest of what the reference leads to.
        digest: String,
    },
    /// The registry says that a part does not exist.
    Gone {
        /// Which part: `the manifest`, `the layer sha256:…`.
        part: String,
    },
    /// The tag leads to something else than what ran.
    Moved {
        /// The digest that was recorded when it ran.
        recorded: String,
        /// The digest that the tag leads to now.
        now: String,
    },
    /// It is there under a tag, and nobody recorded which digest ran.
    Unpinned {
        /// The digest that the tag leads to now.
        now: String,
    },
    /// What the registry serves is not what the digest says.
    Corrupt {
        /// What does not fit.
        why: String,
    },
    /// It could not be found out.
    Unknown {
        /// Why not.
        why: String,
    },
}

impl ArtifactState {
    /// How much it stands against going back; what is gone decides, and a doubt comes
    /// before any presence.
    #[must_use]
    pub const fn gravity(&self) -> u8 {
        match self {
            Self::Gone { .. } => 5,
            Self::Corrupt { .. } => 4,
            Self::Moved { .. } => 3,
            Self::Unknown { .. } => 2,
            Self::Unpinned { .. } => 1,
            Self::Present { .. } => 0,
        }
    }
}

impl ArtifactProof {
    /// The same as the gates of a target take it.
    #[must_use]
    pub fn fact(&self) -> Artifact {
        let image = &self.image;
        match &self.state {
            ArtifactState::Present { digest } => Artifact::Present {
                proof: format!("every part of {image} is in the registry, as {digest}"),
            },
            ArtifactState::Gone { part } if part == WHOLE => Artifact::Gone { what: image.clone() },
            ArtifactState::Gone { part } => {
                Artifact::Incomplete { missing: format!("{part} of {image}") }
            }
            ArtifactState::Moved { recorded, now } => {
                Artifact::Moved { recorded: recorded.clone(), found: now.clone() }
            }
            ArtifactState::Corrupt { why } => {
                Artifact::Incomplete { missing: format!("what {image} names ({why})") }
            }
            ArtifactState::Unpinned { now } => Artifact::Unclear {
                why: format!("the tag of {image} leads to {now}, and what ran is not recorded"),
            },
            ArtifactState::Unknown { why } => Artifact::Unclear { why: why.clone() },
        }
    }

    /// What a person must know of it.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let Self { image, state, cached } = self;
        let subject = format!("the image {image}");
        let cached =
            if *cached { "; a node has it, which proves nothing for the others" } else { "" };
        let finding = match state {
            ArtifactState::Present { digest } => Finding::new(
                subject,
                Grade::Pass,
                format!("every part of it is in the registry, as {digest}"),
            ),
            ArtifactState::Gone { part } => Finding::new(
                subject,
                Grade::Block,
                format!("{part} is no longer in the registry{cached}"),
            )
            .mend("push it again under the same digest, or choose a release that is still there"),
            ArtifactState::Moved { recorded, now } => Finding::new(
                subject,
                Grade::Block,
                format!(
                    "the tag was moved: {recorded} ran, and now it leads to {now}, so that going \
                     back would start something else"
                ),
            )
            .mend(format!("deploy {recorded} by its digest, or choose another release")),
            ArtifactState::Unpinned { now } => Finding::new(
                subject,
                Grade::Unknown,
                format!(
                    "the tag leads to {now}, and which digest ran is not recorded: it may have \
                     been moved"
                ),
            )
            .mend("compare the digest with your build's record; deploy by digest from now on"),
            ArtifactState::Corrupt { why } => Finding::new(
                subject,
                Grade::Block,
                format!("the registry does not serve what was asked for: {why}"),
            )
            .mend("push it again, or choose another release"),
            ArtifactState::Unknown { why } => Finding::new(
                subject,
                Grade::Unknown,
                format!("whether it is still there could not be found out: {why}{cached}"),
            ),
        };
        finding.on(Topic::Artifact)
    }
}
