//! What a manifest names. Pure.

use std::fmt;

use serde_json::Value;

use super::Digest;

/// A kind of machine that must be able to run the image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Machine {
    /// `linux`.
    pub os: String,
    /// `amd64`, in the words of Go.
    pub architecture: String,
}

impl Machine {
    /// What nearly every cluster runs on.
    #[must_use]
    pub fn usual() -> Self {
        Self { os: "linux".to_owned(), architecture: "amd64".to_owned() }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)
    }
}

/// A manifest with what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Manifest {
    /// One manifest for each kind of machine.
    Index(Vec<Child>),
    /// A configuration and layers.
    Image(Vec<Part>),
}

/// A manifest that an index names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) digest: Digest,
    /// `None` when the index does not say: then it may be for any machine.
    pub(super) machine: Option<Machine>,
}

/// A blob that an image needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// `configuration` or `layer`.
    pub(super) what: &'static str,
    pub(super) digest: Digest,
}

impl Child {
    pub(super) fn fits(&self, machine: &Machine) -> bool {
        self.machine.as_ref().is_none_or(|own| own == machine)
    }
}

impl Manifest {
    /// Reads what a registry served as a manifest.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let document: Value = serde_json::from_slice(bytes)
            .map_err(|error| format!("the manifest is not JSON ({error})"))?;
        if document["schemaVersion"] == 1 {
            return Err("it is of the old schema 1, whose parts cannot be asked for".to_owned());
        }
        if let Some(children) = document["manifests"].as_array() {
            return children.iter().map(child).collect::<Result<_, _>>().map(Self::Index);
        }
        let layers = document["layers"].as_array();
        let (Some(layers), true) = (layers, document["config"].is_object()) else {
            return Err("the manifest names neither layers nor other manifests".to_owned());
        };
        let mut parts = vec![Part { what: "configuration", digest: digest(&document["config"])? }];
        for layer in layers.iter().filter(|layer| !is_foreign(layer)) {
            let part = Part { what: "layer", digest: digest(layer)? };
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        Ok(Self::Image(parts))
    }

    /// What an index names; nothing for an image.
    pub(super) fn children(&self) -> impl Iterator<Item = &Child> {
        let children: &[Child] = match self {
            Self::Index(children) => children,
            Self::Image(_) => &[],
        };
        children.iter()
    }
}

fn child(entry: &Value) -> Result<Child, String> {
    let machine = &entry["platform"];
    let text = |name: &str| machine[name].as_str().map(str::to_owned);
    let machine = match (text("os"), text("architecture")) {
        (Some(os), Some(architecture)) => Some(Machine { os, architecture }),
        (Some(_) | None, _) => None,
    };
    Ok(Child { digest: digest(entry)?, machine })
}

fn digest(descriptor: &Value) -> Result<Digest, String> {
    let text = descriptor["digest"].as_str().unwrap_or_default();
    Digest::parse(text).ok_or_else(|| format!("the manifest names `{text}`, which is no digest"))
}

/// Layers that are fetched from elsewhere need not be in the registry (OCI image
/// specification, non-distributable layers).
fn is_foreign(layer: &Value) -> bool {
    let kind = layer["mediaType"].as_str().unwrap_or_default();
    kind.contains("nondistributable") || kind.contains(".foreign.")
}
