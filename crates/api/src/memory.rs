//! What a practice world remembers: in memory while it is only looked at, on disk from
//! the moment a run begins in it, so that looking around leaves nothing behind.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lastgood_sim::{FileLog, LogError, Logged, WorldLog};

/// The memory of one practice world, shared by the world and by whoever starts a run.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Mutex<Kept>>);

enum Kept {
    InMemory(Vec<Logged>),
    OnDisk { name: String, log: FileLog },
}

impl Memory {
    /// Nothing has happened yet.
    pub(crate) fn fresh() -> Self {
        Self(Arc::new(Mutex::new(Kept::InMemory(Vec::new()))))
    }

    /// What an earlier process left in `path`, under `name`.
    pub(crate) fn kept(path: &Path, name: &str) -> Result<Self, LogError> {
        let log = FileLog::open(path)?;
        Ok(Self(Arc::new(Mutex::new(Kept::OnDisk { name: name.to_owned(), log }))))
    }

    /// Puts everything on disk, now and from now on, and tells under which name. A world
    /// that is on disk already keeps its name.
    pub(crate) fn persist(&self, path: &Path, name: &str) -> Result<String, LogError> {
        let mut kept = self.lock();
        match &*kept {
            Kept::OnDisk { name, .. } => Ok(name.clone()),
            Kept::InMemory(lines) => {
                make_folder(path)?;
                let mut log = FileLog::open(path)?;
                for line in lines {
                    log.append(line)?;
                }
                *kept = Kept::OnDisk { name: name.to_owned(), log };
                Ok(name.to_owned())
            }
        }
    }

    /// The name under which it is on disk, if it is.
    pub(crate) fn name(&self) -> Option<String> {
        match &*self.lock() {
            Kept::InMemory(_) => None,
            Kept::OnDisk { name, .. } => Some(name.clone()),
        }
    }

    /// The latest time that was ever logged.
    pub(crate) fn last_seen(&self) -> Result<Option<Timestamp>, LogError> {
        match &mut *self.lock() {
            Kept::InMemory(lines) => Ok(lines.iter().map(|line| line.at).max()),
            Kept::OnDisk { log, .. } => log.last_seen(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        }
    }

    fn append(&mut self, line: &Logged) -> Result<(), LogError> {
        match &mut *self.lock() {
            Kept::InMemory(lines) => {
                lines.push(line.clone());
                Ok(())
            }
            Kept::OnDisk { log, .. } => log.append(line),
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
}
