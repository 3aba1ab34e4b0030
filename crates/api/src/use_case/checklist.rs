//! What a service and its delivery should have: seen by Lastgood, or answered by a person.

use lastgood_core::catalog::{Catalog, Environment, Place, Service};
use lastgood_core::checklist::{
    Attestation, Checklist, DEPLOYS, Item, Known, Readiness, Recent, Stated, readiness, subject,
};
use lastgood_core::drill::proof::Rehearsal;
use lastgood_core::plan::Plan;
use lastgood_core::ports::LedgerError;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::{Ground, Release};
use lastgood_core::runbook::Runbook;

use super::release::bounded;
use crate::App;
use crate::files::Files;
use crate::problem::{IntoProblem, there_is};
use crate::stage::{Stage, is_practice_catalog};
use crate::wire::{AttestRequest, ChecklistQuery};

/// The newest deploys as they were looked up: releases and doubts, or why nobody could look.
type Deploys = Result<(Vec<Release>, Vec<String>), String>;

/// What people answered, oldest first, or why that cannot be read.
type Answers = Result<Vec<Attestation>, String>;

impl App {
    /// Tells how a place stands against every checklist of the workspace, or against the
    /// shipped ones where it has none.
    pub async fn checklist(&self, query: ChecklistQuery) -> Result<Readiness, Problem> {
        let stage = self.stage()?;
        let ground = ground(&stage, &query.place)?;
        let (deploys, answers) =
            futures::join!(recent(&stage, &query.place), self.answers(&ground));
        self.standing(&stage.files, &query.place, deploys, answers).await
    }

    /// Keeps what a person answers to an item; what was answered before stays.
    pub async fn attest(&self, request: AttestRequest) -> Result<Readiness, Problem> {
        /// How often somebody else may write first; people write seldom.
        const TRIES: usize = 8;
        let note = request.note.trim();
        if note.is_empty() {
            return Err(Problem::new(Code::ReasonMissing, "an answer needs a note")
                .hint("Say in a few words what you looked at; it will be read later."));
        }
        let stage = self.stage()?;
        let ground = ground(&stage, &request.place)?;
        let lists = lists(&stage.files)?;
        let item = item(&lists, &request.item)?;
        let answer = Attestation {
            at: stage.clock.now(),
            recorded_at: stage.clock.wall(),
            by: self.person(),
            says: Stated::Answered {
                item: item.id.clone(),
                asked: item.title.clone(),
                answer: request.answer,
                note: note.to_owned(),
            },
        };
        let kept = self.attestations().await?;
        let mut tries = 0;
        loop {
            let already = kept.attestations(&ground).await.map_err(|error| error.problem())?;
            tries += 1;
            let seen = already.len() as u64;
            match kept.attest(&ground, seen, std::slice::from_ref(&answer)).await {
                Ok(_) => break,
                Err(LedgerError::Moved { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.problem()),
            }
        }
        self.checklist(ChecklistQuery { place: request.place }).await
    }

    /// How the place of a run stands, for whoever exports it; `None` where nobody ever answered
    /// anything. The platform is not asked: an export is also made while it is down.
    pub(super) async fn readiness_of(&self, plan: &Plan) -> Result<Option<Readiness>, Problem> {
        let answers = self.answers(&plan.checklist_subject()).await;
        if answers.as_ref().is_ok_and(Vec::is_empty) {
            return Ok(None);
        }
        let foreign = plan.drill.is_some() && !is_practice_catalog(self.files());
        let embedded = if foreign { Some(Files::embedded()?) } else { None };
        let files = embedded.as_ref().unwrap_or(self.files());
        let deploys = Err("deploys are not looked up for an export".to_owned());
        self.standing(files, &plan.place, deploys, answers).await.map(Some)
    }

    /// What people answered; why, when that cannot be read. Looking makes no journal.
    async fn answers(&self, ground: &Ground) -> Answers {
        let read = async {
            if !self.has_journal()? {
                return Ok(Vec::new());
            }
            let kept = self.attestations().await?;
            kept.attestations(ground).await.map_err(|error| error.problem())
        };
        read.await.map_err(|problem: Problem| problem.chain.join(": "))
    }

    /// How `place` stands with what is in `files`, these deploys and these answers.
    async fn standing(
        &self,
        files: &Files,
        place: &Place,
        deploys: Deploys,
        answers: Answers,
    ) -> Result<Readiness, Problem> {
        let Some((service, environment)) = found(&files.catalog, place) else {
            return Err(Problem::new(Code::NotFound, format!("the catalog has no {place}")));
        };
        let runbooks = files.known_runbooks();
        let rehearsal = match proposed(files, place) {
            Some(runbook) => self
                .rehearsed_at(place, runbook, environment.rehearse_every)
                .await
                .map(Some)
                .map_err(|problem| problem.chain.join(": ")),
            None => Ok::<Option<Rehearsal>, String>(None),
        };
        let recent = match &deploys {
            Ok((releases, doubts)) => {
                Recent::Found { releases: releases.iter().collect(), doubts: doubts.clone() }
            }
            Err(why) => Recent::NotKnown(why.clone()),
        };
        let known = Known {
            place,
            service,
            environment,
            runbooks: &runbooks,
            rehearsal,
            recent,
            now: crate::system::wall(),
        };
        let (answers, doubt) = match answers {
            Ok(answers) => (answers, None),
            Err(why) => (Vec::new(), Some(format!("what people answered cannot be read: {why}"))),
        };
        let mut readiness = readiness(&lists(files)?, &known, &answers);
        readiness.doubts.extend(doubt);
        Ok(readiness)
    }
}

/// Where the answers about `place` belong.
fn ground(stage: &Stage, place: &Place) -> Result<Ground, Problem> {
    let coordinates = stage.environment(place)?.platform.coordinates();
    Ok(subject(place, (!stage.is_practice()).then_some(&coordinates)))
}

/// The item of that id.
fn item<'a>(lists: &'a [Checklist], id: &str) -> Result<&'a Item, Problem> {
    let items = || lists.iter().flat_map(|list| &list.items);
    items().find(|item| item.id.as_str() == id).ok_or_else(|| {
        let known: Vec<&str> = items().map(|item| item.id.as_str()).collect();
        Problem::new(Code::NotFound, format!("no checklist has an item `{id}`"))
            .hint(there_is(&known))
    })
}

/// The lists of a workspace, or the shipped ones where it has none of its own.
fn lists(files: &Files) -> Result<Vec<Checklist>, Problem> {
    if files.checklists.is_empty() {
        return Ok(Files::embedded()?.checklists);
    }
    Ok(files.checklists.clone())
}

fn found<'a>(catalog: &'a Catalog, place: &Place) -> Option<(&'a Service, &'a Environment)> {
    Some((catalog.services.get(&place.service)?, catalog.environment(place)?))
}

/// The runbook that the catalog proposes for `place`.
fn proposed<'a>(files: &'a Files, place: &Place) -> Option<&'a Runbook> {
    let name = files.catalog.environment(place)?.runbook.as_ref()?;
    files.runbooks.iter().find(|runbook| runbook.name == *name)
}

/// The newest deploys of `place`; a platform that does not answer is no absence of deploys.
async fn recent(stage: &Stage, place: &Place) -> Deploys {
    let page = bounded(place, stage.world.deploys(place, None, DEPLOYS)).await;
    let page = page.map_err(|refusal| format!("the deploys could not be looked up: {refusal}"))?;
    let releases = page.deploys.into_iter().take(DEPLOYS).map(|deploy| deploy.release).collect();
    Ok((releases, page.doubts))
}
