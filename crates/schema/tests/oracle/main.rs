//! Asks a real PostgreSQL: each case is carried out, and what the old release then meets is
//! compared with the label. No label may be better than what the database says.

#[path = "../cases/mod.rs"]
mod cases;
mod mysql;

use std::fmt::Write as _;

use cases::Case;
use lastgood_schema::{Catalog, Dialect, Label, Probe, Source, classify};
use lastgood_testkit::postgres::Server;

const APP: &str = include_str!("../cases/app.sql");
/// Of the files that are safe, at most one in so many may be called anything worse than
/// compatible without need.
const SHARE: usize = 10;
/// Cases from this number on were written by an adversary. What is safe among them is so by a detail, or
/// only for these statements (a role's settings, who may log in, what a publication takes): caution is
/// the right answer to most, so they are told and not counted against the share.
const ADVERSE: &str = "600";

/// What the old release's statements met: whether each failed and how many rows it saw.
type Met = Vec<(bool, usize)>;

fn statements() -> impl Iterator<Item = &'static str> {
    APP.lines().filter(|line| !line.is_empty() && !line.starts_with("--"))
}

/// All of the old release's statements, each taken back.
fn old_release(script: &mut String, mark: &str) {
    script.push_str("\\set ON_ERROR_STOP off\nSET SESSION AUTHORIZATION app;\n\\o /dev/null\n");
    for statement in statements() {
        let _ = writeln!(
            script,
            "BEGIN; SET CONSTRAINTS ALL IMMEDIATE;\n{statement}\n\\echo {mark} :ERROR :ROW_COUNT\nROLLBACK;"
        );
    }
    script.push_str("\\o\nRESET SESSION AUTHORIZATION;\n\\set ON_ERROR_STOP on\n");
}

fn met(output: &str, mark: &str) -> Met {
    let lines = output.lines().filter_map(|line| line.strip_prefix(mark)?.strip_prefix(' '));
    lines
        .map(|line| {
            let (failed, rows) = line.split_once(' ').expect("two words");
            (failed == "true", rows.parse().expect("a number of rows"))
        })
        .collect()
}

fn number(output: &str, mark: &str) -> Option<i64> {
    output.lines().find_map(|line| line.strip_prefix(mark)?.strip_prefix('|')?.parse().ok())
}

/// Carries a case out and says what the database says.
fn ask(
    server: &Server,
    case: &Case,
    label: Label,
    probes: &[Probe],
    usual: &Met,
) -> Result<Label, String> {
    let database = format!("case_{}", case.number);
    let (output, made) =
        server.psql("postgres", &format!("CREATE DATABASE {database} TEMPLATE base;"));
    if !made {
        return Err(output);
    }
    let mut script = String::from("\\set ON_ERROR_STOP on\nSELECT zz.snap('before');\n");
    script.push_str(&case.migration);
    script.push_str("RESET ALL;\nSELECT zz.snap('after');\nSELECT '@lost', zz.lost();\n");
    // Before the old release's statements, which draw numbers that are not given back.
    for probe in probes {
        let _ = writeln!(script, "SELECT '@early', count(*) FROM ({}) p;", probe.sql);
    }
    old_release(&mut script, "@after");
    script.push_str("SELECT '@unfit', zz.unfit();\n");
    if let Some(new) = &case.new {
        script.push_str(new);
        script.push_str("SELECT '@unfit_then', zz.unfit();\n");
        for probe in probes {
            let _ = writeln!(script, "SELECT '@late', count(*) FROM ({}) p;", probe.sql);
        }
        old_release(&mut script, "@then");
    }
    script.push_str("\\echo @end\n");
    let (output, _) = server.psql(&database, &script);
    let _ = server.psql("postgres", &format!("DROP DATABASE {database};"));
    if !output.contains("@end") {
        return Err(output);
    }
    let worse =
        |found: &Met| found.iter().zip(usual).any(|(now, before)| now.0 || now.1 < before.1);
    let after = met(&output, "@after");
    assert_eq!(after.len(), usual.len(), "every statement was tried in {}", case.number);
    let found = |mark: &str| {
        let lines = output.lines().filter_map(|line| line.strip_prefix(mark)?.strip_prefix('|'));
        lines.filter_map(|rows| rows.parse::<i64>().ok()).sum::<i64>() > 0
    };
    if label == Label::Probe {
        let asked = output.lines().filter(|line| line.starts_with("@early|")).count();
        if asked != probes.len() {
            return Err(format!("a probe cannot be asked:\n{output}"));
        }
        if found("@early") != worse(&after) {
            return Err(format!("a probe tells another story than the database:\n{output}"));
        }
        if worse(&after) {
            // The probe says so, and so the label is as good as the database's word.
            return Ok(Label::Probe);
        }
        if case.new.is_some() && !found("@late") {
            return Err(format!("the probe does not find what the new release wrote:\n{output}"));
        }
    }
    if number(&output, "@lost").is_none_or(|lost| lost > 0) {
        return Ok(Label::Loses);
    }
    if worse(&after) {
        return Ok(Label::Breaks);
    }
    let unfit = number(&output, "@unfit_then") > number(&output, "@unfit");
    if case.new.is_some() && (unfit || worse(&met(&output, "@then"))) {
        return Ok(Label::Probe);
    }
    Ok(Label::Compatible)
}

