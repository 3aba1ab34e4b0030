//! Everything that can go wrong on the way, for a question and for a change: each is a
//! sentence, a change is sent at most once, and nothing hangs.

use std::collections::BTreeMap;
use std::time::Instant;

use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::name::EffectKey;

use super::super::act::Deployment;
use super::super::link::Link;
use super::*;

/// What is expected of a fault.
struct Fault {
    name: &'static str,
    reply: Reply,
    /// How often the question is sent.
    asked: std::ops::RangeInclusive<usize>,
    /// Words of the sentence.
    says: &'static str,
    /// Whether it is known that the change did not take place.
    refused: bool,
}

fn fault(
    name: &'static str,
    reply: Reply,
    asked: std::ops::RangeInclusive<usize>,
    says: &'static str,
    refused: bool,
) -> Fault {
    Fault { name, reply, asked, says, refused }
}

fn faults() -> Vec<Fault> {
    let said = |code: u16, words: &str| {
        Reply::Http(code, Vec::new(), json!({ "message": words }).to_string())
    };
    let retry =
        |code: u16| Reply::Http(code, vec![("retry-after", "3600".to_owned())], "{}".into());
    vec![
        fault("401", said(401, "Bad credentials"), 1..=1, "does not take the credential", true),
        fault("403", said(403, "Must have admin rights"), 1..=1, "does not allow that", true),
        fault(
            "404",
            said(404, "Not Found"),
            1..=1,
            "does not exist there, or the credential",
            true,
        ),
        fault("409", said(409, "Conflict"), 1..=1, "409: Conflict", true),
        fault("422", said(422, "Validation Failed"), 1..=1, "422: Validation Failed", true),
        fault("429 with Retry-After", retry(429), 1..=1, "asked again at 22:00:00Z", true),
        fault("429 without", said(429, "slow down"), 1..=1, "too frequent", true),
        fault("403 with Retry-After", retry(403), 1..=1, "asked again at 22:00:00Z", true),
        fault("500", said(500, "oops"), 4..=4, "answered 500: oops", false),
        fault("502", said(502, "Bad gateway"), 4..=4, "answered 502", false),
        fault("503", said(503, ""), 4..=4, "answered 503", false),
        fault("timeout", Reply::Silence, 1..=1, "no complete answer within", false),
        fault("cut connection", Reply::Hangup, 1..=8, "no complete answer", false),
        fault("truncated body", Reply::Truncated("{\"id\":".to_owned()), 4..=4, "broke off", false),
        fault("slow trickle", Reply::Trickle, 1..=1, "no complete answer within", false),
        fault(
            "wrong content type",
            Reply::Http(200, vec![("content-type", "text/html".into())], "<p>Sign in</p>".into()),
            1..=1,
            "`text/html` that is no JSON",
            false,
        ),
        fault(
            "moved",
            Reply::Http(301, vec![("location", "/repositories/7".into())], "{}".into()),
            1..=1,
            "has moved to /repositories/7",
            true,
        ),
    ]
}

fn link(github: &Github) -> &Link {
    &github.link
}

#[tokio::test]
async fn a_question_ends_in_a_sentence_and_is_repeated_only_where_that_may_help() {
    for fault in faults() {
        let reply = fault.reply.clone();
        let stub = Stub::start(move |_| reply.clone()).await;
        let steps = Steps::new();
        let github = at(&stub.url, &steps).await;
        let began = Instant::now();
        let failure = ask(&github, Purpose::Watch).await.expect_err(fault.name);
        assert!(failure.to_string().contains(fault.says), "{}: {failure}", fault.name);
        assert!(!failure.to_string().contains("ghp_"), "{}: a secret is told", fault.name);
        let asked = stub.requests().len();
        assert!(fault.asked.contains(&asked), "{}: asked {asked} times", fault.name);
        assert!(began.elapsed() < LIMIT * 2, "{}: it hangs", fault.name);
    }
}

