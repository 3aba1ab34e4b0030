//! Runs: listing, showing, resuming, and answering what they ask.

use lastgood_core::name::{RunId, ScenarioName};
use lastgood_core::ports::{JournalError, Stamped};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::{Command, Entry, Next, Run};
use lastgood_core::time::EpochMs;
use lastgood_core::view::{AnswerKind, Driven, RunRow, RunView, fold};
use lastgood_engine::{Ports, RunHandle};

use crate::App;
use crate::config::Pace;
use crate::files::Files;
use crate::memory::Memory;
use crate::problem::IntoProblem;
use crate::stage::{SetUp, Stage, forgot, practice_log, scenario};
use crate::wire::{Answer, Nothing, Order, OrderKind, RunQuery};

/// A run as its journal tells it.
pub(crate) struct Told {
    pub(crate) run: Run,
    pub(crate) entries: Vec<Entry>,
    pub(crate) head: String,
    pub(crate) driven: Driven,
}

/// Returns when the driver of a run has ended, with the problem that made it leave the
/// run if one did.
pub async fn ended(handle: &mut RunHandle) -> Option<Problem> {
    handle.ended().await.map(|error| error.problem())
}

impl App {
    /// Lists all runs, newest first.
    pub async fn runs(&self, _: Nothing) -> Result<Vec<RunRow>, Problem> {
        if self.taken().await?.is_empty() {
            return Ok(Vec::new());
        }
        let journal = self.journal().await?;
        let mut rows = Vec::new();
        for record in journal.runs().await.map_err(|error| error.problem())? {
            let entries = match journal.read(&record.run, 0).await {
                Ok(entries) => entries,
                // One damaged run must not hide the others.
                Err(error @ JournalError::Broken { .. }) => {
                    rows.push(RunRow::unreadable(&record.run, record.created_at, &error));
                    continue;
                }
                Err(error) => return Err(error.problem()),
            };
            rows.push(match Run::replay(&record.run, &entries) {
                Ok(run) => {
                    let driven = self.driven(&record.run, record.driven);
                    RunRow::new(&run, &entries, record.created_at, driven)
                }
                Err(misfit) => RunRow::unreadable(&record.run, record.created_at, &misfit),
            });
        }
        Ok(rows)
    }

    /// Shows a run: live when this process drives it, from the journal otherwise.
    pub async fn run(&self, query: RunQuery) -> Result<RunView, Problem> {
        if let Some(handle) = self.engine().driven(&query.run) {
            return Ok((*handle.view()).clone());
        }
        let told = self.told(&query.run).await?;
        let now = told.entries.last().map_or_else(crate::system::wall, |entry| entry.at);
        Ok(fold(&told.run, &told.entries, None, None, now, told.driven))
    }

    /// Takes up a run that nobody drives. One that this process drives is simply shown.
    pub async fn resume(&self, query: RunQuery) -> Result<RunView, Problem> {
        let handle = self.take_up(&query.run, Pace::Times(1.0)).await?;
        Ok((*handle.view()).clone())
    }

    /// The same, with a handle to follow the run by. A drill goes on at `pace`.
    pub async fn take_up(&self, run: &RunId, pace: Pace) -> Result<RunHandle, Problem> {
        if let Some(handle) = self.engine().driven(run) {
            return Ok(handle);
        }
        let told = self.told(run).await?;
        if let Next::Finished(outcome) = told.run.next() {
            return Err(Problem::new(Code::RunFinished, format!("run `{run}` has ended"))
                .within(outcome.sentence())
                .hint("`lastgood timeline` and `lastgood export` still work."));
        }
        if told.driven.at_all() {
            // Before its practice world is touched: that belongs to whoever drives it.
            return Err(JournalError::Held { run: run.clone() }.problem());
        }
        let stage = std::sync::Arc::new(self.stage_of(&told, pace)?);
        let ports = Ports {
            world: stage.world.clone(),
            journal: self.journal().await?,
            ledger: self.ledger().await?,
            clock: stage.clock.clone(),
        };
        let handle = self
            .engine()
            .resume(ports, run, self.person())
            .await
            .map_err(|error| error.problem())?;
        self.take_cues(&handle, &stage);
        self.set_stage(Some(stage));
        Ok(handle)
    }

    /// Answers what a run asks.
    pub async fn answer(&self, answer: Answer) -> Result<RunView, Problem> {
        let Answer { run, step, kind, option, text } = answer;
        let handle = self.driving(&run)?;
        let step = match (step, kind) {
            (Some(step), _) => step,
            // These are asked by the run itself and name no step.
            (None, AnswerKind::Undo | AnswerKind::Leave | AnswerKind::Abort) => "".into(),
            (None, _) => {
                return Err(Problem::new(Code::InputInvalid, "the answer names no step"));
            }
        };
        self.command(&handle, kind.command(step, option, text)).await
    }

    /// Holds, releases, annotates or aborts a run.
    pub async fn order(&self, order: Order) -> Result<RunView, Problem> {
        let text = order.text.unwrap_or_default();
        if order.order == OrderKind::Note && self.engine().driven(&order.run).is_none() {
            return self.note(order.run, text).await;
        }
        let handle = self.driving(&order.run)?;
        let command = match order.order {
            OrderKind::Hold => Command::Hold,
            OrderKind::Release => Command::Release,
            OrderKind::Note => Command::Note { text },
            OrderKind::Abort => Command::Abort { reason: text },
        };
        self.command(&handle, command).await
    }

