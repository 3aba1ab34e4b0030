//! The composed application: a stage, a journal, an engine, and the plans that were
//! shown and not yet started.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lastgood_core::drill::Scenario;
use lastgood_core::name::{Person, RunId, ScenarioName};
use lastgood_core::plan::{DrillTag, Plan};
use lastgood_core::ports::{Annotations, Archive, Attestations, Journal, Ledger, Vault};
use lastgood_core::problem::{Code, Problem};
use lastgood_engine::Engine;
use lastgood_journal::{SqliteJournal, Stand};
use lastgood_providers::errand::Desk;
use tokio::sync::OnceCell;

use crate::config::{Config, Pace};
use crate::files::Files;
use crate::memory::Memory;
use crate::problem::IntoProblem;
use crate::stage::{self, SetUp, Stage};
use crate::use_case::redacting::Redacting;
use crate::use_case::timeline::Reading;
use crate::vault::LocalVault;

/// The scenario that the embedded practice world plays until another one is chosen.
const FIRST_SCENARIO: &str = "bad-canary";

/// The seed where nobody names one.
pub(crate) const FIRST_SEED: u64 = 1;

/// How many plans that were shown are kept; a person reads one at a time.
const PLANS: usize = 32;

/// The composed application. One per process; cheap to share behind an [`Arc`].
pub struct App {
    config: Config,
    files: Arc<Files>,
    vault: Arc<LocalVault>,
    engine: Engine,
    journal: OnceCell<Arc<Redacting<SqliteJournal>>>,
    staged: Staged,
    plans: Mutex<HashMap<String, Shown>>,
    reading: Reading,
}

/// A plan that was shown, with the stage that it was made on.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) plan: Plan,
    pub(crate) stage: Arc<Stage>,
}

/// What is not kept: the next who asks may find space on the disk again.
enum Passing {
    Problem(Problem),
    ReadOnly(Arc<Redacting<SqliteJournal>>),
}

impl App {
    /// Reads the workspace. Opens no journal and asks no system yet, so that a full disk
    /// or a missing network is met by what needs it and not by everything.
    pub fn open(config: Config) -> Result<Self, Problem> {
        let files = Files::read(config.workspace.as_deref())?;
        Ok(Self {
            config,
            files: Arc::new(files),
            vault: Arc::new(LocalVault::default()),
            engine: Engine::default(),
            journal: OnceCell::new(),
            staged: Staged::default(),
            plans: Mutex::new(HashMap::new()),
            reading: Reading::default(),
        })
    }

