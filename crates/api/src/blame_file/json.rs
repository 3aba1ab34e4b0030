//! The JSON form.

use jiff::Timestamp;
use lastgood_core::blame::{Change, ChangeKind, Incident, Instances, Series};
use lastgood_core::judge::{Counts, Tick};
use lastgood_core::problem::Problem;
use lastgood_core::recorded::Recorded;
use lastgood_core::time::Millis;
use serde::Deserialize;

use super::check::{self, Once};
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
    released: Option<InstancesShape>,
    #[serde(default)]
    others: Option<InstancesShape>,
    #[serde(default)]
    rate_before: Option<f64>,
    #[serde(default)]
    rate_now: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstancesShape {
    all: u32,
    silent: u32,
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
    let mut reading = Reading::default();
    let changes = (0..).zip(document.changes).map(|(at, one)| reading.change(at, one)).collect();
    let series = (0..).zip(document.series).map(|(at, one)| reading.series(at, one)).collect();
    let incident = document.incident;
    let scrape = check::scrape("incident.scrape_seconds", incident.scrape_seconds);
    let e_ratio = check::evidence("incident.e_ratio", incident.e_ratio);
    let incident = Incident {
        at: reading.time("incident.at", &incident.at),
        service: incident.service,
        scrape: reading.keep(scrape).unwrap_or(Millis::seconds(1)),
        e_ratio: reading.keep(e_ratio).unwrap_or_default(),
        series,
        // Who describes an incident says that there is one.
        kept: Recorded::NotRecorded,
    };
    if reading.mistakes.is_empty() {
        Ok(Told { incident, changes })
    } else {
        Err(wrong(reading.mistakes))
    }
}

/// Collects mistakes, so that all of them are told at once.
#[derive(Default)]
struct Reading {
    mistakes: Vec<String>,
    once: Once,
}

impl Reading {
    fn keep<T>(&mut self, found: Result<T, String>) -> Option<T> {
        found.map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    fn time(&mut self, place: &str, text: &str) -> Timestamp {
        let found = time(text).map_err(|why| format!("{place}: {why}"));
        self.keep(found).unwrap_or_default()
    }

    fn change(&mut self, at: usize, one: ChangeShape) -> Change {
        let here = format!("changes[{at}]");
        let told = self.once.take(&here, format!("the change `{}`", one.name));
        self.keep(told);
        let began = self.time(&format!("{here}.began"), &one.began);
        let ended = one.ended.map(|text| self.time(&format!("{here}.ended"), &text));
        let ended = check::ended(&format!("{here}.ended"), began, ended);
        let before = check::share(&format!("{here}.rate_before"), one.rate_before);
        let now = check::share(&format!("{here}.rate_now"), one.rate_now);
        Change {
            began,
            ended: self.keep(ended).flatten(),
            name: one.name,
            kind: one.kind,
            service: one.service,
            hops: one.hops.into(),
            new: self.ticks(&format!("{here}.new"), one.new),
            old: self.ticks(&format!("{here}.old"), one.old),
            released: self.instances(&format!("{here}.released"), one.released),
            silent: Vec::new(),
            others: self.instances(&format!("{here}.others"), one.others),
            rate_before: self.keep(before).unwrap_or_default(),
            rate_now: self.keep(now).unwrap_or_default(),
        }
    }

    fn ticks(&mut self, here: &str, rows: Option<Vec<(String, u64, u64)>>) -> Recorded<Vec<Tick>> {
        let mut tick = |(row, (text, total, bad)): (usize, (String, u64, u64))| {
            let place = format!("{here}[{row}]");
            let told = self.once.take(&place, format!("the interval of `{here}` until {text}"));
            self.keep(told);
            let at = self.time(&place, &text).into();
            let counts = self.keep(check::counts(&format!("{place}: "), total, bad));
            Tick { at, counts: counts.unwrap_or(Counts { total: 0, bad: 0 }) }
        };
        Recorded::from(rows.map(|rows| (0..).zip(rows).map(&mut tick).collect::<Vec<_>>()))
    }

    fn instances(&mut self, here: &str, told: Option<InstancesShape>) -> Recorded<Instances> {
        let (all, silent) = told.map(|told| (told.all, told.silent)).unzip();
        let found = check::instances(&format!("{here}: "), ("all", all), ("silent", silent));
        self.keep(found).unwrap_or_default()
    }

    fn series(&mut self, at: usize, one: SeriesShape) -> Series {
        let mut points: Vec<_> = (0..)
            .zip(one.points)
            .filter_map(|(row, (text, value)): (usize, _)| {
                let place = format!("series[{at}].points[{row}]");
                let at = self.time(&place, &text);
                Some((at, self.keep(check::point(&place, value?))?))
            })
            .collect();
        points.sort_by_key(|(at, _)| *at);
        Series { service: one.service, points }
    }
}
