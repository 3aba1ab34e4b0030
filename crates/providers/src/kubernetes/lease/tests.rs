mod faults;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_445_600 + second).expect("it is in range")
}

fn lease() -> PlaceLease {
    of("shop", "checkout")
}

fn run(name: &str) -> RunId {
    RunId::new(name)
}

fn taken_by(name: &str, second: i64) -> Value {
    held(None, &lease(), ("ana@laptop", &run(name)), at(second))
}

#[test]
fn one_that_nobody_made_or_that_was_given_back_is_free() {
    assert_eq!(turn(None, None, at(0)), Turn::Free);
    assert_eq!(turn(Some(&free(&taken_by("r-1", 0))), None, at(1)), Turn::Free);
}

#[test]
fn it_is_ours_by_the_run_and_somebody_elses_until_it_ends() {
    let object = taken_by("r-1", 0);
    let holder =
        Holder { who: "ana@laptop (run r-1)".to_owned(), since: Some(at(0)), until: Some(at(600)) };
    let seen = |by: &str, now| turn(Some(&object), Some(&run(by)), at(now));
    assert_eq!(seen("r-1", 1), Turn::Ours(holder.clone()));
    assert_eq!(seen("r-1", 9000), Turn::Ours(holder.clone()), "nobody took it over");
    assert_eq!(seen("r-2", 599), Turn::Theirs(holder.clone()));
    assert_eq!(seen("r-2", 600), Turn::Left(holder));
    assert!(matches!(seen("1", 1), Turn::Theirs(_)), "a part of a name is another name");
}

#[test]
fn one_that_does_not_say_when_it_ends_does_not_end() {
    for spec in [
        json!({ "holderIdentity": "the sale" }),
        json!({ "holderIdentity": "the sale", "leaseDurationSeconds": 5 }),
        json!({ "holderIdentity": "the sale", "renewTime": "2026-03-02T10:00:00.000000Z" }),
    ] {
        let found = turn(Some(&json!({ "spec": spec })), None, at(90_000_000));
        let Turn::Theirs(holder) = found else { panic!("{spec}: {found:?}") };
        assert_eq!((holder.who.as_str(), holder.until), ("the sale", None));
    }
}

#[test]
fn to_renew_keeps_since_when_it_is_held_and_to_take_over_counts() {
    let mut first = taken_by("r-1", 0);
    first["metadata"]["resourceVersion"] = json!("7");
    let renewed = held(Some(&first), &lease(), ("ana@laptop", &run("r-1")), at(60));
    assert_eq!(renewed["spec"]["acquireTime"], "2026-03-02T10:00:00.000000Z");
    assert_eq!(renewed["spec"]["renewTime"], "2026-03-02T10:01:00.000000Z");
    assert_eq!(renewed["spec"]["leaseTransitions"], 0);
    let over = held(Some(&renewed), &lease(), ("ben@desk", &run("r-2")), at(900));
    assert_eq!(over["spec"]["holderIdentity"], "ben@desk/r-2");
    assert_eq!(over["spec"]["acquireTime"], "2026-03-02T10:15:00.000000Z");
    assert_eq!(over["spec"]["leaseTransitions"], 1);
    assert_eq!(over["metadata"]["resourceVersion"], "7", "only over the version that was read");
}

#[test]
fn a_name_that_would_be_too_long_is_cut() {
    assert_eq!(of("shop", &"w".repeat(250)).name.len(), NAME_AT_MOST);
}
