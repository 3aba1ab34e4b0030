//! Unleash, by its Admin API: flags of a project, their state in each environment, and the
//! event log. Its paths and answers were read off 7.5.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::UnleashConnection;
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::flag::{Flag, FlagState, Toggle, Toggles};
use lastgood_core::name::{EffectKey, FlagName};
use lastgood_core::recorded::Recorded;
use lastgood_core::secret::Secret;
use lastgood_core::time::EpochMs;
use reqwest::Method;
use serde_json::Value;

use super::Client;
use super::link::Link;

const SYSTEM: &str = "unleash";
const ENABLED: &str = "feature-environment-enabled";
const DISABLED: &str = "feature-environment-disabled";

/// How many events are asked for. The server gives no more in one answer, and says how many
/// there are.
const EVENTS: usize = 1000;

/// One project of an Unleash server.
#[derive(Clone, Debug)]
pub struct Unleash {
    pub(super) link: Link,
    pub(super) project: String,
}

impl Unleash {
    /// Asks nothing yet.
    pub fn new(connection: &UnleashConnection, token: Secret<String>) -> Result<Self, Refusal> {
        let link = Link::new(SYSTEM, &connection.url, token)?;
        Ok(Self { link, project: connection.project.clone() })
    }

    pub(super) fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        let mut path = vec!["api", "admin", "projects", &self.project, "features"];
        path.extend(rest);
        path
    }
}

#[async_trait]
impl Client for Unleash {
    fn system(&self) -> &'static str {
        SYSTEM
    }

    fn scope(&self) -> String {
        format!("{}, project {}", self.link.host(), self.project)
    }

    async fn flags(&self, environment: &str) -> Result<Vec<Flag>, Refusal> {
        let answer = self.link.read(&self.path(&[]), &[]).await?;
        let list = answer.get("features").and_then(Value::as_array).ok_or_else(odd)?;
        list.iter().map(|one| flag(one, environment)).collect()
    }

    async fn flag(&self, environment: &str, name: &FlagName) -> Result<Flag, Refusal> {
        let answer = self.link.read(&self.path(&[name.as_str()]), &[]).await?;
        flag(&answer, environment)
    }

    async fn toggles(
        &self,
        environment: &str,
        flag: Option<&FlagName>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal> {
        // The server filters by day; the rest is ours.
        let day = |at: Timestamp| format!("IS:{}", &at.to_string()[..10]);
        let (since, until) = (day(from), day(to));
        let project = format!("IS:{}", self.project);
        let types = format!("IS_ANY_OF:{ENABLED},{DISABLED}");
        let limit = EVENTS.to_string();
        let named = flag.map(|flag| format!("IS:{flag}"));
        let mut query = vec![
            ("project", project.as_str()),
            ("type", &types),
            ("from", &since),
            ("to", &until),
            ("limit", &limit),
        ];
        if let Some(named) = &named {
            query.push(("feature", named));
        }
        let answer = self.link.read(&["api", "admin", "search", "events"], &query).await?;
        events(&answer, environment, (from.into(), to.into()))
    }

    fn request(
        &self,
        environment: &str,
        flag: &FlagName,
        to: FlagState,
    ) -> (String, String, Option<String>) {
        let target = format!(
            "/api/admin/projects/{}/features/{flag}/environments/{environment}/{to}",
            self.project
        );
        ("POST".to_owned(), target, None)
    }

    async fn switch(
        &self,
        environment: &str,
        flag: &FlagName,
        to: FlagState,
        _: &EffectKey,
    ) -> Result<(), ApplyError> {
        let path = self.path(&[flag.as_str(), "environments", environment, to.as_str()]);
        self.link.change(Method::POST, &path, None).await
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
    let name = answer.get("name").and_then(Value::as_str).ok_or_else(odd)?;
    let all = answer.get("environments").and_then(Value::as_array).ok_or_else(odd)?;
    let here = all
        .iter()
        .find(|one| one.get("name").and_then(Value::as_str) == Some(environment))
        .ok_or_else(|| Refusal::Gone {
            what: format!("the environment {environment} of flag {name}"),
        })?;
    let enabled = here.get("enabled").and_then(Value::as_bool).ok_or_else(odd)?;
    let about = answer.get("description").and_then(Value::as_str).filter(|text| !text.is_empty());
    Ok(Flag {
        name: name.into(),
        state: if enabled { FlagState::On } else { FlagState::Off },
        about: about.map(str::to_owned).into(),
    })
}

/// The toggles of `environment` in a stretch of time.
fn events(
    answer: &Value,
    environment: &str,
    (from, to): (EpochMs, EpochMs),
) -> Result<Toggles, Refusal> {
    let list = answer.get("events").and_then(Value::as_array).ok_or_else(odd)?;
    let mut found = Toggles::default();
    let total = answer.get("total").and_then(Value::as_u64);
    match total {
        Some(total) if total > list.len() as u64 => found
            .doubts
            .push(format!("unleash has {total} toggles in that time and gave {}", list.len())),
        Some(_) => {}
        None => found.doubts.push("unleash does not say how many toggles there are".to_owned()),
    }
    for event in list {
        let text = |key: &str| event.get(key).and_then(Value::as_str);
        if text("environment") != Some(environment) {
            continue;
        }
        let state = match text("type") {
            Some(ENABLED) => FlagState::On,
            Some(DISABLED) => FlagState::Off,
            Some(_) | None => continue,
        };
        let at = text("createdAt").and_then(|at| at.parse::<Timestamp>().ok());
        let (Some(at), Some(flag)) = (at, text("featureName")) else {
            found.doubts.push("a toggle in unleash has no time or no flag".to_owned());
            continue;
        };
        let at = EpochMs::from(at);
        if from < at && at <= to {
            found.toggles.push(Toggle {
                flag: flag.into(),
                to: state,
                at,
                by: text("createdBy")
                    .map(str::to_owned)
                    .map_or(Recorded::NotRecorded, Recorded::Recorded),
                reference: event
                    .get("id")
                    .map_or_else(|| "event".to_owned(), |id| format!("event {id}")),
            });
        }
    }
    found.toggles.sort_by_key(|toggle| std::cmp::Reverse(toggle.at));
    Ok(found)
}

#[cfg(test)]
mod tests;
