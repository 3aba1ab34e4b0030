//! A run as a person sees it: one pass over its journal, nothing left to derive.

mod ask;
mod driven;
mod looks;
mod replay;
mod steps;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use ask::{AnswerKind, AnswerOption, AskView, Needs};
pub use driven::Driven;
pub use looks::Looked;
pub use replay::{ReplayFrame, frames, stood};
pub use steps::{StepStatus, StepView};

use super::{ReleaseView, plan::EffectView};
use crate::catalog::Place;
use crate::check::{CheckResult, ReplicaAnswer};
use crate::judge::Judgement;
use crate::name::{Person, RunId, StepId};
use crate::run::{Entry, Fate, FateView, Mode, Next, Outcome, Run, remaining};
use crate::runbook::Phase;
use crate::time::{EpochMs, Millis};
use crate::timeline::{self, LineKind};

/// How many of the newest timeline lines a run view carries; the timeline has them all.
const LOG_LINES: usize = 200;

/// A run in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RunView {
    /// Which run.
    pub run: RunId,
    /// Grows with every view of the run; a smaller one is older and may be dropped.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub revision: u64,
    /// What it does.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The coordinates in words.
    pub coordinates: String,
    /// The release to get away from.
    pub from: ReleaseView,
    /// The release to go back to.
    pub to: ReleaseView,
    /// What became of the release in front, told from what was done.
    pub change: FateView,
    /// The scenario, when it is a drill.
    pub drill: Option<String>,
    /// What is rehearsed, when it is a drill on a real system: what it does there is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// The short name of its plan.
    pub plan_hash: String,
    /// Who started it.
    pub started_by: Person,
    /// The time in the run's world.
    pub now: EpochMs,
    /// When it started.
    pub started_at: EpochMs,
    /// How it stands.
    pub status: RunStatus,
    /// The same in a sentence.
    pub sentence: String,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Whether a process drives it; without one nothing goes on.
    pub driven: bool,
    /// Who drives it, where that is another process than the one that tells; absent otherwise.
    /// Then it can only be looked at here, or taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub driven_by: Option<Person>,
    /// The phase of the current step.
    pub phase: Option<Phase>,
    /// The step that is current.
    pub current: Option<StepId>,
    /// Every step in order, compensations last.
    pub steps: Vec<StepView>,
    /// What a person is asked.
    pub ask: Option<AskView>,
    /// What goes on at this moment.
    pub activity: Option<Activity>,
    /// The newest judgement of each objective since what serves was changed last, for charts;
    /// each says until when it counted. Empty where nothing was measured since: not known.
    pub judgements: Vec<Judgement>,
    /// The key times so far.
    pub moments: Vec<MomentView>,
    /// The newest lines of the timeline, oldest first.
    pub log: Vec<LogLine>,
    /// How many entries of the journal came before these lines; the timeline has them all.
    #[serde(default)]
    pub log_earlier: u32,
    /// What the rollback does not restore; stays true after the run, and is empty where none
    /// took place.
    pub not_restored: Vec<String>,
    /// What could be taken back if the run were aborted now, the last done first.
    pub undoable: Vec<String>,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum RunStatus {
    /// The machine is at work.
    Working,
    /// A person must answer.
    NeedsYou,
    /// Somebody holds it.
    Held,
    /// Nothing drives it; it can be resumed.
    Interrupted,
    /// It ended with recovery proven.
    Recovered,
    /// It ended otherwise.
    Ended,
    /// A newer version wrote it; it can only be looked at.
    Newer,
    /// Its record is damaged; nothing more than its name is known.
    Unreadable,
}

/// What a step that reads or waits is doing at this moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Activity {
    /// In a sentence: `good for 0:40 of 1:00, 5 of 7 looks in a row`.
    pub sentence: String,
    /// Since when.
    pub since: EpochMs,
    /// When it will be given up.
    pub until: Option<EpochMs>,
    /// How long everything has to hold, and has held; `null` for what does not wait for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub holding: Option<Holding>,
    /// What the last look judged.
    pub judgements: Vec<Judgement>,
    /// What the last look checked.
    pub checks: Vec<CheckResult>,
    /// What the replicas last answered.
    pub replicas: Vec<ReplicaAnswer>,
}

/// How far a proof that needs time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Holding {
    /// How long everything has held without a break; zero after anything else than good.
    pub held: Millis,
    /// How long it has to.
    pub wanted: Millis,
}

/// A key time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct MomentView {
    /// What happened then.
    pub name: String,
    /// When; `null` when it has not.
    pub at: Option<EpochMs>,
    /// The time since the run started.
    pub after: Option<Millis>,
}

/// One line of a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct LogLine {
    /// The journal entry that it comes from.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub seq: u64,
    /// When.
    pub at: EpochMs,
    /// What it is about.
    pub kind: LineKind,
    /// What happened.
    pub text: String,
}

