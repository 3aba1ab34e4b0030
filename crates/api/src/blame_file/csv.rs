//! The CSV form: one row for each fact, told apart by the column `record`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::blame::{Change, ChangeKind, Incident, Instances, Series};
use lastgood_core::judge::Tick;
use lastgood_core::problem::Problem;
use lastgood_core::recorded::Recorded;

use super::check::{self, Once};
use super::{Told, time, wrong};

/// Every column that means something.
const COLUMNS: [&str; 19] = [
    "record",
    "change",
    "kind",
    "service",
    "time",
    "ended",
    "scrape_seconds",
    "e_ratio",
    "hops",
    "released",
    "silent",
    "others",
    "others_silent",
    "rate_before",
    "rate_now",
    "arm",
    "total",
    "bad",
    "value",
];

/// One row, by column.
struct Row<'a> {
    line: usize,
    cells: BTreeMap<&'a str, String>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    fn need(&self, column: &str) -> Result<&str, String> {
        self.text(column).ok_or_else(|| format!("line {}: `{column}` is missing", self.line))
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Result<Option<T>, String> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let wrong = || format!("line {}: `{column}` is `{text}`, which is no number", self.line);
        text.parse().map(Some).map_err(|_| wrong())
    }

    fn time(&self, column: &str) -> Result<Option<Timestamp>, String> {
        let Some(text) = self.text(column) else { return Ok(None) };
        time(text).map(Some).map_err(|why| format!("line {}, `{column}`: {why}", self.line))
    }

    /// Where it is, for a mistake that is about all of it.
    fn place(&self) -> String {
        format!("line {}", self.line)
    }

    /// Where a cell of it is.
    fn at(&self, column: &str) -> String {
        format!("line {}: `{column}`", self.line)
    }

    fn need_time(&self, column: &str) -> Result<Timestamp, String> {
        self.need(column)?;
        self.time(column).map(Option::unwrap_or_default)
    }
}

pub(super) fn read(text: &str) -> Result<Told, Problem> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else {
        return Err(wrong(vec!["it is empty".to_owned()]));
    };
    let columns = cells(header).unwrap_or_default();
    let columns: Vec<&str> = columns.iter().map(|name| name.trim()).collect();
    if !columns.contains(&"record") {
        return Err(wrong(vec!["line 1: there is no column `record`".to_owned()]));
    }
    let mut gathered = Gathered::default();
    let mut mistakes = header_mistakes(&columns);
    for (line, text) in lines {
        let Some(found) = cells(text) else {
            mistakes.push(format!("line {line}: a quote is not closed"));
            continue;
        };
        if found.len() > columns.len() {
            mistakes.push(format!("line {line}: it has more cells than the header"));
            continue;
        }
        let row = Row { line, cells: columns.iter().copied().zip(found).collect() };
        if let Err(mistake) = gathered.take(&row) {
            mistakes.push(mistake);
        }
    }
    gathered.finish(mistakes)
}

/// Columns that nobody reads, or that are there twice.
fn header_mistakes(columns: &[&str]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (place, name) in columns.iter().enumerate() {
        if columns[..place].contains(name) {
            mistakes.push(format!("line 1: the column `{name}` is there twice; keep one"));
        } else if !COLUMNS.contains(name) {
            mistakes.push(format!(
                "line 1: there is no column `{name}`; there is {}",
                COLUMNS.join(", ")
            ));
        }
    }
    mistakes
}

#[derive(Default)]
struct Gathered {
    once: Once,
    incident: Option<Incident>,
    changes: Vec<Change>,
    samples: BTreeMap<String, Vec<(Timestamp, f64)>>,
}

