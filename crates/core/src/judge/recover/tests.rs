use super::*;
use crate::judge::{Counts, Gate, GateState, Look};
use crate::testing::{T0, arm, gate_rule, measurement, second, slo};

const FROM: Since = Since { counted: EpochMs(T0), incident: None };

fn judged(found: &Measurement, since: Since) -> Judgement {
    judge_recovery(&slo(), found, "v2", since)
}

#[test]
fn a_recovery_is_shown_and_not_assumed() {
    let after = |incident| Since { incident: Some(incident), ..FROM };
    for (bad, total, since, verdict) in [
        // Twice the budget of 1 % is to be ruled out.
        (0, 100, FROM, Verdict::Inconclusive),
        (0, 1_000, FROM, Verdict::Pass),
        (2, 1_000, FROM, Verdict::Pass),
        (11, 1_000, FROM, Verdict::Inconclusive),
        (60, 1_000, FROM, Verdict::Fail),
        (0, 99, after(1.0), Verdict::Inconclusive),
        // An outage of 40 % is over when 10 % is ruled out.
        (0, 100, after(0.4), Verdict::Pass),
        (0, 100, after(0.02), Verdict::Inconclusive),
        // But a service that is still above its objective is not well.
        (2, 100, after(0.8), Verdict::Inconclusive),
        (1_000, 1_000, after(1.0), Verdict::Fail),
        (0, 0, FROM, Verdict::Inconclusive),
    ] {
        let judgement = judged(&measurement(bad, total), since);
        assert_eq!(judgement.verdict, verdict, "{bad} of {total}: {}", judgement.sentence);
        let evidence = judgement.evidence.expect("it has its numbers");
        assert!(evidence.recovery.is_some() && evidence.rollout.is_none());
    }
}

#[test]
fn requests_of_the_grace_time_do_not_count_and_are_drawn() {
    let mut found = measurement(0, 1_000);
    for tick in &mut found.ticks[..2] {
        tick.counts.bad = tick.counts.total;
    }
    found.counts.bad = 200;
    assert_eq!(judged(&found, FROM).verdict, Verdict::Fail);
    let grace = Since { counted: EpochMs(T0 + 60_000), ..FROM };
    let judgement = judged(&found, grace);
    assert_eq!(judgement.verdict, Verdict::Pass, "{}", judgement.sentence);
    assert_eq!(judgement.counts, Counts { total: 800, bad: 0 });
    assert_eq!(judgement.from, EpochMs(T0 + 60_000));
    let within = Since { counted: EpochMs(T0 + 40_000), ..FROM };
    assert_eq!(judged(&found, within).counts.total, 800, "half of an interval is none of it");
    let later = Since { counted: EpochMs(T0 + 900_000), ..FROM };
    assert_eq!(judged(&found, later).verdict, Verdict::Inconclusive, "nothing counts yet");
}

#[test]
fn the_requests_of_the_target_count_where_series_tell() {
    let arms = vec![arm("v2", 0, 1_000), arm("v3", 900, 1_000)];
    let found = Measurement { arms, ..measurement(900, 2_000) };
    assert_eq!(judged(&found, FROM).verdict, Verdict::Pass);
    let arms = vec![arm("v3", 0, 1_000)];
    let silent = Measurement { arms, ..measurement(0, 1_000) };
    assert_eq!(judged(&silent, FROM).verdict, Verdict::Inconclusive, "it served nobody");
}

#[test]
fn doubt_is_no_recovery() {
    for (doubt, verdict) in [
        (Doubt::NoData, Verdict::Inconclusive),
        (Doubt::Frozen, Verdict::Inconclusive),
        (Doubt::UnknownOrigin, Verdict::Inconclusive),
        (Doubt::Unreachable { why: "it is away".to_owned() }, Verdict::Error),
    ] {
        let found = Measurement { doubts: vec![doubt.clone()], ..measurement(0, 10_000) };
        assert_eq!(judged(&found, FROM).verdict, verdict, "{doubt:?}");
    }
}

#[test]
fn a_recovery_reads_as_a_sentence() {
    let since = Since { incident: Some(0.2), ..FROM };
    assert_eq!(
        judged(&measurement(0, 1_000), since).sentence,
        "0 of 1,000 requests failed in 5:00, 0%, within 1%; 5% or more is ruled out"
    );
    assert_eq!(
        judged(&measurement(0, 100), FROM).sentence,
        "0 of 100 requests failed in 5:00, 0%; about 196 more good ones rule out 2%"
    );
    assert!(
        judged(&measurement(60, 1_000), FROM).sentence.starts_with(
            "60 of 1,000 requests failed in 5:00, 6%, above 1%; chance explains that less than"
        ),
        "{}",
        judged(&measurement(60, 1_000), FROM).sentence
    );
}

#[test]
fn a_gate_on_too_little_traffic_gives_up_and_never_passes() {
    let rule = gate_rule();
    let mut gate = Gate::new(rule, second(0));
    for at in 0..60 {
        let look = Look { judgements: vec![judged(&measurement(0, 20), FROM)], ..Look::default() };
        if let GateState::Ended(ended) = gate.take(look, second(at * 15)) {
            assert_eq!(ended.verdict, Verdict::Inconclusive, "{}", ended.sentence);
            return;
        }
    }
    panic!("it gives up at some time");
}
