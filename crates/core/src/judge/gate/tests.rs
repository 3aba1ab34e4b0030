use proptest::prelude::*;

use super::*;
use crate::testing::{check_result, gate_rule, judgement, replica, second};

fn looks(verdict: Verdict) -> Look {
    Look {
        judgements: vec![judgement(verdict)],
        checks: vec![check_result(CheckOutcome::Passed)],
        replicas: Vec::new(),
    }
}

/// Looks every fifteen seconds until the gate ends; after the last of `looks` it goes on
/// with that.
fn watch(rule: GateRule, looks: &[Look]) -> Verification {
    let every = i64::try_from(rule.every.0 / 1000).expect("a test's rule");
    let mut gate = Gate::new(rule, second(0));
    for at in 0..1000 {
        let look = looks.get(at).or(looks.last()).expect("at least one look");
        let now = second(every * i64::try_from(at).expect("it is small"));
        if let GateState::Ended(verification) = gate.take(look.clone(), now) {
            return *verification;
        }
    }
    panic!("the gate gives up at some time")
}

fn by(letters: &str) -> Vec<Look> {
    let verdict = |letter| match letter {
        '+' => Verdict::Pass,
        '-' => Verdict::Fail,
        '?' => Verdict::Inconclusive,
        '!' => Verdict::Error,
        _ => Verdict::Shared,
    };
    letters.chars().map(|letter| looks(verdict(letter))).collect()
}

fn rule(hold: u64, consecutive: u32) -> GateRule {
    GateRule { hold: Millis::seconds(hold), consecutive, ..gate_rule() }
}

#[test]
fn a_gate_passes_only_after_it_held_and_was_seen_often_enough() {
    for (hold, consecutive, looks, held) in [
        (120, 7, 9, 120),
        (60, 7, 7, 90),
        (0, 7, 7, 90),
        (120, 1, 9, 120),
        (0, 1, 1, 0),
        (0, 0, 1, 0),
        (1, 1, 2, 15),
    ] {
        let ended = watch(rule(hold, consecutive), &by("+"));
        assert_eq!(ended.verdict, Verdict::Pass);
        let found = (ended.looks, ended.held);
        assert_eq!(found, (looks, Millis::seconds(held)), "hold {hold}, {consecutive} in a row");
    }
}

#[test]
fn a_single_bad_look_begins_anew() {
    for bad in ["-", "?", "!", "s"] {
        let story = format!("++++++++{bad}+");
        let ended = watch(rule(120, 7), &by(&story));
        assert_eq!((ended.verdict, ended.looks), (Verdict::Pass, 9 + 9), "{story}");
        assert_eq!(ended.held, Millis::seconds(120), "only the second time counts");
    }
}

#[test]
fn a_gate_fails_after_enough_bad_looks_and_not_before_its_time() {
    let ended = watch(rule(120, 3), &by("-"));
    assert_eq!((ended.verdict, ended.looks), (Verdict::Fail, 9), "a rollback takes time to help");
    let ended = watch(rule(120, 3), &by("++++++++---"));
    assert_eq!((ended.verdict, ended.looks), (Verdict::Fail, 11), "three in a row");
    let ended = watch(rule(30, 2), &by("ss"));
    assert_eq!(ended.verdict, Verdict::Shared, "the old release is as bad");
    assert_eq!(ended.sentence, "availability: it is shared");
}

#[test]
fn what_cannot_be_told_never_passes_and_never_counts_as_failed() {
    for story in ["?", "!", "?!", "-?", "--?--?", "--!"] {
        let repeated: Vec<Look> = by(story).into_iter().cycle().take(200).collect();
        let ended = watch(rule(0, 3), &repeated);
        assert_eq!(ended.verdict, Verdict::Inconclusive, "{story}");
        assert!(ended.sentence.starts_with("not proven in 10:00: "), "{}", ended.sentence);
    }
}

#[test]
fn a_service_that_flaps_is_never_called_recovered_or_failed() {
    for story in ["+-", "++++++-", "+?", "--+"] {
        let repeated: Vec<Look> = by(story).into_iter().cycle().take(200).collect();
        let ended = watch(rule(120, 7), &repeated);
        assert_eq!(ended.verdict, Verdict::Inconclusive, "{story}");
        assert_eq!(ended.looks, 41, "it gives up after ten minutes");
    }
}

