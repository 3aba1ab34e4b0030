//! Versions and aliases of one Lambda function.
//!
//! Imitates what the API reference of AWS Lambda says of `UpdateAlias` and its kin: an
//! alias leads to at most two versions that exist (`ResourceNotFoundException`), a weight
//! lies between 0 and 1 (`InvalidParameterValueException`), and an update under another
//! `RevisionId` than the alias has is refused (`PreconditionFailedException`). What is
//! kept warm is allocated anew when the alias moves, as its guide to provisioned
//! concurrency says; here that ends when [`Lambda::warm_up`] says so.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::bed::{Serves, Serving};
use super::{ACCOUNT, Answer, Api, Asked, REGION};

#[derive(Clone, Debug)]
struct Version {
    number: u32,
    description: String,
    /// Unix milliseconds.
    published: i64,
    state: &'static str,
}

/// The function `checkout` with its alias `live`.
#[derive(Debug)]
pub struct Lambda {
    versions: Vec<Version>,
    tags: BTreeMap<String, String>,
    primary: String,
    weights: BTreeMap<String, f64>,
    description: String,
    revision: u64,
    /// Requested and available, when anything is kept warm.
    warm: Option<(u32, u32)>,
    updates: u32,
}

impl Lambda {
    /// With versions 1 to `count`, published an hour after one another up to `now` (Unix
    /// milliseconds), and the alias on the newest.
    pub fn new(count: u32, now: i64) -> Self {
        let versions = (1..=count).map(|number| Version {
            number,
            description: format!("build {number}"),
            published: now - i64::from(count + 1 - number) * 3_600_000,
            state: "Active",
        });
        Self {
            versions: versions.collect(),
            tags: BTreeMap::new(),
            primary: count.to_string(),
            weights: BTreeMap::new(),
            description: String::new(),
            revision: 1,
            warm: None,
            updates: 0,
        }
    }

    /// Publishes the next version and gives it a share of the alias, 0 to 1.
    pub fn canary(&mut self, share: f64, now: i64) -> String {
        let number = self.versions.last().map_or(0, |newest| newest.number) + 1;
        let description = format!("build {number}");
        self.versions.push(Version { number, description, published: now, state: "Active" });
        self.weights = BTreeMap::from([(number.to_string(), share)]);
        self.revision += 1;
        number.to_string()
    }

    /// Sends everything to a version, as a deploy without a canary does.
    pub fn moved(&mut self, version: &str) {
        version.clone_into(&mut self.primary);
        self.weights.clear();
        self.revision += 1;
    }

    /// Writes a description of the alias, as a person would.
    pub fn described(&mut self, text: &str) {
        text.clone_into(&mut self.description);
        self.revision += 1;
    }

    /// Takes a version away.
    pub fn delete(&mut self, version: &str) {
        self.versions.retain(|known| known.number.to_string() != version);
    }

    /// Lets a version be in another state, such as `Failed`.
    pub fn state(&mut self, version: &str, state: &'static str) {
        for known in self.versions.iter_mut().filter(|one| one.number.to_string() == version) {
            known.state = state;
        }
    }

    /// Writes a tag of the function.
    pub fn tag(&mut self, name: &str, value: &str) {
        self.tags.insert(name.to_owned(), value.to_owned());
    }

    /// Keeps so many executions warm, all of them ready.
    pub fn keep_warm(&mut self, requested: u32) {
        self.warm = Some((requested, requested));
    }

    /// What was asked for is warm now.
    pub fn warm_up(&mut self) {
        if let Some((requested, available)) = &mut self.warm {
            *available = *requested;
        }
    }

    /// Where the alias leads: the version that gets the rest, and the weights.
    pub fn leads_to(&self) -> (String, BTreeMap<String, f64>) {
        (self.primary.clone(), self.weights.clone())
    }

    /// The alias' description.
    pub fn description(&self) -> String {
        self.description.clone()
    }

    /// How often the alias was updated through the API.
    pub fn updates(&self) -> u32 {
        self.updates
    }

    fn arn() -> String {
        format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:checkout")
    }

    fn revision(&self) -> String {
        format!("00000000-0000-0000-0000-{:012}", self.revision + 100)
    }

