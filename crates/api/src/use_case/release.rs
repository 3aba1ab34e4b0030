//! Recent deploys with their metadata, and where to go back to.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use lastgood_core::catalog::{Environment, Place};
use lastgood_core::effect::Refusal;
use lastgood_core::name::ReleaseId;
use lastgood_core::preflight::Proof;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::{Facts, History, Proposal, Release, propose};
use lastgood_core::survey::Survey;
use lastgood_core::view::{DeployRow, ReleaseDetail, ReleasesView, RunningView};

use super::doubts::Doubts;
use super::facts::{fill, flags_now, recalled, tenure};
use super::neighbours;
use super::preflight::prove;
use crate::App;
use crate::crossing::Crossing;
use crate::problem::{IntoProblem, there_is};
use crate::stage::Stage;
use crate::wire::{ReleaseQuery, ReleasesQuery};

/// How many deploys the choice of a target looks at.
pub(crate) const LOOK_BACK: usize = 200;

/// How many deploys a page has when nobody says, and at the most.
const PAGE: u32 = 50;
const PAGE_MOST: u32 = 500;

/// So many of the best candidates are held against registry and platform. Whoever is
/// rejected for it makes room for the next, this often.
const PROVEN: usize = 3;
const ROUNDS: usize = 3;

/// How long one place may take before it is shown as not answering, so that one dead
/// cluster does not hide the others.
pub(crate) const PLACE_LIMIT: Duration = Duration::from_secs(12);

/// Everything that one look at a place found.
pub(crate) struct Looked {
    pub(crate) survey: Survey,
    pub(crate) history: History,
    pub(crate) facts: Facts,
    /// What was proven of the releases that were offered.
    pub(crate) proofs: BTreeMap<ReleaseId, Proof>,
    /// What the database says of going back to each release.
    pub(crate) crossings: BTreeMap<ReleaseId, Crossing>,
    pub(crate) proposal: Proposal,
    pub(crate) doubts: Vec<String>,
}

/// Looks at what runs in `place`, what ran before, and where to go back to.
pub(crate) async fn look(app: &App, stage: &Stage, place: &Place) -> Result<Looked, Problem> {
    let environment = stage.environment(place)?;
    let (survey, page, marks) = futures::join!(
        bounded(place, stage.world.survey(place)),
        bounded(place, stage.world.deploys(place, None, LOOK_BACK)),
        app.marks_of(stage, place),
    );
    let survey = survey.map_err(|refusal| refusal.problem())?;
    let page = page.map_err(|refusal| refusal.problem())?;
    let history = History::new(page.deploys);
    let mut facts = Facts::marked(marks);
    let (crossings, flags, around) = futures::join!(
        cross(stage, place, &history, &survey),
        flags_now(stage, place, PLACE_LIMIT),
        neighbours::around(stage, place),
    );
    fill(&mut facts, environment, &history, flags.as_ref());
    recalled(&mut facts, &stage.files.catalog.recalls, &place.service, &history);
    if let Some(around) = around {
        let serving = survey.newest().and_then(|arm| history.latest(&arm.release));
        neighbours::fill(&mut facts, &around, &history, serving.map(|deploy| &deploy.release));
    }
    for (release, crossing) in &crossings {
        facts.about(release).schema = crossing.schema.clone();
    }
    let mut proofs = BTreeMap::new();
    let mut proposal = propose(&history, &survey, environment.bake, &facts);
    for _ in 0..ROUNDS {
        let next: Vec<Release> = proposal
            .offered()
            .take(PROVEN)
            .filter(|one| !proofs.contains_key(&one.release.id))
            .map(|one| one.release.clone())
            .collect();
        if next.is_empty() {
            break;
        }
        let found = join_all(next.iter().map(|release| async {
            futures::join!(
                prove(stage, place, release),
                tenure(stage, place, environment, &history, release, survey.at),
            )
        }))
        .await;
        for (release, (proof, tenure)) in next.into_iter().zip(found) {
            let about = facts.about(&release.id);
            about.tenure = tenure;
            (about.artifact, about.settings) = proof.facts();
            proofs.insert(release.id, proof);
        }
        proposal = propose(&history, &survey, environment.bake, &facts);
    }
    let mut doubts = page.doubts;
    if let Some(Err(why)) = flags {
        doubts.push(format!("the flags of {place} could not be looked up: {why}"));
    }
    Ok(Looked { survey, history, facts, proofs, crossings, proposal, doubts })
}

/// Asks the database once about every release that could be gone back to.
async fn cross(
    stage: &Stage,
    place: &Place,
    history: &History,
    survey: &Survey,
) -> BTreeMap<ReleaseId, Crossing> {
    let serving = survey.newest().map(|arm| &arm.release);
    let front = serving.and_then(|id| history.latest(id)).map(|deploy| &deploy.release);
    let mut releases: Vec<Release> = Vec::new();
    for deploy in history.deploys() {
        let id = &deploy.release.id;
        if Some(id) != serving && !releases.iter().any(|one| one.id == *id) {
            releases.push(deploy.release.clone());
        }
    }
    let look = stage.databases.crossings(place, front, &releases);
    let found = tokio::time::timeout(PLACE_LIMIT, look).await.unwrap_or_else(|_| {
        let why = format!("the database gave no answer within {} s", PLACE_LIMIT.as_secs());
        vec![Crossing::unclear(why); releases.len()]
    });
    releases.into_iter().map(|release| release.id).zip(found).collect()
}

