//! From what was applied and what each release brings to what a gate is told. Pure.

use std::collections::BTreeMap;

use lastgood_core::recorded::Recorded;
use lastgood_core::release::facts::Schema;
use lastgood_schema::database::Answer;
use lastgood_schema::record::{Reach, Record};
use lastgood_schema::{Assessment, Candidate, Dialect, Label, Migration, Probe, assess};

use super::{Crossing, Reliance};

/// More questions than this are not asked of a database in one look. A release that is so
/// far back that more are open says that it is not known.
const MOST_PROBES: usize = 40;

/// So many migrations are named; the rest is counted.
const NAMED: usize = 3;

/// What a release brings.
#[derive(Clone, Debug)]
pub(super) enum Brought {
    /// These migrations. Two with the same key bring the same ones.
    Migrations { key: String, all: Vec<Migration> },
    /// It is not known, for this reason.
    Unknown(String),
}

/// Releases held against a database, with questions that are still open.
pub(super) struct Assessed {
    table: String,
    stood: String,
    doubts: Vec<String>,
    /// For each release, which of `different` it is.
    releases: Vec<Result<usize, String>>,
    different: Vec<Assessment>,
    /// What to ask, each once.
    pub(super) probes: Vec<Probe>,
}

impl Assessed {
    /// Holds every release of `brought` against the record. `newest` are all migrations
    /// whose texts are at hand; `doubts` what could not be read beside the record.
    pub(super) fn new(
        dialect: Dialect,
        record: &Record,
        brought: Vec<Brought>,
        newest: &[Migration],
        doubts: Vec<String>,
    ) -> Self {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut different: Vec<Assessment> = Vec::new();
        let mut probes: Vec<Probe> = Vec::new();
        let releases = brought
            .into_iter()
            .map(|one| match one {
                Brought::Unknown(why) => Err(why),
                Brought::Migrations { key, all } => Ok(*places.entry(key).or_insert_with(|| {
                    let assessed = against(dialect, record, all, newest);
                    for probe in &assessed.probes {
                        if probes.len() < MOST_PROBES && !probes.contains(probe) {
                            probes.push(probe.clone());
                        }
                    }
                    different.push(assessed);
                    different.len() - 1
                })),
            })
            .collect();
        let (table, stood) = (record.table.clone(), stood(record));
        Self { table, stood, doubts, releases, different, probes }
    }

    /// What each release is told, with one answer for each of the probes.
    pub(super) fn told(&self, answers: &[Answer]) -> Vec<Crossing> {
        let told: Vec<Crossing> = self.different.iter().map(|one| self.of(one, answers)).collect();
        self.releases
            .iter()
            .map(|release| match release {
                Ok(place) => told.get(*place).cloned().unwrap_or_else(Crossing::not_asked),
                Err(why) => Crossing::unclear(why.clone()),
            })
            .collect()
    }

    fn of(&self, assessed: &Assessment, answers: &[Answer]) -> Crossing {
        let asked: Vec<(&Probe, Option<&Answer>)> = assessed
            .probes
            .iter()
            .map(|probe| {
                let place = self.probes.iter().position(|one| one == probe);
                (probe, place.and_then(|place| answers.get(place)))
            })
            .collect();
        let mut relies_on = vec![
            Reliance::Record { table: self.table.clone(), stood: self.stood.clone() }.written(),
        ];
        for (probe, answer) in &asked {
            let sql = probe.sql.clone();
            match answer {
                Some(Answer::Empty) => relies_on.push(Reliance::NoRow { sql }.written()),
                Some(Answer::Unknown(_)) | None => {
                    relies_on.push(Reliance::PerhapsNoRow { sql }.written());
                }
                // It stands against the release already; whoever goes back all the same
                // said why.
                Some(Answer::Found) => {}
            }
        }
        let schema = schema(assessed, &asked, &self.doubts);
        Crossing { schema: Recorded::Recorded(schema), relies_on }
    }
}

