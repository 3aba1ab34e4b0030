//! One ECS service, its task definitions and its service deployments.
//!
//! Imitates what moto does not show and the developer guide of Amazon ECS describes: two
//! entries in `deployments` while a service rolls, the new one `PRIMARY` and first, with
//! `rolloutState` from `IN_PROGRESS` to `COMPLETED`; a circuit breaker that goes back by
//! itself (`FAILED`, then `ROLLBACK_SUCCESSFUL`); `StopServiceDeployment` with `ROLLBACK`,
//! which moves a service deployment from `IN_PROGRESS` over `ROLLBACK_IN_PROGRESS` to
//! `ROLLBACK_SUCCESSFUL`; and deregistered task definitions that no service may be pointed
//! at. A task is replaced in each step of a length that the test chooses. What it says of
//! all that is in [`answer`].

mod answer;
mod codedeploy;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use super::bed::{Serves, Serving};

const DESIRED: u32 = 2;

/// How ECS moves the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// A task at a time.
    Rolling,
    /// Two full sets.
    BlueGreen,
}

#[derive(Clone, Debug)]
struct Definition {
    image: String,
    active: bool,
    tags: BTreeMap<String, String>,
    registered: f64,
}

/// A service deployment.
#[derive(Clone, Debug)]
struct Move {
    from: u32,
    to: u32,
    began: Duration,
    ended: Option<Duration>,
    status: &'static str,
    reason: String,
    /// When it began to go back, and how many tasks had been replaced by then.
    back: Option<(Duration, u32)>,
}

/// The service `checkout` in cluster `shop`.
#[derive(Debug)]
pub struct Ecs {
    definitions: Vec<Definition>,
    moves: Vec<Move>,
    tags: BTreeMap<String, String>,
    strategy: Strategy,
    controller: &'static str,
    codedeploy: codedeploy::CodeDeploy,
    breaker: bool,
    /// So many tasks get replaced, and then it goes no further.
    stalls_at: u32,
    step: Duration,
    /// Unix seconds of the beginning.
    epoch: f64,
    begun: Instant,
    updates: u32,
    stops: u32,
}

impl Ecs {
    /// With `checkout:1` serving since an hour before `now` (Unix seconds).
    pub fn new(now: f64, step: Duration) -> Self {
        let mut ecs = Self {
            definitions: Vec::new(),
            moves: Vec::new(),
            tags: BTreeMap::new(),
            strategy: Strategy::Rolling,
            controller: "ECS",
            codedeploy: codedeploy::CodeDeploy::new(),
            breaker: true,
            stalls_at: DESIRED,
            step,
            epoch: now - 3_600.0,
            begun: Instant::now(),
            updates: 0,
            stops: 0,
        };
        ecs.register("v1");
        ecs.moves.push(Move {
            from: 1,
            to: 1,
            began: Duration::ZERO,
            ended: Some(Duration::from_mins(1)),
            status: "SUCCESSFUL",
            reason: String::new(),
            back: None,
        });
        ecs
    }

    /// An hour goes by between the first deploy and now.
    fn now(&self) -> Duration {
        Duration::from_hours(1) + self.begun.elapsed()
    }

    /// Registers the next revision and gives its name.
    pub fn register(&mut self, version: &str) -> String {
        self.definitions.push(Definition {
            image: format!("registry.example/checkout:{version}"),
            active: true,
            tags: BTreeMap::new(),
            registered: self.epoch + self.now().as_secs_f64(),
        });
        format!("checkout:{}", self.definitions.len())
    }

    /// Registers the next revision and rolls it out, as a pipeline does. A version that
    /// holds `broken` never gets a task running.
    pub fn deploy(&mut self, version: &str) -> String {
        let name = self.register(version);
        let revision = u32::try_from(self.definitions.len()).unwrap_or(u32::MAX);
        if self.is_moved_by_codedeploy() {
            self.begin_roll(revision);
        } else {
            self.begin(revision);
        }
        name
    }

    /// Deregisters a revision.
    pub fn deregister(&mut self, revision: u32) {
        if let Some(found) = self.definition(revision) {
            found.active = false;
        }
    }

