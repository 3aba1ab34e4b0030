use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::catalog::{FlagsAt, Link, ReplicaVersion, SchemaSource, Strategy, VersionAt};
use crate::drill::proof::ProvenRun;
use crate::recorded::Recorded;
use crate::testing;
use crate::testing::{bare, environment, minute, place, release, run_id};

static HERE: LazyLock<Place> = LazyLock::new(place);
static NOBODYS: LazyLock<Service> = LazyLock::new(|| service(None));

/// A place whose catalog says nothing but what it must.
fn silent() -> Environment {
    Environment {
        slos: Vec::new(),
        checks: Vec::new(),
        runbook: None,
        strategy: Strategy::Rolling,
        ..environment()
    }
}

fn service(owner: Option<&str>) -> Service {
    let owner = Recorded::from(owner.map(str::to_owned));
    Service {
        owner: owner.clone(),
        escalation: owner,
        depends_on: Vec::new(),
        environments: BTreeMap::new(),
    }
}

/// Asks `fact` of a place with this environment, of which nothing else is known.
fn of(fact: Fact, environment: &Environment) -> FactAnswer {
    with(fact, environment, |_| {})
}

fn with<'a>(
    fact: Fact,
    environment: &'a Environment,
    more: impl FnOnce(&mut Known<'a>),
) -> FactAnswer {
    let mut known = Known {
        place: &HERE,
        service: &NOBODYS,
        environment,
        runbooks: &[],
        rehearsal: Ok(None),
        recent: Recent::NotKnown("nobody looked".to_owned()),
        now: minute(0),
    };
    more(&mut known);
    fact.answer(&known, Millis::minutes(60 * 24 * 30))
}

#[test]
fn each_fact_is_written_as_its_word_and_reads_back() {
    for (fact, (word, _)) in Fact::ALL.iter().zip(Fact::WORDS) {
        assert_eq!(fact.as_str(), *word);
        let json = serde_json::to_string(fact).expect("it is a word");
        assert_eq!(json, format!("\"{word}\""), "files and documents use the same word");
    }
}

#[test]
fn nothing_that_the_catalog_is_silent_about_holds() {
    for fact in Fact::ALL {
        let answer = of(*fact, &silent());
        assert_ne!(answer.holds, Holds::Yes, "{answer:?}");
        assert!(!answer.because.is_empty() && !answer.seen.is_empty(), "{answer:?}");
    }
}

#[test]
fn what_the_catalog_says_holds_and_names_where_it_is_said() {
    let said = Environment {
        strategy: Strategy::Canary,
        replica_version: Some(ReplicaVersion {
            url: "http://{{ replica.address }}/version".to_owned(),
            read: VersionAt::Header("x-version".to_owned()),
        }),
        dashboards: vec![Link {
            title: "Checkout".to_owned(),
            url: "https://g.example".to_owned(),
        }],
        flags: Some(FlagsAt {
            connection: "unleash".into(),
            environment: "production".to_owned(),
            only: Vec::new(),
        }),
        schema: Some(SchemaSource {
            secret: "database".to_owned(),
            migrations: "db/migrations".into(),
            table: None,
        }),
        ..environment()
    };
    for (fact, key, because) in [
        (Fact::Objectives, "slos", "availability"),
        (Fact::Checks, "checks", "front-page"),
        (Fact::ReplicaVersion, "replica-version", "http://{{ replica.address }}/version"),
        (Fact::StagedRollout, "strategy", "canary"),
        (Fact::Dashboards, "dashboards", "Checkout"),
        (Fact::Flags, "flags", "connection unleash"),
        (Fact::SchemaSource, "schema", "db/migrations"),
    ] {
        let answer = of(fact, &said);
        assert_eq!(answer.holds, Holds::Yes, "{answer:?}");
        assert!(answer.because.contains(because), "{answer:?}");
        let wanted = format!("catalog, services.checkout.environments.production.{key}");
        assert_eq!(answer.seen, wanted);
    }
}

#[test]
fn only_a_canary_is_a_staged_rollout() {
    for strategy in [Strategy::Rolling, Strategy::BlueGreen] {
        let answer = of(Fact::StagedRollout, &Environment { strategy, ..silent() });
        assert_eq!(answer.holds, Holds::No, "{answer:?}");
    }
}

#[test]
fn a_blank_owner_is_no_owner() {
    for (owner, holds) in [(None, Holds::No), (Some("  "), Holds::No), (Some("ada"), Holds::Yes)] {
        let (service, silent) = (service(owner), silent());
        for fact in [Fact::Owner, Fact::Escalation] {
            let answer = with(fact, &silent, |known| known.service = &service);
            assert_eq!(answer.holds, holds, "{owner:?}");
        }
    }
}

fn proven(changed: bool) -> Rehearsal {
    Rehearsal {
        place: place(),
        runbook: "go-back".into(),
        last: Some(ProvenRun {
            run: run_id(),
            at: minute(0).into(),
            drill: None,
            runbook_digest: String::new(),
        }),
        changed,
        overdue: false,
        sentence: "go-back was last proven here".to_owned(),
    }
}