#[tokio::test]
async fn a_change_is_sent_once_and_what_has_no_clear_answer_is_in_doubt() {
    for fault in faults() {
        let reply = fault.reply.clone();
        let stub = Stub::start(move |_| reply.clone()).await;
        let github = at(&stub.url, &Steps::new()).await;
        let call = request::cancel("acme/checkout", 7);
        let began = Instant::now();
        let failure = link(&github).change(&call).await.expect_err(fault.name);
        assert!(failure.to_string().contains(fault.says), "{}: {failure}", fault.name);
        let refused = matches!(failure.of_a_change(), ApplyError::Refused(_));
        assert_eq!(refused, fault.refused, "{}", fault.name);
        assert_eq!(stub.requests().len(), 1, "{}: it was sent again", fault.name);
        assert!(began.elapsed() < LIMIT * 2, "{}: it hangs", fault.name);
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let github = at(&url, &Steps::new()).await;
    let failure = ask(&github, Purpose::Watch).await.expect_err("refused");
    assert!(failure.to_string().contains("was not reached"), "{failure}");
    let call = request::cancel("acme/checkout", 7);
    let failure = link(&github).change(&call).await.expect_err("refused").of_a_change();
    assert!(matches!(failure, ApplyError::Refused(Refusal::Unreachable { .. })), "{failure:?}");
}

/// By number: a deployment, and the statuses that it got.
type Kept = BTreeMap<u64, (Value, Vec<Value>)>;

/// Plays a server that does what is asked and then fails to say so.
#[tokio::test]
async fn applied_with_the_reply_lost_is_found_and_not_done_twice() {
    let made: Arc<Mutex<Kept>> = Arc::default();
    let shelf = Arc::clone(&made);
    let stub = Stub::start(move |asked| {
        let mut made = shelf.lock().expect("no test panics here");
        let body = || -> Value {
            serde_json::from_str(asked.split("\r\n\r\n").nth(1).unwrap_or("")).expect("JSON")
        };
        if asked.starts_with("POST /repos/acme/checkout/deployments HTTP") {
            let id = 100 + made.len() as u64;
            made.insert(id, (body()["payload"].clone(), Vec::new()));
            return Reply::Hangup;
        }
        if asked.starts_with("POST /repos/acme/checkout/deployments/") {
            let entry = made.values_mut().next().expect("it exists");
            entry.1.push(body());
            return Reply::Hangup;
        }
        if asked.contains("/statuses?") {
            let statuses = made.values().next().map(|one| one.1.clone()).unwrap_or_default();
            return Reply::json(&json!(statuses));
        }
        let list: Vec<Value> =
            made.iter().map(|(id, (payload, _))| json!({ "id": id, "payload": payload })).collect();
        Reply::json(&json!(list))
    })
    .await;
    let github = at(&stub.url, &Steps::new()).await;
    let key = EffectKey { run: "r-1".into(), step: "record".into(), undo: false, attempt: 1 };
    let deployment = Deployment {
        repository: "acme/checkout".to_owned(),
        environment: "production".to_owned(),
        commit: "8f3c1d0".to_owned(),
        task: "rollback".to_owned(),
        description: "Back to 2.13.4".to_owned(),
        metadata: lastgood_core::release::Metadata::default(),
        state: "success".to_owned(),
    };
    for (attempt, expected) in [(1, "lost"), (2, "lost"), (3, "found")] {
        let outcome = github.record(&key, &deployment).await;
        match (&outcome, expected) {
            (Err(ApplyError::Lost { .. }), "lost") | (Ok(_), "found") => {}
            (Err(_) | Ok(_), _) => panic!("attempt {attempt}: {outcome:?}"),
        }
    }
    let made = made.lock().expect("no test panics here");
    assert_eq!(made.len(), 1, "one deployment");
    assert_eq!(made.values().next().expect("it").1.len(), 1, "with one status");
}
