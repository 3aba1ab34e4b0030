//! What every world promises: the practice world and each provider pass this same suite,
//! so that a drill cannot drift from what the real platform does.
//!
//! A [`Stage`] arranges the world from outside, as a deploy pipeline, a colleague or a
//! broken network would. Each promise panics with the reason it holds.

mod lease;
mod promises;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{Bake, Place, Slo};
use lastgood_core::drill::Obstacle;
use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::name::{EffectKey, ReleaseId, RunId};
use lastgood_core::ports::World;
use lastgood_core::release::{Facts, History, Proposal, propose};
use lastgood_core::survey::{RolloutState, Survey};
use lastgood_core::time::Millis;

/// Arranges a world for the suite. None of it goes through the world's own ports.
#[async_trait]
pub trait Stage: Send + Sync {
    /// The place of the suite: one with a rolling rollout and at least one good release.
    fn place(&self) -> Place;

    /// A run id that nobody has used here; another one on each call.
    fn run(&self) -> RunId;

    /// An objective of the place.
    fn slo(&self) -> Slo;

    /// An operation that the place cannot do.
    fn unsupported(&self, survey: &Survey) -> Operation;

    /// How long the platform may take for anything that the suite waits for.
    fn patience(&self) -> Millis;

    /// Somebody begins to roll out a release that misbehaves and does become ready.
    /// Returns while it is on its way: both releases have replicas.
    async fn begin_bad_rollout(&self);

    /// A halted rollout was let go on. Where the platform moves only when a pipeline says
    /// so, the pipeline takes its next step now.
    async fn resumed(&self) {}

    /// Somebody else begins to roll out yet another release. Returns as soon as it is in
    /// front.
    async fn somebody_else_changes_it(&self);

    /// The reply to the next change is lost after the change was made.
    async fn lose_next_reply(&self, operation: &Operation);

    /// Puts `obstacle` in the way of going back to what serves now, or takes it away
    /// again. `false` when this world cannot be arranged so.
    async fn obstruct(&self, obstacle: Obstacle, lifted: bool) -> bool;

    /// Makes all traffic end, and gives a window in which there was none.
    async fn stop_traffic(&self) -> (Timestamp, Timestamp);

    /// Returns when no rollout is under way.
    async fn settle(&self);

    /// Lets time go by.
    async fn wait(&self, length: Millis);
}

/// Holds `world` to all of its promises. It must be settled on a good release; afterwards
/// it is settled on that release again, and without traffic.
pub async fn world_contract(world: &dyn World, stage: &dyn Stage) {
    let suite = Suite { world, stage, place: stage.place(), patience: stage.patience() };
    promises::a_settled_world_stays_as_it_is(&suite).await;
    let good = suite.front().await;
    lease::one_run_at_a_time_changes_it(&suite, &good).await;

    stage.begin_bad_rollout().await;
    promises::the_release_on_its_way_is_in_front(&suite, &good).await;
    promises::to_resolve_and_to_preflight_change_nothing(&suite, &good).await;
    promises::what_cannot_be_done_is_refused_in_a_sentence(&suite).await;
    promises::a_halt_takes_place_once_and_is_found_again(&suite).await;
    promises::nothing_moves_while_halted(&suite).await;
    promises::resumed_it_goes_on(&suite).await;

    promises::what_somebody_else_changed_is_not_trampled(&suite, &good).await;
    let gone_away_from = suite.front().await;
    promises::a_lost_reply_is_found_by_the_probe(&suite, &good).await;
    promises::in_the_end_only_the_target_serves(&suite, &good).await;
    promises::what_a_rollback_left_is_never_proposed(&suite, &gone_away_from).await;

    promises::counts_are_the_sum_of_their_intervals(&suite).await;
    promises::what_stands_in_the_way_is_found_before_the_first_change(&suite).await;
    promises::no_traffic_is_doubt(&suite).await;
}

/// What every promise needs.
pub(crate) struct Suite<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) stage: &'a dyn Stage,
    pub(crate) place: Place,
    pub(crate) patience: Millis,
}

impl Suite<'_> {
    pub(crate) async fn survey(&self) -> Survey {
        self.world.survey(&self.place).await.expect("the platform can be looked at")
    }

    /// The release in front.
    pub(crate) async fn front(&self) -> ReleaseId {
        let survey = self.survey().await;
        survey.newest().expect("something runs").release.clone()
    }

    pub(crate) async fn resolve(&self, operation: &Operation) -> PlannedEffect {
        let survey = self.survey().await;
        self.world
            .resolve(&self.place, operation, &survey)
            .await
            .expect("an operation that the place supports is resolved")
    }

    pub(crate) fn key(&self, step: &str) -> EffectKey {
        EffectKey { run: self.stage.run(), step: step.into(), undo: false, attempt: 1 }
    }

    pub(crate) async fn history(&self) -> History {
        let page =
            self.world.deploys(&self.place, None, 100).await.expect("the deploys can be read");
        History::new(page.deploys)
    }

    /// What would be proposed now, of releases that served for any time at all.
    pub(crate) async fn proposal(&self) -> Proposal {
        propose(&self.history().await, &self.survey().await, Bake::of(Millis(0)), &Facts::default())
    }

    /// Waits by watching until `wanted` holds, or says what was seen last.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Survey) -> bool) -> Survey {
        let mut seen = self.survey().await;
        loop {
            if wanted(&seen) {
                return seen;
            }
            let next = self
                .world
                .changed(&self.place, &seen, self.patience)
                .await
                .expect("the platform can be watched");
            assert!(!alike(&next, &seen), "{what}; it stayed at {}", seen.sentence());
            seen = next;
        }
    }
}

/// Whether two surveys differ in nothing but their time.
pub(crate) fn alike(a: &Survey, b: &Survey) -> bool {
    a.rollout == b.rollout && a.running == b.running
}

/// Whether a rollout is under way and may move.
pub(crate) const fn moves(state: &RolloutState) -> bool {
    match state {
        RolloutState::Progressing => true,
        RolloutState::Settled
        | RolloutState::Halted
        | RolloutState::Stuck { .. }
        | RolloutState::Unknown { .. } => false,
    }
}

#[cfg(test)]
mod tests;
