//! An OCI registry: whether every part of an image is still there, and still the same.
//!
//! The rules are those of the OCI distribution specification 1.1: an existing manifest
//! answers 200, one that does not exist 404. Everything else (401, 403, 429, 5xx, a login
//! page, silence) says nothing about the image. `Docker-Content-Digest` is only a SHOULD
//! and is never relied on: what a tag leads to is found by hashing the bytes. Registries
//! may collect children and blobs apart from the index that names them, so each part that
//! the target machines need is asked for.
//!
//! Start with [`Registry::prove`].

mod auth;
mod examine;
mod link;
mod manifest;
mod reference;

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use lastgood_core::catalog::RegistryConnection;
use lastgood_core::preflight::{ArtifactState, WHOLE};
use lastgood_core::secret::Secret;

pub use auth::Credential;
pub use link::Failure;
pub use manifest::Machine;
pub use reference::{Digest, Reference, Unreadable, Version};

use link::Link;
use manifest::{Manifest, Part};

/// A proof takes at most this long, token server included.
const PROOF: Duration = Duration::from_secs(10);
/// As many parts are asked for at once; runtimes pull three to ten at a time.
const AT_ONCE: usize = 6;
/// An index may name an index, and no tool makes more than that.
const DEPTH: u8 = 2;

/// One registry, as one user or as nobody in particular.
#[derive(Clone, Debug)]
pub struct Registry {
    link: Link,
}

impl Registry {
    /// Sends nothing. `host` is that of [`Reference::host`]; `secret` is that of the
    /// connection.
    pub fn new(
        host: &str,
        connection: Option<&RegistryConnection>,
        secret: Option<Secret<String>>,
    ) -> Result<Self, Failure> {
        Ok(Self { link: Link::new(host, connection, secret)? })
    }

    /// Whether everything that `machines` need of `image` is there. `recorded` is the
    /// digest that ran, where somebody noted it.
    pub async fn prove(
        &self,
        image: &Reference,
        recorded: Option<&str>,
        machines: &[Machine],
    ) -> ArtifactState {
        tokio::time::timeout(PROOF, self.looked_at(image, recorded, machines)).await.unwrap_or_else(
            |_| unknown(format!("the registry took longer than {} s", PROOF.as_secs())),
        )
    }

    async fn looked_at(
        &self,
        image: &Reference,
        recorded: Option<&str>,
        machines: &[Machine],
    ) -> ArtifactState {
        let repository = image.repository.as_str();
        let bytes = match self.link.manifest(repository, image.version.as_str()).await {
            Ok(bytes) => bytes,
            Err(failure) => return failure.of(WHOLE),
        };
        let now = match &image.version {
            Version::Tag(_) => Digest::of(&bytes),
            Version::Digest(wanted) if wanted.fits(&bytes) => wanted.clone(),
            Version::Digest(wanted) => return unlike(wanted, &bytes),
        };
        let manifest = match Manifest::read(&bytes) {
            Ok(manifest) => manifest,
            Err(why) => return unknown(why),
        };
        let by_tag = matches!(image.version, Version::Tag(_));
        let is_recorded = |digest: &Digest| recorded == Some(digest.as_str());
        // A node may report the digest of its own child instead of that of the index.
        let same = is_recorded(&now) || manifest.children().any(|child| is_recorded(&child.digest));
        if let (true, Some(recorded), false) = (by_tag, recorded, same) {
            return ArtifactState::Moved {
                recorded: recorded.to_owned(),
                now: now.as_str().to_owned(),
            };
        }
        match self.parts(repository, manifest, machines, DEPTH).await {
            ArtifactState::Present { .. } if by_tag && !same => {
                ArtifactState::Unpinned { now: now.as_str().to_owned() }
            }
            ArtifactState::Present { .. } => {
                ArtifactState::Present { digest: now.as_str().to_owned() }
            }
            other @ (ArtifactState::Gone { .. }
            | ArtifactState::Moved { .. }
            | ArtifactState::Unpinned { .. }
            | ArtifactState::Corrupt { .. }
            | ArtifactState::Unknown { .. }) => other,
        }
    }

    /// Whether all of what `manifest` names, and `machines` need, is there.
    async fn parts(
        &self,
        repository: &str,
        manifest: Manifest,
        machines: &[Machine],
        depth: u8,
    ) -> ArtifactState {
        match manifest {
            Manifest::Image(parts) => self.blobs(repository, &parts).await,
            Manifest::Index(children) => {
                let mut found = Vec::new();
                for machine in machines {
                    let fitting: Vec<Digest> = children
                        .iter()
                        .filter(|child| child.fits(machine))
                        .map(|child| child.digest.clone())
                        .collect();
                    if fitting.is_empty() {
                        found.push(ArtifactState::Gone { part: format!("the part for {machine}") });
                    }
                    for digest in fitting {
                        let part = format!("the part for {machine}, {},", digest.as_str());
                        found.push(self.child(repository, &digest, &part, machines, depth).await);
                    }
                }
                worst(found)
            }
        }
    }

    async fn child(
        &self,
        repository: &str,
        digest: &Digest,
        part: &str,
        machines: &[Machine],
        depth: u8,
    ) -> ArtifactState {
        let bytes = match self.link.manifest(repository, digest.as_str()).await {
            Ok(bytes) => bytes,
            Err(failure) => return failure.of(part),
        };
        if !digest.fits(&bytes) {
            return unlike(digest, &bytes);
        }
        match Manifest::read(&bytes) {
            Err(why) => unknown(why),
            Ok(_) if depth == 0 => unknown("its indexes name each other too deeply".to_owned()),
            Ok(manifest) => Box::pin(self.parts(repository, manifest, machines, depth - 1)).await,
        }
    }

    async fn blobs(&self, repository: &str, parts: &[Part]) -> ArtifactState {
        let mut looks = Vec::with_capacity(parts.len());
        for part in parts {
            looks.push(self.blob(repository, part));
        }
        worst(stream::iter(looks).buffered(AT_ONCE).collect().await)
    }

    async fn blob(&self, repository: &str, part: &Part) -> ArtifactState {
        let digest = part.digest.as_str();
        match self.link.blob(repository, digest).await {
            Ok(()) => ArtifactState::Present { digest: digest.to_owned() },
            Err(failure) => failure.of(&format!("the {} {digest}", part.what)),
        }
    }
}

fn unlike(wanted: &Digest, bytes: &[u8]) -> ArtifactState {
    let found = Digest::of(bytes);
    let why = format!("{} was asked for and {} came", wanted.as_str(), found.as_str());
    ArtifactState::Corrupt { why }
}

const fn unknown(why: String) -> ArtifactState {
    ArtifactState::Unknown { why }
}

/// A part that is gone decides; a doubt comes before any presence.
fn worst(states: Vec<ArtifactState>) -> ArtifactState {
    let mut worst: Option<ArtifactState> = None;
    for state in states {
        if worst.as_ref().is_none_or(|worst| state.gravity() > worst.gravity()) {
            worst = Some(state);
        }
    }
    worst.unwrap_or_else(|| unknown("nothing of it could be asked for".to_owned()))
}

#[cfg(test)]
mod tests;