fn against(
    dialect: Dialect,
    record: &Record,
    migrations: Vec<Migration>,
    newest: &[Migration],
) -> Assessment {
    let mut known = migrations.clone();
    for one in newest {
        if !known.iter().any(|other| other.version == one.version) {
            known.push(one.clone());
        }
    }
    let candidate = Candidate { release: String::new(), migrations };
    assess(dialect, &record.applied(&known), &candidate, &known)
}

/// Where a record stands: its last migration and how many there are. Two that stand the
/// same way have the same migrations, as long as a tool only adds to its table.
pub(super) fn stood(record: &Record) -> String {
    let reached = record.reach.iter().map(|reach| match reach {
        Reach::Through(one) | Reach::Head(one) => one,
    });
    let all = record.named.iter().chain(reached);
    let (mut count, mut last) = (0_usize, None);
    for one in all {
        count += 1;
        last = Some(one.version.as_str());
    }
    let unfinished = if record.is_unfinished() { ", unfinished" } else { "" };
    last.map_or_else(
        || NONE_APPLIED.to_owned(),
        |last| format!("{last} ({count} rows){unfinished}"),
    )
}

const NONE_APPLIED: &str = "none";

/// The worst of what the statements, the answers and the doubts say.
fn schema(
    assessed: &Assessment,
    asked: &[(&Probe, Option<&Answer>)],
    more_doubts: &[String],
) -> Schema {
    let doubt = || {
        let all: Vec<String> = assessed.doubts.iter().chain(more_doubts).cloned().collect();
        some(&all, "doubts")
    };
    if assessed.blocked {
        return Schema::Unfinished { why: doubt() };
    }
    match assessed.worst {
        Label::Loses => return Schema::Loses { why: responsible(assessed) },
        Label::Breaks => return Schema::Breaks { why: responsible(assessed) },
        Label::Opaque | Label::Probe | Label::Compatible => {}
    }
    let of = |wanted: fn(Option<&Answer>) -> bool| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (probe, answer) in asked {
            if wanted(*answer) && !found.contains(&probe.finds) {
                found.push(probe.finds.clone());
            }
        }
        found
    };
    let rows = of(|answer| matches!(answer, Some(Answer::Found)));
    if !rows.is_empty() {
        return Schema::Probe { what: rows.join(" and "), rows: Recorded::Recorded(1) };
    }
    if assessed.worst == Label::Opaque || !more_doubts.is_empty() {
        let said = responsible(assessed);
        let doubts = doubt();
        let why = [doubts, said].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        return Schema::Opaque { why: why.join("; ") };
    }
    let open = of(|answer| matches!(answer, Some(Answer::Unknown(_)) | None));
    if !open.is_empty() {
        return Schema::Probe { what: open.join(" or "), rows: Recorded::NotRecorded };
    }
    if asked.is_empty() {
        return Schema::Compatible { why: harmless(&assessed.ahead) };
    }
    let none = of(|answer| matches!(answer, Some(Answer::Empty)));
    Schema::Probe { what: none.join(" or "), rows: Recorded::Recorded(0) }
}

/// The statements that gave the worst label, the first in words.
fn responsible(assessed: &Assessment) -> String {
    let said: Vec<String> = assessed
        .responsible
        .iter()
        .map(|(version, ruling)| format!("{version}: {}", ruling.reason))
        .collect();
    some(&said, "statements")
}

fn some(all: &[String], what: &str) -> String {
    let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    match all.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}; and {more} more {what}"),
    }
}

fn harmless(ahead: &[String]) -> String {
    match ahead {
        [] => "it brings every migration that the database has".to_owned(),
        [one] => format!("the migration {one} came since, and it runs on it"),
        all => {
            let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let more = if all.len() > NAMED { ", …" } else { "" };
            format!("{} migrations came since ({named}{more}), and it runs on them", all.len())
        }
    }
}

/// The migrations of `all`, in the order of the tool, up to the one that a release expects.
pub(super) fn up_to(all: &[Migration], expected: &str) -> Option<Vec<Migration>> {
    let plain = |version: &str| version.trim_start_matches(['v', 'V', '0']).to_owned();
    let place = all
        .iter()
        .position(|one| one.version == expected)
        .or_else(|| all.iter().position(|one| plain(&one.version) == plain(expected)))?;
    Some(all[..=place].to_vec())
}
