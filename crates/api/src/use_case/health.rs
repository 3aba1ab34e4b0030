//! How every service does now, and did before.

use futures::future::join_all;
use lastgood_core::catalog::{Environment, Place, Slo};
use lastgood_core::judge::{Doubt, Judgement, Measurement, Point, Verdict, judge};
use lastgood_core::problem::Problem;
use lastgood_core::release::{Deploy, Release};
use lastgood_core::time::{EpochMs, Millis, earlier};
use tokio::time::timeout;

use crate::App;
use crate::stage::Stage;
use crate::use_case::release::PLACE_LIMIT;
use crate::wire::{HealthQuery, HealthState, HealthView, PartView, PlaceHealth, SuspectView};

/// How far the lines go back when nobody says: a working day's half, in which what broke
/// something was usually deployed.
const MINUTES: u32 = 6 * 60;
const MINUTES_MOST: u32 = 24 * 60;

/// What is judged. Half of it would leave a quiet service without enough requests, twice of
/// it would keep a service burning long after it was mended.
const JUDGED: Millis = Millis::minutes(10);

/// A line has no more points than this: a lane is a few hundred pixels wide.
const POINTS: usize = 240;

/// So many deploys back a suspect is looked for.
const DEPLOYS: usize = 20;

impl App {
    /// Measures every objective of every service, worst first.
    pub async fn health(&self, query: HealthQuery) -> Result<HealthView, Problem> {
        let stage = self.stage()?;
        let now = stage.clock.now();
        let minutes = query.minutes.unwrap_or(MINUTES).clamp(1, MINUTES_MOST);
        let from = earlier(now, Millis::minutes(minutes.into()));
        let recent = earlier(now, JUDGED).max(from);
        let places: Vec<(Place, &Environment)> = stage.files.catalog.places().collect();
        stage.foresee(&places);
        let looks = places.iter().map(|(place, settings)| {
            let stage = &stage;
            async move {
                let objectives = settings.slos.iter().map(|slo| async move {
                    let line = bounded(stage, place, slo, from, now);
                    let last = bounded(stage, place, slo, recent, now);
                    let (line, last) = futures::join!(line, last);
                    let mut judgement = judge(slo, &last, None);
                    judgement.points = thin(&line.points, POINTS);
                    (judgement, part(slo, &last))
                });
                let deploys = deploys(stage, place);
                let (objectives, deploys) = futures::join!(join_all(objectives), deploys);
                let (objectives, parts): (Vec<_>, Vec<_>) = objectives.into_iter().unzip();
                let mut health = of_place(place.clone(), objectives);
                health.part = worst_part(parts);
                health.suspect = suspect(&health, &deploys, from.into());
                health
            }
        });
        let mut places = join_all(looks).await;
        worst_first(&mut places);
        Ok(HealthView { at: now.into(), from: from.into(), places })
    }
}

/// Judges every objective of `place` by its last minutes, with `suspect` held against the
/// releases beside it.
pub(super) async fn judged(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    suspect: &Release,
) -> Vec<Judgement> {
    let now = stage.clock.now();
    let from = earlier(now, JUDGED);
    join_all(settings.slos.iter().map(|slo| async move {
        judge(slo, &bounded(stage, place, slo, from, now).await, Some(&suspect.version))
    }))
    .await
}

/// One measurement that does not let one dead source hide the others.
async fn bounded(
    stage: &Stage,
    place: &Place,
    slo: &Slo,
    from: jiff::Timestamp,
    to: jiff::Timestamp,
) -> Measurement {
    timeout(PLACE_LIMIT, stage.world.measure(place, slo, from, to)).await.unwrap_or_else(|_| {
        let why = format!("no answer within {} s", PLACE_LIMIT.as_secs());
        Measurement::nothing(from.into(), to.into(), vec![Doubt::Unreachable { why }])
    })
}