    fn alias(&self) -> Value {
        let mut alias = json!({
            "AliasArn": format!("{}:live", Self::arn()),
            "Name": "live",
            "FunctionVersion": self.primary,
            "Description": self.description,
            "RevisionId": self.revision(),
        });
        if !self.weights.is_empty() {
            alias["RoutingConfig"] = json!({ "AdditionalVersionWeights": self.weights });
        }
        alias
    }

    fn configuration(version: &Version) -> Value {
        json!({
            "FunctionName": "checkout",
            "FunctionArn": format!("{}:{}", Self::arn(), version.number),
            "Version": version.number.to_string(),
            "Description": version.description,
            "LastModified": time(version.published),
            "CodeSha256": format!("code-of-{}", version.number),
            "State": version.state,
            "StateReason": "arranged",
            "PackageType": "Zip",
            "Runtime": "nodejs22.x",
            "MemorySize": 128 * version.number,
            "Architectures": ["arm64"],
            "Environment": { "Variables": { "LEVEL": "hidden" } },
        })
    }

    fn version(&self, number: &str) -> Result<&Version, Answer> {
        self.versions.iter().find(|known| known.number.to_string() == number).ok_or_else(|| {
            let arn = format!("{}:{number}", Self::arn());
            Answer::no(404, "ResourceNotFoundException", &format!("Function not found: {arn}"))
        })
    }

    fn update(&mut self, asked: &Value) -> Result<Answer, Answer> {
        let stale = asked["RevisionId"].as_str().is_some_and(|one| one != self.revision());
        if stale {
            let why = "The Revision Id provided does not match the latest Revision Id.";
            return Err(Answer::no(412, "PreconditionFailedException", why));
        }
        let invalid = |why: &str| Answer::no(400, "InvalidParameterValueException", why);
        let primary = match asked["FunctionVersion"].as_str() {
            Some(primary) => self.version(primary)?.number.to_string(),
            None => self.primary.clone(),
        };
        let mut weights = self.weights.clone();
        if let Some(wanted) = asked["RoutingConfig"]["AdditionalVersionWeights"].as_object() {
            weights.clear();
            for (number, share) in wanted {
                let share = share.as_f64().unwrap_or(-1.0);
                if !(0.0..=1.0).contains(&share) {
                    return Err(invalid("a weight lies between 0 and 1"));
                }
                weights.insert(self.version(number)?.number.to_string(), share);
            }
        }
        if weights.len() > 1 || weights.contains_key(&primary) {
            return Err(invalid("an alias leads to two versions at the most"));
        }
        if let (Some((_, available)), true) = (&mut self.warm, primary != self.primary) {
            *available = 0;
        }
        self.primary = primary;
        self.weights = weights;
        if let Some(text) = asked["Description"].as_str() {
            if text.chars().count() > 256 {
                return Err(invalid("a description has 256 characters at the most"));
            }
            text.clone_into(&mut self.description);
        }
        self.revision += 1;
        self.updates += 1;
        Ok(Answer::ok(&self.alias()))
    }

    /// A function has fifty tags at the most; its versions have none of their own.
    fn tag_with(&mut self, asked: &Value) -> Result<Answer, Answer> {
        let mut with = self.tags.clone();
        for (key, value) in asked["Tags"].as_object().into_iter().flatten() {
            with.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
        }
        if with.len() > 50 {
            let why = "a resource has 50 tags at the most";
            return Err(Answer::no(400, "InvalidParameterValueException", why));
        }
        self.tags = with;
        Ok(Answer { status: 204, ..Answer::ok(&json!({})) })
    }

    /// The tags of the function.
    pub fn tags(&self) -> BTreeMap<String, String> {
        self.tags.clone()
    }

    fn warmth(&self) -> Answer {
        match self.warm {
            None => Answer::no(
                404,
                "ProvisionedConcurrencyConfigNotFoundException",
                "No Provisioned Concurrency Config found for this function",
            ),
            Some((requested, available)) => Answer::ok(&json!({
                "RequestedProvisionedConcurrentExecutions": requested,
                "AvailableProvisionedConcurrentExecutions": available,
                "AllocatedProvisionedConcurrentExecutions": available,
                "Status": if available < requested { "IN_PROGRESS" } else { "READY" },
            })),
        }
    }

