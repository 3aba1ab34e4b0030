//! The command table as the window's commands: one adapter for each line, made by the
//! compiler.

use std::sync::Arc;

use lastgood_api::App;
use lastgood_api::core::blame::Blame;
use lastgood_api::core::checklist::Readiness;
use lastgood_api::core::drill::fitting::DrillsView;
use lastgood_api::core::drill::proof::Rehearsal;
use lastgood_api::core::problem::Problem;
use lastgood_api::core::view::{
    FitView, MarksView, PlanView, PreflightView, ReleaseDetail, ReleasesView, RunRow, RunView,
    TimelineView,
};
use lastgood_api::wire::{
    AnnotateRequest, AnnotatedView, Answer, AttachRequest, AttachmentQuery, AttachmentView,
    AttestRequest, BlameRequest, ChecklistQuery, Debrief, DeclineRequest, DoctorView, DrillRequest,
    ExerciseRequest, ExportRequest, ExportView, FilesView, FollowUpsView, HealthQuery, HealthView,
    ImportEntriesRequest, ImportEntriesView, ImportRequest, ImportedRow, ImportedView, JudgeAnswer,
    JudgeRequest, LintRequest, LintView, LockRequest, MarkRequest, MarksQuery, Nothing, Order,
    PlanQuery, PlanRequest, PresentRequest, PresenterView, ReleaseQuery, ReleasesQuery,
    ReplayQuery, ReplayView, RunQuery, SavedView, SchemaAnswer, SchemaRequest, StartRequest,
    TakeOverRequest, TimelineQuery, UnlockRequest, WorkspaceView,
};
use tauri::State;

use crate::{calls, compact, leave, watch};

/// The app, or why it could not be opened; every command then says so.
pub(crate) type Opened = Result<Arc<App>, Problem>;

macro_rules! adapters {
    ($($name:ident: $Request:ty => $Answer:ty, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[tauri::command]
            async fn $name(
                opened: State<'_, Opened>,
                request: $Request,
            ) -> Result<$Answer, Problem> {
                let answer = opened.inner().as_ref().map_err(Clone::clone)?.$name(request).await;
                tracing::info!("answered {}", stringify!($name));
                answer
            }
        )*

        /// Hands every call from a window to its adapter.
        pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![
                $($name,)*
                watch::watch_run,
                watch::unwatch_run,
                compact::compact_run,
                compact::full_run,
                leave::ask_to_leave,
                leave::leave,
                calls::set_calls,
                calls::try_call
            ]
        }
    };
}

lastgood_api::with_commands!(adapters);

#[cfg(test)]
mod tests {
    include!("allowed.rs");

    #[test]
    fn every_command_of_the_table_is_declared_and_nothing_else_is() {
        let mut table: Vec<&str> =
            lastgood_api::command::COMMANDS.iter().map(|(name, _)| *name).collect();
        table.extend([
            "watch_run",
            "unwatch_run",
            "compact_run",
            "full_run",
            "ask_to_leave",
            "leave",
            "set_calls",
            "try_call",
        ]);
        table.sort_unstable();
        let mut allowed = ALLOWED.to_vec();
        allowed.sort_unstable();
        assert_eq!(allowed, table, "an undeclared command would be open to every window");
    }

    #[test]
    fn the_frame_between_page_and_engine_lets_exactly_these_through() {
        let hook = include_str!("../isolation/isolation.js");
        let mut listed: Vec<&str> =
            hook.split('\'').skip(1).step_by(2).filter(|word| ALLOWED.contains(word)).collect();
        listed.sort_unstable();
        listed.dedup();
        let mut allowed = ALLOWED.to_vec();
        allowed.sort_unstable();
        assert_eq!(listed, allowed, "what is not listed is never answered");
        let table = hook.split_once("]);").expect("the list ends").0;
        assert_eq!(
            table.matches("\n  '").count(),
            lastgood_api::command::COMMANDS.len(),
            "and the list has nothing that the table has not"
        );
    }

    /// What a capability file grants, with underscores, in order.
    fn granted(file: &str) -> Vec<String> {
        let capability: serde_json::Value = serde_json::from_str(file).expect("it is JSON");
        let mut granted: Vec<String> = capability["permissions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one.as_str()?.strip_prefix("allow-"))
            .map(|name| name.replace('-', "_"))
            .collect();
        granted.sort();
        granted
    }

    #[test]
    fn the_full_window_is_granted_everything_but_the_way_to_itself() {
        let mut allowed: Vec<&str> =
            ALLOWED.iter().copied().filter(|name| *name != "full_run").collect();
        allowed.sort_unstable();
        assert_eq!(granted(include_str!("../capabilities/main.json")), allowed);
    }

    #[test]
    fn the_small_window_can_see_answer_and_hold_one_run_and_nothing_else() {
        let expected = ["answer", "full_run", "order", "unwatch_run", "watch_run", "workspace"];
        assert_eq!(granted(include_str!("../capabilities/compact.json")), expected);
    }
}
