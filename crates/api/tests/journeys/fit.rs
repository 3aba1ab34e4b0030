//! A plan that somebody reads while the world goes on.

use lastgood_api::core::problem::Code;
use lastgood_api::core::view::Fit;
use lastgood_api::wire::{DrillRequest, PlanQuery, StartRequest};
use lastgood_api::{Pace, play};

use super::practice;

#[tokio::test]
async fn a_plan_is_outdated_once_another_run_brought_another_release_to_the_front() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let request = DrillRequest { scenario: "two-suspects".into(), seed: Some(7), speed: None };
    app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    let read = app.plan_drill(None).await.expect("there is a last good release");
    let ask = |hash: &str| PlanQuery { hash: hash.to_owned() };
    let fits = app.plan_fit(ask(&read.hash)).await.expect("it can be told");
    assert_eq!((fits.hash.as_str(), &fits.fit), (read.hash.as_str(), &Fit::Fits));

    let start = StartRequest { hash: read.hash.clone(), overrides: Vec::new(), choice: None };
    let handle = app.launch(start.clone()).await.expect("nothing blocks it");
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    play(handle, &operator, |_| {}).await.expect("the journal can be written");

    let told = app.plan_fit(ask(&read.hash)).await.expect("it can be told").fit;
    let Fit::Outdated { why, front: Some(front) } = told else {
        panic!("a run went back, so something else is in front: {told:?}");
    };
    assert!(why.contains(&format!("now it is {}", front.version)), "{why}");
    assert_eq!(front.release, read.to.id, "that is where the run went");
    let problem = app.start(start).await.expect_err("the same rule refuses its start");
    assert_eq!(problem.code, Code::Drifted);
    assert!(problem.chain.contains(&why), "in the same words: {:?}", problem.chain);
}

#[tokio::test]
async fn a_plan_of_a_drill_is_rehearsed_by_none() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let plan = app.plan_drill(None).await.expect("there is a last good release");
    let problem = app.plan_drills(PlanQuery { hash: plan.hash }).await.expect_err("it is one");
    assert_eq!(problem.code, Code::NotNow);
    let nothing = PlanQuery { hash: "0".repeat(12) };
    let problem = app.plan_fit(nothing).await.expect_err("nobody was shown that");
    assert_eq!(problem.code, Code::NotFound);
}
