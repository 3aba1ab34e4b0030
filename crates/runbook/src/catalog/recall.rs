//! What a catalog says of a service's neighbours, and of releases that must not come back.

use lastgood_core::catalog::{Recall, SHORTEST_COMMIT};
use lastgood_core::name::ServiceName;

use crate::code::Code;
use crate::finding::Report;
use crate::tree::At;

/// `depends-on:` of a service.
pub(super) fn depends_on(service: &At<'_>) -> Vec<ServiceName> {
    let listed = service.get("depends-on");
    listed.iter().flat_map(At::items).filter_map(|at| Some(at.scalar()?.into())).collect()
}

/// `recalls:` of the catalog; nothing when one of them cannot be read.
pub(super) fn recalls(root: &At<'_>, report: &mut Report) -> Option<Vec<Recall>> {
    let listed = root.get("recalls");
    let read: Vec<Option<Recall>> =
        listed.iter().flat_map(At::items).map(|at| recall(&at, report)).collect();
    read.into_iter().collect()
}

fn recall(at: &At<'_>, report: &mut Report) -> Option<Recall> {
    let recall = Recall {
        service: at.text("service").map(|name| name.as_str().into()),
        version: at.text("version"),
        commit: at.text("commit"),
        digest: at.text("digest"),
        because: at.text("because")?,
    };
    if recall.version.is_none() && recall.commit.is_none() && recall.digest.is_none() {
        report.error_with(
            Code::ChoiceMissing,
            at,
            "nothing says which releases are recalled",
            "add `digest:`, `commit:`, or `service:` and `version:`".to_owned(),
        );
        return None;
    }
    if recall.version.is_some() && recall.service.is_none() {
        report.error_with(
            Code::ChoiceMissing,
            at,
            "a version alone could be any service's",
            "add `service:`".to_owned(),
        );
        return None;
    }
    if recall.commit.as_ref().is_some_and(|commit| commit.len() < SHORTEST_COMMIT) {
        let message = "that is too short to tell commits apart";
        let suggestion = format!("write at least {SHORTEST_COMMIT} digits of it");
        report.error_with(Code::OutOfRange, &at.get("commit")?, message, suggestion);
        return None;
    }
    Some(recall)
}
