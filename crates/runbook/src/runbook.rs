//! Reads `runbooks/*.yaml`.

mod careful;
mod errand;
mod input;
mod lint;
mod order;
mod shape;
mod step;

#[cfg(test)]
mod tests;

use lastgood_core::catalog::{PlatformKind, Strategy};
use lastgood_core::runbook::{Runbook, StepDefinition};
use sha2::{Digest, Sha256};

pub(crate) use shape::RUNBOOK;

use crate::catalog::ALL_STRATEGIES;
use crate::finding::Report;
use crate::placeholder;
use crate::read::{Draft, Read, draft};
use crate::tree::At;

/// Reads a runbook. `file` is what findings call it.
#[must_use]
pub fn read_runbook(file: &str, text: &str) -> Read<Runbook> {
    draft_runbook(file, text.as_bytes()).finish()
}

pub(crate) fn draft_runbook(file: &str, bytes: &[u8]) -> Draft<Runbook> {
    let digest = hex(&Sha256::digest(bytes));
    draft(file, bytes, &RUNBOOK, |root, report| runbook(root, digest, report))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn runbook(root: &At<'_>, digest: String, report: &mut Report) -> Option<Runbook> {
    let inputs = input::inputs(root, report);
    placeholders(root, report);
    order::check(root, report);
    let steps: Option<Vec<StepDefinition>> =
        root.get("steps")?.items().map(|at| step::step(&at, report)).collect();
    lint::lint(root, report);
    Some(Runbook {
        name: root.text("runbook")?.as_str().into(),
        title: root.text("title")?,
        summary: root.text("summary"),
        platforms: list(root, "platforms", |text| {
            PlatformKind::ALL.into_iter().find(|kind| kind.as_str() == text)
        })?,
        strategies: list(root, "strategies", |text| {
            ALL_STRATEGIES.into_iter().find(|one: &Strategy| one.as_str() == text)
        })?,
        inputs: inputs?,
        steps: steps?,
        digest,
    })
}

fn list<T>(root: &At<'_>, key: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    root.get(key).iter().flat_map(At::items).map(|at| read(at.scalar()?)).collect()
}

fn placeholders(root: &At<'_>, report: &mut Report) {
    let inputs: Vec<String> = root
        .get("inputs")
        .iter()
        .flat_map(At::entries)
        .map(|(key, _)| format!("inputs.{}", key.text))
        .collect();
    let mut known = placeholder::OF_A_PLAN.to_vec();
    known.extend(inputs.iter().map(String::as_str));
    if let Some(at) = root.get("title") {
        placeholder::check(&at, &known, report);
    }
    for step in root.get("steps").iter().flat_map(At::items) {
        errand::placeholders(&step, &known, report);
    }
    for key in ["summary", "inputs"] {
        if let Some(at) = root.get(key) {
            placeholder::refuse(&at, report);
        }
    }
}
