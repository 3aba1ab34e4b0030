//! A run on a real cluster that goes from one living process to another: at a question, in the
//! middle of a change, and out of a terminal.

use std::path::Path;
use std::time::Duration;

use lastgood_api::core::lease::TAKE;
use lastgood_api::core::name::RunId;
use lastgood_api::core::problem::Code;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{AnswerKind, AskView, RunView, StepStatus};
use lastgood_api::wire::{Answer, Nothing, RunQuery, TakeOverRequest};
use lastgood_api::{App, RunHandle};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::crash::{Moment, crash_typing};
use lastgood_testkit::load::Load;
use lastgood_testkit::proxy::{Fault, Rule};
use lastgood_tests::field::{Field, LIMIT, open_as, wanted};
use lastgood_tests::follow::{Say, follow, go_on, launch};
use lastgood_tests::terminal::{Operator, lastgood, program};

use crate::situations::Situations;

/// How long the API server takes for the change that a takeover meets half-way. Longer than a
/// request to let go stands, and shorter than a change may take.
const SLOW: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_taken_over_goes_on_and_nothing_happens_twice() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("hand over: at a question", at_a_question).await;
    on.meet("hand over: in the middle of a change", in_a_change).await;
    on.meet("hand over: out of a terminal", out_of_a_terminal).await;
    on.end();
}

/// Two people at one journal, `v2-bad` half-way out, and where the counting begins.
struct Shift {
    ana: App,
    li: App,
    generation: i64,
    seen: usize,
    _load: Load,
}

async fn shift(field: &Field, name: &str) -> Shift {
    let (workspace, data) = (field.workspace(), field.folder(name));
    let app = |person| open_as(&workspace, &data, person).expect("the workspace is whole");
    let (ana, li) = (app("ana"), app("li"));
    field.afresh(&ana).await.expect("v1 serves");
    let load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let generation = field.generation().await.expect("it is there");
    Shift { ana, li, generation, seen: field.proxy.seen().len(), _load: load }
}

fn at(view: &RunView) -> &str {
    view.current.as_ref().map_or("", |step| step.as_str())
}

/// Goes on until the step that brings the release back asks to be confirmed.
fn until_restore(view: &RunView, ask: &AskView) -> Say {
    if at(view) == "restore" { Say::Nothing } else { go_on(ask) }
}

fn request(run: &RunId) -> TakeOverRequest {
    TakeOverRequest { run: run.clone(), reason: "ana is on the phone".to_owned() }
}

fn yes(run: &RunId) -> Answer {
    let step = Some("restore".into());
    Answer { run: run.clone(), step, kind: AnswerKind::Confirm, option: None, text: None }
}

/// She hears who has it, and nothing that she says does anything to it any more.
async fn gone(ana: &App, handle: &mut RunHandle) {
    let run = handle.run().clone();
    assert!(handle.ended().await.is_none(), "nothing went wrong");
    assert_eq!(handle.given_to().map(ToString::to_string), Some("li".to_owned()));
    let problem = ana.answer(yes(&run)).await.expect_err("it is not hers");
    assert_eq!(problem.code, Code::NotNow, "{problem:?}");
    let left: Vec<_> = ana.left().into_iter().map(|left| left.taken_by).collect();
    assert_eq!(left, [Some("li".into())], "and her desktop says so");
    let seen = ana.run(RunQuery { run }).await.expect("it can be read");
    assert_eq!(seen.driven_by, Some("li".into()), "{}", seen.sentence);
}

