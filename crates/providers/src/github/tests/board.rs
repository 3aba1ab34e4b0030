//! Many services in few requests, and nothing for nothing new.

use super::*;

const COMMIT: &str = "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Plays an organisation in which every repository has one deployment, with the state that
/// `state` says now.
async fn organisation(state: Arc<Mutex<(&'static str, &'static str)>>) -> Stub {
    Stub::start(move |asked| {
        let (status, changed) = *state.lock().expect("no test panics here");
        if asked.starts_with("POST /graphql") {
            let body: Value = serde_json::from_str(asked.split("\r\n\r\n").nth(1).expect("a body"))
                .expect("JSON");
            let mut data = serde_json::Map::new();
            for index in 0.. {
                let name = &body["variables"][format!("n{index}")];
                if name.is_null() {
                    break;
                }
                let mut one = node(7, "2026-11-20T20:00:00Z", COMMIT, &[(status, changed)]);
                one["updatedAt"] = json!(changed);
                let node = if name == "gone" { Value::Null } else { repository(&[one]) };
                data.insert(format!("r{index}"), node);
            }
            let gone =
                json!({ "type": "NOT_FOUND", "path": ["r0"], "message": "Could not resolve" });
            let errors: Vec<Value> = data
                .contains_key("r0")
                .then_some(gone)
                .into_iter()
                .filter(|_| data["r0"].is_null())
                .collect();
            let body = json!({ "data": data, "errors": errors });
            return Reply::Http(200, limits(4990, "graphql"), body.to_string());
        }
        let mut headers = limits(4000, "core");
        headers.push(("etag", format!("\"{changed}\"")));
        if asked.contains(&format!("if-none-match: \"{changed}\"")) {
            return Reply::Http(304, headers, String::new());
        }
        let list = json!([{ "id": 7, "updated_at": changed }]);
        Reply::Http(200, headers, list.to_string())
    })
    .await
}

fn count(stub: &Stub, begin: &str) -> usize {
    stub.requests().iter().filter(|one| one.starts_with(begin)).count()
}

#[tokio::test]
async fn a_hundred_services_are_read_in_four_requests() {
    let state = Arc::new(Mutex::new(("SUCCESS", "2026-11-20T20:05:00Z")));
    let stub = organisation(state).await;
    let github = at(&stub.url, &Steps::new()).await;
    let looks = (0..100).map(|n| {
        let github = &github;
        async move { github.board.look(&format!("acme/service-{n}"), "production").await }
    });
    for look in futures::future::join_all(looks).await {
        assert_eq!(look.expect("each is told").doubt, None);
    }
    assert_eq!(stub.requests().len(), 4, "25 in each");
}

#[tokio::test]
async fn a_refresh_asks_whether_anything_is_new_and_reads_only_then() {
    let state = Arc::new(Mutex::new(("IN_PROGRESS", "2026-11-20T20:05:00Z")));
    let stub = organisation(Arc::clone(&state)).await;
    let steps = Steps::new();
    let github = at(&stub.url, &steps).await;
    let expected = Some(("github:deployment/7".to_owned(), DeployOutcome::InProgress));
    assert_eq!(newest(&github).await, expected);
    assert_eq!(newest(&github).await, expected);
    assert_eq!(stub.requests().len(), 1, "what was heard a moment ago is not asked for again");
    for round in 1..4 {
        steps.pass(Duration::from_secs(6));
        assert_eq!(newest(&github).await, expected);
        assert_eq!((count(&stub, "POST"), count(&stub, "GET")), (1, round), "a question each");
    }
    let free = stub.requests().iter().filter(|one| one.contains("if-none-match")).count();
    assert_eq!(free, 2, "all but the first cost nothing");
    *state.lock().expect("no test panics here") = ("SUCCESS", "2026-11-20T20:09:00Z");
    steps.pass(Duration::from_secs(6));
    let expected = Some(("github:deployment/7".to_owned(), DeployOutcome::Completed));
    assert_eq!(newest(&github).await, expected, "a new status is seen");
    assert_eq!(count(&stub, "POST"), 2);
}

#[tokio::test]
async fn a_repository_that_is_not_there_takes_nothing_from_the_others() {
    let state = Arc::new(Mutex::new(("SUCCESS", "2026-11-20T20:05:00Z")));
    let stub = organisation(state).await;
    let github = at(&stub.url, &Steps::new()).await;
    // In order of names `gone` is the first of the batch.
    let (gone, there) = futures::join!(
        github.board.look("acme/gone", "production"),
        github.board.look("acme/there", "production"),
    );
    let failure = gone.expect_err("it does not exist");
    assert!(failure.to_string().contains("the repository acme/gone does not exist"), "{failure}");
    there.expect("the other one does");
}

#[tokio::test]
async fn what_was_heard_is_shown_with_its_age_when_github_is_down() {
    let down = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_down = Arc::clone(&down);
    let stub = Stub::start(move |_| {
        if is_down.load(std::sync::atomic::Ordering::SeqCst) {
            return Reply::status(503, "");
        }
        let one = node(7, "2026-11-20T20:00:00Z", COMMIT, &[("SUCCESS", "2026-11-20T20:05:00Z")]);
        Reply::json(&json!({ "data": { "r0": repository(&[one]) } }))
    })
    .await;
    let steps = Steps::new();
    let github = at(&stub.url, &steps).await;
    github.board.look("acme/checkout", "production").await.expect("it is up");
    down.store(true, std::sync::atomic::Ordering::SeqCst);
    steps.pass(Duration::from_mins(1));
    let look = github.board.look("acme/checkout", "production").await.expect("it is remembered");
    let doubt = look.doubt.expect("and its age is said");
    assert!(doubt.contains("503") && doubt.contains("at 21:00:00Z"), "{doubt}");
}
