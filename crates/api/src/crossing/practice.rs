//! The databases of the practice world, judged by the same rules as real ones.

use std::sync::Arc;

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::effect::{Expectation, Refusal};
use lastgood_core::release::Release;
use lastgood_schema::database::Answer;
use lastgood_schema::record::{Record, Tool};
use lastgood_schema::{Applied, Dialect, Migration, Source};
use lastgood_sim::PracticeWorld;
use lastgood_sim::schema::Database;

use super::assessed::{Assessed, Brought, stood, up_to};
use super::{Crossing, Databases, Dated, Reliance};

/// The table that the practice database keeps.
const TABLE: &str = "public.schema_migrations";

/// The databases of a practice world.
pub(crate) struct PracticeDatabases(Arc<PracticeWorld>);

impl PracticeDatabases {
    pub(crate) const fn new(world: Arc<PracticeWorld>) -> Self {
        Self(world)
    }
}

/// A practice database in the words of a real one.
struct Read {
    record: Record,
    known: Vec<Migration>,
    new_rows: bool,
}

fn read(database: Database) -> Read {
    let sources: Vec<Source> =
        database.applied.into_iter().map(|one| Source::new(one.file, one.sql)).collect();
    let known = Tool::Rails.migrations(&sources);
    let named = known.iter().map(|one| Applied::done(one.version.clone())).collect();
    let record = Record { tool: Tool::Rails, table: TABLE.to_owned(), named, reach: Vec::new() };
    Read { record, known, new_rows: database.new_rows }
}

fn brought(release: &Release, known: &[Migration]) -> Brought {
    let Some(expected) = release.schema_version.as_option() else {
        return Brought::Unknown(format!(
            "which schema {} expects is not recorded",
            release.version
        ));
    };
    match up_to(known, expected) {
        Some(all) => Brought::Migrations { key: expected.clone(), all },
        None => Brought::Unknown(format!("there is no migration {expected}, which it expects")),
    }
}

#[async_trait]
impl Databases for PracticeDatabases {
    async fn crossings(
        &self,
        place: &Place,
        _front: Option<&Release>,
        to: &[Release],
    ) -> Vec<Crossing> {
        let read = match self.0.database(place).await {
            Ok(database) => read(database),
            Err(refusal) => return vec![Crossing::unclear(refusal.to_string()); to.len()],
        };
        let brought = to.iter().map(|release| brought(release, &read.known)).collect();
        let assessed =
            Assessed::new(Dialect::Postgres, &read.record, brought, &read.known, Vec::new());
        let answer = if read.new_rows { Answer::Found } else { Answer::Empty };
        assessed.told(&vec![answer; assessed.probes.len()])
    }

    async fn applied(&self, place: &Place) -> Option<Result<Vec<Dated>, String>> {
        Some(match self.0.database(place).await {
            Ok(database) => Ok(database
                .applied
                .into_iter()
                .map(|one| Dated { version: one.file, at: one.applied_at })
                .collect()),
            Err(refusal) => Err(refusal.to_string()),
        })
    }

    async fn still_so(&self, place: &Place, relied_on: &[Expectation]) -> Result<(), Refusal> {
        let read = read(self.0.database(place).await?);
        for expected in relied_on {
            let drifted = |found: String| Refusal::Drifted {
                what: expected.what.clone(),
                planned: expected.value.clone(),
                found,
            };
            match Reliance::read(expected) {
                Some(Reliance::Record { stood: planned, .. }) => {
                    let found = stood(&read.record);
                    if found != planned {
                        return Err(drifted(found));
                    }
                }
                Some(Reliance::NoRow { .. } | Reliance::PerhapsNoRow { .. }) if read.new_rows => {
                    return Err(drifted(super::SOME.to_owned()));
                }
                Some(Reliance::NoRow { .. } | Reliance::PerhapsNoRow { .. }) | None => {}
            }
        }
        Ok(())
    }
}
