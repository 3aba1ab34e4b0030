//! The exact changes of a plan, sent as a dry run: admission and validation answer, and
//! nothing is stored.

use futures::future::join_all;
use lastgood_core::effect::PlannedEffect;
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::preflight::{Finding, Grade, Topic};

use super::effect::ready;
use super::error::Failure;
use super::objects::Seen;
use super::{Kubernetes, request};

const SUBJECT: &str = "admission";

impl Kubernetes {
    /// Whether the API server would accept each of `effects`.
    pub(super) async fn rehearse(&self, effects: &[PlannedEffect], seen: &Seen) -> Vec<Finding> {
        let key = EffectKey {
            run: RunId::new("preflight"),
            step: "preflight".into(),
            undo: false,
            attempt: 1,
        };
        let mut once: Vec<&PlannedEffect> = Vec::new();
        for effect in effects {
            if !once.iter().any(|known| known.operation == effect.operation) {
                once.push(effect);
            }
        }
        let path = request::deployment(&self.place);
        let asked = once.into_iter().filter_map(|effect| {
            // What cannot be put together is a finding of its own.
            let ready = ready(&key, effect, seen).ok()?;
            let path = path.as_str();
            Some(async move {
                let found = self.link.rehearse(path, request::JSON_PATCH, &ready.body).await;
                (effect.operation.as_str(), found)
            })
        });
        let mut findings = Vec::new();
        let mut accepted = Vec::new();
        for (operation, found) in join_all(asked).await {
            let Err(failure) = found else {
                accepted.push(operation);
                continue;
            };
            findings.push(refused(operation, &self.name(), failure));
        }
        accepted.sort_unstable();
        accepted.dedup();
        if !accepted.is_empty() {
            let sentence = format!("the API server would accept {} (dry run)", accepted.join(", "));
            findings.push(Finding::new(SUBJECT, Grade::Pass, sentence).on(Topic::Admission));
        }
        findings
    }
}

/// What an API server says of one change that it was asked about.
pub(super) fn told(operation: &str, object: &str, found: Result<(), Failure>) -> Finding {
    match found {
        Ok(()) => Finding::new(
            format!("{SUBJECT} of {operation} on {object}"),
            Grade::Pass,
            format!("the API server would accept {operation} on {object} (dry run)"),
        )
        .on(Topic::Admission),
        Err(failure) => refused(operation, object, failure),
    }
}

fn refused(operation: &str, object: &str, failure: Failure) -> Finding {
    let code = failure.code();
    let why = failure.refusal(object).to_string();
    // A webhook with side effects refuses every dry run, whatever is in it.
    let cannot = code == Some(400) && why.to_ascii_lowercase().contains("dry run");
    let (grade, sentence) = match code {
        Some(400 | 403 | 422) if !cannot => {
            (Grade::Block, format!("{operation} would be refused: {why}"))
        }
        Some(_) | None => {
            (Grade::Unknown, format!("whether {operation} would be accepted is not known: {why}"))
        }
    };
    Finding::new(format!("{SUBJECT} of {operation}"), grade, sentence).on(Topic::Admission)
}
