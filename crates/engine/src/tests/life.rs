//! One life of the engine: it may die at any call to the outside, before or after the
//! call took place. The world and the journal outlive it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{Environment, Place, Slo};
use lastgood_core::check::{Check, CheckResult, ReplicaAnswer};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::flag::{Flag, Toggles};
use lastgood_core::judge::Measurement;
use lastgood_core::lease::{PlaceLease, Tenure};
use lastgood_core::name::{EffectKey, Person, RunId};
use lastgood_core::plan::Plan;
use lastgood_core::ports::{
    Actor, FlagSource, GovernorSource, Head, InstanceSource, Journal, JournalError, Lease,
    LeaseKeeper, LeaseSource, Ledger, LedgerError, Observer, Prover, ReleaseSource, RunRecord,
    Stamped, Surveyor, World,
};
use lastgood_core::preflight::{Comparison, Finding, Proof};
use lastgood_core::release::{DeployPage, Ground, Release, Remark, Saying};
use lastgood_core::run::{Command, Entry, Outcome};
use lastgood_core::survey::Survey;
use lastgood_core::testing;
use lastgood_core::time::Millis;
use lastgood_core::view::{AnswerKind, AskView, Needs, RunView};
use tokio::sync::Notify;

use super::world::{Jumping, Outside};
use crate::memory::MemoryJournal;
use crate::{Engine, EngineError, Ports, RunHandle, Start};

/// Where a life ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crash {
    /// At which call to the outside, from 1.
    pub(super) at: usize,
    /// Whether the call takes place all the same.
    pub(super) landed: bool,
}

/// Counts calls and dies at the appointed one.
pub(super) struct Fate {
    crash: Option<Crash>,
    calls: AtomicUsize,
    died: Notify,
}

impl Fate {
    fn new(crash: Option<Crash>) -> Arc<Self> {
        Arc::new(Self { crash, calls: AtomicUsize::new(0), died: Notify::new() })
    }

    async fn pass<T>(&self, call: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        match self.crash {
            Some(Crash { at, landed }) if at <= number => {
                if landed && at == number {
                    call.await;
                }
                self.died.notify_one();
                // A dead process never hears the answer.
                std::future::pending().await
            }
            Some(_) | None => call.await,
        }
    }
}

struct Mortal<T: ?Sized> {
    fate: Arc<Fate>,
    inner: Arc<T>,
}

#[async_trait]
impl Journal for Mortal<MemoryJournal> {
    async fn create(&self, run: &RunId, first: &[Stamped]) -> Result<(Lease, Head), JournalError> {
        self.fate.pass(self.inner.create(run, first)).await
    }
    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError> {
        self.fate.pass(self.inner.lease(run)).await
    }
    async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        self.inner.release(lease).await
    }
    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError> {
        self.fate.pass(self.inner.append(lease, events)).await
    }
    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        self.fate.pass(self.inner.read(run, after)).await
    }
    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        self.inner.runs().await
    }
}

#[async_trait]
impl Ledger for Mortal<MemoryJournal> {
    async fn remark(
        &self,
        ground: &Ground,
        seen: u64,
        remarks: &[Remark],
    ) -> Result<u64, LedgerError> {
        self.fate.pass(self.inner.remark(ground, seen, remarks)).await
    }
    async fn remarks(&self, ground: &Ground) -> Result<Vec<Remark>, LedgerError> {
        self.fate.pass(self.inner.remarks(ground)).await
    }
    async fn grounds(&self) -> Result<Vec<Ground>, LedgerError> {
        self.inner.grounds().await
    }
}

#[async_trait]
impl Surveyor for Mortal<Outside> {
    async fn survey(&self, place: &Place) -> Result<Survey, Refusal> {
        self.fate.pass(self.inner.survey(place)).await
    }
    async fn changed(
        &self,
        place: &Place,
        seen: &Survey,
        patience: Millis,
    ) -> Result<Survey, Refusal> {
        self.fate.pass(self.inner.changed(place, seen, patience)).await
    }
    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        self.fate.pass(self.inner.replicas(place)).await
    }
}

#[async_trait]
impl ReleaseSource for Mortal<Outside> {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        self.inner.deploys(place, before, limit).await
    }
}

