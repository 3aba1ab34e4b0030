//! A table (RFC 4180) with the columns `at`, `who` and `text`, or one that we exported.

use csv::StringRecord;
use jiff::Timestamp;
use lastgood_core::timeline::LineKind;

use super::entry::with_reason;
use super::json::not_taken;
use super::{Around, Entry, Taken};

/// What is read of a table that somebody made.
const COLUMNS: [&str; 4] = ["at", "who", "text", "kind"];

/// Where each thing stands in a row.
struct Columns {
    at: usize,
    text: usize,
    who: Option<usize>,
    kind: Option<usize>,
    /// Only a table of ours has these.
    ours: Option<Ours>,
}

/// The columns that only a table of ours has.
struct Ours {
    reason: Option<usize>,
    drill: Option<usize>,
}

/// Whether a line names the columns that are needed.
pub(super) fn is_header(line: &str) -> bool {
    let delimiter = delimiter(line);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(line.as_bytes());
    reader.headers().is_ok_and(|header| columns(header).is_some())
}

/// Spreadsheets of half of Europe separate by semicolons.
fn delimiter(header: &str) -> u8 {
    if header.contains(';') && !header.contains(',') { b';' } else { b',' }
}

fn name(cell: &str) -> String {
    cell.trim().to_lowercase()
}

fn columns(header: &StringRecord) -> Option<Columns> {
    let place = |wanted: &str| header.iter().position(|cell| name(cell) == wanted);
    let text = place("text")?;
    if let Some(at) = place("occurred_at_utc") {
        let ours = Ours { reason: place("reason"), drill: place("drill") };
        return Some(Columns {
            at,
            text,
            who: place("source"),
            kind: place("kind"),
            ours: Some(ours),
        });
    }
    let at = place("at")?;
    Some(Columns { at, text, who: place("who"), kind: place("kind"), ours: None })
}

pub(super) fn read(text: &str, around: &Around) -> Result<Taken, String> {
    let delimiter = delimiter(text.lines().find(|line| !line.trim().is_empty()).unwrap_or(""));
    if let Some(why) = misquoted(text, delimiter) {
        return Err(why);
    }
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let Some(columns) = columns(&header) else {
        return Err("line 1: the header has no columns `at` and `text`".to_owned());
    };
    let mut taken = Taken::default();
    let mut drills: Vec<String> = Vec::new();
    let mut lines = Lines { text: text.as_bytes(), at: 0, number: 1 };
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let place = format!("line {}", lines.up_to(row.position().map_or(0, csv::Position::byte)));
        if row.len() != header.len() {
            let why = format!("it has {} cells, and the header has {}", row.len(), header.len());
            taken.bad(place, why);
            continue;
        }
        let drill = columns.ours.as_ref().and_then(|ours| cell(&row, ours.drill));
        drills.extend(drill.filter(|drill| !drills.contains(drill)));
        let entry =
            one(&row, &columns, around).map(|entry| Entry { place: place.clone(), ..entry });
        taken.take(&place, entry);
    }
    if columns.ours.is_some() {
        taken.says.push(
            "It is an export of Lastgood: evidence, stars and first words stay in the file."
                .to_owned(),
        );
        taken
            .says
            .extend(drills.iter().map(|drill| format!("Its lines come from the drill `{drill}`.")));
    } else {
        let names: Vec<String> = header.iter().map(name).collect();
        let names = names.iter().map(String::as_str);
        taken.says.extend(not_taken("Columns", names, &COLUMNS));
    }
    Ok(taken)
}

fn one(row: &StringRecord, columns: &Columns, around: &Around) -> Result<Entry, String> {
    let at = cell(row, Some(columns.at)).ok_or("`at` is missing")?;
    let kind = match cell(row, columns.kind) {
        Some(kind) => of_kind(&kind)?,
        None => LineKind::Note,
    };
    let text = cell(row, Some(columns.text)).unwrap_or_default();
    let (at, zone, text) = if let Some(ours) = &columns.ours {
        let at: Timestamp =
            at.parse().map_err(|_| format!("`{at}` is no time like 2026-11-22T18:42:07Z"))?;
        let reason = cell(row, ours.reason);
        (at, "UTC".to_owned(), with_reason(&text, reason.as_deref()))
    } else {
        let said = around.time(&at)?;
        (said.at, said.zone, text)
    };
    let who = cell(row, columns.who);
    Ok(Entry { place: String::new(), at, zone: Some(zone), kind, who, text, id: None })
}

/// What stands in a cell, without the apostrophe that keeps a spreadsheet from calculating.
fn cell(row: &StringRecord, column: Option<usize>) -> Option<String> {
    let text = row.get(column?)?;
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        Some(_) | None => text,
    };
    if text.trim().is_empty() { None } else { Some(text.to_owned()) }
}

/// What a spreadsheet takes for a formula: what our export puts an apostrophe before.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn of_kind(text: &str) -> Result<LineKind, String> {
    match &*name(text) {
        "run" => Ok(LineKind::Run),
        "signal" => Ok(LineKind::Signal),
        "decision" => Ok(LineKind::Decision),
        "action" => Ok(LineKind::Action),
        "note" => Ok(LineKind::Note),
        other => {
            Err(format!("`{other}` is no kind; there are run, signal, decision, action and note"))
        }
    }
}

/// Counts lines. The reader of tables counts a row from before the end of the one above.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    number: usize,
}

