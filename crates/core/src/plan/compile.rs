//! Runbook + place + target + what was found there → plan. Pure: what must be asked of
//! the world (the calls behind each operation) is asked for by name with [`operations`]
//! and handed back resolved.

mod absent;
mod inputs;
mod lease;
mod step;
mod sync;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use self::absent::{Absent, not_without};
pub use self::lease::turns;
use self::step::StepCompiler;
pub use self::sync::suspensions;
use super::{DrillTag, Plan};
use crate::catalog::{Environment, Place};
use crate::drill::Exercise;
use crate::effect::{Operation, PlannedEffect};
use crate::governor::Governing;
use crate::lease::Leasing;
use crate::mitigation::Mitigation;
use crate::name::{CheckName, FlagName, SloName, StepId};
use crate::preflight::Finding;
use crate::release::Release;
use crate::runbook::{Act, Runbook, Which, Work};
use crate::survey::Survey;
use crate::template::{Bindings, TemplateError};

/// How long a verification goes on looking when its step names no timeout, as a multiple
/// of what it must hold.
const PATIENCE: u64 = 3;

/// Everything besides the runbook that a plan is made of.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Where.
    pub place: Place,
    /// What the catalog says of it.
    pub environment: &'a Environment,
    /// The release to get away from.
    pub from: Release,
    /// The release to go back to.
    pub to: Release,
    /// Why this target.
    pub because: String,
    /// What was given for the runbook's own inputs.
    pub given: BTreeMap<String, String>,
    /// What runs now.
    pub survey: Survey,
    /// The operations of [`operations`], resolved by a provider.
    pub resolved: Vec<(Operation, PlannedEffect)>,
    /// Those of them that the platform does not know.
    pub absent: Vec<Absent>,
    /// What was checked before.
    pub findings: Vec<Finding>,
    /// What this rollback does not restore.
    pub not_restored: Vec<String>,
    /// What could be done besides or instead.
    pub mitigations: Vec<Mitigation>,
    /// Who puts the place back to what a repository says.
    pub governing: Vec<Governing>,
    /// The lease that one run at a time holds while it changes the place.
    pub leasing: Option<Leasing>,
    /// Set when it is a drill.
    pub drill: Option<DrillTag>,
    /// Set when it is a drill on a real system.
    pub exercise: Option<Exercise>,
    /// When the plan is made.
    pub now: Timestamp,
}

impl Subject<'_> {
    fn aim(&self) -> Aim<'_> {
        let Self { place, environment, from, to, given, .. } = self;
        Aim { place, environment, from, to, given }
    }
}

/// Why a runbook cannot become a plan here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The runbook does not fit the platform.
    #[error("runbook `{runbook}` is for {wanted}, and {place} runs on {found}")]
    Platform {
        /// Which runbook.
        runbook: String,
        /// Which place.
        place: String,
        /// What the runbook is for.
        wanted: String,
        /// What the place is.
        found: String,
    },
    /// The runbook does not fit the strategy.
    #[error("runbook `{runbook}` is for {wanted} rollouts, and {place} uses {found}")]
    Strategy {
        /// Which runbook.
        runbook: String,
        /// Which place.
        place: String,
        /// What the runbook is for.
        wanted: String,
        /// What the place is.
        found: String,
    },
    /// A required input was not given.
    #[error("input `{name}` is needed and was not given")]
    InputMissing {
        /// Which input.
        name: String,
    },
    /// An input does not fit.
    #[error("input `{name}` cannot be `{value}`: {why}")]
    InputUnfit {
        /// Which input.
        name: String,
        /// What was given.
        value: String,
        /// Why not.
        why: String,
    },
    /// Something was given that the runbook does not ask for.
    #[error("runbook has no input `{name}`")]
    InputUnknown {
        /// What was given.
        name: String,
        /// What it asks for.
        known: Vec<String>,
    },
    /// A step names an objective that the environment does not have.
    #[error("step `{step}` names the objective `{slo}`, which {place} does not have")]
    SloUnknown {
        /// Which step.
        step: StepId,
        /// Which objective.
        slo: SloName,
        /// Which place.
        place: String,
        /// What it has.
        known: Vec<SloName>,
    },
    /// A step names a check that the environment does not have.
    #[error("step `{step}` names the check `{check}`, which {place} does not have")]
    CheckUnknown {
        /// Which step.
        step: StepId,
        /// Which check.
        check: CheckName,
        /// Which place.
        place: String,
        /// What it has.
        known: Vec<CheckName>,
    },
    /// The runbook's title could not be filled in.
    #[error("the title of runbook `{runbook}` cannot be filled in")]
    Title {
        /// Which runbook.
        runbook: String,
        /// Why not.
        #[source]
        source: TemplateError,
    },
    /// A text of a step could not be filled in.
    #[error("{field} of step `{step}` cannot be filled in")]
    Template {
        /// Which step.
        step: StepId,
        /// Which of its texts.
        field: &'static str,
        /// Why not.
        #[source]
        source: TemplateError,
    },
    /// An operation was not resolved.
    #[error("step `{step}` needs `{operation}`, which nothing resolved")]
    Unresolved {
        /// Which step.
        step: StepId,
        /// Which operation.
        operation: &'static str,
    },
}

/// Where and what for a runbook's operations are.
#[derive(Clone, Copy, Debug)]
pub struct Aim<'a> {
    /// Where.
    pub place: &'a Place,
    /// What the catalog says of it.
    pub environment: &'a Environment,
    /// The release to get away from.
    pub from: &'a Release,
    /// The release to go back to.
    pub to: &'a Release,
    /// What was given for the runbook's own inputs.
    pub given: &'a BTreeMap<String, String>,
}

