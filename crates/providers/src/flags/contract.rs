//! What every flag system keeps, asked of the real one and of those that are imitated.

use jiff::Timestamp;
use lastgood_core::catalog::{FlagsAt, Place};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::flag::FlagState;
use lastgood_core::name::{EffectKey, FlagName};
use lastgood_core::ports::{Actor as _, FlagSource as _};
use lastgood_core::preflight::Grade;
use lastgood_core::survey::{RolloutState, Survey};

use super::{Client, Flags};

pub(crate) fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

pub(crate) fn at() -> FlagsAt {
    FlagsAt { connection: "flags".into(), environment: "production".to_owned(), only: Vec::new() }
}

pub(crate) fn key(step: &str) -> EffectKey {
    EffectKey { run: "r-1".into(), step: step.into(), undo: false, attempt: 1 }
}

pub(crate) async fn plan<C: Client>(flags: &Flags<C>, flag: &str, to: FlagState) -> PlannedEffect {
    let survey =
        Survey { at: Timestamp::UNIX_EPOCH, rollout: RolloutState::Settled, running: Vec::new() };
    let operation = Operation::SwitchFlag { flag: flag.into(), to };
    flags.resolve(&place(), &operation, &survey).await.expect("the flag can be looked up")
}

/// Begins with the flag `new-cart` on in production.
pub(crate) async fn keeps_the_promises<C: Client>(flags: &Flags<C>) {
    let state = async || {
        let all = flags.flags(&place()).await.expect("flags can be read");
        all.iter().find(|one| one.name.as_str() == "new-cart").expect("it is there").state
    };
    let told = async || {
        let now = crate::clock::wall();
        let from = lastgood_core::time::earlier(now, lastgood_core::time::Millis::minutes(10));
        flags.toggles(&place(), from, now).await.expect("toggles can be read").toggles
    };
    assert_eq!(state().await, FlagState::On, "the stage is set");
    let before = told().await.len();

    let off = plan(flags, "new-cart", FlagState::Off).await;
    let back = plan(flags, "new-cart", FlagState::On).await;
    assert!(!off.changes.is_empty() && !off.call.target.is_empty(), "the plan shows the call");
    let findings = flags.preflight(&place(), std::slice::from_ref(&off)).await;
    assert!(findings.iter().all(|one| one.grade == Grade::Pass), "{findings:?}");
    assert_eq!(flags.probe(&key("off"), &off).await, Presence::Absent);
    assert_eq!(told().await.len(), before, "to plan and to look change nothing");

    let receipt = flags.apply(&key("off"), &off).await.expect("it can be turned off");
    assert!(!receipt.reference.is_empty(), "the system's own handle is kept");
    assert_eq!(state().await, FlagState::Off);
    flags.apply(&key("off"), &off).await.expect("a repeat is no error");
    let toggles = told().await;
    assert_eq!(toggles.len(), before + 1, "and has no second effect");
    let newest = toggles.first().expect("there is one");
    assert_eq!((newest.flag.as_str(), newest.to), ("new-cart", FlagState::Off), "newest first");
    assert!(newest.by.as_option().is_some(), "it says who did it");
    assert!(matches!(flags.probe(&key("off"), &off).await, Presence::Present(_)));

    flags.apply(&key("back"), &back).await.expect("what takes it back relies on nothing");
    assert_eq!(state().await, FlagState::On);
    assert!(matches!(flags.probe(&key("back"), &back).await, Presence::Present(_)));

    // Somebody else was faster, in the other direction.
    let on = plan(flags, "new-cart", FlagState::On).await;
    let off = plan(flags, "new-cart", FlagState::Off).await;
    flags.apply(&key("other"), &off).await.expect("it can be turned off");
    let outdated = PlannedEffect { expects: vec![expectation("on")], ..on.clone() };
    match flags.apply(&key("late"), &outdated).await {
        Err(ApplyError::Refused(Refusal::Drifted { planned, found, .. })) => {
            assert_eq!((planned.as_str(), found.as_str()), ("on", "off"));
        }
        other => panic!("the plan relied on another state: {other:?}"),
    }
    assert_eq!(state().await, FlagState::Off, "a refused switch changes nothing");
    flags.apply(&key("end"), &on).await.expect("it is turned on again");

    let unknown = Operation::SwitchFlag { flag: FlagName::from("nobodys"), to: FlagState::Off };
    let survey =
        Survey { at: Timestamp::UNIX_EPOCH, rollout: RolloutState::Settled, running: Vec::new() };
    let gone = flags.resolve(&place(), &unknown, &survey).await;
    assert!(matches!(gone, Err(Refusal::Gone { .. })), "{gone:?}");
}

fn expectation(value: &str) -> lastgood_core::effect::Expectation {
    lastgood_core::effect::Expectation {
        what: "the state of flag new-cart".to_owned(),
        value: value.to_owned(),
    }
}

/// Every way in which a system can fail a switch, with what must come of it. `start` makes a
/// client of `url`.
pub(crate) async fn fails_well<C: Client>(
    start: impl Fn(String) -> C,
    flag: &str,
    answer_on: impl Fn() -> crate::stub::Reply + Send + Sync + Clone + 'static,
) {
    use crate::stub::{Reply, Stub};

    let http = |code, headers| Reply::Http(code, headers, r#"{"message":"no"}"#.to_owned());
    let table: Vec<(&str, Reply, bool)> = vec![
        ("401", http(401, Vec::new()), false),
        ("403", http(403, Vec::new()), false),
        ("404", http(404, Vec::new()), false),
        ("409", http(409, Vec::new()), false),
        ("429 with Retry-After", http(429, vec![("retry-after", "7".to_owned())]), false),
        ("429 without", http(429, Vec::new()), false),
        ("500", http(500, Vec::new()), true),
        ("503", http(503, Vec::new()), true),
        ("cut", Reply::Hangup, true),
        ("408", http(408, Vec::new()), true),
        (
            "wrong content type",
            Reply::Http(200, vec![("content-type", "text/html".into())], "<p>Sign in</p>".into()),
            true,
        ),
        ("truncated", Reply::Truncated("{".to_owned()), true),
    ];
    for (name, reply, is_lost) in table {
        let read = answer_on.clone();
        let stub = Stub::start(
            move |request| {
                if request.starts_with("GET") { read() } else { reply.clone() }
            },
        )
        .await;
        let flags = Flags::new(start(stub.url.clone()), at());
        let off = plan(&flags, flag, FlagState::Off).await;
        let outcome = flags.apply(&key("off"), &off).await;
        match (&outcome, is_lost) {
            (Err(ApplyError::Lost { why }), true) => assert!(why.contains(' '), "{name}: {why}"),
            (Err(ApplyError::Refused(refusal)), false) => {
                assert!(refusal.to_string().contains(' '), "{name}: {refusal}");
            }
            (other, _) => panic!("{name}: {other:?}"),
        }
        let sent = stub.requests().iter().filter(|one| !one.starts_with("GET")).count();
        assert_eq!(sent, 1, "{name}: a change is sent once");
        assert_eq!(flags.probe(&key("off"), &off).await, Presence::Absent, "{name}");
    }
    let silent = Stub::start(|_| Reply::Hangup).await;
    let flags = Flags::new(start(silent.url.clone()), at());
    let unread = flags.flags(&place()).await;
    assert!(matches!(unread, Err(Refusal::Unreachable { .. })), "{unread:?}");
}
