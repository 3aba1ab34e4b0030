//! How traffic moves from one release to another: replica by replica, by weights, or from
//! one full set to the other. Every function here is one tick or one command.

use jiff::Timestamp;
use lastgood_core::catalog::Strategy;
use lastgood_core::name::ReleaseId;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::{Deploy, DeployOutcome, Reach};
use lastgood_core::survey::RolloutState;

use crate::service::{Life, Service};

/// Seconds that a new replica must have been ready before the next one is replaced: long
/// enough that a person who watches sees the rollout move.
const SETTLE_IN: i64 = 8;

/// Seconds without progress after which the platform gives a rollout up. Half of what
/// Kubernetes waits by default, because a drill has only minutes.
const PROGRESS_DEADLINE: i64 = 300;

/// Seconds until a controller puts back what its repository says. The defaults of those in
/// use lie between half a minute and three; a drill has only minutes.
const SYNC: i64 = 45;

/// The weights of a canary in percent, and the seconds that each is held.
const CANARY: [Weight; 4] =
    [Weight::new(5, 180), Weight::new(25, 180), Weight::new(50, 180), Weight::new(100, 30)];

/// A new colour is first only looked at, then gets everything; the old one stays warm for
/// ten minutes, so that going back is a switch.
const BLUE_GREEN: [Weight; 2] = [Weight::new(0, 10), Weight::new(100, 600)];

/// A way back has no pauses.
const BACK: [Weight; 1] = [Weight::new(100, 0)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weight {
    percent: u8,
    hold: i64,
}

impl Weight {
    const fn new(percent: u8, hold: i64) -> Self {
        Self { percent, hold }
    }
}

/// Whether a rollout brings something new or goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Back,
}

/// A rollout that is under way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rollout {
    pub(crate) to: ReleaseId,
    direction: Direction,
    /// When something last got better.
    moved_at: i64,
    /// Which weight is next or held.
    step: usize,
    /// Since when it is held; `None` while its replicas are not ready.
    reached: Option<i64>,
    halted_at: Option<i64>,
    gave_up: Option<String>,
}

impl Rollout {
    pub(crate) fn state(&self) -> RolloutState {
        match (&self.halted_at, &self.gave_up) {
            (Some(_), _) => RolloutState::Halted,
            (None, Some(why)) => RolloutState::Stuck { why: why.clone() },
            (None, None) => RolloutState::Progressing,
        }
    }

    const fn weights(&self, strategy: Strategy) -> &'static [Weight] {
        match (self.direction, strategy) {
            (Direction::Back, _) => &BACK,
            (Direction::Forward, Strategy::BlueGreen) => &BLUE_GREEN,
            (Direction::Forward, Strategy::Canary | Strategy::Rolling) => &CANARY,
        }
    }
}

impl Service {
    /// One second goes by.
    pub(crate) fn step(&mut self, tick: i64) {
        self.sync(tick);
        if self.rollout.is_none() && self.replicas.iter().all(ready) {
            return;
        }
        let progress = self.age(tick);
        if let Some(mut rollout) = self.rollout.take() {
            if progress {
                rollout.moved_at = tick;
            }
            let moves = rollout.halted_at.is_none() && rollout.gave_up.is_none();
            let done = moves
                && match self.strategy {
                    Strategy::Rolling => self.replace_one(&mut rollout, tick),
                    Strategy::Canary | Strategy::BlueGreen => self.weigh(&mut rollout, tick),
                };
            if done {
                self.settle(rollout.to, tick);
            } else {
                self.rollout = Some(rollout);
                if moves {
                    self.give_up_when_late(tick);
                }
            }
        }
        self.note(tick);
    }

    /// A controller looks whether what is in front is what its repository says.
    fn sync(&mut self, tick: i64) {
        let Some(wanted) = self.wanted_by_a_sync() else {
            self.out_of_sync = None;
            return;
        };
        if tick - *self.out_of_sync.get_or_insert(tick) >= SYNC {
            self.out_of_sync = None;
            let actor = Recorded::Recorded("automatic sync".to_owned());
            self.begin(&wanted, actor, Direction::Forward, tick);
        }
    }

