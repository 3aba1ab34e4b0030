use std::fmt::Write as _;

use super::*;

const fn asked() -> Asked {
    Asked { objective: 0.999, r0: None, exclude: None, min_requests: None, latency: false }
}

/// A table of `ticks` with these counts in each.
fn table(ticks: u64, canary: (u64, u64), baseline: Option<(u64, u64)>) -> String {
    let mut text = "tick,arm,total,bad\n".to_owned();
    for tick in 0..ticks {
        let _ = writeln!(text, "{tick},canary,{},{}", canary.0, canary.1);
        if let Some((total, bad)) = baseline {
            let _ = writeln!(text, "{tick},baseline,{total},{bad}");
        }
    }
    text
}

fn judged(text: &str) -> Judged {
    judge(text, asked()).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

#[test]
fn a_bad_canary_is_rolled_back_and_says_when() {
    let judged = judged(&table(20, (10, 1), Some((90, 0))));
    assert_eq!((judged.verdict, judged.action), (Verdict::Fail, Action::RollBack));
    assert!(judged.crossed.iter().any(|one| one.what == Crossing::RollbackByObjective));
    assert_eq!(
        judged.sentence,
        "Roll back: 20 of 200 requests of the new release failed (10%); 0 of 1800 requests of \
         the old release failed (0%). 0.1% is allowed."
    );
}

#[test]
fn what_both_do_is_no_reason_to_go_back() {
    let judged = judged(&table(60, (10, 1), Some((90, 9))));
    assert_eq!((judged.verdict, judged.action), (Verdict::Shared, Action::DoNotRollBack));
}

#[test]
fn enough_good_requests_pass_and_too_few_do_not() {
    let good = judged(&table(100, (100, 0), Some((900, 0))));
    assert_eq!((good.verdict, good.action), (Verdict::Pass, Action::Continue));
    let few = judged(&table(10, (2, 0), Some((900, 0))));
    assert_eq!((few.verdict, few.action), (Verdict::Inconclusive, Action::Wait));
    assert_eq!(few.doubts, [Doubt::TooFew { have: 20, need: 30 }]);
    assert!(few.proof.still_needed.is_some_and(|more| more > 2_000), "{:?}", few.proof);
}

#[test]
fn where_nothing_is_shown_one_waits_and_does_not_pause() {
    for text in [table(20, (100, 0), None), "tick,arm,total,bad\n1,canary,0,0\n".to_owned()] {
        let judged = judged(&text);
        assert_eq!((judged.verdict, judged.action), (Verdict::Inconclusive, Action::Wait));
        assert!(judged.sentence.starts_with("Wait, nothing is proven yet"), "{}", judged.sentence);
    }
}

#[test]
fn counters_that_grow_are_told_from_counts_of_a_tick() {
    let rows = |baseline: fn(u64) -> u64| {
        (1..=6).fold("tick,arm,total,bad\n".to_owned(), |mut text, tick: u64| {
            let _ = writeln!(text, "{tick},canary,{},{}", tick * 10, tick);
            let _ = writeln!(text, "{tick},baseline,{},{}", baseline(tick), tick);
            text
        })
    };
    let grows = |judged: &Judged| {
        judged.doubts.iter().any(|doubt| doubt.sentence().contains("counters that grow"))
    };
    let both = judged(&rows(|tick| tick * 90));
    assert!(grows(&both), "{:?}", both.doubts);
    assert!(both.sentence.contains("counters that grow"), "{}", both.sentence);
    assert!(!grows(&judged(&rows(|tick| 100 - tick * 10))), "a rollout moves the traffic");
    assert!(!grows(&judged(&table(20, (10, 1), Some((90, 1))))));
}

#[test]
fn one_bad_request_of_one_is_inconclusive() {
    let judged = judged("tick,arm,total,bad\n1,canary,1,1\n");
    assert_eq!(judged.verdict, Verdict::Inconclusive);
}

#[test]
fn a_missing_tick_is_doubt_and_never_zero() {
    let whole = table(100, (100, 0), Some((900, 0)));
    let holes: String = whole
        .lines()
        .filter(|line| !line.starts_with("40,") && *line != "60,canary,100,0")
        .map(|line| format!("{line}\n"))
        .collect::<Vec<_>>()
        .concat();
    let judged = judged(&holes);
    assert_eq!(judged.verdict, Verdict::Inconclusive, "{}", judged.sentence);
    assert_eq!((judged.samples.canary_missing, judged.samples.baseline_missing), (2, 1));
    assert_eq!(judged.samples.ticks, 100);
    assert_eq!(judged.doubts.len(), 2, "one for each arm");
}

#[test]
fn missing_ticks_do_not_hide_what_was_seen() {
    let judged = judged("tick,arm,total,bad\n1,canary,50,25\n9,canary,50,25\n10,canary,50,20\n");
    assert_eq!(judged.verdict, Verdict::Fail);
    assert_eq!(judged.samples.baseline, None);
}

#[test]
fn rows_of_the_old_release_before_the_rollout_are_its_history() {
    let mut text = "tick,arm,total,bad\n".to_owned();
    for tick in 0..100 {
        let _ = writeln!(text, "{tick},baseline,100,{}", if tick % 10 == 0 { 8 } else { 0 });
    }
    text += "100,canary,40,0\n100,baseline,100,0\n";
    let judged = judged(&text);
    assert_eq!(judged.samples.ticks_before, 100);
    assert!(judged.statistics.phi > 7.0, "eight at a time: {}", judged.statistics.phi);
    assert_eq!(judged.samples.baseline.map(|sum| sum.total), Some(100));
}

#[test]
fn no_canary_at_all_is_no_data() {
    for text in ["tick,arm,total,bad\n", "tick,arm,total,bad\n1,baseline,50,0\n"] {
        let judged = judged(text);
        assert_eq!(judged.verdict, Verdict::Inconclusive);
        assert_eq!(judged.doubts, [Doubt::NoData]);
    }
}

#[test]
fn columns_may_stand_in_any_order_beside_others_and_ticks_may_be_times() {
    let text = "\u{feff}pod,bad,Arm, tick ,total\r\n\
                \"a, b\",1,Canary,2026-03-01T02:10:10Z,20\r\n\
                x,1,canary,2026-03-01T03:10:00+01:00,20\r\n\r\n\
                x,1,canary,2026-03-01T02:10:20Z,20\r\n";
    let judged = judged(text);
    assert_eq!(judged.samples.canary, Counts { total: 60, bad: 3 });
    assert_eq!(judged.crossed[0].tick, "2026-03-01T02:10:10Z", "in the order of time");
}

#[test]
fn the_two_arms_go_by_the_names_that_others_give_them() {
    let ours = judged(&table(3, (200, 20), Some((900, 1))));
    for (new, old) in [("new", "old"), ("candidate", "stable"), ("Experiment", "control")] {
        let theirs = table(3, (200, 20), Some((900, 1)));
        let theirs = theirs.replace("canary", new).replace("baseline", old);
        assert_eq!(judged(&theirs), ours, "{new}, {old}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = "tick,arm,total,bad\n\
                1,canary,10,11\n\
                x,kanary,-1,1.5\n\
                2,canary,10\n\
                3,canary,1,000,0\n\
                4,canary,\"5,0\n\
                5,canary,5,0\n\
                5,canary,5,0\n\
                2026-03-01T02:10:00Z,canary,5,\n";
    let found = judge(text, asked()).expect_err("it is full of mistakes");
    let places: Vec<(usize, usize)> = found.iter().map(|one| (one.line, one.column)).collect();
    assert_eq!(
        places,
        [
            (2, 13),
            (3, 1),
            (3, 3),
            (3, 10),
            (3, 13),
            (4, 10),
            (5, 16),
            (6, 10),
            (8, 1),
            (9, 1),
            (9, 31)
        ],
        "{found:#?}"
    );
    assert!(found.iter().all(|one| one.fix.ends_with('.') && !one.cause.is_empty()));
}

#[test]
fn a_header_that_lacks_columns_is_told() {
    let found = judge("time,arm,total,total\n", asked()).expect_err("no tick, no bad");
    assert_eq!(found.len(), 3, "{found:#?}");
    let german = judge("tick;arm;total;bad\n1;canary;1;0\n", asked()).expect_err("no comma");
    assert_eq!(german.len(), 1, "one mistake, not one for each column: {german:#?}");
    assert!(german[0].cause.contains("';'"), "{german:#?}");
    assert_eq!(judge("\n \n", asked()).expect_err("empty").len(), 1);
}
