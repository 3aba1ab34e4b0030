//! What a window or a terminal shows: complete views, computed once, so that no host
//! folds events or derives the state of a run.

mod fit;
mod marks;
mod plan;
mod preflight;
mod release;
mod run;
mod timeline;

pub use fit::{Fit, FitView, FrontView};
pub use marks::{HeldLock, MarksView, PlaceMarks, RemarkRow};
pub use plan::{EffectView, PlanStepView, PlanView};
pub use preflight::PreflightView;
pub use release::{
    CandidateView, DeployRow, FlagView, GateRow, LockView, RecordView, ReleaseDetail, ReleaseView,
    ReleasesView, RunningView,
};
pub use run::{
    Activity, AnswerKind, AnswerOption, AskView, Driven, Holding, LogLine, Looked, MomentView,
    Needs, ReplayFrame, RunRow, RunStatus, RunView, StepStatus, StepView, fold, frames, stood,
};
pub use timeline::{
    EditView, LineTally, LineView, MilestoneView, OriginalView, TimelineFilter, TimelineView,
    ToldRecord, timeline, timeline_of, told_record,
};
