//! What a platform does not know, and whether a runbook can do without it.

use super::{Aim, CompileError, inputs, operation};
use crate::effect::{Operation, Refusal};
use crate::name::StepId;
use crate::runbook::{Runbook, WhereUnsupported, Work};

/// One operation that the platform does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Absent {
    /// Which.
    pub operation: Operation,
    /// Why not, and what can be done instead.
    pub why: String,
}

impl Absent {
    /// What a refusal says about the platform; `None` for every no that is not about what the
    /// platform knows, such as a missing right: that can be mended, and is never passed over.
    #[must_use]
    pub fn of(operation: &Operation, refusal: &Refusal) -> Option<Self> {
        match refusal {
            Refusal::Unsupported { why, .. } => {
                Some(Self { operation: operation.clone(), why: why.clone() })
            }
            Refusal::Drifted { .. }
            | Refusal::Forbidden { .. }
            | Refusal::Unauthorised { .. }
            | Refusal::Gone { .. }
            | Refusal::Missing { .. }
            | Refusal::Unusable { .. }
            | Refusal::Unreachable { .. }
            | Refusal::Rejected { .. } => None,
        }
    }
}

pub(super) fn of<'a>(absent: &'a [Absent], operation: &Operation) -> Option<&'a Absent> {
    absent.iter().find(|one| one.operation == *operation)
}

/// The first step of `runbook` that cannot do without one of `absent`, with what it needs. A
/// step that is done needs its way back as well; one that is left out does not.
pub fn not_without<'a>(
    runbook: &Runbook,
    aim: Aim<'_>,
    absent: &'a [Absent],
) -> Result<Option<(StepId, &'a Absent)>, Vec<CompileError>> {
    let mut errors = Vec::new();
    let inputs = inputs::inputs(&runbook.inputs, aim.given, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let bindings = inputs::bindings(aim, &runbook.inputs, &inputs);
    let needed = |act| {
        let operation = operation(act, aim.from, aim.to, &bindings).ok()?;
        of(absent, &operation)
    };
    Ok(runbook.steps.iter().find_map(|step| {
        let Work::Act { act, undo } = &step.work else { return None };
        let found = match (needed(act), step.where_unsupported) {
            (Some(_), WhereUnsupported::LeaveOut) => None,
            (Some(found), WhereUnsupported::Refuse) => Some(found),
            (None, _) => undo.as_ref().and_then(needed),
        };
        found.map(|found| (step.id.clone(), found))
    }))
}

#[cfg(test)]
mod tests;
