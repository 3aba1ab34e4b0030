//! Which change caused it: from a file, or from what the world shows.

use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::blame::{Blame, Change, ChangeKind, Incident, Series, blame as judge_blame};
use lastgood_core::catalog::{Environment, Place};
use lastgood_core::judge::{Arm, Doubt, Measurement, Tick};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Deploy;
use lastgood_core::time::{Millis, earlier, later};

use super::release::bounded;
use crate::App;
use crate::blame_file::read;
use crate::stage::Stage;
use crate::wire::BlameRequest;

/// How far back a change may lie; older ones have lost all but a sixty-thousandth of
/// their decay and would only fill the list.
const LOOK_BACK: Millis = Millis::minutes(8 * 60);

/// How many deploys of each place are looked at.
const DEPLOYS: usize = 20;

/// How long before the incident its metric is looked at for a change.
const BEFORE: Millis = Millis::minutes(60);

/// How much later than the incident is still looked at.
const AFTER: Millis = Millis::minutes(5);

/// How often things are measured where the catalog does not say.
const SCRAPE: Millis = Millis::seconds(15);

/// Answers for an incident that a file describes; see `docs/guide/blame.md` for its form.
pub fn blame_text(text: &str) -> Result<Blame, Problem> {
    let told = read(text)?;
    Ok(judge_blame(&told.incident, &told.changes, Vec::new()))
}

impl App {
    /// Ranks the recent changes by how well each explains that a service is in breach.
    pub async fn blame(&self, request: BlameRequest) -> Result<Blame, Problem> {
        let stage = self.stage()?;
        let environment = stage.environment(&request.place)?;
        let now = stage.clock.now();
        let at = match request.at {
            Some(at) => Timestamp::from_millisecond(at.0)
                .map_err(|_| Problem::new(Code::InputInvalid, "that is no time"))?,
            None => now,
        };
        let until = now.min(later(at, AFTER));
        let mut doubts = vec![
            "changes of configuration, flags and schema are not recorded where deploys are, \
             so only deploys were looked at; --file takes the others"
                .to_owned(),
            "whether released instances are silent was not looked up".to_owned(),
        ];
        let places: Vec<(Place, &Environment)> = stage
            .files
            .catalog
            .places()
            .filter(|(place, _)| place.environment == request.place.environment)
            .collect();
        let looked = join_all(
            places.iter().map(|(place, settings)| look(&stage, place, settings, at, until)),
        )
        .await;
        let mut changes = Vec::new();
        for found in looked {
            match found {
                Ok((mut of_place, mut said)) => {
                    for change in &mut of_place {
                        if change.service == request.place.service.as_str() {
                            change.hops = Recorded::Recorded(0);
                        }
                    }
                    changes.append(&mut of_place);
                    doubts.append(&mut said);
                }
                Err(doubt) => doubts.push(doubt),
            }
        }
        let series = metrics(&stage, &request.place, environment, at, until, &mut doubts).await;
        let incident = Incident {
            at,
            service: request.place.service.to_string(),
            scrape: SCRAPE,
            e_ratio: Recorded::NotRecorded,
            series,
        };
        Ok(judge_blame(&incident, &changes, doubts))
    }
}

/// The deploys of one place, each with the counts of its new and its old instances.
async fn look(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    at: Timestamp,
    until: Timestamp,
) -> Result<(Vec<Change>, Vec<String>), String> {
    let before = later(at, AFTER);
    let page = bounded(stage.world.deploys(place, Some(before), DEPLOYS))
        .await
        .map_err(|refusal| format!("{place}: its deploys are not known: {refusal}"))?;
    let oldest = earlier(at, LOOK_BACK);
    let mut doubts = Vec::new();
    let mut changes = Vec::new();
    let recent = page.deploys.into_iter().filter(|deploy| deploy.at >= oldest);
    for deploy in recent {
        let counted = count(stage, place, settings, &deploy, until).await;
        if let Err(doubt) = &counted {
            doubts.push(format!("{place} {}: {doubt}", deploy.release.version));
        }
        let (new, old) = counted.unwrap_or_default();
        changes.push(Change {
            name: format!("{} {}", place.service, deploy.release.version),
            kind: ChangeKind::Deploy,
            service: place.service.to_string(),
            began: deploy.at,
            ended: deploy.ended_at,
            hops: Recorded::NotRecorded,
            new,
            old,
            released: Recorded::NotRecorded,
            others: Recorded::NotRecorded,
            rate_before: Recorded::NotRecorded,
            rate_now: Recorded::NotRecorded,
        });
    }
    Ok((changes, doubts))
}

type Arms = (Recorded<Vec<Tick>>, Recorded<Vec<Tick>>);

/// What new and old instances answered since the deploy began, of the first objective
/// whose series tell releases apart.
async fn count(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    deploy: &Deploy,
    until: Timestamp,
) -> Result<Arms, String> {
    if deploy.at >= until {
        return Err("it began when the look ends".to_owned());
    }
    let mut why = "no objective tells releases apart".to_owned();
    for slo in &settings.slos {
        let found = stage.world.measure(place, slo, deploy.at, until).await;
        if let Some(doubt) = found.doubts.first() {
            why = format!("{}: {}", slo.name, doubt.sentence());
        }
        if let Some(arms) = split(&found, &deploy.release.version) {
            return Ok(arms);
        }
    }
    Err(why)
}

fn split(found: &Measurement, version: &str) -> Option<Arms> {
    let new = found.arms.iter().find(|arm| arm.version == version)?;
    let others: Vec<&Arm> = found.arms.iter().filter(|arm| arm.version != version).collect();
    if others.is_empty() || new.ticks.is_empty() {
        return None;
    }
    let mut old: std::collections::BTreeMap<_, Tick> = std::collections::BTreeMap::new();
    for tick in others.iter().flat_map(|arm| &arm.ticks) {
        old.entry(tick.at)
            .and_modify(|sum| {
                sum.counts.total = sum.counts.total.saturating_add(tick.counts.total);
                sum.counts.bad = sum.counts.bad.saturating_add(tick.counts.bad);
            })
            .or_insert(*tick);
    }
    let old = old.into_values().collect();
    Some((Recorded::Recorded(new.ticks.clone()), Recorded::Recorded(old)))
}

/// The share of bad requests of the service in breach over time, one series for each
/// objective.
async fn metrics(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    at: Timestamp,
    until: Timestamp,
    doubts: &mut Vec<String>,
) -> Vec<Series> {
    let from = earlier(at, BEFORE);
    let mut series = Vec::new();
    for slo in &settings.slos {
        let found = stage.world.measure(place, slo, from, until).await;
        let points: Vec<(Timestamp, f64)> = found
            .points
            .iter()
            .filter_map(|point| Some((Timestamp::from_millisecond(point.at.0).ok()?, point.rate?)))
            .collect();
        if points.is_empty() {
            let why = found.doubts.first().map_or_else(String::new, Doubt::sentence);
            doubts.push(format!("{place}: {} over time is not known: {why}", slo.name));
        } else {
            series.push(Series { service: place.service.to_string(), points });
        }
    }
    if settings.slos.is_empty() {
        doubts.push(format!("{place} has no objective, so nothing of it was measured"));
    }
    series
}
