//! `kill -9` at any moment: the run goes on in another process, every effect takes place,
//! and none takes place twice.
//!
//! A test here starts its own binary again as a process that drives one run, lets it kill
//! itself at a moment from a fixed list, and starts the next one until the run has ended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lastgood_api::core::name::{EffectKey, RunId};
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{RunStatus, RunView, StepStatus};
use lastgood_api::wire::{DrillRequest, Nothing, RunQuery, StartRequest};
use lastgood_api::{App, Config, Pace, RunHandle, play};
use lastgood_testkit::crash::{Moment, Remains, crash};
use lastgood_tests::field::{Field, LIMIT, newest_run, open, wanted};
use lastgood_tests::follow::{follow, go_on, launch};
use serde_json::Value;
use tokio::process::Command;

use crate::situations::{Situations, alone};

/// The test that is no test but a process of its own.
const DRIVER: &str = "kills::drives_one_run_in_a_process_of_its_own";
/// Its workspace, or `drill NAME` for the practice world.
const WORK: &str = "LASTGOOD_TEST_DRIVES";
/// Its data folder.
const DATA: &str = "LASTGOOD_TEST_DATA";
/// After how many microseconds it kills itself; never when absent.
const DIES: &str = "LASTGOOD_TEST_DIES_AFTER";
/// Whether that time counts from the first step rather than from the start of the process.
const DIES_DRIVING: &str = "LASTGOOD_TEST_DIES_DRIVING";

/// When the drivers on the bed die, in milliseconds from their first step. A run takes
/// some ten seconds, of which the last five look and change nothing.
const ON_THE_BED: [&[u64]; 4] =
    [&[0, 60, 350, 1_300], &[700, 20, 2_600], &[150, 1_900, 90, 400], &[3_100, 10, 4_000]];

