//! Reads `command`, `http` and what is done on GitHub.

mod placed;

use std::collections::BTreeMap;

use lastgood_core::errand::{
    Command, DeploymentState, EFFECT_KEY_HEADER, EFFECT_KEY_VARIABLE, Errand, GithubErrand,
    HttpMethod, HttpProbe, HttpRequest, placed as secrets,
};
use serde_json::{Map, Number, Value as Json};

use super::{careful, shape};
use crate::catalog::{assertions, headers_are_harmless};
use crate::code::Code;
use crate::finding::Report;
use crate::placeholder;
use crate::tree::{At, Plain, Value};

/// What is filled in in a probe, besides what is filled in everywhere.
pub(super) const EFFECT_KEY: &str = "effect.key";

pub(super) fn command(at: &At<'_>) -> Option<Errand> {
    let shell = match at.get("shell") {
        Some(_) => at.flag("shell")?,
        None => false,
    };
    let run = at.get("run")?;
    Some(Errand::Command(Command {
        run: match run.scalar() {
            Some(text) => vec![text.to_owned()],
            None => texts(&run)?,
        },
        shell,
        pass: at.get("env").map_or(Some(Vec::new()), |at| texts(&at))?,
        set: map(at, "set")?,
        secrets: map(at, "secrets")?,
        folder: at.text("in"),
        success: match at.get("success") {
            None => vec![0],
            Some(codes) => codes
                .items()
                .map(|code| code.scalar()?.parse().ok())
                .collect::<Option<Vec<i32>>>()?,
        },
        probe: match at.get("probe") {
            None => None,
            Some(probe) => Some(texts(&probe)?),
        },
        timeout: at.duration_or("timeout", shape::DEFAULT_COMMAND_TIMEOUT)?,
    }))
}

pub(super) fn http(at: &At<'_>, report: &mut Report) -> Option<Errand> {
    let (method, url) = HttpMethod::ALL
        .into_iter()
        .find_map(|method| Some((method, at.text(&method.as_str().to_ascii_lowercase())?)))?;
    let probe = match at.get("probe") {
        None => None,
        Some(probe) => Some(HttpProbe {
            url: probe.text("get")?,
            expect: assertions(probe.get("expect").as_ref(), report)?,
        }),
    };
    let json = at.get("json").map(|at| json(&at));
    Some(Errand::Http(HttpRequest {
        method,
        url,
        headers: map(at, "headers")?,
        secrets: map(at, "secrets")?,
        bearer: at.text("bearer"),
        json_secrets: json.as_ref().map(secrets::in_json).unwrap_or_default(),
        json,
        expect: assertions(at.get("expect").as_ref(), report)?,
        key_header: at.text("key-header").unwrap_or_else(|| EFFECT_KEY_HEADER.to_owned()),
        probe,
        timeout: at.duration_or("timeout", shape::DEFAULT_HTTP_TIMEOUT)?,
    }))
}

/// What can be done on GitHub.
pub(super) const ON_GITHUB: [&str; 3] = ["github.dispatch", "github.cancel", "github.deployment"];

pub(super) fn on_github(act: &At<'_>) -> Option<Errand> {
    let errand = if let Some(at) = act.get("github.dispatch") {
        dispatch(&at)
    } else if let Some(at) = act.get("github.cancel") {
        at.text("workflow").map(|workflow| GithubErrand::Cancel { workflow })
    } else {
        deployment(&act.get("github.deployment")?)
    };
    errand.map(Errand::Github)
}

fn dispatch(at: &At<'_>) -> Option<GithubErrand> {
    let (workflow, on) = (at.text("workflow")?, at.text("ref")?);
    Some(GithubErrand::Dispatch { workflow, on, inputs: map(at, "inputs")? })
}

fn deployment(at: &At<'_>) -> Option<GithubErrand> {
    let which = at.text("release")?;
    let state = at.text("state")?;
    Some(GithubErrand::Deployment {
        commit: format!("{{{{ {which}.commit }}}}"),
        version: format!("{{{{ {which}.version }}}}"),
        state: DeploymentState::ALL.into_iter().find(|one| one.as_str() == state)?,
        description: at.text("description").unwrap_or_else(|| DESCRIPTION.to_owned()),
    })
}