#[test]
fn the_last_look_alone_decides_nothing() {
    for last in ["-", "s", "!", "+"] {
        let story = format!("{}{last}", "?".repeat(40));
        let ended = watch(rule(120, 7), &by(&story));
        assert_eq!(ended.verdict, Verdict::Inconclusive, "one look at the end: {last}");
    }
    let ended = watch(rule(120, 7), &by(&format!("{}+", "?".repeat(40))));
    assert_eq!(
        ended.sentence, "not proven in 10:00: good for 0:00 of 2:00, 1 of 7 looks in a row",
        "a good look is not given as the reason"
    );
}

#[test]
fn time_in_which_nobody_looked_proves_nothing() {
    let mut gate = Gate::new(GateRule { give_up: Millis::minutes(600), ..rule(600, 2) }, second(0));
    assert!(matches!(gate.take(looks(Verdict::Pass), second(0)), GateState::Looking { .. }));
    let slept = gate.take(looks(Verdict::Pass), second(3600));
    let GateState::Looking { sentence, .. } = slept else {
        panic!("the machine slept for an hour: {slept:?}");
    };
    assert_eq!(sentence, "good for 1:15 of 10:00, 2 of 2 looks in a row");
}

#[test]
fn a_clock_that_goes_back_holds_nothing_up_and_proves_nothing() {
    let mut gate = Gate::new(rule(120, 2), second(600));
    for at in [600, 300, 0, -600] {
        let state = gate.take(looks(Verdict::Pass), second(at));
        assert!(matches!(state, GateState::Looking { .. }), "no time went by: {state:?}");
    }
}

#[test]
fn both_hold_and_looks_are_needed_when_looks_are_far_apart() {
    let far = GateRule { every: Millis::seconds(300), ..rule(60, 2) };
    let ended = watch(far, &by("+"));
    assert_eq!((ended.verdict, ended.looks), (Verdict::Pass, 2), "one look holds for no time");
}

#[test]
fn nothing_to_look_at_never_passes() {
    let nothing = Look::default();
    for version in [None, Some("v2".to_owned())] {
        let ended = watch(GateRule { version, ..rule(0, 1) }, std::slice::from_ref(&nothing));
        assert_eq!(ended.verdict, Verdict::Inconclusive);
    }
}

#[test]
fn the_right_version_alone_does_not_say_that_it_works() {
    let only = Look { replicas: vec![replica("a", true, Some("v2"))], ..Look::default() };
    let versions = GateRule { version: Some("v2".to_owned()), ..rule(0, 1) };
    let ended = watch(versions.clone(), &[only]);
    assert_eq!(ended.verdict, Verdict::Inconclusive);
    let why = "there is no objective and no check to prove it by";
    assert!(ended.sentence.ends_with(why), "{}", ended.sentence);
    let wrong = Look { replicas: vec![replica("a", true, Some("v3"))], ..Look::default() };
    assert_eq!(watch(versions, &[wrong]).verdict, Verdict::Fail, "the wrong one says enough");
}

#[test]
fn a_check_counts_like_an_objective() {
    for (outcome, verdict) in [
        (CheckOutcome::Passed, Verdict::Pass),
        (CheckOutcome::Failed, Verdict::Fail),
        (CheckOutcome::Unasked, Verdict::Inconclusive),
    ] {
        let look = Look { checks: vec![check_result(outcome)], ..Look::default() };
        assert_eq!(watch(rule(0, 2), &[look]).verdict, verdict, "{outcome:?}");
        let mut good = looks(Verdict::Pass);
        good.checks.push(check_result(outcome));
        assert_eq!(watch(rule(0, 2), &[good]).verdict, verdict, "{outcome:?} among good ones");
    }
}

#[test]
fn every_ready_replica_answers_with_the_target() {
    let (v2, v3) = (Some("v2"), Some("v3"));
    for (replicas, verdict) in [
        (vec![], Verdict::Inconclusive),
        (vec![replica("a", false, v2)], Verdict::Inconclusive),
        (vec![replica("a", true, v2)], Verdict::Pass),
        (vec![replica("a", true, v2), replica("b", true, v2)], Verdict::Pass),
        (vec![replica("a", true, v2), replica("b", true, v3)], Verdict::Fail),
        (vec![replica("a", true, v2), replica("b", true, None)], Verdict::Inconclusive),
        (vec![replica("a", true, None), replica("b", true, v3)], Verdict::Fail),
        (vec![replica("a", true, v2), replica("b", false, v3)], Verdict::Pass),
        (vec![replica("a", true, v2), replica("b", false, None)], Verdict::Pass),
        (vec![replica("a", true, Some(""))], Verdict::Fail),
    ] {
        let look = Look { replicas: replicas.clone(), ..looks(Verdict::Pass) };
        let rule = GateRule { version: Some("v2".to_owned()), ..rule(0, 1) };
        let ended = watch(rule, &[look]);
        assert_eq!(ended.verdict, verdict, "{replicas:?}: {}", ended.sentence);
    }
}

