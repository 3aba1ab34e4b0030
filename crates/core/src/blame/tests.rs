use proptest::prelude::*;

use super::*;
use crate::testing::minute;

const MINUTE: i64 = 60;

fn ticks(bad: u64, total: u64) -> Recorded<Vec<Tick>> {
    let tick = |at: i64| Tick { at: minute(at).into(), counts: Counts { total, bad } };
    Recorded::Recorded((1..=5).map(tick).collect())
}

fn change(name: &str, began: i64) -> Change {
    Change {
        name: name.to_owned(),
        kind: ChangeKind::Deploy,
        service: name.to_owned(),
        began: minute(began),
        ended: Some(minute(began + 2)),
        hops: Recorded::NotRecorded,
        new: Recorded::NotRecorded,
        old: Recorded::NotRecorded,
        released: Recorded::NotRecorded,
        silent: Vec::new(),
        others: Recorded::NotRecorded,
        rate_before: Recorded::NotRecorded,
        rate_now: Recorded::NotRecorded,
    }
}

fn incident() -> Incident {
    Incident {
        at: minute(0),
        service: "checkout".to_owned(),
        scrape: Millis::seconds(15),
        e_ratio: Recorded::NotRecorded,
        series: Vec::new(),
        kept: Recorded::NotRecorded,
    }
}

fn worse(name: &str, began: i64) -> Change {
    Change { new: ticks(30, 100), old: ticks(1, 900), ..change(name, began) }
}

fn ask(changes: &[Change]) -> Blame {
    blame(&incident(), changes, Vec::new())
}

#[test]
fn new_instances_that_fail_more_than_the_old_ones_are_the_culprit() {
    let fine = Change { new: ticks(1, 100), old: ticks(9, 900), ..change("search", -1) };
    let found = ask(&[fine, worse("checkout", -5)]);
    assert_eq!(found.verdict, BlameVerdict::Culprit, "{}", found.sentence);
    assert_eq!(found.suspects[0].name, "checkout");
    let gap = &found.suspects[0].terms[0];
    assert_eq!(gap.value.map(|value| (value * 1000.0).round()), Some(299.0));
    assert!(gap.sentence.contains("150 of 500"), "the raw numbers are told: {}", gap.sentence);
}

#[test]
fn silence_of_released_instances_is_evidence() {
    let silent = Change {
        released: Recorded::Recorded(Instances { all: 3, silent: 3 }),
        silent: Vec::new(),
        others: Recorded::Recorded(Instances { all: 3, silent: 0 }),
        ..change("mail", -10)
    };
    let found = ask(&[change("checkout", -1), silent]);
    assert_eq!((found.verdict, found.suspects[0].name.as_str()), (BlameVerdict::Culprit, "mail"));
    let why = "3 of 3 new instances are silent; 0 of 3 old ones are silent";
    assert!(found.sentence.contains(why), "{}", found.sentence);
}

#[test]
fn silent_instances_are_named_and_are_no_sign_where_old_ones_are_as_silent() {
    let told = |others: u32| {
        let silent = Change {
            released: Recorded::Recorded(Instances { all: 4, silent: 2 }),
            silent: vec!["mail-a".to_owned(), "mail-b".to_owned()],
            others: Recorded::Recorded(Instances { all: 4, silent: others }),
            ..change("mail", -10)
        };
        let found = ask(&[silent]);
        let term = found.suspects[0].terms.iter().find(|term| term.name == "absent");
        term.cloned().expect("it is a term")
    };
    let term = told(1);
    assert_eq!(term.value, Some(0.5));
    let words = "2 of 4 new instances are silent (mail-a, mail-b); 1 of 4 old ones are silent";
    assert_eq!(term.sentence, words);
    assert_eq!(told(2).value, Some(0.0), "the measuring fails, and no release");
}

