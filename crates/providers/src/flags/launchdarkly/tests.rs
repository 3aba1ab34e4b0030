//! `LaunchDarkly` cannot be run here. What stands in for it imitates, as its REST API
//! documents them: flags with `environments.KEY.on`, the semantic patches `turnFlagOn` and
//! `turnFlagOff` with their content type, and the audit log with `accesses`, `titleVerb`,
//! `date` and `member`. It does not imitate approvals, roles or limits.

use std::sync::{Arc, Mutex};

use super::*;
use crate::flags::{Flags, contract};
use crate::stub::{Reply, Stub};

fn client(url: String) -> LaunchDarkly {
    let connection = LaunchDarklyConnection {
        url,
        project: "shop".to_owned(),
        secret: "launchdarkly-token".to_owned(),
    };
    LaunchDarkly::new(&connection, Secret::new("api-token".to_owned())).expect("an address")
}

fn answer(on: bool) -> Value {
    json!({
        "key": "new-cart", "description": "the new cart",
        "environments": { "production": { "on": on } },
    })
}

#[derive(Default)]
struct Account {
    on: bool,
    /// Newest first.
    log: Vec<Value>,
    comments: Vec<String>,
}

fn serve(account: &mut Account, request: &str) -> Reply {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let line = head.lines().next().unwrap_or_default();
    if line.starts_with("PATCH /api/v2/flags/shop/new-cart ") {
        if !head.contains(SEMANTIC_PATCH) {
            return Reply::status(400, r#"{"message":"not a semantic patch"}"#);
        }
        let patch: Value = serde_json::from_str(body).expect("a patch is JSON");
        assert_eq!(patch["environmentKey"], "production");
        account.on = patch["instructions"][0]["kind"] == "turnFlagOn";
        account.comments.push(patch["comment"].as_str().expect("a comment").to_owned());
        let verb = if account.on { "turned on the flag" } else { "turned off the flag" };
        let entry = json!({
            "_id": format!("entry-{}", account.log.len() + 1),
            "date": crate::clock::wall().as_millisecond(),
            "accesses": [{ "action": "updateOn", "resource": "proj/shop:env/production:flag/new-cart;tag" }],
            "titleVerb": verb,
            "member": { "email": "mara@acme.dev" },
        });
        account.log.insert(0, entry);
        return Reply::json(&answer(account.on));
    }
    if line.starts_with("GET /api/v2/flags/shop/new-cart?") {
        return Reply::json(&answer(account.on));
    }
    if line.starts_with("GET /api/v2/flags/shop?") {
        return Reply::json(&json!({ "items": [answer(account.on)] }));
    }
    if line.starts_with("GET /api/v2/auditlog?") {
        return Reply::json(&json!({ "items": account.log }));
    }
    Reply::status(404, r#"{"message":"unknown resource"}"#)
}

#[tokio::test]
async fn launchdarkly_keeps_the_promises_of_a_flag_system() {
    let account = Arc::new(Mutex::new(Account { on: true, ..Account::default() }));
    let shared = Arc::clone(&account);
    let stub = Stub::start(move |request| {
        serve(&mut shared.lock().expect("no test panics while it holds this"), request)
    })
    .await;
    contract::keeps_the_promises(&Flags::new(client(stub.url.clone()), contract::at())).await;
    let comments = account.lock().expect("no test panics while it holds this").comments.clone();
    assert_eq!(comments[0], "lastgood: r-1/off/do/1", "the audit log names the effect");
}

#[tokio::test]
async fn every_fault_of_launchdarkly_has_a_sentence_and_none_a_second_change() {
    contract::fails_well(client, "new-cart", || Reply::json(&answer(true))).await;
}

#[test]
fn an_entry_that_only_edits_a_flag_is_no_toggle() {
    let entry = json!({
        "date": 1, "titleVerb": "updated the description of",
        "accesses": [{ "action": "updateDescription", "resource": "proj/shop:env/production:flag/x" }],
    });
    assert_eq!(toggle(&entry, 1), None);
}
