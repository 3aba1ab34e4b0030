//! What GitHub says to each request, and what it does.

use serde_json::{Value, json};

use super::{Deployment, Issue, Kept, REPOSITORY, Run};
use crate::clock;

type Said = (u16, Value);

fn missing() -> Said {
    (404, json!({ "message": "Not Found", "status": "404" }))
}

fn invalid(why: &str) -> Said {
    (422, json!({ "message": "Validation Failed", "errors": [{ "message": why }] }))
}

pub(super) fn answer(kept: &mut Kept, method: &str, path: &str, query: &str, body: &Value) -> Said {
    if (method, path) == ("POST", "/graphql") {
        return (200, batch(kept, body));
    }
    if path == "/rate_limit" {
        return (200, json!({ "resources": {} }));
    }
    let Some(rest) = path.strip_prefix(&format!("/repos/{REPOSITORY}/")) else {
        return missing();
    };
    let parts: Vec<&str> = rest.split('/').collect();
    match (method, parts.as_slice()) {
        (_, ["deployments", ..]) => deployments(kept, method, &parts[1..], query, body),
        (_, ["actions", ..]) => actions(kept, method, &parts[1..], query, body),
        (_, ["issues", ..]) => issues(kept, method, &parts[1..], body),
        ("GET", ["compare", _]) => {
            (200, json!({ "total_commits": 0, "behind_by": 0, "commits": [] }))
        }
        _ => missing(),
    }
}