    /// Writes a tag of a revision.
    pub fn tag(&mut self, revision: u32, name: &str, value: &str) {
        if let Some(found) = self.definition(revision) {
            found.tags.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Tells of no revision any more when it was registered.
    pub fn forget_registrations(&mut self) {
        for definition in &mut self.definitions {
            // JSON has no such number, and the answer says `null`.
            definition.registered = f64::NAN;
        }
    }

    /// Lets another strategy move it.
    pub fn strategy(&mut self, strategy: Strategy) {
        self.strategy = strategy;
    }

    /// Lets another controller move it, such as `CODE_DEPLOY`.
    pub fn controller(&mut self, controller: &'static str) {
        self.controller = controller;
    }

    /// Lets rollouts forward go no further than so many tasks, as when the next one waits
    /// for room. Going back is not held up.
    pub fn stall_at(&mut self, tasks: u32) {
        self.stalls_at = tasks;
    }

    /// Ends whatever moves, where it would end.
    pub fn settle(&mut self) {
        self.begun -= self.step * 20;
        self.catch_up();
    }

    /// Whether nothing moves.
    pub fn is_settled(&mut self) -> bool {
        self.catch_up();
        self.moves.iter().all(|one| one.ended.is_some()) && self.is_rolled()
    }

    /// What the service leads to: `checkout:1`.
    pub fn leads_to(&mut self) -> String {
        self.catch_up();
        if self.is_moved_by_codedeploy() {
            return format!("checkout:{}", self.codedeploy.primary.revision);
        }
        format!("checkout:{}", self.primary().0)
    }

    /// The versions that have a task running, the one in front first.
    pub fn running_versions(&mut self) -> Vec<String> {
        let mut versions: Vec<String> = self.serving().into_iter().map(|one| one.version).collect();
        versions.dedup();
        versions
    }

    /// How often the service was pointed elsewhere and stopped through the API.
    pub fn changes(&self) -> (u32, u32) {
        (self.updates, self.stops)
    }

    fn definition(&mut self, revision: u32) -> Option<&mut Definition> {
        let index = usize::try_from(revision).ok()?.checked_sub(1)?;
        self.definitions.get_mut(index)
    }

    fn get(&self, revision: u32) -> Option<&Definition> {
        self.definitions.get(usize::try_from(revision).ok()?.checked_sub(1)?)
    }

    fn begin(&mut self, to: u32) {
        self.catch_up();
        let now = self.now();
        let from = self.primary().0;
        for open in self.moves.iter_mut().filter(|one| one.ended.is_none()) {
            open.status = "STOPPED";
            open.reason = String::from("superseded by another deployment");
            open.ended = Some(now);
        }
        self.moves.push(Move {
            from,
            to,
            began: now,
            ended: None,
            status: "IN_PROGRESS",
            reason: String::new(),
            back: None,
        });
    }

    fn steps(&self, since: Duration) -> u32 {
        let gone = self.now().saturating_sub(since).as_millis() / self.step.as_millis().max(1);
        u32::try_from(gone).unwrap_or(u32::MAX)
    }

    fn is_broken(&self, revision: u32) -> bool {
        self.get(revision).is_some_and(|found| found.image.contains("broken"))
    }

    /// Tasks of the new revision.
    fn replaced(&self, one: &Move) -> u32 {
        match one.back {
            Some((at, moved)) => moved.saturating_sub(self.steps(at)),
            None if self.is_broken(one.to) => 0,
            None => self.steps(one.began).min(self.stalls_at),
        }
    }

    fn catch_up(&mut self) {
        self.catch_up_rolls();
        let now = self.now();
        let Some(last) = self.moves.last().cloned().filter(|one| one.ended.is_none()) else {
            return;
        };
        let steps = self.steps(last.back.map_or(last.began, |(at, _)| at));
        let mut next = last.clone();
        match last.back {
            Some((_, moved)) if steps > moved => {
                next.status = "ROLLBACK_SUCCESSFUL";
                next.ended = Some(now);
            }
            Some(_) => next.status = "ROLLBACK_IN_PROGRESS",
            None if self.is_broken(last.to) && self.breaker && steps > 3 => {
                next.status = "ROLLBACK_IN_PROGRESS";
                next.reason = String::from("deployment circuit breaker: tasks failed to start");
                next.back = Some((now, 0));
            }
            None if self.replaced(&last) == DESIRED && steps > DESIRED => {
                next.status = "SUCCESSFUL";
                next.ended = Some(now);
            }
            None => {}
        }
        if let Some(at) = self.moves.last_mut() {
            *at = next;
        }
    }

    /// The revision in front and the deployment that put it there.
    fn primary(&self) -> (u32, String) {
        let mut front = (1, "ecs-svc/1".to_owned());
        for (index, one) in self.moves.iter().enumerate() {
            let to = (one.to, format!("ecs-svc/{}", index + 1));
            let back = one.status.starts_with("ROLLBACK");
            if back {
                front = (one.from, format!("ecs-svc/back-{}", index + 1));
            } else {
                front = to;
            }
        }
        front
    }

    fn at(&self, at: Duration) -> f64 {
        self.epoch + at.as_secs_f64()
    }

    /// Running tasks by revision, the one in front first.
    fn running(&self) -> Vec<(u32, u32)> {
        if self.is_moved_by_codedeploy() {
            return self.running_in_sets();
        }
        match self.moves.last().filter(|one| one.ended.is_none() && one.from != one.to) {
            None => vec![(self.primary().0, DESIRED)],
            Some(open) => {
                let new = self.replaced(open);
                let mut arms = vec![(open.to, new), (open.from, DESIRED - new)];
                if open.back.is_some() {
                    arms.reverse();
                }
                arms
            }
        }
    }
}

/// Each task has an address of its own, on loopback.
fn address(revision: u32, number: u32) -> Ipv4Addr {
    let byte = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 1, byte(revision), byte(number + 1))
}

impl Serves for Ecs {
    /// Every task that runs, with an equal share.
    fn serving(&mut self) -> Vec<Serving> {
        self.catch_up();
        let running = self.running();
        // A set of CodeDeploy has all of the traffic or none.
        let sets = self.is_moved_by_codedeploy();
        let met = if sets { 1 } else { running.len() };
        let all: u32 = running.iter().take(met).map(|(_, count)| count).sum();
        let mut serving = Vec::new();
        for (place, (revision, count)) in running.into_iter().enumerate() {
            let image = self.get(revision).map_or("", |found| found.image.as_str());
            let version = image.rsplit(':').next().unwrap_or_default();
            let share = if place < met { 1.0 / f64::from(all) } else { 0.0 };
            serving.extend((0..count).map(|number| Serving {
                name: format!("r{revision}t{number}"),
                version: version.to_owned(),
                host: address(revision, number),
                share,
            }));
        }
        serving
    }
}