/// Li brings it to its end; then the cluster shows each change of the run once.
async fn ends_well(field: &Field, on: &Shift, run: &RunId) {
    let handle = on.li.driving(run).expect("it is hers");
    let view = follow(&on.li, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    let acts: Vec<String> = view
        .steps
        .iter()
        .filter(|step| step.kind == "act" && step.status == StepStatus::Done)
        .filter(|step| step.id.as_str() != TAKE)
        .map(|step| step.id.to_string())
        .collect();
    assert!(acts.contains(&"restore".to_owned()), "{acts:?}");
    let changed = field.generation().await.expect("it is there") - on.generation;
    assert_eq!(usize::try_from(changed).ok(), Some(acts.len()), "each of {acts:?} landed once");
    assert_eq!(field.landed_since(on.seen), acts.len(), "{:#?}", field.changes_since(on.seen));
    let marks = &field.deployment().await.expect("it is there")["metadata"]["annotations"];
    let marks = marks["lastgood.dev/effect"].as_str().unwrap_or_default();
    for act in &acts {
        let key = format!("{run}/{act}/do/1");
        assert_eq!(marks.matches(&key).count(), 1, "the cluster carries {key}: {marks}");
    }
    let lease = &field.lease().await.expect("it can be read")["spec"];
    assert_eq!(lease["leaseTransitions"], 0, "both held it for the same run: {lease}");
    assert!(lease["holderIdentity"].is_null(), "and it was given back: {lease}");
    let told = on.li.timeline(run.clone().into()).await.expect("it is kept");
    let said = |words: &str| told.lines.iter().position(|line| line.text.contains(words));
    let word = said("takes the run over from ana: ana is on the phone");
    let taken = said("Taken up again");
    assert!(word.is_some() && word < taken, "the word comes before the deed: {word:?} {taken:?}");
    let verified = on.li.verify_journal(Some(run.clone())).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
}

async fn at_a_question(field: &Field) {
    let on = shift(field, "at-a-question").await;
    let mut handle = launch(&on.ana, wanted("last-good")).await.expect("nothing blocks it");
    let run = handle.run().clone();
    let asked = follow(&on.ana, &handle, LIMIT, until_restore).await.expect("it asks");
    assert_eq!(at(&asked), "restore", "{}", asked.sentence);
    let before = field.changes_since(on.seen);

    let seen = on.li.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    assert_eq!(seen.driven_by, Some("ana".into()), "{}", seen.sentence);
    assert!(seen.ask.is_none(), "what it asks is asked there");
    assert_eq!(on.li.answer(yes(&run)).await.expect_err("not hers").code, Code::NotNow);
    let problem = on.li.resume(RunQuery { run: run.clone() }).await.expect_err("it is held");
    assert_eq!(problem.code, Code::RunHeld, "{problem:?}");

    let taken = on.li.take_over(request(&run)).await;
    taken.unwrap_or_else(|problem| panic!("ana's process lets go: {problem:?}"));
    gone(&on.ana, &mut handle).await;
    let hers = on.li.driving(&run).expect("it is hers");
    let again = follow(&on.li, &hers, LIMIT, |_, _| Say::Nothing).await.expect("it asks");
    assert_eq!(at(&again), "restore", "the same question: {}", again.sentence);
    assert_eq!(field.changes_since(on.seen), before, "a takeover changes nothing");
    ends_well(field, &on, &run).await;
}

async fn in_a_change(field: &Field) {
    let on = shift(field, "in-a-change").await;
    let mut handle = launch(&on.ana, wanted("last-good")).await.expect("nothing blocks it");
    let run = handle.run().clone();
    follow(&on.ana, &handle, LIMIT, until_restore).await.expect("it asks");
    let patch = "PATCH".parse().expect("a method");
    field.proxy.inject(Rule::next(patch, "/deployments/", Fault::Delay(SLOW)));
    let landed = field.landed_since(on.seen);
    on.ana.answer(yes(&run)).await.expect("it is hers");
    under_way(field).await;

    let taken = on.li.take_over(request(&run)).await;
    taken.unwrap_or_else(|problem| panic!("ana's process lets go: {problem:?}"));
    assert_eq!(field.landed_since(on.seen), landed + 1, "what was sent had its outcome first");
    gone(&on.ana, &mut handle).await;
    let hers = on.li.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    let restore = hers.steps.iter().find(|step| step.id.as_str() == "restore");
    let restore = restore.expect("it is planned");
    assert_eq!((restore.status, restore.attempt), (StepStatus::Done, 1), "{restore:?}");
    ends_well(field, &on, &run).await;
}

/// Returns when the change that the proxy delays has come there.
async fn under_way(field: &Field) {
    let met = async {
        let mut pace = tokio::time::interval(Duration::from_millis(50));
        loop {
            pace.tick().await;
            let seen = field.proxy.seen();
            if seen.iter().any(|one| one.fault == Some(Fault::Delay(SLOW)) && one.status.is_none())
            {
                return;
            }
        }
    };
    tokio::time::timeout(LIMIT, met).await.expect("the change is sent");
}

/// The one who has it sits at a terminal, with the real program.
async fn out_of_a_terminal(field: &Field) {
    let program = program().expect("the build made it");
    let on = shift(field, "out-of-a-terminal").await;
    let at_terminal = terminal(field, &program, "out-of-a-terminal");
    let takes = async {
        let run = until_it_asks(&on.li).await;
        let before = field.changes_since(on.seen);
        let taken = on.li.take_over(request(&run)).await;
        taken.unwrap_or_else(|problem| panic!("ana's process lets go: {problem:?}"));
        (run, before)
    };
    let (said, (run, before)) = tokio::join!(at_terminal, takes);
    for words in ["takes the run over from ana: ana is on the phone", "li has taken the run over"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("lastgood resume"), "it is li's to go on with: {said}");
    assert_eq!(field.changes_since(on.seen), before, "a takeover changes nothing");
    ends_well(field, &on, &run).await;
}

/// What the terminal of somebody says who is called away when the release is to come back.
async fn terminal(field: &Field, program: &Path, data: &str) -> String {
    let words = ["run", SERVICE, "--runbook", "quick"];
    let command = lastgood(program, Some(&field.workspace()), &field.folder(data), &words);
    let (mut person, mut away) = (Operator::default(), false);
    let types = |line: &str| {
        away |= line.starts_with('\u{25c8}') && line.contains("Restore v1");
        if away { None } else { person.types(line) }
    };
    let end = crash_typing(command, Moment::Never, LIMIT, types).await;
    let end = end.unwrap_or_else(|error| panic!("it ends in time: {error}"));
    assert_eq!(end.status.code(), Some(4), "it waits, elsewhere: {:#?}", end.lines);
    end.lines.join("\n")
}

/// The run of the terminal, once it waits for a yes to bring the release back.
async fn until_it_asks(li: &App) -> RunId {
    let asks = async {
        let mut pace = tokio::time::interval(Duration::from_millis(200));
        loop {
            pace.tick().await;
            let runs = li.runs(Nothing {}).await.expect("the journal can be read");
            let Some(row) = runs.first() else { continue };
            let run = row.run.clone();
            let view = li.run(RunQuery { run: run.clone() }).await.expect("it can be read");
            if at(&view) == "restore" && view.sentence.contains("waiting for ana") {
                return run;
            }
        }
    };
    tokio::time::timeout(LIMIT, asks).await.expect("it asks")
}