impl Gathered {
    fn take(&mut self, row: &Row<'_>) -> Result<(), String> {
        match row.need("record")? {
            "incident" => {
                self.once.take(&row.place(), "the incident".to_owned())?;
                self.incident = Some(Incident {
                    at: row.need_time("time")?,
                    service: row.need("service")?.to_owned(),
                    scrape: check::scrape(
                        &row.at("scrape_seconds"),
                        row.number("scrape_seconds")?,
                    )?,
                    e_ratio: check::evidence(&row.at("e_ratio"), row.number("e_ratio")?)?,
                    series: Vec::new(),
                    // Who describes an incident says that there is one.
                    kept: Recorded::NotRecorded,
                });
                Ok(())
            }
            "change" => {
                let change = change(row)?;
                self.once.take(&row.place(), format!("the change `{}`", change.name))?;
                self.changes.push(change);
                Ok(())
            }
            "count" => self.count(row),
            "sample" => {
                let at = row.need_time("time")?;
                let service = row.need("service")?.to_owned();
                // An empty value is a sample that is missing.
                if let Some(value) = row.number("value")? {
                    let value = check::point(&row.at("value"), value)?;
                    self.samples.entry(service).or_default().push((at, value));
                }
                Ok(())
            }
            other => Err(format!(
                "line {}: `{other}` is no record; there is incident, change, count, sample",
                row.line
            )),
        }
    }

    fn count(&mut self, row: &Row<'_>) -> Result<(), String> {
        let name = row.need("change")?;
        let line = row.line;
        let Some(change) = self.changes.iter_mut().find(|one| one.name == name) else {
            return Err(format!("line {line}: there is no change `{name}` above it"));
        };
        let counts = check::counts(
            &format!("line {line}: "),
            row.number("total")?.ok_or(format!("line {line}: `total` is missing"))?,
            row.number("bad")?.ok_or(format!("line {line}: `bad` is missing"))?,
        )?;
        let tick = Tick { at: row.need_time("time")?.into(), counts };
        let arm = row.need("arm")?;
        self.once.take(
            &row.place(),
            format!("what the {arm} instances of `{name}` did until {}", row.need("time")?),
        )?;
        let arm = match arm {
            "new" => &mut change.new,
            "old" => &mut change.old,
            other => return Err(format!("line {line}: `{other}` is no arm; there is new, old")),
        };
        match arm {
            Recorded::Recorded(ticks) => ticks.push(tick),
            Recorded::NotRecorded => *arm = Recorded::Recorded(vec![tick]),
        }
        Ok(())
    }

    fn finish(self, mut mistakes: Vec<String>) -> Result<Told, Problem> {
        let Some(mut incident) = self.incident else {
            mistakes.push("there is no row whose `record` is incident".to_owned());
            return Err(wrong(mistakes));
        };
        if !mistakes.is_empty() {
            return Err(wrong(mistakes));
        }
        incident.series = self
            .samples
            .into_iter()
            .map(|(service, mut points)| {
                points.sort_by_key(|(at, _)| *at);
                Series { service, points }
            })
            .collect();
        Ok(Told { incident, changes: self.changes })
    }
}

fn change(row: &Row<'_>) -> Result<Change, String> {
    let kind = match row.need("kind")? {
        "deploy" => ChangeKind::Deploy,
        "configuration" => ChangeKind::Configuration,
        "flag" => ChangeKind::Flag,
        "migration" => ChangeKind::Migration,
        other => {
            return Err(format!(
                "line {}: `{other}` is no kind; there is deploy, configuration, flag, migration",
                row.line
            ));
        }
    };
    let instances = |all: &str, silent: &str| -> Result<Recorded<Instances>, String> {
        let place = format!("{}: ", row.place());
        check::instances(&place, (all, row.number(all)?), (silent, row.number(silent)?))
    };
    let began = row.need_time("time")?;
    Ok(Change {
        name: row.need("change")?.to_owned(),
        kind,
        service: row.need("service")?.to_owned(),
        began,
        ended: check::ended(&row.at("ended"), began, row.time("ended")?)?,
        hops: row.number("hops")?.into(),
        new: Recorded::NotRecorded,
        old: Recorded::NotRecorded,
        released: instances("released", "silent")?,
        silent: Vec::new(),
        others: instances("others", "others_silent")?,
        rate_before: check::share(&row.at("rate_before"), row.number("rate_before")?)?,
        rate_now: check::share(&row.at("rate_now"), row.number("rate_now")?)?,
    })
}

/// The cells of a line, as RFC 4180 has them; `None` when a quote is not closed. A cell
/// does not reach over lines.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        let cell = cells.last_mut()?;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    (!quoted).then_some(cells)
}
