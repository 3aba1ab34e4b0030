//! Looks back at a run, and at what was rehearsed where.

use lastgood_core::catalog::Place;
use lastgood_core::drill::Scenario;
use lastgood_core::drill::debrief::{decisions, phases, presented, unmet};
use lastgood_core::drill::proof::{Ended, Rehearsal, rehearsal};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::{Entry, Event};
use lastgood_core::runbook::Runbook;
use lastgood_core::time::Millis;
use lastgood_core::timeline::{Length, compare, lengths, moments, record};

use crate::App;
use crate::files::Files;
use crate::problem::IntoProblem;
use crate::stage;
use crate::use_case::run::Told;
use crate::wire::{Debrief, Nothing, RunQuery};

/// So many of the newest runs are looked at for what compares.
const LOOK_BACK: usize = 200;

impl App {
    /// Tells how a run went: what took how long, what was decided, how it compares.
    pub async fn debrief(&self, query: RunQuery) -> Result<Debrief, Problem> {
        let told = self.told(&query.run).await?;
        let plan = told.run.plan();
        let scenario = plan.drill.as_ref().and_then(|tag| self.played(&tag.scenario));
        let here = self.lengths_of(&told).await?;
        let mut others: Vec<(bool, Vec<Length>)> = Vec::new();
        for run in self.newest().await? {
            if run == query.run {
                continue;
            }
            let Some(other) = self.told_if_whole(&run).await? else { continue };
            let comparable = other.run.plan().place == plan.place
                && match (&plan.drill, &other.run.plan().drill) {
                    (Some(one), Some(other)) => one.scenario == other.scenario,
                    (Some(_) | None, _) => true,
                };
            if comparable && other.run.outcome().is_some() {
                let plan = other.run.plan();
                let drill = plan.drill.is_some() || plan.exercise.is_some();
                others.push((drill, self.lengths_of(&other).await?));
            }
        }
        let view = self.run(query).await?;
        Ok(Debrief {
            run: told.run.id().clone(),
            title: plan.title.clone(),
            place: plan.place.clone(),
            drill: plan.drill.as_ref().map(|tag| tag.scenario.clone()),
            exercise: plan.exercised(),
            sentence: view.sentence.clone(),
            rehearsed: self.rehearsed(&view)?,
            phases: phases(plan, &told.entries),
            decisions: decisions(plan, &told.entries, scenario.as_ref()),
            unmet: scenario
                .as_ref()
                .map(|scenario| unmet(plan, &told.entries, scenario))
                .unwrap_or_default(),
            presented: presented(&told.entries),
            comparison: compare(&here, &others),
            lengths: here,
        })
    }

    /// Tells when each runbook that the catalog proposes was last proven.
    pub async fn rehearsals(&self, _: Nothing) -> Result<Vec<Rehearsal>, Problem> {
        let stage = self.stage()?;
        let mut found = Vec::new();
        for (place, environment) in stage.files.catalog.places() {
            let Some(name) = &environment.runbook else { continue };
            let Ok(runbook) = stage.runbook(name) else { continue };
            found.push(self.rehearsed_at(&place, runbook, environment.rehearse_every).await?);
        }
        Ok(found)
    }

    /// When `runbook` was last proven at `place`.
    pub(super) async fn rehearsed_at(
        &self,
        place: &Place,
        runbook: &Runbook,
        every: Option<Millis>,
    ) -> Result<Rehearsal, Problem> {
        let mut runs: Vec<Told> = Vec::new();
        for run in self.newest().await? {
            let Some(told) = self.told_if_whole(&run).await? else { continue };
            if told.run.outcome().is_some() && told.run.plan().place == *place {
                runs.push(told);
            }
        }
        let ended = runs.iter().filter_map(|told| {
            Some(Ended {
                run: told.run.id(),
                plan: told.run.plan(),
                outcome: told.run.outcome()?,
                at: finished(&told.entries)?.recorded_at,
            })
        });
        let now = crate::system::wall();
        Ok(rehearsal(place, &runbook.name, &runbook.digest, ended, every, now))
    }

    async fn lengths_of(&self, told: &Told) -> Result<Vec<Length>, Problem> {
        let plan = told.run.plan();
        let said = self.said(told.run.id()).await?;
        let record = record(plan, &told.entries, &said.annotations);
        Ok(lengths(told.run.id(), &moments(plan, &told.entries), &record, &told.entries).0)
    }

    /// A run to compare with; none where its own record is damaged, which says nothing about
    /// the others.
    async fn told_if_whole(&self, run: &RunId) -> Result<Option<Told>, Problem> {
        match self.told(run).await {
            Ok(told) => Ok(Some(told)),
            Err(problem) if problem.code == Code::JournalBroken => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// The newest runs.
    async fn newest(&self) -> Result<Vec<RunId>, Problem> {
        if self.taken().await?.is_empty() {
            return Ok(Vec::new());
        }
        let records = self.journal().await?.runs().await.map_err(|error| error.problem())?;
        Ok(records.into_iter().take(LOOK_BACK).map(|record| record.run).collect())
    }

    /// The scenario of that name, while there still is one.
    fn played(&self, name: &lastgood_core::name::ScenarioName) -> Option<Scenario> {
        if let Ok(own) = stage::scenario(self.files(), name) {
            return Some(own.clone());
        }
        let embedded = Files::embedded().ok()?;
        stage::scenario(&embedded, name).ok().cloned()
    }
}

/// The entry with which a run ended.
fn finished(entries: &[Entry]) -> Option<&Entry> {
    entries.iter().rev().find(|entry| matches!(entry.event, Event::Finished { .. }))
}
