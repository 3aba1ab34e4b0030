//! What a runbook asks for, what was given, and what its texts may refer to.

use std::collections::BTreeMap;

use super::{Aim, CompileError};
use crate::runbook::{Input, InputKind};
use crate::secret::{MASK, redact};
use crate::template::Bindings;

/// The inputs as given or defaulted. What does not fit is told and left out.
pub(super) fn inputs(
    asked: &[Input],
    given: &BTreeMap<String, String>,
    errors: &mut Vec<CompileError>,
) -> BTreeMap<String, String> {
    for name in given.keys() {
        if !asked.iter().any(|input| input.name == *name) {
            let known = asked.iter().map(|input| input.name.clone()).collect();
            errors.push(CompileError::InputUnknown { name: name.clone(), known });
        }
    }
    let mut filled = BTreeMap::new();
    for input in asked {
        let Some(value) = given.get(&input.name).or(input.default.as_ref()) else {
            errors.push(CompileError::InputMissing { name: input.name.clone() });
            continue;
        };
        // A plan is shown, exported and kept, and what is masked in it could not be done again.
        if redact(value, &[]) != *value {
            errors.push(CompileError::InputUnfit {
                name: input.name.clone(),
                value: MASK.to_owned(),
                why: "it looks like a credential, and plans are shown and kept; store it with \
                      `lastgood secret set NAME`, and name it in the runbook"
                    .to_owned(),
            });
            continue;
        }
        let why = match &input.kind {
            InputKind::Text if value.contains('\n') => Some("it must be one line".to_owned()),
            InputKind::Number if value.parse::<i64>().is_err() => {
                Some("it must be a whole number".to_owned())
            }
            InputKind::Choice(options) if !options.contains(value) => {
                Some(format!("it must be one of {}", options.join(", ")))
            }
            InputKind::Text | InputKind::Number | InputKind::Choice(_) => None,
        };
        match why {
            Some(why) => errors.push(CompileError::InputUnfit {
                name: input.name.clone(),
                value: value.clone(),
                why,
            }),
            None => {
                filled.insert(input.name.clone(), value.clone());
            }
        }
    }
    filled
}

/// What texts may refer to. Public knowledge: linting uses the same names.
pub(super) fn bindings(
    aim: Aim<'_>,
    asked: &[Input],
    inputs: &BTreeMap<String, String>,
) -> Bindings {
    let mut bindings = Bindings::default()
        .with("service", aim.place.service.as_str())
        .with("environment", aim.place.environment.as_str())
        .with("strategy", aim.environment.strategy.as_str());
    for (role, release) in [("target", aim.to), ("suspect", aim.from)] {
        bindings = bindings
            .with(format!("{role}.version"), release.version.clone())
            .with(format!("{role}.artifact"), release.artifact.clone())
            .with(format!("{role}.digest"), release.digest.or_words())
            .with(format!("{role}.commit"), release.commit.or_words())
            .with(format!("{role}.changelog"), release.changelog.or_words())
            .with(format!("{role}.schema-version"), release.schema_version.or_words());
    }
    for input in asked {
        // What is missing or unfit was said once; texts that refer to it are not at fault.
        let value = inputs.get(&input.name).cloned().unwrap_or_default();
        bindings = bindings.with(format!("inputs.{}", input.name), value);
    }
    bindings
}
