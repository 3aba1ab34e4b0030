//! Shows a run again from its journal, and changes nothing.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::Entry;
use lastgood_core::time::{EpochMs, Millis, later};
use lastgood_core::timeline::said_time;
use lastgood_core::view::{ReplayFrame, RunView, frames, stood};

use crate::App;
use crate::problem::IntoProblem;
use crate::wire::{ReplayQuery, ReplayView};

/// A run that was read to be seen again. It holds no lock: whoever drives the run goes on.
pub struct Replayed {
    run: RunId,
    entries: Vec<Entry>,
    frames: Vec<ReplayFrame>,
    last: RunView,
}

impl App {
    /// Shows a run again: how it stood after each entry, and what was on the screen after
    /// one of them.
    pub async fn replay(&self, query: ReplayQuery) -> Result<ReplayView, Problem> {
        let ReplayQuery { run, seq, without_frames } = query;
        if without_frames {
            let told = self.told(&run).await?;
            let last = told.entries.last().map_or(0, |entry| entry.seq);
            return Ok(shown(&run, Vec::new(), at(&run, &told.entries, seq.unwrap_or(last))?));
        }
        let replayed = self.replayed(&run).await?;
        let view = match seq {
            Some(seq) => replayed.view(seq)?,
            None => replayed.last.clone(),
        };
        Ok(shown(&run, replayed.frames, view))
    }

    /// The same, for a host that shows one frame after the other.
    pub async fn replayed(&self, run: &RunId) -> Result<Replayed, Problem> {
        let told = self.told(run).await?;
        let frames = frames(run, &told.entries).map_err(|misfit| misfit.problem())?;
        let seq = told.entries.last().map_or(0, |entry| entry.seq);
        let last = at(run, &told.entries, seq)?;
        Ok(Replayed { run: run.clone(), entries: told.entries, frames, last })
    }
}

impl Replayed {
    /// How it stood after each entry, oldest first; never empty.
    #[must_use]
    pub fn frames(&self) -> &[ReplayFrame] {
        &self.frames
    }

    /// What was shown after the entry `seq`.
    pub fn view(&self, seq: u64) -> Result<RunView, Problem> {
        at(&self.run, &self.entries, seq)
    }

    /// The whole from `from` to `to`, both included, with what was shown at its end.
    #[must_use]
    pub fn between(&self, from: EpochMs, to: EpochMs) -> ReplayView {
        let frames: Vec<ReplayFrame> =
            self.frames.iter().filter(|one| (from..=to).contains(&one.at)).cloned().collect();
        let end = self.frames.iter().rev().find(|one| one.at <= to);
        let view = end.and_then(|end| self.view(end.seq).ok());
        shown(&self.run, frames, view.unwrap_or_else(|| self.last.clone()))
    }

    /// The moment that a person names: `+2:10` after the start, a time of day on the day of
    /// the run, or a full time. Local times are of `zone`.
    pub fn moment(&self, text: &str, zone: &TimeZone) -> Result<Timestamp, Problem> {
        let started = self.entries.first().map(|entry| entry.at);
        let Some(after) = text.trim().strip_prefix('+') else {
            return said_time(text, zone, started)
                .map(|said| said.at)
                .map_err(|no_time| no_time.problem());
        };
        match (Millis::read(after), started) {
            (Some(after), Some(started)) => Ok(later(started, after)),
            (Some(_) | None, _) => {
                Err(Problem::new(Code::InputInvalid, format!("`{text}` is no time of a run"))
                    .hint("Give a time since its start like `+2:10`, or a time like `18:42:07`."))
            }
        }
    }
}

fn shown(run: &RunId, frames: Vec<ReplayFrame>, view: RunView) -> ReplayView {
    ReplayView {
        run: run.clone(),
        title: view.title.clone(),
        place: view.place.clone(),
        drill: view.drill.clone(),
        exercise: view.exercise.clone(),
        started_at: view.started_at,
        frames,
        view,
    }
}

fn at(run: &RunId, entries: &[Entry], seq: u64) -> Result<RunView, Problem> {
    stood(run, entries, seq).map_err(|misfit| misfit.problem())?.ok_or_else(|| {
        let last = entries.last().map_or(0, |entry| entry.seq);
        Problem::new(Code::NotFound, format!("run `{run}` has no entry {seq}"))
            .hint(format!("Its entries are numbered from 1 to {last}."))
    })
}
