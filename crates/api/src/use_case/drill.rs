//! Drills: setting one up, and the scripted operator that plays one without a person.

use std::sync::Arc;

use lastgood_core::drill::{AskKind, OperatorAnswer, OperatorRule, Scenario};
use lastgood_core::name::{Person, StepId};
use lastgood_core::ports::Clock;
use lastgood_core::problem::Problem;
use lastgood_core::time::{Millis, later};
use lastgood_core::view::{AnswerKind, AskView, Needs, RunView};
use lastgood_engine::RunHandle;

use crate::App;
use crate::app::FIRST_SEED;
use crate::config::Pace;
use crate::files::Files;
use crate::problem::IntoProblem;
use crate::stage;
use crate::wire::{DrillRequest, Nothing, WorkspaceView};

/// How long the scripted operator takes to read a question, in the drill's own time. A
/// person needs about this long for a screen that they have rehearsed.
const READING: Millis = Millis::seconds(8);

/// What the scripted operator writes where a reason is needed.
const REASON: &str = "the drill's script says so";

/// What the scripted operator writes where it should say what it saw.
const OBSERVATION: &str = "done, as the drill's script says";

impl App {
    /// Every drill scenario: the team's own, or the shipped ones.
    pub(crate) fn scenarios(&self) -> Result<Vec<Scenario>, Problem> {
        let own = &self.files().scenarios;
        if own.is_empty() {
            return Ok(Files::embedded()?.scenarios);
        }
        Ok(own.clone())
    }

    /// Sets a drill up: from now on its practice world is what is shown and acted on.
    pub async fn drill(&self, request: DrillRequest) -> Result<WorkspaceView, Problem> {
        let pace = Pace::Times(request.speed.unwrap_or(1.0).clamp(0.1, 1000.0));
        self.set_up(&request, pace).await
    }

    /// The same at any pace.
    pub async fn set_up(
        &self,
        request: &DrillRequest,
        pace: Pace,
    ) -> Result<WorkspaceView, Problem> {
        let embedded = Files::embedded()?;
        let scenario = stage::scenario(self.files(), &request.scenario)
            .or_else(|problem| stage::scenario(&embedded, &request.scenario).map_err(|_| problem))?
            .clone();
        let seed = request.seed.unwrap_or(FIRST_SEED);
        let stage = Arc::new(self.practice_stage(scenario, seed, pace)?);
        self.set_stage(Some(stage.clone()));
        self.workspace_view(&stage).await
    }

    /// Goes back to the workspace's own world.
    pub async fn leave_drill(&self, _: Nothing) -> Result<WorkspaceView, Problem> {
        self.set_stage(None);
        self.workspace(Nothing {}).await
    }

    /// The scripted operator of the drill that is set up.
    pub fn operator(&self) -> Result<Option<Operator>, Problem> {
        let stage = self.stage()?;
        Ok(stage.drill.as_ref().map(|set_up| Operator {
            rules: set_up.scenario.operator.clone(),
            person: Person::new("operator (scripted)"),
            clock: stage.clock.clone(),
        }))
    }
}

/// Answers a drill's questions by its script.
pub struct Operator {
    rules: Vec<OperatorRule>,
    person: Person,
    clock: Arc<dyn Clock>,
}

/// Plays a driven drill to its end and returns the last view. `watch` sees every view
/// that asks something, before it is answered.
pub async fn play(
    mut handle: RunHandle,
    operator: &Operator,
    mut watch: impl FnMut(&RunView) + Send,
) -> Result<RunView, Problem> {
    let mut views = handle.views();
    loop {
        let view = views.borrow_and_update().clone();
        watch(&view);
        if view.outcome.is_some() {
            break;
        }
        if let Some(ask) = &view.ask {
            operator.clock.sleep_until(later(operator.clock.now(), READING)).await;
            let (kind, option, text) = operator.answer(ask);
            let step = ask.step.clone().unwrap_or_else(|| StepId::new(""));
            handle
                .order(kind.command(step, option, text), operator.person.clone())
                .await
                .map_err(|error| error.problem())?;
            continue;
        }
        tokio::select! {
            changed = views.changed() => if changed.is_err() { break },
            failed = handle.ended() => {
                if let Some(error) = failed {
                    return Err(error.problem());
                }
                break;
            }
        }
    }
    if let Some(error) = handle.ended().await {
        return Err(error.problem());
    }
    Ok((*handle.view()).clone())
}

impl Operator {
    /// The answer to `ask`: the first rule that fits, else whatever leads on.
    fn answer(&self, ask: &AskView) -> (AnswerKind, Option<String>, Option<String>) {
        let rule = self.rules.iter().find(|rule| {
            let step = ask.step.as_ref().map(StepId::as_str);
            rule.step.as_deref().is_none_or(|wanted| Some(wanted) == step)
                && rule.ask.is_none_or(|wanted| wanted == ask.kind)
        });
        let (kind, option) = match rule.map(|rule| &rule.answer) {
            Some(OperatorAnswer::Choose(option)) => (AnswerKind::Choose, Some(option.clone())),
            Some(OperatorAnswer::Again) => (AnswerKind::Again, None),
            Some(OperatorAnswer::Skip) => (AnswerKind::Skip, None),
            Some(OperatorAnswer::Happened) => (AnswerKind::Happened, None),
            Some(OperatorAnswer::DidNotHappen) => (AnswerKind::DidNotHappen, None),
            Some(OperatorAnswer::Abort) => (AnswerKind::Abort, None),
            Some(OperatorAnswer::Undo) => (AnswerKind::Undo, None),
            Some(OperatorAnswer::Leave) => (AnswerKind::Leave, None),
            Some(OperatorAnswer::GoOn) | None => go_on(ask),
        };
        let text = ask.answers.iter().find(|answer| answer.kind == kind).and_then(|answer| {
            match answer.needs {
                Needs::Nothing => None,
                Needs::Reason => Some(REASON.to_owned()),
                Needs::Observation { .. } => Some(OBSERVATION.to_owned()),
            }
        });
        (kind, option, text)
    }
}

/// What leads on where the script says nothing.
fn go_on(ask: &AskView) -> (AnswerKind, Option<String>) {
    match ask.kind {
        AskKind::Confirm => (AnswerKind::Confirm, None),
        AskKind::Verdict | AskKind::Guard => (AnswerKind::Accept, None),
        AskKind::Choice => {
            (AnswerKind::Choose, ask.answers.first().and_then(|answer| answer.option.clone()))
        }
        AskKind::Manual => (AnswerKind::Performed, None),
        AskKind::Failure | AskKind::Ruling => (AnswerKind::Again, None),
        AskKind::Undo => (AnswerKind::Undo, None),
    }
}
