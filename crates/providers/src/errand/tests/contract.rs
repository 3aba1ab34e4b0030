//! What every actor promises, for errands: the same sequence for a command and a request,
//! each with a probe that looks the key up.

use std::sync::Arc;

use lastgood_core::errand::{Command, HttpMethod, HttpProbe, HttpRequest};
use lastgood_core::time::Millis;

use super::super::*;
use super::bench::{Bench, command, effect};
use crate::stub::{Reply, Stub};

/// Keeps the promises of an actor: resolving changes nothing; a key that took place is
/// found again, also by a later attempt, and not done twice; another key is not found.
async fn keeps_the_promises(bench: &Bench, errand: Errand, done: impl Fn() -> usize) {
    let planned = effect(errand);
    let survey = lastgood_core::survey::Survey {
        at: jiff::Timestamp::UNIX_EPOCH,
        rollout: lastgood_core::survey::RolloutState::Settled,
        running: Vec::new(),
    };
    let resolved = bench.errands.resolve(&planned.place, &planned.operation, &survey).await;
    let resolved = resolved.expect("it can be planned");
    assert_eq!(resolved.operation, planned.operation, "the plan says what it is for");
    assert!(!resolved.changes.is_empty() && !resolved.call.target.is_empty());
    let key = |step: &str, undo, attempt| EffectKey {
        run: "r-1".into(),
        step: step.into(),
        undo,
        attempt,
    };
    let own = key("act", false, 1);
    assert_eq!(bench.errands.probe(&own, &resolved).await, Presence::Absent);
    assert_eq!(done(), 0, "to plan and to look change nothing");
    let receipt = bench.errands.apply(&own, &resolved).await.expect("it can be done");
    assert!(!receipt.reference.is_empty());
    bench.errands.apply(&own, &resolved).await.expect("a repeat of the same key is no error");
    assert_eq!(done(), 1, "and has no second effect");
    for (found, why) in [(own.clone(), "what was applied"), (key("act", false, 2), "by a retry")] {
        let presence = bench.errands.probe(&found, &resolved).await;
        let Presence::Present(receipt) = presence else { panic!("{why}: {presence:?}") };
        assert!(!receipt.sentence.is_empty(), "the probe says what it found");
    }
    for foreign in [key("other", false, 1), key("act", true, 1)] {
        let presence = bench.errands.probe(&foreign, &resolved).await;
        assert_eq!(presence, Presence::Absent, "{foreign} is not what took place");
    }
}

#[tokio::test]
async fn a_command_keeps_the_promises_of_an_actor() {
    let bench = Bench::new();
    // The intention is the key without its attempt: a retry must find what the first did.
    let intention = "intention=${LASTGOOD_EFFECT_KEY%/*}";
    bench.program("ops/act", &format!("{intention}; echo \"$intention\" >> done"));
    bench.program("ops/probe", &format!("{intention}; touch done; grep -qx \"$intention\" done"));
    let probe = Some(vec!["ops/probe".to_owned()]);
    let given = Command { probe, ..command(&["ops/act"]) };
    keeps_the_promises(&bench, Errand::Command(given), || bench.file("done").lines().count()).await;
}

#[tokio::test]
async fn a_command_without_a_probe_keeps_them_as_well() {
    let bench = Bench::new();
    bench.program("ops/act", "echo x >> done");
    let given = Errand::Command(command(&["ops/act"]));
    keeps_the_promises(&bench, given, || bench.file("done").lines().count()).await;
}

#[tokio::test]
async fn a_request_keeps_the_promises_of_an_actor() {
    let bench = Bench::new();
    let done = Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let server = Arc::clone(&done);
    let stub = Stub::start(move |request| {
        let mut done = server.lock().expect("no test panics while it holds this");
        let key = request.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
        if let Some(key) = key {
            done.push(key.trim().to_owned());
            return Reply::status(201, "{}");
        }
        let path = request.split(' ').nth(1).unwrap_or_default();
        let wanted = path.rsplit('=').next().unwrap_or_default().replace("%2F", "/");
        let intention = |key: &str| key.rsplit_once('/').map(|(rest, _)| rest.to_owned());
        let known = done.iter().any(|key| intention(key) == intention(&wanted));
        if known { Reply::status(200, "{}") } else { Reply::status(404, "{}") }
    })
    .await;
    let request = HttpRequest {
        method: HttpMethod::Post,
        url: format!("{}/rollbacks", stub.url),
        headers: [].into(),
        secrets: [].into(),
        bearer: None,
        json: None,
        json_secrets: [].into(),
        expect: Vec::new(),
        key_header: "Idempotency-Key".to_owned(),
        probe: Some(HttpProbe {
            url: format!("{}/rollbacks?key={{{{ effect.key }}}}", stub.url),
            expect: Vec::new(),
        }),
        timeout: Millis::seconds(5),
    };
    let count = || done.lock().expect("no test panics while it holds this").len();
    keeps_the_promises(&bench, Errand::Http(request), count).await;
}
