//! Which change caused it: from a file, or from what the world shows.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::blame::{
    Blame, Change, ChangeKind, Hearing, Incident, Instances, Kept, Series, Silence,
    blame as judge_blame,
};
use lastgood_core::catalog::{Environment, Place, Slo};
use lastgood_core::effect::Refusal;
use lastgood_core::judge::{Arm, Doubt, Measurement, Tick};
use lastgood_core::name::ReleaseId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::{Deploy, History};
use lastgood_core::survey::{Running, Survey};
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

/// How long the comparison of two releases' configuration may take.
const COMPARING: Duration = Duration::from_secs(12);

/// How long before the incident its metric is looked at for a change.
const BEFORE: Millis = Millis::minutes(60);

/// How long before the incident its requests are counted against the objectives.
const COUNTED: Millis = Millis::minutes(10);

/// How much later than the incident is still looked at.
const AFTER: Millis = Millis::minutes(5);

/// How long a release must have been there before its silence says something: three
/// scrapes of those that look seldom.
const SILENT: Millis = Millis::seconds(180);

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
        let mut doubts = Vec::new();
        let places: Vec<(Place, &Environment)> = stage
            .files
            .catalog
            .places()
            .filter(|(place, _)| place.environment == request.place.environment)
            .collect();
        stage.foresee(&places);
        let looked = join_all(
            places.iter().map(|(place, settings)| look(&stage, place, settings, at, until)),
        )
        .await;
        let others = join_all(places.iter().map(|(place, _)| around(&stage, place, at))).await;
        let mut changes = Vec::new();
        for (mut of_place, mut said) in others {
            changes.append(&mut of_place);
            doubts.append(&mut said);
        }
        for found in looked {
            match found {
                Ok((mut of_place, mut said)) => {
                    changes.append(&mut of_place);
                    doubts.append(&mut said);
                }
                Err(doubt) => doubts.push(doubt),
            }
        }
        let catalog = &stage.files.catalog;
        for change in &mut changes {
            let of = change.service.as_str().into();
            change.hops = catalog.calls_between(&of, &request.place.service).into();
        }
        let (series, kept) =
            metrics(&stage, &request.place, environment, at, until, &mut doubts).await;
        let incident = Incident {
            at,
            service: request.place.service.to_string(),
            scrape: SCRAPE,
            e_ratio: Recorded::NotRecorded,
            series,
            kept: kept.into(),
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
    let page = bounded(place, stage.world.deploys(place, Some(before), DEPLOYS))
        .await
        .map_err(|refusal| format!("{place}: its deploys are not known: {refusal}"))?;
    let oldest = earlier(at, LOOK_BACK);
    let survey = bounded(place, stage.world.survey(place)).await.ok();
    let hearing = hearing(stage, place, settings, survey.as_ref(), until).await;
    let mut doubts = Vec::new();
    let mut changes = Vec::new();
    let recent = page.deploys.into_iter().filter(|deploy| deploy.at >= oldest);
    for deploy in recent {
        let counted = count(stage, place, settings, &deploy, until).await;
        let mut released = Recorded::NotRecorded;
        let (new, old) = match counted {
            Ok(arms) => arms,
            Err(Uncounted { why, others_answer }) => {
                doubts.push(format!("{place} {}: {why}", deploy.release.version));
                if others_answer && Millis::between(deploy.at, until) > SILENT {
                    released = silent(survey.as_ref(), &deploy);
                }
                Arms::default()
            }
        };
        let mut silent = Vec::new();
        let mut others = Recorded::NotRecorded;
        // Single instances tell more than the release as a whole.
        if let Some(of) = hearing.as_ref().and_then(|all| all.silence(&deploy.release.id, until)) {
            let Silence { released: own, others: old, names } = of;
            (released, silent) = (Recorded::Recorded(own), names);
            others = Some(old).filter(|old| old.all > 0).into();
        }
        changes.push(Change {
            name: format!("{} {}", place.service, deploy.release.version),
            kind: ChangeKind::Deploy,
            service: place.service.to_string(),
            began: deploy.at,
            ended: deploy.ended_at,
            hops: Recorded::NotRecorded,
            new,
            old,
            released,
            silent,
            others,
            rate_before: Recorded::NotRecorded,
            rate_now: Recorded::NotRecorded,
        });
    }
    Ok((changes, doubts))
}

