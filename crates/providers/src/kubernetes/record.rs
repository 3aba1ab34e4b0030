//! Writes what is known of a release onto its `ReplicaSet`, or its `ControllerRevision`.
//!
//! Not onto the Deployment: its controller copies the Deployment's annotations to every
//! later `ReplicaSet`, where they would be a lie. And not into the pod template, which would
//! replace every pod.

use lastgood_core::release::metadata::{self, Limits};
use lastgood_core::release::{Kept, Metadata};
use serde_json::{Map, Value, json};

use super::Kubernetes;
use super::objects::{ReplicaSet, digest_of};
use super::request::{self, MERGE_PATCH};

const SYSTEM: &str = "Kubernetes";

impl Kubernetes {
    /// Writes `metadata` onto the `ReplicaSet` of the release that is deployed now, and reads
    /// it back. What an annotation of the pod template says is stronger, and a contradiction
    /// shows in what is read back.
    pub async fn keep(&self, metadata: &Metadata) -> Kept {
        let missed = |why: String| Kept::missed(SYSTEM, String::new(), why);
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(refusal) => return missed(refusal.to_string()),
        };
        let Some((set, true)) = seen.current() else {
            return missed(format!(
                "{} has no {} for its present template yet; record once it is rolling out",
                self.name(),
                seen.keeper()
            ));
        };
        if let Some(why) = self.contradicts(set, metadata) {
            return missed(why);
        }
        let limits = Limits::kubernetes();
        let entries = match metadata::encode(metadata, &limits) {
            Ok(entries) => entries,
            Err(too_big) => return missed(too_big.to_string()),
        };
        let annotations: Map<String, Value> =
            entries.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
        let path = request::replica_set(&self.place, &set.name);
        let body = json!({ "metadata": { "annotations": annotations } });
        let carrier = format!("{} {} in {}", seen.keeper(), set.name, self.place.namespace);
        // Annotations are the same however often they are written; an answer that was lost
        // is looked up below like any other.
        let written = self.link.patch(&path, MERGE_PATCH, &body).await;
        let again = match self.seen().await {
            Ok(again) => again,
            Err(refusal) => return Kept::missed(SYSTEM, carrier, refusal.to_string()),
        };
        let Some(set) = again.set(&set.name) else {
            return Kept::missed(SYSTEM, carrier.clone(), format!("{carrier} is gone"));
        };
        let kept = Kept::compared(SYSTEM, carrier.clone(), metadata, &read(set));
        match written {
            Ok(_) => kept,
            Err(_) if kept.read_back => kept,
            Err(failure) => {
                Kept::missed(SYSTEM, carrier.clone(), failure.refusal(&carrier).to_string())
            }
        }
    }

    /// Whether the release that runs is another one than is written about.
    fn contradicts(&self, set: &ReplicaSet, metadata: &Metadata) -> Option<String> {
        let runs = digest_of(&set.image(self.place.container.as_deref()))?;
        let said = metadata.digest.as_option()?;
        (runs != *said)
            .then(|| format!("{} runs {runs}, and not {said}: nothing was written", self.name()))
    }
}

/// What a look at releases would read there.
fn read(set: &ReplicaSet) -> Metadata {
    let limits = Limits::kubernetes();
    let ours = metadata::Field::ALL.iter().filter_map(|field| {
        let text = set.ours(field.as_str())?;
        Some((format!("{}{}", limits.prefix, field.as_str()), text.to_owned()))
    });
    metadata::decode(&ours.collect(), &limits).metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::tests::{V2, seen};

    /// What a look reads from the fixture's `ReplicaSet` once `fields` are written onto it.
    fn kept(fields: &[(&str, &str)]) -> Kept {
        let seen = seen("settled");
        let mut object = seen.set(V2).expect("it is in the fixture").object.clone();
        let mut wanted = Metadata::default();
        for (field, text) in fields {
            let field = metadata::Field::named(field).expect("a field");
            field.set(&mut wanted, text).expect("it fits");
        }
        for (name, text) in metadata::encode(&wanted, &Limits::kubernetes()).expect("there is room")
        {
            object["metadata"]["annotations"][&name] = Value::from(text);
        }
        Kept::compared(SYSTEM, "it".to_owned(), &wanted, &read(&ReplicaSet::new(object)))
    }

    #[test]
    fn what_is_written_onto_a_replica_set_reads_back() {
        let kept = kept(&[("runbook", "https://acme.dev/back"), ("cost", "0.25")]);
        assert!(kept.read_back, "{kept:?}");
    }

    #[test]
    fn what_the_pod_template_says_otherwise_is_told() {
        let kept = kept(&[("flags", "{\"another\": \"on\"}")]);
        assert!(!kept.read_back && kept.sentence.ends_with("flags"), "{kept:?}");
    }
}
