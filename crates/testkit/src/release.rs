//! What the bed's releases carry: the annotations that Lastgood reads.

use std::collections::BTreeMap;

use crate::image;

/// On the Deployment: why it changed, as `kubectl rollout history` shows it.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// A release of the fixture service, ready to deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The image reference.
    pub image: String,
    /// Annotations of the pod template, `lastgood.dev/*`.
    pub annotations: BTreeMap<String, String>,
}

impl Release {
    /// The release of a tag under [`image::REPOSITORY`]. Every tag has one; whether its
    /// image can be pulled is for the bed's table to say.
    pub fn of_tag(tag: &str) -> Self {
        let (changelog, schema, flags) = match tag {
            "v1" => ("First release of the new checkout", "41", r#"{"express-pay":false}"#),
            "v2-bad" => ("Retry card payments in parallel", "41", r#"{"express-pay":true}"#),
            "v2-never-ready" => ("Read the card vault at start", "41", r#"{"express-pay":true}"#),
            "v2-slow" => ("Check every basket against stock", "41", r#"{"express-pay":true}"#),
            "v3" => ("Retry card payments one by one", "42", r#"{"express-pay":true}"#),
            _ => ("A release of no particular note", "41", "{}"),
        };
        // Forty digits that are the same every time, like those of a commit.
        let commit: String = image::digest_of(tag).chars().take(40).collect();
        let annotations = [
            ("version", tag),
            ("commit", &commit),
            ("changelog", changelog),
            ("schema-version", schema),
            ("flags", flags),
            ("runbook", "runbooks/rollback.yaml"),
        ];
        let annotations = annotations
            .map(|(name, value)| (format!("lastgood.dev/{name}"), value.to_owned()))
            .into();
        Self { image: image::reference(tag), annotations }
    }

    /// What `kubectl rollout history` shows for it.
    pub fn change_cause(&self) -> String {
        let of = |name: &str| self.annotations.get(name).map_or("not recorded", String::as_str);
        format!("{}: {}", of("lastgood.dev/version"), of("lastgood.dev/changelog"))
    }
}