    fn list(&self, asked: &Asked) -> Answer {
        let size = asked.query.get("MaxItems").and_then(|size| size.parse().ok()).unwrap_or(50);
        let from: usize =
            asked.query.get("Marker").and_then(|marker| marker.parse().ok()).unwrap_or(0);
        let page: Vec<Value> =
            self.versions.iter().skip(from).take(size).map(Self::configuration).collect();
        let mut answer = json!({ "Versions": page });
        if from + size < self.versions.len() {
            answer["NextMarker"] = json!((from + size).to_string());
        }
        Answer::ok(&answer)
    }
}

/// The action that a request of Lambda's REST protocol asks for.
pub(super) fn action(asked: &Asked) -> &'static str {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("PUT", path) if path.contains("/aliases/") => "UpdateAlias",
        ("GET", path) if path.contains("/aliases/") => "GetAlias",
        ("GET", path) if path.ends_with("/versions") => "ListVersionsByFunction",
        ("GET", path) if path.ends_with("/configuration") => "GetFunctionConfiguration",
        ("GET", path) if path.ends_with("/provisioned-concurrency") => {
            "GetProvisionedConcurrencyConfig"
        }
        ("GET", path) if path.contains("/tags/") => "ListTags",
        ("POST", path) if path.contains("/tags/") => "TagResource",
        ("DELETE", path) if path.contains("/tags/") => "UntagResource",
        ("GET", path) if path.contains("/functions/") => "GetFunction",
        _ => "Unknown",
    }
}

/// An update of an alias that changes nothing of it.
pub(super) fn is_rehearsal(action: &str, asked: &Asked) -> bool {
    let body = asked.json();
    let says = ["FunctionVersion", "RoutingConfig", "Description"];
    action == "UpdateAlias" && says.iter().all(|name| body[name].is_null())
}

/// What an alias sends requests to: `primary`, but for what `weights` says of others.
pub(super) fn arms(primary: &str, weights: &BTreeMap<String, f64>) -> Vec<Serving> {
    let rest = 1.0 - weights.values().sum::<f64>();
    let arms = weights.iter().map(|(version, share)| (version.as_str(), *share));
    arms.chain([(primary, rest)])
        .filter(|(_, share)| *share > 0.0)
        .map(|(version, share)| Serving {
            name: format!("version-{version}"),
            version: version.to_owned(),
            host: Ipv4Addr::new(127, 2, 0, version.parse().unwrap_or(u8::MAX)),
            share,
        })
        .collect()
}

impl Serves for Lambda {
    /// Every version that the alias sends requests to.
    fn serving(&mut self) -> Vec<Serving> {
        arms(&self.primary, &self.weights)
    }
}

impl Api for Lambda {
    fn action(&self, asked: &Asked) -> String {
        action(asked).to_owned()
    }

    fn is_rehearsal(&self, action: &str, asked: &Asked) -> bool {
        is_rehearsal(action, asked)
    }

    fn answer(&mut self, action: &str, asked: &Asked) -> Answer {
        let latest = String::new();
        let number = asked.query.get("Qualifier").unwrap_or(&latest).clone();
        let is_ours = asked.path.contains("checkout");
        let missing =
            || Answer::no(404, "ResourceNotFoundException", "there is no such function or alias");
        let answer = match action {
            _ if !is_ours => Err(missing()),
            "GetAlias" | "UpdateAlias" if !asked.path.ends_with("/aliases/live") => Err(missing()),
            "GetAlias" => Ok(Answer::ok(&self.alias())),
            "UpdateAlias" => self.update(&asked.json()),
            "ListVersionsByFunction" => Ok(self.list(asked)),
            "GetFunctionConfiguration" => {
                self.version(&number).map(|found| Answer::ok(&Self::configuration(found)))
            }
            "GetFunction" => self.version(&number).map(|found| {
                Answer::ok(&json!({ "Configuration": Self::configuration(found), "Code": {} }))
            }),
            "GetProvisionedConcurrencyConfig" => Ok(self.warmth()),
            "ListTags" => Ok(Answer::ok(&json!({ "Tags": self.tags }))),
            "TagResource" => self.tag_with(&asked.json()),
            "UntagResource" => {
                asked.all("tagKeys").for_each(|key| drop(self.tags.remove(key)));
                Ok(Answer { status: 204, ..Answer::ok(&json!({})) })
            }
            _ => Err(Answer::no(404, "UnknownOperationException", "not part of the fake")),
        };
        answer.unwrap_or_else(|refused| refused)
    }
}

/// As Lambda writes times: with a numeric offset that has no colon.
fn time(at: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_string().replace('Z', "+0000")
}
