//! Where runs take place: a team's workspace with the real world behind it, or a
//! practice world.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::catalog::{Environment, Place, Platform};
use lastgood_core::drill::Scenario;
use lastgood_core::name::{Person, RunbookName, ScenarioName};
use lastgood_core::plan::DrillTag;
use lastgood_core::ports::{Clock, Examiner, Vault, World};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::Ground;
use lastgood_core::runbook::Runbook;
use lastgood_core::time::later;
use lastgood_providers::LiveWorld;
use lastgood_providers::errand::Desk;
use lastgood_sim::{PacedClock, PracticeWorld, SteppedClock, practice_epoch};

use crate::config::Pace;
use crate::crossing::{Databases, Guarded, LiveDatabases, PracticeDatabases};
use crate::files::Files;
use crate::memory::Memory;
use crate::problem::there_is;
use crate::system::{SystemClock, wall};

/// A workspace with a world behind it.
pub(crate) struct Stage {
    /// The files.
    pub(crate) files: Arc<Files>,
    /// What is asked and changed.
    pub(crate) world: Arc<dyn World>,
    /// Looks at what it connects to; a practice world connects to nothing.
    pub(crate) examiner: Option<Arc<dyn Examiner>>,
    /// The databases behind it.
    pub(crate) databases: Arc<dyn Databases>,
    /// Its time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Set for a practice world.
    pub(crate) drill: Option<SetUp>,
    /// The practice world itself, where a drill can make something happen in it.
    pub(crate) practice: Option<Arc<PracticeWorld>>,
    /// Its clock, where a person is in the drill; a drill that plays itself has another.
    pub(crate) tempo: Option<Arc<PacedClock>>,
}

/// A drill that is set up.
#[derive(Clone)]
pub(crate) struct SetUp {
    /// What plays.
    pub(crate) scenario: Scenario,
    /// What makes it repeatable. Which world it plays in is known once a run begins.
    pub(crate) tag: DrillTag,
    /// What its world remembers.
    pub(crate) memory: Memory,
    /// How fast it goes.
    pub(crate) pace: Pace,
}

impl Stage {
    /// The real world of a team's workspace. Commands run at `desk`, where there is one.
    pub(crate) fn live(
        files: Arc<Files>,
        vault: Arc<dyn Vault>,
        desk: Option<Desk>,
        person: Person,
    ) -> Self {
        let mut world = LiveWorld::new(files.catalog.clone(), vault.clone()).by(person);
        if let Some(desk) = desk {
            world = world.at(desk);
        }
        let databases: Arc<dyn Databases> =
            Arc::new(LiveDatabases::new(files.catalog.clone(), vault));
        let world = Arc::new(world);
        let examiner: Option<Arc<dyn Examiner>> = Some(world.clone());
        let world = Arc::new(Guarded::new(world, databases.clone()));
        let clock = Arc::new(SystemClock);
        Self { files, world, examiner, databases, clock, drill: None, practice: None, tempo: None }
    }

    /// Says which places will be asked about at once, so that they can be asked for together.
    pub(crate) fn foresee(&self, places: &[(Place, &Environment)]) {
        let places: Vec<Place> = places.iter().map(|(place, _)| place.clone()).collect();
        self.world.foresee(&places);
    }

    /// A practice world that plays a scenario. It begins at the practice epoch, or goes
    /// on where its memory and `not_before` say that it stood.
    pub(crate) fn practice(
        files: Arc<Files>,
        set_up: SetUp,
        not_before: Option<Timestamp>,
    ) -> Result<Self, Problem> {
        let last_seen = set_up.memory.last_seen().map_err(|error| forgot(&error))?;
        let arrival = later(practice_epoch(), set_up.scenario.head_start);
        let origin = [last_seen, not_before].into_iter().flatten().fold(arrival, Timestamp::max);
        let (clock, tempo): (Arc<dyn Clock>, _) = match set_up.pace {
            Pace::Stepped => (Arc::new(SteppedClock::new(origin, Arc::new(wall))), None),
            Pace::Times(speed) => {
                let clock = Arc::new(PacedClock::new(origin, speed, Arc::new(wall)));
                (clock.clone(), Some(clock))
            }
        };
        let world = PracticeWorld::new(
            &files.catalog,
            Some(&set_up.scenario),
            set_up.tag.seed,
            clock.clone(),
            Box::new(set_up.memory.clone()),
        )
        .map_err(|error| forgot(&error))?;
        let world = Arc::new(world);
        let databases: Arc<dyn Databases> = Arc::new(PracticeDatabases::new(world.clone()));
        let guarded = Arc::new(Guarded::new(world.clone(), databases.clone()));
        Ok(Self {
            files,
            world: guarded,
            examiner: None,
            databases,
            clock,
            drill: Some(set_up),
            practice: Some(world),
            tempo,
        })
    }

    /// What the catalog says of `place`.
    pub(crate) fn environment(&self, place: &Place) -> Result<&Environment, Problem> {
        self.files.catalog.environment(place).ok_or_else(|| {
            let known: Vec<String> =
                self.files.catalog.places().map(|(place, _)| place.to_string()).collect();
            Problem::new(Code::NotFound, format!("the catalog has no {place}"))
                .hint(there_is(&known))
        })
    }

    /// Where what is said of the releases of `place` belongs. A practice world in which no
    /// run began yet is known by its script; from then on it is a world of its own.
    pub(crate) fn ground(&self, place: &Place) -> Result<Ground, Problem> {
        Ok(match &self.drill {
            Some(SetUp { memory, tag, .. }) => {
                let world =
                    memory.name().unwrap_or_else(|| format!("{} seed {}", tag.scenario, tag.seed));
                Ground::practice(&world, place)
            }
            None => Ground::live(&self.environment(place)?.platform.coordinates(), place),
        })
    }

    /// The runbook with this name.
    pub(crate) fn runbook(&self, name: &RunbookName) -> Result<&Runbook, Problem> {
        self.files.runbooks.iter().find(|runbook| runbook.name == *name).ok_or_else(|| {
            let known: Vec<&str> =
                self.files.runbooks.iter().map(|runbook| runbook.name.as_str()).collect();
            Problem::new(Code::NotFound, format!("there is no runbook `{name}`"))
                .hint(there_is(&known))
        })
    }

    /// Whether everything here is simulated.
    pub(crate) const fn is_practice(&self) -> bool {
        self.drill.is_some()
    }
}

/// The scenario with this name.
pub(crate) fn scenario<'a>(files: &'a Files, name: &ScenarioName) -> Result<&'a Scenario, Problem> {
    files.scenarios.iter().find(|scenario| scenario.name == *name).ok_or_else(|| {
        let known: Vec<&str> =
            files.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        Problem::new(Code::NotFound, format!("there is no drill `{name}`")).hint(there_is(&known))
    })
}

/// A practice world that cannot remember cannot be trusted to have happened.
pub(crate) fn forgot(error: &(dyn std::error::Error + 'static)) -> Problem {
    Problem::from_error(Code::FileUnreadable, error)
        .within("the practice world cannot be used")
        .hint("Start the drill anew; the timeline of an old run can still be exported.")
}

/// Where the practice world `name` is kept.
pub(crate) fn practice_log(data: &Path, name: &str) -> PathBuf {
    data.join("practice").join(format!("{name}.jsonl"))
}

/// Whether the whole catalog is simulated.
pub(crate) fn is_practice_catalog(files: &Files) -> bool {
    files.catalog.places().all(|(_, settings)| matches!(settings.platform, Platform::Practice))
}
