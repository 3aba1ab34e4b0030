//! A journal in memory, for tests and for trying a runbook without leaving a trace. It
//! passes the same contract as the one on disk, but for durability and other processes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use lastgood_core::name::RunId;
use lastgood_core::ports::{
    Head, Journal, JournalError, Lease, Ledger, LedgerError, RunRecord, Stamped,
};
use lastgood_core::release::{Ground, Remark, Saying};
use lastgood_core::run::{Entry, Event};
use sha2::{Digest as _, Sha256};

/// A journal that lives as long as its process.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    runs: Mutex<BTreeMap<RunId, Kept>>,
    ledgers: Mutex<BTreeMap<Ground, Vec<Remark>>>,
}

#[derive(Debug)]
struct Kept {
    entries: Vec<Entry>,
    token: u64,
    held: bool,
    commits: usize,
}

impl MemoryJournal {
    fn runs(&self) -> MutexGuard<'_, BTreeMap<RunId, Kept>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledgers(&self) -> MutexGuard<'_, BTreeMap<Ground, Vec<Remark>>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many durable steps all runs together have cost.
    pub fn commits(&self) -> usize {
        self.runs().values().map(|kept| kept.commits).sum()
    }

    /// Whether somebody drives `run`.
    #[cfg(test)]
    pub(crate) fn is_held(&self, run: &RunId) -> bool {
        self.runs().get(run).is_some_and(|kept| kept.held)
    }

    /// Gives every lease back, as the death of a process does.
    pub fn die(&self) {
        for kept in self.runs().values_mut() {
            kept.held = false;
        }
    }
}

/// A chain like that of the file, over what is in memory. It is made anew each time: runs are
/// short here, and nothing else would notice an entry that was changed.
fn head(entries: &[Entry]) -> Head {
    let mut hash = String::new();
    for entry in entries {
        let digest = Sha256::digest(format!("{hash}{entry:?}"));
        hash.clear();
        for byte in digest {
            let _ = write!(hash, "{byte:02x}");
        }
    }
    Head { seq: entries.len() as u64, hash }
}

/// Why something is not kept.
fn refused(doing: &'static str, why: &'static str) -> JournalError {
    JournalError::Storage { path: "memory".to_owned(), doing, source: why.into() }
}

/// What this version cannot write, it does not keep either.
fn readable(events: &[Stamped]) -> Result<(), JournalError> {
    let foreign = events.iter().any(|stamped| stamped.event == Event::Unknown);
    if foreign {
        return Err(refused("write an event into", "it belongs to a newer version"));
    }
    Ok(())
}

fn append(entries: &mut Vec<Entry>, events: &[Stamped]) {
    for stamped in events {
        entries.push(Entry {
            seq: entries.len() as u64 + 1,
            at: stamped.at,
            recorded_at: stamped.recorded_at,
            event: stamped.event.clone(),
        });
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn create(&self, run: &RunId, first: &[Stamped]) -> Result<(Lease, Head), JournalError> {
        if first.is_empty() {
            return Err(refused("create a run without entries in", "a run begins with its plan"));
        }
        readable(first)?;
        let mut runs = self.runs();
        if runs.contains_key(run) {
            return Err(JournalError::Exists { run: run.clone() });
        }
        let mut entries = Vec::new();
        append(&mut entries, first);
        let head = head(&entries);
        runs.insert(run.clone(), Kept { entries, token: 1, held: true, commits: 1 });
        Ok((Lease { run: run.clone(), token: 1 }, head))
    }

    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError> {
        let mut runs = self.runs();
        let kept = runs.get_mut(run).ok_or_else(|| JournalError::NoSuchRun { run: run.clone() })?;
        // There is no other process to keep out; an older lease is fenced off.
        kept.held = true;
        kept.token += 1;
        Ok(Lease { run: run.clone(), token: kept.token })
    }

    async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        if let Some(kept) = self.runs().get_mut(&lease.run)
            && kept.token == lease.token
        {
            kept.held = false;
        }
        Ok(())
    }

    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError> {
        let mut runs = self.runs();
        let kept = runs
            .get_mut(&lease.run)
            .ok_or_else(|| JournalError::NoSuchRun { run: lease.run.clone() })?;
        if kept.token != lease.token || !kept.held {
            return Err(JournalError::Fenced { run: lease.run.clone() });
        }
        readable(events)?;
        append(&mut kept.entries, events);
        kept.commits += 1;
        Ok(head(&kept.entries))
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        let runs = self.runs();
        let kept = runs.get(run).ok_or_else(|| JournalError::NoSuchRun { run: run.clone() })?;
        Ok(kept.entries.iter().filter(|entry| entry.seq > after).cloned().collect())
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        let runs = self.runs();
        let mut records: Vec<RunRecord> = runs
            .iter()
            .filter_map(|(run, kept)| {
                Some(RunRecord {
                    run: run.clone(),
                    created_at: kept.entries.first()?.recorded_at,
                    head: head(&kept.entries),
                    driven: kept.held,
                })
            })
            .collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.created_at));
        Ok(records)
    }
}

#[async_trait]
impl Ledger for MemoryJournal {
    async fn remark(
        &self,
        ground: &Ground,
        seen: u64,
        remarks: &[Remark],
    ) -> Result<u64, LedgerError> {
        let of = ground.to_string();
        if remarks.iter().any(|remark| remark.says == Saying::Unknown) {
            let source = refused("write a remark into", "it belongs to a newer version");
            return Err(LedgerError::Storage { of, source });
        }
        let mut ledgers = self.ledgers();
        let found = ledgers.get(ground).map_or(0, |kept| kept.len() as u64);
        if found != seen {
            return Err(LedgerError::Moved { of, found });
        }
        if !remarks.is_empty() {
            ledgers.entry(ground.clone()).or_default().extend_from_slice(remarks);
        }
        Ok(found + remarks.len() as u64)
    }

    async fn remarks(&self, ground: &Ground) -> Result<Vec<Remark>, LedgerError> {
        Ok(self.ledgers().get(ground).cloned().unwrap_or_default())
    }

    async fn grounds(&self) -> Result<Vec<Ground>, LedgerError> {
        Ok(self.ledgers().keys().cloned().collect())
    }
}