/// What a deployment says where nobody says otherwise.
const DESCRIPTION: &str = "Rolled back by Lastgood";

fn texts(at: &At<'_>) -> Option<Vec<String>> {
    at.items().map(|item| item.scalar().map(str::to_owned)).collect()
}

fn map(at: &At<'_>, key: &str) -> Option<BTreeMap<String, String>> {
    at.get(key)
        .iter()
        .flat_map(At::entries)
        .map(|(key, value)| Some((key.text.to_string(), value.scalar()?.to_owned())))
        .collect()
}

/// A value as JSON; what YAML's core schema calls a number is one, if JSON has it.
fn json(at: &At<'_>) -> Json {
    match &at.node().value {
        Value::List(_) => Json::Array(at.items().map(|item| json(&item)).collect()),
        Value::Map(_) => {
            let entries = at.entries().map(|(key, value)| (key.text.to_string(), json(&value)));
            Json::Object(entries.collect::<Map<String, Json>>())
        }
        Value::Scalar { text, .. } => match at.node().plain() {
            Some(Plain::Null) => Json::Null,
            Some(Plain::Flag(flag)) => Json::Bool(flag),
            Some(Plain::Number) => match serde_json::from_str::<Number>(text) {
                Ok(number) => Json::Number(number),
                Err(_) => Json::String(text.to_string()),
            },
            Some(Plain::Text) | None => Json::String(text.to_string()),
        },
    }
}

/// Reports what is wrong with an act or its undo, beyond its shape.
pub(super) fn check(act: &At<'_>, report: &mut Report) {
    if let Some(command) = act.get("command") {
        let shell = command.flag("shell") == Some(true);
        if let Some(run) = command.get("run") {
            match (run.scalar(), shell) {
                (Some(_), false) => report.error_with(
                    Code::WrongType,
                    &run,
                    "a command is a list: the program, then each of its arguments",
                    "write `run: [PROGRAM, ARGUMENT]`, or add `shell: true`".to_owned(),
                ),
                (None, true) => report.error_with(
                    Code::WrongType,
                    &run,
                    "a shell reads one text, not a list",
                    "write the text behind `run:`, or remove `shell: true`".to_owned(),
                ),
                (Some(text), true) if text.contains("{{") => report.error_with(
                    Code::PlaceholderNotHere,
                    &run,
                    "nothing is filled into a text that a shell reads: a value could become a \
                     command",
                    "give the value as a variable under `set:`, and write \"$NAME\"".to_owned(),
                ),
                (Some(_), true) | (None, false) => {}
            }
        }
        careful::command(&command, report);
        for key in ["set", "secrets"] {
            for (name, _) in command.get(key).iter().flat_map(At::entries) {
                if &*name.text == EFFECT_KEY_VARIABLE {
                    let at = command.get(key).unwrap_or_else(|| command.clone()).key(name);
                    let message = format!("`{EFFECT_KEY_VARIABLE}` is set by Lastgood");
                    report.error(Code::DuplicateName, &at, message);
                }
            }
        }
    }
    if let Some(http) = act.get("http") {
        headers_are_harmless(
            &http,
            "name the secret under `bearer:` or `secrets:`, and keep its value in the vault",
            report,
        );
        careful::http(&http, report);
    }
    for key in ["github.dispatch", "github.cancel"] {
        if let Some(at) = act.get(key) {
            careful::workflow(&at, report);
        }
    }
}

/// Reports placeholders that nothing fills in. The key of the effect is known to probes of
/// requests alone, and secrets to their addresses and bodies.
pub(super) fn placeholders(step: &At<'_>, known: &[&str], report: &mut Report) {
    let mut of_a_probe = known.to_vec();
    of_a_probe.push(EFFECT_KEY);
    for (key, value) in step.entries() {
        match value.get("http").filter(|_| ["act", "undo"].contains(&&*key.text)) {
            Some(http) => {
                for (key, value) in http.entries() {
                    match &*key.text {
                        "probe" => placeholder::check(&value, &of_a_probe, report),
                        "json" => placed::body(&value, known, report),
                        "post" | "put" | "patch" | "delete" => {
                            placed::address(&value, known, report);
                        }
                        _ => placeholder::check(&value, known, report),
                    }
                }
            }
            None => placeholder::check(&value, known, report),
        }
    }
}
