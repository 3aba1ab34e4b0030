//! An alias and the versions of a function, as far as we use them. Pure.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use lastgood_core::release::metadata::{Limits, Read, decode, from_line};

use super::marks::Mark;

/// A version under development; it changes and is no release.
pub(super) const LATEST: &str = "$LATEST";

/// Where an alias leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Routing {
    /// The version that gets what the canary does not get.
    pub(super) primary: String,
    /// The second version and its share, 0 to 1; Lambda knows no third.
    pub(super) canary: Option<(String, f64)>,
}

impl Routing {
    pub(super) fn only(version: &str) -> Self {
        Self { primary: version.to_owned(), canary: None }
    }

    /// As `UpdateAlias` takes it; empty ends a canary.
    pub(super) fn weights(&self) -> HashMap<String, f64> {
        self.canary.iter().cloned().collect()
    }

    /// `7`, or `7+8@0.1`: the form that is written and compared.
    pub(super) fn text(&self) -> String {
        let canary = self.canary.as_ref().map(|(version, share)| format!("+{version}@{share}"));
        format!("{}{}", self.primary, canary.unwrap_or_default())
    }

    /// As a person reads it: `version 7, and version 8 for 10% of the requests`.
    pub(super) fn words(&self) -> String {
        match &self.canary {
            None => format!("version {}", self.primary),
            Some((version, share)) => format!(
                "version {}, and version {version} for {}% of the requests",
                self.primary,
                percent(*share)
            ),
        }
    }
}

/// A share in percent, to two places, without noise.
pub(super) fn percent(share: f64) -> f64 {
    (share * 10_000.0).round() / 100.0
}

/// An alias as `GetAlias` gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alias {
    pub(super) arn: String,
    pub(super) routing: Routing,
    pub(super) description: String,
    pub(super) revision: String,
}

impl Alias {
    /// The versions that it leads to, the one on its way first.
    pub(super) fn numbers(&self) -> Vec<String> {
        let halted = self.halted().map(|(version, _)| version);
        let canary = self.routing.canary.as_ref().map(|(version, _)| version.clone());
        let mut numbers: Vec<String> = canary.or(halted).into_iter().collect();
        if !numbers.contains(&self.routing.primary) {
            numbers.push(self.routing.primary.clone());
        }
        numbers
    }

    /// The ARN of the function: the alias' own without its last part.
    pub(super) fn function_arn(&self) -> &str {
        self.arn.rsplit_once(':').map_or(self.arn.as_str(), |(function, _)| function)
    }

    pub(super) fn mark(&self) -> Option<Mark> {
        Mark::of(&self.description)
    }

    /// The canary that was halted by us, as long as nobody moved the alias since.
    pub(super) fn halted(&self) -> Option<(String, f64)> {
        let mark = self.mark()?;
        mark.halted.filter(|_| mark.is == self.routing.text())
    }
}

/// A published version.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Version {
    pub(super) number: String,
    pub(super) description: String,
    pub(super) published: Option<Timestamp>,
    /// The checksum of its code, as Lambda writes it.
    pub(super) code: String,
    /// `Active`, `Inactive`, `Pending`, `Failed`; empty when Lambda did not say.
    pub(super) state: String,
    pub(super) state_reason: String,
    /// Whether its code is an image in a registry.
    pub(super) is_image: bool,
    /// `x86_64` or `arm64`.
    pub(super) architectures: Vec<String>,
    /// What may differ between versions besides the code, by name.
    pub(super) settings: BTreeMap<String, String>,
}

impl Version {
    /// Lambda throws away what an idle version had ready; the first request after that
    /// waits for it.
    pub(super) fn is_idle(&self) -> bool {
        self.state == "Inactive"
    }
}

/// What is kept warm for an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Provisioned {
    None,
    Is {
        requested: u32,
        available: u32,
        status: Readiness,
    },
    /// It could not be looked up, and whether that was because we may not.
    Unknown {
        why: String,
        denied: bool,
    },
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    Ready,
    InProgress,
    Failed { why: String },
    Unknown { status: String },
}

/// One look.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) alias: Alias,
    pub(super) provisioned: Provisioned,
    /// Those that the alias leads to, or did before we halted it.
    pub(super) versions: Vec<Version>,
    /// The function's tags, or why they could not be read.
    pub(super) tags: Result<BTreeMap<String, String>, String>,
    pub(super) at: Timestamp,
}

impl Seen {
    pub(super) fn version(&self, number: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The version in words: as recorded, or its number.
    pub(super) fn words(&self, number: &str) -> String {
        let described = self.version(number).map(|version| version.description.as_str());
        let read = metadata(&self.tags, number, described.unwrap_or_default());
        let words = read.metadata.version.as_option().cloned();
        words.unwrap_or_else(|| number.to_owned())
    }
}

/// What was recorded about a version: in its description, and in tags of the function.
pub(super) fn metadata(
    tags: &Result<BTreeMap<String, String>, String>,
    number: &str,
    description: &str,
) -> Read {
    let line = from_line(description);
    let Ok(tags) = tags else { return line };
    let mut read = decode(tags, &Limits::lambda_tags(number, 0));
    if read.metadata.is_empty() && read.doubts.is_empty() {
        return line;
    }
    read.doubts.extend(line.doubts);
    read
}
