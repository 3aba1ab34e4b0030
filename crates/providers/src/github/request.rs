//! What is sent to GitHub. Pure.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// One request, without its credential.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) method: Method,
    /// With its query, from the base address on.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// Which limit it counts against.
    pub(super) resource: &'static str,
    /// What it is about, for a sentence: `the repository acme/checkout`.
    pub(super) about: String,
}

/// Asks a dispatch for the run that it starts.
pub(super) const RUN_DETAILS: &str = "return_run_details";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Patch,
    /// A question that is sent with POST: GraphQL. It changes nothing.
    Query,
}

impl Method {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post | Self::Query => "POST",
            Self::Patch => "PATCH",
        }
    }

    /// Whether sending it twice is as good as once.
    pub(super) const fn is_question(self) -> bool {
        match self {
            Self::Get | Self::Query => true,
            Self::Post | Self::Patch => false,
        }
    }
}

/// The address of the REST interface: github.com's, a server's, or what is given when it
/// has a path of its own or stands on this machine.
pub(super) fn base(url: Option<&str>) -> String {
    let Some(url) = url.map(|url| url.trim_end_matches('/')) else {
        return "https://api.github.com".to_owned();
    };
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or(rest);
    let local = host == "localhost" || host.starts_with("127.") || host == "[";
    if host == "github.com" {
        "https://api.github.com".to_owned()
    } else if rest.contains('/') || local || host.starts_with("api.") {
        url.to_owned()
    } else {
        format!("{url}/api/v3")
    }
}

/// Where GraphQL is, from [`base`] on: beside `v3` on a server of one's own.
pub(super) fn graphql_path(base: &str) -> (String, &'static str) {
    match base.strip_suffix("/v3") {
        Some(server) => (server.to_owned(), "/graphql"),
        None => (base.to_owned(), "/graphql"),
    }
}

fn get_about(path: &str, about: &str) -> Request {
    Request {
        method: Method::Get,
        path: path.to_owned(),
        body: None,
        resource: "core",
        about: about.to_owned(),
    }
}

/// Whoever the token belongs to.
pub(super) fn user() -> Request {
    get_about("/user", "the user of the token")
}

/// What an app's installation sees; one repository, with how many there are.
pub(super) fn installation() -> Request {
    get_about("/installation/repositories?per_page=1", "the installation of the app")
}

/// The newest commit of the usual branch.
pub(super) fn commits(repository: &str) -> Request {
    get(repository, "/commits?per_page=1")
}

fn get(repository: &str, rest: &str) -> Request {
    Request {
        method: Method::Get,
        path: format!("/repos/{repository}{rest}"),
        body: None,
        resource: "core",
        about: format!("the repository {repository}"),
    }
}

fn post(repository: &str, rest: &str, body: Value) -> Request {
    Request { method: Method::Post, body: Some(body), ..get(repository, rest) }
}

/// The newest deployments, as a question whether anything is new.
pub(super) fn deployments(repository: &str, environment: &str, count: usize) -> Request {
    let environment = escaped(environment);
    get(repository, &format!("/deployments?environment={environment}&per_page={count}"))
}

/// The newest statuses of a deployment.
pub(super) fn statuses(repository: &str, deployment: u64) -> Request {
    get(repository, &format!("/deployments/{deployment}/statuses?per_page=30"))
}

/// One deployment.
pub(super) fn one_deployment(repository: &str, deployment: u64) -> Request {
    get(repository, &format!("/deployments/{deployment}"))
}

/// What lies between two commits.
pub(super) fn compare(repository: &str, from: &str, to: &str) -> Request {
    let (from, to) = (escaped(from), escaped(to));
    get(repository, &format!("/compare/{from}...{to}?per_page=100"))
}

/// The checks of a commit, the newest of each.
pub(super) fn checks(repository: &str, commit: &str) -> Request {
    get(repository, &format!("/commits/{}/check-runs?per_page=100", escaped(commit)))
}

/// The workflow runs of a commit.
pub(super) fn runs_of(repository: &str, commit: &str) -> Request {
    get(repository, &format!("/actions/runs?head_sha={}&per_page=30", escaped(commit)))
}

/// The runs of one workflow that somebody or something dispatched since `since`.
pub(super) fn dispatched(repository: &str, workflow: &str, since: &str) -> Request {
    let (workflow, since) = (escaped(workflow), escaped(since));
    let query = format!("event=workflow_dispatch&created=%3E%3D{since}&per_page=100");
    get(repository, &format!("/actions/workflows/{workflow}/runs?{query}"))
}

/// The newest runs of one workflow.
pub(super) fn runs_of_workflow(repository: &str, workflow: &str) -> Request {
    get(repository, &format!("/actions/workflows/{}/runs?per_page=100", escaped(workflow)))
}

/// One workflow run.
pub(super) fn run(repository: &str, run: u64) -> Request {
    get(repository, &format!("/actions/runs/{run}"))
}

