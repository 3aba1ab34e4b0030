use super::*;
use crate::testing::release;

fn with(
    version: &str,
    provides: Option<&[(&str, &str)]>,
    requires: Option<&[(&str, &str)]>,
) -> Release {
    let map = |pairs: Option<&[(&str, &str)]>| -> Recorded<Versions> {
        pairs
            .map(|pairs| {
                pairs.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect()
            })
            .into()
    };
    let promises =
        Promises { provides: map(provides), requires: map(requires), ..Promises::default() };
    Release { promises, ..release(version) }
}

fn neighbour<'a>(service: &'a ServiceName, releases: &[&'a Release]) -> Neighbour<'a> {
    Neighbour { service, serving: Ok(releases.to_vec()) }
}

#[test]
fn a_version_lies_in_a_range_with_both_ends_inside() {
    for (range, version, expected) in [
        ("3", "3", Some(true)),
        ("3", "3.0.0", Some(true)),
        ("3", "4", Some(false)),
        ("2..4", "2", Some(true)),
        ("2..4", "4", Some(true)),
        ("2..4", "4.1", Some(false)),
        ("2..4", "1.9", Some(false)),
        ("v2..v4", "v3", Some(true)),
        ("2..10", "9", Some(true)),
        ("2024-01", "3", None),
        ("2..", "3", None),
        ("3", "", None),
    ] {
        assert_eq!(includes(range, version), expected, "{version} in {range}");
    }
    assert!(is_range("2..4") && is_range("3") && !is_range("4..2") && !is_range("latest"));
}

#[test]
fn a_consumer_that_speaks_what_the_older_release_does_not_know_is_broken() {
    let search = "search".into();
    let now = with("v2", Some(&[("orders", "2..3"), ("refunds", "1")]), Some(&[]));
    let consumer = with("s9", Some(&[]), Some(&[("orders", "3"), ("refunds", "1"), ("mail", "7")]));
    let old = with("v1", Some(&[("orders", "1..2")]), Some(&[]));
    let found = hold(&old, Some(&now), &[neighbour(&search, &[&consumer])], &[]);
    assert_eq!(
        found.broken,
        [
            "search s9 needs orders 3; v1 keeps 1..2",
            "search s9 needs refunds 1, which v1 does not know",
        ],
        "mail is not this service's"
    );
    assert!(found.unclear.is_empty(), "{:?}", found.unclear);
    let newer = with("v1.1", Some(&[("orders", "3"), ("refunds", "1")]), Some(&[]));
    assert_eq!(
        hold(&newer, Some(&now), &[neighbour(&search, &[&consumer])], &[]),
        Contracts::default()
    );
}

#[test]
fn every_release_that_a_consumer_serves_is_asked() {
    let search = "search".into();
    let old = with("v1", Some(&[("orders", "1..2")]), Some(&[]));
    let (one, other) =
        (with("s1", None, Some(&[("orders", "2")])), with("s2", None, Some(&[("orders", "3")])));
    let found = hold(&old, None, &[neighbour(&search, &[&one, &other])], &[]);
    assert_eq!(found.broken, ["search s2 needs orders 3; v1 keeps 1..2"]);
}

#[test]
fn what_was_not_recorded_or_not_reached_is_unclear_and_never_broken() {
    let search = "search".into();
    let now = with("v2", Some(&[("orders", "3")]), Some(&[]));
    let silent = with("v1", None, Some(&[]));
    let consumer = with("s9", None, Some(&[("orders", "3")]));
    let mute = with("s9", None, None);
    for (neighbour, candidate, words) in [
        (neighbour(&search, &[&consumer]), &silent, "does not record what it keeps"),
        (neighbour(&search, &[&mute]), &now, "does not record which contracts it needs"),
        (
            Neighbour { service: &search, serving: Err("the cluster is away".to_owned()) },
            &now,
            "the cluster is away",
        ),
    ] {
        let found = hold(candidate, Some(&now), &[neighbour], &[]);
        assert!(found.broken.is_empty());
        assert!(found.unclear.iter().any(|one| one.contains(words)), "{:?}", found.unclear);
    }
    let dated = with("v1", Some(&[("orders", "2026-01-01")]), Some(&[]));
    let found = hold(&dated, Some(&now), &[neighbour(&search, &[&consumer])], &[]);
    assert!(found.broken.is_empty() && found.unclear[0].contains("cannot be compared"));
}

#[test]
fn an_older_release_that_speaks_what_a_provider_dropped_is_broken() {
    let payments = "payments".into();
    let provider = with("p5", Some(&[("payments", "2..3")]), None);
    let old = with("v1", None, Some(&[("payments", "1")]));
    let found = hold(&old, None, &[], &[neighbour(&payments, &[&provider])]);
    assert_eq!(found.broken, ["v1 needs payments 1; payments p5 keeps 2..3"]);
    let stray = with("v1", None, Some(&[("mail", "1")]));
    let found = hold(&stray, None, &[], &[neighbour(&payments, &[&provider])]);
    assert_eq!(found.unclear, ["v1 needs mail 1: nobody keeps it"]);
}
