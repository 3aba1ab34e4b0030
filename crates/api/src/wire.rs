//! What crosses the boundary to a host besides the views of `core`: requests, and the
//! few answers that are not views of a run or a release.

mod annotation;
mod checklist;
mod debrief;
mod exporting;
mod files;
mod health;
mod importing;
mod presenting;
mod replay;
mod texts;

use std::collections::BTreeMap;

use lastgood_core::catalog::{Place, PlatformKind, Strategy, Tier};
use lastgood_core::name::{Person, ReleaseId, RunId, RunbookName, ScenarioName, StepId};
use lastgood_core::time::{EpochMs, Millis};
use lastgood_core::view::AnswerKind;
use serde::{Deserialize, Serialize};

pub use annotation::{
    AnnotateRequest, AnnotatedView, AttachRequest, AttachmentQuery, AttachmentView, FollowUpsView,
    GivenTime, Say, TimelineQuery,
};
pub use checklist::{AttestRequest, ChecklistQuery};
pub use debrief::Debrief;
pub use exporting::{ExportFormat, ExportRequest, ExportView, SavedView};
pub use files::{FileFinding, FileText, FilesView, LintRequest, LintStep, LintView};
pub use health::{HealthQuery, HealthState, HealthView, PartView, PlaceHealth, SuspectView};
pub use importing::{
    ImportBad, ImportEntriesRequest, ImportEntriesView, ImportEntry, ImportRequest, ImportedRow,
    ImportedView,
};
pub use presenting::{MoveView, PresentAct, PresentRequest, PresenterView};
pub use replay::{ReplayQuery, ReplayView};
pub use texts::{JudgeAnswer, JudgeRequest, MigrationText, SchemaAnswer, SchemaRequest};

/// Nothing is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "Record<string, never>"))]
pub struct Nothing {}

/// Where the app stands: which workspace, and whether it is the practice world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct WorkspaceView {
    /// The folder; `null` for the embedded practice workspace.
    pub folder: Option<String>,
    /// Whether what is shown is simulated.
    pub practice: bool,
    /// The drill that is set up, if one is.
    pub drill: Option<DrillView>,
    /// Who acts.
    pub person: Person,
    /// The time in the world that is shown.
    pub now: EpochMs,
    /// Every service in every environment.
    pub places: Vec<PlaceView>,
    /// The runbooks.
    pub runbooks: Vec<RunbookView>,
    /// The drill scenarios.
    pub scenarios: Vec<ScenarioView>,
    /// What could be better in the files, as sentences with their place.
    pub advice: Vec<String>,
    /// The version of Lastgood.
    pub version: String,
}

/// A service in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PlaceView {
    /// Which.
    pub place: Place,
    /// What runs it.
    pub platform: PlatformKind,
    /// How releases get there.
    pub strategy: Strategy,
    /// The coordinates in words.
    pub coordinates: String,
    /// The runbook that the catalog proposes.
    pub runbook: Option<RunbookName>,
    /// Who meets what runs there, where the catalog says it.
    pub tier: Option<Tier>,
}

/// A runbook in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RunbookView {
    /// Which.
    pub name: RunbookName,
    /// What it does.
    pub title: String,
    /// When to use it.
    pub summary: Option<String>,
    /// The platforms it fits; empty means all.
    pub platforms: Vec<PlatformKind>,
    /// The strategies it fits; empty means all.
    pub strategies: Vec<Strategy>,
    /// How many steps it has.
    pub steps: u32,
    /// What it asks for.
    pub inputs: Vec<InputView>,
}

/// An input of a runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct InputView {
    /// Its name.
    pub name: String,
    /// Used when nothing is given; `null` when one must be given.
    pub default: Option<String>,
    /// What may be chosen; `null` when anything may be given.
    pub options: Option<Vec<String>>,
    /// What a person reads when asked for it.
    pub help: Option<String>,
}

/// A drill scenario in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ScenarioView {
    /// Which.
    pub name: ScenarioName,
    /// What a person reads.
    pub title: String,
    /// What it rehearses.
    pub summary: String,
    /// How long it takes, about.
    pub minutes: u32,
    /// The service in trouble.
    pub place: Place,
    /// The runbook to rehearse.
    pub runbook: RunbookName,
    /// When it was last run to its end here; `null` for never.
    pub last_done: Option<EpochMs>,
}

/// A drill that is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct DrillView {
    /// Which scenario.
    pub scenario: ScenarioName,
    /// What a person reads.
    pub title: String,
    /// What makes it repeatable.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub seed: u64,
    /// How many seconds of the world go by in one second; `null` for as fast as it goes.
    pub speed: Option<f64>,
    /// Whether its clock is stopped.
    pub paused: bool,
    /// The service in trouble.
    pub place: Place,
    /// The runbook to rehearse.
    pub runbook: RunbookName,
}

/// Asks for recent deploys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ReleasesQuery {
    /// Only this service.
    pub service: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// Only deploys that began before this.
    pub before: Option<EpochMs>,
    /// How many at the most; 50 when absent, 500 at the most.
    pub limit: Option<u32>,
}

