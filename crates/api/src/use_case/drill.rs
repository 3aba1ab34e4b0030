//! Drills: setting one up, and the scripted operator that plays one without a person.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lastgood_core::drill::{AskKind, Move, Opening, OperatorAnswer, OperatorRule, Scenario};
use lastgood_core::name::{Person, StepId};
use lastgood_core::ports::Clock;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::time::{Millis, later};
use lastgood_core::view::{AnswerKind, AskView, Needs, RunView};
use lastgood_engine::{OrderError, RunHandle};
use lastgood_sim::{PracticeWorld, WorldError};

use crate::App;
use crate::app::FIRST_SEED;
use crate::config::Pace;
use crate::files::Files;
use crate::problem::IntoProblem;
use crate::stage::{self, SetUp, Stage, forgot};
use crate::wire::{DrillRequest, Nothing, WorkspaceView};

/// How long the scripted operator takes to read a question, in the drill's own time. A
/// person needs about this long for a screen that they have rehearsed.
const READING: Millis = Millis::seconds(8);

/// Whose name stands at the answers of the script.
const SCRIPTED: &str = "operator (scripted)";

/// What the scripted operator writes where a reason is needed.
const REASON: &str = "the drill's script says so";

/// What the scripted operator writes where it should say what it saw.
const OBSERVATION: &str = "done, as the drill's script says";

impl App {
    /// Every drill scenario that can be played here: the team's own first, then the shipped
    /// ones. One of the team's stands for a shipped one of the same name.
    pub(crate) fn scenarios(&self) -> Result<Vec<Scenario>, Problem> {
        let files = self.files();
        let mut all = files.scenarios.clone();
        // A practice workspace has no world but its own, and plays what that has.
        let elsewhere = !stage::is_practice_catalog(files);
        let shipped = Files::embedded()?.scenarios.into_iter().filter(|shipped| {
            let named = files.scenarios.iter().any(|own| own.name == shipped.name);
            let placed = files.catalog.environment(&shipped.place).is_some()
                && files.runbooks.iter().any(|runbook| runbook.name == shipped.runbook);
            !named && (elsewhere || placed)
        });
        all.extend(shipped);
        Ok(all)
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
        let (Some(set_up), Some(world)) = (&stage.drill, &stage.practice) else { return Ok(None) };
        let rules = set_up.scenario.operator.iter();
        Ok(Some(Operator {
            rules: rules.map(|rule| Rule { rule: rule.clone(), used: AtomicU32::new(0) }).collect(),
            moves: set_up.scenario.by_hand.clone(),
            person: Person::new(SCRIPTED),
            clock: stage.clock.clone(),
            world: world.clone(),
        }))
    }

    /// What the scripted operator does with the plan of the drill that is set up.
    pub fn opening(&self) -> Result<Opening, Problem> {
        Ok(self.set_up_drill()?.1.scenario.opening.clone())
    }

    /// What can be done by hand in the drill that is set up, as (name, what it does).
    pub fn by_hand(&self) -> Result<Vec<(String, String)>, Problem> {
        let (_, set_up) = self.set_up_drill()?;
        let moves = set_up.scenario.by_hand.iter();
        Ok(moves.map(|one| (one.id.clone(), one.title.clone())).collect())
    }

    /// Lets a move of the drill that is set up happen now, and tells what it was.
    pub fn make_move(&self, id: &str) -> Result<String, Problem> {
        let (stage, set_up) = self.set_up_drill()?;
        let scenario = &set_up.scenario;
        let one = scenario.moves(id).ok_or_else(|| no_such_move(scenario, id))?;
        let world = stage.practice.as_ref().ok_or_else(no_drill)?;
        happen(world, one).map_err(|error| forgot(&error))?;
        Ok(one.title.clone())
    }

    fn set_up_drill(&self) -> Result<(Arc<Stage>, SetUp), Problem> {
        let stage = self.stage()?;
        let set_up = stage.drill.clone().ok_or_else(no_drill)?;
        Ok((stage, set_up))
    }
}

pub(super) fn no_such_move(scenario: &Scenario, id: &str) -> Problem {
    let all = scenario.by_hand.iter().chain(&scenario.presenter);
    let known: Vec<&str> = all.map(|one| one.id.as_str()).collect();
    let hint = if known.is_empty() {
        "This scenario has none.".to_owned()
    } else {
        format!("There is: {}.", known.join(", "))
    };
    Problem::new(Code::NotFound, format!("there is no move `{id}`")).hint(hint)
}

