//! From service deployments to deploys. Pure.
//!
//! ECS keeps service deployments for 90 days. Where it gives none, the revisions of the
//! family are listed by when they were registered, and whether an older one ever served
//! is not recorded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::catalog::{Place, Strategy};
use lastgood_core::name::ReleaseId;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::{Deploy, DeployOutcome, DeployPage, Promises, Reach, Release};

use super::marks::Mark;
use super::objects::{Controller, Definition, Going, Moves, Progress, Revision, Seen};

/// Everything that deploys are told from.
pub(super) struct Sources<'a> {
    pub(super) seen: &'a Seen,
    pub(super) goings: Vec<Going>,
    pub(super) revisions: BTreeMap<String, Revision>,
    pub(super) definitions: Vec<Definition>,
    pub(super) doubts: Vec<String>,
    /// When it was looked.
    pub(super) at: Timestamp,
}

/// The newest `limit` deploys that began before `before`, newest first.
pub(super) fn page(
    sources: &Sources<'_>,
    container: Option<&str>,
    place: &Place,
    before: Option<Timestamp>,
    limit: usize,
) -> DeployPage {
    let mut doubts = sources.doubts.clone();
    let mut deploys = told(sources, container, place, &mut doubts);
    if deploys.is_empty() {
        doubts.push(
            "ECS gives no service deployments: releases are listed by when they were registered, \
             and whether an older one ever served is not recorded"
                .to_owned(),
        );
        deploys = registered(sources, container, place, &mut doubts);
    } else {
        doubts.push(match sources.seen.service.controller {
            Controller::CodeDeploy => {
                "only the newest deployments of CodeDeploy are told".to_owned()
            }
            Controller::Ecs | Controller::External | Controller::Unknown(_) => {
                "what was deployed more than 90 days ago is not kept by ECS".to_owned()
            }
        });
    }
    deploys.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.release.id.cmp(&a.release.id)));
    deploys.retain(|deploy| before.is_none_or(|before| deploy.at < before));
    let more = deploys.len() > limit;
    deploys.truncate(limit);
    DeployPage { deploys, more, doubts }
}

/// The deploys that service deployments tell.
fn told(
    sources: &Sources<'_>,
    container: Option<&str>,
    place: &Place,
    doubts: &mut Vec<String>,
) -> Vec<Deploy> {
    let mark = sources.seen.service.mark();
    let mut deploys = Vec::new();
    for going in &sources.goings {
        let (Some(began), Some(revision)) = (going.began, sources.revisions.get(&going.revision))
        else {
            doubts.push(format!("what service deployment {} led to is not known", going.id()));
            continue;
        };
        let (release, actor, said) = release(sources, &revision.definition, container, revision);
        doubts.extend(said.into_iter().map(|said| format!("{}: {said}", release.version)));
        deploys.push(Deploy {
            place: place.clone(),
            actor: by_us(mark.as_ref(), going, &revision.definition)
                .map_or(actor, |run| Recorded::Recorded(format!("lastgood, run {run}"))),
            release,
            strategy: strategy(sources.seen),
            at: began,
            ended_at: going.ended,
            outcome: outcome(going, mark.as_ref(), &revision.definition),
            reach: Reach::default(),
        });
    }
    deploys
}

/// The run that began this service deployment, if one of ours did.
fn by_us(mark: Option<&Mark>, going: &Going, definition: &str) -> Option<String> {
    let mark = mark.filter(|mark| mark.to == definition)?;
    let began = going.began?;
    // Ours and theirs are two clocks; a deploy of the same revision within two minutes of
    // the mark is the marked one.
    (began.as_second().abs_diff(mark.at.as_second()) <= 120).then(|| mark.key.run.to_string())
}

