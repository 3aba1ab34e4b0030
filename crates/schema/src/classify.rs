//! Puts readers, rules and context together: files in, a label for each statement out.

use std::ops::Range;

use crate::change::Change;
use crate::depth::with_room;
use crate::foresight::Foresight;
use crate::label::{Dialect, Label, Probe, Report, Ruling};
use crate::rules::{Sight, Verdict, judge};
use crate::source::{self, Source};
use crate::world::World;
use crate::{postgres, script};

/// A statement as a dialect's reader hands it on.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) range: Range<usize>,
    pub(crate) changes: Vec<Change>,
}

/// What was in the database before the files that are judged. It sharpens labels: whether a
/// dropped index was unique, whether a widened column was a shorter text. An empty one means
/// that nothing is known, and every label is the safe one.
#[derive(Clone, Debug)]
pub struct Catalog(World);

impl Catalog {
    /// Nothing is known.
    pub fn unknown(dialect: Dialect) -> Self {
        Self(World::new(home(dialect)))
    }

    /// What `sources` make of an empty database: the migrations before those to be judged, or
    /// a dump of the schema as the old release knows it.
    pub fn read(dialect: Dialect, sources: &[Source]) -> Self {
        let mut world = World::new(home(dialect));
        for source in sources {
            if source.not_sql().is_some() {
                world.apply(&Change::Opaque(String::new()));
            }
            world.apply(&afresh(dialect));
            for statement in read(dialect, source) {
                statement.changes.iter().for_each(|change| world.apply(change));
            }
        }
        world.settle(home(dialect));
        Self(world)
    }
}

/// Where names without a schema live, unless the files say otherwise.
fn home(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec!["public".to_owned()],
        Dialect::Mysql | Dialect::Sqlite => Vec::new(),
    }
}

/// What names mean when a file begins: most tools give each file a session of its own, and a
/// name that is taken for an older thing is judged the more strictly.
fn afresh(dialect: Dialect) -> Change {
    Change::Session(home(dialect))
}

fn read(dialect: Dialect, source: &Source) -> Vec<Statement> {
    if source.not_sql().is_some() {
        return Vec::new();
    }
    let applied = source.applied();
    let mut found = with_room(|| match dialect {
        Dialect::Postgres => postgres::read(&applied.text),
        Dialect::Mysql | Dialect::Sqlite => script::read(dialect, &applied.text),
    });
    if dialect == Dialect::Mysql {
        found.extend(source::carried_out(&applied.text).map(|range| {
            let why = "a comment that MySQL or MariaDB carries out; what it does must be read";
            Statement { range, changes: vec![Change::Opaque(why.to_owned())] }
        }));
    }
    let commands = applied.commands.into_iter();
    found.extend(commands.map(|(range, change)| Statement { range, changes: vec![change] }));
    found.sort_by_key(|statement| statement.range.start);
    found
}

/// Labels every statement of `sources`, taken together in this order. Reads nothing but what
/// it is given.
pub fn classify(dialect: Dialect, sources: &[Source], before: &Catalog) -> Report {
    let files: Vec<Vec<Statement>> = sources.iter().map(|source| read(dialect, source)).collect();
    let afresh = afresh(dialect);
    let all = files.iter().flat_map(|statements| {
        let changes = statements.iter().flat_map(|statement| &statement.changes);
        std::iter::once(&afresh).chain(changes)
    });
    let foresight = Foresight::look(all, home(dialect));
    let mut world = before.0.clone();
    let mut rulings = Vec::new();
    for (file, (source, statements)) in sources.iter().zip(&files).enumerate() {
        if let Some(reason) = source.not_sql() {
            rulings.push(whole(file, source, reason));
            continue;
        }
        world.apply(&afresh);
        let lines = Lines::of(&source.text);
        for statement in statements {
            let mut verdict: Option<Verdict> = None;
            for change in &statement.changes {
                let next = judge(change, &Sight { world: &world, foresight: &foresight, dialect });
                verdict = Some(match verdict {
                    None => next,
                    Some(known) => known.and(next),
                });
                world.apply(change);
            }
            let Some(verdict) = verdict else { continue };
            rulings.push(Ruling {
                file,
                line: lines.number(statement.range.start),
                range: statement.range.clone(),
                label: verdict.label,
                tighten: verdict.tighten,
                reason: verdict.reason,
                probes: verdict.probes.into_iter().map(|probe| spoken(probe, dialect)).collect(),
                lock: verdict.lock,
            });
        }
    }
    Report { rulings }
}

/// A question in the words of its dialect: MySQL takes what is in double quotes for a text, unless it
/// is told otherwise, and a text is never empty.
fn spoken(mut probe: Probe, dialect: Dialect) -> Probe {
    if dialect == Dialect::Mysql {
        let mut in_text = false;
        let turned = probe.sql.chars().map(|one| {
            in_text ^= one == '\'';
            if one == '"' && !in_text { '`' } else { one }
        });
        probe.sql = turned.collect();
    }
    probe
}

fn whole(file: usize, source: &Source, reason: String) -> Ruling {
    Ruling {
        file,
        range: 0..source.text.len(),
        line: 1,
        label: Label::Opaque,
        tighten: false,
        reason,
        probes: Vec::new(),
        lock: None,
    }
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let starts =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(starts).collect())
    }

    /// The line that holds a byte, from 1.
    fn number(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }
}
