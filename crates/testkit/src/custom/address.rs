//! The paths under which a resource is served.

use super::Resource;
use super::store::Part;

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// What the version has.
    Discovery,
    /// All objects of a namespace, or of all.
    All {
        /// All namespaces when `None`.
        namespace: Option<String>,
    },
    /// One object, or its status.
    One {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Which part of it.
        part: Part,
    },
}

impl Address {
    /// `None` when it is none of `resource`.
    pub(super) fn of(resource: Resource, path: &str) -> Option<Self> {
        let mut parts = path.trim_matches('/').split('/');
        for wanted in ["apis", resource.group, resource.version] {
            if parts.next() != Some(wanted) {
                return None;
            }
        }
        let rest: Vec<&str> = parts.collect();
        let ours = |plural: &str| plural == resource.plural;
        Some(match rest[..] {
            [] => Self::Discovery,
            [plural] if ours(plural) => Self::All { namespace: None },
            ["namespaces", namespace, plural] if ours(plural) => {
                Self::All { namespace: Some(namespace.to_owned()) }
            }
            ["namespaces", namespace, plural, name] if ours(plural) => Self::One {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                part: Part::Object,
            },
            ["namespaces", namespace, plural, name, "status"] if ours(plural) => Self::One {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                part: Part::Status,
            },
            _ => return None,
        })
    }
}
