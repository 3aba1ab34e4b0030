//! One release in full, and where to go back to.

use lastgood_core::release::{DeployOutcome, Rollback, Standing};
use lastgood_core::view::{CandidateView, DeployRow, ReleaseDetail, ReleaseView};

use super::NOT_RECORDED;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::stamp;

/// A release, the proposal, and every candidate with what speaks against it.
pub(crate) fn release(look: &Look, detail: &ReleaseDetail) -> String {
    let DeployRow { place, release, .. } = &detail.deploy;
    let mut page = Page::new(look);
    page.line(look.strong(format!("{} {}", place.service, release.version)) + format!(", {place}"));
    deployed(&mut page, look, &detail.deploy);
    metadata(&mut page, look, 2, release);
    page.field(2, "runs now", &detail.running);

    page.heading("Where to go back to");
    let target = detail
        .candidates
        .iter()
        .find(|candidate| Some(&candidate.release.id) == detail.target.as_ref());
    match target {
        Some(target) => {
            page.hang(2, look.good("● "), look.strong(&target.release.version) + " is proposed");
        }
        None => page.hang(2, look.bad("✖ "), look.strong("nothing is proposed")),
    }
    page.field(4, "why", &detail.because);
    if let Some(target) = target {
        undoes(&mut page, target);
        metadata(&mut page, look, 4, &target.release);
    }
    let others = detail
        .candidates
        .iter()
        .filter(|candidate| Some(&candidate.release.id) != detail.target.as_ref());
    for (index, other) in others.enumerate() {
        if index == 0 {
            page.heading("What else was considered");
        }
        candidate(&mut page, look, other);
    }
    page.finish()
}

fn candidate(page: &mut Page<'_>, look: &Look, candidate: &CandidateView) {
    let standing = standing(look, candidate.standing);
    if candidate.offered {
        let word = look.quiet("  possible, ") + standing;
        page.hang(2, look.quiet("○ "), look.strong(&candidate.release.version) + word);
        page.field(4, "why", &candidate.evidence);
        for objection in &candidate.objections {
            page.field(4, "but", &objection.why);
        }
        undoes(page, candidate);
    } else {
        let word = Text::from("  ") + look.bad("rejected") + ", " + standing;
        page.hang(2, look.bad("✖ "), look.strong(&candidate.release.version) + word);
        for objection in &candidate.objections {
            page.field(4, "because", &objection.why);
        }
    }
}

/// What going back would undo; a long list is told by its length.
fn undoes(page: &mut Page<'_>, candidate: &CandidateView) {
    /// The newest ones are those that somebody is waiting for.
    const NAMED: usize = 5;
    let versions = &candidate.undoes;
    if versions.is_empty() {
        return;
    }
    let named = versions.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = versions.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} older") } else { String::new() };
    page.field(4, "undoes", format!("{named}{more}"));
}

fn deployed(page: &mut Page<'_>, look: &Look, deploy: &DeployRow) {
    let by = deploy.actor.as_deref().unwrap_or(NOT_RECORDED);
    page.field(2, "deployed", format!("{}, by: {by}", stamp(look, deploy.at)));
    let outcome = match deploy.ended_at {
        Some(ended) => Text::from(outcome(deploy.outcome)) + format!(", {}", stamp(look, ended)),
        None => Text::from(outcome(deploy.outcome)),
    };
    page.field(2, "outcome", outcome);
    page.field(2, "strategy", deploy.strategy.as_str());
    if let Some(lock) = &deploy.lock {
        let text = look.bad("locked out") + format!(" by {}: {}", lock.by, lock.reason);
        page.field(2, "lock", text);
        for way in &lock.brings_back {
            page.field(2, "back by", way);
        }
    }
    page.field(2, "standing", standing(look, deploy.standing) + ": " + &deploy.evidence);
}

/// Everything that a release carries; what nobody recorded says so.
pub(super) fn metadata(page: &mut Page<'_>, look: &Look, indent: usize, release: &ReleaseView) {
    let mut field = |name: &str, value: Option<Text>| {
        page.field(indent, name, value.unwrap_or_else(|| look.quiet(NOT_RECORDED)));
    };
    field("id", Some(release.id.as_str().into()));
    field("artifact", Some(release.artifact.as_str().into()));
    field("digest", release.digest.as_ref().map(Text::from));
    field("commit", release.commit.as_ref().map(Text::from));
    field("changes", release.changelog.as_ref().map(Text::from));
    field("schema", release.schema_version.as_ref().map(Text::from));
    field("flags", flags(release).map(Text::from));
    field("way back", rollback(release).map(Text::from));
    field("cost", cost(release).map(Text::from));
}

pub(super) fn flags(release: &ReleaseView) -> Option<String> {
    let flags = release.flags.as_ref()?;
    if flags.is_empty() {
        return Some("none toggled".to_owned());
    }
    Some(
        flags
            .iter()
            .map(|flag| format!("{}={}", flag.name, flag.value))
            .collect::<Vec<_>>()
            .join(" "),
    )
}

pub(super) fn rollback(release: &ReleaseView) -> Option<String> {
    Some(match release.rollback.as_ref()? {
        Rollback::Command(command) => format!("`{command}`"),
        Rollback::Runbook(page) => page.clone(),
    })
}

pub(super) fn cost(release: &ReleaseView) -> Option<String> {
    release.cost.map(|cost| format!("{cost} per 1000 requests"))
}

pub(super) fn standing(look: &Look, standing: Standing) -> Text {
    match standing {
        Standing::Serving => look.good("serving"),
        Standing::Soaking => look.attention("soaking"),
        Standing::Good => look.good("good"),
        Standing::Faulty => look.bad("faulty"),
        Standing::RolledBack => look.bad("rolled back"),
        Standing::Unknown => look.attention("unknown"),
    }
}

pub(super) const fn outcome(outcome: DeployOutcome) -> &'static str {
    match outcome {
        DeployOutcome::InProgress => "in progress",
        DeployOutcome::Completed => "completed",
        DeployOutcome::Failed => "failed",
        DeployOutcome::RolledBack => "rolled back",
        DeployOutcome::Unknown => "not known",
    }
}

#[cfg(test)]
mod tests;
