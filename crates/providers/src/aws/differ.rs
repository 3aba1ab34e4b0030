//! How the settings of two releases differ. Pure.

use std::collections::{BTreeMap, BTreeSet};

use lastgood_core::preflight::{Comparison, Difference};

/// What going back from `now` to `then` changes in `part`, besides the artifact. Settings
/// never hold the value of a variable, which is a doubt of its own.
pub(crate) fn differing(
    part: &str,
    now: &BTreeMap<String, String>,
    then: &BTreeMap<String, String>,
) -> Comparison {
    let names: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
    let words = |value: Option<&String>| value.map_or("not set", String::as_str).to_owned();
    let changes: Vec<String> = names
        .into_iter()
        .map(|name| (name, now.get(name), then.get(name)))
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| format!("{name}: {} → {}", words(before), words(after)))
        .collect();
    let differences = if changes.is_empty() {
        Vec::new()
    } else {
        vec![Difference { part: part.to_owned(), changes }]
    };
    let doubts = vec!["the values of variables are not compared: they may be secrets".to_owned()];
    Comparison { differences, doubts, ..Comparison::default() }
}
