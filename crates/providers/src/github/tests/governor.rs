//! The eight rules of GitHub's limits, G1 to G8.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::governor::{Governor, Told};
use super::*;

fn now() -> Timestamp {
    "2026-11-22T21:00:00Z".parse().expect("a time")
}

fn later(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).expect("soon")
}

fn held_until(governor: &Governor) -> Option<Timestamp> {
    match governor.admit("core", Purpose::Rescue, now()) {
        Err(Failure::Limited { until, .. }) => Some(until),
        Err(_) | Ok(()) => None,
    }
}

/// A stub that is limited `times` times with `reply`, and then answers.
async fn limited(times: usize, reply: Reply) -> Stub {
    let asked = AtomicUsize::new(0);
    Stub::start(move |_| {
        if asked.fetch_add(1, Ordering::SeqCst) < times {
            reply.clone()
        } else {
            counted(200, 4000, &json!([]))
        }
    })
    .await
}

#[tokio::test]
async fn g1_retry_after_is_waited_for_once_and_nothing_is_sent_earlier() {
    let steps = Steps::new();
    let reply = Reply::Http(403, vec![("retry-after", "7".to_owned())], "{}".to_owned());
    let stub = limited(1, reply).await;
    let github = at(&stub.url, &steps).await;
    ask(&github, Purpose::Watch).await.expect("it answers after the wait");
    assert_eq!(steps.waits(), [Duration::from_secs(7)], "one wait, as long as it says");
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn g2_a_used_up_hour_is_told_to_the_person_and_nothing_is_sent_before_it_ends() {
    let steps = Steps::new();
    let mut headers = limits(0, "core");
    let reset = later(90).as_second().to_string();
    headers.retain(|(name, _)| *name != "x-ratelimit-reset");
    headers.push(("x-ratelimit-reset", reset));
    let stub = limited(1, Reply::Http(403, headers, "{}".to_owned())).await;
    let github = at(&stub.url, &steps).await;
    for _ in 0..3 {
        let failure = ask(&github, Purpose::Rescue).await.expect_err("the hour is used up");
        assert!(
            matches!(failure, Failure::Limited { until, .. } if until == later(90)),
            "{failure}"
        );
    }
    assert_eq!(stub.requests().len(), 1, "the limit is kept, not tried");
    assert!(steps.waits().is_empty(), "a minute and a half is not waited in silence");
    steps.pass(Duration::from_secs(91));
    ask(&github, Purpose::Rescue).await.expect("the new hour has begun");
}

#[test]
fn g3_a_secondary_limit_without_a_time_holds_for_a_minute_and_longer_each_time() {
    let mut governor = Governor::default();
    let words = "You have exceeded a secondary rate limit.";
    for seconds in [60, 120, 240] {
        let heard = governor.heard(403, &Told::default(), words, now());
        assert!(heard.is_some(), "it is a limit");
        assert_eq!(held_until(&governor), Some(later(seconds)));
    }
    let bare = governor.heard(429, &Told::default(), "", now());
    assert!(bare.is_some(), "429 is a limit, whatever it says");
}

#[tokio::test]
async fn g4_a_missing_permission_is_no_limit_and_is_not_asked_again() {
    let steps = Steps::new();
    let headers = vec![("x-accepted-github-permissions", "deployments=read".to_owned())];
    let said = json!({ "message": "Resource not accessible by personal access token" });
    let stub = limited(9, Reply::Http(403, headers, said.to_string())).await;
    let github = at(&stub.url, &steps).await;
    let failure = ask(&github, Purpose::Watch).await.expect_err("it is not allowed");
    assert!(failure.to_string().contains("deployments=read"), "what is missing: {failure}");
    assert_eq!((stub.requests().len(), steps.waits().len()), (1, 0));
}

#[tokio::test]
async fn g5_what_has_not_changed_comes_from_the_store_and_costs_nothing() {
    let stub = Stub::start(|asked| {
        let mut headers = limits(4321, "core");
        headers.push(("etag", "\"one\"".to_owned()));
        if asked.contains("if-none-match: \"one\"") {
            Reply::Http(304, headers, String::new())
        } else {
            Reply::Http(200, headers, json!([{ "id": 1 }]).to_string())
        }
    })
    .await;
    let github = at(&stub.url, &Steps::new()).await;
    let first = ask(&github, Purpose::Watch).await.expect("it answers");
    let again = ask(&github, Purpose::Watch).await.expect("it answers");
    assert_eq!((&first, stub.requests().len()), (&again, 2), "the stored body");
    assert_eq!(github.link.left()[0].remaining, 4321, "the count is what GitHub says");
}

#[tokio::test]
async fn g7_a_hundred_questions_are_at_most_eight_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let seen = Arc::clone(&most);
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut stream, _)) = listener.accept().await {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                    let answer = b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n[]";
                    if stream.write_all(answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let github = at(&url, &Steps::new()).await;
    let all = (0..100).map(|_| ask(&github, Purpose::Watch));
    for answer in futures::future::join_all(all).await {
        answer.expect("each is answered");
    }
    let most = seen.load(Ordering::SeqCst);
    assert!((2..=8).contains(&most), "{most} were in flight at once");
}

#[tokio::test]
async fn g8_the_last_two_hundred_are_kept_for_a_rollback() {
    let stub = Stub::start(|_| counted(200, 150, &json!([]))).await;
    let github = at(&stub.url, &Steps::new()).await;
    ask(&github, Purpose::Watch).await.expect("nothing was known yet");
    let failure = ask(&github, Purpose::Watch).await.expect_err("watching stops");
    assert_eq!(
        failure.to_string(),
        "150 requests are left until 22:00:00Z, and they are kept for a rollback"
    );
    ask(&github, Purpose::Rescue).await.expect("the rollback goes on");
    assert_eq!(stub.requests().len(), 2, "nothing was sent for the refused question");
}

#[test]
fn how_many_are_left_is_told_in_words() {
    let mut governor = Governor::default();
    let told = Told {
        resource: Some("core".to_owned()),
        limit: Some(5000),
        remaining: Some(4812),
        reset: Some(later(700)),
        retry_after: None,
    };
    governor.heard(200, &told, "", now());
    let left = governor.left(now());
    assert_eq!(left[0].sentence(now()), "4812 of 5000 requests left, resets in 12 min");
    assert_eq!(governor.left(later(701)), [], "what an old hour had left means nothing");
}