    /// Begins to bring `release` into service, instead of whatever else was under way.
    pub(crate) fn begin(
        &mut self,
        release: &ReleaseId,
        actor: Recorded<String>,
        direction: Direction,
        tick: i64,
    ) {
        let Some(known) = self.releases.get(release).cloned() else { return };
        self.close_newest(DeployOutcome::Unknown, tick);
        self.deploys.push(Deploy {
            place: self.place.clone(),
            release: known.release,
            strategy: self.strategy,
            at: moment(tick),
            ended_at: None,
            actor,
            outcome: DeployOutcome::InProgress,
            reach: Reach::default(),
        });
        if direction == Direction::Forward && self.strategy != Strategy::Rolling {
            let most = self.weights.iter().max_by_key(|(_, percent)| *percent);
            let carrier = most.map_or_else(|| self.stable.clone(), |(id, _)| id.clone());
            self.drain_others(&[&carrier, release], tick);
            self.weights = vec![(carrier.clone(), 100)];
            self.stable = carrier;
        }
        if self.live(release) == 0 {
            self.start(release, tick);
        }
        self.rollout = Some(Rollout {
            to: release.clone(),
            direction,
            moved_at: tick,
            step: 0,
            reached: None,
            halted_at: None,
            gave_up: None,
        });
        self.note(tick);
    }

    /// Keeps the rollout where it is. Whether there was one to keep.
    pub(crate) fn halt(&mut self, tick: i64) -> bool {
        let Some(rollout) = &mut self.rollout else { return false };
        rollout.halted_at.get_or_insert(tick);
        self.note(tick);
        true
    }

    /// Lets a halted rollout go on where it was. Whether one was halted.
    pub(crate) fn resume(&mut self, tick: i64) -> bool {
        let Some(rollout) = &mut self.rollout else { return false };
        let Some(since) = rollout.halted_at.take() else { return false };
        // Its pauses and deadlines stood still with it.
        rollout.moved_at += tick - since;
        rollout.reached = rollout.reached.map(|reached| reached + tick - since);
        self.note(tick);
        true
    }

    /// Goes back to `release`. What it goes away from is marked, unless that is itself
    /// only a change being taken back.
    pub(crate) fn restore(&mut self, release: &ReleaseId, undo: bool, tick: i64) {
        let away = self.front() != release && !undo;
        if let Some(left) = self.deploys.last_mut().filter(|_| away) {
            left.outcome = DeployOutcome::RolledBack;
            left.ended_at.get_or_insert(moment(tick));
        }
        let actor = Recorded::Recorded("lastgood".to_owned());
        self.begin(release, actor, Direction::Back, tick);
    }

    /// Gives `release` a share and the rest to the other side of the rollout; the rollout
    /// waits there.
    pub(crate) fn shift(&mut self, release: &ReleaseId, percent: u8, tick: i64) {
        let Some(rollout) = &mut self.rollout else { return };
        let percent = percent.min(100);
        let to = if *release == rollout.to { percent } else { 100 - percent };
        rollout.halted_at.get_or_insert(tick);
        // When it goes on, it takes up the weight that it was at.
        rollout.reached = None;
        let new = rollout.to.clone();
        self.set_weight(&new, to);
        self.note(tick);
    }

    fn set_weight(&mut self, to: &ReleaseId, percent: u8) {
        self.weights = if *to == self.stable || percent == 100 {
            vec![(to.clone(), 100)]
        } else {
            vec![(to.clone(), percent), (self.stable.clone(), 100 - percent)]
        };
    }