/// The value of `name` in a query, as it was sent: nothing here needs decoding but `%20`.
fn value(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.filter(|(one, _)| *one == name).map(|(_, value)| value).next()?;
    Some(found.replace("%20", " ").replace("%3A", ":").replace("%3E%3D", ">="))
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

fn deployments(kept: &mut Kept, method: &str, rest: &[&str], query: &str, body: &Value) -> Said {
    let id = rest.first().and_then(|id| id.parse::<u64>().ok());
    match (method, rest) {
        ("GET", []) => {
            let wanted = value(query, "environment");
            let here = |one: &&Deployment| wanted.as_ref().is_none_or(|it| one.environment == *it);
            let list: Vec<Value> =
                kept.deployments.iter().rev().filter(here).map(deployment).collect();
            (200, Value::Array(list))
        }
        ("POST", []) => {
            if body["ref"].as_str().is_none_or(str::is_empty) {
                return invalid("`ref` is missing");
            }
            let made = Deployment {
                id: 100 + kept.deployments.len() as u64,
                sha: text(body, "ref"),
                environment: text(body, "environment"),
                task: text(body, "task"),
                payload: body["payload"].clone(),
                description: text(body, "description"),
                statuses: Vec::new(),
                at: clock::now().to_string(),
            };
            kept.deployments.push(made.clone());
            (201, deployment(&made))
        }
        (_, [_, more @ ..]) => {
            let Some(found) = kept.deployments.iter_mut().find(|one| Some(one.id) == id) else {
                return missing();
            };
            match (method, more) {
                ("GET", []) => (200, deployment(found)),
                ("GET", ["statuses"]) => {
                    let list: Vec<Value> = found.statuses.iter().map(status).collect();
                    (200, Value::Array(list))
                }
                ("POST", ["statuses"]) => {
                    found.statuses.insert(0, (text(body, "state"), text(body, "description")));
                    (201, status(&found.statuses[0]))
                }
                _ => missing(),
            }
        }
        _ => missing(),
    }
}

fn deployment(one: &Deployment) -> Value {
    json!({ "id": one.id, "sha": one.sha, "environment": one.environment, "task": one.task,
            "payload": one.payload, "description": one.description, "created_at": one.at,
            "updated_at": one.at, "creator": { "login": "ana" } })
}

fn status((state, description): &(String, String)) -> Value {
    json!({ "state": state, "description": description })
}

fn actions(kept: &mut Kept, method: &str, rest: &[&str], query: &str, body: &Value) -> Said {
    let id = rest.get(1).and_then(|id| id.parse::<u64>().ok());
    match (method, rest) {
        ("GET", ["runs"]) => {
            let sha = value(query, "head_sha");
            (200, runs(kept, |one| sha.as_ref().is_none_or(|sha| one.sha == *sha)))
        }
        ("GET", ["workflows", file, "runs"]) => {
            let (file, event) = ((*file).to_owned(), value(query, "event"));
            let since =
                value(query, "created").and_then(|it| Some(it.strip_prefix(">=")?.to_owned()));
            let fits = |one: &Run| {
                one.workflow == file
                    && event.as_ref().is_none_or(|event| one.event == *event)
                    && since.as_ref().is_none_or(|since| one.at.as_str() >= since.as_str())
            };
            (200, runs(kept, fits))
        }
        ("POST", ["workflows", file, "dispatches"]) => dispatch(kept, file, body),
        ("GET", ["runs", _]) => match kept.runs.iter().find(|one| Some(one.id) == id) {
            Some(found) => (200, run(found)),
            None => missing(),
        },
        ("POST", ["runs", _, "cancel"]) => {
            match kept.runs.iter_mut().find(|one| Some(one.id) == id) {
                None => missing(),
                Some(one) if one.conclusion.is_some() => {
                    (409, json!({ "message": "Cannot cancel a workflow run that is completed." }))
                }
                Some(one) => {
                    one.conclusion = Some("cancelled".to_owned());
                    (202, json!({}))
                }
            }
        }
        _ => missing(),
    }
}

fn dispatch(kept: &mut Kept, file: &str, body: &Value) -> Said {
    if body["ref"].as_str().is_none_or(str::is_empty) {
        return invalid("`ref` is missing");
    }
    if !kept.tells_runs && !body["return_run_details"].is_null() {
        return invalid("\"return_run_details\" is not a permitted key.");
    }
    let id = body["inputs"]["rollback_id"].as_str().unwrap_or_default();
    let made = Run {
        id: 500 + kept.runs.len() as u64,
        workflow: file.to_owned(),
        title: kept.run_name.replace("{}", id),
        sha: String::new(),
        event: "workflow_dispatch".to_owned(),
        conclusion: None,
        at: clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    let page = format!("https://github.com/{REPOSITORY}/actions/runs/{}", made.id);
    let told = json!({ "workflow_run_id": made.id, "run_url": page, "html_url": page });
    kept.runs.push(made);
    if kept.tells_runs && body["return_run_details"] == true {
        (200, told)
    } else {
        (204, Value::Null)
    }
}

fn runs(kept: &Kept, fits: impl Fn(&Run) -> bool) -> Value {
    let list: Vec<Value> = kept.runs.iter().rev().filter(|one| fits(one)).map(run).collect();
    json!({ "total_count": list.len(), "workflow_runs": list })
}

fn run(one: &Run) -> Value {
    json!({
        "id": one.id, "name": one.workflow, "display_title": one.title, "event": one.event,
        "path": format!(".github/workflows/{}", one.workflow), "head_sha": one.sha,
        "status": if one.conclusion.is_some() { "completed" } else { "in_progress" },
        "conclusion": one.conclusion, "created_at": one.at,
        "html_url": format!("https://github.com/{REPOSITORY}/actions/runs/{}", one.id),
    })
}

fn issues(kept: &mut Kept, method: &str, rest: &[&str], body: &Value) -> Said {
    let labels = |body: &Value| -> Vec<String> {
        let all = body["labels"].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    match (method, rest) {
        ("GET", []) => {
            let list: Vec<Value> = kept.issues.iter().rev().map(issue).collect();
            (200, Value::Array(list))
        }
        ("POST", []) => {
            if body["title"].as_str().is_none_or(str::is_empty) {
                return invalid("`title` is missing");
            }
            let made = Issue {
                number: 1 + kept.issues.len() as u64,
                title: text(body, "title"),
                body: text(body, "body"),
                labels: labels(body),
                is_open: true,
                reason: None,
                comments: Vec::new(),
            };
            kept.issues.push(made.clone());
            (201, issue(&made))
        }
        (_, [number, more @ ..]) => {
            let number = number.parse::<u64>().ok();
            let Some(found) = kept.issues.iter_mut().find(|one| Some(one.number) == number) else {
                return missing();
            };
            match (method, more) {
                ("GET", []) => (200, issue(found)),
                ("PATCH", []) => {
                    if let Some(state) = body["state"].as_str() {
                        found.is_open = state == "open";
                        found.reason = body["state_reason"].as_str().map(str::to_owned);
                    }
                    (200, issue(found))
                }
                ("GET", ["comments"]) => {
                    let list: Vec<Value> =
                        found.comments.iter().map(|body| json!({ "body": body })).collect();
                    (200, Value::Array(list))
                }
                ("POST", ["comments"]) => {
                    found.comments.push(text(body, "body"));
                    (201, json!({ "body": body["body"] }))
                }
                _ => missing(),
            }
        }
        _ => missing(),
    }
}

fn issue(one: &Issue) -> Value {
    json!({
        "number": one.number, "title": one.title, "body": one.body,
        "state": if one.is_open { "open" } else { "closed" }, "state_reason": one.reason,
        "html_url": format!("https://github.com/{REPOSITORY}/issues/{}", one.number),
        "labels": one.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
    })
}

/// The batch over many environments: this repository answers for each that is asked for.
fn batch(kept: &Kept, body: &Value) -> Value {
    let mut data = serde_json::Map::new();
    let variables = &body["variables"];
    for index in 0.. {
        let Some(owner) = variables[format!("o{index}")].as_str() else { break };
        let name = text(variables, &format!("n{index}"));
        let wanted = &variables[format!("e{index}")];
        let is_here = format!("{owner}/{name}") == REPOSITORY;
        let here = |one: &&Deployment| {
            wanted
                .as_array()
                .is_some_and(|all| all.contains(&Value::from(one.environment.as_str())))
        };
        let nodes: Vec<Value> = kept.deployments.iter().rev().filter(here).map(node).collect();
        let told =
            json!({ "deployments": { "pageInfo": { "hasNextPage": false }, "nodes": nodes } });
        data.insert(format!("r{index}"), if is_here { told } else { Value::Null });
    }
    json!({ "data": data })
}

fn node(one: &Deployment) -> Value {
    let said = |(state, description): &(String, String)| json!({ "state": state.to_uppercase(), "createdAt": one.at, "description": description });
    let statuses: Vec<Value> = one.statuses.iter().map(said).collect();
    json!({
        "databaseId": one.id, "createdAt": one.at, "updatedAt": one.at, "commitOid": one.sha,
        "task": one.task, "payload": one.payload.to_string(), "description": one.description,
        "creator": { "login": "ana" }, "ref": { "name": "main" },
        "latestStatus": statuses.first(),
        "statuses": { "totalCount": statuses.len(), "nodes": statuses },
    })
}
