//! PostgreSQL, over its own protocol, encrypted where the server can.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _};

use super::DatabaseError;
use crate::record::Row;

#[derive(Debug)]
pub(super) struct Link(PgConnection);

impl Link {
    pub(super) async fn open(url: &str) -> Result<Self, DatabaseError> {
        let options = PgConnectOptions::from_str(url).map_err(|_| DatabaseError::Url)?;
        let options = options.application_name("lastgood").disable_statement_logging();
        options.connect().await.map(Self).map_err(unreachable)
    }

    /// Asks one question in a transaction of its own. Settings hold for the transaction alone, so
    /// that a pooler in between hands nothing of them on.
    pub(super) async fn rows(
        &mut self,
        sql: &str,
        limit: Duration,
    ) -> Result<Vec<Row>, DatabaseError> {
        // What a question before this one left open, if its time ran out.
        let begin = format!(
            "ROLLBACK; BEGIN READ ONLY; SET LOCAL statement_timeout = {0}; \
             SET LOCAL lock_timeout = {0}; SET LOCAL idle_in_transaction_session_timeout = {0}",
            limit.as_millis()
        );
        self.0.execute(sqlx::raw_sql(AssertSqlSafe(begin))).await.map_err(refused)?;
        let asked = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut self.0).await;
        let ended = self.0.execute(sqlx::raw_sql("ROLLBACK")).await;
        let rows = asked.map_err(refused)?;
        ended.map_err(refused)?;
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