    /// What the host said at the start.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) const fn files(&self) -> &Arc<Files> {
        &self.files
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) const fn reading(&self) -> &Reading {
        &self.reading
    }

    pub(crate) fn person(&self) -> Person {
        self.config.person.clone()
    }

    /// Where the journal is.
    #[must_use]
    pub fn journal_path(&self) -> PathBuf {
        self.config.data.join("journal.db")
    }

    /// The journal, opened on first use.
    pub(crate) async fn journal(&self) -> Result<Arc<dyn Journal>, Problem> {
        let journal: Arc<dyn Journal> = self.opened().await?;
        Ok(journal)
    }

    /// As of when the journal is read; `None` where that cannot be told. Looking makes none.
    pub(crate) async fn stand(&self) -> Result<Option<Stand>, Problem> {
        if !self.has_journal()? {
            return Ok(None);
        }
        self.opened().await?.stand().await.map_err(|error| error.problem())
    }

    /// What people and runs said of releases: in the same file.
    pub(crate) async fn ledger(&self) -> Result<Arc<dyn Ledger>, Problem> {
        let ledger: Arc<dyn Ledger> = self.opened().await?;
        Ok(ledger)
    }

    /// What people added to the records of runs: in the same file.
    pub(crate) async fn annotations(&self) -> Result<Arc<dyn Annotations>, Problem> {
        let annotations: Arc<dyn Annotations> = self.opened().await?;
        Ok(annotations)
    }

    /// What people answered to checklists: in the same file.
    pub(crate) async fn attestations(&self) -> Result<Arc<dyn Attestations>, Problem> {
        let attestations: Arc<dyn Attestations> = self.opened().await?;
        Ok(attestations)
    }

    /// Records that other journals wrote: in the same file.
    pub(crate) async fn archive(&self) -> Result<Arc<dyn Archive>, Problem> {
        let archive: Arc<dyn Archive> = self.opened().await?;
        Ok(archive)
    }

    /// Whether there is a journal at all; looking makes none. A folder that cannot be looked
    /// into may hold one, and a file in its place holds none for certain: both are problems.
    pub(crate) fn has_journal(&self) -> Result<bool, Problem> {
        if self.journal.get().is_some() {
            return Ok(true);
        }
        let data = &self.config.data;
        let unread = |error: &std::io::Error| {
            Problem::from_error(Code::FileUnreadable, error)
                .within(format!("the data folder `{}` cannot be looked into", data.display()))
                .hint("Name a folder of yours with --data.")
        };
        match std::fs::metadata(self.journal_path()) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(unread(&error)),
        }
    }

    async fn opened(&self) -> Result<Arc<Redacting<SqliteJournal>>, Problem> {
        let opened = self.journal.get_or_try_init(|| async {
            let journal = SqliteJournal::open(&self.journal_path())
                .await
                .map_err(|error| Passing::Problem(error.problem()))?;
            let is_writable = journal.is_writable();
            let journal = Arc::new(Redacting::new(journal));
            if is_writable { Ok(journal) } else { Err(Passing::ReadOnly(journal)) }
        });
        match opened.await {
            Ok(journal) => Ok(Arc::clone(journal)),
            Err(Passing::ReadOnly(journal)) => Ok(journal),
            Err(Passing::Problem(problem)) => Err(problem),
        }
    }

    /// What is shown and acted on; set up on first use.
    pub(crate) fn stage(&self) -> Result<Arc<Stage>, Problem> {
        if let Some(stage) = self.staged.lock().clone() {
            return Ok(stage);
        }
        let stage = Arc::new(self.first_stage()?);
        Ok(self.staged.lock().get_or_insert(stage).clone())
    }

    /// Where secrets are kept.
    pub(crate) fn vault(&self) -> Arc<dyn Vault> {
        let vault: Arc<dyn Vault> = self.vault.clone();
        vault
    }

    /// The same, where something is put in or taken out.
    pub(crate) fn secrets_store(&self) -> &LocalVault {
        &self.vault
    }

    /// Shows and acts on `stage` from now on; `None` goes back to the workspace's own.
    pub(crate) fn set_stage(&self, stage: Option<Arc<Stage>>) {
        *self.staged.lock() = stage;
    }

    /// What is shown and acted on, for whoever outlives a call.
    pub(crate) const fn staged(&self) -> &Staged {
        &self.staged
    }

    /// The memory of the practice world `name`, when it is the one on stage and remembers here.
    pub(crate) fn memory_of(&self, name: &str) -> Option<Memory> {
        let stage = self.staged.lock().clone()?;
        let memory = &stage.drill.as_ref()?.memory;
        let is_it = memory.is_here() && memory.name().is_some_and(|own| own == name);
        is_it.then(|| memory.clone())
    }

    fn first_stage(&self) -> Result<Stage, Problem> {
        if !stage::is_practice_catalog(&self.files) {
            return Ok(self.live_stage());
        }
        let mut playable = self.scenarios()?;
        let first = playable.iter().position(|one| one.name.as_str() == FIRST_SCENARIO);
        if playable.is_empty() {
            return Err(Problem::new(Code::NotFound, "no drill plays in this practice workspace")
                .hint("Add one to its `drills` folder, or leave --workspace out."));
        }
        let scenario = playable.swap_remove(first.unwrap_or(0));
        self.practice_stage(scenario, FIRST_SEED, Pace::Times(1.0))
    }

    /// The real world behind the workspace.
    pub(crate) fn live_stage(&self) -> Stage {
        let desk = self
            .config
            .workspace
            .clone()
            .map(|workspace| Desk { workspace, data: self.config.data.clone() });
        Stage::live(self.files.clone(), self.vault(), desk, self.person())
    }

    /// A fresh practice world.
    pub(crate) fn practice_stage(
        &self,
        scenario: Scenario,
        seed: u64,
        pace: Pace,
    ) -> Result<Stage, Problem> {
        let tag = DrillTag { scenario: scenario.name.clone(), seed, world: String::new() };
        let set_up = SetUp { scenario, tag, memory: Memory::fresh(), pace };
        self.practice_stage_of(set_up, None)
    }

    /// The practice world of a drill, as its log left it.
    pub(crate) fn practice_stage_of(
        &self,
        set_up: SetUp,
        not_before: Option<jiff::Timestamp>,
    ) -> Result<Stage, Problem> {
        let files = self.practice_files(&set_up.scenario.name)?;
        Stage::practice(files, set_up, not_before)
    }

    /// The files that the drill `scenario` plays with.
    pub(crate) fn practice_files(&self, scenario: &ScenarioName) -> Result<Arc<Files>, Problem> {
        Ok(if stage::is_practice_catalog(&self.files) {
            self.files.clone()
        } else if stage::scenario(&self.files, scenario).is_ok() {
            // A team's own drill is about its own services and runbooks.
            Arc::new(self.files.simulated())
        } else {
            Arc::new(Files::embedded()?)
        })
    }

    /// The ids of all runs. Without a journal there are none, and looking makes none.
    pub(crate) async fn taken(&self) -> Result<BTreeSet<RunId>, Problem> {
        if !self.has_journal()? {
            return Ok(BTreeSet::new());
        }
        let journal = self.journal().await?;
        let runs = journal.runs().await.map_err(|error| error.problem())?;
        Ok(runs.into_iter().map(|record| record.run).collect())
    }

    /// Keeps a plan so that it can be started by the name it was shown under.
    pub(crate) fn keep(&self, shown: Shown) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= PLANS {
            plans.clear();
        }
        plans.insert(shown.plan.hash(), shown);
    }

    /// A plan that was shown.
    pub(crate) fn shown(&self, hash: &str) -> Result<Shown, Problem> {
        let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.get(hash).cloned().ok_or_else(|| {
            Problem::new(Code::NotFound, format!("there is no plan `{hash}` in front of anybody"))
                .hint("Make the plan again and read it; it may have changed.")
        })
    }
}

/// What is shown and acted on, once it was asked for.
#[derive(Clone, Default)]
pub(crate) struct Staged(Arc<Mutex<Option<Arc<Stage>>>>);

impl Staged {
    /// Goes back to the workspace's own world, where `stage` is what is shown.
    pub(crate) fn leave(&self, stage: &Arc<Stage>) {
        let mut shown = self.lock();
        if shown.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, stage)) {
            *shown = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Stage>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
