//! One simulated service in one environment: its releases, replicas and traffic.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::catalog::{Environment, Place, Strategy};
use lastgood_core::drill::{Behaviour, Obstacle};
use lastgood_core::name::ReleaseId;
use lastgood_core::release::Deploy;
use lastgood_core::survey::{RolloutState, Running, Survey};

use crate::chance::{draw, text};
use crate::flags::Flags;
use crate::history::{self, Known};
use crate::lease::Seat;
use crate::rollout::Rollout;

/// How long a replica that was told to go is still there, in seconds.
const DRAIN: i64 = 5;

/// A simulated service.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Service {
    pub(crate) place: Place,
    /// What its draws belong to: the seed and the place.
    pub(crate) key: u64,
    pub(crate) strategy: Strategy,
    /// Replicas of a full set.
    pub(crate) size: u32,
    /// Requests per second.
    pub(crate) rate: f64,
    pub(crate) releases: BTreeMap<ReleaseId, Known>,
    /// Oldest first. The last one is always that of the release in front.
    pub(crate) deploys: Vec<Deploy>,
    /// The release that serves, or served before the rollout that is under way.
    pub(crate) stable: ReleaseId,
    pub(crate) rollout: Option<Rollout>,
    /// Who gets how many percent of the traffic, where a router decides that.
    pub(crate) weights: Vec<(ReleaseId, u8)>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) serial: u64,
    /// What served when, oldest first.
    pub(crate) segments: Vec<Segment>,
    /// What stands in the way of going back to which release.
    pub(crate) obstacles: Vec<(Obstacle, ReleaseId)>,
    /// What its flag system holds.
    pub(crate) flags: Flags,
    /// Migrations that were applied since the drill began, oldest first, each with its time.
    pub(crate) migrated: Vec<(i64, String)>,
    /// Whether the newest release wrote rows that older ones cannot read.
    pub(crate) new_rows: bool,
    /// Since when a controller sees something else than its repository says.
    pub(crate) out_of_sync: Option<i64>,
    /// Whose turn it is to change it.
    pub(crate) seat: Seat,
}

/// One instance of a release.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Replica {
    pub(crate) name: String,
    pub(crate) release: ReleaseId,
    pub(crate) life: Life,
}

/// Where a replica is in its life; times are ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// It would be ready at this time, if its release becomes ready at all.
    Starting { ready_at: i64 },
    /// It has been ready since.
    Ready { since: i64 },
    /// It gets no more requests and is gone at this time.
    Draining { gone_at: i64 },
}

/// A stretch of time in which the mix of releases did not change. It ends where the next
/// begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    pub(crate) from: i64,
    pub(crate) rate: f64,
    pub(crate) rollout: RolloutState,
    /// The release in front first.
    pub(crate) arms: Vec<ArmThen>,
}

/// What one release was like during a segment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ArmThen {
    pub(crate) release: ReleaseId,
    pub(crate) version: String,
    pub(crate) behaviour: Behaviour,
    pub(crate) replicas: u32,
    pub(crate) ready: u32,
    /// 0 to 1.
    pub(crate) share: f64,
}

impl Service {
    /// A service with the past that the seed gives it, as it stands at `origin`.
    pub(crate) fn new(
        seed: u64,
        place: &Place,
        environment: &Environment,
        origin: Timestamp,
        places: usize,
    ) -> Option<Self> {
        let past = history::past(seed, place, environment, origin, places);
        let serving = past.deploys.last()?.release.id.clone();
        let key = draw(&[seed, text(&place.to_string())]);
        let mut service = Self {
            place: place.clone(),
            key,
            strategy: environment.strategy,
            size: u32::try_from(4 + draw(&[key, 1]) % 3).unwrap_or(4),
            rate: f64::from(u32::try_from(40 + draw(&[key, 2]) % 50).unwrap_or(40)),
            releases: BTreeMap::new(),
            deploys: Vec::new(),
            stable: serving.clone(),
            rollout: None,
            weights: vec![(serving.clone(), 100)],
            replicas: Vec::new(),
            serial: 0,
            segments: Vec::new(),
            obstacles: Vec::new(),
            flags: Flags::of(&past.deploys),
            migrated: Vec::new(),
            new_rows: false,
            out_of_sync: None,
            seat: Seat::default(),
        };
        for known in past.releases {
            service.releases.insert(known.release.id.clone(), known);
        }
        for deploy in past.deploys {
            service.served_in_the_past(&deploy);
            service.deploys.push(deploy);
        }
        let now = origin.as_second();
        for _ in 0..service.size {
            service.start(&serving, now);
        }
        for replica in &mut service.replicas {
            replica.life = Life::Ready { since: now };
        }
        service.note(now);
        Some(service)
    }

