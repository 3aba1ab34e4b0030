//! Guides a person through a run: one step on the screen, its answers with their keys,
//! and nothing that happens by Enter alone.

mod answer;
pub(crate) mod begin;
mod news;
mod present;
mod progress;

use std::time::{Duration, Instant};

use lastgood_api::wire::{Answer, Order, OrderKind, PresentRequest, RunQuery};
use lastgood_api::{App, RunHandle, ended};
use lastgood_core::problem::{Family, Problem};
use lastgood_core::view::{RunStatus, RunView};

pub(crate) use answer::Said;
pub(crate) use news::News;

use crate::exit::Stop;
use crate::keyboard::Keyboard;
use crate::leave::Leave;
use crate::screen::Screen;
use crate::show::{Numbered, card};
use answer::{Turn, helping};
use progress::Progress;

/// A change that was sent is never dropped half-way.
const HELD_LATER: &str = "Held: nothing new begins. What was sent goes on to its outcome.\n";

/// Nobody reads a question faster than this; a line that comes sooner was typed for
/// something else.
const READING: Duration = Duration::from_millis(400);

/// What is said to such a line.
const TOO_SOON: &str = "  That was typed before the question could be read; nothing was done.\n";

/// Everything that a guided run goes through.
pub(crate) struct Guide<'a> {
    pub(crate) app: &'a App,
    pub(crate) screen: &'a Screen,
    pub(crate) keyboard: &'a mut Keyboard,
    pub(crate) leave: &'a mut Leave,
}

/// What woke us.
enum Woke {
    /// A newer view.
    View,
    /// The driver has ended.
    Ended(Option<Problem>),
    /// A line was typed; `None` at the end of the input.
    Line(Option<String>),
    /// A second went by.
    Second,
    /// Somebody wishes to leave.
    Leave,
}

/// What follows from what was said.
enum After {
    /// The question stands.
    Stay,
    /// It was answered.
    Answered,
    /// The person leaves.
    Leave,
}

