//! Reads a run in one pass: every line is verified before it is understood.

use futures::TryStreamExt as _;
use lastgood_core::name::RunId;
use lastgood_core::ports::{Head, JournalError};
use lastgood_core::run::Entry;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::chain::{self, Hash, Line};
use crate::codec;
use crate::fault::Fault;

const LINES: &str = "SELECT seq, at, recorded_at, kind, version, body, hash FROM entry \
                     WHERE run = ?1 AND seq >= ?2 ORDER BY seq";

const LAST: &str = "SELECT seq, hash FROM entry WHERE run = ?1 ORDER BY seq DESC LIMIT 1";

/// Whether the run exists.
pub(crate) async fn exists(
    connection: &mut SqliteConnection,
    run: &RunId,
) -> Result<bool, sqlx::Error> {
    let found: i64 = sqlx::query_scalar("SELECT count(*) FROM run WHERE id = ?1")
        .bind(run.as_str())
        .fetch_one(connection)
        .await?;
    Ok(found > 0)
}

/// The number and the hash of the last entry; 0 and the genesis when there is none.
pub(crate) async fn last(
    connection: &mut SqliteConnection,
    run: &RunId,
) -> Result<(u64, Hash), Fault> {
    let Some(row) = sqlx::query(LAST).bind(run.as_str()).fetch_optional(connection).await? else {
        return Ok((0, chain::genesis(run)));
    };
    let seq = row.try_get::<i64, _>(0).ok().and_then(|seq| u64::try_from(seq).ok());
    let hash = row.try_get::<&[u8], _>(1).ok().and_then(|hash| hash.try_into().ok());
    seq.zip(hash).ok_or_else(|| broken(run, seq.unwrap_or(1), "its hash is no SHA-256"))
}

/// The entries of a run after number `after`. The chain is verified from there on; the
/// hash of entry `after` is taken as it is.
pub(crate) async fn entries(
    connection: &mut SqliteConnection,
    run: &RunId,
    after: u64,
) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::new();
    walk(connection, run, after, |line| {
        entries.push(Entry {
            seq: line.seq,
            at: time(line.at)?,
            recorded_at: time(line.recorded_at)?,
            event: codec::decode(line.version, line.body)?,
        });
        Ok(())
    })
    .await?;
    Ok(entries)
}

/// Verifies the whole chain of a run and tells where it stands.
pub(crate) async fn verify(connection: &mut SqliteConnection, run: &RunId) -> Result<Head, Fault> {
    let created: Option<String> = sqlx::query_scalar("SELECT created_at FROM run WHERE id = ?1")
        .bind(run.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let created = created.ok_or_else(|| JournalError::NoSuchRun { run: run.clone() })?;
    let (seq, hash) = walk(connection, run, 0, |line| {
        if line.seq == 1 && line.recorded_at != created {
            return Err("its time is not the time of the run's creation".to_owned());
        }
        Ok(())
    })
    .await?;
    Ok(Head { seq, hash: chain::hex(&hash) })
}

/// Verifies the chain, and that it still goes through `known`.
pub(crate) async fn verify_against(
    connection: &mut SqliteConnection,
    run: &RunId,
    known: &Head,
) -> Result<Head, Fault> {
    let head = verify(connection, run).await?;
    if known.seq > head.seq {
        let why = format!("it is missing; the anchor is at entry {}", known.seq);
        return Err(broken(run, head.seq + 1, why));
    }
    let stored: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM entry WHERE run = ?1 AND seq = ?2")
            .bind(run.as_str())
            .bind(i64::try_from(known.seq).unwrap_or(i64::MAX))
            .fetch_optional(connection)
            .await?;
    let hash = stored.unwrap_or_else(|| chain::genesis(run).to_vec());
    if chain::hex(&hash) == known.hash {
        Ok(head)
    } else {
        Err(broken(run, known.seq, "it is not the entry that the anchor was taken at"))
    }
}

/// Visits the entries after number `after` in order, each verified, and tells where the
/// chain ends. A sentence from `visit` says what is wrong with its entry.
async fn walk(
    connection: &mut SqliteConnection,
    run: &RunId,
    after: u64,
    mut visit: impl FnMut(&Line<'_>) -> Result<(), String>,
) -> Result<(u64, Hash), Fault> {
    if !exists(connection, run).await? {
        return Err(JournalError::NoSuchRun { run: run.clone() }.into());
    }
    let mut seq = after;
    let mut hash = (after == 0).then(|| chain::genesis(run));
    // No entry has a number beyond the range of SQLite's integers.
    let from = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = sqlx::query(LINES).bind(run.as_str()).bind(from).fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        // Where the caller already has a part, its last entry is where the chain goes on.
        let Some(previous) = hash else {
            hash = Some(anchor(&row, after).map_err(|why| broken(run, after, why))?);
            continue;
        };
        let next = seq + 1;
        let reached = step(&row, next, &previous, &mut visit);
        hash = Some(reached.map_err(|why| broken(run, next, why))?);
        seq = next;
    }
    drop(rows);
    match hash {
        Some(hash) if seq > 0 => Ok((seq, hash)),
        Some(_) => Err(broken(run, 1, "it is missing")),
        // There is nothing at or after `after`.
        None => last(connection, run).await,
    }
}

/// Verifies one row as entry number `seq`, and gives the chain's next hash.
fn step(
    row: &SqliteRow,
    seq: u64,
    previous: &Hash,
    visit: &mut impl FnMut(&Line<'_>) -> Result<(), String>,
) -> Result<Hash, String> {
    let unreadable = |error: sqlx::Error| format!("it cannot be read: {error}");
    let found = row.try_get::<i64, _>(0).map_err(unreadable)?;
    if u64::try_from(found) != Ok(seq) {
        return Err(format!("it is missing; entry {found} follows"));
    }
    let line = Line {
        seq,
        at: row.try_get(1).map_err(unreadable)?,
        recorded_at: row.try_get(2).map_err(unreadable)?,
        kind: row.try_get(3).map_err(unreadable)?,
        version: row.try_get(4).map_err(unreadable)?,
        body: row.try_get(5).map_err(unreadable)?,
    };
    let stored: &[u8] = row.try_get(6).map_err(unreadable)?;
    if !line.is_plain() {
        return Err("it has a character that is never written".to_owned());
    }
    let hash = chain::link(previous, &line.leaf());
    if stored != hash {
        return Err("its contents do not fit its hash".to_owned());
    }
    visit(&line)?;
    Ok(hash)
}

/// The stored hash of the entry that the caller has already.
fn anchor(row: &SqliteRow, after: u64) -> Result<Hash, String> {
    let unreadable = |error: sqlx::Error| format!("it cannot be read: {error}");
    let found = row.try_get::<i64, _>(0).map_err(unreadable)?;
    if u64::try_from(found) != Ok(after) {
        return Err(format!("it is missing; entry {found} follows"));
    }
    let stored = row.try_get::<&[u8], _>(6).map_err(unreadable)?;
    stored.try_into().map_err(|_| "its hash is no SHA-256".to_owned())
}

/// A moment as it was written.
pub(crate) fn time(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|error| format!("`{text}` is no time: {error}"))
}

/// The port's word for it.
pub(crate) fn broken(run: &RunId, seq: u64, why: impl Into<String>) -> Fault {
    JournalError::Broken { run: run.clone(), seq, why: why.into() }.into()
}
