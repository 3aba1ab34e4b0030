//! The timeline of a run, handed out in stretches.
//!
//! A record is read, verified and told once, and its stretches are cut from that for as long as
//! the journal stands where it stood. With 50,000 entries each stretch would otherwise take as
//! long as the whole. To verify only what is shown would show the lines before a break as if
//! they held; to compare only the last hash would miss an edit in the middle. Exports and
//! `lastgood journal verify` keep nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lastgood_core::name::RunId;
use lastgood_core::problem::Problem;
use lastgood_core::view::{Driven, TimelineView, ToldRecord, timeline_of, told_record};
use lastgood_journal::Stand;

use crate::App;
use crate::problem::IntoProblem;
use crate::wire::TimelineQuery;

/// The record that is being read. One: a person reads one at a time, and 100,000 lines take
/// some 50 MiB.
#[derive(Default)]
pub(crate) struct Reading(Mutex<Option<Kept>>);

/// A record as it was told.
struct Kept {
    of: As,
    told: Arc<ToldRecord>,
}

/// What a record was told from: where all of this is the same, so is the record.
#[derive(PartialEq, Eq)]
struct As {
    run: RunId,
    stand: Stand,
    /// Where it is driven: that is no matter of the journal's file.
    driven: Driven,
}

impl Reading {
    fn told(&self, of: &As) -> Option<Arc<ToldRecord>> {
        self.kept().as_ref().filter(|kept| kept.of == *of).map(|kept| Arc::clone(&kept.told))
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Shows the timeline of a run.
    pub async fn timeline(&self, query: TimelineQuery) -> Result<TimelineView, Problem> {
        let TimelineQuery { run, filter } = query;
        // Before anything is read: what is written meanwhile makes it another one.
        let stand = self.stand().await?;
        let driven = self.driven_where(&run).await?;
        let of = stand.map(|stand| As { run: run.clone(), stand, driven });
        if let Some(told) = of.as_ref().and_then(|of| self.reading().told(of)) {
            return Ok(timeline_of(&told, &filter));
        }
        let (told, driven) = self.record_of(&run).await?;
        let view = timeline_of(&told, &filter);
        // Whoever asks for all of it at once does not come back for more.
        if let (Some(of), Some(_)) = (of, filter.most) {
            let of = As { driven, ..of };
            *self.reading().kept() = Some(Kept { of, told: Arc::new(told) });
        }
        Ok(view)
    }

    async fn driven_where(&self, run: &RunId) -> Result<Driven, Problem> {
        if !self.has_journal()? {
            return Ok(Driven::Not);
        }
        let records = self.journal().await?.runs().await.map_err(|error| error.problem())?;
        let driven = records.iter().any(|record| record.run == *run && record.driven);
        Ok(self.driven(run, driven))
    }

    /// What is told of a run, and where it is driven.
    async fn record_of(&self, run: &RunId) -> Result<(ToldRecord, Driven), Problem> {
        if !self.taken().await?.contains(run)
            && let Some(imported) = self.imported_of(run).await?
        {
            return Ok((imported.told(), Driven::Not));
        }
        let told = self.told(run).await?;
        let said = self.said(run).await?;
        let record = told_record(&told.run, &told.entries, &said.annotations, told.driven);
        Ok((record, told.driven))
    }
}