impl Lines<'_> {
    /// The number of the line on which the row from `byte` on begins. Rows come in order.
    fn up_to(&mut self, byte: u64) -> usize {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let start =
            from + self.text.get(from..).unwrap_or_default().iter().take_while(blank).count();
        let passed = self.text.get(self.at..start).unwrap_or_default();
        self.number += passed.iter().map(|byte| usize::from(*byte == b'\n')).sum::<usize>();
        self.at = start;
        self.number
    }
}

/// Why quotes do not fit, with the line. A reader that goes on would take the rest of the
/// file, or two rows, for one cell.
fn misquoted(text: &str, delimiter: u8) -> Option<String> {
    let ends = |byte: Option<&u8>| {
        byte.is_none_or(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r')
    };
    let (mut line, mut opened, mut fresh) = (1, None, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, opened) {
            // Two of them inside of quotes are one.
            (b'"', Some(_)) if bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            (b'"', Some(_)) if !ends(bytes.peek()) => {
                return Some(format!("line {line}: text follows a quote that is closed"));
            }
            (b'"', Some(_)) => opened = None,
            (b'"', None) if fresh => opened = Some(line),
            (_, _) => {}
        }
        fresh = opened.is_none() && ends(Some(&byte));
        line += usize::from(byte == b'\n');
    }
    opened.map(|line| format!("line {line}: a quote is opened and never closed"))
}

#[cfg(test)]
mod tests {
    use super::super::around::testing::berlin;
    use super::*;

    fn told(taken: &Taken) -> Vec<String> {
        let line = |one: &Entry| {
            let who = one.who.as_deref().unwrap_or("-");
            format!("{} {} {:?} {who}: {}", one.place, one.at, one.kind, one.text)
        };
        taken.entries.iter().map(line).collect()
    }

    #[test]
    fn columns_may_stand_anywhere_and_a_cell_may_have_lines_and_quotes() {
        let text = "Who,Text,AT,kind,mood\r\nana,\"it \"\"broke\"\",\r\nall of it\",14:03,,bad\r\n\
                    ,\"fixed, \",2026-03-07T15:00:00Z,action,\r\n";
        let taken = read(text, &berlin()).expect("it is a table");
        assert_eq!(
            told(&taken),
            [
                "line 2 2026-03-07T13:03:00Z Note ana: it \"broke\",\r\nall of it",
                "line 4 2026-03-07T15:00:00Z Action -: fixed, ",
            ]
        );
        assert_eq!(taken.says, ["Columns that were not taken: `mood`."]);
    }

    #[test]
    fn a_table_with_semicolons_is_one_too() {
        let taken = read("at;who;text\n14:03;ana;a, b\n", &berlin()).expect("it is a table");
        assert_eq!(told(&taken), ["line 2 2026-03-07T13:03:00Z Note ana: a, b"]);
    }

    #[test]
    fn what_we_exported_is_read_back_with_its_reason_and_without_apostrophes() {
        let text = "id,occurred_at_utc,occurred_at,kind,source,text,reason,drill\r\n\
                    e1,2026-03-07T13:03:00.5Z,x,run,lastgood,The run began,,bad-canary\r\n\
                    n2,2026-03-07T13:04:00Z,x,decision,ana,'=1+1,because,bad-canary\r\n";
        let taken = read(text, &berlin()).expect("it is a table");
        assert_eq!(
            told(&taken),
            [
                "line 2 2026-03-07T13:03:00.5Z Run lastgood: The run began",
                "line 3 2026-03-07T13:04:00Z Decision ana: =1+1 Reason: because",
            ]
        );
        assert_eq!(taken.says[1], "Its lines come from the drill `bad-canary`.");
    }

    #[test]
    fn every_row_that_cannot_be_read_is_told_with_its_line() {
        let text = "at,who,text,kind\n,ana,x,\n14:03,ana\n25:00,ana,x,\n14:03,ana,x,fun\n\
                    2026-03-29 02:30,ana,x,\n14:04,ana,ok,\n";
        let taken = read(text, &berlin()).expect("it is a table");
        assert_eq!(told(&taken), ["line 7 2026-03-07T13:04:00Z Note ana: ok"]);
        let bad: Vec<String> =
            taken.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why)).collect();
        assert_eq!(bad[0], "line 2: `at` is missing");
        assert_eq!(bad[1], "line 3: it has 2 cells, and the header has 4");
        assert!(bad[2].starts_with("line 4: `25:00` is no time"), "{bad:?}");
        assert!(bad[3].starts_with("line 5: `fun` is no kind"), "{bad:?}");
        assert!(bad[4].starts_with("line 6: there was no 2026-03-29 02:30:00"), "{bad:?}");
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_swallow_the_rest() {
        assert_eq!(misquoted("a,\"b \"\"c\"\"\",d\ne\"f,g\n", b','), None);
        let text = "at,who,text\n14:03,ana,\"it broke\n14:04,ben,\"\"\"x\"\"\"\n";
        assert_eq!(
            read(text, &berlin()),
            Err("line 3: text follows a quote that is closed".to_owned())
        );
        assert_eq!(
            read("at,text\n14:03,\"x\n", &berlin()),
            Err("line 2: a quote is opened and never closed".to_owned())
        );
        assert!(read("when,what\n1,2\n", &berlin()).is_err(), "the columns are not there");
    }
}