#[async_trait]
impl Observer for Mortal<Outside> {
    async fn measure(
        &self,
        place: &Place,
        slo: &Slo,
        from: Timestamp,
        to: Timestamp,
    ) -> Measurement {
        self.fate.pass(self.inner.measure(place, slo, from, to)).await
    }
    async fn check(&self, place: &Place, check: &Check) -> CheckResult {
        self.fate.pass(self.inner.check(place, check)).await
    }
}

#[async_trait]
impl Actor for Mortal<Outside> {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        self.inner.resolve(place, operation, survey).await
    }
    async fn preflight(&self, place: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        self.inner.preflight(place, effects).await
    }
    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        self.fate.pass(self.inner.probe(key, effect)).await
    }
    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        self.fate.pass(self.inner.apply(key, effect)).await
    }
}

#[async_trait]
impl Prover for Mortal<Outside> {
    async fn prove(&self, place: &Place, release: &Release) -> Proof {
        self.inner.prove(place, release).await
    }

    async fn compare(&self, place: &Place, from: &Release, to: &Release) -> Comparison {
        self.inner.compare(place, from, to).await
    }
}

#[async_trait]
impl FlagSource for Mortal<Outside> {
    async fn flags(&self, place: &Place) -> Result<Vec<Flag>, Refusal> {
        self.inner.flags(place).await
    }

    async fn toggles(
        &self,
        place: &Place,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal> {
        self.inner.toggles(place, from, to).await
    }
}

#[async_trait]
impl GovernorSource for Mortal<Outside> {}

#[async_trait]
impl LeaseSource for Mortal<Outside> {}

#[async_trait]
impl LeaseKeeper for Mortal<Outside> {
    async fn renew(&self, place: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        self.fate.pass(self.inner.renew(place, run, lease)).await
    }
}

#[async_trait]
impl InstanceSource for Mortal<Outside> {}

impl World for Mortal<Outside> {
    fn environment(&self, place: &Place) -> Option<Environment> {
        self.inner.environment(place)
    }

