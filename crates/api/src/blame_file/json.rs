//! The JSON form.

use lastgood_core::blame::{Change, ChangeKind, Incident, Instances, Series};
use lastgood_core::judge::{Counts, Tick};
use lastgood_core::problem::Problem;
use lastgood_core::recorded::Recorded;
use lastgood_core::time::Millis;
use serde::Deserialize;

use super::{Told, time, wrong};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    incident: IncidentShape,
    #[serde(default)]
    changes: Vec<ChangeShape>,
    #[serde(default)]
    series: Vec<SeriesShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IncidentShape {
    at: String,
    service: String,
    #[serde(default)]
    scrape_seconds: Option<u64>,
    #[serde(default)]
    e_ratio: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeShape {
    name: String,
    kind: ChangeKind,
    service: String,
    began: String,
    #[serde(default)]
    ended: Option<String>,
    #[serde(default)]
    hops: Option<u32>,
    #[serde(default)]
    new: Option<Vec<(String, u64, u64)>>,
    #[serde(default)]
    old: Option<Vec<(String, u64, u64)>>,
    #[serde(default)]
    released: Option<Instances>,
    #[serde(default)]
    others: Option<Instances>,
    #[serde(default)]
    rate_before: Option<f64>,
    #[serde(default)]
    rate_now: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeriesShape {
    service: String,
    points: Vec<(String, Option<f64>)>,
}

pub(super) fn read(text: &str) -> Result<Told, Problem> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| wrong(vec![error.to_string()]))?;
    let mut mistakes = Vec::new();
    let mut at = |path: String, text: &str| match time(text) {
        Ok(at) => at,
        Err(why) => {
            mistakes.push(format!("{path}: {why}"));
            jiff::Timestamp::UNIX_EPOCH
        }
    };
    let mut changes = Vec::new();
    for (index, one) in document.changes.into_iter().enumerate() {
        let here = format!("changes[{index}]");
        let mut ticks = |name: &str, rows: Option<Vec<(String, u64, u64)>>| {
            Recorded::from(rows.map(|rows| {
                rows.into_iter()
                    .enumerate()
                    .map(|(row, (text, total, bad))| Tick {
                        at: at(format!("{here}.{name}[{row}]"), &text).into(),
                        counts: Counts { total, bad },
                    })
                    .collect::<Vec<_>>()
            }))
        };
        let (new, old) = (ticks("new", one.new), ticks("old", one.old));
        changes.push(Change {
            began: at(format!("{here}.began"), &one.began),
            ended: one.ended.map(|text| at(format!("{here}.ended"), &text)),
            name: one.name,
            kind: one.kind,
            service: one.service,
            hops: one.hops.into(),
            new,
            old,
            released: one.released.into(),
            others: one.others.into(),
            rate_before: one.rate_before.into(),
            rate_now: one.rate_now.into(),
        });
    }
    let mut series = Vec::new();
    for (index, one) in document.series.into_iter().enumerate() {
        let mut points: Vec<_> = one
            .points
            .into_iter()
            .enumerate()
            .filter_map(|(row, (text, value))| {
                Some((at(format!("series[{index}].points[{row}]"), &text), value?))
            })
            .collect();
        points.sort_by_key(|(at, _)| *at);
        series.push(Series { service: one.service, points });
    }
    let incident = Incident {
        at: at("incident.at".to_owned(), &document.incident.at),
        service: document.incident.service,
        scrape: Millis::seconds(document.incident.scrape_seconds.unwrap_or(15)),
        e_ratio: document.incident.e_ratio.into(),
        series,
        // Who describes an incident says that there is one.
        kept: Recorded::NotRecorded,
    };
    for change in &changes {
        for ticks in [&change.new, &change.old] {
            let more = |tick: &&Tick| tick.counts.bad > tick.counts.total;
            if ticks.as_option().is_some_and(|ticks| ticks.iter().any(|tick| more(&tick))) {
                mistakes.push(format!("{}: more bad requests than requests", change.name));
            }
        }
    }
    if mistakes.is_empty() { Ok(Told { incident, changes }) } else { Err(wrong(mistakes)) }
}
