//! From deployments and their status history to deploys. Pure.
//!
//! A deployment's newest status is not how it ended: a deployment that succeeded turns
//! `inactive` when the next one succeeds. The newest status that says anything about the
//! deployment itself decides.

use jiff::{SignedDuration, Timestamp};
use lastgood_core::catalog::{Place, Strategy};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::metadata::{PAYLOAD_KEY, from_payload};
use lastgood_core::release::{Deploy, DeployOutcome, Promises, Reach, Release};
use serde_json::Value;

use super::reply::time;

/// What GitHub knows of one environment's deploys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    pub(super) deploys: Vec<Deploy>,
    pub(super) more: bool,
    pub(super) doubts: Vec<String>,
}

/// A pipeline's job ends within this; a deploy of the same commit later is another one.
const SAME_DEPLOY: SignedDuration = SignedDuration::from_mins(30);

/// Every id of a release that only GitHub knows begins so; no platform has such a handle.
pub const ID: &str = "github:deployment/";

/// What the node of a repository says.
pub(super) fn told(node: &Value, place: &Place, strategy: Strategy, repository: &str) -> Told {
    let mut told = Told {
        more: node["deployments"]["pageInfo"]["hasNextPage"].as_bool().unwrap_or(false),
        ..Told::default()
    };
    let nodes = node["deployments"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    for node in nodes.iter().filter(|node| !is_double(node, nodes)) {
        let (Some(id), Some(at)) = (node["databaseId"].as_u64(), time(&node["createdAt"])) else {
            told.doubts.push("GitHub: a deployment without an id or a time".to_owned());
            continue;
        };
        let commit = node["commitOid"].as_str().unwrap_or_default();
        let read = from_payload(&node["payload"]);
        let doubts = read.doubts.iter().map(|why| format!("GitHub, deployment {id}: {why}"));
        told.doubts.extend(doubts);
        let ended = ended(node);
        if let Some(doubt) = ended.doubt {
            told.doubts.push(format!("GitHub, deployment {id}: {doubt}"));
        }
        let metadata = read.metadata;
        let version = metadata.version.as_option().cloned().unwrap_or_else(|| version(node));
        let description = node["description"].as_str().filter(|text| !text.trim().is_empty());
        let mut release = Release {
            id: format!("{ID}{id}").as_str().into(),
            version,
            artifact: format!("{repository}@{}", commit.get(..12).unwrap_or(commit)),
            digest: Recorded::NotRecorded,
            commit: Recorded::NotRecorded,
            changelog: Recorded::NotRecorded,
            schema_version: Recorded::NotRecorded,
            flags: Recorded::NotRecorded,
            rollback: Recorded::NotRecorded,
            cost: Recorded::NotRecorded,
            promises: Promises::default(),
        };
        metadata.complete(&mut release);
        // What GitHub itself deployed is the commit, whatever a payload says.
        release.commit = Some(commit.to_owned()).filter(|sha| !sha.is_empty()).into();
        if release.changelog.as_option().is_none() {
            release.changelog = description.map(str::to_owned).into();
        }
        let login = || node["creator"]["login"].as_str().map(str::to_owned);
        let actor: Option<String> = metadata.actor.into();
        told.deploys.push(Deploy {
            place: place.clone(),
            release,
            strategy,
            at,
            ended_at: ended.at,
            actor: actor.or_else(login).into(),
            outcome: ended.outcome,
            reach: Reach::default(),
        });
    }
    told
}

/// A workflow with an `environment` makes a deployment by itself, without a payload, beside
/// the one that a pipeline records. They are one deploy, and the recorded one is shown.
fn is_double(node: &Value, all: &[Value]) -> bool {
    if is_recorded(node) {
        return false;
    }
    let Some(at) = time(&node["createdAt"]) else { return false };
    all.iter().any(|other| {
        let near = time(&other["createdAt"])
            .is_some_and(|other| at.duration_since(other).abs() < SAME_DEPLOY);
        near && is_recorded(other) && other["commitOid"] == node["commitOid"]
    })
}

fn is_recorded(node: &Value) -> bool {
    node["payload"].as_str().map_or_else(
        || node["payload"][PAYLOAD_KEY].is_object(),
        |text| text.contains(PAYLOAD_KEY) && !from_payload(&node["payload"]).metadata.is_empty(),
    )
}

/// The tag or branch that was deployed, else the short commit.
fn version(node: &Value) -> String {
    let commit = node["commitOid"].as_str().unwrap_or("unknown");
    let short = commit.get(..7).unwrap_or(commit).to_owned();
    match node["ref"]["name"].as_str() {
        // A branch says nothing of what was on it then.
        Some(name) if name.chars().any(|c| c.is_ascii_digit()) && name.contains('.') => {
            name.to_owned()
        }
        Some(name) => format!("{short} ({name})"),
        None => short,
    }
}

struct Ended {
    outcome: DeployOutcome,
    at: Option<Timestamp>,
    doubt: Option<&'static str>,
}

/// How a deployment ended, by its status history.
fn ended(node: &Value) -> Ended {
    let mut statuses: Vec<(Timestamp, &str)> = node["statuses"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(Some(&node["latestStatus"]).filter(|status| status.is_object()))
        .filter_map(|status| Some((time(&status["createdAt"])?, status["state"].as_str()?)))
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    let deciding = statuses.iter().rev().find(|(_, state)| !is(state, "INACTIVE"));
    let open = |doubt| Ended { outcome: DeployOutcome::Unknown, at: None, doubt: Some(doubt) };
    let Some((at, state)) = deciding else {
        return open(if statuses.is_empty() {
            "nobody recorded how it went"
        } else {
            "it was replaced, and nobody recorded how it went"
        });
    };
    let at = Some(*at);
    let was_replaced = statuses.last().is_some_and(|(_, last)| is(last, "INACTIVE"));
    if is(state, "SUCCESS") {
        Ended { outcome: DeployOutcome::Completed, at, doubt: None }
    } else if is(state, "FAILURE") || is(state, "ERROR") {
        Ended { outcome: DeployOutcome::Failed, at, doubt: None }
    } else if ["IN_PROGRESS", "QUEUED", "PENDING", "WAITING"].iter().any(|one| is(state, one)) {
        if was_replaced {
            return open("it was replaced before anybody recorded that it ended");
        }
        Ended { outcome: DeployOutcome::InProgress, at: None, doubt: None }
    } else {
        open("its state is one that this version does not know")
    }
}

/// GraphQL writes `IN_PROGRESS`, REST `in_progress`.
fn is(state: &str, name: &str) -> bool {
    state.eq_ignore_ascii_case(name)
}

/// What a later list is compared with: the id of each deployment, and when it was last
/// changed.
pub(super) fn seen_in(node: &Value) -> Vec<(u64, String)> {
    let mark =
        |one: &Value| Some((one["databaseId"].as_u64()?, one["updatedAt"].as_str()?.to_owned()));
    node["deployments"]["nodes"].as_array().into_iter().flatten().filter_map(mark).collect()
}

/// The same from a list as REST gives it.
pub(super) fn seen(body: &Value) -> Vec<(u64, String)> {
    let mark = |one: &Value| Some((one["id"].as_u64()?, one["updated_at"].as_str()?.to_owned()));
    body.as_array().into_iter().flatten().filter_map(mark).collect()
}
