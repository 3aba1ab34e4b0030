//! Tells whether an older release can run on a database after some migrations.

mod live;

use std::fmt::Write as _;

use lastgood_api::migrations::{Dialect, Label};
use lastgood_api::{Migrations, SchemaAsk, SchemaFile, SchemaReport, schema as look_at};

use crate::args::{self, Migrated};
use crate::exit::{Ending, Stop};
use crate::look::{Look, Text};
use crate::screen::Screen;

pub(super) fn schema(screen: &Screen, asked: &Migrated) -> Result<Ending, Stop> {
    if let Some(secret) = &asked.database {
        return live::database(screen, asked, secret);
    }
    let report = look_at(&SchemaAsk {
        migrations: Migrations(asked.files.clone()),
        before: Migrations(asked.before.clone()),
        dialect: match asked.dialect {
            args::Dialect::Postgres => Dialect::Postgres,
            args::Dialect::Mysql => Dialect::Mysql,
            args::Dialect::Sqlite => Dialect::Sqlite,
        },
    })?;
    screen.answer(&report, |look| words(look, &report, asked.all))?;
    Ok(match report.worst {
        Label::Compatible => Ending::Done,
        Label::Probe | Label::Opaque | Label::Breaks | Label::Loses => Ending::Found,
    })
}

fn words(look: &Look, report: &SchemaReport, all: bool) -> String {
    let mut text = String::new();
    for file in &report.files {
        text.push_str(&one(look, file, all));
    }
    if !report.probes.is_empty() {
        text.push_str(
            "Ask the database now, and again right before traffic returns; a row means no:\n",
        );
        for probe in &report.probes {
            let _ = writeln!(text, "  {};", probe.sql);
        }
        text.push('\n');
    }
    text.push_str(verdict(look, report.worst).as_str());
    text.push('\n');
    text
}

fn one(look: &Look, file: &SchemaFile, all: bool) -> String {
    let told = |label: Label| all || label != Label::Compatible;
    let hidden = file.statements.iter().filter(|statement| !told(statement.label)).count();
    let more = match (hidden, file.statements.len()) {
        (_, 0) => " no statements".to_owned(),
        (0, _) => String::new(),
        (hidden, all) if hidden == all => format!(" {all} compatible"),
        (hidden, _) => format!(" and {hidden} compatible"),
    };
    let mut text = format!("{}{}\n", look.strong(&file.path).as_str(), look.quiet(more).as_str());
    for statement in file.statements.iter().filter(|statement| told(statement.label)) {
        let word = tone(look, statement.label, &format!("{:<10}", statement.label.word()));
        let _ = writeln!(text, "  {:>4}  {}  {}", statement.line, word.as_str(), statement.reason);
        let _ = writeln!(text, "                    {}", look.quiet(&statement.sql).as_str());
        if let Some(lock) = statement.lock.filter(|_| all) {
            let applied = format!("while applied: {}", lock.words());
            let _ = writeln!(text, "                    {}", look.quiet(applied).as_str());
        }
    }
    text.push('\n');
    text
}

fn tone(look: &Look, label: Label, text: &str) -> Text {
    match label {
        Label::Compatible => look.good(text),
        Label::Probe | Label::Opaque => look.attention(text),
        Label::Breaks | Label::Loses => look.bad(text),
    }
}

fn verdict(look: &Look, worst: Label) -> Text {
    let (mark, sentence) = match worst {
        Label::Compatible => ("●", "The release before these can run on this schema."),
        Label::Probe => {
            ("◐", "The release before these can run only while the questions above find no row.")
        }
        Label::Opaque => ("◐", "Whether the release before these can run, a person must read."),
        Label::Breaks => (
            "✖",
            "The release before these breaks on this schema: mend forward, or take the change back by a reviewed migration first.",
        ),
        Label::Loses => {
            ("✖", "Data is gone or was overwritten: going back does not restore it, a backup does.")
        }
    };
    tone(look, worst, mark) + format!(" {sentence}")
}