fn rehearsal(every: Option<Millis>, rehearsal: Rehearsal, days: i64) -> FactAnswer {
    let environment = Environment { rehearse_every: every, ..environment() };
    with(Fact::RollbackRehearsed, &environment, |known| {
        known.rehearsal = Ok(Some(rehearsal));
        known.now = minute(days * 24 * 60);
    })
}

#[test]
fn a_rehearsal_holds_until_the_teams_limit_or_else_the_items() {
    let week = Some(Millis::minutes(7 * 24 * 60));
    assert_eq!(rehearsal(week, proven(false), 7).holds, Holds::Yes);
    let late = rehearsal(week, proven(false), 8);
    assert_eq!(late.holds, Holds::Unknown, "this journal may not be the only one");
    assert!(late.because.ends_with("and that holds for 7 days"), "{late:?}");
    assert!(late.seen.ends_with("run r-1"), "{late:?}");
    assert_eq!(rehearsal(None, proven(false), 30).holds, Holds::Yes, "the item says 30 days");
    assert_eq!(rehearsal(None, proven(false), 31).holds, Holds::Unknown);
}

#[test]
fn a_rehearsal_of_another_text_or_of_nothing_or_unread_is_never_a_yes() {
    assert_eq!(rehearsal(None, proven(true), 1).holds, Holds::Unknown);
    let never = Rehearsal { last: None, ..proven(false) };
    assert_eq!(rehearsal(None, never, 1).holds, Holds::Unknown);
    let broken = with(Fact::RollbackRehearsed, &environment(), |known| {
        known.rehearsal = Err("the journal cannot be read".to_owned());
    });
    assert_eq!(broken.holds, Holds::Unknown);
    assert_eq!(broken.because, "the journal cannot be read");
}

#[test]
fn a_runbook_counts_where_it_fits_restores_and_reads_without_advice() {
    let fitting = testing::runbook();
    let flags = Runbook { steps: Vec::new(), ..testing::runbook() };
    let foreign = Runbook { strategies: vec![Strategy::Canary], ..testing::runbook() };
    let one = |runbook, advice| [KnownRunbook { runbook, file: "runbooks/a.yaml", advice }];
    let silent = silent();
    let cases = [
        (one(&fitting, 0), Holds::Yes),
        (one(&fitting, 2), Holds::No),
        (one(&flags, 0), Holds::No),
        (one(&foreign, 0), Holds::No),
    ];
    for (books, holds) in &cases {
        let answer = with(Fact::Runbook, &silent, |known| known.runbooks = books);
        assert_eq!(answer.holds, *holds, "{answer:?}");
    }
}

#[test]
fn the_proposed_runbook_counts_alone() {
    let proposed = Runbook { name: "go-back".into(), ..testing::runbook() };
    let other = Runbook { name: "other".into(), ..testing::runbook() };
    let books = [
        KnownRunbook { runbook: &other, file: "runbooks/other.yaml", advice: 0 },
        KnownRunbook { runbook: &proposed, file: "runbooks/go-back.yaml", advice: 1 },
    ];
    let environment = environment();
    let answer = with(Fact::Runbook, &environment, |known| known.runbooks = &books);
    assert_eq!((answer.holds, answer.seen.as_str()), (Holds::No, "runbooks/go-back.yaml"));
    let gone = with(Fact::Runbook, &environment, |known| known.runbooks = &books[..1]);
    assert_eq!(gone.holds, Holds::Unknown);
}

/// What the deploys of `releases` carry, with these doubts about them.
fn carried(releases: &[&Release], doubts: &[&str]) -> FactAnswer {
    let doubts = doubts.iter().map(|doubt| (*doubt).to_owned()).collect();
    let environment = environment();
    with(Fact::ReleaseMetadata, &environment, |known| {
        known.recent = Recent::Found { releases: releases.to_vec(), doubts };
    })
}

#[test]
fn metadata_holds_when_every_deploy_is_named_and_most_are_described() {
    let full = release("v1");
    let undescribed = Release { changelog: Recorded::NotRecorded, ..release("v2") };
    let unnamed = Release { commit: Recorded::NotRecorded, ..release("v3") };
    let bare = bare("v4");
    let many = |odd_one: &Release, odd: usize| {
        let releases: Vec<&Release> =
            (0..DEPLOYS).map(|at| if at < odd { odd_one } else { &full }).collect();
        carried(&releases, &[])
    };
    assert_eq!(many(&undescribed, 2).holds, Holds::Yes, "two of ten may be redeploys");
    assert_eq!(many(&undescribed, 3).holds, Holds::No);
    assert_eq!(many(&unnamed, 1).holds, Holds::No, "a release without a commit has no past");
    assert_eq!(many(&bare, 1).holds, Holds::No);
    let told = many(&undescribed, 3).because;
    assert_eq!(told, "of 10 deploys 10 carry a commit, 10 a digest, 7 a changelog");
    assert_eq!(carried(&[&full], &["GitHub did not answer"]).holds, Holds::Unknown);
    assert_eq!(carried(&[], &[]).holds, Holds::Unknown, "no deploy proves nothing");
}
