//! Reads what a runbook asks for.

use std::collections::BTreeSet;

use lastgood_core::runbook::{Input, InputKind};

use crate::code::Code;
use crate::finding::Report;
use crate::tree::At;

pub(super) fn inputs(root: &At<'_>, report: &mut Report) -> Option<Vec<Input>> {
    let Some(written) = root.get("inputs") else { return Some(Vec::new()) };
    let mut all = Some(Vec::new());
    for (key, at) in written.entries() {
        match (input(&key.text, &at, report), &mut all) {
            (Some(input), Some(inputs)) => inputs.push(input),
            (None, _) => all = None,
            (Some(_), None) => {}
        }
    }
    all
}

fn input(name: &str, at: &At<'_>, report: &mut Report) -> Option<Input> {
    let kind = match at.text("type")?.as_str() {
        "number" => InputKind::Number,
        "choice" => InputKind::Choice(options(at, report)?),
        _ => InputKind::Text,
    };
    if let Some(options) = at.get("options").filter(|_| !matches!(kind, InputKind::Choice(_))) {
        report.error_with(
            Code::OptionsUnfit,
            &options,
            "`options` belong to an input of the type `choice`",
            "write `type: choice`, or remove the options".to_owned(),
        );
    }
    let default = at.text("default");
    if let (Some(value), Some(written)) = (&default, at.get("default")) {
        // The same rules as in `core::plan::compile`, told where they can be mended.
        let why = match &kind {
            InputKind::Text if value.contains('\n') => Some("it must be one line".to_owned()),
            InputKind::Number if value.parse::<i64>().is_err() => {
                Some("it must be a whole number".to_owned())
            }
            InputKind::Choice(options) if !options.contains(value) => {
                Some(format!("it must be one of {}", options.join(", ")))
            }
            InputKind::Text | InputKind::Number | InputKind::Choice(_) => None,
        };
        if let Some(why) = why {
            let shown: String = value.chars().take(60).collect();
            report.error(
                Code::DefaultUnfit,
                &written,
                format!("`{shown}` cannot be the default: {why}"),
            );
        }
    }
    Some(Input { name: name.to_owned(), kind, default, help: at.text("help") })
}

fn options(at: &At<'_>, report: &mut Report) -> Option<Vec<String>> {
    let Some(written) = at.get("options") else {
        report.error_with(
            Code::OptionsUnfit,
            at,
            "an input of the type `choice` needs `options`",
            "add `options: [one, another]`".to_owned(),
        );
        return None;
    };
    let mut options: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for option in written.items() {
        let text = option.scalar()?;
        if !seen.insert(text) {
            report.error(Code::DuplicateName, &option, format!("`{text}` is there already"));
        }
        options.push(text.to_owned());
    }
    Some(options)
}
