//! The database of a practice service: which migrations it has, and whether it holds rows
//! that only the newest release can read.

use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::drill::FaultKind;
use lastgood_core::effect::Refusal;

use crate::chance::draw;
use crate::service::Service;
use crate::world::{PracticeWorld, silence};

/// What belongs to the migrations among the draws of a place.
const MIGRATIONS: u64 = 0x6d69_6772;

/// A migration of a practice service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The name of its file: `0042_add_note.sql`.
    pub file: String,
    /// Its statements, for PostgreSQL.
    pub sql: String,
    /// When it was applied; the database does not tell of what is older than the drill.
    pub applied_at: Option<Timestamp>,
}

/// The database of a practice service as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Every migration that was applied, in order.
    pub applied: Vec<Migration>,
    /// Whether any question about rows that older releases cannot read finds one.
    pub new_rows: bool,
}

impl PracticeWorld {
    /// The database of `place`. Its faults are those of a call named `schema`.
    pub async fn database(&self, place: &Place) -> Result<Database, Refusal> {
        match self.meet("schema").await? {
            Some(FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie | FaultKind::Stale) => {
                return Err(silence());
            }
            Some(FaultKind::Delay(_)) | None => {}
        }
        let inner = self.enter()?;
        Ok(of(inner.service(place)?))
    }
}

fn of(service: &Service) -> Database {
    let expected = service
        .deploys
        .iter()
        .filter_map(|deploy| deploy.release.schema_version.as_option()?.parse::<u64>().ok());
    let newest = expected.max().unwrap_or(1).max(1);
    let mut applied: Vec<Migration> =
        (1..=newest).map(|number| migration(service.key, number)).collect();
    applied.extend(service.migrated.iter().zip(newest + 1..).map(|((tick, sql), number)| {
        Migration {
            file: format!("{number:04}_by_hand.sql"),
            sql: sql.clone(),
            applied_at: Some(crate::rollout::moment(*tick)),
        }
    }));
    Database { applied, new_rows: service.new_rows }
}

/// The same number is the same migration, whoever asks. Careful people wrote them: each
/// only adds something, and one in six adds a value that older code does not know.
fn migration(key: u64, number: u64) -> Migration {
    let (name, sql) = match (number, draw(&[key, MIGRATIONS, number]) % 6) {
        (1, _) => (
            "begin",
            "CREATE TYPE order_state AS ENUM ('new', 'paid', 'shipped');\n\
             CREATE TABLE orders (id bigint PRIMARY KEY, state order_state NOT NULL DEFAULT 'new', \
             legacy_code text, placed timestamptz NOT NULL DEFAULT now());"
                .to_owned(),
        ),
        (_, 0) => ("add_state", format!("ALTER TYPE order_state ADD VALUE 'held_{number}';")),
        (_, 1 | 2) => ("add_note", format!("ALTER TABLE orders ADD COLUMN note_{number} text;")),
        (_, 3) => (
            "add_audit",
            format!("CREATE TABLE audit_{number} (id bigint PRIMARY KEY, what text NOT NULL);"),
        ),
        (_, _) => {
            ("add_index", format!("CREATE INDEX orders_placed_{number} ON orders (placed, id);"))
        }
    };
    Migration { file: format!("{number:04}_{name}.sql"), sql, applied_at: None }
}

#[cfg(test)]
mod tests {
    use lastgood_core::drill::WorldEvent;

    use super::*;
    use crate::bench::{bench, fault, place};

    #[tokio::test]
    async fn a_database_grows_and_never_forgets() {
        let bench = bench(1);
        let before = bench.world.database(&place("search")).await.expect("it answers");
        assert_eq!(bench.world.database(&place("search")).await, Ok(before.clone()));
        let sql = "ALTER TABLE orders DROP COLUMN legacy_code;".to_owned();
        let event = WorldEvent::Migrate { place: place("search"), sql: sql.clone() };
        bench.world.happen(&event).expect("it is remembered");
        let there = WorldEvent::NewRows { place: place("search"), there: true };
        bench.world.happen(&there).expect("it is remembered");
        let after = bench.world.database(&place("search")).await.expect("it answers");
        assert_eq!(after.applied[..before.applied.len()], before.applied);
        assert_eq!(after.applied.last().map(|last| &last.sql), Some(&sql));
        assert!(after.new_rows && !before.new_rows);
    }

    #[tokio::test]
    async fn a_database_that_does_not_answer_is_a_refusal() {
        let bench = bench(1);
        bench.world.inject(fault("schema", FaultKind::Refuse, 1)).expect("it is remembered");
        assert!(bench.world.database(&place("search")).await.is_err());
        assert!(bench.world.database(&place("search")).await.is_ok());
    }
}