    /// Replaces replicas one at a time, with one more than usual. Whether it is done.
    fn replace_one(&mut self, rollout: &mut Rollout, tick: i64) -> bool {
        let to = &rollout.to;
        let settled_in =
            |life: Life| matches!(life, Life::Ready { since } if since + SETTLE_IN <= tick);
        if self.replicas.iter().any(|one| one.release == *to && waits(one.life, settled_in)) {
            return false;
        }
        let new = self.live(to);
        let old = self.replicas.iter().filter(|one| one.release != *to && stays(one.life)).count();
        let old = u32::try_from(old).unwrap_or(u32::MAX);
        if new + old > self.size && old > 0 {
            // What never became ready goes first: it serves nobody.
            let leaver = self
                .replicas
                .iter_mut()
                .filter(|one| one.release != *to && stays(one.life))
                .min_by_key(|one| ready(one));
            if let Some(leaver) = leaver {
                Self::drain(leaver, tick);
            }
            rollout.moved_at = tick;
        } else if new < self.size {
            let to = to.clone();
            self.start(&to, tick);
        } else {
            return old == 0;
        }
        false
    }

    /// Moves weights once their replicas are ready. Whether it is done.
    fn weigh(&mut self, rollout: &mut Rollout, tick: i64) -> bool {
        let Some(weight) = rollout.weights(self.strategy).get(rollout.step) else {
            return true;
        };
        match rollout.reached {
            Some(since) if since + weight.hold <= tick => {
                rollout.step += 1;
                rollout.reached = None;
                rollout.moved_at = tick;
                if rollout.step < rollout.weights(self.strategy).len() {
                    return false;
                }
                self.weights = vec![(rollout.to.clone(), 100)];
                let to = rollout.to.clone();
                self.drain_others(&[&to], tick);
                true
            }
            Some(_) => false,
            None => {
                let needed = match (rollout.direction, self.strategy) {
                    (Direction::Forward, Strategy::Canary) => part(self.size, weight.percent),
                    (Direction::Forward | Direction::Back, _) => self.size,
                };
                for _ in self.live(&rollout.to)..needed {
                    self.start(&rollout.to, tick);
                }
                if self.ready(&rollout.to) >= needed {
                    self.set_weight(&rollout.to, weight.percent);
                    rollout.reached = Some(tick);
                    rollout.moved_at = tick;
                }
                false
            }
        }
    }

    fn settle(&mut self, to: ReleaseId, tick: i64) {
        self.weights = vec![(to.clone(), 100)];
        self.stable = to;
        self.rollout = None;
        self.close_newest(DeployOutcome::Completed, tick);
    }

    fn give_up_when_late(&mut self, tick: i64) {
        let Some(rollout) = &mut self.rollout else { return };
        // A weight that is held is a pause, not a standstill.
        if rollout.reached.is_some() || rollout.moved_at + PROGRESS_DEADLINE > tick {
            return;
        }
        rollout.gave_up =
            Some(format!("no new replica became ready in {PROGRESS_DEADLINE} seconds"));
        self.close_newest(DeployOutcome::Failed, tick);
    }

    /// Ends the newest deploy, if it has not ended.
    fn close_newest(&mut self, outcome: DeployOutcome, tick: i64) {
        let newest = self.deploys.last_mut();
        let open = newest.filter(|newest| newest.outcome == DeployOutcome::InProgress);
        if let Some(newest) = open {
            newest.outcome = outcome;
            newest.ended_at = Some(moment(tick));
        }
    }
}

/// A tick as a time.
pub(crate) fn moment(tick: i64) -> Timestamp {
    Timestamp::from_second(tick).unwrap_or(Timestamp::MAX)
}

/// The replicas that carry `percent` of the traffic of `size`, at least one.
fn part(size: u32, percent: u8) -> u32 {
    (size * u32::from(percent)).div_ceil(100).max(1)
}

const fn ready(replica: &crate::service::Replica) -> bool {
    matches!(replica.life, Life::Ready { .. })
}

const fn stays(life: Life) -> bool {
    match life {
        Life::Starting { .. } | Life::Ready { .. } => true,
        Life::Draining { .. } => false,
    }
}

/// Whether a replica is on its way and must be waited for.
fn waits(life: Life, settled_in: impl Fn(Life) -> bool) -> bool {
    stays(life) && !settled_in(life)
}