#[test]
fn the_score_is_the_sum_of_its_terms() {
    let one = Change {
        hops: Recorded::Recorded(2),
        released: Recorded::Recorded(Instances { all: 4, silent: 1 }),
        ..worse("checkout", -30)
    };
    let found = &ask(&[one]).suspects[0];
    let gap = 0.3 - 5.0 / 4500.0;
    let expected = gap + 0.3 * 0.25 + 0.05 * 0.5 + 0.02 * 0.5;
    assert!((found.score - expected).abs() < 1e-12, "{} is not {expected}", found.score);
}

#[test]
fn what_began_after_the_incident_did_not_cause_it() {
    // One scrape of lag is forgiven: the metric is seen late, not early.
    for (seconds, vetoed) in [(0, false), (15, false), (16, true), (10 * MINUTE, true)] {
        let began = crate::testing::second(seconds);
        let late = Change { began, ..worse("checkout", 0) };
        let found = ask(&[late]);
        assert_eq!(found.suspects[0].veto.is_some(), vetoed, "{seconds} s");
        let none = found.verdict == BlameVerdict::NoneExplains;
        assert_eq!(none, vetoed, "{}", found.sentence);
    }
}

#[test]
fn a_fault_that_was_there_before_the_change_was_not_caused_by_it() {
    for (before, now, vetoed) in [(0.1, 0.2, true), (0.09, 0.2, false), (0.0, 0.0, false)] {
        let old_news = Change {
            rate_before: Recorded::Recorded(before),
            rate_now: Recorded::Recorded(now),
            ..worse("checkout", -5)
        };
        let found = ask(&[old_news]);
        assert_eq!(found.suspects[0].veto.is_some(), vetoed, "{before} {now}");
    }
}

#[test]
fn nothing_explains_an_incident_without_changes_or_without_signs() {
    let healthy = Change { new: ticks(1, 100), old: ticks(9, 900), ..change("search", -300) };
    for changes in [vec![], vec![healthy], vec![change("search", -600)]] {
        let found = ask(&changes);
        assert_eq!(found.verdict, BlameVerdict::NoneExplains, "{}", found.sentence);
        assert!(found.sentence.starts_with("no change explains this"), "{}", found.sentence);
    }
}

#[test]
fn a_gap_that_chance_explains_blames_nobody() {
    let mut lucky = change("checkout", -5);
    let tick = |bad| vec![Tick { at: minute(1).into(), counts: Counts { total: 10, bad } }];
    lucky.new = Recorded::Recorded(tick(1));
    lucky.old = Recorded::Recorded(tick(0));
    let found = ask(&[lucky.clone()]);
    assert!(found.suspects[0].score > 0.05, "the gap alone would do");
    assert_eq!(found.verdict, BlameVerdict::NoneExplains, "{}", found.sentence);
    let told = Incident { e_ratio: Recorded::Recorded(20.0), ..incident() };
    assert_eq!(blame(&told, &[lucky], Vec::new()).verdict, BlameVerdict::Culprit);
}

#[test]
fn without_a_comparison_a_change_is_suspected_and_not_convicted() {
    let near = Change { hops: Recorded::Recorded(0), ..change("checkout", -1) };
    let found = ask(&[near]);
    assert_eq!(found.verdict, BlameVerdict::Suspected, "{}", found.sentence);
    let unknown = found.suspects[0].terms.iter().filter(|term| term.value.is_none()).count();
    assert_eq!(unknown, 3, "gap, absent and change were not looked at, and say so");
}

#[test]
fn where_a_change_was_made_is_no_sign_that_it_did_it() {
    let own = |began| Change { hops: Recorded::Recorded(0), ..change("checkout", began) };
    for (minutes, verdict) in [
        (-1, BlameVerdict::Suspected),
        (-120, BlameVerdict::Suspected),
        (-121, BlameVerdict::NoneExplains),
        (-3 * 24 * 60, BlameVerdict::NoneExplains),
    ] {
        let found = ask(&[own(minutes)]);
        assert_eq!(found.verdict, verdict, "{minutes} min: {}", found.sentence);
    }
    let days = ask(&[own(-3 * 24 * 60)]);
    assert!(days.suspects[0].score >= 0.05, "it is the service in breach, as it always was");
    let why = "nothing but where checkout was made speaks for it, and it began";
    assert!(days.sentence.contains(why), "{}", days.sentence);
    let silent = Change {
        released: Recorded::Recorded(Instances { all: 3, silent: 3 }),
        ..own(-3 * 24 * 60)
    };
    assert_eq!(
        ask(&[silent]).verdict,
        BlameVerdict::Culprit,
        "a sign of its own counts at any age"
    );
}

