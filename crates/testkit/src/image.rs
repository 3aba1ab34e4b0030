//! What each image reference runs as.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::fixture::Behaviour;

/// The repository of every image in the default table.
pub const REPOSITORY: &str = "registry.local/checkout";

/// One image: how its process behaves, and the digest it is known by.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// What a pod of it does.
    pub behaviour: Behaviour,
    /// 64 hexadecimal digits.
    pub digest: String,
}

/// The registry of the bed: image reference to behaviour. A reference that is not here
/// cannot be pulled.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageTable(BTreeMap<String, Image>);

impl ImageTable {
    /// A registry that holds nothing.
    pub const fn empty() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds an image; its digest follows from its name.
    pub fn insert(&mut self, reference: &str, behaviour: Behaviour) {
        self.insert_with_digest(reference, &digest_of(reference), behaviour);
    }

    /// Adds an image with a digest of the caller's choice (64 hexadecimal digits).
    pub fn insert_with_digest(&mut self, reference: &str, digest: &str, behaviour: Behaviour) {
        let image = Image { behaviour, digest: digest.to_owned() };
        self.0.insert(reference.to_owned(), image);
    }

    /// Finds an image by `repository:tag` or by `repository@sha256:digest`.
    pub fn find(&self, reference: &str) -> Option<&Image> {
        let Some((repository, digest)) = reference.split_once("@sha256:") else {
            return self.0.get(reference);
        };
        self.0.iter().find_map(|(name, image)| {
            (image.digest == digest && repository_of(name) == repository_of(repository))
                .then_some(image)
        })
    }
}

impl Default for ImageTable {
    /// Under [`REPOSITORY`]: `v1` and `v3` are good, `v2-bad` fails 40 % of its requests
    /// while healthy, `v2-never-ready` never gets healthy, `v2-slow` takes 800 ms.
    fn default() -> Self {
        let good = Behaviour::good;
        let mut table = Self::empty();
        for behaviour in [
            good("v1"),
            Behaviour { error_rate: 0.4, ..good("v2-bad") },
            Behaviour { health: crate::fixture::Health::Never, ..good("v2-never-ready") },
            Behaviour { latency: Duration::from_millis(800), ..good("v2-slow") },
            good("v3"),
        ] {
            let reference = reference(&behaviour.version);
            table.insert(&reference, behaviour);
        }
        table
    }
}

/// The reference of a tag under [`REPOSITORY`].
pub fn reference(tag: &str) -> String {
    format!("{REPOSITORY}:{tag}")
}

/// The digest that an image has unless its row says otherwise: SHA-256 of its reference.
pub fn digest_of(reference: &str) -> String {
    Sha256::digest(reference).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// A reference without tag and digest. A colon before the last slash is a port.
pub(crate) fn repository_of(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_found_by_its_tag_and_by_its_digest() {
        let table = ImageTable::default();
        let by_tag = table.find("registry.local/checkout:v1").expect("the default table has v1");
        let pinned = format!("registry.local/checkout@sha256:{}", by_tag.digest);
        assert_eq!(table.find(&pinned), Some(by_tag), "a digest names the same image");
        let elsewhere = format!("registry.local/other@sha256:{}", by_tag.digest);
        assert_eq!(table.find(&elsewhere), None, "a digest belongs to one repository");
        assert_eq!(table.find("registry.local/checkout:v9"), None, "nobody pushed v9");
    }

    #[test]
    fn a_port_in_a_reference_is_not_a_tag() {
        for (reference, repository) in [
            ("localhost:5000/shop/checkout:v1", "localhost:5000/shop/checkout"),
            ("localhost:5000/shop/checkout", "localhost:5000/shop/checkout"),
            ("registry.local/checkout@sha256:ab", "registry.local/checkout"),
        ] {
            assert_eq!(repository_of(reference), repository, "{reference}");
        }
    }
}
