//! What people say of releases: good, faulty, locked out.

use std::path::PathBuf;

use futures::future::join_all;
use lastgood_core::catalog::Place;
use lastgood_core::ports::LedgerError;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::lock::{Grounds, brings_back, lift, locks};
use lastgood_core::release::{Ground, Marks, Named, Release, Remark, Saying};
use lastgood_core::view::{MarksView, PlaceMarks};
use lastgood_providers::git;

use super::release::{LOOK_BACK, bounded};
use crate::App;
use crate::problem::{IntoProblem, there_is};
use crate::stage::Stage;
use crate::wire::{LockRequest, MarkKind, MarkRequest, MarksQuery, UnlockRequest, Which};

/// A release that a person named, and where it is.
struct Found {
    ground: Ground,
    release: Named,
}

impl App {
    /// What was said of the releases of `place`. What cannot be read is a doubt about all
    /// of them; without a journal nothing was ever said.
    pub(crate) async fn marks_of(&self, stage: &Stage, place: &Place) -> Marks {
        match self.has_journal() {
            Ok(true) => {}
            Ok(false) => return Marks::default(),
            Err(problem) => return Marks::unreadable(problem.chain.join(": ")),
        }
        let read = async {
            let ground = stage.ground(place)?;
            self.ledger().await?.remarks(&ground).await.map_err(|error| error.problem())
        };
        match read.await {
            Ok(remarks) => Marks::new(remarks),
            Err(problem) => Marks::unreadable(problem.chain.join(": ")),
        }
    }

    /// Shows what people and runs said of releases.
    pub async fn marks(&self, query: MarksQuery) -> Result<MarksView, Problem> {
        let grounds = if let Some(run) = &query.run {
            vec![Ground::of(self.told(run).await?.run.plan())]
        } else {
            let stage = self.stage()?;
            let places = fitting(&stage, query.service.as_deref(), query.environment.as_deref())?;
            places.iter().map(|place| stage.ground(place)).collect::<Result<_, _>>()?
        };
        let mut view = MarksView { places: Vec::new(), doubts: Vec::new() };
        if !self.has_journal()? {
            return Ok(view);
        }
        let ledger = self.ledger().await?;
        for ground in grounds {
            match ledger.remarks(&ground).await {
                Ok(remarks) if remarks.is_empty() => {}
                Ok(remarks) => view.places.push(PlaceMarks::new(&ground, &Marks::new(remarks))),
                Err(error) => view.doubts.push(error.problem().chain.join(": ")),
            }
        }
        Ok(view)
    }

    /// Marks a release good or faulty, or takes back what was said of it.
    pub async fn mark(&self, request: MarkRequest) -> Result<MarksView, Problem> {
        let reason = given(&request.reason)?;
        let stage = self.stage()?;
        let found = find(&stage, &request.which).await?;
        let says = match request.mark {
            MarkKind::Good => Saying::MarkedGood { reason },
            MarkKind::Faulty => Saying::MarkedFaulty { reason },
            MarkKind::None => Saying::Unmarked { reason, run: None },
        };
        self.say(&stage, found, says).await
    }

    /// Keeps a release out.
    pub async fn lock(&self, request: LockRequest) -> Result<MarksView, Problem> {
        let reason = given(&request.reason)?;
        let stage = self.stage()?;
        let found = find(&stage, &request.which).await?;
        let ways = match bounded(&found.ground.place, stage.world.survey(&found.ground.place)).await
        {
            Ok(survey) => brings_back(&found.release, &survey, &[]),
            Err(refusal) => vec![format!("what runs could not be looked up: {refusal}")],
        };
        let says = Saying::Locked { reason, run: None, brings_back: ways };
        self.say(&stage, found, says).await
    }

    /// Lifts a lock, for a reason or because the fix is inside.
    pub async fn unlock(&self, request: UnlockRequest) -> Result<MarksView, Problem> {
        let stage = self.stage()?;
        let held = self.held(&stage, &request.which).await?;
        let grounds = match (&request.fix, &request.reason) {
            (Some(fix), _) => self.fixed(&stage, &held, fix, &request).await?,
            (None, reason) => Grounds::Reason(reason.clone().unwrap_or_default()),
        };
        let lift = lift(grounds).map_err(|locked| locked.problem())?;
        self.say(&stage, held, Saying::LockLifted { lift }).await
    }

    /// Whether the fix is inside what is to be deployed.
    async fn fixed(
        &self,
        stage: &Stage,
        held: &Found,
        fix: &str,
        request: &UnlockRequest,
    ) -> Result<Grounds, Problem> {
        let place = &held.ground.place;
        let candidate = match &request.candidate {
            Some(named) => known(stage, place, named).await?.unwrap_or_else(|| named.clone()),
            None => in_front(stage, place).await?,
        };
        let checkout = request
            .checkout
            .as_ref()
            .map(PathBuf::from)
            .or_else(|| self.config().workspace.clone())
            .ok_or_else(|| {
                Problem::new(Code::InputInvalid, "no checkout is named to look for the fix in")
                    .hint("Give --checkout with a clone of the service's repository.")
            })?;
        let ancestry = git::is_inside(&checkout, fix, &candidate).await;
        Ok(Grounds::Fix { fix: fix.to_owned(), candidate, ancestry })
    }