impl Guide<'_> {
    /// Guides through the run to its end, or until it is left; returns the last view.
    pub(crate) async fn follow(&mut self, mut handle: RunHandle) -> Result<RunView, Stop> {
        let mut views = handle.views();
        let mut news = News::default();
        let mut shown_card = None;
        let mut shown_ask = None;
        let mut asked_at = None;
        let mut progress = Progress::default();
        loop {
            let view = views.borrow_and_update().clone();
            let told = news.of(&self.screen.look, &view);
            if !told.is_empty() {
                self.clear(&mut progress)?;
                self.screen.say(&told)?;
            }
            if view.outcome.is_some() {
                return Ok((*view).clone());
            }
            if let Some(step) = Numbered::current(&view) {
                let this = (step.view.id.clone(), step.view.role, step.view.attempt);
                if shown_card.as_ref() != Some(&this) {
                    self.clear(&mut progress)?;
                    self.screen.say(&card(&self.screen.look, &view, &step))?;
                    shown_card = Some(this);
                }
            }
            let turn = turn(&view);
            if let Some(turn) = &turn {
                if shown_ask.as_ref() != Some(turn) {
                    self.clear(&mut progress)?;
                    self.keyboard.forget();
                    self.screen.say(&turn.words(&self.screen.look, &view))?;
                    shown_ask = Some(turn.clone());
                    asked_at = Some(Instant::now());
                }
            } else {
                shown_ask = None;
                asked_at = None;
                progress.show(self.screen, &view)?;
            }
            // What is piped in answers questions and nothing else.
            let listen = turn.is_some() || self.keyboard.is_person();
            let woke = tokio::select! {
                biased;
                () = self.leave.wished() => Woke::Leave,
                changed = views.changed() => match changed {
                    Ok(()) => Woke::View,
                    Err(_) => Woke::Ended(None),
                },
                problem = ended(&mut handle) => Woke::Ended(problem),
                line = self.keyboard.line(), if listen => Woke::Line(line),
                () = second(), if turn.is_none() => Woke::Second,
            };
            match woke {
                Woke::View | Woke::Second => {}
                Woke::Leave => {
                    self.screen.say("\n")?;
                    return Ok((*handle.view()).clone());
                }
                Woke::Ended(None) => {
                    let mut view = (*handle.view()).clone();
                    view.driven_by = handle.given_to().cloned();
                    self.screen.say(&news.of(&self.screen.look, &view))?;
                    return Ok(view);
                }
                Woke::Ended(Some(problem)) => return Err(Stop::Left(problem)),
                Woke::Line(None) => return Ok((*handle.view()).clone()),
                Woke::Line(Some(_)) if self.too_soon(asked_at) => {
                    self.screen.say(TOO_SOON)?;
                }
                Woke::Line(Some(line)) => {
                    self.clear(&mut progress)?;
                    let said = match &turn {
                        Some(turn) => turn.read(&line),
                        None => answer::meanwhile(&line),
                    };
                    match self.carry_out(&view, turn.as_ref(), said).await? {
                        After::Leave => return Ok((*handle.view()).clone()),
                        // The same question may come again, and is asked again.
                        After::Answered => shown_ask = None,
                        After::Stay => {}
                    }
                }
            }
        }
    }

    /// Whether a line came before a person could read the question.
    fn too_soon(&self, asked_at: Option<Instant>) -> bool {
        self.keyboard.is_person() && asked_at.is_some_and(|at| at.elapsed() < READING)
    }

    /// Does what was said.
    async fn carry_out(
        &mut self,
        view: &RunView,
        turn: Option<&Turn>,
        said: Said,
    ) -> Result<After, Stop> {
        match said {
            Said::Nothing => {}
            Said::Unknown(line) => {
                self.screen.say(&answer::unknown(&self.screen.look, &line, turn))?;
            }
            Said::Help => self.screen.say(&helping(&self.screen.look, turn))?,
            Said::Leave => return Ok(After::Leave),
            Said::Present => {
                self.present(view).await?;
                // The question has gone out of sight meanwhile, and is asked again.
                return Ok(After::Answered);
            }
            Said::Order(order, label) => {
                let text = match label {
                    Some(label) => match self.ask_for(label, false).await? {
                        Some(text) => Some(text),
                        None => return Ok(After::Stay),
                    },
                    None => None,
                };
                let outcome = self.app.order(Order { run: view.run.clone(), order, text }).await;
                self.acknowledge(outcome, order == OrderKind::Hold)?;
            }
            Said::Answer(option) => {
                let Some(Turn::Ask(ask)) = turn else { return Ok(After::Stay) };
                let text = match answer::needs(&option.needs) {
                    Some((label, optional)) => match self.ask_for(&label, optional).await? {
                        Some(text) => Some(text),
                        None => return Ok(After::Stay),
                    },
                    None => None,
                };
                let answer = Answer {
                    run: view.run.clone(),
                    step: ask.step.clone(),
                    kind: option.kind,
                    option: option.option.clone(),
                    text: text.filter(|text| !text.is_empty()),
                };
                let outcome = self.app.answer(answer).await;
                if self.acknowledge(outcome, false)? {
                    return Ok(After::Answered);
                }
            }
        }
        Ok(After::Stay)
    }

    /// Lets whoever presents the drill do something to it.
    async fn present(&mut self, view: &RunView) -> Result<(), Stop> {
        let look = &self.screen.look;
        let run = view.run.clone();
        let presenter = match self.app.presenter(RunQuery { run: run.clone() }).await {
            Ok(presenter) => presenter,
            Err(problem) => return self.told(problem),
        };
        self.screen.say(&present::offer(look, &presenter))?;
        let Some(typed) = self.ask_for("Which?", false).await? else { return Ok(()) };
        let Some(act) = present::act(&typed, &presenter) else {
            let said = format!("  `{typed}` was not offered; nothing was done.\n");
            return Ok(self.screen.say(&said)?);
        };
        match self.app.present(PresentRequest { run, act }).await {
            Ok(after) => Ok(self.screen.say(&present::done(&self.screen.look, &after))?),
            Err(problem) => self.told(problem),
        }
    }

    /// Tells why not, where that is all that there is to it.
    fn told(&self, problem: Problem) -> Result<(), Stop> {
        if !is_a_no(&problem) {
            return Err(Stop::Left(problem));
        }
        Ok(self.screen.say(&crate::show::problem(&self.screen.look, &problem))?)
    }

    /// Tells at once what became of an order, and only what is durable; `true` when it
    /// was taken.
    fn acknowledge(&self, outcome: Result<RunView, Problem>, hold: bool) -> Result<bool, Stop> {
        match outcome {
            Ok(view) => {
                if hold && view.status != RunStatus::Held {
                    self.screen.say(HELD_LATER)?;
                }
                Ok(true)
            }
            Err(problem) if is_a_no(&problem) => {
                self.screen.say(&crate::show::problem(&self.screen.look, &problem))?;
                Ok(false)
            }
            Err(problem) => Err(Stop::Left(problem)),
        }
    }

    /// Asks for a line of text. `None` when nothing was typed where something is needed,
    /// or the input ended: the answer that it belongs to is not given.
    async fn ask_for(&mut self, label: &str, optional: bool) -> Result<Option<String>, Stop> {
        let note =
            if optional { " (Enter alone leaves it out)" } else { " (Enter alone goes back)" };
        self.screen.say(&format!("  {label}{note}\n  > "))?;
        let line = tokio::select! {
            biased;
            () = self.leave.wished() => None,
            line = self.keyboard.line() => line,
        };
        let Some(line) = line else { return Ok(None) };
        if !self.keyboard.is_person() {
            // Nobody's Enter has ended the line.
            self.screen.say("\n")?;
        }
        let text = line.trim().to_owned();
        if text.is_empty() && !optional {
            self.screen.say("  Nothing was answered.\n")?;
            return Ok(None);
        }
        Ok(Some(text))
    }

    fn clear(&self, progress: &mut Progress) -> Result<(), Stop> {
        progress.clear(self.screen).map_err(Stop::Terminal)
    }
}

/// Whose turn it is: what a person can say now.
fn turn(view: &RunView) -> Option<Turn> {
    match (&view.ask, view.status) {
        (Some(ask), _) => Some(Turn::Ask(ask.clone())),
        (None, RunStatus::Held) => Some(Turn::Held),
        (
            None,
            RunStatus::Working
            | RunStatus::NeedsYou
            | RunStatus::Interrupted
            | RunStatus::Recovered
            | RunStatus::Ended
            | RunStatus::Newer
            | RunStatus::Unreadable,
        ) => None,
    }
}

/// Whether the run merely does not take it; then the person can say something else.
fn is_a_no(problem: &Problem) -> bool {
    match problem.code.family() {
        Family::Refused | Family::Given => true,
        Family::World | Family::Ours => false,
    }
}

async fn second() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}
