//! Reads the table: commas between the columns, a header, one row for each tick and arm.

use std::collections::BTreeMap;

use lastgood_core::judge::Counts;
use serde::Serialize;

/// Something in the table that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Mistake {
    /// The line, counted from one.
    pub line: usize,
    /// The column in characters, counted from one.
    pub column: usize,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub fix: String,
}

/// What both releases did in one tick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// As it was written.
    pub(super) label: String,
    pub(super) canary: Option<Counts>,
    pub(super) baseline: Option<Counts>,
}

/// The table by time: by number, or by nanoseconds since 1970.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<i128, Row>,
}

const COLUMNS: [&str; 4] = ["tick", "arm", "total", "bad"];

/// How ticks are written; one table has one kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Time,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Arm {
    Canary,
    Baseline,
}

/// One value and where it stands.
struct Field {
    column: usize,
    text: String,
}

/// What is read so far.
#[derive(Default)]
struct Reading {
    table: Table,
    mistakes: Vec<Mistake>,
    kind: Option<Kind>,
    /// Which line brought what.
    lines: BTreeMap<(i128, Arm), usize>,
}

pub(super) fn read(text: &str) -> Result<Table, Vec<Mistake>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((at, header)) = lines.next() else {
        return Err(vec![mistake(
            1,
            1,
            "there is nothing in it",
            "Begin with a line `tick,arm,total,bad`.",
        )]);
    };
    let header = split(header, at + 1).map_err(|mistake| vec![mistake])?;
    let places = places(&header, at + 1)?;
    let mut reading = Reading::default();
    for (at, line) in lines {
        match split(line, at + 1) {
            Ok(fields) => reading.row(at + 1, &fields, places, header.len()),
            Err(mistake) => reading.mistakes.push(mistake),
        }
    }
    if reading.mistakes.is_empty() { Ok(reading.table) } else { Err(reading.mistakes) }
}

fn mistake(
    line: usize,
    column: usize,
    cause: impl Into<String>,
    fix: impl Into<String>,
) -> Mistake {
    Mistake { line, column, cause: cause.into(), fix: fix.into() }
}

/// Where the four columns stand.
fn places(header: &[Field], line: usize) -> Result<[usize; 4], Vec<Mistake>> {
    if let [only] = header
        && let Some(other) = only.text.chars().find(|c| [';', '\t', '|'].contains(c))
    {
        let cause = format!("the columns stand apart by {other:?}, not by a comma");
        let fix = "Save the table with commas: `tick,arm,total,bad`.";
        return Err(vec![mistake(line, only.column, cause, fix)]);
    }
    let mut mistakes = Vec::new();
    let mut places = [0; 4];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        let mut found =
            header.iter().enumerate().filter(|(_, field)| field.text.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => *place = at,
            (Some(_), Some((_, again))) => mistakes.push(mistake(
                line,
                again.column,
                format!("the header names the column `{name}` twice"),
                "Rename or remove one of them.",
            )),
            (None, _) => mistakes.push(mistake(
                line,
                1,
                format!("the header has no column `{name}`"),
                "The first line names the columns, at least `tick,arm,total,bad` in any order.",
            )),
        }
    }
    if mistakes.is_empty() { Ok(places) } else { Err(mistakes) }
}

type Chars<'a> = std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'a>>>;

/// The values of a line. A value in double quotes may hold commas; two of them stand for
/// one.
fn split(line: &str, number: usize) -> Result<Vec<Field>, Mistake> {
    let mut chars = line.chars().enumerate().peekable();
    let end = line.chars().count() + 1;
    let mut fields = Vec::new();
    loop {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let column = chars.peek().map_or(end, |(at, _)| at + 1);
        let text = if chars.next_if(|(_, c)| *c == '"').is_some() {
            quoted(&mut chars, number, column)?
        } else {
            let mut text = String::new();
            while let Some((_, c)) = chars.next_if(|(_, c)| *c != ',') {
                text.push(c);
            }
            text.trim_end().to_owned()
        };
        fields.push(Field { column, text });
        if chars.next().is_none() {
            return Ok(fields);
        }
    }
}

