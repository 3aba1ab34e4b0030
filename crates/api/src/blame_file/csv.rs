//! The CSV form: one row for each fact, told apart by the column `record`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::blame::{Change, ChangeKind, Incident, Instances, Series};
use lastgood_core::judge::{Counts, Tick};
use lastgood_core::problem::Problem;
use lastgood_core::recorded::Recorded;
use lastgood_core::time::Millis;

use super::{Told, time, wrong};

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
    let mut mistakes = Vec::new();
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

#[derive(Default)]
struct Gathered {
    incident: Option<Incident>,
    changes: Vec<Change>,
    samples: BTreeMap<String, Vec<(Timestamp, f64)>>,
}

impl Gathered {
    fn take(&mut self, row: &Row<'_>) -> Result<(), String> {
        match row.need("record")? {
            "incident" => {
                self.incident = Some(Incident {
                    at: row.need_time("time")?,
                    service: row.need("service")?.to_owned(),
                    scrape: Millis::seconds(row.number("scrape_seconds")?.unwrap_or(15)),
                    e_ratio: row.number("e_ratio")?.into(),
                    series: Vec::new(),
                    // Who describes an incident says that there is one.
                    kept: Recorded::NotRecorded,
                });
                Ok(())
            }
            "change" => {
                self.changes.push(change(row)?);
                Ok(())
            }
            "count" => self.count(row),
            "sample" => {
                let at = row.need_time("time")?;
                let service = row.need("service")?.to_owned();
                // An empty value is a sample that is missing.
                if let Some(value) = row.number("value")? {
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
        let counts = Counts {
            total: row.number("total")?.ok_or(format!("line {line}: `total` is missing"))?,
            bad: row.number("bad")?.ok_or(format!("line {line}: `bad` is missing"))?,
        };
        if counts.bad > counts.total {
            return Err(format!("line {line}: more bad requests than requests"));
        }
        let tick = Tick { at: row.need_time("time")?.into(), counts };
        let arm = match row.need("arm")? {
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
        let both = row.number(all)?.zip(row.number(silent)?);
        Ok(both.map(|(all, silent)| Instances { all, silent }).into())
    };
    Ok(Change {
        name: row.need("change")?.to_owned(),
        kind,
        service: row.need("service")?.to_owned(),
        began: row.need_time("time")?,
        ended: row.time("ended")?,
        hops: row.number("hops")?.into(),
        new: Recorded::NotRecorded,
        old: Recorded::NotRecorded,
        released: instances("released", "silent")?,
        others: instances("others", "others_silent")?,
        rate_before: row.number("rate_before")?.into(),
        rate_now: row.number("rate_now")?.into(),
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
