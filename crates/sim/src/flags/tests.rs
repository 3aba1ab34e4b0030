use lastgood_core::drill::WorldEvent;
use lastgood_core::effect::{ApplyError, Presence};
use lastgood_core::ports::{Actor, Observer};
use lastgood_core::time::{Millis, earlier};

use super::*;
use crate::bench::{BAD, Bench, bench, key, place, slo};

fn toggled(flag: &str, to: FlagState) -> WorldEvent {
    WorldEvent::Flag {
        place: place("checkout"),
        flag: flag.into(),
        to,
        version: None,
        behaviour: (to == FlagState::On).then_some(BAD),
        actor: "mara".to_owned(),
    }
}

fn switch(to: FlagState) -> Operation {
    Operation::SwitchFlag { flag: "new-cart".into(), to }
}

async fn state(bench: &Bench) -> FlagState {
    let flags = bench.world.flags(&place("checkout")).await.expect("the flags can be read");
    flags.iter().find(|flag| flag.name.as_str() == "new-cart").expect("it is known").state
}

/// The share of bad requests over the last minute.
async fn failing(bench: &Bench) -> f64 {
    let now = bench.clock.now();
    let from = earlier(now, Millis::minutes(1));
    let found = bench.world.measure(&place("checkout"), &slo(), from, now).await.counts;
    #[expect(clippy::cast_precision_loss, reason = "a minute has a few thousand requests")]
    let share = found.bad as f64 / found.total.max(1) as f64;
    share
}

#[tokio::test]
async fn what_hides_behind_a_flag_hurts_while_it_is_on_and_only_then() {
    let bench = bench(11);
    bench.world.happen(&toggled("new-cart", FlagState::On)).expect("the place exists");
    bench.wait(Millis::minutes(3)).await;
    assert!(failing(&bench).await > 0.1, "every fifth request fails behind it");
    let effect = bench.plan("checkout", &switch(FlagState::Off)).await;
    bench.world.apply(&key("off", 1), &effect).await.expect("it can be turned off");
    bench.wait(Millis::minutes(2)).await;
    assert!(failing(&bench).await < 0.05, "nothing of it is left");
}

#[tokio::test]
async fn toggles_say_who_turned_what_when_newest_first() {
    let bench = bench(11);
    bench.world.happen(&toggled("new-cart", FlagState::On)).expect("the place exists");
    bench.wait(Millis::minutes(1)).await;
    let effect = bench.plan("checkout", &switch(FlagState::Off)).await;
    bench.world.apply(&key("off", 1), &effect).await.expect("it can be turned off");
    let now = bench.clock.now();
    let all = bench.world.toggles(&place("checkout"), earlier(now, Millis::minutes(5)), now).await;
    let all = all.expect("they can be read");
    let told: Vec<(FlagState, &str)> = all
        .toggles
        .iter()
        .map(|one| (one.to, one.by.as_option().expect("known").as_str()))
        .collect();
    assert_eq!(told, [(FlagState::Off, OURSELVES), (FlagState::On, "mara")]);
    assert!(all.doubts.is_empty(), "the practice world cuts nothing off");
}

#[tokio::test]
async fn a_switch_is_found_again_and_never_made_against_what_the_plan_saw() {
    let bench = bench(11);
    bench.world.happen(&toggled("new-cart", FlagState::On)).expect("the place exists");
    let off = bench.plan("checkout", &switch(FlagState::Off)).await;
    let key = key("off", 1);
    assert_eq!(bench.world.probe(&key, &off).await, Presence::Absent, "nothing happened yet");
    bench.world.happen(&toggled("new-cart", FlagState::Off)).expect("the place exists");
    let refused = bench.world.apply(&key, &off).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Drifted { .. }))),
        "somebody else turned it off: {refused:?}"
    );
    bench.world.happen(&toggled("new-cart", FlagState::On)).expect("the place exists");
    bench.world.apply(&key, &off).await.expect("it is as planned again");
    assert!(matches!(bench.world.probe(&key, &off).await, Presence::Present(_)));
    assert_eq!(state(&bench).await, FlagState::Off);
}

#[tokio::test]
async fn a_flag_that_nobody_knows_cannot_be_planned() {
    let bench = bench(11);
    let survey = lastgood_core::ports::Surveyor::survey(&*bench.world, &place("checkout")).await;
    let survey = survey.expect("the place exists");
    let unknown = Operation::SwitchFlag { flag: "nobodys".into(), to: FlagState::Off };
    let refused = bench.world.resolve(&place("checkout"), &unknown, &survey).await;
    assert!(matches!(refused, Err(Refusal::Gone { .. })), "{refused:?}");
}
