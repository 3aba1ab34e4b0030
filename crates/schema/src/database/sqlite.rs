//! SQLite, as a file that is there already.

use std::str::FromStr as _;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _};

use super::DatabaseError;
use crate::record::Row;

/// How many steps of SQLite's machine lie between two looks at the clock.
const STEPS: i32 = 10_000;

#[derive(Debug)]
pub(super) struct Link(SqliteConnection);

impl Link {
    pub(super) async fn open(url: &str) -> Result<Self, DatabaseError> {
        let options = SqliteConnectOptions::from_str(url).map_err(|_| DatabaseError::Url)?;
        let options = options
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(Duration::from_secs(2))
            .disable_statement_logging();
        let mut link = options.connect().await.map_err(unreachable)?;
        link.execute("PRAGMA query_only = ON").await.map_err(unreachable)?;
        Ok(Self(link))
    }

    /// Asks one question, which is a read transaction of its own.
    pub(super) async fn rows(
        &mut self,
        sql: &str,
        limit: Duration,
    ) -> Result<Vec<Row>, DatabaseError> {
        let until = Instant::now() + limit;
        let mut handle = self.0.lock_handle().await.map_err(refused)?;
        handle.set_progress_handler(STEPS, move || Instant::now() < until);
        drop(handle);
        let asked = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut self.0).await;
        let rows = asked.map_err(refused)?;
        rows.iter()
            .map(|row| (0..row.len()).map(|place| row.try_get(place)).collect())
            .collect::<Result<_, _>>()
            .map_err(refused)
    }
}

fn unreachable(error: sqlx::Error) -> DatabaseError {
    DatabaseError::Unreachable(Box::new(error))
}

fn refused(error: sqlx::Error) -> DatabaseError {
    DatabaseError::Refused(Box::new(error))
}
