//! Asks a real MariaDB the same: each case is carried out, what the old release then meets is
//! compared with the label, and no label may be better than that.

use std::fmt::Write as _;

use lastgood_schema::{Catalog, Dialect, Label, Probe, Source, classify};
use lastgood_testkit::mariadb::Server;

const BASE: &str = include_str!("../cases/mysql/base.sql");
const ROWS: &str = include_str!("../cases/mysql/rows.sql");
const APP: &str = include_str!("../cases/mysql/app.sql");
const CASES: &str = include_str!("../cases/mysql/cases.sql");

/// Parts a case's migration from what only the new release writes.
const NEW: &str = " -- new: ";

/// What the old release's statements met: whether each failed and how many rows it saw.
type Met = Vec<(bool, i64)>;

/// A migration on one line, and the letter of the label it must get.
struct Case {
    label: Label,
    migration: &'static str,
    new: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let lines = CASES.lines().filter(|line| !line.is_empty() && !line.starts_with("--"));
    lines
        .map(|line| {
            let (letter, sql) = line.split_once(' ').expect("a letter and a migration");
            let (migration, new) = match sql.split_once(NEW) {
                Some((migration, new)) => (migration, Some(new)),
                None => (sql, None),
            };
            let all = [Label::Compatible, Label::Probe, Label::Opaque, Label::Breaks, Label::Loses];
            let label = all.into_iter().find(|label| label.letter().to_string() == letter);
            Case { label: label.expect("a known letter"), migration, new }
        })
        .collect()
}

fn statements() -> impl Iterator<Item = &'static str> {
    APP.lines().filter(|line| !line.is_empty() && !line.starts_with("--"))
}

/// A script whose failures are told by their lines.
#[derive(Default)]
struct Script {
    text: String,
    lines: usize,
}

impl Script {
    /// Adds one line; which it is, from 1.
    fn line(&mut self, line: &str) -> usize {
        let _ = writeln!(self.text, "{line}");
        self.lines += 1;
        self.lines
    }

    fn all(&mut self, text: &str) {
        text.lines().for_each(|line| {
            self.line(line);
        });
    }

    /// All of the old release's statements, each taken back: the line of each.
    fn old_release(&mut self, mark: &str) -> Vec<usize> {
        statements()
            .map(|statement| {
                self.line("START TRANSACTION;");
                let line = self.line(statement);
                // A statement that changes tells its rows; one that reads told them before.
                self.line(&format!(
                    "SELECT '{mark}', {line}, GREATEST(@rows := ROW_COUNT(), IF(@rows < 0, FOUND_ROWS(), 0));"
                ));
                self.line("ROLLBACK;");
                line
            })
            .collect()
    }
}

/// What the client printed, and which lines failed.
struct Output {
    printed: String,
    failed: Vec<usize>,
}

impl Output {
    fn of(server: &Server, script: &Script) -> Self {
        let (printed, _) = server.client(&script.text);
        let failed = printed
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ERROR ")?.split_once(" at line ")?.1.split_once(':')
            })
            .filter_map(|(line, _)| line.parse().ok())
            .collect();
        Self { printed, failed }
    }

    fn met(&self, mark: &str, lines: &[usize]) -> Met {
        lines
            .iter()
            .map(|line| {
                let begin = format!("{mark}\t{line}\t");
                let rows = self.printed.lines().find_map(|one| one.strip_prefix(&begin));
                (self.failed.contains(line), rows.and_then(|rows| rows.parse().ok()).unwrap_or(0))
            })
            .collect()
    }

    /// How often a mark was printed, and the sum of its numbers.
    fn counted(&self, mark: &str) -> (usize, i64) {
        let numbers = self
            .printed
            .lines()
            .filter_map(|line| line.strip_prefix(mark)?.strip_prefix('\t')?.parse::<i64>().ok());
        numbers.fold((0, 0), |(times, sum), one| (times + 1, sum + one))
    }
}

fn fresh(name: &str) -> Script {
    let mut script = Script::default();
    script.line(&format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}; USE {name};"));
    script.line("SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';");
    script.all(BASE);
    script.all(ROWS);
    script
}

/// What is stored in the old release's columns, in one number for each table.
fn stored(script: &mut Script, mark: &str) {
    for (table, columns) in [
        (
            "users",
            "id, email, name, age, state, tags, note, DATE_FORMAT(created, '%Y%m%d%H%i%s.%f')",
        ),
        ("orders", "id, user_id, amount, payload"),
        ("audit", "id, what, at"),
        (
            "nums",
            "a, b, c, HEX(TRIM(TRAILING 0x00 FROM d)), e, DATE_FORMAT(f, '%Y%m%d%H%i%s.%f'), TIME_FORMAT(g, '%H%i%s.%f')",
        ),
    ] {
        script.line(&format!(
            "SELECT '{mark}', '{table}', COALESCE(SUM(CRC32(CONCAT_WS('|', {columns}))), 0), COUNT(*) FROM {table};"
        ));
    }
}

