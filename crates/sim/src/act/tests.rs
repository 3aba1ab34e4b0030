use lastgood_core::name::ReleaseId;
use lastgood_core::ports::{Prover, ReleaseSource, Surveyor};
use lastgood_core::release::DeployOutcome;
use lastgood_core::time::Millis;

use super::*;
use crate::bench::{BAD, Bench, bench, bench_with, deploy, fault, key, place, scenario};

/// A bench on which a bad release is on its way to `service`, for so long.
async fn under_way(service: &str, length: Millis) -> (Bench, ReleaseId) {
    let bench = bench(11);
    let good = front(&bench, service).await;
    bench.world.happen(&deploy(service, "2026.3.2", BAD)).expect("the place exists");
    bench.wait(length).await;
    (bench, good)
}

async fn front(bench: &Bench, service: &str) -> ReleaseId {
    survey(bench, service).await.newest().expect("something runs").release.clone()
}

async fn survey(bench: &Bench, service: &str) -> Survey {
    bench.world.survey(&place(service)).await.expect("the place exists")
}

async fn share(bench: &Bench, service: &str, release: &ReleaseId) -> f64 {
    let survey = survey(bench, service).await;
    let arm = survey.running.iter().find(|arm| arm.release == *release);
    arm.and_then(|arm| arm.share).unwrap_or(0.0)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[tokio::test]
async fn a_restore_serves_alone_in_the_end_whatever_the_strategy_and_wherever_it_was() {
    for service in ["checkout", "search", "basket"] {
        for seconds in [0, 15, 40, 200, 400, 900, 2_000] {
            let (bench, good) = under_way(service, Millis::seconds(seconds)).await;
            let operation = Operation::RestoreRelease { release: good.clone() };
            let effect = bench.plan(service, &operation).await;
            bench.world.apply(&key("restore", 1), &effect).await.expect("it is possible");
            bench.wait(Millis::minutes(5)).await;
            let seen = survey(&bench, service).await;
            assert!(seen.serves_only(&good), "{service} after {seconds} s: {}", seen.sentence());
            assert!(close(share(&bench, service, &good).await, 1.0), "all traffic is back");
        }
    }
}

#[tokio::test]
async fn a_canary_pauses_at_each_weight_and_goes_back_at_once() {
    let (bench, good) = under_way("search", Millis::seconds(30)).await;
    let bad = front(&bench, "search").await;
    assert!(close(share(&bench, "search", &bad).await, 0.05), "five percent first");
    bench.wait(Millis::minutes(3)).await;
    assert!(close(share(&bench, "search", &bad).await, 0.25), "then a quarter");
    let effect = bench.plan("search", &Operation::RestoreRelease { release: good }).await;
    bench.world.apply(&key("restore", 1), &effect).await.expect("it is possible");
    bench.wait(Millis::seconds(2)).await;
    assert!(close(share(&bench, "search", &bad).await, 0.0), "the old set was never gone");
}

#[tokio::test]
async fn a_shift_moves_traffic_at_once_and_the_rollout_waits_there() {
    let (bench, _) = under_way("search", Millis::minutes(5)).await;
    let bad = front(&bench, "search").await;
    let operation = Operation::ShiftTraffic { release: bad.clone(), percent: 0 };
    let effect = bench.plan("search", &operation).await;
    bench.world.apply(&key("shift", 1), &effect).await.expect("a canary has weights");
    assert!(close(share(&bench, "search", &bad).await, 0.0), "at once");
    bench.wait(Millis::minutes(30)).await;
    assert!(close(share(&bench, "search", &bad).await, 0.0), "and it stays there");
    assert_eq!(survey(&bench, "search").await.rollout, RolloutState::Halted, "it waits");
}

#[tokio::test]
async fn blue_green_switches_all_or_nothing_while_the_old_colour_is_warm() {
    let (bench, good) = under_way("basket", Millis::minutes(2)).await;
    let bad = front(&bench, "basket").await;
    assert!(close(share(&bench, "basket", &bad).await, 1.0), "it has switched");
    let half = Operation::ShiftTraffic { release: good.clone(), percent: 50 };
    let seen = survey(&bench, "basket").await;
    let refused = bench.world.resolve(&place("basket"), &half, &seen).await;
    assert!(matches!(refused, Err(Refusal::Unsupported { .. })), "{refused:?}");
    let back = Operation::ShiftTraffic { release: good.clone(), percent: 100 };
    let effect = bench.plan("basket", &back).await;
    bench.world.apply(&key("shift", 1), &effect).await.expect("the old colour is warm");
    assert!(close(share(&bench, "basket", &good).await, 1.0), "at once");
}

#[tokio::test]
async fn there_is_nothing_to_halt_when_nothing_moves() {
    let bench = bench(1);
    let effect = bench.plan("checkout", &Operation::HaltRollout).await;
    let refused = bench.world.apply(&key("stop", 1), &effect).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Rejected { .. }))),
        "an abort with nothing in progress must not pretend: {refused:?}"
    );
    assert_eq!(bench.world.probe(&key("stop", 1), &effect).await, Presence::Absent);
}

#[tokio::test]
async fn a_release_that_never_becomes_ready_gets_stuck_and_serves_nobody() {
    for service in ["checkout", "search", "basket"] {
        let bench = bench(5);
        let good = front(&bench, service).await;
        let never = lastgood_core::drill::Behaviour { becomes_ready: false, ..BAD };
        bench.world.happen(&deploy(service, "2026.3.2", never)).expect("the place exists");
        bench.wait(Millis::minutes(6)).await;
        let seen = survey(&bench, service).await;
        assert!(matches!(seen.rollout, RolloutState::Stuck { .. }), "{:?}", seen.rollout);
        assert!(close(share(&bench, service, &good).await, 1.0), "the old one serves on");
        let page = bench.world.deploys(&place(service), None, 1).await.expect("it exists");
        assert_eq!(page.deploys[0].outcome, DeployOutcome::Failed, "the platform gave up");
        let effect =
            bench.plan(service, &Operation::RestoreRelease { release: good.clone() }).await;
        bench.world.apply(&key("restore", 1), &effect).await.expect("it is possible");
        bench.wait(Millis::minutes(2)).await;
        assert!(survey(&bench, service).await.serves_only(&good), "{service} is clean again");
    }
}

