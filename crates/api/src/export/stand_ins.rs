//! Replaces names of people and of machines in a document by stand-ins: the same one for
//! the same name, wherever it stands, also inside of sentences.

use std::collections::BTreeMap;

use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::Source;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Document;

mod found;

use found::{Account, accounts_in, hosts_in};

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
        let mut accounts = Vec::new();
        each_text(&mut value, &mut |text| accounts.extend(accounts_in(text)));
        name_people(&mut names, people(&document), accounts, &things(&document));
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

/// Gives everybody a stand-in, and the same one to the other ways in which they are written: by
/// one of their names alone, by their account, in small letters.
fn name_people(
    names: &mut BTreeMap<String, String>,
    people: Vec<String>,
    accounts: Vec<Account>,
    things: &[String],
) {
    let mut next = 1;
    let mut fresh = || {
        let stand_in = format!("Person {next}");
        next += 1;
        stand_in
    };
    for person in people.into_iter().filter(|person| !person.trim().is_empty()) {
        if names.contains_key(&person) {
            continue;
        }
        let stand_in = fresh();
        let of_an_account = accounts_in(&person).into_iter().map(|account| account.name);
        for part in person.split_whitespace().map(str::to_owned).chain(of_an_account) {
            add_spellings(names, &part, &stand_in, things);
        }
        names.insert(person, stand_in);
    }
    for Account { whole, name } in accounts {
        if names.contains_key(&whole) {
            continue;
        }
        let known = names.get(&name).cloned();
        let stand_in = known.unwrap_or_else(&mut fresh);
        add_spellings(names, &name, &stand_in, things);
        names.insert(whole, stand_in);
    }
}

/// As it is, in small letters and with a capital, where it is no thing's name and long enough to
/// be somebody's.
fn add_spellings(
    names: &mut BTreeMap<String, String>,
    name: &str,
    stand_in: &str,
    things: &[String],
) {
    let fits = |c: char| c.is_alphabetic() || "-.'_".contains(c) || c.is_ascii_digit();
    let somebody = name.chars().count() >= 3
        && name.chars().all(fits)
        && name.starts_with(char::is_alphabetic);
    if !somebody || things.iter().any(|thing| thing.eq_ignore_ascii_case(name)) {
        return;
    }
    let small = name.to_lowercase();
    let mut letters = small.chars();
    let capital: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    for spelling in [name.to_owned(), small, capital] {
        names.entry(spelling).or_insert_with(|| stand_in.to_owned());
    }
}

/// Words of a document that name things; nobody is replaced who is called like one.
fn things(document: &Document) -> Vec<String> {
    let run = &document.run;
    [
        run.service.to_string(),
        run.environment.to_string(),
        run.runbook.to_string(),
        // What stands for the scripted person of a drill, and for nobody.
        "operator".to_owned(),
        "scripted".to_owned(),
        "unknown".to_owned(),
        "the".to_owned(),
        "and".to_owned(),
        "for".to_owned(),
    ]
    .into()
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
    fn somebody_is_the_same_person_however_they_are_written() {
        let mut names = BTreeMap::new();
        let people = vec!["Bob".to_owned(), "Ada Lovelace".to_owned(), "carol@acme.dev".to_owned()];
        let accounts = accounts_in("noor@another-laptop has it, ana.maria@acme.dev asks");
        name_people(&mut names, people, accounts, &["checkout".to_owned()]);
        for (spelling, stand_in) in [
            ("bob", "Person 1"),
            ("Ada", "Person 2"),
            ("lovelace", "Person 2"),
            ("carol", "Person 3"),
            ("Noor", "Person 4"),
            ("noor@another-laptop", "Person 4"),
            ("ana.maria@acme.dev", "Person 5"),
        ] {
            assert_eq!(names.get(spelling).map(String::as_str), Some(stand_in), "{spelling}");
        }
    }

    #[test]
    fn what_is_called_like_a_thing_keeps_its_name() {
        let mut names = BTreeMap::new();
        name_people(
            &mut names,
            vec!["operator (scripted)".to_owned()],
            accounts_in("actions/checkout@v4 and checkout@blue"),
            &things_of("checkout"),
        );
        assert!(!names.contains_key("checkout"), "{names:?}");
        assert!(!names.contains_key("operator"), "{names:?}");
    }

    fn things_of(service: &str) -> Vec<String> {
        vec![service.to_owned(), "operator".to_owned(), "scripted".to_owned()]
    }
}
