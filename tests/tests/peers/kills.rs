//! `kill -9` of the real program at any moment: the run goes on in another process, every
//! effect takes place, and none takes place twice.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lastgood_api::core::lease::TAKE;
use lastgood_api::core::name::{EffectKey, Person, RunId};
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{RunStatus, RunView, StepStatus};
use lastgood_api::wire::{Nothing, RunQuery};
use lastgood_api::{App, Config};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::crash::{Moment, Remains, crash_typing};
use lastgood_tests::field::{Field, LIMIT, newest_run, open};
use lastgood_tests::terminal::{Operator, lastgood, program};
use serde_json::Value;

use crate::situations::{Situations, alone};

/// Asks for another number of kills on the bed than [`ON_THE_BED`].
const KILLS: &str = "LASTGOOD_KILLS";

/// How many processes die on the bed, where a run takes some ten seconds.
const ON_THE_BED: u32 = 12;

/// How many processes die in the practice world.
const IN_PRACTICE: u32 = 60;

/// A run is killed so often at the most, then it may end.
const DEATHS_OF_A_RUN: u32 = 5;

/// Longer than anything that a run waits for, so that its own sentence comes first.
const AT_MOST: Duration = Duration::from_secs(LIMIT.as_secs() * 3 / 2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_on_a_real_cluster_is_taken_up_and_nothing_happens_twice() {
    let program = program().expect("the build made it");
    let Some(mut on) = Situations::begin().await else { return };
    let wanted = std::env::var(KILLS).ok().and_then(|text| text.parse().ok()).unwrap_or(ON_THE_BED);
    let mut moments = Moments::new(20_260_307);
    let mut usual = Duration::ZERO;
    on.meet("killed never", async |field| {
        let began = Instant::now();
        killed_on_the_bed(field, &program, "never", &mut Vec::new().into_iter()).await;
        usual = began.elapsed();
    })
    .await;
    let (mut killed, mut round) = (0, 0);
    while killed < wanted && usual > Duration::ZERO && round < wanted {
        round += 1;
        // Early moments are more frequent: the last half of a run looks and changes nothing.
        let deaths: Vec<Duration> =
            (0..DEATHS_OF_A_RUN).map(|_| usual.mul_f64(moments.next().powi(2))).collect();
        on.meet("killed at random", async |field| {
            let name = format!("round-{round}");
            killed += killed_on_the_bed(field, &program, &name, &mut deaths.into_iter()).await;
        })
        .await;
    }
    eprintln!("          {killed} processes killed in {round} runs");
    on.end();
    assert!(killed >= wanted, "{killed} of {wanted} were killed in {round} runs");
}

/// Moments that look random and are the same each time.
struct Moments(u64);

impl Moments {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between 0 and 1 (Steele, Lea, Flood: splittable generators, 2014).
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }
}

/// Kills the processes that drive one run at `deaths` after their start, lets the last one
/// live, and returns how many were killed.
async fn killed_on_the_bed(
    field: &Field,
    program: &Path,
    name: &str,
    deaths: &mut impl Iterator<Item = Duration>,
) -> u32 {
    let (data, workspace) = (field.folder(name), field.workspace());
    let app = open(&workspace, &data).expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    field.note_completed().await.expect("the pipeline may");
    let _load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let (generation, seen) =
        (field.generation().await.expect("it is there"), field.proxy.seen().len());

    let (mut killed, mut told) = (0, String::new());
    loop {
        let death = deaths.next();
        let words: &[&str] = match newest(&app).await {
            Some((_, Some(_))) => break,
            Some((_, None)) => &["resume"],
            None => &["run", SERVICE, "--runbook", "quick"],
        };
        let mut person = Operator::default();
        let command = lastgood(program, Some(&workspace), &data, words);
        let moment = death.map_or(Moment::Never, Moment::After);
        let began = Instant::now();
        let end = crash_typing(command, moment, AT_MOST, |line| person.types(line)).await;
        let end = end.unwrap_or_else(|error| panic!("it dies or it ends in time: {error}"));
        let _ = write!(told, " {:.1}", began.elapsed().as_secs_f64());
        if was_killed(&end) {
            killed += 1;
            told.push('x');
        }
    }
    eprintln!("          processes, seconds, killed where marked:{told}");

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
    let lease = &field.lease().await.expect("it can be read")["spec"];
    assert_eq!(lease["leaseTransitions"], 0, "every process held it for the same run: {lease}");
    assert!(lease["holderIdentity"].is_null(), "and the last one gave it back: {lease}");
    let verified = app.verify_journal(Some(run)).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
    killed
}

