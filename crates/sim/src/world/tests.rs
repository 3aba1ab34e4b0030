mod killed;

use lastgood_core::effect::{ApplyError, Operation};
use lastgood_core::ports::{Actor, Observer};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::*;
use crate::bench::{
    BAD, Bench, after, bench, bench_with, catalog, clock, deploy, fault, key, place, scenario, slo,
    world,
};
use crate::{FileLog, MemoryLog};

#[tokio::test]
async fn only_practice_places_are_played() {
    let bench = bench(1);
    let names: Vec<String> = bench.world.places().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["basket in production", "checkout in production", "search in production"]);
    assert!(bench.world.environment(&place("ledger")).is_none(), "a real place is not ours");
    let refused = bench.world.survey(&place("ledger")).await;
    assert!(matches!(refused, Err(Refusal::Gone { .. })), "{refused:?}");
}

#[tokio::test]
async fn waiting_for_a_change_ends_with_it_or_with_patience() {
    let bench = bench_with(Some(&scenario(Vec::new())), 1);
    let seen = bench.world.survey(&place("checkout")).await.expect("it exists");
    let changed = bench.world.changed(&place("checkout"), &seen, Millis::minutes(5)).await;
    let changed = changed.expect("it exists");
    assert_ne!(changed.rollout, seen.rollout, "a rollout began");
    assert_eq!(changed.at, after(Millis::seconds(10)), "and the wait ended with it");

    let bench = crate::bench::bench(1);
    let seen = bench.world.survey(&place("checkout")).await.expect("it exists");
    let same = bench.world.changed(&place("checkout"), &seen, Millis::minutes(5)).await;
    let same = same.expect("it exists");
    assert_eq!(same.running, seen.running, "nothing happened");
    assert_eq!(same.at, after(Millis::minutes(5)), "for five minutes");
}

#[tokio::test]
async fn faulty_looks_say_what_they_do_not_know() {
    for kind in [FaultKind::Refuse, FaultKind::LoseReply, FaultKind::Lie, FaultKind::Stale] {
        let bench = bench_with(Some(&scenario(vec![fault("survey", kind, 1)])), 1);
        bench.wait(Millis::minutes(2)).await;
        let first = bench.world.survey(&place("search")).await;
        match kind {
            FaultKind::Refuse | FaultKind::LoseReply => assert!(first.is_err(), "{kind:?}"),
            FaultKind::Lie => {
                let state = first.expect("it answered").rollout;
                assert!(matches!(state, RolloutState::Unknown { .. }), "{state:?}");
            }
            FaultKind::Stale => {
                let stale = first.expect("it answered");
                assert_eq!(stale.rollout, RolloutState::Settled, "as it was before the rollout");
                assert!(stale.at < bench.clock.now(), "and it says how old it is");
            }
            FaultKind::Delay(_) => {}
        }
        let second = bench.world.survey(&place("search")).await.expect("the fault is used up");
        assert_eq!(second.rollout, RolloutState::Progressing, "{kind:?}");
    }
}

#[tokio::test]
async fn history_comes_in_pages_newest_first() {
    let bench = bench(4);
    let all = bench.world.deploys(&place("checkout"), None, 1_000).await.expect("it exists");
    assert!(!all.more && all.deploys.len() >= 20, "everything fits");
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page = bench.world.deploys(&place("checkout"), before, 7).await.expect("it exists");
        before = page.deploys.last().map(|deploy| deploy.at);
        paged.extend(page.deploys);
        if !page.more {
            break;
        }
    }
    assert_eq!(paged, all.deploys, "pages lose nothing and repeat nothing");
}

#[test]
fn a_scenario_elsewhere_is_refused() {
    let mut elsewhere = scenario(Vec::new());
    elsewhere.place = place("ledger");
    let clock = clock(practice_epoch());
    let log = Box::<MemoryLog>::default();
    let refused = PracticeWorld::new(&catalog(), Some(&elsewhere), 1, clock, log);
    assert!(matches!(refused, Err(WorldError::NoSuchPlace { .. })), "it would never begin");
    let bench = bench(1);
    let odd = lastgood_core::drill::Behaviour { error_rate: f64::NAN, ..BAD };
    let refused = bench.world.happen(&deploy("checkout", "2026.3.2", odd));
    assert!(matches!(refused, Err(WorldError::Behaviour { .. })), "no service behaves so");
}