fn outcome(going: &Going, mark: Option<&Mark>, definition: &str) -> DeployOutcome {
    match going.status.as_str() {
        "PENDING" | "IN_PROGRESS" => DeployOutcome::InProgress,
        "SUCCESSFUL" if mark.is_some_and(|mark| left(mark, going, definition)) => {
            DeployOutcome::RolledBack
        }
        "SUCCESSFUL" => DeployOutcome::Completed,
        status if status.starts_with("ROLLBACK") && going.by_itself => DeployOutcome::Failed,
        status if status.starts_with("ROLLBACK") => DeployOutcome::RolledBack,
        // Another deploy took its place before it was over.
        _ => DeployOutcome::Unknown,
    }
}

/// Whether a rollback of ours went away from it.
fn left(mark: &Mark, going: &Going, definition: &str) -> bool {
    mark.left.iter().any(|left| left == definition) && going.began.is_some_and(|at| at < mark.at)
}

/// The deploys that can be guessed from what was registered.
fn registered(
    sources: &Sources<'_>,
    container: Option<&str>,
    place: &Place,
    doubts: &mut Vec<String>,
) -> Vec<Deploy> {
    let primary = sources.seen.service.primary();
    let mark = sources.seen.service.mark();
    let none = Revision::default();
    sources
        .definitions
        .iter()
        .filter_map(|definition| {
            let (release, actor, _) = release(sources, &definition.name, container, &none);
            let serves = primary.filter(|primary| primary.definition == definition.name);
            let outcome = match serves.map(|primary| &primary.progress) {
                Some(Progress::Completed | Progress::Unsaid) => DeployOutcome::Completed,
                Some(Progress::Open) => DeployOutcome::InProgress,
                Some(Progress::Failed) => DeployOutcome::Failed,
                None if mark.as_ref().is_some_and(|mark| mark.left.contains(&definition.name)) => {
                    DeployOutcome::RolledBack
                }
                None => DeployOutcome::Unknown,
            };
            let at = definition.registered.or_else(|| {
                // What serves is never left out: without it nothing could be gone away from.
                serves.map(|_| sources.at)
            });
            if definition.registered.is_none() {
                doubts.push(match at {
                    Some(_) => format!(
                        "{}: when it was registered is not told; it serves, and is listed as of now",
                        release.version
                    ),
                    None => format!(
                        "{} is left out: when it was registered is not told",
                        release.version
                    ),
                });
            }
            Some(Deploy {
                place: place.clone(),
                release,
                strategy: strategy(sources.seen),
                at: at?,
                ended_at: None,
                actor,
                outcome,
                reach: Reach::default(),
            })
        })
        .collect()
}

fn strategy(seen: &Seen) -> Strategy {
    match &seen.service.moves {
        Moves::Rolling => Strategy::Rolling,
        Moves::TwoSets(how) if how == "blue-green" => Strategy::BlueGreen,
        Moves::TwoSets(_) => Strategy::Canary,
    }
}

/// A task definition with what was recorded about it, who deployed it, and what of that
/// cannot be understood.
fn release(
    sources: &Sources<'_>,
    name: &str,
    container: Option<&str>,
    revision: &Revision,
) -> (Release, Recorded<String>, Vec<String>) {
    let known = sources.definitions.iter().find(|known| known.name == name);
    let read = known.map(Definition::metadata).unwrap_or_default();
    let own = known.and_then(|known| known.container(container)).map(|one| one.name.as_str());
    let pulled = own.and_then(|own| revision.digests.get(own)).cloned();
    let mut release = Release {
        id: ReleaseId::new(name.to_owned()),
        version: known.map_or_else(|| name.to_owned(), |known| known.version(container)),
        artifact: known.map_or("", |known| known.image(container)).to_owned(),
        digest: pulled.into(),
        commit: Recorded::NotRecorded,
        changelog: Recorded::NotRecorded,
        schema_version: Recorded::NotRecorded,
        flags: Recorded::NotRecorded,
        rollback: Recorded::NotRecorded,
        cost: Recorded::NotRecorded,
        promises: Promises::default(),
    };
    read.metadata.complete(&mut release);
    if release.artifact.is_empty() {
        name.clone_into(&mut release.artifact);
    }
    (release, read.metadata.actor, read.doubts)
}