impl From<timeline::Line> for LogLine {
    fn from(line: timeline::Line) -> Self {
        Self { seq: line.seq, at: line.occurred_at.into(), kind: line.kind, text: line.text }
    }
}

/// A run as a row in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RunRow {
    /// Which run.
    pub run: RunId,
    /// What it does.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The scenario, when it is a drill.
    pub drill: Option<String>,
    /// What is rehearsed, when it is a drill on a real system: what it does there is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// When it was created.
    pub started_at: EpochMs,
    /// When it ended; `null` while anything can still happen in it.
    pub ended_at: Option<EpochMs>,
    /// How it stands.
    pub status: RunStatus,
    /// The same in a sentence.
    pub sentence: String,
    /// Who drives it, where that is another process than the one that tells: what it asks is
    /// asked there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub driven_by: Option<Person>,
    /// The versions: from, to.
    pub from: String,
    /// The release that it goes back to.
    pub to: String,
    /// What became of the release in front, told from what was done.
    pub change: FateView,
}

/// Folds a run and its journal into what a person sees.
///
/// `activity` is what the driver is doing and has not journalled, `looked` what it measured
/// last and has not journalled either, `now` the time in the run's world, `driven` where it is
/// driven.
#[must_use]
pub fn fold(
    run: &Run,
    entries: &[Entry],
    activity: Option<&Activity>,
    looked: Option<&Looked>,
    now: Timestamp,
    driven: Driven,
) -> RunView {
    let plan = run.plan();
    let next = run.next();
    let current = current(run, &next);
    let status = status(run, &next, driven);
    let driven_by = driven.by(entries);
    let (earlier, recent) = entries.split_at(entries.len().saturating_sub(LOG_LINES));
    let started_at = entries.first().map_or(now, |entry| entry.at);
    RunView {
        run: run.id().clone(),
        revision: entries.last().map_or(0, |entry| entry.seq) << 20,
        title: plan.title.clone(),
        place: plan.place.clone(),
        coordinates: plan.coordinates.clone(),
        from: (&plan.from).into(),
        to: (&plan.to).into(),
        change: run.fate_told(),
        drill: plan.drill.as_ref().map(|tag| tag.scenario.to_string()),
        exercise: plan.exercised(),
        plan_hash: plan.hash(),
        started_by: run.started_by().clone(),
        now: now.into(),
        started_at: started_at.into(),
        status,
        sentence: sentence(run, &next, current.as_ref(), activity, driven, driven_by.as_ref()),
        outcome: run.outcome().cloned(),
        driven: driven.at_all(),
        driven_by,
        phase: current.as_ref().and_then(|step| plan.step(step)).map(|step| step.phase),
        steps: steps::steps(run, entries, current.as_ref(), &next),
        ask: match &next {
            Next::AskPerson { step, ask } if driven == Driven::Here => {
                Some(ask::ask(run, step.as_ref(), ask))
            }
            Next::AskPerson { .. }
            | Next::LookWhetherNeeded { .. }
            | Next::LeaveOut { .. }
            | Next::Intend(_)
            | Next::Settle(_)
            | Next::Begin { .. }
            | Next::Observe { .. }
            | Next::Held
            | Next::End(_)
            | Next::Finished(_)
            | Next::Unknown => None,
        },
        current,
        activity: activity.cloned(),
        judgements: looks::newest(run, entries, looked),
        moments: moments(run, entries),
        log: timeline::lines(plan, recent).into_iter().map(LogLine::from).collect(),
        log_earlier: u32::try_from(earlier.len()).unwrap_or(u32::MAX),
        not_restored: plan.left_behind(run.fate()),
        undoable: remaining(run)
            .into_iter()
            .filter_map(|one| plan.step(&one.step).map(|step| step.title.clone()))
            .collect(),
    }
}

impl RunRow {
    /// The row of a run.
    #[must_use]
    pub fn new(run: &Run, entries: &[Entry], created_at: Timestamp, driven: Driven) -> Self {
        let plan = run.plan();
        let driven_by = driven.by(entries);
        let next = run.next();
        let current = current(run, &next);
        Self {
            run: run.id().clone(),
            title: plan.title.clone(),
            place: plan.place.clone(),
            drill: plan.drill.as_ref().map(|tag| tag.scenario.to_string()),
            exercise: plan.exercised(),
            started_at: created_at.into(),
            ended_at: run.outcome().and_then(|_| entries.last()).map(|entry| entry.at.into()),
            status: status(run, &next, driven),
            sentence: sentence(run, &next, current.as_ref(), None, driven, driven_by.as_ref()),
            driven_by,
            from: plan.from.version.clone(),
            to: plan.to.version.clone(),
            change: run.fate_told(),
        }
    }