/// A log that cannot be written.
struct Full;

impl WorldLog for Full {
    fn load(&mut self) -> Result<Vec<Logged>, LogError> {
        Ok(Vec::new())
    }

    fn append(&mut self, _: &Logged) -> Result<(), LogError> {
        let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
        Err(LogError::File { path: "world.jsonl".into(), doing: "write", source })
    }
}

#[tokio::test]
async fn what_cannot_be_remembered_does_not_happen() {
    let clock = clock(practice_epoch());
    let world = world(Some(&scenario(Vec::new())), 1, &clock, Full);
    clock.sleep_until(after(Millis::seconds(20))).await;
    let seen = world.survey(&place("search")).await.expect("nothing to write yet");
    let effect =
        world.resolve(&place("search"), &Operation::HaltRollout, &seen).await.expect("supported");
    let refused = world.apply(&key("stop", 1), &effect).await;
    assert!(matches!(refused, Err(ApplyError::Refused(_))), "{refused:?}");
    let seen = world.survey(&place("search")).await.expect("it exists");
    assert_eq!(seen.rollout, RolloutState::Progressing, "nothing was changed");
}

#[tokio::test]
async fn a_change_of_which_only_a_torn_line_was_written_never_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.jsonl");
    let open = || FileLog::open(&path).expect("it opens");
    let (first, clock) = {
        let clock = clock(practice_epoch());
        (world(Some(&scenario(Vec::new())), 9, &clock, open()), clock)
    };
    clock.sleep_until(after(Millis::minutes(1))).await;
    let seen = first.survey(&place("search")).await.expect("it exists");
    let effect =
        first.resolve(&place("search"), &Operation::HaltRollout, &seen).await.expect("supported");
    first.apply(&key("stop", 1), &effect).await.expect("a rollout is under way");
    drop(first);
    let whole = std::fs::read(&path).expect("it is there");

    for (cut, present) in [(0, true), (1, false), (20, false)] {
        std::fs::write(&path, &whole[..whole.len() - cut]).expect("written");
        let again = world(Some(&scenario(Vec::new())), 9, &clock, open());
        let found = again.probe(&key("stop", 1), &effect).await;
        let expected = matches!(found, lastgood_core::effect::Presence::Present(_));
        assert_eq!(expected, present, "{cut} bytes short: {found:?}");
        let halted = again.survey(&place("search")).await.expect("it exists").rollout;
        assert_eq!(halted == RolloutState::Halted, present, "{cut} bytes short: {halted:?}");
    }
}

#[tokio::test]
async fn the_clock_of_a_resumed_drill_knows_how_far_it_had_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.jsonl");
    let clock = clock(practice_epoch());
    let world = world(None, 9, &clock, FileLog::open(&path).expect("it opens"));
    for minute in 1..=10 {
        clock.sleep_until(after(Millis::minutes(minute))).await;
        world.survey(&place("search")).await.expect("it exists");
    }
    drop(world);
    let seen = FileLog::open(&path).expect("it opens").last_seen().expect("whole");
    assert!(seen >= Some(after(Millis::minutes(9))), "looking alone leaves marks: {seen:?}");
}

/// What a random operator does.
#[derive(Debug, Clone)]
enum Deed {
    Wait(u64),
    Halt,
    Resume,
    Restore(usize),
    Shift(u8),
    Deploy(u8),
    Fault(u8),
    Look,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (1_u64..240_000).prop_map(Deed::Wait),
        1 => Just(Deed::Halt),
        1 => Just(Deed::Resume),
        1 => (0_usize..4).prop_map(Deed::Restore),
        1 => (0_u8..=100).prop_map(Deed::Shift),
        1 => (0_u8..4).prop_map(Deed::Deploy),
        1 => (0_u8..4).prop_map(Deed::Fault),
        1 => Just(Deed::Look),
    ]
}