/// The newest deploys of a place; none where they cannot be told, which the list of
/// releases says.
async fn deploys(stage: &Stage, place: &Place) -> Vec<Deploy> {
    let asked = stage.world.deploys(place, None, DEPLOYS);
    match timeout(PLACE_LIMIT, asked).await {
        Ok(Ok(page)) => page.deploys,
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

/// The newest deploy of a service that burns, begun since `since` and before the burning
/// did. What came after it did not cause it; what came long before it is no news.
fn suspect(health: &PlaceHealth, deploys: &[Deploy], since: EpochMs) -> Option<SuspectView> {
    if health.state != HealthState::Burning {
        return None;
    }
    let began = health.objectives.iter().filter_map(Judgement::broken_since).min()?;
    let newest = deploys
        .iter()
        .filter(|deploy| (since..=began).contains(&EpochMs::from(deploy.at)))
        .max_by_key(|deploy| deploy.at)?;
    Some(SuspectView {
        release: newest.release.id.clone(),
        version: newest.release.version.clone(),
        at: newest.at.into(),
        broken_since: began,
    })
}

fn of_place(place: Place, objectives: Vec<Judgement>) -> PlaceHealth {
    let burns = objectives.iter().filter_map(burn);
    let burn =
        burns.fold(None, |worst: Option<f64>, one| Some(worst.map_or(one, |worst| worst.max(one))));
    PlaceHealth { place, state: state(&objectives), burn, objectives, part: None, suspect: None }
}

/// The release that breaks an objective while another one beside it keeps it. Where all
/// break it the whole burns, and there is no part to name.
fn part(slo: &Slo, found: &Measurement) -> Option<PartView> {
    let arms: Vec<Judgement> =
        found.arms.iter().map(|arm| judge(slo, found, Some(&arm.version))).collect();
    let burns = |one: &Judgement| state(std::slice::from_ref(one)) == HealthState::Burning;
    let (bad, others): (Vec<_>, Vec<_>) =
        arms.into_iter().filter(|one| one.counts.total > 0).partition(burns);
    if others.is_empty() {
        return None;
    }
    let worst = bad.into_iter().max_by(|a, b| burn_of(a).total_cmp(&burn_of(b)))?;
    Some(PartView {
        version: worst.arm.clone()?,
        share: share(worst.counts.total, found.counts.total),
        judgement: worst,
    })
}

fn worst_part(parts: Vec<Option<PartView>>) -> Option<PartView> {
    let burns = |one: &PartView| burn_of(&one.judgement);
    parts.into_iter().flatten().max_by(|a, b| burns(a).total_cmp(&burns(b)))
}

fn burn_of(judgement: &Judgement) -> f64 {
    burn(judgement).unwrap_or(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of request counts needs no 64 bits")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn burn(judgement: &Judgement) -> Option<f64> {
    judgement.evidence.as_ref().and_then(|evidence| evidence.burn)
}

/// In a word. An objective that is in doubt never counts as kept, and too few requests are
/// a doubt: one bad request of ten burns nothing.
fn state(objectives: &[Judgement]) -> HealthState {
    if objectives.is_empty() {
        return HealthState::NoObjective;
    }
    let mut worst = HealthState::Within;
    for judgement in objectives {
        let one = match judgement.verdict {
            Verdict::Fail | Verdict::Shared => HealthState::Burning,
            Verdict::Error => HealthState::Unknown,
            Verdict::Pass | Verdict::Inconclusive => match burn(judgement) {
                Some(_) if !judgement.doubts.is_empty() => HealthState::Unknown,
                Some(burn) if burn > 1.0 => HealthState::Burning,
                Some(_) => HealthState::Within,
                None => HealthState::Unknown,
            },
        };
        worst = worst.min(one);
    }
    worst
}

fn worst_first(places: &mut [PlaceHealth]) {
    places.sort_by(|a, b| {
        let burn = |one: &PlaceHealth| one.burn.unwrap_or(0.0);
        let by_burn = match a.state {
            HealthState::Burning => burn(b).total_cmp(&burn(a)),
            HealthState::Unknown | HealthState::NoObjective | HealthState::Within => {
                std::cmp::Ordering::Equal
            }
        };
        // A part that burns is a fire that is still small: before what only is not known.
        let calm = |one: &PlaceHealth| one.state != HealthState::Burning;
        (calm(a), a.part.is_none() && calm(a), a.state)
            .cmp(&(calm(b), b.part.is_none() && calm(b), b.state))
            .then(by_burn)
            .then_with(|| a.place.service.cmp(&b.place.service))
            .then_with(|| a.place.environment.cmp(&b.place.environment))
    });
}

/// Fewer points, each the worst of those it stands for, so that no peak is lost. A point
/// stands for nothing known only where nothing was known of any.
fn thin(points: &[Point], most: usize) -> Vec<Point> {
    let each = points.len().div_ceil(most).max(1);
    points
        .chunks(each)
        .filter_map(|chunk| {
            let at = chunk.last()?.at;
            let rate = chunk.iter().filter_map(|point| point.rate).reduce(f64::max);
            Some(Point { at, rate })
        })
        .collect()
}

#[cfg(test)]
mod tests;