/// The operations that `runbook` needs there, each once, with the step that needs it; undos
/// included. Fails when an input is missing or unfit, because an operation may be made of
/// it; a text that cannot be filled in is left to [`compile`], which tells all of them.
pub fn operations(
    runbook: &Runbook,
    aim: Aim<'_>,
) -> Result<Vec<(StepId, Operation)>, Vec<CompileError>> {
    let mut errors = Vec::new();
    // First, so that nobody is asked for the inputs of a runbook that is not for this place.
    fits(runbook, aim.place, aim.environment, &mut errors);
    let inputs = inputs::inputs(&runbook.inputs, aim.given, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let bindings = inputs::bindings(aim, &runbook.inputs, &inputs);
    let mut found: Vec<(StepId, Operation)> = Vec::new();
    for step in &runbook.steps {
        if let Work::Act { act, undo } = &step.work {
            for act in std::iter::once(act).chain(undo) {
                let Ok(operation) = operation(act, aim.from, aim.to, &bindings) else { continue };
                if !found.iter().any(|(_, known)| *known == operation) {
                    found.push((step.id.clone(), operation));
                }
            }
        }
    }
    Ok(found)
}

fn operation(
    act: &Act,
    from: &Release,
    to: &Release,
    bindings: &Bindings,
) -> Result<Operation, TemplateError> {
    let id = |which: Which| match which {
        Which::Target => to.id.clone(),
        Which::Suspect => from.id.clone(),
    };
    Ok(match act {
        Act::HaltRollout => Operation::HaltRollout,
        Act::ResumeRollout => Operation::ResumeRollout,
        Act::Restore { release } => Operation::RestoreRelease { release: id(*release) },
        Act::ShiftTraffic { release, percent } => {
            Operation::ShiftTraffic { release: id(*release), percent: *percent }
        }
        Act::SwitchFlag { flag, to } => {
            Operation::SwitchFlag { flag: FlagName::new(bindings.render(flag)?), to: *to }
        }
        Act::RunErrand { errand } => {
            Operation::RunErrand { errand: Box::new(errand.filled(bindings)?) }
        }
    })
}

/// What stands against any plan of `runbook` in `place`, whatever runs there: what it is for, and
/// what it was `given`. It is known before a system is asked.
#[must_use]
pub fn unfit(
    runbook: &Runbook,
    place: &Place,
    environment: &Environment,
    given: &BTreeMap<String, String>,
) -> Vec<CompileError> {
    let mut errors = Vec::new();
    fits(runbook, place, environment, &mut errors);
    let _ = inputs::inputs(&runbook.inputs, given, &mut errors);
    errors
}

/// Makes the plan, or tells everything that stands against it.
pub fn compile(runbook: &Runbook, subject: Subject<'_>) -> Result<Plan, Vec<CompileError>> {
    let mut errors = Vec::new();
    fits(runbook, &subject.place, subject.environment, &mut errors);
    let inputs = inputs::inputs(&runbook.inputs, &subject.given, &mut errors);
    let bindings = inputs::bindings(subject.aim(), &runbook.inputs, &inputs);
    let title = bindings.render(&runbook.title).unwrap_or_else(|source| {
        errors.push(CompileError::Title { runbook: runbook.name.to_string(), source });
        String::new()
    });
    let mut steps = Vec::with_capacity(runbook.steps.len());
    for step in &runbook.steps {
        let errors = &mut errors;
        let compiler = StepCompiler { subject: &subject, bindings: &bindings, step, errors };
        steps.extend(compiler.compile());
    }
    sync::insert(&mut steps, &subject, &mut errors);
    lease::insert(&mut steps, &subject, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let remains = |one: &Governing| one.remains(&subject.from.version, &subject.to.version);
    let not_restored = subject.governing.iter().map(remains).chain(subject.not_restored).collect();
    let title = if subject.exercise.is_some() { Exercise::title(&title) } else { title };
    Ok(Plan {
        title,
        runbook: runbook.name.clone(),
        runbook_digest: runbook.digest.clone(),
        coordinates: subject.environment.platform.coordinates(),
        strategy: subject.environment.strategy,
        place: subject.place,
        from: subject.from,
        to: subject.to,
        because: subject.because,
        inputs,
        steps,
        findings: subject.findings,
        not_restored,
        mitigations: subject.mitigations,
        survey: subject.survey,
        drill: subject.drill,
        exercise: subject.exercise,
        made_at: subject.now,
    })
}

fn fits(
    runbook: &Runbook,
    place: &Place,
    environment: &Environment,
    errors: &mut Vec<CompileError>,
) {
    let kind = environment.platform.kind();
    if !runbook.platforms.is_empty() && !runbook.platforms.contains(&kind) {
        let wanted: Vec<&str> = runbook.platforms.iter().map(|kind| kind.as_str()).collect();
        errors.push(CompileError::Platform {
            runbook: runbook.name.to_string(),
            place: place.to_string(),
            wanted: wanted.join(" or "),
            found: kind.as_str().to_owned(),
        });
    }
    let strategy = environment.strategy;
    if !runbook.strategies.is_empty() && !runbook.strategies.contains(&strategy) {
        let wanted: Vec<&str> = runbook.strategies.iter().map(|one| one.as_str()).collect();
        errors.push(CompileError::Strategy {
            runbook: runbook.name.to_string(),
            place: place.to_string(),
            wanted: wanted.join(" or "),
            found: strategy.as_str().to_owned(),
        });
    }
}

#[cfg(test)]
mod tests;
