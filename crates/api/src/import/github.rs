//! What GitHub tells: the events of a repository, its workflow runs, deployments, deployment
//! statuses or releases as the REST API lists them, or what it sends to a webhook.
//! (<https://docs.github.com/en/rest/activity/events>,
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>)

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::timeline::LineKind;
use serde::Deserialize;
use serde_json::Value;

use super::{Entry, Taken};

mod shipped;

use shipped::{deployed, is_deployment, is_release, merged, released};

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    actor: Option<Login>,
    #[serde(default)]
    repo: Option<Repository>,
    payload: Value,
    created_at: String,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

#[derive(Deserialize)]
struct Repository {
    #[serde(alias = "full_name")]
    name: String,
}

#[derive(Deserialize)]
struct DeploymentStatus {
    id: u64,
    state: String,
    #[serde(default)]
    environment: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    creator: Option<Login>,
    created_at: String,
}

#[derive(Deserialize)]
struct WorkflowRun {
    id: u64,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    run_number: u64,
    #[serde(default)]
    run_attempt: Option<u64>,
    #[serde(default)]
    head_branch: Option<String>,
    #[serde(default)]
    head_sha: String,
    status: Option<String>,
    #[serde(default)]
    conclusion: Option<String>,
    #[serde(default)]
    actor: Option<Login>,
    #[serde(default)]
    triggering_actor: Option<Login>,
    created_at: String,
    #[serde(default)]
    run_started_at: Option<String>,
    updated_at: String,
}

#[derive(Deserialize)]
struct Push {
    #[serde(rename = "ref")]
    branch: String,
    #[serde(alias = "after")]
    head: String,
    #[serde(default)]
    commits: Option<Vec<Commit>>,
    #[serde(default)]
    head_commit: Option<Commit>,
}

#[derive(Deserialize)]
struct Commit {
    message: String,
}

/// Whether it is something that GitHub tells.
pub(super) fn is_known(one: &Value) -> bool {
    let has = |name: &str| one.get(name).is_some();
    (has("type") && has("payload") && has("created_at"))
        || ["workflow_runs", "workflow_run", "deployment_status"].into_iter().any(has)
        || (has("state") && has("deployment_url"))
        || (has("head_sha") && has("run_number"))
        || is_deployment(one)
        || one.get("deployment").is_some_and(is_deployment)
        || is_release(one)
        || (has("action") && ["release", "pull_request"].into_iter().any(has))
        || is_push(one)
}

fn is_push(one: &Value) -> bool {
    one.get("ref").is_some() && one.get("after").is_some()
}

pub(super) fn read(value: &Value) -> Result<Taken, String> {
    let listed = value.as_array().or_else(|| value.get("workflow_runs")?.as_array());
    let items = match listed {
        Some(items) => items.as_slice(),
        None if is_known(value) => std::slice::from_ref(value),
        None => return Err("GitHub lists nothing like this".to_owned()),
    };
    let mut taken = Taken::default();
    let mut passed: BTreeMap<String, u32> = BTreeMap::new();
    for (number, item) in (1..).zip(items) {
        let place = format!("item {number}");
        match told(item) {
            Ok(Told::Entries(entries)) => taken
                .entries
                .extend(entries.into_iter().map(|entry| Entry { place: place.clone(), ..entry })),
            Ok(Told::OfAnotherKind(kind)) => *passed.entry(kind).or_default() += 1,
            Err(why) => taken.bad(place, why),
        }
    }
    if !passed.is_empty() {
        let kinds: Vec<String> =
            passed.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
        taken.says.push(format!("Events of other kinds were passed over: {}.", kinds.join(", ")));
    }
    Ok(taken)
}

enum Told {
    Entries(Vec<Entry>),
    /// Nothing that a release or an incident is made of.
    OfAnotherKind(String),
}

fn told(item: &Value) -> Result<Told, String> {
    // A deployment has a payload of its own, which is not that of an event.
    if is_deployment(item) {
        return deployed(item, None);
    }
    if item.get("payload").is_some() {
        return event(item);
    }
    let repository = repository(item);
    if let Some(status) = item.get("deployment_status") {
        let sha = item.pointer("/deployment/sha").and_then(Value::as_str);
        return deployment(status, sha, repository.as_deref());
    }
    if let Some(run) = item.get("workflow_run") {
        return workflow(run, repository.as_deref());
    }
    if item.get("deployment_url").is_some() {
        return deployment(item, None, repository.as_deref());
    }
    if item.get("head_sha").is_some() {
        return workflow(item, repository.as_deref());
    }
    if let Some(deployment) = item.get("deployment") {
        return deployed(deployment, repository.as_deref());
    }
    if is_release(item) {
        return released(item, repository.as_deref());
    }
    if let (Some(action), Some(release)) = (item.get("action"), item.get("release")) {
        return if action == "published" {
            released(release, repository.as_deref())
        } else {
            Ok(Told::OfAnotherKind("release".to_owned()))
        };
    }
    if item.get("pull_request").is_some() {
        return merged(item, None, repository.as_deref());
    }
    if is_push(item) {
        let at = pushed_at(item)?;
        let who = item.pointer("/pusher/name").and_then(Value::as_str);
        return push(item, at, who.map(str::to_owned), repository.as_deref());
    }
    Err("it is nothing that GitHub tells of a push, a merge, a workflow, a release or a deployment"
        .to_owned())
}