pub(super) fn no_drill() -> Problem {
    Problem::new(Code::NotNow, "no drill is set up").hint("`lastgood drill list` names them.")
}

pub(super) fn happen(world: &PracticeWorld, one: &Move) -> Result<(), WorldError> {
    for event in &one.events {
        world.happen(event)?;
    }
    for fault in &one.faults {
        world.inject(fault.clone())?;
    }
    Ok(())
}

/// Answers a drill's questions by its script.
pub struct Operator {
    rules: Vec<Rule>,
    moves: Vec<Move>,
    person: Person,
    clock: Arc<dyn Clock>,
    world: Arc<PracticeWorld>,
}

/// A rule and how often it was used.
struct Rule {
    rule: OperatorRule,
    used: AtomicU32,
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
            let rule = operator.rule(ask);
            let thinks = rule.and_then(|rule| rule.thinks).unwrap_or(READING);
            operator.clock.sleep_until(later(operator.clock.now(), thinks)).await;
            operator.by_hand(rule).map_err(|error| forgot(&error))?;
            let (kind, option, text) = answer(rule, ask);
            let step = ask.step.clone().unwrap_or_else(|| StepId::new(""));
            let command = kind.command(step, option, text);
            if let Err(refused) = handle.order(command, operator.person.clone()).await {
                return Err(why_not(&mut handle, &refused).await);
            }
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

/// Why an order was not taken. A driver that has ended says itself why it left the run.
async fn why_not(handle: &mut RunHandle, refused: &OrderError) -> Problem {
    match refused {
        OrderError::NotDriven { .. } => match handle.ended().await {
            Some(error) => error.problem(),
            None => refused.problem(),
        },
        OrderError::Rejected(_) => refused.problem(),
    }
}

impl Operator {
    /// The name it acts under.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// The first rule that fits `ask` and is not used up; it is used by this.
    fn rule(&self, ask: &AskView) -> Option<&OperatorRule> {
        let step = ask.step.as_ref().map(StepId::as_str);
        let fits = |rule: &OperatorRule| {
            rule.step.as_deref().is_none_or(|wanted| Some(wanted) == step)
                && rule.ask.is_none_or(|wanted| wanted == ask.kind)
        };
        let left = |one: &Rule| {
            one.rule.times.is_none_or(|times| one.used.load(Ordering::Relaxed) < times)
        };
        let one = self.rules.iter().find(|one| fits(&one.rule) && left(one))?;
        one.used.fetch_add(1, Ordering::Relaxed);
        Some(&one.rule)
    }

    /// Does what is to be done by hand before the answer.
    fn by_hand(&self, rule: Option<&OperatorRule>) -> Result<(), WorldError> {
        for id in rule.into_iter().flat_map(|rule| &rule.first) {
            if let Some(one) = self.moves.iter().find(|one| one.id == *id) {
                happen(&self.world, one)?;
            }
        }
        Ok(())
    }
}

/// What `rule` answers to `ask`; without one, whatever leads on.
fn answer(
    rule: Option<&OperatorRule>,
    ask: &AskView,
) -> (AnswerKind, Option<String>, Option<String>) {
    let (kind, option) = match rule.map(|rule| &rule.answer) {
        Some(OperatorAnswer::Choose(option)) => (AnswerKind::Choose, Some(option.clone())),
        Some(OperatorAnswer::Again) => (AnswerKind::Again, None),
        Some(OperatorAnswer::Skip) => (AnswerKind::Skip, None),
        Some(OperatorAnswer::Happened) => (AnswerKind::Happened, None),
        Some(OperatorAnswer::DidNotHappen) => (AnswerKind::DidNotHappen, None),
        Some(OperatorAnswer::Decline) => (AnswerKind::Decline, None),
        Some(OperatorAnswer::Abort) => (AnswerKind::Abort, None),
        Some(OperatorAnswer::Undo) => (AnswerKind::Undo, None),
        Some(OperatorAnswer::Leave) => (AnswerKind::Leave, None),
        Some(OperatorAnswer::GoOn) | None => go_on(ask),
    };
    let because = rule.and_then(|rule| rule.because.clone());
    let needs = ask.answers.iter().find(|answer| answer.kind == kind).map(|answer| &answer.needs);
    let text = match needs {
        None | Some(Needs::Nothing) => because,
        Some(Needs::Reason) => Some(because.unwrap_or_else(|| REASON.to_owned())),
        Some(Needs::Observation { .. }) => Some(because.unwrap_or_else(|| OBSERVATION.to_owned())),
    };
    (kind, option, text)
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