/// What was changed around a place besides its deploys: flags, migrations, configuration.
async fn around(stage: &Stage, place: &Place, at: Timestamp) -> (Vec<Change>, Vec<String>) {
    let (from, to) = (earlier(at, LOOK_BACK), later(at, AFTER));
    let (toggles, migrations, settings) = futures::join!(
        bounded(place, stage.world.toggles(place, from, to)),
        stage.databases.applied(place),
        configuration(stage, place, from, to),
    );
    let (mut changes, mut doubts) = settings;
    match toggles {
        Ok(found) => {
            doubts.extend(found.doubts.into_iter().map(|doubt| format!("{place}: {doubt}")));
            changes.extend(found.toggles.into_iter().filter_map(|toggle| {
                let began = Timestamp::from_millisecond(toggle.at.0).ok()?;
                let by = toggle.by.as_option().map(|by| format!(" by {by}")).unwrap_or_default();
                let name = format!("flag {} turned {}{by}", toggle.flag, toggle.to);
                Some(other(name, ChangeKind::Flag, place, began))
            }));
        }
        Err(Refusal::Unsupported { .. }) => {
            doubts.push(format!("{place}: the catalog names no flag system, so none was asked"));
        }
        Err(refusal) => {
            doubts.push(format!("{place}: toggles of its flags are not known: {refusal}"));
        }
    }
    match migrations {
        Some(Ok(applied)) => {
            if !applied.is_empty() && applied.iter().all(|one| one.at.is_none()) {
                doubts.push(format!("{place}: when its migrations were applied is not recorded"));
            }
            changes.extend(applied.into_iter().filter_map(|one| {
                let at = one.at.filter(|at| *at >= from && *at <= to)?;
                Some(other(format!("migration {}", one.version), ChangeKind::Migration, place, at))
            }));
        }
        Some(Err(why)) => doubts.push(format!("{place}: its migrations are not known: {why}")),
        None => doubts
            .push(format!("{place}: the catalog names no database, so no migration was looked up")),
    }
    (changes, doubts)
}

/// What the newest release changed beside its artifact, and what was changed outside of it.
async fn configuration(
    stage: &Stage,
    place: &Place,
    from: Timestamp,
    to: Timestamp,
) -> (Vec<Change>, Vec<String>) {
    // Whoever looks at the deploys says when they are not to be had.
    let Ok(page) = bounded(place, stage.world.deploys(place, None, DEPLOYS)).await else {
        return (Vec::new(), Vec::new());
    };
    let history = History::new(page.deploys);
    let [newer, older, ..] = history.deploys() else { return (Vec::new(), Vec::new()) };
    let compared =
        tokio::time::timeout(COMPARING, stage.world.compare(place, &newer.release, &older.release));
    let Ok(compared) = compared.await else {
        let why = format!("{place}: its configuration was not compared in time");
        return (Vec::new(), vec![why]);
    };
    let mut changes: Vec<Change> = Vec::new();
    if newer.at >= from && newer.at <= to {
        changes.extend(compared.differences.iter().map(|difference| {
            let what = difference.changes.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            let name = format!(
                "{} of {} {}, back: {what}",
                difference.part, place.service, newer.release.version
            );
            other(name, ChangeKind::Configuration, place, newer.at)
        }));
    }
    changes.extend(compared.outside.shared.iter().filter_map(|object| {
        let at = object.changed_at.as_option().filter(|at| **at >= from && **at <= to)?;
        let name = format!("{} {}", object.kind, object.name);
        Some(other(name, ChangeKind::Configuration, place, *at))
    }));
    let doubts = compared.doubts.into_iter().map(|doubt| format!("{place}: {doubt}"));
    (changes, doubts.collect())
}

/// A change of which nothing but its time is known.
fn other(name: String, kind: ChangeKind, place: &Place, began: Timestamp) -> Change {
    Change {
        name,
        kind,
        service: place.service.to_string(),
        began,
        ended: Some(began),
        hops: Recorded::NotRecorded,
        new: Recorded::NotRecorded,
        old: Recorded::NotRecorded,
        released: Recorded::NotRecorded,
        silent: Vec::new(),
        others: Recorded::NotRecorded,
        rate_before: Recorded::NotRecorded,
        rate_now: Recorded::NotRecorded,
    }
}

type Arms = (Recorded<Vec<Tick>>, Recorded<Vec<Tick>>);

/// Why new and old instances could not be compared.
struct Uncounted {
    why: String,
    /// Whether other releases were counted, so that silence is the new one's own.
    others_answer: bool,
}

