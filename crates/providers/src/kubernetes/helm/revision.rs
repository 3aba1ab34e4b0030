//! One revision of a Helm release, from the Secret that Helm keeps it in. Pure.

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::Value;

use super::super::objects::{ReplicaSet, hash, text};
use super::super::reply::time;
use super::super::room::quantity;

/// A Secret holds 1 MiB at the most; manifests shrink about tenfold.
const UNPACKED_AT_MOST: u64 = 64 * 1024 * 1024;

/// What Helm applied, and how that went.
#[derive(Clone, Debug)]
pub(super) struct Revision {
    pub(super) number: u64,
    /// `deployed`, `superseded`, `failed`, `pending-rollback`, …
    pub(super) status: String,
    pub(super) description: String,
    pub(super) at: Option<Timestamp>,
    /// `checkout 1.4.2, app version 2.14.0`.
    pub(super) chart: String,
    objects: Vec<Value>,
}

impl Revision {
    /// Reads a release Secret.
    pub(super) fn of(secret: &Value) -> Result<Self, String> {
        let packed = secret["data"]["release"].as_str().ok_or("it holds no release")?;
        let once = BASE64_STANDARD.decode(packed).map_err(|error| error.to_string())?;
        let twice = BASE64_STANDARD.decode(&once).map_err(|error| error.to_string())?;
        let release: Value = if twice.starts_with(&[0x1f, 0x8b]) {
            let mut text = String::new();
            let mut unpacked = GzDecoder::new(twice.as_slice()).take(UNPACKED_AT_MOST);
            unpacked.read_to_string(&mut text).map_err(|error| error.to_string())?;
            serde_json::from_str(&text)
        } else {
            // Helm did not always compress.
            serde_json::from_slice(&twice)
        }
        .map_err(|error| format!("it is no release ({error})"))?;
        let number = release["version"].as_u64().ok_or("it has no version")?;
        let manifest = release["manifest"].as_str().unwrap_or_default();
        let objects: Vec<Value> = serde_saphyr::from_multiple(manifest)
            .map_err(|error| format!("its manifest cannot be read ({error})"))?;
        let chart = &release["chart"]["metadata"];
        let app = text(&chart["appVersion"]);
        let app = if app.is_empty() { app } else { format!(", app version {app}") };
        Ok(Self {
            number,
            status: text(&release["info"]["status"]),
            description: text(&release["info"]["description"]),
            at: time(&release["info"]["last_deployed"]),
            chart: format!("{} {}{app}", text(&chart["name"]), text(&chart["version"])),
            objects: objects.into_iter().filter(Value::is_object).collect(),
        })
    }

    /// Whether Helm is at it, or was interrupted.
    pub(super) fn is_pending(&self) -> bool {
        self.status.starts_with("pending")
    }

    /// Whether Helm can go back to it: it was applied to the end.
    pub(super) fn was_applied(&self) -> bool {
        matches!(self.status.as_str(), "deployed" | "superseded")
    }

    /// Whether it is the rollback to revision `to`, applied to the end.
    pub(super) fn is_rollback_to(&self, to: u64) -> bool {
        self.description == format!("Rollback to {to}")
    }

    /// In words: `revision 3 (superseded, chart checkout 1.4.2)`.
    pub(super) fn words(&self) -> String {
        format!("revision {} ({}, chart {})", self.number, self.status, self.chart)
    }

    /// Whether `set` runs what this revision applied to the object `kind` `name`: everything
    /// that the manifest says of the template holds there. What it does not say has defaults.
    pub(super) fn fits(&self, kind: &str, name: &str, set: &ReplicaSet) -> bool {
        let object = self
            .objects
            .iter()
            .find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
        object.is_some_and(|object| holds(&object["spec"]["template"], &set.template()))
    }

    /// The objects that another revision has otherwise, or not at all: `ConfigMap limits`.
    pub(super) fn differing(&self, other: &Self) -> Vec<String> {
        let (ours, theirs) = (self.by_name(), other.by_name());
        let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name)).cloned().collect()
    }

    fn by_name(&self) -> BTreeMap<String, String> {
        let of = |object: &Value| {
            let name = format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]));
            let mut object = object.clone();
            if let Some(labels) = object["metadata"]["labels"].as_object_mut() {
                // Another chart version alone makes no other object.
                labels.remove("helm.sh/chart");
            }
            (name, hash(&object))
        };
        self.objects.iter().map(of).collect()
    }
}

/// Whether everything in `said` is so in `found`.
fn holds(said: &Value, found: &Value) -> bool {
    match (said, found) {
        (Value::Null, _) => true,
        (Value::Object(fields), _) if fields.is_empty() => true,
        (Value::Object(fields), Value::Object(_)) => {
            fields.iter().all(|(name, field)| holds(field, &found[name]))
        }
        (Value::Array(items), Value::Null) => items.is_empty(),
        (Value::Array(items), Value::Array(others)) => {
            items.len() == others.len()
                && items.iter().zip(others).all(|(item, other)| holds(item, other))
        }
        (Value::String(text), Value::Null) => text.is_empty(),
        _ if said == found => true,
        // The API server writes quantities its own way: `0.5` becomes `500m`.
        _ => match (quantity(said), quantity(found)) {
            (Some(said), Some(found)) => (said - found).abs() < 1e-9,
            (Some(_) | None, _) => false,
        },
    }
}
