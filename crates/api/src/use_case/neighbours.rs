//! What the services around a place run: the other side of its contracts.

use futures::future::join_all;
use lastgood_core::catalog::Place;
use lastgood_core::name::ServiceName;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::contract::{Neighbour, hold};
use lastgood_core::release::{Facts, History, Release};

use super::release::bounded;
use crate::stage::Stage;

/// More neighbours than this are not asked; that they were not is told.
const MOST: usize = 24;

/// How many deploys of a neighbour are read to find what it serves.
const LOOK_BACK: usize = 20;

/// The services around a place.
pub(super) struct Around {
    consumers: Vec<Found>,
    providers: Vec<Found>,
}

struct Found {
    service: ServiceName,
    serving: Result<Vec<Release>, String>,
}

impl Found {
    fn neighbour(&self) -> Neighbour<'_> {
        let serving = match &self.serving {
            Ok(releases) => Ok(releases.iter().collect()),
            Err(why) => Err(why.clone()),
        };
        Neighbour { service: &self.service, serving }
    }
}

/// Asks what the neighbours of `place` serve; `None` when the catalog names none.
pub(super) async fn around(stage: &Stage, place: &Place) -> Option<Around> {
    let catalog = &stage.files.catalog;
    let (consumers, providers) = (catalog.consumers(place), catalog.providers(place));
    if consumers.is_empty() && providers.is_empty() {
        return None;
    }
    let ask = |services: Vec<&ServiceName>| {
        join_all(services.into_iter().cloned().enumerate().map(|(index, service)| async move {
            let at = Place { service: service.clone(), environment: place.environment.clone() };
            let serving = if index < MOST {
                serving(stage, &at).await
            } else {
                Err(format!("only {MOST} neighbours are asked"))
            };
            Found { service, serving }
        }))
    };
    let (consumers, providers) = futures::join!(ask(consumers), ask(providers));
    Some(Around { consumers, providers })
}

/// The releases that users of `place` meet now.
async fn serving(stage: &Stage, place: &Place) -> Result<Vec<Release>, String> {
    let (survey, page) = futures::join!(
        bounded(place, stage.world.survey(place)),
        bounded(place, stage.world.deploys(place, None, LOOK_BACK)),
    );
    let survey = survey.map_err(|refusal| refusal.to_string())?;
    let history = History::new(page.map_err(|refusal| refusal.to_string())?.deploys);
    let serving = survey.running.iter().filter(|arm| survey.serves(&arm.release));
    let releases: Option<Vec<Release>> = serving
        .map(|arm| history.latest(&arm.release).map(|deploy| deploy.release.clone()))
        .collect();
    match releases {
        Some(releases) if !releases.is_empty() => Ok(releases),
        Some(_) => Err("nothing runs there".to_owned()),
        None => Err("a release that runs there is not among its recent deploys".to_owned()),
    }
}

/// Fills in whether the contracts around a place hold for each of its releases.
pub(super) fn fill(
    facts: &mut Facts,
    around: &Around,
    history: &History,
    serving: Option<&Release>,
) {
    let consumers: Vec<Neighbour<'_>> = around.consumers.iter().map(Found::neighbour).collect();
    let providers: Vec<Neighbour<'_>> = around.providers.iter().map(Found::neighbour).collect();
    for release in history.releases() {
        facts.about(&release.id).contracts =
            Recorded::Recorded(hold(release, serving, &consumers, &providers));
    }
}
