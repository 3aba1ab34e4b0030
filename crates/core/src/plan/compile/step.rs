//! One step as written → the same step with every text filled in and every call resolved.

use super::{CompileError, PATIENCE, Subject, absent, operation};
use crate::catalog::Slo;
use crate::check::{Assertion, Check, Must};
use crate::effect::{Operation, PlannedEffect, Reversibility};
use crate::judge::GateRule;
use crate::name::{CheckName, SloName};
use crate::plan::{PlannedStep, Task};
use crate::runbook::{Act, DecisionOption, Selection, StepDefinition, WhereUnsupported, Work};
use crate::template::Bindings;
use crate::time::Millis;

/// Compiles one step and tells everything that stands against it, not the first thing
/// only. What it gives back for a faulty part is never seen: a plan with an error is not
/// made.
pub(super) struct StepCompiler<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) bindings: &'a Bindings,
    pub(super) step: &'a StepDefinition,
    pub(super) errors: &'a mut Vec<CompileError>,
}

impl StepCompiler<'_> {
    pub(super) fn compile(mut self) -> Option<PlannedStep> {
        let step = self.step;
        let title = self.text("the title", &step.title);
        let why = self.optional("`why`", step.why.as_deref());
        let expect = self.optional("`expect`", step.expect.as_deref());
        let task = self.task()?;
        // Nobody is asked about what is not done, and nothing is to be seen afterwards.
        let is_done = !matches!(task, Task::LeftOut { .. });
        Some(PlannedStep {
            id: step.id.clone(),
            title,
            phase: step.phase,
            why,
            task,
            when: step.when.filter(|_| is_done),
            confirm: step.confirm && is_done,
            expect: expect.filter(|_| is_done),
            timeout: step.timeout,
            on_failure: step.on_failure.clone(),
        })
    }

    fn task(&mut self) -> Option<Task> {
        Some(match &self.step.work {
            Work::Judge { slos, window, on } => {
                Task::Judge { slos: self.slos(slos), window: *window, on: *on }
            }
            Work::Act { act, undo } => {
                if let Some(left_out) = self.left_out(act) {
                    return Some(left_out);
                }
                let effect = self.effect(act).map(|mut effect| {
                    // Whether there is a way back is for the runbook to say, where no
                    // provider knows what is done.
                    if matches!(effect.operation, Operation::RunErrand { .. }) && undo.is_none() {
                        effect.reversibility = Reversibility::Irreversible;
                    }
                    effect
                });
                let undo = undo.as_ref().map(|act| self.effect(act));
                Task::Act {
                    effect: Box::new(effect?),
                    undo: match undo {
                        Some(undo) => Some(Box::new(undo?)),
                        None => None,
                    },
                }
            }
            Work::Check { checks } => Task::Check { checks: self.checks(checks) },
            Work::Decide { question, options } => Task::Decide {
                question: self.text("the question", question),
                options: options
                    .iter()
                    .map(|option| DecisionOption {
                        label: self.text("an option", &option.label),
                        ..option.clone()
                    })
                    .collect(),
            },
            Work::Wait { until } => Task::Wait { until: *until },
            Work::Verify { slos, checks, versions, hold, grace, every, consecutive } => {
                Task::Verify {
                    slos: self.slos(slos),
                    checks: self.checks(checks),
                    rule: GateRule {
                        hold: *hold,
                        grace: *grace,
                        every: *every,
                        give_up: self
                            .step
                            .timeout
                            .unwrap_or(Millis(hold.0.saturating_mul(PATIENCE))),
                        consecutive: *consecutive,
                        version: versions.then(|| self.subject.to.version.clone()),
                    },
                }
            }
            Work::Manual { instruction, ask } => Task::Manual {
                instruction: self.text("the instruction", instruction),
                ask: self.optional("`ask`", ask.as_deref()),
            },
            Work::Note { text } => Task::Note { text: self.text("the note", text) },
        })
    }

    /// What stands in the place of an act that the platform does not know.
    fn left_out(&self, act: &Act) -> Option<Task> {
        let Subject { from, to, absent, .. } = self.subject;
        let wanted = operation(act, from, to, self.bindings).ok()?;
        let found = absent::of(absent, &wanted)
            .filter(|_| self.step.where_unsupported == WhereUnsupported::LeaveOut)?;
        Some(Task::LeftOut { act: act.as_str().to_owned(), why: found.why.clone() })
    }

    fn effect(&mut self, act: &Act) -> Option<PlannedEffect> {
        let wanted = operation(act, &self.subject.from, &self.subject.to, self.bindings);
        let wanted = match wanted {
            Ok(wanted) => wanted,
            Err(source) => {
                let step = self.step.id.clone();
                self.errors.push(CompileError::Template { step, field: "the act", source });
                return None;
            }
        };
        let found = self.subject.resolved.iter().find(|(operation, _)| *operation == wanted);
        if found.is_none() {
            let (step, operation) = (self.step.id.clone(), wanted.as_str());
            self.errors.push(CompileError::Unresolved { step, operation });
        }
        found.map(|(_, effect)| effect.clone())
    }

    fn slos(&mut self, selection: &Selection<SloName>) -> Vec<Slo> {
        let all = &self.subject.environment.slos;
        let names = match selection {
            Selection::All => return all.clone(),
            Selection::Some(names) => names,
        };
        let mut chosen = Vec::with_capacity(names.len());
        for name in names {
            match all.iter().find(|slo| slo.name == *name) {
                Some(slo) => chosen.push(slo.clone()),
                None => self.errors.push(CompileError::SloUnknown {
                    step: self.step.id.clone(),
                    slo: name.clone(),
                    place: self.subject.place.to_string(),
                    known: all.iter().map(|slo| slo.name.clone()).collect(),
                }),
            }
        }
        chosen
    }

    fn checks(&mut self, selection: &Selection<CheckName>) -> Vec<Check> {
        let all = &self.subject.environment.checks;
        let names = match selection {
            Selection::All => return all.iter().map(|check| self.check(check)).collect(),
            Selection::Some(names) => names,
        };
        let mut chosen = Vec::with_capacity(names.len());
        for name in names {
            match all.iter().find(|check| check.name == *name) {
                Some(check) => chosen.push(self.check(check)),
                None => self.errors.push(CompileError::CheckUnknown {
                    step: self.step.id.clone(),
                    check: name.clone(),
                    place: self.subject.place.to_string(),
                    known: all.iter().map(|check| check.name.clone()).collect(),
                }),
            }
        }
        chosen
    }

    fn check(&mut self, check: &Check) -> Check {
        Check {
            url: self.text("the check's address", &check.url),
            headers: check
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), self.text("a header", value)))
                .collect(),
            body: self.optional("the check's body", check.body.as_deref()),
            expect: check.expect.iter().map(|one| self.assertion(one)).collect(),
            ..check.clone()
        }
    }

    fn assertion(&mut self, assertion: &Assertion) -> Assertion {
        match assertion {
            Assertion::Header { name, must } => {
                Assertion::Header { name: name.clone(), must: self.must(must) }
            }
            Assertion::Body(must) => Assertion::Body(self.must(must)),
            Assertion::Json { path, must } => {
                Assertion::Json { path: path.clone(), must: self.must(must) }
            }
            Assertion::Status(_) | Assertion::Faster(_) => assertion.clone(),
        }
    }

    fn must(&mut self, must: &Must) -> Must {
        match must {
            Must::Equal(text) => Must::Equal(self.text("an expectation", text)),
            Must::Contain(text) => Must::Contain(self.text("an expectation", text)),
            Must::Exist => Must::Exist,
        }
    }

    fn text(&mut self, field: &'static str, text: &str) -> String {
        self.bindings.render(text).unwrap_or_else(|source| {
            let step = self.step.id.clone();
            self.errors.push(CompileError::Template { step, field, source });
            String::new()
        })
    }

    fn optional(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        text.map(|text| self.text(field, text))
    }
}
