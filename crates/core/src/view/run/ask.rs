//! What a person is asked and may answer: one table for every host, so that a button in
//! the window and a key in the terminal always mean the same.

use serde::{Deserialize, Serialize};

use crate::drill::AskKind;
use crate::name::StepId;
use crate::plan::Task;
use crate::run::{Ask, Command, Run};

/// A question to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct AskView {
    /// The step that asks; `null` when the run itself does.
    pub step: Option<StepId>,
    /// Which kind of question.
    pub kind: AskKind,
    /// The question, in a sentence.
    pub question: String,
    /// What it rests on.
    pub detail: Option<String>,
    /// What may be answered; at most one is primary.
    pub answers: Vec<AnswerOption>,
}

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct AnswerOption {
    /// What it does.
    pub kind: AnswerKind,
    /// The option, for a choice.
    pub option: Option<String>,
    /// Verb and object.
    pub label: String,
    /// The key for it in the terminal; unique among the answers.
    pub key: String,
    /// What must be given with it.
    pub needs: Needs,
    /// Whether it is the one to expect.
    pub primary: bool,
}

/// What must be given with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A reason, read later by others.
    Reason,
    /// What was seen.
    Observation {
        /// What to write down.
        label: String,
        /// Whether it may be left out.
        optional: bool,
    },
}

/// The things an answer can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum AnswerKind {
    /// Say go.
    Confirm,
    /// Go on in spite of it.
    Accept,
    /// Look or try again.
    Again,
    /// Choose an option.
    Choose,
    /// It was done by hand.
    Performed,
    /// Pass it over.
    Skip,
    /// The effect took place.
    Happened,
    /// The effect did not take place.
    DidNotHappen,
    /// End the run without a rollback.
    Decline,
    /// Take back what was done.
    Undo,
    /// Leave what was done.
    Leave,
    /// End the run.
    Abort,
}

impl AnswerKind {
    /// The command that this answer stands for.
    #[must_use]
    pub fn command(self, step: StepId, option: Option<String>, text: Option<String>) -> Command {
        let said = text.clone().unwrap_or_default();
        match self {
            Self::Confirm => Command::Confirm { step },
            Self::Accept => Command::Accept { step, reason: said },
            Self::Again => Command::Again { step, reason: text },
            Self::Choose => {
                Command::Choose { step, option: option.unwrap_or_default(), reason: text }
            }
            Self::Performed => Command::Performed { step, observed: said },
            Self::Skip => Command::Skip { step, reason: said },
            Self::Happened => Command::Rule { step, happened: true, reason: said },
            Self::DidNotHappen => Command::Rule { step, happened: false, reason: said },
            Self::Decline => Command::Decline { step, reason: said },
            Self::Undo => Command::Undo,
            Self::Leave => Command::Leave { reason: said },
            Self::Abort => Command::Abort { reason: said },
        }
    }
}

pub(super) fn ask(run: &Run, step: Option<&StepId>, ask: &Ask) -> AskView {
    let planned = step.and_then(|step| run.plan().step(step));
    let title = planned.map_or_else(|| run.plan().title.clone(), |step| step.title.clone());
    let acts = planned.is_some_and(|step| matches!(step.task, Task::Act { .. }));
    let (question, detail, answers) = match ask {
        Ask::Confirm => (
            format!("{title}?"),
            None,
            vec![primary(AnswerKind::Confirm, &title, "c"), skip(), abort()],
        ),
        Ask::Verdict { verdict, why } => {
            let judges = planned.is_some_and(|step| matches!(step.task, Task::Judge { .. }));
            let mut answers = vec![
                primary(AnswerKind::Again, "Look again", "o"),
                reasoned(AnswerKind::Accept, "Go on anyway", "g"),
            ];
            if judges {
                answers.push(reasoned(AnswerKind::Decline, "End without a rollback", "d"));
            }
            answers.push(abort());
            (format!("{title}: the verdict is {}", verdict.as_str()), Some(why.clone()), answers)
        }
        Ask::Choice { question, options } => (
            question.clone(),
            None,
            options
                .iter()
                .enumerate()
                .map(|(index, option)| AnswerOption {
                    kind: AnswerKind::Choose,
                    option: Some(option.id.clone()),
                    label: option.label.clone(),
                    key: (index + 1).to_string(),
                    needs: Needs::Nothing,
                    primary: false,
                })
                .chain([skip(), abort()])
                .collect(),
        ),
        Ask::Manual { instruction, ask } => (
            title,
            Some(instruction.clone()),
            vec![
                AnswerOption {
                    kind: AnswerKind::Performed,
                    option: None,
                    label: "I did this".to_owned(),
                    key: "c".to_owned(),
                    needs: Needs::Observation {
                        label: ask.clone().unwrap_or_else(|| "What did you see?".to_owned()),
                        optional: ask.is_none(),
                    },
                    primary: true,
                },
                skip(),
                abort(),
            ],
        ),
        Ask::Failure { why } => {
            let mut answers = vec![primary(AnswerKind::Again, "Try again", "o"), skip()];
            if !acts {
                answers.push(reasoned(AnswerKind::Accept, "Go on anyway", "g"));
            }
            answers.push(abort());
            (format!("{title} did not work"), Some(why.clone()), answers)
        }
        Ask::Ruling { why, .. } => (
            format!("{title}: did it take place?"),
            Some(why.clone()),
            vec![
                primary(AnswerKind::Again, "Look again", "o"),
                reasoned(AnswerKind::Happened, "It happened", "y"),
                reasoned(AnswerKind::DidNotHappen, "It did not happen", "n"),
            ],
        ),
        Ask::Guard { why } => (
            format!("{title}: is it needed?"),
            Some(why.clone()),
            vec![
                primary(AnswerKind::Again, "Look again", "o"),
                reasoned(AnswerKind::Accept, "It is needed", "g"),
                skip(),
                abort(),
            ],
        ),
        Ask::Undo { steps } => {
            let titles: Vec<String> = steps
                .iter()
                .filter_map(|step| run.plan().step(step).map(|step| step.title.clone()))
                .collect();
            (
                "Take back what was done?".to_owned(),
                Some(titles.join(", ")),
                vec![
                    plain(AnswerKind::Undo, "Take it back", "u"),
                    reasoned(AnswerKind::Leave, "Leave it as it is", "l"),
                ],
            )
        }
    };
    AskView { step: step.cloned(), kind: ask.kind(), question, detail, answers }
}

fn plain(kind: AnswerKind, label: &str, key: &str) -> AnswerOption {
    AnswerOption {
        kind,
        option: None,
        label: label.to_owned(),
        key: key.to_owned(),
        needs: Needs::Nothing,
        primary: false,
    }
}

fn primary(kind: AnswerKind, label: &str, key: &str) -> AnswerOption {
    AnswerOption { primary: true, ..plain(kind, label, key) }
}

fn reasoned(kind: AnswerKind, label: &str, key: &str) -> AnswerOption {
    AnswerOption { needs: Needs::Reason, ..plain(kind, label, key) }
}

fn skip() -> AnswerOption {
    reasoned(AnswerKind::Skip, "Skip with a reason", "s")
}

fn abort() -> AnswerOption {
    reasoned(AnswerKind::Abort, "Abort the run", "a")
}