#[tokio::test]
async fn taking_a_restore_back_does_not_call_the_good_release_bad() {
    let (bench, good) = under_way("checkout", Millis::minutes(5)).await;
    let bad = front(&bench, "checkout").await;
    let there = bench.plan("checkout", &Operation::RestoreRelease { release: good.clone() }).await;
    let back = bench.plan("checkout", &Operation::RestoreRelease { release: bad.clone() }).await;
    bench.world.apply(&key("restore", 1), &there).await.expect("it is possible");
    bench.wait(Millis::minutes(5)).await;
    let undo = EffectKey { undo: true, ..key("restore", 1) };
    bench.world.apply(&undo, &back).await.expect("what was planned as the way back holds");
    bench.wait(Millis::minutes(5)).await;
    assert!(survey(&bench, "checkout").await.serves_only(&bad), "as it was before");
    let page = bench.world.deploys(&place("checkout"), None, 10).await.expect("it exists");
    let newest = page.deploys.iter().find(|deploy| deploy.release.id == good);
    assert_eq!(
        newest.map(|deploy| deploy.outcome),
        Some(DeployOutcome::Completed),
        "an undo judges nobody"
    );
}

#[tokio::test]
async fn an_image_that_was_deleted_blocks_before_and_refuses_after() {
    let bench = bench(2);
    let page = bench.world.deploys(&place("search"), None, 100).await.expect("it exists");
    let oldest = page.deploys.last().expect("a long past").release.id.clone();
    let effect = bench.plan("search", &Operation::RestoreRelease { release: oldest }).await;
    let oldest = &page.deploys.last().expect("a long past").release;
    let findings = bench.world.prove(&place("search"), oldest).await.findings("the oldest");
    assert!(findings.iter().any(|finding| finding.grade == Grade::Block), "{findings:?}");
    let refused = bench.world.apply(&key("restore", 1), &effect).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Gone { .. }))), "{refused:?}");
}

#[tokio::test]
async fn a_release_that_nobody_knows_is_gone() {
    let bench = bench(2);
    let seen = survey(&bench, "checkout").await;
    let operation = Operation::RestoreRelease { release: "checkout:1999.1.1".into() };
    let refused = bench.world.resolve(&place("checkout"), &operation, &seen).await;
    assert!(matches!(refused, Err(Refusal::Gone { .. })), "{refused:?}");
}

#[tokio::test]
async fn each_fault_does_to_a_change_what_it_says() {
    for (kind, done) in [
        (FaultKind::Refuse, false),
        (FaultKind::Lie, false),
        (FaultKind::LoseReply, true),
        (FaultKind::Delay(Millis::minutes(2)), true),
    ] {
        let bench = bench_with(Some(&scenario(vec![fault("rollout.halt", kind, 1)])), 3);
        bench.wait(Millis::minutes(1)).await;
        let effect = bench.plan("search", &Operation::HaltRollout).await;
        let (before, key) = (bench.clock.now(), key("stop", 1));
        let reply = bench.world.apply(&key, &effect).await;
        match kind {
            FaultKind::Refuse => assert!(matches!(reply, Err(ApplyError::Refused(_)))),
            FaultKind::LoseReply => assert!(matches!(reply, Err(ApplyError::Lost { .. }))),
            FaultKind::Lie => assert!(reply.is_ok(), "a lie looks like success"),
            FaultKind::Delay(by) => {
                assert!(reply.is_ok(), "late is not lost");
                assert_eq!(Millis::between(before, bench.clock.now()), by, "it took its time");
            }
            FaultKind::Stale => {}
        }
        let present = matches!(bench.world.probe(&key, &effect).await, Presence::Present(_));
        assert_eq!(present, done, "{kind:?} as a probe finds it");
        let halted = survey(&bench, "search").await.rollout == RolloutState::Halted;
        assert_eq!(halted, done, "{kind:?} as a look finds it");
        let again = bench.world.apply(&key, &effect).await;
        assert!(again.is_ok(), "the fault is used up: {again:?}");
    }
}

#[tokio::test]
async fn a_probe_that_cannot_see_says_so() {
    let bench = bench_with(Some(&scenario(vec![fault("probe", FaultKind::Refuse, 1)])), 3);
    let effect = bench.plan("checkout", &Operation::HaltRollout).await;
    let found = bench.world.probe(&key("stop", 1), &effect).await;
    assert!(matches!(found, Presence::Unclear { .. }), "then a person must look: {found:?}");
}

#[tokio::test]
async fn a_plan_shows_the_call_and_what_it_changes() {
    let (bench, good) = under_way("checkout", Millis::seconds(20)).await;
    let effect = bench.plan("checkout", &Operation::RestoreRelease { release: good }).await;
    assert_eq!(
        (effect.call.verb.as_str(), effect.call.target.as_str()),
        ("PUT", "/world/checkout/production/release"),
    );
    assert_eq!((effect.call.system.as_str(), effect.call.scope.as_str()), (SYSTEM, "seed 11"));
    let changes: Vec<&str> = effect.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(changes, ["the release in front", "image", "rollout"]);
    assert_eq!(effect.changes[0].before, "2026.3.2", "before, in words");
}