    /// Writes a note into a run that nobody drives, most often one that has ended: people
    /// remember things afterwards.
    async fn note(&self, run: RunId, text: String) -> Result<RunView, Problem> {
        let told = self.told(&run).await?;
        let events = told
            .run
            .decide(&Command::Note { text }, &self.person())
            .map_err(|rejection| rejection.problem())?;
        let wall = crate::system::wall();
        // A drill's own time ended with it.
        let at = match (&told.run.plan().drill, told.entries.last()) {
            (Some(_), Some(last)) => last.at,
            (Some(_) | None, _) => wall,
        };
        let stamped: Vec<Stamped> =
            events.into_iter().map(|event| Stamped { at, recorded_at: wall, event }).collect();
        let journal = self.journal().await?;
        let lease = journal.lease(&run).await.map_err(|error| error.problem())?;
        let appended = journal.append(&lease, &stamped).await;
        let released = journal.release(lease).await;
        appended.map_err(|error| error.problem())?;
        released.map_err(|error| error.problem())?;
        self.run(RunQuery { run }).await
    }

    /// The handle of a run that this process drives.
    pub fn driving(&self, run: &RunId) -> Result<RunHandle, Problem> {
        self.engine().driven(run).ok_or_else(|| {
            Problem::new(Code::NotNow, format!("run `{run}` is not driven here"))
                .hint("Resume the run, then answer again.")
        })
    }

    async fn command(&self, handle: &RunHandle, command: Command) -> Result<RunView, Problem> {
        handle.order(command, self.person()).await.map_err(|error| error.problem())?;
        Ok((*handle.view()).clone())
    }

    /// Reads and replays a run.
    pub(crate) async fn told(&self, run: &RunId) -> Result<Told, Problem> {
        if !self.taken().await?.contains(run) {
            if self.filed().await?.iter().any(|filed| filed.run == *run) {
                let why = format!("run `{run}` was imported: its journal is elsewhere");
                return Err(Problem::new(Code::NotNow, why)
                    .hint("`lastgood timeline` and `lastgood export` tell what was imported."));
            }
            return Err(Problem::new(Code::NotFound, format!("there is no run `{run}`"))
                .hint("`lastgood runs` lists all runs."));
        }
        let journal = self.journal().await?;
        let records = journal.runs().await.map_err(|error| error.problem())?;
        let record = records.into_iter().find(|record| record.run == *run);
        let entries = journal.read(run, 0).await.map_err(|error| error.problem())?;
        let replayed = Run::replay(run, &entries).map_err(|misfit| misfit.problem())?;
        let (head, driven) = record
            .map_or_else(|| (String::new(), false), |record| (record.head.hash, record.driven));
        let driven = self.driven(replayed.id(), driven);
        Ok(Told { run: replayed, entries, head, driven })
    }

    /// Where a run is driven, of which the journal says whether it is `driven` at all.
    pub(crate) fn driven(&self, run: &RunId, driven: bool) -> Driven {
        match self.engine().driven(run) {
            _ if !driven => Driven::Not,
            Some(_) => Driven::Here,
            None => Driven::Elsewhere,
        }
    }

    /// The stage that an interrupted run goes on in.
    fn stage_of(&self, told: &Told, pace: Pace) -> Result<Stage, Problem> {
        let Some(tag) = &told.run.plan().drill else { return Ok(self.live_stage()) };
        let embedded = Files::embedded()?;
        let scenario = scenario(self.files(), &tag.scenario)
            .or_else(|problem| scenario(&embedded, &tag.scenario).map_err(|_| problem))?
            .clone();
        // A run that was left in this very process still has its world here.
        let memory = if let Some(memory) = self.memory_of(&tag.world) {
            memory
        } else {
            let path = practice_log(&self.config().data, &tag.world);
            Memory::kept(&path, &tag.world).map_err(|error| forgot(&error))?
        };
        let set_up = SetUp { scenario, tag: tag.clone(), memory, pace };
        let last = told.entries.last().map(|entry| entry.at);
        self.practice_stage_of(set_up, last)
    }

    /// When a drill was last run to its end here, on the wall.
    pub(crate) async fn last_done(
        &self,
        scenario: &ScenarioName,
    ) -> Result<Option<EpochMs>, Problem> {
        if self.taken().await?.is_empty() {
            return Ok(None);
        }
        let journal = self.journal().await?;
        for record in journal.runs().await.map_err(|error| error.problem())? {
            if !record.run.as_str().starts_with(scenario.as_str()) {
                continue;
            }
            let entries = match journal.read(&record.run, 0).await {
                Ok(entries) => entries,
                Err(JournalError::Broken { .. }) => continue,
                Err(error) => return Err(error.problem()),
            };
            let Ok(run) = Run::replay(&record.run, &entries) else { continue };
            let plays = run.plan().drill.as_ref().is_some_and(|tag| tag.scenario == *scenario);
            if plays && run.outcome().is_some() {
                return Ok(entries.last().map(|entry| entry.recorded_at.into()));
            }
        }
        Ok(None)
    }
}