impl App {
    /// Lists recent deploys of all services, newest first. A place that cannot be looked
    /// at is a doubt in the answer, never an absence.
    pub async fn releases(&self, query: ReleasesQuery) -> Result<ReleasesView, Problem> {
        let stage = self.stage()?;
        let places: Vec<(Place, &Environment)> = stage
            .files
            .catalog
            .places()
            .filter(|(place, _)| {
                query.service.as_deref().is_none_or(|wanted| place.service.as_str() == wanted)
                    && query
                        .environment
                        .as_deref()
                        .is_none_or(|wanted| place.environment.as_str() == wanted)
            })
            .collect();
        if places.is_empty() {
            let known: Vec<String> =
                stage.files.catalog.places().map(|(place, _)| place.to_string()).collect();
            return Err(Problem::new(Code::NotFound, "no service in the catalog fits that filter")
                .hint(there_is(&known)));
        }
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_MOST) as usize;
        let before = query.before.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok());
        let mut view = ReleasesView {
            at: stage.clock.now().into(),
            deploys: Vec::new(),
            more: false,
            running: Vec::new(),
            doubts: Vec::new(),
        };
        let mut doubts = Doubts::default();
        stage.foresee(&places);
        let looks = join_all(places.iter().map(|(place, _)| {
            let world = &stage.world;
            let marks = self.marks_of(&stage, place);
            async move {
                futures::join!(
                    bounded(place, world.survey(place)),
                    bounded(place, world.deploys(place, before, limit)),
                    marks,
                )
            }
        }))
        .await;
        for ((place, settings), (survey, page, marks)) in places.iter().zip(looks) {
            let survey = match survey {
                Ok(survey) => Some(survey),
                Err(refusal) => {
                    doubts.of(place, format!("what runs is not known: {refusal}"));
                    None
                }
            };
            view.running.push(running(&stage, place, settings, survey.as_ref()));
            // On a later page nothing is known of the deploys in front of it, but that
            // none began before it: what is shown as served is the least it can be.
            let survey = survey.map(|survey| Survey {
                at: before.map_or(survey.at, |before| before.min(survey.at)),
                ..survey
            });
            match page {
                Ok(page) => {
                    view.more |= page.more;
                    page.doubts.into_iter().for_each(|doubt| doubts.of(place, doubt));
                    let history = History::new(page.deploys);
                    let standings = survey
                        .as_ref()
                        .map(|survey| history.standings(survey, settings.bake.time, &marks));
                    let known = survey.as_ref().zip(standings.as_ref());
                    view.deploys.extend(
                        history
                            .deploys()
                            .iter()
                            .map(|deploy| DeployRow::new(deploy, &history, known, &marks)),
                    );
                }
                Err(refusal) => {
                    doubts.of(place, format!("its deploys are not known: {refusal}"));
                }
            }
        }
        view.doubts = doubts.told();
        view.deploys.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.place.cmp(&b.place)));
        view.more |= view.deploys.len() > limit;
        view.deploys.truncate(limit);
        Ok(view)
    }

    /// Shows one release and where to go back to from what runs now.
    pub async fn release(&self, query: ReleaseQuery) -> Result<ReleaseDetail, Problem> {
        let stage = self.stage()?;
        let environment = stage.environment(&query.place)?;
        let looked = look(self, &stage, &query.place).await?;
        let wanted =
            query.release.or_else(|| looked.survey.newest().map(|arm| arm.release.clone()));
        let deploy = wanted
            .as_ref()
            .and_then(|wanted| looked.history.latest(wanted))
            .or_else(|| looked.history.deploys().first())
            .ok_or_else(|| {
                Problem::new(Code::NotFound, format!("no deploy of {} is known", query.place))
                    .hint("Deploy once, or check the coordinates in the catalog.")
            })?;
        if wanted.is_some_and(|wanted| wanted != deploy.release.id) {
            return Err(Problem::new(
                Code::NotFound,
                format!("that release of {} is not known here", query.place),
            )
            .hint("`lastgood releases` lists those that are."));
        }
        let marks = &looked.facts.marks;
        let standings = looked.history.standings(&looked.survey, environment.bake.time, marks);
        let known = Some((&looked.survey, &standings));
        let row = DeployRow::new(deploy, &looked.history, known, marks);
        Ok(ReleaseDetail::new(row, &looked.history, &looked.survey, &looked.proposal))
    }
}

fn running(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    survey: Option<&Survey>,
) -> RunningView {
    let service = stage.files.catalog.services.get(&place.service);
    RunningView {
        place: place.clone(),
        sentence: survey.map(Survey::sentence),
        rollout: survey.map(|survey| survey.rollout.clone()),
        version: survey.and_then(Survey::newest).map(|arm| arm.version.clone()),
        owner: service.and_then(|service| service.owner.as_option().cloned()),
        escalation: service.and_then(|service| service.escalation.as_option().cloned()),
        dashboards: settings.dashboards.clone(),
        runbook: settings.runbook.as_ref().map(ToString::to_string),
    }
}

pub(crate) async fn bounded<T>(
    place: &Place,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    tokio::time::timeout(PLACE_LIMIT, work).await.unwrap_or_else(|_| {
        Err(Refusal::Unreachable {
            system: format!("what runs {place}"),
            why: format!("no answer within {} s", PLACE_LIMIT.as_secs()),
        })
    })
}