    /// The release in front: the one that is being rolled out or, when settled, serves.
    pub(crate) fn front(&self) -> &ReleaseId {
        self.rollout.as_ref().map_or(&self.stable, |rollout| &rollout.to)
    }

    /// How a release is called.
    pub(crate) fn version(&self, release: &ReleaseId) -> String {
        self.releases
            .get(release)
            .map_or_else(|| release.to_string(), |known| known.release.version.clone())
    }

    /// Begins one more replica of `release`.
    pub(crate) fn start(&mut self, release: &ReleaseId, tick: i64) {
        self.serial += 1;
        let luck = draw(&[self.key, text(release.as_str()), self.serial]);
        let name = format!("{}-{:05x}", self.place.service, luck & 0xF_FFFF);
        let takes = i64::try_from(3 + luck % 5).unwrap_or(3);
        self.replicas.push(Replica {
            name,
            release: release.clone(),
            life: Life::Starting { ready_at: tick + takes },
        });
    }

    /// Lets one second go by for the replicas; whether any of them became ready.
    pub(crate) fn age(&mut self, tick: i64) -> bool {
        self.replicas.retain(
            |replica| !matches!(replica.life, Life::Draining { gone_at } if gone_at <= tick),
        );
        let mut progress = false;
        for replica in &mut self.replicas {
            let able = self
                .releases
                .get(&replica.release)
                .is_some_and(|known| known.behaviour.becomes_ready);
            if matches!(replica.life, Life::Starting { ready_at } if ready_at <= tick && able) {
                replica.life = Life::Ready { since: tick };
                progress = true;
            }
        }
        progress
    }

    /// Replicas of `release` that are there to stay.
    pub(crate) fn live(&self, release: &ReleaseId) -> u32 {
        self.count(release, |life| match life {
            Life::Starting { .. } | Life::Ready { .. } => true,
            Life::Draining { .. } => false,
        })
    }

    /// Replicas of `release` that are ready.
    pub(crate) fn ready(&self, release: &ReleaseId) -> u32 {
        self.count(release, |life| match life {
            Life::Ready { .. } => true,
            Life::Starting { .. } | Life::Draining { .. } => false,
        })
    }

    fn count(&self, release: &ReleaseId, which: impl Fn(Life) -> bool) -> u32 {
        let found = self
            .replicas
            .iter()
            .filter(|replica| replica.release == *release && which(replica.life))
            .count();
        u32::try_from(found).unwrap_or(u32::MAX)
    }

    /// Sends `replica` away.
    pub(crate) const fn drain(replica: &mut Replica, tick: i64) {
        if !matches!(replica.life, Life::Draining { .. }) {
            replica.life = Life::Draining { gone_at: tick + DRAIN };
        }
    }

    /// Sends every replica away whose release is not `keep`.
    pub(crate) fn drain_others(&mut self, keep: &[&ReleaseId], tick: i64) {
        for replica in &mut self.replicas {
            if !keep.contains(&&replica.release) {
                Self::drain(replica, tick);
            }
        }
    }

    /// What has replicas or traffic at this moment, the release in front first.
    fn arms(&self) -> Vec<ArmThen> {
        let front = self.front();
        let mut ids: Vec<&ReleaseId> = vec![front];
        let with_replicas = self.replicas.iter().map(|replica| &replica.release);
        for id in self.weights.iter().map(|(id, _)| id).chain(with_replicas) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let all_ready: u32 = ids.iter().map(|id| self.ready(id)).sum();
        ids.into_iter()
            .filter_map(|id| {
                let known = self.releases.get(id)?;
                let ready = self.ready(id);
                let share = match self.strategy {
                    Strategy::Rolling if all_ready == 0 => 0.0,
                    Strategy::Rolling => f64::from(ready) / f64::from(all_ready),
                    Strategy::Canary | Strategy::BlueGreen => f64::from(self.weight(id)) / 100.0,
                };
                Some(ArmThen {
                    release: id.clone(),
                    version: known.release.version.clone(),
                    behaviour: self
                        .flags
                        .behaviour(&known.release.version)
                        .unwrap_or(known.behaviour),
                    replicas: self.live(id),
                    ready,
                    share,
                })
            })
            .filter(|arm| arm.replicas > 0 || arm.share > 0.0)
            .collect()
    }