/// A value whose opening quote has been read, up to the comma behind it.
fn quoted(chars: &mut Chars<'_>, number: usize, column: usize) -> Result<String, Mistake> {
    let mut text = String::new();
    loop {
        match chars.next() {
            None => {
                return Err(mistake(
                    number,
                    column,
                    "a quote is opened and not closed on this line",
                    "Close it, or remove it: no value here needs quotes.",
                ));
            }
            Some((_, '"')) if chars.next_if(|(_, c)| *c == '"').is_none() => break,
            Some((_, c)) => text.push(c),
        }
    }
    while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
    match chars.peek() {
        Some((at, c)) if *c != ',' => Err(mistake(
            number,
            at + 1,
            format!("`{c}` follows a closing quote"),
            "Put a comma after the quote, or the whole value into quotes.",
        )),
        _ => Ok(text),
    }
}

impl Reading {
    fn row(&mut self, line: usize, fields: &[Field], places: [usize; 4], named: usize) {
        if fields.len() != named {
            let odd = fields.get(named).or(fields.last());
            let column = odd.map_or(1, |field| field.column);
            self.mistakes.push(mistake(
                line,
                column,
                format!("the line has {} values and the header {named}", fields.len()),
                "Give one value for every column of the header, and write numbers without \
                 separators: 1000, not 1,000.",
            ));
            return;
        }
        let [tick, arm, total, bad] = places.map(|place| &fields[place]);
        // Every value is looked at, so that all mistakes of a line are told at once.
        let (at, arm) = (self.tick(line, tick), self.arm(line, arm));
        let (total, counted) = (self.count(line, total, "total"), bad);
        let bad = self.count(line, bad, "bad");
        let (Some(at), Some(arm), Some(total), Some(bad)) = (at, arm, total, bad) else { return };
        if bad > total {
            self.mistakes.push(mistake(
                line,
                counted.column,
                format!("{bad} bad requests of {total} in all"),
                "`bad` counts some of `total`; check whether the columns are swapped.",
            ));
            return;
        }
        if let Some(before) = self.lines.insert((at, arm), line) {
            self.mistakes.push(mistake(
                line,
                tick.column,
                format!("line {before} has the same tick and arm"),
                "Add the counts of one tick and arm up, or give the ticks different numbers.",
            ));
            return;
        }
        let row = self.table.rows.entry(at).or_default();
        row.label.clone_from(&tick.text);
        let counts = Some(Counts { total, bad });
        match arm {
            Arm::Canary => row.canary = counts,
            Arm::Baseline => row.baseline = counts,
        }
    }

    fn tick(&mut self, line: usize, field: &Field) -> Option<i128> {
        let found = if let Ok(number) = field.text.parse::<i64>() {
            Some((Kind::Number, i128::from(number)))
        } else {
            let time = field.text.parse::<jiff::Timestamp>().ok();
            time.map(|time| (Kind::Time, time.as_nanosecond()))
        };
        let Some((kind, at)) = found else {
            self.mistakes.push(mistake(
                line,
                field.column,
                format!("`{}` is no tick", field.text),
                "Write a whole number, or a time with its zone such as 2026-03-01T02:10:00Z.",
            ));
            return None;
        };
        if *self.kind.get_or_insert(kind) != kind {
            self.mistakes.push(mistake(
                line,
                field.column,
                "numbers and times are mixed in the column `tick`",
                "Write all ticks in the form of the first one.",
            ));
            return None;
        }
        Some(at)
    }

    fn arm(&mut self, line: usize, field: &Field) -> Option<Arm> {
        match field.text.to_ascii_lowercase().as_str() {
            // What Argo, Kayenta and experiments call the two.
            "canary" | "new" | "candidate" | "experiment" | "treatment" => Some(Arm::Canary),
            "baseline" | "old" | "stable" | "control" | "primary" => Some(Arm::Baseline),
            _ => {
                self.mistakes.push(mistake(
                    line,
                    field.column,
                    format!("`{}` is no arm", field.text),
                    "Write `canary` for the new release and `baseline` for the old one.",
                ));
                None
            }
        }
    }

    fn count(&mut self, line: usize, field: &Field, name: &str) -> Option<u64> {
        /// Beyond this, numbers of requests lose their last digit in JSON.
        const MOST: u64 = 1 << 53;
        let text = &field.text;
        let (cause, fix) = match text.parse::<u64>() {
            Ok(count) if count <= MOST => return Some(count),
            Ok(_) => (format!("`{text}` is more requests than can be counted"), "Check the unit."),
            Err(_) if text.is_empty() => (
                format!("the column `{name}` is empty"),
                "Leave the line out where nothing is known; write 0 where there was no request.",
            ),
            Err(_) => (
                format!("`{text}` is no count"),
                "Write how many requests there were in this tick: a whole number, not negative.",
            ),
        };
        self.mistakes.push(mistake(line, field.column, cause, fix));
        None
    }
}