    /// The row of a run whose record is damaged: its name, when it was made, and why.
    #[must_use]
    pub fn unreadable(run: &RunId, created_at: Timestamp, why: &dyn std::error::Error) -> Self {
        const UNKNOWN: &str = "unknown";
        Self {
            run: run.clone(),
            title: "Damaged record".to_owned(),
            place: Place { service: UNKNOWN.into(), environment: UNKNOWN.into() },
            drill: None,
            exercise: None,
            started_at: created_at.into(),
            ended_at: None,
            status: RunStatus::Unreadable,
            sentence: format!("{why}; `lastgood journal verify` tells more"),
            driven_by: None,
            from: UNKNOWN.to_owned(),
            to: UNKNOWN.to_owned(),
            change: FateView::new(Fate::Unclear, UNKNOWN, UNKNOWN),
        }
    }
}

/// How a run stands, in a sentence.
pub(super) fn stands(run: &Run, entries: &[Entry], driven: Driven) -> String {
    let next = run.next();
    let current = current(run, &next);
    sentence(run, &next, current.as_ref(), None, driven, driven.by(entries).as_ref())
}

/// The step that is current: the one that the next thing to do is about, or the first
/// that is not over.
fn current(run: &Run, next: &Next) -> Option<StepId> {
    match next {
        Next::LookWhetherNeeded { step, .. }
        | Next::LeaveOut { step, .. }
        | Next::AskPerson { step: Some(step), .. }
        | Next::Begin { step, .. }
        | Next::Observe { step, .. } => Some(step.clone()),
        Next::Intend(key) | Next::Settle(key) => Some(key.step.clone()),
        Next::Held | Next::AskPerson { step: None, .. } => run
            .slots()
            .iter()
            .find(|slot| !steps::is_over(&slot.state))
            .map(|slot| slot.step.clone()),
        Next::End(_) | Next::Finished(_) | Next::Unknown => None,
    }
}

fn status(run: &Run, next: &Next, driven: Driven) -> RunStatus {
    match (run.outcome(), next) {
        (_, Next::Unknown) => RunStatus::Newer,
        (Some(Outcome::Recovered), _) => RunStatus::Recovered,
        (Some(_), _) => RunStatus::Ended,
        (None, _) if !driven.at_all() => RunStatus::Interrupted,
        (None, Next::AskPerson { .. }) => RunStatus::NeedsYou,
        (None, Next::Held) => RunStatus::Held,
        (
            None,
            Next::LookWhetherNeeded { .. }
            | Next::LeaveOut { .. }
            | Next::Intend(_)
            | Next::Settle(_)
            | Next::Begin { .. }
            | Next::Observe { .. }
            | Next::End(_)
            | Next::Finished(_),
        ) => RunStatus::Working,
    }
}

fn sentence(
    run: &Run,
    next: &Next,
    current: Option<&StepId>,
    activity: Option<&Activity>,
    driven: Driven,
    driven_by: Option<&Person>,
) -> String {
    if let Some(outcome) = run.outcome() {
        return outcome.sentence();
    }
    let total = run.plan().steps.len();
    let place = current.and_then(|step| {
        let index = run.plan().position(step)?;
        let title = &run.plan().step(step)?.title;
        Some((format!("Step {} of {total}", index + 1), title.clone()))
    });
    let (number, title) = place.unwrap_or_else(|| ("The run".to_owned(), run.plan().title.clone()));
    if matches!(next, Next::Unknown) {
        return "Written by a newer version of Lastgood: it can be read, not driven.".to_owned();
    }
    if !driven.at_all() {
        return format!("{number} was interrupted: {title}. Resume the run to go on.");
    }
    match (next, run.mode()) {
        (Next::AskPerson { .. }, _) => {
            let whom = driven_by.map_or_else(|| "you".to_owned(), ToString::to_string);
            format!("{number} is waiting for {whom}: {title}")
        }
        (_, Mode::Held { by }) => format!("Held by {by} before {}: {title}", number.to_lowercase()),
        (Next::Settle(_), _) => format!("{number}: looking whether it took place: {title}"),
        _ => match activity {
            Some(activity) if !activity.sentence.is_empty() => {
                format!("{number}: {title}, {}", activity.sentence)
            }
            _ => format!("{number}: {title}"),
        },
    }
}

fn moments(run: &Run, entries: &[Entry]) -> Vec<MomentView> {
    moment_views(&timeline::moments(run.plan(), entries))
}

/// The key times in order, each with the time since the start.
pub(super) fn moment_views(found: &timeline::Moments) -> Vec<MomentView> {
    found
        .named()
        .into_iter()
        .map(|(name, at)| MomentView {
            name: name.to_owned(),
            at: at.map(Into::into),
            after: match (found.started, at) {
                (Some(started), Some(at)) => Some(Millis::between(started, at)),
                _ => None,
            },
        })
        .collect()
}
