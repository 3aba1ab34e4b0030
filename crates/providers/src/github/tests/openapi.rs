//! Every request that we send is one that GitHub's own description knows: its method, its
//! path, its query and its body. What the description does not name is refused here, also
//! where the service would pass over it.

use std::path::PathBuf;

use super::super::request::{self, Method, Request};
use super::*;

/// Where `./dev install peers` puts it.
fn peer(file: &str) -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    let path = cache.join("lastgood/peers/github/node_modules").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: GitHub's description is not installed; `./dev install peers` installs it");
    None
}

fn all() -> Vec<Request> {
    let repo = "acme/checkout";
    let commit = "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let payload = json!({ "lastgood": { "commit": commit } });
    vec![
        request::deployments(repo, "production eu", 30),
        request::statuses(repo, 7),
        request::one_deployment(repo, 7),
        request::compare(repo, "v2.13.4", commit),
        request::checks(repo, commit),
        request::runs_of(repo, commit),
        request::dispatched(repo, "rollback.yml", "2026-11-22T20:59:00Z"),
        request::run(repo, 7),
        request::cancel(repo, 7),
        request::runs_of_workflow(repo, "deploy.yml"),
        request::dispatch(repo, "rollback.yml", "main", &json!({ "rollback_id": "r-1" }), true),
        request::dispatch(repo, "rollback.yml", "main", &json!({ "rollback_id": "r-1" }), false),
        request::deployment(repo, "production", commit, "rollback", "Back", &payload),
        request::status(repo, 7, "success", "Back"),
        request::status(repo, 7, "in_progress", "On the way"),
        request::issues(repo, 2),
        request::open_issue(repo, "Title", "Body", &["incident".to_owned()]),
        request::one_issue(repo, 7),
        request::close_issue(repo, 7, "completed"),
        request::close_issue(repo, 7, "not_planned"),
        request::comments(repo, 7, 1),
        request::comment(repo, 7, "Body"),
        request::rate_limit(),
        request::user(),
        request::installation(),
        request::commits(repo),
    ]
}

#[test]
fn every_request_is_one_that_githubs_description_knows() {
    let Some(path) = peer("@octokit/openapi/generated/api.github.com.json") else { return };
    let text = std::fs::read_to_string(path).expect("it is readable");
    let description: Value = serde_json::from_str(&text).expect("it is JSON");
    for request in all() {
        if let Err(why) = known(&description, &request) {
            panic!("{} {}: {why}", request.method.as_str(), request.path);
        }
    }
}

#[test]
fn a_request_that_the_description_does_not_know_is_found_out() {
    let Some(path) = peer("@octokit/openapi/generated/api.github.com.json") else { return };
    let text = std::fs::read_to_string(path).expect("it is readable");
    let description: Value = serde_json::from_str(&text).expect("it is JSON");
    let good = request::status("acme/checkout", 7, "success", "Back");
    known(&description, &good).expect("this one is known");
    let wrong = [
        Request {
            method: Method::Get,
            path: "/repos/acme/checkout/rollbacks".into(),
            ..good.clone()
        },
        Request { path: format!("{}?force=1", good.path), ..good.clone() },
        Request { body: Some(json!({ "state": "rolled_back" })), ..good.clone() },
        Request { body: Some(json!({ "state": "success", "why": "x" })), ..good.clone() },
        Request { body: Some(json!({ "description": "x" })), ..good },
    ];
    for request in wrong {
        known(&description, &request).expect_err("the description does not allow it");
    }
}