/// The ready instances of a release of which nothing was counted while others were: all of
/// them are silent. One that is given no traffic has nothing to say.
fn silent(survey: Option<&Survey>, deploy: &Deploy) -> Recorded<Instances> {
    let arm = survey
        .into_iter()
        .flat_map(|survey| &survey.running)
        .find(|arm| arm.release == deploy.release.id)
        .filter(|arm| arm.ready > 0 && arm.share.is_none_or(|share| share > 0.0));
    arm.map(|arm| Instances { all: arm.ready, silent: arm.ready }).into()
}

/// What was heard of the instances that users meet, by the first objective that tells them
/// apart. One that is given no traffic has nothing to say.
async fn hearing(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    survey: Option<&Survey>,
    until: Timestamp,
) -> Option<Hearing> {
    let survey = survey?;
    let idle = |release: &ReleaseId| {
        let arm = survey.running.iter().find(|arm| arm.release == *release);
        arm.is_none_or(Running::is_without_traffic)
    };
    for slo in &settings.slos {
        let found = bounded(place, async { Ok(stage.world.hearing(place, slo, until).await) });
        if let Ok(Some(mut hearing)) = found.await {
            hearing.instances.retain(|one| !idle(&one.release));
            return Some(hearing);
        }
    }
    None
}

/// What new and old instances answered since the deploy began, of the first objective
/// whose series tell releases apart.
async fn count(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    deploy: &Deploy,
    until: Timestamp,
) -> Result<Arms, Uncounted> {
    let mut others_answer = false;
    if deploy.at >= until {
        return Err(Uncounted { why: "it began when the look ends".to_owned(), others_answer });
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
        let of_it = |arm: &&Arm| arm.version == deploy.release.version && !arm.ticks.is_empty();
        others_answer |= found.doubts.is_empty()
            && !found.arms.is_empty()
            && !found.arms.iter().any(|arm| of_it(&arm));
    }
    Err(Uncounted { why, others_answer })
}

fn split(found: &Measurement, version: &str) -> Option<Arms> {
    let new = found.arms.iter().find(|arm| arm.version == version)?;
    let others: Vec<&Arm> = found.arms.iter().filter(|arm| arm.version != version).collect();
    if others.is_empty() || new.ticks.is_empty() {
        return None;
    }
    let old = summed(others.iter().flat_map(|arm| &arm.ticks));
    Some((Recorded::Recorded(new.ticks.clone()), Recorded::Recorded(old)))
}

/// The counts of the same interval added up, oldest first.
fn summed<'a>(ticks: impl Iterator<Item = &'a Tick>) -> Vec<Tick> {
    let mut sums: BTreeMap<_, Tick> = BTreeMap::new();
    for tick in ticks {
        sums.entry(tick.at)
            .and_modify(|sum| {
                sum.counts.total = sum.counts.total.saturating_add(tick.counts.total);
                sum.counts.bad = sum.counts.bad.saturating_add(tick.counts.bad);
            })
            .or_insert(*tick);
    }
    sums.into_values().collect()
}

/// The share of bad requests of the service in breach over time, one series for each
/// objective, and what was counted against them; `None` where one was not counted in full.
async fn metrics(
    stage: &Stage,
    place: &Place,
    settings: &Environment,
    at: Timestamp,
    until: Timestamp,
    doubts: &mut Vec<String>,
) -> (Vec<Series>, Option<Vec<Kept>>) {
    let from = earlier(at, BEFORE);
    let mut series = Vec::new();
    let mut kept = Some(Vec::new());
    for slo in &settings.slos {
        let found = stage.world.measure(place, slo, from, until).await;
        kept = kept.zip(counted(slo, &found, at)).map(|(mut all, one)| {
            all.push(one);
            all
        });
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
    (series, kept)
}

/// What all releases answered around the incident; `None` with any doubt about it.
fn counted(slo: &Slo, found: &Measurement, at: Timestamp) -> Option<Kept> {
    let from = earlier(at, COUNTED).into();
    let recent = |arm: &Arm| arm.ticks.iter().filter(|tick| tick.at >= from).copied().collect();
    let ticks: Vec<Tick> = found.arms.iter().flat_map(|arm| -> Vec<Tick> { recent(arm) }).collect();
    found.doubts.is_empty().then(|| Kept {
        name: slo.name.clone(),
        budget: slo.budget(),
        ticks: summed(ticks.iter()),
    })
}