#[test]
fn no_label_is_better_than_what_the_database_says() {
    let server = match Server::start() {
        Ok(server) => server,
        Err(why) => {
            eprintln!("SKIPPED: {why}");
            return;
        }
    };
    let base = format!(
        "\\set ON_ERROR_STOP on\n{}\n{}\n\
         GRANT ALL ON ALL TABLES IN SCHEMA public, extra TO app;\n\
         GRANT ALL ON ALL SEQUENCES IN SCHEMA public, extra TO app;\n\
         GRANT ALL ON SCHEMA extra TO app;\n{}\n\\echo @end\n",
        cases::BASE,
        include_str!("../cases/rows.sql"),
        include_str!("../cases/oracle.sql"),
    );
    server.psql("postgres", "CREATE ROLE app LOGIN; CREATE DATABASE base;");
    let (output, _) = server.psql("base", &base);
    assert!(output.contains("@end"), "the database of the old release is made:\n{output}");
    server.psql("postgres", "CREATE DATABASE usual TEMPLATE base;");
    let mut script = String::new();
    old_release(&mut script, "@usual");
    let (output, _) = server.psql("usual", &script);
    let usual = met(&output, "@usual");
    assert!(usual.iter().all(|(failed, _)| !failed), "the old release works before:\n{output}");
    assert_eq!(usual.len(), statements().count(), "every statement was tried:\n{output}");

    let before = Catalog::read(Dialect::Postgres, &[Source::new("base.sql", cases::BASE)]);
    let all = cases::all();
    let mut faults = Vec::new();
    let (mut safe, mut cautious, mut wary) = (0, Vec::new(), Vec::new());
    for case in &all {
        let source = Source::new("case.sql", case.migration.as_str());
        let report = classify(Dialect::Postgres, &[source], &before);
        let label = report.worst();
        let probes: Vec<Probe> =
            report.rulings.into_iter().flat_map(|ruling| ruling.probes).collect();
        match ask(&server, case, label, &probes, &usual) {
            Err(why) => faults.push(format!("{} {}: {why}", case.number, case.title)),
            Ok(said) => {
                let expected = case.label.letter();
                let letters = format!("{} of {expected}, said {}", label.letter(), said.letter());
                let name = format!("{} {} ({letters})", case.number, case.title);
                let counts = case.number.as_str() < ADVERSE;
                safe += usize::from(counts && said == Label::Compatible);
                if said == Label::Compatible && label > said {
                    if counts { cautious.push(name) } else { wary.push(name) }
                } else if label < said && label != Label::Opaque {
                    faults.push(format!("too good: {name}"));
                }
            }
        }
    }
    eprintln!(
        "{} cases, {safe} of the usual ones safe; more cautious than the database {}: {cautious:#?}; \
         of an adversary's {}: {wary:#?}",
        all.len(),
        cautious.len(),
        wary.len()
    );
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), all.len(), faults.join("\n"));
    assert!(cautious.len() * SHARE <= safe, "too many are too cautious: {cautious:#?}");
}