#[test]
fn the_batch_is_valid_against_githubs_graphql_schema() {
    let Some(schema) = peer("@octokit/graphql-schema/schema.graphql") else { return };
    let modules = peer("graphql").expect("it is installed beside it");
    let batch = request::batch(&[("acme/checkout", "production"), ("acme/search", "eu")], 30);
    let query = batch.body.expect("a body")["query"].as_str().expect("a query").to_owned();
    let script = "const { buildSchema, parse, validate } = require(process.argv[1]); \
        const fs = require('fs'); \
        const schema = buildSchema(fs.readFileSync(process.argv[2], 'utf8'), { assumeValidSDL: true }); \
        const wrong = validate(schema, parse(process.argv[3])).map(String); \
        if (wrong.length) { console.log(wrong.join('\\n')); process.exit(1); }";
    let run = |query: &str| {
        std::process::Command::new("node")
            .args(["-e", script])
            .args([modules.as_os_str(), schema.as_os_str()])
            .arg(query)
            .output()
    };
    let Ok(output) = run(&query) else {
        println!("SKIPPED: there is no node; `./dev install peers` installs it");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}\n{query}");
    let wrong = run(&query.replace("commitOid", "commitId")).expect("node is there");
    assert!(!wrong.status.success(), "a field that does not exist is found out");
}

/// Whether the description knows the request.
fn known(description: &Value, request: &Request) -> Result<(), String> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let paths = description["paths"].as_object().expect("a description has paths");
    let fits = |template: &&String| {
        let (one, other) = (template.split('/'), path.split('/'));
        one.clone().count() == other.clone().count()
            && one.zip(other).all(|(a, b)| a == b || (a.starts_with('{') && !b.is_empty()))
    };
    // A path without a placeholder is meant before one with.
    let template = paths
        .keys()
        .filter(fits)
        .min_by_key(|template| template.matches('{').count())
        .ok_or("no such path")?;
    let method = request.method.as_str().to_ascii_lowercase();
    let operation = &paths[template][&method];
    if operation.is_null() {
        return Err(format!("{template} does not know {method}"));
    }
    let parameters: Vec<Value> = [&paths[template]["parameters"], &operation["parameters"]]
        .into_iter()
        .flat_map(|list| list.as_array().cloned().unwrap_or_default())
        .map(|parameter| resolved(description, &parameter))
        .collect();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or("a query without a value")?;
        let parameter = parameters
            .iter()
            .find(|one| one["in"] == "query" && one["name"] == name)
            .ok_or_else(|| format!("no such query: {name}"))?;
        let schema = resolved(description, &parameter["schema"]);
        let value = match schema["type"].as_str() {
            Some("integer") => {
                json!(value.parse::<u64>().map_err(|_| format!("{name} is no number"))?)
            }
            Some(_) | None => json!(value),
        };
        holds(&schema, &value).map_err(|why| format!("{name}: {why}"))?;
    }
    let wanted = &operation["requestBody"];
    let Some(body) = &request.body else {
        let needed = wanted["required"].as_bool().unwrap_or(false);
        return if needed { Err("it needs a body".to_owned()) } else { Ok(()) };
    };
    let mut schema = resolved(description, &wanted["content"]["application/json"]["schema"]);
    if schema.is_null() {
        return Err("it takes no body".to_owned());
    }
    if schema["additionalProperties"].is_null() {
        schema["additionalProperties"] = json!(false);
    }
    holds(&schema, body)
}

fn holds(schema: &Value, value: &Value) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    validator.validate(value).map_err(|error| error.to_string())
}

/// With every reference replaced by what it refers to, and `nullable` in the words of JSON
/// Schema. What is wanted of requests refers to nothing that refers to itself.
fn resolved(description: &Value, value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let pointer = reference.trim_start_matches('#');
                return resolved(
                    description,
                    description.pointer(pointer).expect("it leads somewhere"),
                );
            }
            let mut map: serde_json::Map<String, Value> = map
                .iter()
                .filter(|(name, _)| *name != "examples" && *name != "example")
                .map(|(name, value)| (name.clone(), resolved(description, value)))
                .collect();
            if map.get("nullable") == Some(&json!(true))
                && let Some(kind @ Value::String(_)) = map.get("type").cloned()
            {
                map.insert("type".to_owned(), json!([kind, "null"]));
            }
            Value::Object(map)
        }
        Value::Array(list) => list.iter().map(|one| resolved(description, one)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