fn event(item: &Value) -> Result<Told, String> {
    let event = parsed::<Event>(item)?;
    let repository = event.repo.map(|repo| repo.name);
    match &*event.kind {
        "PushEvent" => {
            let at = time("created_at", &event.created_at)?;
            let who = event.actor.map(|actor| actor.login);
            push(&event.payload, at, who, repository.as_deref())
        }
        "DeploymentStatusEvent" => {
            let sha = event.payload.pointer("/deployment/sha").and_then(Value::as_str);
            let status = event.payload.get("deployment_status").unwrap_or(&Value::Null);
            deployment(status, sha, repository.as_deref())
        }
        "WorkflowRunEvent" => {
            let run = event.payload.get("workflow_run").unwrap_or(&Value::Null);
            workflow(run, repository.as_deref())
        }
        "ReleaseEvent" if event.payload.get("action").is_some_and(|it| it == "published") => {
            let release = event.payload.get("release").unwrap_or(&Value::Null);
            released(release, repository.as_deref())
        }
        "PullRequestEvent" => {
            let at = time("created_at", &event.created_at)?;
            let who = event.actor.map(|actor| actor.login);
            merged(&event.payload, Some((at, who)), repository.as_deref())
        }
        _ => Ok(Told::OfAnotherKind(event.kind)),
    }
}

fn deployment(status: &Value, sha: Option<&str>, of: Option<&str>) -> Result<Told, String> {
    let status = parsed::<DeploymentStatus>(status)?;
    let what = sha.map_or_else(String::new, |sha| format!(" of {}", short(sha)));
    let to = status.environment.filter(|name| !name.is_empty());
    let to = to.map_or_else(String::new, |name| format!(" to {name}"));
    let mut text = format!("Deployment{what}{to}{}: {}", within(of), status.state);
    if let Some(said) = status.description.filter(|said| !said.trim().is_empty()) {
        text = format!("{text}, {}", said.trim());
    }
    let at = time("created_at", &status.created_at)?;
    let id = format!("deployment status {}", status.id);
    Ok(Told::Entries(vec![entry(at, status.creator.map(|creator| creator.login), text, id)]))
}

/// The beginning of a run, and its end once it has one.
fn workflow(run: &Value, of: Option<&str>) -> Result<Told, String> {
    let run = parsed::<WorkflowRun>(run)?;
    let name = run.name.as_deref().unwrap_or("without a name");
    let what = format!("Workflow {name} #{}{}", run.run_number, within(of));
    let who = run.triggering_actor.or(run.actor).map(|actor| actor.login);
    let branch = run.head_branch.map_or_else(String::new, |branch| format!(" on {branch}"));
    let attempt = run.run_attempt.unwrap_or(1);
    let began = match &run.run_started_at {
        Some(at) => time("run_started_at", at)?,
        None => time("created_at", &run.created_at)?,
    };
    let text = format!("{what} began{branch} at {}", short(&run.head_sha));
    let id = |state: &str| format!("workflow run {}.{attempt} {state}", run.id);
    let mut entries = vec![entry(began, who.clone(), text, id("began"))];
    if run.status.as_deref() == Some("completed") {
        let conclusion = run.conclusion.as_deref().unwrap_or("without a conclusion");
        let ended = time("updated_at", &run.updated_at)?;
        entries.push(entry(ended, who, format!("{what} ended: {conclusion}"), id("ended")));
    }
    Ok(Told::Entries(entries))
}

fn push(
    payload: &Value,
    at: Timestamp,
    who: Option<String>,
    of: Option<&str>,
) -> Result<Told, String> {
    let push = parsed::<Push>(payload)?;
    let branch = push.branch.strip_prefix("refs/heads/").unwrap_or(&push.branch);
    if push.head.bytes().all(|digit| digit == b'0') {
        let text = format!("{branch} was deleted{}", within(of));
        let id = format!("push {} {} {at}", of.unwrap_or_default(), push.branch);
        return Ok(Told::Entries(vec![entry(at, who, text, id)]));
    }
    let many = match push.commits.as_ref().map(Vec::len) {
        Some(1) => "1 commit ".to_owned(),
        Some(number) if number > 0 => format!("{number} commits "),
        Some(_) | None => String::new(),
    };
    let mut text = format!("Pushed {many}to {branch}{}: {}", within(of), short(&push.head));
    let last = push.head_commit.or_else(|| push.commits.and_then(|mut commits| commits.pop()));
    if let Some(title) = last.as_ref().and_then(|commit| commit.message.lines().next()) {
        text = format!("{text} {title}");
    }
    let id = format!("push {} {} {}", of.unwrap_or_default(), push.branch, push.head);
    Ok(Told::Entries(vec![entry(at, who, text, id)]))
}

fn entry(at: Timestamp, who: Option<String>, text: String, id: String) -> Entry {
    Entry {
        place: String::new(),
        at,
        zone: Some("UTC".to_owned()),
        kind: LineKind::Action,
        who: who.or_else(|| Some("github".to_owned())),
        text,
        id: Some(id),
    }
}

/// When a webhook says that it was pushed. The time of a commit is another one.
fn pushed_at(item: &Value) -> Result<Timestamp, String> {
    let missing = || "`repository.pushed_at` is missing: it does not say when".to_owned();
    let at = item.pointer("/repository/pushed_at").ok_or_else(missing)?;
    if let Some(text) = at.as_str() {
        return time("repository.pushed_at", text);
    }
    at.as_i64()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| format!("`repository.pushed_at` is {at}, which is no time"))
}

fn repository(item: &Value) -> Option<String> {
    item.pointer("/repository/full_name").and_then(Value::as_str).map(str::to_owned)
}

fn within(repository: Option<&str>) -> String {
    repository.map_or_else(String::new, |name| format!(" in {name}"))
}

fn short(sha: &str) -> &str {
    sha.get(..7).unwrap_or(sha)
}

fn time(field: &str, text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{field}` is `{text}`, which is no time"))
}

fn parsed<'a, T: Deserialize<'a>>(value: &'a Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