#[test]
fn a_metric_that_changed_around_the_change_counts() {
    let points = (-40_i32..20)
        .map(|at| {
            (
                minute(i64::from(at)),
                if at < -5 { 0.01 } else { 0.2 } + f64::from(at.rem_euclid(3)) * 1e-3,
            )
        })
        .collect();
    let series = vec![Series { service: "checkout".to_owned(), points }];
    let told = Incident { series, ..incident() };
    let found = blame(&told, &[change("flag", -6), change("old", -30)], Vec::new());
    let term = |name: &str| {
        let suspect = found.suspects.iter().find(|one| one.name == name).expect("it was asked");
        suspect.terms.iter().find(|term| term.name == "change").expect("it is a term").value
    };
    assert_eq!((term("flag"), term("old")), (Some(1.0), Some(0.0)));
    let short = vec![Series { service: "checkout".to_owned(), points: vec![(minute(0), 1.0)] }];
    let told = Incident { series: short, ..incident() };
    let found = blame(&told, &[change("flag", -6)], Vec::new());
    assert_eq!(found.suspects[0].terms[2].value, None, "one point shows no change");
}

#[test]
fn a_flag_remains_suspected_once_the_deploy_in_front_of_it_is_cleared() {
    let jump = |at: i32| if at < -5 { 0.01 } else { 0.2 } + f64::from(at.rem_euclid(3)) * 1e-3;
    let points = (-40_i32..20).map(|at| (minute(i64::from(at)), jump(at))).collect();
    let series = vec![Series { service: "checkout".to_owned(), points }];
    let told = Incident { series, ..incident() };
    let well =
        Change { new: ticks(20, 100), old: ticks(180, 900), ..change("checkout deploy", -5) };
    let kind = ChangeKind::Flag;
    for (made, remains) in [(-6, true), (-30, false)] {
        let flag = Change { kind, hops: Recorded::NotRecorded, ..change("flag", made) };
        let near = Change { hops: Recorded::Recorded(0), ..well.clone() };
        let found = blame(&told, &[near, flag], Vec::new());
        assert_eq!(found.suspects[0].name, "checkout deploy", "{:#?}", found.suspects);
        let suspected = found.verdict == BlameVerdict::Suspected;
        assert_eq!(suspected, remains, "{}", found.sentence);
        assert_eq!(found.sentence.starts_with("flag is suspected"), remains, "{}", found.sentence);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_changes_changes_nothing(
        all in prop::collection::vec((-60_i64..10, 0_u64..50, 0_u64..50), 0..6)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let make = |list: &[(i64, u64, u64)]| -> Vec<Change> {
            let one = |(began, new, old): &(i64, u64, u64)| Change {
                new: ticks(*new, 50),
                old: ticks(*old, 50),
                ..change(&format!("{began} {new} {old}"), *began)
            };
            list.iter().map(one).collect()
        };
        prop_assert_eq!(ask(&make(&all.0)), ask(&make(&all.1)));
    }

    #[test]
    fn more_errors_of_new_instances_never_make_a_change_less_suspicious(
        bad in 0_u64..90, old in 0_u64..90,
    ) {
        let score = |bad: u64| {
            let one = Change { new: ticks(bad, 100), old: ticks(old, 100), ..change("a", -1) };
            ask(&[one]).suspects[0].score
        };
        prop_assert!(score(bad + 10) >= score(bad));
    }
}

/// An objective of 99.9 % with five minutes of `total` requests each, `bad` of them bad.
fn kept(name: &str, bad: u64, total: u64) -> Kept {
    let Recorded::Recorded(ticks) = ticks(bad, total) else { unreachable!("they are recorded") };
    Kept { name: name.into(), budget: 0.001, ticks }
}

fn about(kept: Vec<Kept>, changes: &[Change]) -> Blame {
    let incident = Incident { kept: Recorded::Recorded(kept), ..incident() };
    blame(&incident, changes, Vec::new())
}

#[test]
fn a_service_that_keeps_its_objectives_blames_no_neighbour() {
    let found = about(vec![kept("availability", 0, 5000)], &[worse("payments", -5)]);
    assert_eq!(found.verdict, BlameVerdict::NotInBreach, "{}", found.sentence);
    let told =
        "checkout is not in breach: 0 of 25000 requests failed availability, 0.1% is allowed";
    assert_eq!(found.sentence, told);
    assert_eq!(found.suspects[0].name, "payments", "what hurts elsewhere stays visible");
}

#[test]
fn a_canary_that_hurts_is_blamed_although_the_whole_keeps_its_objectives() {
    let found = about(vec![kept("availability", 2, 50_000)], &[worse("checkout", -5)]);
    assert_eq!(found.verdict, BlameVerdict::Culprit, "{}", found.sentence);
}

#[test]
fn a_few_silent_instances_hurt_nobody_while_the_whole_keeps_its_objectives() {
    for (silent, verdict) in [(1, BlameVerdict::NotInBreach), (4, BlameVerdict::Culprit)] {
        let own = Change {
            released: Recorded::Recorded(Instances { all: 4, silent }),
            ..change("checkout", -10)
        };
        let found = about(vec![kept("availability", 0, 20_000)], &[own]);
        assert_eq!(found.verdict, verdict, "{silent} of 4: {}", found.sentence);
    }
}

#[test]
fn what_was_not_proven_well_is_still_asked_about() {
    let neighbour = [worse("payments", -5)];
    for (why, objectives) in [
        ("nothing was counted", vec![]),
        ("few requests prove nothing", vec![kept("availability", 0, 50)]),
        ("it is in breach", vec![kept("availability", 100, 5000)]),
        (
            "one objective of two is open",
            vec![kept("availability", 0, 5000), kept("latency", 3, 60)],
        ),
    ] {
        let found = about(objectives, &neighbour);
        assert_eq!(found.verdict, BlameVerdict::Culprit, "{why}: {}", found.sentence);
    }
}

#[test]
fn the_old_instances_count_in_the_same_minutes_only() {
    let tick = |at: i64, total, bad| Tick { at: minute(at).into(), counts: Counts { total, bad } };
    let both = Change {
        new: Recorded::Recorded(vec![tick(1, 100, 50)]),
        old: Recorded::Recorded(vec![tick(1, 100, 50), tick(-300, 100_000, 0)]),
        ..change("checkout", -5)
    };
    let found = ask(&[both, worse("search", -9)]);
    let gap = found.suspects.iter().find(|one| one.name == "checkout").expect("it was asked");
    assert_eq!(gap.terms[0].value, Some(0.0), "{:?}", gap.terms[0]);
    assert_eq!(found.verdict, BlameVerdict::Culprit, "{}", found.sentence);
    assert!(found.sentence.starts_with("search did it"), "{}", found.sentence);
}

#[test]
fn what_is_proven_comes_before_a_larger_share_of_a_few_requests() {
    let mut few = change("payments", -5);
    let tick = |total, bad| vec![Tick { at: minute(1).into(), counts: Counts { total, bad } }];
    few.new = Recorded::Recorded(tick(2, 1));
    few.old = Recorded::Recorded(tick(40, 1));
    let found = ask(&[few, worse("checkout", -5)]);
    assert_eq!(found.suspects[0].name, "payments", "its share is larger");
    assert!(found.sentence.starts_with("checkout did it"), "{}", found.sentence);
}

#[test]
fn a_comparison_of_instances_says_nothing_about_a_flag() {
    let flag = Change { kind: ChangeKind::Flag, hops: Recorded::Recorded(0), ..change("f", -1) };
    let told = Incident { e_ratio: Recorded::Recorded(500.0), ..incident() };
    assert_eq!(blame(&told, &[flag], Vec::new()).verdict, BlameVerdict::Suspected);
}