    fn foresee(&self, places: &[Place]) {
        self.inner.foresee(places);
    }
}

/// What outlives the engine.
pub(super) struct Lasting {
    pub(super) outside: Arc<Outside>,
    pub(super) journal: Arc<MemoryJournal>,
    pub(super) clock: Arc<Jumping>,
    pub(super) plan: Plan,
}

impl Lasting {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            outside: Outside::new(),
            journal: Arc::new(MemoryJournal::default()),
            clock: Arc::new(Jumping::new()),
            plan,
        }
    }

    fn ports(&self, fate: &Arc<Fate>) -> Ports {
        Ports {
            world: Arc::new(Mortal { fate: fate.clone(), inner: self.outside.clone() }),
            journal: Arc::new(Mortal { fate: fate.clone(), inner: self.journal.clone() }),
            ledger: Arc::new(Mortal { fate: fate.clone(), inner: self.journal.clone() }),
            clock: self.clock.clone(),
        }
    }

    /// What the ledger holds about the plan's place, by name, in order.
    pub(super) fn said(&self) -> Vec<(String, &'static str)> {
        let ground = Ground::of(&self.plan);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let remarks = runtime.block_on(self.journal.remarks(&ground)).unwrap();
        let name = |one: &Remark| (one.release.version.clone(), Saying::name(&one.says));
        remarks.iter().map(name).collect()
    }

    pub(super) fn run_id() -> RunId {
        testing::run_id()
    }

    /// Starts the run, or takes it up, and plays it with `answer` until it ends or the
    /// life does. Gives the last view, unless it died, and how many calls were made.
    pub(super) fn live(
        &self,
        crash: Option<Crash>,
        answer: impl Fn(&AskView) -> Option<(AnswerKind, Option<String>)>,
    ) -> (Option<Arc<RunView>>, usize) {
        let fate = Fate::new(crash);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let view = runtime.block_on(async {
            tokio::select! {
                biased;
                () = fate.died.notified() => None,
                view = self.play(&fate, &answer) => view,
            }
        });
        // Dropping the runtime drops the driver where it stands, as a kill does.
        drop(runtime);
        self.journal.die();
        (view, fate.calls.load(Ordering::SeqCst))
    }

    /// Takes the run up and answers nothing, until a view is as `wanted`.
    pub(super) fn look_on(&self, wanted: impl Fn(&RunView) -> bool) -> Arc<RunView> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let view = runtime.block_on(async {
            let handle = self.driven(&Fate::new(None)).await.unwrap();
            let mut views = handle.views();
            let seen = views.wait_for(|view| wanted(view)).await.unwrap();
            Arc::clone(&seen)
        });
        drop(runtime);
        self.journal.die();
        view
    }

    /// Takes the run up, gives `orders` at the first view that is as `wanted`, lets a while
    /// go by, and gives what a host is shown then.
    pub(super) fn order_at(
        &self,
        wanted: impl Fn(&RunView) -> bool,
        orders: &[Command],
        wait: Millis,
    ) -> Arc<RunView> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let view = runtime.block_on(async {
            let handle = self.driven(&Fate::new(None)).await.unwrap();
            handle.views().wait_for(|view| wanted(view)).await.unwrap();
            for order in orders {
                handle.order(order.clone(), testing::ada()).await.unwrap();
            }
            self.clock.pass(wait);
            handle.view()
        });
        drop(runtime);
        self.journal.die();
        view
    }

    /// One life that is asked at once to let go of the run, and does. Tells whether somebody
    /// else could have taken the run up at the parting, and whether they can now.
    pub(super) fn hand_over(&self) -> (bool, bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut handle = self.driven(&Fate::new(None)).await.unwrap();
            let (journal, at_parting) = (self.journal.clone(), Arc::new(OnceLock::new()));
            let seen = at_parting.clone();
            let parting = move || seen.set(!journal.is_held(&Self::run_id())).unwrap();
            let by = Person::new("grace");
            handle.hand_over("takes it over".to_owned(), by, parting).await.unwrap();
            assert!(handle.ended().await.is_none(), "nothing went wrong");
            assert_eq!(handle.given_to().map(Person::as_str), Some("grace"));
            assert!(!handle.view().driven);
            (*at_parting.get().unwrap(), !self.journal.is_held(&Self::run_id()))
        })
    }

    /// Starts the run, or takes it up; `None` when it died with its last word written.
    async fn driven(&self, fate: &Arc<Fate>) -> Option<RunHandle> {
        let engine = Engine::default();
        let known = !self.journal.runs().await.unwrap().is_empty();
        if known {
            match engine.resume(self.ports(fate), &Self::run_id(), testing::ada()).await {
                Ok(handle) => Some(handle),
                Err(EngineError::Ended { .. }) => None,
                Err(error) => panic!("a run can always be taken up again: {error}"),
            }
        } else {
            let start = Start {
                run: Self::run_id(),
                plan: self.plan.clone(),
                by: testing::ada(),
                overrides: Vec::new(),
                choice: None,
            };
            Some(engine.start(self.ports(fate), start).await.unwrap())
        }
    }

    async fn play(
        &self,
        fate: &Arc<Fate>,
        answer: &impl Fn(&AskView) -> Option<(AnswerKind, Option<String>)>,
    ) -> Option<Arc<RunView>> {
        let mut handle = self.driven(fate).await?;
        let mut views = handle.views();
        loop {
            let view = views.borrow_and_update().clone();
            if view.outcome.is_some() {
                assert!(handle.ended().await.is_none(), "an ended run has no error");
                return Some(view);
            }
            if let Some(ask) = &view.ask {
                let Some((kind, option)) = answer(ask) else { return Some(view) };
                let command = command(ask, kind, option);
                handle.order(command, testing::ada()).await.unwrap();
                continue;
            }
            views.changed().await.unwrap();
        }
    }

    /// How the run ended, as its journal tells it.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.entries().iter().rev().find_map(|entry| match &entry.event {
            lastgood_core::run::Event::Finished { outcome } => Some(outcome.clone()),
            _ => None,
        })
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.journal.read(&Self::run_id(), 0)).unwrap()
    }
}

/// The answer as a host would give it.
fn command(ask: &AskView, kind: AnswerKind, option: Option<String>) -> Command {
    let offered = ask.answers.iter().find(|one| one.kind == kind).unwrap();
    let text = match &offered.needs {
        Needs::Nothing => None,
        Needs::Reason | Needs::Observation { .. } => Some("because".to_owned()),
    };
    let step = ask.step.clone().unwrap_or_else(|| "".into());
    kind.command(step, option, text)
}

/// Says yes to everything.
#[expect(clippy::unnecessary_wraps, reason = "an operator may also say nothing")]
pub(super) fn yes(ask: &AskView) -> Option<(AnswerKind, Option<String>)> {
    let answer = ask.answers.iter().find(|one| one.primary).unwrap_or(&ask.answers[0]);
    Some((answer.kind, answer.option.clone()))
}
