//! Cancelling, starting and finding workflow runs again.

use std::collections::BTreeMap;

use lastgood_core::effect::{ApplyError, Presence};
use lastgood_core::name::EffectKey;

use super::super::act::Dispatch;
use super::*;

fn key(attempt: u32) -> EffectKey {
    EffectKey { run: "r-1".into(), step: "back".into(), undo: false, attempt }
}

fn dispatch() -> Dispatch {
    Dispatch {
        repository: "acme/checkout".to_owned(),
        workflow: "rollback.yml".to_owned(),
        on: "main".to_owned(),
        inputs: BTreeMap::from([("to".to_owned(), "2.13.4".to_owned())]),
        since: "2026-11-22T20:59:00Z".parse().expect("a time"),
    }
}

/// Plays GitHub Actions: what is dispatched runs, under the name that the workflow gives it.
#[derive(Clone, Default)]
struct Actions(Arc<Mutex<Vec<String>>>);

impl Actions {
    fn titled(&self, title: &str) {
        self.0.lock().expect("no test panics here").push(title.to_owned());
    }

    fn len(&self) -> usize {
        self.0.lock().expect("no test panics here").len()
    }

    /// `reply` is what a dispatch is answered with.
    async fn start(&self, reply: Reply) -> Stub {
        let runs = self.clone();
        Stub::start(move |asked| {
            if asked.starts_with("POST") {
                let body: Value = serde_json::from_str(asked.split("\r\n\r\n").nth(1).expect("a body"))
                    .expect("JSON");
                assert_eq!(body["return_run_details"], true, "newer servers tell the run");
                let id = body["inputs"]["rollback_id"].as_str().expect("the key").to_owned();
                runs.titled(&format!("Rollback ({id})"));
                return reply.clone();
            }
            let titles = runs.0.lock().expect("no test panics here").clone();
            let runs: Vec<Value> = titles
                .iter()
                .enumerate()
                .map(|(n, title)| json!({ "id": 500 + n, "display_title": title, "html_url": "https://x" }))
                .collect();
            Reply::json(&json!({ "total_count": runs.len(), "workflow_runs": runs }))
        })
        .await
    }
}

#[tokio::test]
async fn both_forms_of_the_answer_to_a_dispatch_are_a_receipt() {
    let details =
        json!({ "workflow_run_id": 77, "run_url": "https://api/77", "html_url": "https://x/77" });
    for (reply, reference) in
        [(Reply::json(&details), "workflow run 77"), (Reply::status(204, ""), "r-1/back/do/1")]
    {
        let actions = Actions::default();
        let stub = actions.start(reply).await;
        let github = at(&stub.url, &Steps::new()).await;
        let receipt = github.dispatch(&key(1), &dispatch()).await.expect("it was taken");
        assert_eq!(receipt.reference, reference);
        let again = github.dispatch(&key(1), &dispatch()).await.expect("it is found");
        assert_eq!(again.reference, "workflow run 500", "the run that carries the key");
        assert_eq!(actions.len(), 1, "a repeat starts nothing");
    }
}

#[tokio::test]
async fn g6_a_bad_gateway_on_a_dispatch_is_looked_up_and_not_sent_again() {
    let actions = Actions::default();
    let stub = actions.start(Reply::status(502, "")).await;
    let github = at(&stub.url, &Steps::new()).await;
    let lost = github.dispatch(&key(1), &dispatch()).await.expect_err("nobody knows");
    assert!(matches!(lost, ApplyError::Lost { .. }), "{lost:?}");
    let found = github.is_dispatched(&key(1), &dispatch()).await;
    assert!(matches!(found, Presence::Present(_)), "it did take place: {found:?}");
    assert_eq!(actions.len(), 1, "and once");
}

#[tokio::test]
async fn a_run_that_does_not_say_for_what_leaves_it_unclear() {
    let actions = Actions::default();
    let stub = actions.start(Reply::status(204, "")).await;
    let github = at(&stub.url, &Steps::new()).await;
    assert_eq!(github.is_dispatched(&key(1), &dispatch()).await, Presence::Absent, "no run at all");
    actions.titled("Rollback (r-9/back/do/1)");
    actions.titled("Rollback (r-1/back/do/11)");
    assert_eq!(
        github.is_dispatched(&key(1), &dispatch()).await,
        Presence::Absent,
        "other rollbacks"
    );
    actions.titled("Deploy");
    let Presence::Unclear { why } = github.is_dispatched(&key(1), &dispatch()).await else {
        panic!("it may be ours");
    };
    assert!(why.contains("run-name: Rollback ${{ inputs.rollback_id }}"), "{why}");
    let refused = github.dispatch(&key(1), &dispatch()).await.expect_err("doubt starts nothing");
    assert!(matches!(refused, ApplyError::Refused(_)), "{refused:?}");
    assert_eq!(actions.len(), 3);
}

#[tokio::test]
async fn a_run_that_is_cancelled_is_not_cancelled_again() {
    for (conclusion, sent) in [(json!(null), true), (json!("cancelled"), false)] {
        let status = if conclusion.is_null() { "in_progress" } else { "completed" };
        let stub = Stub::start(move |asked| {
            if asked.starts_with("POST") {
                return Reply::Http(202, Vec::new(), "{}".to_owned());
            }
            Reply::json(&json!({ "id": 7, "status": status, "conclusion": conclusion }))
        })
        .await;
        let github = at(&stub.url, &Steps::new()).await;
        github.cancel("acme/checkout", 7).await.expect("it is, or is going to be");
        let changes = stub.requests().iter().filter(|one| one.starts_with("POST")).count();
        assert_eq!(changes, usize::from(sent));
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_the_word_is_asked_without_it_and_starts_one_run() {
    let server = lastgood_testkit::github::Github::start().await.expect("a free port");
    server.with(|kept| kept.tells_runs = false);
    let github = at(&server.url(), &Steps::new()).await;
    let receipt = github.dispatch(&key(1), &dispatch()).await.expect("it was taken");
    assert_eq!(receipt.reference, "r-1/back/do/1", "nobody says which run it is");
    assert_eq!(server.with(|kept| kept.runs.len()), 1, "a refusal starts nothing");
    let found = github.is_dispatched(&key(1), &dispatch()).await;
    assert!(matches!(found, Presence::Present(_)), "its name tells: {found:?}");
}
