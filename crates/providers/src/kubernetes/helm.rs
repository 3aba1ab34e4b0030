//! A workload that Helm installed goes back as its Helm release, through the `helm` program.
//!
//! Its template is never patched: Helm keeps what it applied in a Secret for each revision
//! and reckons the next upgrade from the last one, so that a template that was changed beside
//! it comes back, or stays, where nobody expects it. `helm rollback` takes every object of
//! the release back, which a plan therefore tells one by one.
//!
//! What this relies on, and where it is documented: the owner in labels and annotations, and
//! the Secrets `sh.helm.release.v1.NAME.vN` with the labels `owner`, `name`, `status` and
//! `version` (<https://helm.sh/docs/topics/advanced/#storage-backends>), whose `release` is
//! JSON under gzip under base64; and that a rollback is a new revision with the description
//! `Rollback to N` (<https://helm.sh/docs/helm/helm_rollback/>).

mod act;
mod effect;
mod findings;
mod revision;

use lastgood_core::effect::{PlannedEffect, Refusal};
use serde_json::Value;

use super::objects::{annotation, text};
use super::{Kubernetes, reply, request};
use revision::Revision;

/// What runs it, in plans and refusals.
pub(super) const SYSTEM: &str = "helm";

/// A plan relies on which revision of the release is the newest.
pub(super) const NEWEST: &str = "newest revision of the Helm release";
/// A plan relies on the revision that it goes back to.
pub(super) const TARGET: &str = "revision of the Helm release to go back to";

/// A Helm release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) namespace: String,
}

/// The Helm release that a person or a pipeline installed `object` with. One that Flux
/// drives is Flux's to move.
pub(super) fn owner(object: &Value) -> Option<Owner> {
    let label = |name: &str| object["metadata"]["labels"][name].as_str();
    if label("app.kubernetes.io/managed-by") != Some("Helm")
        || label("helm.toolkit.fluxcd.io/name").is_some()
    {
        return None;
    }
    let own = text(&object["metadata"]["namespace"]);
    Some(Owner {
        name: annotation(object, "meta.helm.sh/release-name")?.to_owned(),
        namespace: annotation(object, "meta.helm.sh/release-namespace").unwrap_or(&own).to_owned(),
    })
}

/// Whether an effect goes through Helm.
pub(super) fn is(effect: &PlannedEffect) -> bool {
    effect.call.system == SYSTEM
}

/// Whether a plan's expectation is one of ours.
pub(super) fn expects(what: &str) -> bool {
    what == NEWEST || what == TARGET
}

impl Kubernetes {
    /// Every revision that Helm still keeps, newest first.
    async fn helm_revisions(&self, owner: &Owner) -> Result<Vec<Revision>, Refusal> {
        let path = request::helm_secrets(&owner.namespace, &owner.name);
        let what = format!("the Secrets of the Helm release {}", owner.name);
        let found = self.link.get(&path).await.map_err(|failure| failure.refusal(&what))?;
        let mut revisions = Vec::new();
        for secret in reply::items(found.value) {
            revisions.push(Revision::of(&secret).map_err(|why| Refusal::Rejected {
                system: "Helm".to_owned(),
                why: format!("{}: {why}", text(&secret["metadata"]["name"])),
            })?);
        }
        revisions.sort_by_key(|revision| std::cmp::Reverse(revision.number));
        if revisions.is_empty() {
            return Err(Refusal::Gone {
                what: format!(
                    "every Secret of the Helm release {} in namespace {} (a Helm that keeps its \
                     releases elsewhere, by HELM_DRIVER, cannot be read)",
                    owner.name, owner.namespace
                ),
            });
        }
        Ok(revisions)
    }
}

#[cfg(test)]
mod tests;
