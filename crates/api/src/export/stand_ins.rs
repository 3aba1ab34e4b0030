//! Replaces names of people and of machines in a document by stand-ins: the same one for
//! the same name, wherever it stands, also inside of sentences.

use std::collections::BTreeMap;

use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::Source;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Document;

/// What can be replaced. Secrets are never in a document to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Redact {
    /// The names of people.
    Names,
    /// Hosts, addresses, registries and replicas.
    Hosts,
}

impl Redact {
    /// As written on a command line and in a document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Hosts => "hosts",
        }
    }
}

/// Values that are no text for people: to replace in them would make them something else.
const FIXED: &[&str] = &[
    "$schema",
    "generator",
    "id",
    "kind",
    "phase",
    "step",
    "is",
    "verdict",
    "grade",
    "way",
    "milestone",
    "what",
    "status",
    "outcome",
    "hash",
    "head",
    "digest",
    "runbook_digest",
    "plan",
    "media_type",
    "strategy",
    "occurred_at",
    "recorded_at",
    "at",
    "says",
    "openness",
    "answer",
    "decided_by",
    "due",
];

/// `document` with everything in `what` replaced.
pub fn replaced(document: Document, what: &[Redact]) -> Result<Document, Problem> {
    if what.is_empty() {
        return Ok(document);
    }
    let internal = |error: serde_json::Error| Problem::from_error(Code::Internal, &error);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut value = serde_json::to_value(&document).map_err(internal)?;
    if what.contains(&Redact::Names) {
        number(&mut names, people(&document), "Person ");
    }
    if what.contains(&Redact::Hosts) {
        let mut hosts: Vec<String> = document
            .verification
            .iter()
            .flat_map(|one| one.replicas.iter().map(|replica| replica.replica.clone()))
            .collect();
        each_text(&mut value, &mut |text| hosts.extend(hosts_in(text)));
        number(&mut names, hosts, "host-");
    }
    // The longest first: `shop.example.com` is not `example.com` with something before it.
    let mut order: Vec<(&String, &String)> = names.iter().collect();
    order.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    each_text(&mut value, &mut |text| {
        for (name, stand_in) in &order {
            if text.contains(name.as_str()) {
                *text = replace_words(text, name, stand_in);
            }
        }
    });
    let mut replaced: Document = serde_json::from_value(value).map_err(internal)?;
    replaced.redacted = what.iter().map(|one| one.as_str().to_owned()).collect();
    Ok(replaced)
}

/// Numbers whoever has no stand-in yet, in the order in which they are met.
fn number(names: &mut BTreeMap<String, String>, found: Vec<String>, word: &str) {
    let mut next = 1;
    for name in found {
        if !name.trim().is_empty() && !names.contains_key(&name) {
            names.insert(name, format!("{word}{next}"));
            next += 1;
        }
    }
}

/// Everybody who is named as a person, in the order of the document.
fn people(document: &Document) -> Vec<String> {
    let mut people = vec![document.run.started_by.to_string()];
    for line in &document.timeline {
        if let Source::Person { name } = &line.source {
            people.push(name.to_string());
        }
        people.extend(line.edits.iter().map(|edit| edit.by.to_string()));
    }
    people.extend(document.milestones.iter().map(|mark| mark.by.to_string()));
    people.extend(document.parts.iter().map(|part| part.by.to_string()));
    let items =
        document.readiness.iter().flat_map(|one| &one.checklists).flat_map(|one| &one.items);
    people.extend(items.flat_map(|item| &item.answers).map(|answer| answer.by.to_string()));
    people.extend(document.follow_ups.iter().filter_map(|item| item.owner.clone()));
    people
}

/// Hands every text that people read to `then`.
fn each_text(value: &mut Value, then: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => then(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, then)),
        Value::Object(fields) => {
            for (key, field) in fields {
                let fixed = field.is_string() && FIXED.contains(&key.as_str());
                if !fixed {
                    each_text(field, then);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Hosts that a text names: of URLs and image references, IP addresses, and names of three
/// labels or more.
fn hosts_in(text: &str) -> Vec<String> {
    let splits = |c: char| c.is_whitespace() || "\"'`()<>[]{},;|=".contains(c);
    let mut hosts = Vec::new();
    for word in text.split(splits).filter(|word| word.contains(['.', ':'])) {
        let is_url = word.contains("://");
        let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let has_path = rest.len() > authority.len() && rest[authority.len()..].starts_with('/');
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
            Some(_) | None => authority,
        };
        let host = host.trim_end_matches(['.', ':', '!', '?']);
        let labels: Vec<&str> = host.split('.').collect();
        let name_like = labels.len() >= 2
            && labels.iter().all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        let top = labels.last().copied().unwrap_or_default();
        let by_letters = top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic());
        let found = host.parse::<std::net::IpAddr>().is_ok()
            || (is_url && !host.is_empty())
            || (name_like && by_letters && (labels.len() >= 3 || has_path));
        if found {
            hosts.push(host.to_owned());
        }
    }
    hosts
}

/// `text` with every `name` that stands as a word of its own replaced.
fn replace_words(text: &str, name: &str, stand_in: &str) -> String {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(name) {
        let (head, tail) = rest.split_at(at);
        let after = &tail[name.len()..];
        out.push_str(head);
        let left = head.chars().next_back().or(before);
        if part(left) || part(after.chars().next()) {
            out.push_str(name);
        } else {
            out.push_str(stand_in);
        }
        before = name.chars().next_back();
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_replaced_where_it_is_a_word() {
        assert_eq!(
            replace_words("ada said: adapter, ada's, (ada) and Canada", "ada", "Person 1"),
            "Person 1 said: adapter, Person 1's, (Person 1) and Canada"
        );
    }

    #[test]
    fn hosts_are_found_in_addresses_images_and_names_and_versions_are_none() {
        let found = |text: &str| hosts_in(text);
        assert_eq!(found("see https://ada:x@shop.example.com:8443/a?b"), ["shop.example.com"]);
        assert_eq!(found("http://localhost:9090"), ["localhost"]);
        assert_eq!(found("ghcr.io/acme/shop:1.4.2"), ["ghcr.io"]);
        assert_eq!(found("10.0.3.7:8080 answered"), ["10.0.3.7"]);
        assert_eq!(
            found("prometheus.monitoring.svc did not answer."),
            ["prometheus.monitoring.svc"]
        );
        for text in [
            "2026.11.3",
            "1.4.2",
            "see lastgood.yaml:3",
            "9:04:12",
            "availability: 4.8%",
            "e.g. this",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
