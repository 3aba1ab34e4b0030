//! From versions to deploys. Pure.
//!
//! Lambda keeps when a version was published, and nothing of when an alias led to it;
//! `CloudTrail` has that, and is not read. So a deploy is the publishing of a version, how
//! it ended is known only for what the alias leads to now and for what our own marks
//! tell, and the page says so.

use jiff::Timestamp;
use lastgood_core::catalog::{LambdaPlace, Place, Strategy};
use lastgood_core::name::ReleaseId;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::metadata::from_line;
use lastgood_core::release::{Deploy, DeployOutcome, DeployPage, Promises, Reach, Release};

use super::marks::Mark;
use super::objects::{Seen, Version, metadata};

/// Everything that deploys are told from.
pub(super) struct Sources<'a> {
    pub(super) seen: &'a Seen,
    pub(super) versions: &'a [Version],
    /// Whether there are more versions than were read.
    pub(super) more: bool,
}

/// The newest `limit` deploys that began before `before`, newest first.
pub(super) fn page(
    sources: &Sources<'_>,
    target: &LambdaPlace,
    place: &Place,
    before: Option<Timestamp>,
    limit: usize,
) -> DeployPage {
    let mut doubts = vec![
        "Lambda keeps no history of an alias: releases are listed by when they were published, \
         and whether an older one ever served is not recorded"
            .to_owned(),
    ];
    if let Err(why) = &sources.seen.tags {
        doubts.push(format!("what was recorded in the function's tags could not be read: {why}"));
    }
    if sources.more {
        doubts.push("there are more versions than were read".to_owned());
    }
    let mark = sources.seen.alias.mark();
    let mut deploys = Vec::new();
    for version in sources.versions {
        let (release, actor, said) = release(sources.seen, target, version);
        doubts.extend(said.into_iter().map(|said| format!("{}: {said}", release.version)));
        let deploy = |at, outcome, actor: Recorded<String>| Deploy {
            place: place.clone(),
            release: release.clone(),
            strategy: Strategy::Canary,
            at,
            ended_at: None,
            actor,
            outcome,
            reach: Reach::default(),
        };
        let Some(published) = version.published else {
            doubts.push(format!("{}: when it was published is not known", release.version));
            continue;
        };
        let outcome = outcome(sources.seen, mark.as_ref(), &version.number);
        match restored(sources.seen, mark.as_ref(), &version.number) {
            Some(mark) if mark.at > published => {
                let by = Recorded::Recorded(format!("lastgood, run {}", mark.key.run));
                deploys.push(deploy(mark.at, outcome, by));
                deploys.push(deploy(published, DeployOutcome::Unknown, actor));
            }
            Some(_) | None => deploys.push(deploy(published, outcome, actor)),
        }
    }
    deploys.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| number(b).cmp(&number(a))));
    deploys.retain(|deploy| before.is_none_or(|before| deploy.at < before));
    let more = sources.more || deploys.len() > limit;
    deploys.truncate(limit);
    DeployPage { deploys, more, doubts }
}

fn number(deploy: &Deploy) -> u64 {
    deploy.release.id.as_str().parse().unwrap_or(0)
}

/// The mark of the run that put this version back, if that is why it serves.
fn restored<'m>(seen: &Seen, mark: Option<&'m Mark>, number: &str) -> Option<&'m Mark> {
    let mark = mark?;
    let routing = &seen.alias.routing;
    let is_it = routing.primary == number && mark.is == routing.text() && mark.halted.is_none();
    (is_it && !mark.left.is_empty() && !mark.left.iter().any(|left| left == number)).then_some(mark)
}

fn outcome(seen: &Seen, mark: Option<&Mark>, number: &str) -> DeployOutcome {
    let routing = &seen.alias.routing;
    if routing.canary.as_ref().is_some_and(|(canary, _)| canary == number) {
        return DeployOutcome::InProgress;
    }
    if routing.primary == number {
        return DeployOutcome::Completed;
    }
    if seen.alias.halted().is_some_and(|(halted, _)| halted == number) {
        return DeployOutcome::InProgress;
    }
    if mark.is_some_and(|mark| mark.left.iter().any(|left| left == number)) {
        return DeployOutcome::RolledBack;
    }
    DeployOutcome::Unknown
}

/// A version with what was recorded about it, who deployed it, and what of that cannot
/// be understood.
fn release(
    seen: &Seen,
    target: &LambdaPlace,
    version: &Version,
) -> (Release, Recorded<String>, Vec<String>) {
    let read = metadata(&seen.tags, &version.number, &version.description);
    let recorded = read.metadata;
    // A description that is not ours is what people say of the version.
    let said = from_line(&version.description);
    let is_ours = !said.metadata.is_empty() || !said.doubts.is_empty();
    let words = Some(version.description.clone()).filter(|words| !is_ours && !words.is_empty());
    let mut release = Release {
        id: ReleaseId::new(version.number.clone()),
        version: recorded.version.as_option().cloned().unwrap_or_else(|| version.number.clone()),
        artifact: format!("{}:{}", target.function, version.number),
        digest: Recorded::NotRecorded,
        commit: Recorded::NotRecorded,
        changelog: Recorded::NotRecorded,
        schema_version: Recorded::NotRecorded,
        flags: Recorded::NotRecorded,
        rollback: Recorded::NotRecorded,
        cost: Recorded::NotRecorded,
        promises: Promises::default(),
    };
    recorded.complete(&mut release);
    if release.changelog.as_option().is_none() {
        release.changelog = words.into();
    }
    (release, recorded.actor, read.doubts)
}