/// Asks for one release and where to go back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ReleaseQuery {
    /// Where.
    pub place: Place,
    /// Which; the one in front when absent.
    pub release: Option<ReleaseId>,
}

/// Asks for a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PlanRequest {
    /// Where.
    pub place: Place,
    /// Which runbook; the catalog's proposal when absent.
    pub runbook: Option<RunbookName>,
    /// The release to go back to, by its id or version. `last-good` takes the proposal.
    pub target: String,
    /// What the runbook asks for.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
}

/// Asks about a plan that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PlanQuery {
    /// The short name of the plan, as it was shown.
    pub hash: String,
}

/// Asks for a run that another process drives: that process lets go of it first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TakeOverRequest {
    /// Which run.
    pub run: RunId,
    /// Why, for the timeline; never blank.
    pub reason: String,
}

/// Asks for a plan that is a drill on the real system: what it does is real.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ExerciseRequest {
    /// The plan, as of an incident.
    pub plan: PlanRequest,
    /// What is rehearsed, as everything about the run will say it; never blank.
    pub why: String,
    /// Whether it is meant where users may be.
    #[serde(default)]
    pub on_production: bool,
}

/// Asks for a plan to be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct StartRequest {
    /// The short name of the plan, as it was shown.
    pub hash: String,
    /// The blocking findings that are overridden, each with a reason.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Why this way and no other of those that were weighed; kept in the timeline.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub choice: Option<String>,
}

/// A blocking finding that is overridden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Override {
    /// The finding's subject.
    pub subject: String,
    /// Why.
    pub reason: String,
}

/// Names a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RunQuery {
    /// Which run.
    pub run: RunId,
}

/// Answers what a run asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Answer {
    /// Which run.
    pub run: RunId,
    /// The step that asked; `null` when the run itself did.
    pub step: Option<StepId>,
    /// What is answered.
    pub kind: AnswerKind,
    /// The option, for a choice.
    #[serde(default)]
    pub option: Option<String>,
    /// The reason, or what was seen.
    #[serde(default)]
    pub text: Option<String>,
}

/// Orders something that a run did not ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Order {
    /// Which run.
    pub run: RunId,
    /// What is ordered.
    pub order: OrderKind,
    /// The note, or the reason.
    #[serde(default)]
    pub text: Option<String>,
}

/// What can be ordered at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum OrderKind {
    /// Let nothing new begin.
    Hold,
    /// Go on after a hold.
    Release,
    /// Write something down.
    Note,
    /// End the run.
    Abort,
}

/// Sets a drill up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillRequest {
    /// Which scenario.
    pub scenario: ScenarioName,
    /// What makes it repeatable; 1 when absent.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub seed: Option<u64>,
    /// How many seconds of the world go by in one second; 1 when absent.
    #[serde(default)]
    pub speed: Option<f64>,
}

/// Leaves a plan that was shown, for another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DeclineRequest {
    /// The plan's short name.
    pub hash: String,
    /// What is done instead; never `roll-back`.
    pub way: lastgood_core::mitigation::Way,
    /// Why; never blank.
    pub reason: String,
}

/// Asks which change caused that a service is in breach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct BlameRequest {
    /// The service in breach.
    pub place: Place,
    /// When it began or was noticed; now when absent.
    #[serde(default)]
    pub at: Option<EpochMs>,
}

/// Asks what was said of releases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MarksQuery {
    /// Only of this service.
    pub service: Option<String>,
    /// Only in this environment.
    pub environment: Option<String>,
    /// In the world that this run took place in; what is shown now when absent.
    pub run: Option<RunId>,
}

/// A release, by its id or version. Without a service it must be known in one place only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Which {
    /// Its id or version.
    pub release: String,
    /// The service.
    #[serde(default)]
    pub service: Option<String>,
    /// The environment.
    #[serde(default)]
    pub environment: Option<String>,
}

/// What a person says of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum MarkKind {
    /// It can be gone back to.
    Good,
    /// It must not be gone back to.
    Faulty,
    /// What was said of it before does not count any more.
    None,
}

/// Marks a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MarkRequest {
    /// Which.
    pub which: Which,
    /// As what.
    pub mark: MarkKind,
    /// Why; never blank.
    pub reason: String,
}

/// Keeps a release out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LockRequest {
    /// Which.
    pub which: Which,
    /// Why; never blank.
    pub reason: String,
}

/// Lifts a lock. One of `reason` and `fix` is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct UnlockRequest {
    /// The release that is locked.
    pub which: Which,
    /// Why it may come back.
    #[serde(default)]
    pub reason: Option<String>,
    /// The commit that fixes it.
    #[serde(default)]
    pub fix: Option<String>,
    /// The commit, or a known release, that is to be deployed; what runs in front when
    /// absent.
    #[serde(default)]
    pub candidate: Option<String>,
    /// A git checkout with the history of both; the workspace's folder when absent.
    #[serde(default)]
    pub checkout: Option<String>,
}

/// One thing that the doctor looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct DoctorView {
    /// Everything that was looked at.
    pub findings: Vec<lastgood_core::preflight::Finding>,
    /// How long it took.
    pub took: Millis,
}