    /// The lock that a person named.
    async fn held(&self, stage: &Stage, which: &Which) -> Result<Found, Problem> {
        let mut held = Vec::new();
        if self.has_journal()? {
            let ledger = self.ledger().await?;
            for place in fitting(stage, which.service.as_deref(), which.environment.as_deref())? {
                let ground = stage.ground(&place)?;
                let remarks = ledger.remarks(&ground).await.map_err(|error| error.problem())?;
                held.extend(
                    locks(&Marks::new(remarks)).into_iter().map(|lock| Found {
                        ground: ground.clone(),
                        release: lock.release.clone(),
                    }),
                );
            }
        }
        let names: Vec<String> = held
            .iter()
            .map(|one| format!("{} of {}", one.release.version, one.ground.place))
            .collect();
        held.retain(|one| {
            one.release.id.as_str() == which.release || one.release.version == which.release
        });
        only(held, &format!("no lock on `{}`", which.release), &names)
    }

    async fn say(&self, stage: &Stage, found: Found, says: Saying) -> Result<MarksView, Problem> {
        /// How often somebody else may write first; people write seldom.
        const TRIES: usize = 8;
        let remark = Remark {
            at: stage.clock.now(),
            recorded_at: stage.clock.wall(),
            by: self.person(),
            release: found.release,
            says,
        };
        let ledger = self.ledger().await?;
        let mut tries = 0;
        loop {
            let already = ledger.remarks(&found.ground).await.map_err(|error| error.problem())?;
            tries += 1;
            let seen = already.len() as u64;
            match ledger.remark(&found.ground, seen, std::slice::from_ref(&remark)).await {
                Ok(_) => break,
                Err(LedgerError::Moved { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.problem()),
            }
        }
        let remarks = ledger.remarks(&found.ground).await.map_err(|error| error.problem())?;
        let place = PlaceMarks::new(&found.ground, &Marks::new(remarks));
        Ok(MarksView { places: vec![place], doubts: Vec::new() })
    }
}

fn given(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Problem::new(Code::ReasonMissing, "this needs a reason")
            .hint("Say it in a few words with --reason; it will be read later."));
    }
    Ok(reason.to_owned())
}

fn fitting(
    stage: &Stage,
    service: Option<&str>,
    environment: Option<&str>,
) -> Result<Vec<Place>, Problem> {
    let all: Vec<Place> = stage.files.catalog.places().map(|(place, _)| place).collect();
    let places: Vec<Place> = all
        .iter()
        .filter(|place| service.is_none_or(|wanted| place.service.as_str() == wanted))
        .filter(|place| environment.is_none_or(|wanted| place.environment.as_str() == wanted))
        .cloned()
        .collect();
    if places.is_empty() {
        let known: Vec<String> = all.iter().map(ToString::to_string).collect();
        return Err(Problem::new(Code::NotFound, "no service in the catalog fits that")
            .hint(there_is(&known)));
    }
    Ok(places)
}

/// The one release that a person named by its id or version.
async fn find(stage: &Stage, which: &Which) -> Result<Found, Problem> {
    let places = fitting(stage, which.service.as_deref(), which.environment.as_deref())?;
    stage.world.foresee(&places);
    let pages = join_all(
        places.iter().map(|place| bounded(place, stage.world.deploys(place, None, LOOK_BACK))),
    )
    .await;
    let mut found = Vec::new();
    let mut near = Vec::new();
    for (place, page) in places.iter().zip(pages) {
        let deploys = page.map_err(|refusal| {
            refusal.problem().within(format!("the releases of {place} could not be looked up"))
        })?;
        let releases: Vec<Release> =
            deploys.deploys.into_iter().map(|deploy| deploy.release).collect();
        if let Some(release) = named(&releases, &which.release) {
            found.push(Found { ground: stage.ground(place)?, release: Named::from(release) });
        }
        near.extend(releases.iter().take(3).map(|one| format!("{} of {place}", one.version)));
    }
    only(found, &format!("no release `{}` is known", which.release), &near)
}

fn named<'a>(releases: &'a [Release], wanted: &str) -> Option<&'a Release> {
    let by_id = releases.iter().find(|release| release.id.as_str() == wanted);
    by_id.or_else(|| releases.iter().find(|release| release.version == wanted))
}

fn only(mut found: Vec<Found>, none: &str, known: &[String]) -> Result<Found, Problem> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(last), false) => {
            found.push(last);
            let places: Vec<String> =
                found.iter().map(|one| one.ground.place.to_string()).collect();
            Err(Problem::new(Code::InputInvalid, "that release is known in several places")
                .hint(format!("Name one with --service: {}.", places.join(", "))))
        }
        (None, _) if known.is_empty() => {
            Err(Problem::new(Code::NotFound, none).hint("There is none at all."))
        }
        (None, _) => Err(Problem::new(Code::NotFound, none).hint(there_is(known))),
    }
}

/// The commit of a known release with this id or version.
async fn known(stage: &Stage, place: &Place, wanted: &str) -> Result<Option<String>, Problem> {
    let page = bounded(place, stage.world.deploys(place, None, LOOK_BACK))
        .await
        .map_err(|refusal| refusal.problem())?;
    let releases: Vec<Release> = page.deploys.into_iter().map(|deploy| deploy.release).collect();
    Ok(named(&releases, wanted).and_then(|release| release.commit.as_option().cloned()))
}

/// The commit of what runs in front.
async fn in_front(stage: &Stage, place: &Place) -> Result<String, Problem> {
    let survey =
        bounded(place, stage.world.survey(place)).await.map_err(|refusal| refusal.problem())?;
    let front = survey.newest().map(|arm| arm.release.clone());
    let commit = match &front {
        Some(front) => known(stage, place, front.as_str()).await?,
        None => None,
    };
    commit.ok_or_else(|| {
        Problem::new(Code::InputInvalid, "the commit of what runs in front is not recorded")
            .hint("Name what is to be deployed with --candidate.")
    })
}
