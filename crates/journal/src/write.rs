//! Writes: one transaction each, run to its end even when whoever asked has gone.
//!
//! Transactions are spelt out instead of left to the driver's own type: after a full
//! disk `SQLite` has rolled back by itself, and that type would count the transaction
//! as open for good.

use lastgood_core::name::RunId;
use lastgood_core::ports::{Head, JournalError, Lease, Stamped};
use lastgood_core::run::Event;
use sqlx::SqliteConnection;

use crate::chain::{self, Line};
use crate::codec;
use crate::fault::{Cause, Fault};
use crate::lock::{self, Locks};
use crate::read;

const APPEND: &str = "INSERT INTO entry (run, seq, at, recorded_at, kind, version, body, hash) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Creates a run and leases it.
pub(crate) async fn create(
    connection: &mut SqliteConnection,
    locks: &Locks,
    run: &RunId,
    first: &[Stamped],
) -> Result<(Lease, Head), Fault> {
    let texts = Text::of_all(first)?;
    let created = first.first().ok_or(Cause::NoEntry)?.recorded_at.to_string();
    lock::name(run)?;
    if read::exists(connection, run).await? {
        return Err(JournalError::Exists { run: run.clone() }.into());
    }
    let file = locks.take(run).await?;
    let lease = Lease { run: run.clone(), token: 1 };
    begin(connection).await?;
    let written = async {
        if read::exists(connection, run).await? {
            return Err(JournalError::Exists { run: run.clone() }.into());
        }
        sqlx::query("INSERT INTO run (id, created_at, token) VALUES (?1, ?2, ?3)")
            .bind(run.as_str())
            .bind(created)
            .bind(integer(lease.token)?)
            .execute(&mut *connection)
            .await?;
        insert(connection, run, &texts).await
    }
    .await;
    let head = end(connection, written).await?;
    locks.keep(&lease, file);
    Ok((lease, head))
}

/// Leases a run that exists; from here on older leases are fenced off.
pub(crate) async fn lease(
    connection: &mut SqliteConnection,
    locks: &Locks,
    run: &RunId,
) -> Result<Lease, Fault> {
    if !read::exists(connection, run).await? {
        return Err(JournalError::NoSuchRun { run: run.clone() }.into());
    }
    let file = locks.take(run).await?;
    let token: i64 =
        sqlx::query_scalar("UPDATE run SET token = token + 1 WHERE id = ?1 RETURNING token")
            .bind(run.as_str())
            .fetch_one(connection)
            .await?;
    let token = u64::try_from(token).map_err(|_| read::broken(run, 1, "its lease is negative"))?;
    let lease = Lease { run: run.clone(), token };
    locks.keep(&lease, file);
    Ok(lease)
}

/// Appends all of `events`, or none.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    locks: &Locks,
    lease: &Lease,
    events: &[Stamped],
) -> Result<Head, Fault> {
    let texts = Text::of_all(events)?;
    let held = locks.holds(lease);
    begin(connection).await?;
    let written = async {
        let token: Option<i64> = sqlx::query_scalar("SELECT token FROM run WHERE id = ?1")
            .bind(lease.run.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        let token = token.ok_or_else(|| JournalError::NoSuchRun { run: lease.run.clone() })?;
        // The lock alone would do while everybody keeps to it; the token also holds when
        // a lock file was deleted, or the file system does not lock.
        if !held || u64::try_from(token) != Ok(lease.token) {
            return Err(JournalError::Fenced { run: lease.run.clone() }.into());
        }
        insert(connection, &lease.run, &texts).await
    }
    .await;
    end(connection, written).await
}

/// One event as it will be stored.
struct Text {
    at: String,
    recorded_at: String,
    kind: &'static str,
    body: String,
}

impl Text {
    /// Encodes before the transaction begins, so that it is short.
    fn of_all(events: &[Stamped]) -> Result<Vec<Self>, Cause> {
        events.iter().map(Self::of).collect()
    }

    fn of(stamped: &Stamped) -> Result<Self, Cause> {
        Ok(Self {
            at: stamped.at.to_string(),
            recorded_at: stamped.recorded_at.to_string(),
            kind: Event::name(&stamped.event),
            body: codec::encode(&stamped.event)?,
        })
    }
}

/// Adds lines after the last one, and tells where the chain stands then.
async fn insert(
    connection: &mut SqliteConnection,
    run: &RunId,
    texts: &[Text],
) -> Result<Head, Fault> {
    let (mut seq, mut hash) = read::last(connection, run).await?;
    for text in texts {
        seq += 1;
        let line = Line {
            seq,
            at: &text.at,
            recorded_at: &text.recorded_at,
            kind: text.kind,
            version: codec::VERSION,
            body: &text.body,
        };
        hash = chain::link(&hash, &line.leaf());
        sqlx::query(APPEND)
            .bind(run.as_str())
            .bind(integer(seq)?)
            .bind(line.at)
            .bind(line.recorded_at)
            .bind(line.kind)
            .bind(line.version)
            .bind(line.body)
            .bind(&hash[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(Head { seq, hash: chain::hex(&hash) })
}

pub(crate) async fn begin(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(connection).await.map(|_| ())
}

/// Commits what succeeded; rolls back what did not, and what could not be committed.
pub(crate) async fn end<T, E: From<sqlx::Error>>(
    connection: &mut SqliteConnection,
    written: Result<T, E>,
) -> Result<T, E> {
    let outcome = match written {
        Ok(value) => match sqlx::query("COMMIT").execute(&mut *connection).await {
            Ok(_) => return Ok(value),
            Err(error) => Err(error.into()),
        },
        Err(fault) => Err(fault),
    };
    // Fails when SQLite has rolled back by itself, which is as good.
    if let Err(error) = sqlx::query("ROLLBACK").execute(connection).await {
        tracing::debug!(%error, "there was nothing to roll back");
    }
    outcome
}

/// Integers of the database have a sign. No run comes near their end.
pub(crate) fn integer(number: u64) -> Result<i64, sqlx::Error> {
    i64::try_from(number).map_err(|error| sqlx::Error::Encode(error.into()))
}
