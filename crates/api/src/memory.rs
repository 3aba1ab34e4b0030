//! What a practice world remembers: in memory while it is only looked at, on disk from
//! the moment a run begins in it, so that looking around leaves nothing behind.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lastgood_sim::{FileLog, LogError, Logged, WorldLog};

/// The memory of one practice world, shared by the world and by whoever starts a run.
#[derive(Clone)]
pub(crate) struct Memory {
    kept: Arc<Mutex<Kept>>,
    playing: Arc<AtomicUsize>,
}

enum Kept {
    InMemory(Vec<Logged>),
    OnDisk {
        name: String,
        path: PathBuf,
        log: FileLog,
    },
    /// It was let go of, so that it can go on in another process.
    Elsewhere {
        name: String,
        path: PathBuf,
    },
}

/// One run that is driven in a practice world, for as long as this lives.
pub(crate) struct Playing(Arc<AtomicUsize>);

impl Drop for Playing {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Memory {
    /// Nothing has happened yet.
    pub(crate) fn fresh() -> Self {
        Self::of(Kept::InMemory(Vec::new()))
    }

    /// What an earlier process left in `path`, under `name`.
    pub(crate) fn kept(path: &Path, name: &str) -> Result<Self, LogError> {
        let log = FileLog::open(path)?;
        Ok(Self::of(Kept::OnDisk { name: name.to_owned(), path: path.to_owned(), log }))
    }

    fn of(kept: Kept) -> Self {
        Self { kept: Arc::new(Mutex::new(kept)), playing: Arc::default() }
    }

    /// Puts everything on disk, now and from now on, and tells under which name. A world
    /// that is on disk already keeps its name.
    pub(crate) fn persist(&self, path: &Path, name: &str) -> Result<String, LogError> {
        let mut kept = self.lock();
        match &*kept {
            Kept::OnDisk { name, .. } => Ok(name.clone()),
            Kept::Elsewhere { path, .. } => Err(LogError::Held { path: path.clone() }),
            Kept::InMemory(lines) => {
                make_folder(path)?;
                let mut log = FileLog::open(path)?;
                for line in lines {
                    log.append(line)?;
                }
                *kept = Kept::OnDisk { name: name.to_owned(), path: path.to_owned(), log };
                Ok(name.to_owned())
            }
        }
    }

    /// Closes the file, so that another process can go on with it. From now on this world is
    /// neither looked at nor changed here: it would be another one than the one that goes on.
    pub(crate) fn let_go(&self) {
        let mut kept = self.lock();
        if let Kept::OnDisk { name, path, .. } = &*kept {
            *kept = Kept::Elsewhere { name: name.clone(), path: path.clone() };
        }
    }

    /// Counts a run that is driven in this world.
    pub(crate) fn play(&self) -> Playing {
        self.playing.fetch_add(1, Ordering::Relaxed);
        Playing(Arc::clone(&self.playing))
    }

    /// How many runs are driven in this world by this process.
    pub(crate) fn plays(&self) -> usize {
        self.playing.load(Ordering::Relaxed)
    }

    /// The name under which it is on disk, if it is.
    pub(crate) fn name(&self) -> Option<String> {
        match &*self.lock() {
            Kept::InMemory(_) => None,
            Kept::OnDisk { name, .. } | Kept::Elsewhere { name, .. } => Some(name.clone()),
        }
    }

    /// Whether it is this process that remembers.
    pub(crate) fn is_here(&self) -> bool {
        !matches!(*self.lock(), Kept::Elsewhere { .. })
    }

    /// The latest time that was ever logged.
    pub(crate) fn last_seen(&self) -> Result<Option<Timestamp>, LogError> {
        match &mut *self.lock() {
            Kept::InMemory(lines) => Ok(lines.iter().map(|line| line.at).max()),
            Kept::OnDisk { log, .. } => log.last_seen(),
            Kept::Elsewhere { path, .. } => Err(LogError::Held { path: path.clone() }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_folder(path: &Path) -> Result<(), LogError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|source| LogError::File {
        path: folder.to_owned(),
        doing: "make the folder of",
        source,
    })
}

impl WorldLog for Memory {
    fn load(&mut self) -> Result<Vec<Logged>, LogError> {
        match &mut *self.lock() {
            Kept::InMemory(lines) => Ok(lines.clone()),
            Kept::OnDisk { log, .. } => log.load(),
            Kept::Elsewhere { path, .. } => Err(LogError::Held { path: path.clone() }),
        }
    }

    fn append(&mut self, line: &Logged) -> Result<(), LogError> {
        match &mut *self.lock() {
            Kept::InMemory(lines) => {
                lines.push(line.clone());
                Ok(())
            }
            Kept::OnDisk { log, .. } => log.append(line),
            Kept::Elsewhere { path, .. } => Err(LogError::Held { path: path.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use lastgood_core::name::Person;

    use super::*;
    use crate::wire::{DrillRequest, StartRequest};
    use crate::{App, Config, Pace};

    #[tokio::test]
    async fn a_world_on_this_stage_is_not_opened_a_second_time() {
        let dir = tempfile::tempdir().expect("a folder");
        let person = Person::new("ana");
        let app = App::open(Config { workspace: None, data: dir.path().to_owned(), person })
            .expect("the embedded workspace is whole");
        let request = DrillRequest { scenario: "bad-canary".into(), seed: Some(1), speed: None };
        app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
        let plan = app.plan_drill(None).await.expect("there is a last good release");
        let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
        let handle = app.launch(start).await.expect("nothing blocks it");
        let world = handle.run().as_str();
        let path = crate::stage::practice_log(dir.path(), world);
        let error = Memory::kept(&path, world).err().expect("it is held");
        assert!(error.to_string().contains("in use"), "a run left here could not go on: {error}");
        assert!(app.memory_of(world).is_some(), "so its own memory is taken up again");
        assert!(app.memory_of("bad-canary-2").is_none(), "and never another world's");
    }

    #[test]
    fn a_world_that_was_let_go_of_goes_on_elsewhere_and_nowhere_else() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("practice").join("w.jsonl");
        let mut here = Memory::fresh();
        assert_eq!(here.persist(&path, "w").expect("the folder is writable"), "w");
        let line =
            Logged { at: lastgood_sim::practice_epoch(), what: lastgood_sim::Happening::Mark };
        here.append(&line).expect("it remembers");
        here.let_go();
        let mut there = Memory::kept(&path, "w").expect("nobody holds it");
        assert_eq!(there.load().expect("it is whole").len(), 1);
        assert!(matches!(here.append(&line), Err(LogError::Held { .. })), "two would differ");
        assert!(matches!(here.persist(&path, "w"), Err(LogError::Held { .. })), "no run begins");
        assert!(!here.is_here() && there.is_here());
        assert_eq!(here.name(), Some("w".to_owned()), "what was said of it stays where it was");
    }

    #[test]
    fn the_runs_that_play_in_a_world_are_counted_while_they_are_driven() {
        let memory = Memory::fresh();
        let (one, other) = (memory.play(), memory.clone().play());
        assert_eq!(memory.plays(), 2);
        drop(one);
        drop(other);
        assert_eq!(memory.plays(), 0);
    }
}
