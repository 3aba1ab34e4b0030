//! A run that goes from one living process to another.

use std::path::Path;

use lastgood_api::core::problem::Code;
use lastgood_api::core::view::RunStatus;
use lastgood_api::wire::{
    DrillRequest, Nothing, Order, OrderKind, RunQuery, StartRequest, TakeOverRequest,
};
use lastgood_api::{App, Config, Pace};

fn app(data: &Path, person: &str) -> App {
    let config = Config { workspace: None, data: data.to_owned(), person: person.into() };
    App::open(config).expect("the embedded workspace is whole")
}

/// A drill that `ana` began, as far as its first question.
async fn begun(ana: &App) -> lastgood_api::core::name::RunId {
    let request = DrillRequest { scenario: "bad-canary".into(), seed: Some(7), speed: None };
    ana.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    let plan = ana.plan_drill(None).await.expect("there is a last good release");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let handle = ana.launch(start).await.expect("nothing blocks it");
    let mut views = handle.views();
    let asked = views.wait_for(|view| view.ask.is_some()).await;
    asked.expect("it asks something").run.clone()
}

#[tokio::test]
async fn a_run_is_taken_over_with_a_word_and_goes_on_with_the_same_question() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (ana, li) = (app(data.path(), "ana"), app(data.path(), "li"));
    let run = begun(&ana).await;
    let query = || RunQuery { run: run.clone() };
    let asked = ana.run(query()).await.expect("it is driven").ask.expect("it asks");

    let seen = li.run(query()).await.expect("it can be looked at");
    assert_eq!(seen.driven_by, Some("ana".into()), "who holds it has a name");
    assert!(seen.ask.is_none(), "what it asks is asked there");
    assert!(seen.sentence.contains("waiting for ana"), "{}", seen.sentence);
    let rows = li.runs(Nothing {}).await.expect("they can be listed");
    assert_eq!(rows[0].driven_by, Some("ana".into()));
    assert!(rows[0].sentence.contains("waiting for ana"), "{}", rows[0].sentence);
    let own = ana.runs(Nothing {}).await.expect("they can be listed");
    assert_eq!((&own[0].driven_by, own[0].sentence.contains("waiting for you")), (&None, true));
    let hold = Order { run: run.clone(), order: OrderKind::Hold, text: None };
    assert_eq!(li.order(hold.clone()).await.expect_err("it is not hers").code, Code::NotNow);
    let wordless = TakeOverRequest { run: run.clone(), reason: " ".to_owned() };
    let problem = li.take_over(wordless).await.expect_err("no word");
    assert_eq!(problem.code, Code::ReasonMissing);

    let reason = "ana is on the phone".to_owned();
    let taken = li.take_over(TakeOverRequest { run: run.clone(), reason }).await;
    let taken = taken.unwrap_or_else(|problem| panic!("ana's process lets go: {problem:?}"));
    assert!(taken.driven && taken.driven_by.is_none(), "it is driven here now");
    let now = li.driving(&run).expect("it is driven here");
    let mut views = now.views();
    let again = views.wait_for(|view| view.ask.is_some()).await.expect("it asks").ask.clone();
    assert_eq!(again.expect("it asks").step, asked.step, "nothing was skipped, nothing twice");

    let left = ana.run(query()).await.expect("it can be looked at");
    assert_eq!(left.driven_by, Some("li".into()));
    assert_eq!(ana.order(hold.clone()).await.expect_err("no more").code, Code::NotNow);
    assert!(ana.driving(&run).is_err(), "nothing more is done by whoever had it");
    li.order(hold.clone()).await.expect("it is hers");
    let told = li.timeline(run.clone().into()).await.expect("it is kept");
    let said: Vec<&str> = told.lines.iter().map(|line| line.text.as_str()).collect();
    let word = said
        .iter()
        .position(|line| line.contains("takes the run over from ana: ana is on the phone"));
    let resumed = said.iter().rposition(|line| line.contains("Taken up again"));
    assert!(word.is_some(), "who, from whom and why are in the journal: {said:#?}");
    assert!(word < resumed, "the word comes before the deed: {said:#?}");

    let reason = "the phone call is over".to_owned();
    let back = ana.take_over(TakeOverRequest { run: run.clone(), reason }).await;
    let back = back.unwrap_or_else(|problem| panic!("li's process lets go: {problem:?}"));
    assert_eq!(back.status, RunStatus::Held, "what she ordered stands: {}", back.sentence);
    let release = Order { run: run.clone(), order: OrderKind::Release, text: None };
    ana.order(release).await.expect("it is hers again");
    assert_eq!(li.run(query()).await.expect("it can be looked at").driven_by, Some("ana".into()));
}

#[tokio::test]
async fn whoever_let_go_of_a_drill_is_in_their_own_world_again() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (ana, li) = (app(data.path(), "ana"), app(data.path(), "li"));
    let run = begun(&ana).await;
    let there = ana.workspace(Nothing {}).await.expect("it is there").drill.expect("it plays");
    assert_eq!(there.seed, 7);
    let reason = "the world goes with it".to_owned();
    li.take_over(TakeOverRequest { run, reason }).await.expect("ana's process lets go");
    let own = ana.workspace(Nothing {}).await.expect("it is there").drill.expect("it plays");
    assert_eq!(own.seed, 1, "not in a world that goes on without her");
    let theirs = li.workspace(Nothing {}).await.expect("it is there").drill.expect("it plays");
    assert_eq!(theirs.seed, 7);
    begun(&ana).await;
}

#[tokio::test]
async fn a_run_that_nobody_drives_is_resumed_and_not_taken_over() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (ana, li) = (app(data.path(), "ana"), app(data.path(), "li"));
    let run = begun(&ana).await;
    let own = TakeOverRequest { run: run.clone(), reason: "mine".to_owned() };
    assert_eq!(ana.take_over(own).await.expect_err("it is hers").code, Code::NotNow);
    let none = TakeOverRequest { run: "nothing-1".into(), reason: "r".to_owned() };
    assert_eq!(li.take_over(none).await.expect_err("there is none").code, Code::NotFound);
}
