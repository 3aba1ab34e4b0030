//! Follow-ups are opened once.

use lastgood_core::effect::ApplyError;
use lastgood_core::issue::{Comment, Draft, Marker};
use lastgood_core::ports::IssueTracker as _;
use lastgood_core::timeline::FollowUpStatus;

use super::super::issues::Issues;
use super::*;

/// Plays a tracker. The first `lost` changes take place and their replies are lost.
async fn tracker(lost: usize) -> (Stub, Arc<Mutex<Vec<Value>>>) {
    let kept: Arc<Mutex<Vec<Value>>> = Arc::default();
    let shelf = Arc::clone(&kept);
    let stub = Stub::start(move |asked| {
        let mut shelf = shelf.lock().expect("no test panics here");
        if asked.starts_with("GET") {
            let comments = asked.contains("/comments?");
            let wanted: Vec<&Value> =
                shelf.iter().filter(|one| one["title"].is_null() == comments).collect();
            return Reply::json(&json!(wanted));
        }
        let mut body: Value =
            serde_json::from_str(asked.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
        body["number"] = json!(shelf.len() + 1);
        body["state"] = json!("open");
        body["html_url"] = json!("https://github.com/acme/checkout/issues/1");
        shelf.push(body.clone());
        if shelf.len() <= lost {
            Reply::Hangup
        } else {
            Reply::Http(201, Vec::new(), body.to_string())
        }
    })
    .await;
    (stub, kept)
}

#[tokio::test]
async fn a_follow_up_is_opened_once_also_when_the_reply_is_lost() {
    for lost in [0, 1] {
        let (stub, kept) = tracker(lost).await;
        let issues = Issues::new(at(&stub.url, &Steps::new()).await, "acme/checkout");
        let draft = Draft {
            marker: Marker::new("r-1/follow-up/1"),
            title: "Alert on the queue".to_owned(),
            body: "It grew for an hour.".to_owned(),
            labels: vec!["incident".to_owned()],
        };
        assert_eq!(issues.find(&place(), &draft.marker).await.expect("it answers"), None);
        let first = issues.open(&place(), &draft).await;
        assert_eq!(matches!(first, Err(ApplyError::Lost { .. })), lost == 1, "{first:?}");
        let issue = issues.open(&place(), &draft).await.expect("it is found");
        assert_eq!(
            (issue.reference.as_str(), issue.status),
            ("acme/checkout#1", FollowUpStatus::Open)
        );
        assert_eq!(kept.lock().expect("no test panics here").len(), 1, "one issue");

        let comment = Comment { marker: Marker::new("r-1/closed"), body: "Closed.".to_owned() };
        for _ in 0..2 {
            issues.comment(&place(), &issue, &comment).await.expect("it is there");
        }
        assert_eq!(kept.lock().expect("no test panics here").len(), 2, "one comment");
    }
}

#[tokio::test]
async fn an_issue_of_another_repository_is_not_commented_on() {
    let (stub, _) = tracker(0).await;
    let issues = Issues::new(at(&stub.url, &Steps::new()).await, "acme/checkout");
    let issue = lastgood_core::issue::Issue {
        reference: "acme/search#3".to_owned(),
        url: String::new(),
        title: String::new(),
        status: FollowUpStatus::Open,
    };
    let comment = Comment { marker: Marker::new("m"), body: "b".to_owned() };
    issues.comment(&place(), &issue, &comment).await.expect_err("it is not ours");
    assert_eq!(stub.requests().len(), 0, "nothing is sent");
}

#[tokio::test]
async fn an_issue_is_closed_once_and_how_it_was_closed_is_read() {
    let github = lastgood_testkit::github::Github::start().await.expect("a free port");
    let issues = Issues::new(at(&github.url(), &Steps::new()).await, "acme/checkout");
    let draft = Draft {
        marker: Marker::new("r-1/follow-up/1"),
        title: "Alert on the queue".to_owned(),
        body: "It grew for an hour.".to_owned(),
        labels: Vec::new(),
    };
    for (ended, other) in [
        (FollowUpStatus::Done, FollowUpStatus::Dropped),
        (FollowUpStatus::Dropped, FollowUpStatus::Done),
    ] {
        github.with(|kept| kept.issues.clear());
        let issue = issues.open(&place(), &draft).await.expect("it can be opened");
        let closed = issues.close(&place(), &issue, ended).await.expect("it can be closed");
        assert_eq!(closed.status, ended);
        let again = issues.close(&place(), &issue, other).await.expect("it is closed");
        assert_eq!(again.status, ended, "what a colleague decided stays");
        let found = issues.find(&place(), &draft.marker).await.expect("it answers");
        assert_eq!(found.map(|issue| issue.status), Some(ended), "closed ones are found as well");
    }
}
