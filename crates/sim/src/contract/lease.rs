//! What is promised of a lease, where the platform keeps one.

use lastgood_core::drill::Obstacle;
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::lease::{LeaseState, PlaceLease, Tenure};
use lastgood_core::name::{EffectKey, ReleaseId};
use lastgood_core::preflight::{Finding, Grade, Topic};

use super::Suite;

impl Suite<'_> {
    async fn switch(&self, lease: &PlaceLease, to: LeaseState) -> PlannedEffect {
        self.resolve(&Operation::SwitchLease { lease: Box::new(lease.clone()), to }).await
    }

    /// Who is at it, as the preflight says.
    async fn others(&self) -> Vec<Finding> {
        let mut found = self.world.preflight(&self.place, &[]).await;
        found.retain(|one| one.topic == Topic::Freeze && one.grade == Grade::Block);
        found
    }

    async fn is_found(&self, key: &EffectKey, effect: &PlannedEffect) -> bool {
        match self.world.probe(key, effect).await {
            Presence::Present(_) => true,
            Presence::Absent => false,
            Presence::Unclear { why } => panic!("the world can be asked: {why}"),
        }
    }
}

pub(super) async fn one_run_at_a_time_changes_it(suite: &Suite<'_>, good: &ReleaseId) {
    let (world, place) = (suite.world, &suite.place);
    if suite.stage.obstruct(Obstacle::AnotherOperator, false).await {
        assert_eq!(suite.others().await.len(), 1, "somebody else is at it");
        suite.stage.obstruct(Obstacle::AnotherOperator, true).await;
    }
    let Some(leasing) = world.leasing(place).await else { return };
    assert_eq!(leasing.hindrance, None, "the suite may do everything");
    let lease = leasing.lease;
    let (take, give_back) = (
        suite.switch(&lease, LeaseState::Held).await,
        suite.switch(&lease, LeaseState::Free).await,
    );
    assert_eq!(suite.others().await, [], "to plan it takes nothing");

    let (first, second) = (suite.key("lease"), suite.key("lease"));
    assert!(!suite.is_found(&first, &take).await, "nothing has happened yet");
    world.apply(&first, &take).await.expect("nobody holds it");
    world.apply(&first, &take).await.expect("a repeat of the same key is no error");
    assert!(suite.is_found(&first, &take).await);
    let said = suite.others().await;
    assert!(said[0].sentence.contains(first.run.as_str()), "it says which run: {said:?}");
    assert!(said[0].mend.is_some(), "and what to do: {said:?}");

    let refused = world.apply(&second, &take).await.expect_err("it is another run's turn");
    assert!(refused.to_string().contains(first.run.as_str()), "it says whose: {refused}");
    assert!(!suite.is_found(&second, &take).await);
    let mut restore = suite.resolve(&Operation::RestoreRelease { release: good.clone() }).await;
    lease.guard(&mut restore);
    let restores = EffectKey { step: "restore".into(), ..second.clone() };
    match world.apply(&restores, &restore).await {
        Err(ApplyError::Refused(Refusal::Drifted { found, .. })) => {
            assert!(found.contains(first.run.as_str()), "it says who: {found}");
        }
        other => panic!("the change relies on a lease that another run holds: {other:?}"),
    }
    assert!(!suite.is_found(&restores, &restore).await, "and nothing was changed");

    let kept = world.renew(place, &first.run, &lease).await;
    assert_eq!(kept, Tenure::Kept, "whoever holds it keeps it");
    let theirs = world.renew(place, &second.run, &lease).await;
    let says_whose = matches!(&theirs, Tenure::Lost { why } if why.contains(first.run.as_str()));
    assert!(says_whose, "another run holds it: {theirs:?}");
    assert!(suite.is_found(&first, &take).await, "to renew what another holds takes nothing");

    let back = |key: &EffectKey| EffectKey { undo: true, ..key.clone() };
    world.apply(&back(&second), &give_back).await.expect("to give nothing back is no error");
    assert_eq!(suite.others().await.len(), 1, "it takes nothing from whoever holds it");
    world.apply(&back(&first), &give_back).await.expect("whoever holds it gives it back");
    assert!(suite.is_found(&back(&first), &give_back).await);
    assert_eq!(suite.others().await, []);
    let ended = world.renew(place, &first.run, &lease).await;
    assert!(matches!(ended, Tenure::Lost { .. }), "what was given back is not renewed: {ended:?}");
    assert_eq!(suite.others().await, [], "and not taken by that");
    let third = suite.key("lease");
    world.apply(&third, &take).await.expect("then it is the next one's turn");
    world.apply(&back(&third), &give_back).await.expect("which ends, too");
}
