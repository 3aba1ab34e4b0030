//! `LaunchDarkly`, by its REST API: flags of a project, whether targeting is on in an
//! environment, and the audit log. A switch is a semantic patch whose comment carries the
//! effect key.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::LaunchDarklyConnection;
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::flag::{Flag, FlagState, Toggle, Toggles};
use lastgood_core::name::{EffectKey, FlagName};
use lastgood_core::secret::Secret;
use lastgood_core::time::EpochMs;
use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::link::Link;

const SYSTEM: &str = "launchdarkly";

/// The body of a change that is a list of instructions rather than of differences.
const SEMANTIC_PATCH: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// How many entries of the audit log, and flags, one answer has at most.
const ENTRIES: usize = 20;
const FLAGS: usize = 100;

/// How many answers are asked for. A project with more flags names those that matter.
const PAGES: usize = 10;

/// One project of a `LaunchDarkly` account.
#[derive(Clone, Debug)]
pub struct LaunchDarkly {
    pub(super) link: Link,
    pub(super) project: String,
}

impl LaunchDarkly {
    /// Asks nothing yet.
    pub fn new(
        connection: &LaunchDarklyConnection,
        token: Secret<String>,
    ) -> Result<Self, Refusal> {
        let link = Link::new(SYSTEM, &connection.url, token)?;
        Ok(Self { link, project: connection.project.clone() })
    }

    fn patch(environment: &str, to: FlagState, comment: &str) -> String {
        let kind = match to {
            FlagState::On => "turnFlagOn",
            FlagState::Off => "turnFlagOff",
        };
        json!({
            "comment": comment,
            "environmentKey": environment,
            "instructions": [{ "kind": kind }],
        })
        .to_string()
    }
}

#[async_trait]
impl Client for LaunchDarkly {
    fn system(&self) -> &'static str {
        SYSTEM
    }

    fn scope(&self) -> String {
        format!("{}, project {}", self.link.host(), self.project)
    }

    async fn flags(&self, environment: &str) -> Result<Vec<Flag>, Refusal> {
        let limit = FLAGS.to_string();
        let mut all = Vec::new();
        for page in 0..PAGES {
            let offset = (page * FLAGS).to_string();
            let query =
                [("env", environment), ("summary", "true"), ("limit", &limit), ("offset", &offset)];
            let answer = self.link.read(&["api", "v2", "flags", &self.project], &query).await?;
            let items = answer.get("items").and_then(Value::as_array).ok_or_else(odd)?;
            for item in items {
                all.push(flag(item, environment)?);
            }
            if items.len() < FLAGS {
                return Ok(all);
            }
        }
        Err(Refusal::Rejected {
            system: SYSTEM.to_owned(),
            why: format!("there are more than {} flags", PAGES * FLAGS),
        })
    }

    async fn flag(&self, environment: &str, name: &FlagName) -> Result<Flag, Refusal> {
        let path = ["api", "v2", "flags", &self.project, name.as_str()];
        flag(&self.link.read(&path, &[("env", environment)]).await?, environment)
    }

    async fn toggles(
        &self,
        environment: &str,
        flag: Option<&FlagName>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal> {
        let spec = format!(
            "proj/{}:env/{environment}:flag/{}",
            self.project,
            flag.map_or("*", FlagName::as_str)
        );
        let after = from.as_millisecond().to_string();
        let limit = ENTRIES.to_string();
        let mut found = Toggles::default();
        let mut before = to.as_millisecond() + 1;
        for _ in 0..PAGES {
            let until = before.to_string();
            let query =
                [("spec", spec.as_str()), ("after", &after), ("before", &until), ("limit", &limit)];
            let answer = self.link.read(&["api", "v2", "auditlog"], &query).await?;
            let items = answer.get("items").and_then(Value::as_array).ok_or_else(odd)?;
            let mut oldest = None;
            for item in items {
                let at = item.get("date").and_then(Value::as_i64);
                oldest = at.or(oldest);
                match at {
                    Some(at) if at > from.as_millisecond() => {
                        found.toggles.extend(toggle(item, at));
                    }
                    Some(_) => {}
                    None => found.doubts.push("an entry of the audit log has no time".to_owned()),
                }
            }
            match oldest {
                // Entries of one millisecond may stand on both sides of a page's end.
                Some(oldest) if items.len() == ENTRIES && oldest < before => before = oldest,
                Some(_) | None => return Ok(found),
            }
        }
        found.doubts.push(format!("only {} entries of the audit log were read", PAGES * ENTRIES));
        Ok(found)
    }

    fn request(
        &self,
        environment: &str,
        flag: &FlagName,
        to: FlagState,
    ) -> (String, String, Option<String>) {
        let target = format!("/api/v2/flags/{}/{flag}", self.project);
        ("PATCH".to_owned(), target, Some(Self::patch(environment, to, "lastgood: the effect key")))
    }

    async fn switch(
        &self,
        environment: &str,
        flag: &FlagName,
        to: FlagState,
        key: &EffectKey,
    ) -> Result<(), ApplyError> {
        let path = ["api", "v2", "flags", &self.project, flag.as_str()];
        let body = Self::patch(environment, to, &format!("lastgood: {key}"));
        self.link.change(Method::PATCH, &path, Some((SEMANTIC_PATCH, body))).await
    }
}

fn odd() -> Refusal {
    Refusal::Rejected {
        system: SYSTEM.to_owned(),
        why: "its answer is not as documented".to_owned(),
    }
}

/// A flag as it is in `environment`.
fn flag(answer: &Value, environment: &str) -> Result<Flag, Refusal> {
    let key = answer.get("key").and_then(Value::as_str).ok_or_else(odd)?;
    let here =
        answer.get("environments").and_then(|all| all.get(environment)).ok_or_else(|| {
            Refusal::Gone { what: format!("the environment {environment} of flag {key}") }
        })?;
    let on = here.get("on").and_then(Value::as_bool).ok_or_else(odd)?;
    let about = answer.get("description").and_then(Value::as_str).filter(|text| !text.is_empty());
    Ok(Flag {
        name: key.into(),
        state: if on { FlagState::On } else { FlagState::Off },
        about: about.map(str::to_owned).into(),
    })
}

/// The toggle that an entry of the audit log is about, if it is one: only `updateOn` is.
fn toggle(item: &Value, at: i64) -> Option<Toggle> {
    let accesses = item.get("accesses").and_then(Value::as_array)?;
    let access = accesses
        .iter()
        .find(|one| one.get("action").and_then(Value::as_str) == Some("updateOn"))?;
    let flag = access.get("resource").and_then(Value::as_str)?.rsplit_once(":flag/")?.1;
    // A resource may carry tags behind a semicolon.
    let flag = flag.split(';').next().unwrap_or(flag);
    let verb = item.get("titleVerb").and_then(Value::as_str).unwrap_or_default();
    let to = if verb.contains("turned on") {
        FlagState::On
    } else if verb.contains("turned off") {
        FlagState::Off
    } else {
        return None;
    };
    let by = item
        .pointer("/member/email")
        .or_else(|| item.pointer("/token/name"))
        .and_then(Value::as_str)
        .map(str::to_owned);
    let reference = item.get("_id").and_then(Value::as_str).unwrap_or("entry").to_owned();
    Some(Toggle { flag: flag.into(), to, at: EpochMs(at), by: by.into(), reference })
}

#[cfg(test)]
mod tests;