fn ask(
    server: &Server,
    case: &Case,
    label: Label,
    probes: &[Probe],
    usual: &Met,
) -> Result<Label, String> {
    let mut script = fresh("tried");
    stored(&mut script, "@before");
    let first = script.lines + 1;
    script.line(&format!("{};", case.migration));
    let last = script.lines;
    script.line("SET foreign_key_checks = 1;");
    stored(&mut script, "@after");
    for probe in probes {
        script.line(&format!("SELECT '@early', COUNT(*) FROM ({}) p;", probe.sql));
    }
    let after = script.old_release("@met");
    let mut then = Vec::new();
    let mut wrote = None;
    if let Some(new) = case.new {
        wrote = Some(script.line(&format!("{new};")));
        for probe in probes {
            script.line(&format!("SELECT '@late', COUNT(*) FROM ({}) p;", probe.sql));
        }
        then = script.old_release("@then");
    }
    let output = Output::of(server, &script);
    let failed = |line: &usize| output.failed.contains(line);
    if (1..=last).any(|line| failed(&line)) || wrote.is_some_and(|line| failed(&line)) {
        return Err(format!(
            "it cannot be carried out (lines {first} to {last}):\n{}",
            output.printed
        ));
    }
    let worse =
        |found: &Met| found.iter().zip(usual).any(|(now, before)| now.0 || now.1 < before.1);
    let breaks = worse(&output.met("@met", &after));
    if label == Label::Probe {
        let (asked, rows) = output.counted("@early");
        if asked != probes.len() {
            return Err(format!("a probe cannot be asked:\n{}", output.printed));
        }
        if breaks && rows > 0 {
            return Ok(Label::Probe);
        }
        if case.new.is_some() && output.counted("@late").1 == 0 {
            return Err(format!(
                "the probe does not find what the new release wrote:\n{}",
                output.printed
            ));
        }
    }
    let sums = |mark: &str| -> Vec<String> {
        let begin = format!("{mark}\t");
        let lines = output.printed.lines().filter_map(|line| line.strip_prefix(&begin));
        lines.map(str::to_owned).collect()
    };
    let (stood, kept) = (sums("@before"), sums("@after"));
    // A table that cannot be read any more is told by the old release's statements.
    let gone = stood.iter().filter(|before| {
        let table = before.split('\t').next().unwrap_or_default();
        kept.iter().any(|after| after.split('\t').next() == Some(table) && !same(before, after))
    });
    if gone.count() > 0 {
        return Ok(Label::Loses);
    }
    if breaks {
        return Ok(Label::Breaks);
    }
    if case.new.is_some() && worse(&output.met("@then", &then)) {
        return Ok(Label::Probe);
    }
    Ok(Label::Compatible)
}

/// Whether nothing is gone: more rows are none lost, other values in as many rows are.
fn same(before: &str, after: &str) -> bool {
    let count = |line: &str| line.rsplit('\t').next().and_then(|rows| rows.parse::<i64>().ok());
    before == after || count(after) > count(before)
}

#[test]
fn no_label_for_mysql_is_better_than_what_a_database_says() {
    let server = match Server::start(&[]) {
        Ok(server) => server,
        Err(why) => {
            eprintln!("SKIPPED: {why}");
            return;
        }
    };
    let mut script = fresh("usual");
    let lines = script.old_release("@usual");
    let output = Output::of(&server, &script);
    let usual = output.met("@usual", &lines);
    assert!(output.failed.is_empty(), "the old release works before:\n{}", output.printed);

    let before = Catalog::read(Dialect::Mysql, &[Source::new("base.sql", BASE)]);
    let (mut faults, mut safe, mut cautious) = (Vec::new(), 0, Vec::new());
    for case in cases() {
        let source = Source::new("case.sql", format!("{};", case.migration));
        let report = classify(Dialect::Mysql, &[source], &before);
        let label = report.worst();
        if label != case.label {
            faults.push(format!(
                "{} instead of {}: {}",
                label.letter(),
                case.label.letter(),
                case.migration
            ));
        }
        let probes: Vec<Probe> =
            report.rulings.into_iter().flat_map(|ruling| ruling.probes).collect();
        match ask(&server, &case, label, &probes, &usual) {
            Err(why) => faults.push(format!("{}: {why}", case.migration)),
            Ok(said) => {
                safe += usize::from(said == Label::Compatible);
                if said == Label::Compatible && label > said {
                    cautious.push(format!("{} {}", label.letter(), case.migration));
                } else if label < said && label != Label::Opaque {
                    faults.push(format!("{}, but it {said:?}: {}", label.letter(), case.migration));
                }
            }
        }
    }
    eprintln!("{safe} are safe; more cautious than the database {}: {cautious:#?}", cautious.len());
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
}