#[test]
fn a_gate_that_asks_for_no_version_ignores_the_replicas() {
    let look = Look { replicas: vec![replica("a", true, Some("v3"))], ..looks(Verdict::Pass) };
    assert_eq!(watch(rule(0, 1), &[look]).verdict, Verdict::Pass);
}

#[test]
fn the_end_keeps_the_look_that_ended_it() {
    let ended = watch(rule(120, 7), &by("+"));
    assert_eq!(ended.judgements, looks(Verdict::Pass).judgements);
    assert_eq!(ended.checks, looks(Verdict::Pass).checks);
    assert_eq!(
        ended.sentence,
        "everything held for 2:00, less than the usual 10:00: a fault that is slow to show may \
         come back"
    );
}

#[test]
fn a_rule_that_waits_less_than_usual_says_what_it_proves() {
    let short = watch(rule(15, 2), &by("+"));
    assert_eq!(
        short.sentence,
        "everything held for 0:15, less than the usual 10:00: a fault that is slow to show may \
         come back; 2 looks in a row only rule out that checks fail more than 78% of the time"
    );
    let usual = GateRule { give_up: Millis::minutes(30), ..rule(600, 7) };
    assert_eq!(watch(usual, &by("+")).sentence, "everything held for 10:00");
}

#[test]
fn a_long_hold_does_not_put_off_a_failure() {
    let long = GateRule { give_up: Millis::minutes(30), ..rule(600, 7) };
    let ended = watch(long, &by("-"));
    assert_eq!((ended.verdict, ended.looks), (Verdict::Fail, 9), "two minutes are time to help");
}

#[test]
fn a_replica_that_restarted_lately_keeps_the_gate_shut() {
    let restarted = |at| {
        let restarted_at = Some(EpochMs::from(second(at)));
        let replica = ReplicaAnswer { restarted_at, ..replica("a", true, Some("v2")) };
        Look { replicas: vec![replica], ..looks(Verdict::Pass) }
    };
    let mut gate = Gate::new(rule(0, 1), second(0));
    let early = gate.take(restarted(-60), second(0));
    let GateState::Looking { sentence, .. } = early else {
        panic!("it may do so again: {early:?}");
    };
    assert_eq!(sentence, "a restarted 1:00 ago; 5:00 without is enough");
    assert!(matches!(gate.take(restarted(-60), second(239)), GateState::Looking { .. }));
    assert!(matches!(gate.take(restarted(-60), second(240)), GateState::Ended(_)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pass_is_always_earned(
        story in prop::collection::vec(prop::sample::select(vec!['+', '+', '+', '+', '-', '?', '!', 's']), 1..60),
        gaps in prop::collection::vec(0_i64..400, 60),
        hold in 0_u64..200,
        consecutive in 0_u32..9,
    ) {
        let mut gate = Gate::new(rule(hold, consecutive), second(0));
        let (mut now, mut good, mut held, mut before) = (0, 0, 0, false);
        for (letter, gap) in story.iter().zip(gaps) {
            now += gap;
            let passed = *letter == '+';
            held = if passed && before { held + gap.min(75) } else { 0 };
            good = if passed { good + 1 } else { 0 };
            before = passed;
            let look = by(&letter.to_string()).remove(0);
            if let GateState::Ended(ended) = gate.take(look, second(now)) {
                let earned = good >= consecutive.max(1) && held >= i64::try_from(hold).unwrap_or(0);
                prop_assert_eq!(ended.verdict == Verdict::Pass, earned);
                prop_assert!(earned || ended.verdict != Verdict::Inconclusive || now >= 600);
                return Ok(());
            }
        }
    }

    #[test]
    fn no_rule_and_no_time_is_a_reason_to_fail(
        (hold, every, give_up, consecutive) in any::<(u64, u64, u64, u32)>(),
        times in prop::collection::vec(-100_000_000_000_i64..200_000_000_000, 1..20),
    ) {
        let rule = GateRule {
            hold: Millis(hold),
            grace: Millis(0),
            every: Millis(every),
            give_up: Millis(give_up),
            consecutive,
            version: None,
        };
        let mut gate = Gate::new(rule, second(0));
        for at in times {
            let _state = gate.take(looks(Verdict::Pass), second(at));
        }
    }
}