async fn act(bench: &Bench, service: &str, step: usize, deed: &Deed) {
    let place = place(service);
    let survey = bench.world.survey(&place).await;
    let Ok(survey) = survey else { return };
    let page = bench.world.deploys(&place, None, 10).await.expect("it exists");
    let front = survey.newest().map(|arm| arm.release.clone());
    let operation = match deed {
        Deed::Wait(length) => return bench.wait(Millis(*length)).await,
        Deed::Look => {
            let now = bench.clock.now();
            bench.world.measure(&place, &slo(), earlier(now, Millis::minutes(1)), now).await;
            return;
        }
        Deed::Deploy(n) => {
            let able = lastgood_core::drill::Behaviour { becomes_ready: n % 3 > 0, ..BAD };
            let event = deploy(service, &format!("2026.3.{}", n + 2), able);
            return bench.world.happen(&event).expect("it exists");
        }
        Deed::Fault(n) => {
            let kinds = [FaultKind::Refuse, FaultKind::LoseReply, FaultKind::Lie, FaultKind::Stale];
            let on = ["release.restore", "rollout.halt", "survey", "measure"];
            let index = usize::from(*n);
            let fault = fault(on[(index + step) % 4], kinds[index], 2);
            return bench.world.inject(fault).expect("it is remembered");
        }
        Deed::Halt => Operation::HaltRollout,
        Deed::Resume => Operation::ResumeRollout,
        Deed::Restore(n) => {
            Operation::RestoreRelease { release: page.deploys[*n].release.id.clone() }
        }
        Deed::Shift(percent) => {
            let Some(release) = front else { return };
            Operation::ShiftTraffic { release, percent: *percent }
        }
    };
    if let Ok(effect) = bench.world.resolve(&place, &operation, &survey).await {
        // Refusals and lost replies are part of the game.
        let _ = bench.world.apply(&key(&format!("step-{step}"), 1), &effect).await;
    }
}

fn whole(bench: &Bench) -> State {
    bench.world.enter().expect("its log is in memory").state.clone()
}

fn sound(state: &State) -> Result<(), TestCaseError> {
    for service in state.services.values() {
        let Some(now) = service.segments.last() else { continue };
        let shares: f64 = now.arms.iter().map(|arm| arm.share).sum();
        prop_assert!((shares - 1.0).abs() < 1e-9, "all traffic goes somewhere: {:?}", now.arms);
        for arm in &now.arms {
            prop_assert!(arm.share == 0.0 || arm.ready > 0, "and somebody answers: {:?}", now.arms);
        }
        let total: u32 = now.arms.iter().map(|arm| arm.replicas).sum();
        prop_assert!(total <= 3 * service.size, "nobody pays for {total} replicas");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_world_made_again_from_its_log_is_the_same_world(
        seed in 0_u64..1_000,
        service in proptest::sample::select(vec!["checkout", "search", "basket"]),
        deeds in proptest::collection::vec(deed(), 1..25),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let bench = bench_with(Some(&scenario(Vec::new())), seed);
            for (step, deed) in deeds.iter().enumerate() {
                act(&bench, service, step, deed).await;
                sound(&whole(&bench))?;
            }
            let again = world(Some(&scenario(Vec::new())), seed, &bench.clock, bench.log.clone());
            let again = Bench { world: again, clock: Arc::clone(&bench.clock), log: bench.log.clone() };
            prop_assert_eq!(whole(&bench), whole(&again));
            Ok(())
        })?;
    }

    #[test]
    fn whatever_was_done_a_restore_ends_it(
        seed in 0_u64..1_000,
        service in proptest::sample::select(vec!["checkout", "search", "basket"]),
        deeds in proptest::collection::vec(deed(), 1..15),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let bench = bench_with(None, seed);
            let good = bench.plan(service, &Operation::HaltRollout).await.expects[0].value.clone();
            for (step, deed) in deeds.iter().enumerate() {
                act(&bench, service, step, deed).await;
            }
            let good = lastgood_core::name::ReleaseId::new(good);
            let operation = Operation::RestoreRelease { release: good.clone() };
            let mut seen = None;
            for attempt in 1..10 {
                let Ok(survey) = bench.world.survey(&place(service)).await else { continue };
                let effect = bench.world.resolve(&place(service), &operation, &survey).await;
                let effect = effect.expect("it is supported");
                let _ = bench.world.apply(&key(&format!("restore-{attempt}"), 1), &effect).await;
                bench.wait(Millis::minutes(8)).await;
                seen = bench.world.survey(&place(service)).await.ok();
                if seen.as_ref().is_some_and(|seen| seen.serves_only(&good)) {
                    break;
                }
            }
            let seen = seen.expect("faults are used up by now");
            prop_assert!(seen.serves_only(&good), "{}", seen.sentence());
            Ok(())
        })?;
    }
}