/// Whether it was killed; else it must have ended well.
fn was_killed(end: &Remains) -> bool {
    let killed = end.status.signal() == Some(9);
    assert!(killed || end.status.success(), "it dies or it ends well: {:#?}", end.lines);
    killed
}

/// The steps that changed the world, as the journal tells it.
/// What was done to the service; a lease is no change of it.
fn acts_done(view: &RunView) -> Vec<String> {
    view.steps
        .iter()
        .filter(|step| step.kind == "act" && step.status == StepStatus::Done)
        .filter(|step| step.id.as_str() != TAKE)
        .map(|step| step.id.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_that_is_killed_goes_on_where_it_was_and_nothing_happens_twice() {
    let program = program().expect("the build made it");
    let _alone = alone().await;
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let mut drills = ["bad-canary", "lost-reply", "rolling-never-ready"].into_iter().cycle();
    let began = Instant::now();
    let usual = usual_time(&program, dir.path()).await;
    eprintln!("          a drill takes {usual:?} when nobody kills it");
    let mut moments = Moments::new(7);
    let (mut asked, mut killed, mut runs) = (0, 0, 0);
    while killed < IN_PRACTICE {
        runs += 1;
        let drill = drills.next().expect("it is endless");
        let data = dir.path().join(format!("run-{runs}"));
        for _ in 0..DEATHS_OF_A_RUN {
            asked += 1;
            assert!(asked < 10 * IN_PRACTICE, "hardly any dies: {killed} of {asked}");
            let moment = Moment::After(usual.mul_f64(moments.next()));
            let Some(end) = rehearse(&program, drill, &data, moment).await else { break };
            killed += u32::from(was_killed(&end));
        }
        while let Some(end) = rehearse(&program, drill, &data, Moment::Never).await {
            assert!(!was_killed(&end), "nobody kills the last one");
        }
        ended_with_every_effect_once(&data, drill).await;
    }
    let took = began.elapsed().as_secs_f64();
    eprintln!("          {killed} processes killed, {runs} runs ended, {took:.0} s");
}

/// The quickest of three: the first one still reads the program from disk.
async fn usual_time(program: &Path, dir: &Path) -> Duration {
    let mut quickest = LIMIT;
    for number in 1..=3 {
        let began = Instant::now();
        let data = dir.join(format!("usual-{number}"));
        rehearse(program, "bad-canary", &data, Moment::Never).await.expect("it was never begun");
        quickest = quickest.min(began.elapsed());
    }
    quickest
}

/// Begins the drill whose journal is in `data`, or takes it up; `None` when it has ended.
async fn rehearse(program: &Path, drill: &str, data: &Path, moment: Moment) -> Option<Remains> {
    let words: &[&str] = match newest(&practice(data)).await {
        Some((_, Some(_))) => return None,
        Some((_, None)) => &["resume", "--auto"],
        None => &["drill", drill, "--auto", "--seed", "3"],
    };
    let command = lastgood(program, None, data, words);
    let end = crash_typing(command, moment, AT_MOST, |_| None).await;
    Some(end.unwrap_or_else(|error| panic!("it dies or it ends in time: {error}")))
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

fn practice(data: &Path) -> App {
    let person = Person::new("ana");
    App::open(Config { workspace: None, data: data.to_owned(), person })
        .expect("the embedded workspace is whole")
}

/// The run that was begun, if one was, and how it ended, if it has.
async fn newest(app: &App) -> Option<(RunId, Option<Outcome>)> {
    let runs = app.runs(Nothing {}).await.expect("the journal can be read");
    let run = runs.first()?.run.clone();
    let view = app.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    Some((run, view.outcome))
}