/// How many drivers die in the practice world, and over how many moments of a driver's
/// usual time their deaths are spread.
const IN_PRACTICE: (u32, u32) = (60, 100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_driver_that_is_killed_on_a_real_cluster_is_taken_up_and_nothing_happens_twice() {
    let Some(mut on) = Situations::begin().await else { return };
    for (name, deaths) in ["killed four times", "killed thrice", "killed early", "killed late"]
        .into_iter()
        .zip(ON_THE_BED)
    {
        on.meet(name, async |field| killed_on_the_bed(field, deaths).await).await;
    }
    on.end();
}

async fn killed_on_the_bed(field: &Field, deaths: &[u64]) {
    let data = field.folder(&format!("killed-{}", deaths.iter().sum::<u64>()));
    let app = open(&field.workspace(), &data).expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let _load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let (generation, seen) =
        (field.generation().await.expect("it is there"), field.proxy.seen().len());
    let work = field.workspace().display().to_string();

    let mut killed = 0;
    for after in deaths {
        let moment = Death { after: Duration::from_millis(*after), driving: true };
        killed += u32::from(driver(&work, &data, Some(moment)).await.killed());
    }
    let last = Instant::now();
    let end = driver(&work, &data, None).await;
    assert!(end.0.status.success(), "the last one ends by itself: {:#?}", end.0.lines);
    let took = last.elapsed().as_secs_f64();
    eprintln!("          {killed} of {} killed; the last one took {took:.1} s", deaths.len());

    let run = newest_run(&app).await.expect("there is one");
    let rows = app.runs(Nothing {}).await.expect("the journal can be read");
    assert_eq!(rows.len(), 1, "each process took the same run up");
    let view = app.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    let acts = acts_done(&view);
    let changed = field.generation().await.expect("it is there") - generation;
    assert_eq!(usize::try_from(changed).ok(), Some(acts.len()), "each of {acts:?} landed once");
    let landed = field.landed_since(seen);
    assert!(landed <= acts.len(), "no PATCH landed twice: {:#?}", field.changes_since(seen));
    assert!(acts.contains(&"restore".to_owned()), "the way back was not for nothing: {acts:?}");
    let deployment = field.deployment().await.expect("it is there");
    let marks = &deployment["metadata"]["annotations"]["lastgood.dev/effect"];
    for act in &acts {
        let key = format!("{run}/{act}/do/1");
        let marks = marks.as_str().unwrap_or_default();
        assert_eq!(marks.matches(&key).count(), 1, "the cluster carries {key}: {marks}");
    }
    let verified = app.verify_journal(Some(run)).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
}

/// The steps that changed the world, as the journal tells it.
fn acts_done(view: &RunView) -> Vec<String> {
    view.steps
        .iter()
        .filter(|step| step.kind == "act" && step.status == StepStatus::Done)
        .map(|step| step.id.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_that_is_killed_goes_on_where_it_was_and_nothing_happens_twice() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let mut drills = ["bad-canary", "lost-reply", "rolling-never-ready"].into_iter().cycle();
    let began = Instant::now();
    let usual = usual_time(dir.path()).await;
    eprintln!("          a driver takes {usual:?} when nobody kills it");
    let (wanted, moments) = IN_PRACTICE;
    let (mut asked, mut killed, mut runs, mut drivers) = (0, 0, 0, 0_u32);
    while killed < wanted {
        runs += 1;
        let drill = drills.next().expect("it is endless");
        let data = dir.path().join(format!("run-{runs}"));
        // A run is killed five times at the most, then it may end.
        for _ in 0..5 {
            // Evenly over the usual time, in an order that looks random. One that is meant
            // to die late may be quick and end first.
            let share = (asked * 29) % moments;
            let moment = Death { after: usual * share / moments, driving: false };
            (asked, drivers) = (asked + 1, drivers + 1);
            assert!(asked < 10 * wanted, "hardly any driver dies: {killed} of {asked}");
            let end = driver(&format!("drill {drill}"), &data, Some(moment)).await;
            if !end.killed() {
                break;
            }
            killed += 1;
        }
        drivers += 1;
        let end = driver(&format!("drill {drill}"), &data, None).await;
        assert!(end.0.status.success(), "{drill} goes on to its end: {:#?}", end.0.lines);
        ended_with_every_effect_once(&data, drill).await;
    }
    let took = began.elapsed().as_secs_f64();
    eprintln!("          {killed} of {drivers} drivers killed, {runs} runs ended, {took:.0} s");
}

/// The quickest of three: the first one still reads the program from disk.
async fn usual_time(dir: &Path) -> Duration {
    let mut quickest = LIMIT;
    for number in 1..=3 {
        let began = Instant::now();
        let end = driver("drill bad-canary", &dir.join(format!("usual-{number}")), None).await;
        assert!(end.0.status.success(), "{:#?}", end.0.lines);
        quickest = quickest.min(began.elapsed());
    }
    quickest
}

async fn ended_with_every_effect_once(data: &Path, drill: &str) {
    let app = practice(data);
    let runs = app.runs(Nothing {}).await.expect("the journal can be read");
    let ended = runs.iter().filter(|run| run.status == RunStatus::Recovered).count();
    assert_eq!((runs.len(), ended), (1, 1), "{drill}: {runs:#?}");
    let run: RunId = runs[0].run.clone();
    let view = app.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    let mut applied: BTreeMap<(String, bool), u32> = BTreeMap::new();
    for line in practice_log(data) {
        if line["what"] == "applied" {
            let key: EffectKey =
                serde_json::from_value(line["key"].clone()).expect("it is an effect key");
            assert_eq!(key.run, run, "{drill}: only this run plays in its world");
            *applied.entry((key.step.to_string(), key.undo)).or_default() += 1;
        }
    }
    let acts: BTreeMap<(String, bool), u32> =
        acts_done(&view).into_iter().map(|step| ((step, false), 1)).collect();
    assert_eq!(applied, acts, "{drill}: what the journal says is what the world saw, once");
    let verified = app.verify_journal(Some(run)).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
}

/// Everything that happened to the practice world of the one run in `data`.
fn practice_log(data: &Path) -> Vec<Value> {
    let folder = data.join("practice");
    let files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("a drill leaves its world's log")
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "jsonl"))
        .collect();
    files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).expect("it can be read");
            text.lines()
                .map(|line| serde_json::from_str(line).expect("each line is JSON"))
                .collect::<Vec<Value>>()
        })
        .collect()
}

