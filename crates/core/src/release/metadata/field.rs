//! The fields of release metadata: their names, and how each is a text. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::contract::is_range;
use super::Metadata;
use crate::recorded::Recorded;

macro_rules! fields {
    ($($Name:ident = $text:literal, $doc:literal;)*) => {
        /// One field of release metadata.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = $doc] $Name,)*
        }

        impl Field {
            /// Every field, the most important first: where there is little room, they
            /// are kept in this order.
            pub const ALL: &'static [Self] = &[$(Self::$Name),*];

            /// Its name wherever it is kept. Never renamed: releases carry it for years.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Name => $text),* }
            }
        }
    };
}

fields! {
    Commit = "commit", "The commit it was built from.";
    Digest = "digest", "The artifact's digest.";
    SchemaVersion = "schema-version", "The schema migration version it expects.";
    Version = "version", "The version in words.";
    Flags = "flags", "Flags with their values.";
    RollbackCommand = "rollback-command", "The command that goes back from it.";
    Runbook = "runbook", "The page that says how one goes back from it.";
    Actor = "actor", "Who deployed it.";
    Cost = "cost", "Money per thousand requests.";
    Provides = "provides", "The contracts that it keeps, with the versions that it understands.";
    Requires = "requires", "The contracts that it needs others to keep, each with a version.";
    Expires = "expires", "When the first thing inside of it expires.";
    Changelog = "changelog", "What changed.";
}

impl Field {
    /// The field with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == name)
    }

    /// Its value as a text; flags are a JSON object of texts.
    #[must_use]
    pub fn text(self, metadata: &Metadata) -> Option<String> {
        let plain = |value: &Recorded<String>| value.as_option().cloned();
        match self {
            Self::Commit => plain(&metadata.commit),
            Self::Digest => plain(&metadata.digest),
            Self::SchemaVersion => plain(&metadata.schema_version),
            Self::Version => plain(&metadata.version),
            Self::RollbackCommand => plain(&metadata.rollback_command),
            Self::Runbook => plain(&metadata.runbook),
            Self::Actor => plain(&metadata.actor),
            Self::Changelog => plain(&metadata.changelog),
            Self::Cost => metadata.cost.as_option().map(ToString::to_string),
            Self::Flags => metadata.flags.as_option().map(flags_text),
            Self::Provides => metadata.promises.provides.as_option().map(flags_text),
            Self::Requires => metadata.promises.requires.as_option().map(flags_text),
            Self::Expires => metadata.promises.expires.as_option().map(ToString::to_string),
        }
    }

    /// Takes `text` in as this field's value, or says why it cannot.
    pub fn set(self, metadata: &mut Metadata, text: &str) -> Result<(), String> {
        if let Some(why) = self.fault(text) {
            return Err(why);
        }
        let plain = |field: &mut Recorded<String>| *field = Recorded::Recorded(text.to_owned());
        match self {
            Self::Commit => plain(&mut metadata.commit),
            Self::Digest => plain(&mut metadata.digest),
            Self::SchemaVersion => plain(&mut metadata.schema_version),
            Self::Version => plain(&mut metadata.version),
            Self::RollbackCommand => plain(&mut metadata.rollback_command),
            Self::Runbook => plain(&mut metadata.runbook),
            Self::Actor => plain(&mut metadata.actor),
            Self::Changelog => plain(&mut metadata.changelog),
            Self::Cost => metadata.cost = text.parse().ok().into(),
            Self::Flags => metadata.flags = flags_of(text).into(),
            Self::Provides => metadata.promises.provides = flags_of(text).into(),
            Self::Requires => metadata.promises.requires = flags_of(text).into(),
            Self::Expires => metadata.promises.expires = instant_of(text).into(),
        }
        Ok(())
    }

    /// Why `text` cannot be this field's value; `None` when it can.
    #[must_use]
    pub fn fault(self, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return Some("it is blank; leave it out when nobody knows it".to_owned());
        }
        let is_wrong = match self {
            Self::Digest => !is_digest(text),
            Self::Cost => !text.parse().is_ok_and(|cost: f64| cost.is_finite() && cost >= 0.0),
            Self::Flags => flags_of(text).is_none(),
            Self::Provides => !versions(text, is_range),
            Self::Requires => !versions(text, |one| is_range(one) && !one.contains("..")),
            Self::Expires => instant_of(text).is_none(),
            Self::Commit => text.contains(char::is_whitespace),
            Self::SchemaVersion
            | Self::Version
            | Self::RollbackCommand
            | Self::Runbook
            | Self::Actor
            | Self::Changelog => false,
        };
        is_wrong.then(|| {
            let wanted = match self {
                Self::Digest => "`sha256:` and 64 hexadecimal digits",
                Self::Cost => "an amount, such as 0.25",
                Self::Flags => "a JSON object of values, such as {\"express-pay\": \"off\"}",
                Self::Provides => {
                    "a JSON object of contracts and versions, such as {\"orders-api\": \"2..4\"}"
                }
                Self::Requires => {
                    "a JSON object of contracts, each with one version, such as {\"stock\": \"3\"}"
                }
                Self::Expires => "a day or a time, such as 2027-03-31",
                Self::Commit => "a commit without spaces",
                Self::SchemaVersion
                | Self::Version
                | Self::RollbackCommand
                | Self::Runbook
                | Self::Actor
                | Self::Changelog => "a text",
            };
            format!("it is not {wanted}")
        })
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Flags as one text.
fn flags_text(flags: &BTreeMap<String, String>) -> String {
    let flags = flags.iter().map(|(name, value)| (name.clone(), Value::from(value.clone())));
    Value::Object(flags.collect()).to_string()
}

/// Flags from a JSON object; a value that is no text is taken as it is written, because
/// people write `true`.
pub(super) fn flags_of(text: &str) -> Option<BTreeMap<String, String>> {
    let Ok(Value::Object(flags)) = serde_json::from_str(text) else { return None };
    let flags = flags.into_iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => text,
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_)) => other.to_string(),
        };
        (name, value)
    });
    Some(flags.collect())
}

/// Whether `text` is an object of contracts whose versions are all `proper`.
fn versions(text: &str, proper: impl Fn(&str) -> bool) -> bool {
    flags_of(text).is_some_and(|all| all.values().all(|version| proper(version)))
}

/// A time, or the beginning of a day in UTC.
fn instant_of(text: &str) -> Option<Timestamp> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| Some(day()?.timestamp()))
}
