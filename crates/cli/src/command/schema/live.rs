//! Tells whether an older release can run on the database as it is now.

use std::fmt::Write as _;

use lastgood_api::migrations::Label;
use lastgood_api::{DatabaseAsk, DatabaseReport, Migrations, ProbeFound, schema_of_database};

use super::tone;
use crate::args::Migrated;
use crate::exit::{Ending, Stop};
use crate::look::Look;
use crate::screen::Screen;

pub(super) fn database(screen: &Screen, asked: &Migrated, secret: &str) -> Result<Ending, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Stop::Terminal)?;
    let report = runtime.block_on(schema_of_database(&DatabaseAsk {
        secret: secret.to_owned(),
        release: Migrations(asked.files.clone()),
        newest: Migrations(asked.newest.clone()),
        table: asked.table.clone(),
    }))?;
    screen.answer(&report, |look| words(look, &report))?;
    Ok(if report.possible { Ending::Done } else { Ending::Found })
}

fn words(look: &Look, report: &DatabaseReport) -> String {
    let mut text = format!(
        "{} {}\n",
        look.strong(&report.table).as_str(),
        look.quiet(format!("{}, {} applied", report.tool, report.applied)).as_str()
    );
    if !report.ahead.is_empty() {
        let _ = writeln!(text, "  ahead of the release: {}", report.ahead.join(", "));
    }
    for one in &report.statements {
        let found = &one.statement;
        let word = tone(look, found.label, &format!("{:<10}", found.label.word()));
        let _ =
            writeln!(text, "  {}  {}:{}  {}", word.as_str(), one.path, found.line, found.reason);
        let _ = writeln!(text, "              {}", look.quiet(&found.sql).as_str());
    }
    for doubt in &report.doubts {
        let _ = writeln!(text, "  {}  {doubt}", look.attention("in doubt  ").as_str());
    }
    for probe in &report.probes {
        let word = match probe.answer {
            ProbeFound::Empty => look.good("no row    "),
            ProbeFound::Row => look.bad("a row     "),
            ProbeFound::Unknown => look.attention("not asked "),
        };
        let _ = writeln!(text, "  {}  {};", word.as_str(), probe.sql);
        if probe.answer == ProbeFound::Row {
            let _ = writeln!(text, "              {}", look.quiet(&probe.finds).as_str());
        }
        if let Some(why) = &probe.why {
            let _ = writeln!(text, "              {}", look.quiet(why).as_str());
        }
    }
    let (mark, sentence) = verdict(report);
    let last = tone(look, report.worst, mark) + format!(" {sentence}");
    let _ = writeln!(text, "\n{}", last.as_str());
    text
}

fn verdict(report: &DatabaseReport) -> (&'static str, &'static str) {
    if report.blocked {
        return (
            "✖",
            "A migration is unfinished: see how much of it is there before going anywhere.",
        );
    }
    match report.worst {
        Label::Compatible => ("●", "The older release can run on this database."),
        Label::Probe => (
            "◐",
            "The older release can run on this database at this moment: ask again right before traffic returns.",
        ),
        Label::Opaque => ("◐", "Whether the older release can run, a person must read."),
        Label::Breaks => ("✖", "The older release breaks on this database."),
        Label::Loses => {
            ("✖", "Data is gone or was overwritten: going back does not restore it, a backup does.")
        }
    }
}
