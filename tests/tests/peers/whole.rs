//! The shipped runbook `rollback.yaml`, unchanged, from the first look to the last line of
//! the timeline, through the real program.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::Duration;

use lastgood_api::App;
use lastgood_api::core::judge::Verdict;
use lastgood_api::core::name::RunId;
use lastgood_api::core::view::{RunView, StepStatus};
use lastgood_api::export::Document;
use lastgood_api::wire::{ExportFormat, ExportRequest, Nothing, RunQuery};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::crash::{Moment, Remains, crash_typing};
use lastgood_testkit::peer::workspace_root;
use lastgood_tests::field::newest_run;
use lastgood_tests::terminal::{Operator, lastgood};

/// The runbook holds for a minute; on a machine that has three times more to do than it can,
/// everything around it takes several.
const AT_MOST: Duration = Duration::from_mins(6);

/// What the program writes right before it changes what serves.
pub(crate) const RESTORING: &str = "Confirmed: Restore v1";

/// The file that is run is the file in the repository.
pub(crate) fn is_as_shipped(workspace: &Path) {
    let read = |path: &Path| std::fs::read_to_string(path).expect("it is there");
    let shipped = read(&workspace_root().join("runbooks/rollback.yaml"));
    assert_eq!(read(&workspace.join("runbooks/rollback.yaml")), shipped, "nobody changed it");
}

/// Runs the program until the run has ended; it dies once at each of `deaths`.
pub(crate) async fn drive(
    program: &Path,
    workspace: &Path,
    data: &Path,
    app: &App,
    deaths: &mut Vec<Moment>,
) -> RunId {
    loop {
        let runs = app.runs(Nothing {}).await.expect("the journal can be read");
        assert!(runs.len() <= 1, "each process takes the same run up: {runs:#?}");
        let words: &[&str] = match runs.first() {
            Some(run) => {
                let view = app.run(RunQuery { run: run.run.clone() }).await.expect("it is kept");
                if view.outcome.is_some() {
                    return newest_run(app).await.expect("there is one");
                }
                &["resume"]
            }
            None => &["run", SERVICE, "--runbook", "rollback"],
        };
        let moment = deaths.pop().unwrap_or(Moment::Never);
        let dies = moment != Moment::Never;
        let mut person = Operator::default();
        let command = lastgood(program, Some(workspace), data, words);
        let end = crash_typing(command, moment, AT_MOST, |line| person.types(line)).await;
        let end = end.unwrap_or_else(|error| panic!("it dies or it ends in time: {error}"));
        if std::env::var_os("LASTGOOD_SHOW").is_some() {
            eprintln!("{}", end.lines.join("\n"));
        }
        ended(&end, dies);
    }
}

fn ended(end: &Remains, dies: bool) {
    let lines = end.lines.join("\n");
    if dies {
        assert_eq!(end.status.signal(), Some(9), "it lived on:\n{lines}");
    } else {
        assert!(end.status.success(), "it ends well:\n{lines}");
    }
}

pub(crate) fn every_phase_did_its_part(view: &RunView, halts: bool) {
    for step in &view.steps {
        // Where the switch had been made, nothing moved any more.
        let idle = step.id.as_str() == "halt" && !halts;
        let wanted = if idle { StepStatus::NotNeeded } else { StepStatus::Done };
        assert_eq!(step.status, wanted, "{}: {:?}", step.title, step.result);
    }
    assert_eq!(view.judgements[0].verdict, Verdict::Pass, "{}", view.judgements[0].sentence);
}

pub(crate) async fn the_timeline_tells_it(app: &App, run: &RunId, halts: bool) {
    let request = ExportRequest::whole(run.clone(), ExportFormat::Json);
    let export = app.export(request).await.expect("an ended run can be exported");
    let document: Document = serde_json::from_str(&export.text).expect("it is its own schema");
    let phases: BTreeSet<_> = document.timeline.iter().filter_map(|line| line.phase).collect();
    assert_eq!(phases.len(), 5, "all five phases leave a trace: {phases:?}");
    let moments = &document.moments;
    let mut times = vec![moments.started, moments.detected, moments.decided];
    // What was switched at once has nothing left to stop.
    times.extend(halts.then_some(moments.stopped));
    times.extend([
        moments.rollback_started,
        moments.target_serving,
        moments.verified,
        moments.closed,
    ]);
    assert!(times.iter().all(Option::is_some), "every key time is known: {moments:?}");
    assert!(times.is_sorted(), "and they follow one another: {moments:?}");
    let verification = document.verification.expect("the runbook verifies");
    assert_eq!(verification.verdict, Verdict::Pass, "{}", verification.sentence);
    assert!(verification.replicas.len() >= 3, "{:?}", verification.replicas);
    for replica in verification.replicas.iter().filter(|one| one.ready) {
        assert_eq!(replica.version.as_deref(), Some("v1"), "{replica:?}");
    }
    assert!(verification.held.0 >= 60_000, "for as long as the runbook says");
    let verified = app.verify_journal(Some(run.clone())).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
}
