//! What the doctor asks of an API server: its version, its time, and as whom it knows us. The
//! rights are asked for each place, by its preflight.

use lastgood_core::catalog::KubernetesPlace;
use lastgood_core::effect::Refusal;
use lastgood_core::examination::Examination;
use serde_json::{Value, json};

use super::error::Failure;
use super::link::{Answer, Link};
use crate::clock;

/// Since Kubernetes 1.28; 1.26 and 1.27 have it under other names and switched off.
const WHO_AM_I: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// Looks at the API server of `place`.
pub(crate) async fn examine(place: &KubernetesPlace) -> Result<Examination, Refusal> {
    let refused = |failure: Failure| failure.refusal("the cluster");
    let link = Link::open(place).await.map_err(refused)?;
    let question = json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "SelfSubjectReview",
    });
    // Anybody may ask for the version; who we are tells whether the credential is taken.
    let (version, who) = futures::join!(link.get("/version"), link.ask(WHO_AM_I, &question));
    let version = version.map_err(refused)?;
    let ahead = version.date.map(|date| date.duration_since(clock::wall()));
    let identity = match who {
        Ok(answer) => name(&answer),
        Err(failure) if is_too_old(&failure) => None,
        Err(failure) => return Err(refused(failure)),
    };
    Ok(Examination {
        identity,
        version: version.value["gitVersion"]
            .as_str()
            .map(|git| format!("Kubernetes {git} at {}", link.server)),
        ahead,
        ..Examination::default()
    })
}

fn is_too_old(failure: &Failure) -> bool {
    // Whoever may not see the group gets 403 for what does not exist, too.
    matches!(failure, Failure::Status { code: 403..=405, .. })
}

fn name(answer: &Answer) -> Option<String> {
    let user = &answer.value["status"]["userInfo"];
    let name = user["username"].as_str()?;
    let groups: Vec<&str> = user["groups"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        // Everybody is in these.
        .filter(|group| !group.starts_with("system:authenticated"))
        .collect();
    if groups.is_empty() {
        return Some(name.to_owned());
    }
    Some(format!("{name} (groups {})", groups.join(", ")))
}