/// Cancels a workflow run.
pub(super) fn cancel(repository: &str, run: u64) -> Request {
    Request { method: Method::Post, ..get(repository, &format!("/actions/runs/{run}/cancel")) }
}

/// Starts a workflow, and asks for what it started where `tells`: newer servers answer with
/// the run. Older ones answer with nothing, and some take no word that they do not know.
pub(super) fn dispatch(
    repository: &str,
    workflow: &str,
    on: &str,
    inputs: &Value,
    tells: bool,
) -> Request {
    let mut body = json!({ "ref": on, "inputs": inputs });
    if tells {
        body[RUN_DETAILS] = Value::Bool(true);
    }
    post(repository, &format!("/actions/workflows/{}/dispatches", escaped(workflow)), body)
}

/// Records a deployment of a commit: no merging and no waiting for checks, because it says
/// what is so.
pub(super) fn deployment(
    repository: &str,
    environment: &str,
    commit: &str,
    task: &str,
    description: &str,
    payload: &Value,
) -> Request {
    let body = json!({
        "ref": commit,
        "task": task,
        "auto_merge": false,
        "required_contexts": [],
        "environment": environment,
        "description": shortened(description, 140),
        "payload": payload,
    });
    post(repository, "/deployments", body)
}

/// Says how a deployment goes.
pub(super) fn status(repository: &str, deployment: u64, state: &str, description: &str) -> Request {
    let body = json!({
        "state": state,
        "description": shortened(description, 140),
        "auto_inactive": true,
    });
    post(repository, &format!("/deployments/{deployment}/statuses"), body)
}

/// The issues of a repository that were touched lately, newest first.
pub(super) fn issues(repository: &str, page: u32) -> Request {
    let query = format!("state=all&sort=created&direction=desc&per_page=100&page={page}");
    get(repository, &format!("/issues?{query}"))
}

/// Opens an issue.
pub(super) fn open_issue(repository: &str, title: &str, body: &str, labels: &[String]) -> Request {
    post(repository, "/issues", json!({ "title": title, "body": body, "labels": labels }))
}

/// One issue.
pub(super) fn one_issue(repository: &str, issue: u64) -> Request {
    get(repository, &format!("/issues/{issue}"))
}

/// Closes an issue: `completed` or `not_planned`.
pub(super) fn close_issue(repository: &str, issue: u64, reason: &str) -> Request {
    let body = json!({ "state": "closed", "state_reason": reason });
    Request { method: Method::Patch, ..post(repository, &format!("/issues/{issue}"), body) }
}

/// The comments of an issue.
pub(super) fn comments(repository: &str, issue: u64, page: u32) -> Request {
    get(repository, &format!("/issues/{issue}/comments?per_page=100&page={page}"))
}

/// Comments on an issue.
pub(super) fn comment(repository: &str, issue: u64, body: &str) -> Request {
    post(repository, &format!("/issues/{issue}/comments"), json!({ "body": body }))
}

/// How many requests are left; costs none itself.
pub(super) fn rate_limit() -> Request {
    Request {
        method: Method::Get,
        path: "/rate_limit".to_owned(),
        body: None,
        resource: "core",
        about: "the rate limit".to_owned(),
    }
}

/// The newest `count` deployments of many environments, each with its status history, in
/// one question. Names travel as variables.
pub(super) fn batch(places: &[(&str, &str)], count: usize) -> Request {
    let mut query = String::from("query(");
    let mut variables = serde_json::Map::new();
    for (index, (repository, environment)) in places.iter().enumerate() {
        let (owner, name) = repository.split_once('/').unwrap_or((repository, ""));
        let separator = if index == 0 { "" } else { ", " };
        let _ = write!(
            query,
            "{separator}$o{index}: String!, $n{index}: String!, $e{index}: [String!]!"
        );
        variables.insert(format!("o{index}"), json!(owner));
        variables.insert(format!("n{index}"), json!(name));
        variables.insert(format!("e{index}"), json!([environment]));
    }
    query.push_str(") {");
    for index in 0..places.len() {
        let _ = write!(
            query,
            " r{index}: repository(owner: $o{index}, name: $n{index}) {{ deployments(environments: \
             $e{index}, first: {count}, orderBy: {{field: CREATED_AT, direction: DESC}}) \
             {{ pageInfo {{ hasNextPage }} nodes {{ ...d }} }} }}"
        );
    }
    query.push_str(
        " } fragment d on Deployment { databaseId createdAt updatedAt commitOid task payload \
         description creator { login } ref { name } \
         latestStatus { state createdAt description } \
         statuses(first: 10) { totalCount nodes { state createdAt description } } }",
    );
    Request {
        method: Method::Query,
        path: "/graphql".to_owned(),
        body: Some(json!({ "query": query, "variables": variables })),
        resource: "graphql",
        about: "deployments".to_owned(),
    }
}

/// At most `limit` characters, with a sign that there was more.
fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit - 1).collect();
    short.push('…');
    short
}

/// For a path or a query.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