    /// The percent of traffic that a router sends to `release`.
    pub(crate) fn weight(&self, release: &ReleaseId) -> u8 {
        self.weights.iter().find(|(id, _)| id == release).map_or(0, |(_, percent)| *percent)
    }

    /// Remembers what the mix is from `tick` on, if it changed.
    pub(crate) fn note(&mut self, tick: i64) {
        let rollout = self.rollout.as_ref().map_or(RolloutState::Settled, Rollout::state);
        let now = Segment { from: tick, rate: self.rate, rollout, arms: self.arms() };
        if let Some(last) = self.segments.last_mut() {
            if last.rollout == now.rollout && last.arms == now.arms && same(last.rate, now.rate) {
                return;
            }
            if last.from >= tick {
                *last = now;
                return;
            }
        }
        self.segments.push(now);
    }

    /// Remembers what served after a deploy of the past.
    fn served_in_the_past(&mut self, deploy: &Deploy) {
        use lastgood_core::release::DeployOutcome as Outcome;
        match deploy.outcome {
            Outcome::Completed | Outcome::RolledBack => {}
            Outcome::Failed | Outcome::InProgress | Outcome::Unknown => return,
        }
        let (Some(ended), Some(known)) = (deploy.ended_at, self.releases.get(&deploy.release.id))
        else {
            return;
        };
        self.segments.push(Segment {
            from: ended.as_second(),
            rate: self.rate,
            rollout: RolloutState::Settled,
            arms: vec![ArmThen {
                release: known.release.id.clone(),
                version: known.release.version.clone(),
                behaviour: known.behaviour,
                replicas: self.size,
                ready: self.size,
                share: 1.0,
            }],
        });
    }

    /// Something comes to stand in the way of going back to what serves now, or goes away.
    pub(crate) fn obstruct(&mut self, obstacle: Obstacle, lifted: bool) {
        self.obstacles.retain(|(known, _)| *known != obstacle);
        self.seat.is_played |= obstacle == Obstacle::AnotherOperator;
        if !lifted {
            // What a repository says is what was rolled out last, not what served before.
            let of = if obstacle == Obstacle::AutoSync { self.front() } else { &self.stable };
            self.obstacles.push((obstacle, of.clone()));
        }
    }

    /// Whether `obstacle` stands in the way of any change.
    pub(crate) fn stands_in_the_way(&self, obstacle: Obstacle) -> bool {
        self.obstacles.iter().any(|(known, _)| *known == obstacle)
    }

    /// Whether `obstacle` stands in the way of going back to `release`.
    pub(crate) fn bars(&self, obstacle: Obstacle, release: &ReleaseId) -> bool {
        self.obstacles.iter().any(|(known, of)| *known == obstacle && of == release)
    }

    /// What a controller will bring back, if one is at work and something else is in front.
    pub(crate) fn wanted_by_a_sync(&self) -> Option<ReleaseId> {
        let (_, wanted) = self.obstacles.iter().find(|(one, _)| *one == Obstacle::AutoSync)?;
        (wanted != self.front()).then(|| wanted.clone())
    }

    /// What the mix was at `tick`.
    pub(crate) fn segment(&self, tick: i64) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.from <= tick);
        after.checked_sub(1).and_then(|index| self.segments.get(index))
    }

    /// What a look at the platform found at `tick`, for a look that is dated `at`.
    pub(crate) fn survey(&self, tick: i64, at: Timestamp) -> Survey {
        let Some(segment) = self.segment(tick) else {
            let why = "the practice world had not begun".to_owned();
            return Survey { at, rollout: RolloutState::Unknown { why }, running: Vec::new() };
        };
        let running = segment
            .arms
            .iter()
            .map(|arm| Running {
                release: arm.release.clone(),
                version: arm.version.clone(),
                replicas: arm.replicas,
                ready: arm.ready,
                share: Some(arm.share),
            })
            .collect();
        Survey { at, rollout: segment.rollout.clone(), running }
    }
}

/// Whether two rates are the very same number.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}