/// When a driver kills itself.
struct Death {
    after: Duration,
    /// Counted from its first step, not from its start.
    driving: bool,
}

/// What is left of a driver.
struct End(Remains);

impl End {
    fn killed(&self) -> bool {
        use std::os::unix::process::ExitStatusExt as _;
        let killed = self.0.status.signal() == Some(9);
        assert!(killed || self.0.status.success(), "it dies or it ends: {:#?}", self.0.lines);
        killed
    }
}

/// Lets a process drive the one run in `data`, or begin it.
async fn driver(work: &str, data: &Path, death: Option<Death>) -> End {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.args(["--exact", DRIVER, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(WORK, work).env(DATA, data).env_remove(DIES).env_remove(DIES_DRIVING);
    if let Some(Death { after, driving }) = death {
        command.env(DIES, after.as_micros().to_string());
        if driving {
            command.env(DIES_DRIVING, "1");
        }
    }
    // Longer than the driver gives its run, so that it can say where the run stands.
    let end = crash(command, Moment::Never, LIMIT + LIMIT / 2).await;
    End(end.unwrap_or_else(|error| panic!("a driver starts and ends in time: {error}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of the kill tests, which start it as a process of its own"]
async fn drives_one_run_in_a_process_of_its_own() {
    let dies = std::env::var(DIES).ok().and_then(|text| text.parse().ok());
    let dies = dies.map(Duration::from_micros);
    let driving = std::env::var_os(DIES_DRIVING).is_some();
    if let Some(after) = dies.filter(|_| !driving) {
        die(after);
    }
    let work = std::env::var(WORK).expect("whoever starts this says what to drive");
    let data = PathBuf::from(std::env::var_os(DATA).expect("and where"));
    let outcome = if let Some(drill) = work.strip_prefix("drill ") {
        rehearse(drill, &data).await
    } else {
        let app = open(Path::new(&work), &data).expect("the workspace is whole");
        let handle = match newest(&app).await {
            Some((_, Some(outcome))) => return assert_eq!(outcome, Outcome::Recovered),
            Some((run, None)) => {
                app.take_up(&run, Pace::Times(1.0)).await.expect("nobody drives it")
            }
            None => launch(&app, wanted("last-good")).await.expect("nothing blocks it"),
        };
        if let Some(after) = dies.filter(|_| driving) {
            die(after);
        }
        let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
        view.outcome.clone()
    };
    assert_eq!(outcome, Some(Outcome::Recovered));
}

/// Ends this process as a power cut would, after a while.
#[expect(clippy::disallowed_methods, reason = "no runtime may decide when it dies")]
fn die(after: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(after);
        let own = rustix::process::getpid();
        rustix::process::kill_process(own, rustix::process::Signal::KILL).expect("it is ours");
    });
}

async fn rehearse(drill: &str, data: &Path) -> Option<Outcome> {
    let app = practice(data);
    let handle: RunHandle = match newest(&app).await {
        // It was killed after the run had ended.
        Some((_, Some(outcome))) => return Some(outcome),
        Some((run, None)) => app.take_up(&run, Pace::Stepped).await.expect("nobody drives it"),
        None => {
            let request = DrillRequest { scenario: drill.into(), seed: Some(3), speed: None };
            app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
            let plan = app.plan_drill().await.expect("there is a last good release");
            let start = StartRequest { hash: plan.hash, overrides: Vec::new() };
            app.launch(start).await.expect("nothing blocks it")
        }
    };
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    play(handle, &operator, |_| {}).await.expect("it plays on").outcome
}

fn practice(data: &Path) -> App {
    App::open(Config { workspace: None, data: data.to_owned(), person: "ana".into() })
        .expect("the embedded workspace is whole")
}

/// The run that was begun, if one was, and how it ended, if it has.
async fn newest(app: &App) -> Option<(RunId, Option<Outcome>)> {
    let runs = app.runs(Nothing {}).await.expect("the journal can be read");
    let run = runs.first()?.run.clone();
    let view = app.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    Some((run, view.outcome))
}
