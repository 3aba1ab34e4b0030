//! The one command table. Each line is a command that every host has: the window expands
//! it into functions of its own, `lastgood serve` into a dispatcher, and the bindings
//! into TypeScript. A host that lacks an adapter does not compile.

use lastgood_core::blame::Blame;
use lastgood_core::checklist::Readiness;
use lastgood_core::drill::fitting::DrillsView;
use lastgood_core::drill::proof::Rehearsal;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::view::{
    FitView, MarksView, PlanView, PreflightView, ReleaseDetail, ReleasesView, RunRow, RunView,
    TimelineView,
};

use crate::App;
use crate::wire::{
    AnnotateRequest, AnnotatedView, Answer, AttachRequest, AttachmentQuery, AttachmentView,
    AttestRequest, BlameRequest, ChecklistQuery, Debrief, DeclineRequest, DoctorView, DrillRequest,
    ExerciseRequest, ExportRequest, ExportView, FilesView, FollowUpsView, HealthQuery, HealthView,
    ImportEntriesRequest, ImportEntriesView, ImportRequest, ImportedRow, ImportedView, JudgeAnswer,
    JudgeRequest, LintRequest, LintView, LockRequest, MarkRequest, MarksQuery, Nothing, Order,
    PlanQuery, PlanRequest, PresentRequest, PresenterView, ReleaseQuery, ReleasesQuery,
    ReplayQuery, ReplayView, RunQuery, SavedView, SchemaAnswer, SchemaRequest, StartRequest,
    TakeOverRequest, TimelineQuery, UnlockRequest, WorkspaceView,
};

/// Hands the table to a macro: `name: Request => Answer, "what it does";` per line.
#[macro_export]
macro_rules! with_commands {
    ($then:path) => {
        $then! {
            workspace: Nothing => WorkspaceView, "Tells where the app stands.";
            releases: ReleasesQuery => ReleasesView, "Lists recent deploys, newest first.";
            release: ReleaseQuery => ReleaseDetail, "Shows a release and where to go back to.";
            plan: PlanRequest => PlanView, "Makes a plan; nothing happens yet.";
            plan_exercise: ExerciseRequest => PlanView, "Makes a plan that is a drill on the real system; nothing happens yet.";
            plan_fit: PlanQuery => FitView, "Tells whether a plan that was shown still fits what runs.";
            plan_drills: PlanQuery => DrillsView, "Names the drills that rehearse a plan that was shown.";
            preflight: PlanRequest => PreflightView, "Looks at what stands against a rollback.";
            start: StartRequest => RunView, "Runs a plan that was shown.";
            decline: DeclineRequest => RunView, "Leaves a plan for another way, and says why.";
            runs: Nothing => Vec<RunRow>, "Lists all runs, newest first.";
            run: RunQuery => RunView, "Shows a run.";
            resume: RunQuery => RunView, "Takes up a run that nobody drives.";
            take_over: TakeOverRequest => RunView, "Takes a run over from another process, which lets go of it first.";
            answer: Answer => RunView, "Answers what a run asks.";
            order: Order => RunView, "Holds, releases, annotates or aborts a run.";
            timeline: TimelineQuery => TimelineView, "Shows the timeline of a run.";
            annotate: AnnotateRequest => AnnotatedView, "Adds to the record of a run; nothing in it is changed.";
            replay: ReplayQuery => ReplayView, "Shows a run again from its journal, entry by entry.";
            debrief: RunQuery => Debrief, "Tells how a run went, and what a good decision would have been.";
            rehearsals: Nothing => Vec<Rehearsal>, "Tells when each runbook was last proven.";
            checklist: ChecklistQuery => Readiness, "Tells how a service stands against its checklists.";
            attest: AttestRequest => Readiness, "Keeps what a person answers to an item of a checklist.";
            follow_ups: RunQuery => FollowUpsView, "Lists what is left to do after a run.";
            attach: AttachRequest => AnnotatedView, "Attaches a picture or a text to the record of a run.";
            attachment: AttachmentQuery => AttachmentView, "Hands out what was attached.";
            export: ExportRequest => ExportView, "Renders an export.";
            save: ExportRequest => SavedView, "Writes an export to a file.";
            import: ImportRequest => ImportedView, "Keeps the export of another journal as a record.";
            imported: Nothing => Vec<ImportedRow>, "Lists the records that other journals wrote.";
            import_entries: ImportEntriesRequest => ImportEntriesView, "Adds what another system wrote to the timeline of a run.";
            drill: DrillRequest => WorkspaceView, "Sets a drill up.";
            presenter: RunQuery => PresenterView, "Tells how a drill stands for whoever presents it.";
            present: PresentRequest => PresenterView, "Does something to a drill from outside of it.";
            leave_drill: Nothing => WorkspaceView, "Goes back to the workspace.";
            doctor: Nothing => DoctorView, "Looks at everything that a run would need.";
            health: HealthQuery => HealthView, "Measures every objective, the worst service first.";
            blame: BlameRequest => Blame, "Ranks recent changes by how well each explains an incident.";
            marks: MarksQuery => MarksView, "Shows what people and runs said of releases.";
            mark: MarkRequest => MarksView, "Marks a release good or faulty, or takes that back.";
            lock: LockRequest => MarksView, "Keeps a release out.";
            unlock: UnlockRequest => MarksView, "Lifts a lock, for a reason or because the fix is inside.";
            judge: JudgeRequest => JudgeAnswer, "Judges a table of counts.";
            texts: Nothing => FilesView, "Hands out the workspace's files with what is to be said of them.";
            lint: LintRequest => LintView, "Tells what is wrong with a text, or could be better.";
            schema: SchemaRequest => SchemaAnswer, "Tells whether an older release can run after migrations.";
        }
    };
}

macro_rules! dispatcher {
    ($($name:ident: $Request:ty => $Answer:ty, $doc:literal;)*) => {
        /// Every command with what it does, in the order of the table.
        pub const COMMANDS: &[(&str, &str)] = &[$((stringify!($name), $doc)),*];

        /// Carries out the command `name` with a JSON request; for hosts that speak JSON.
        pub async fn dispatch(
            app: &App,
            name: &str,
            request: serde_json::Value,
        ) -> Result<serde_json::Value, Problem> {
            match name {
                $(stringify!($name) => {
                    let request: $Request = serde_json::from_value(request).map_err(|error| {
                        Problem::new(Code::InputInvalid, format!("`{name}` cannot be asked like that"))
                            .within_cause(&error)
                    })?;
                    let answer: $Answer = app.$name(request).await?;
                    serde_json::to_value(answer).map_err(|error| {
                        Problem::from_error(Code::Internal, &error)
                    })
                })*
                _ => Err(Problem::new(Code::NotFound, format!("there is no command `{name}`"))
                    .hint(format!("Known commands: {}.", names().join(", ")))),
            }
        }
    };
}

/// Puts a cause at the end of a problem's chain.
trait WithinCause {
    fn within_cause(self, cause: &(dyn std::error::Error + 'static)) -> Self;
}

impl WithinCause for Problem {
    fn within_cause(mut self, cause: &(dyn std::error::Error + 'static)) -> Self {
        self.chain.extend(lastgood_core::problem::chain(cause));
        self
    }
}

fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|(name, _)| *name).collect()
}

with_commands!(dispatcher);
