//! Lines that are said beside the runs: a table of chains, each only ever appended to and
//! verified whenever it is read. What people say of releases, of runs and of checklists is
//! kept like this; each says which table it is and what a line means.

pub(crate) mod bulk;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, SqliteConnection};

use crate::chain::{self, Hash, Line};
use crate::fault::{Cause, Fault};
use crate::read::time;
use crate::write::integer;

/// The encoding that this version writes.
pub(crate) const VERSION: i64 = 1;

/// One table of chains. The queries are written out: a table's name takes no parameter.
pub(crate) struct Table {
    /// `SELECT seq, at, recorded_at, kind, version, body, hash` of one chain, in order.
    pub(crate) lines: &'static str,
    /// The lines after a number, at most so many, in one row: how many there are, and their
    /// columns between U+001F and U+001E with the hash in hex. For chains that grow long.
    pub(crate) bulk: Option<&'static str>,
    /// `INSERT` of a chain's name and the same seven columns.
    pub(crate) append: &'static str,
    /// What one line is called: `remark`.
    pub(crate) noun: &'static str,
}

/// A line: what is said, when, and what a newer version may have said.
pub(crate) trait Said:
    Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The name that the table indexes it by.
    fn kind(&self) -> &'static str;
    /// Whether a newer version wrote it, so that nobody here knows what it says.
    fn is_unknown(&self) -> bool;
    /// Forgets what it says; when and by whom stays.
    fn forget(&mut self);
    /// Reads a body of `kind` by a shorter way than serde's, its times aside. Where there is one
    /// it reads the same; `None` says nothing.
    fn shortly(_kind: &str, _body: &str) -> Option<Self> {
        None
    }
    /// When it was said and when it was recorded.
    fn times(&mut self) -> (&mut Timestamp, &mut Timestamp);
}

/// Why a chain cannot be used, before the file is named.
pub(crate) enum Refused {
    Fault(Fault),
    Moved { found: u64 },
    Broken { seq: u64, why: String },
}

impl<T: Into<Fault>> From<T> for Refused {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

/// Where a chain stands: how many lines it has, and its hash after the last one.
pub(crate) type Stand = (u64, Hash);

/// The lines of the chain `name` in order, each verified, and where it stands.
pub(crate) async fn walk<T: Said>(
    connection: &mut SqliteConnection,
    table: &Table,
    name: &str,
    genesis: Hash,
) -> Result<(Vec<T>, Hash), Refused> {
    if let Some(lines) = table.bulk
        && let Some(all) = bulk::walk(connection, lines, name, genesis, table.noun).await
    {
        return Ok(all);
    }
    let rows = sqlx::query(table.lines).bind(name).fetch_all(connection).await?;
    let mut hash = genesis;
    let mut said = Vec::with_capacity(rows.len());
    for (seq, row) in (1..).zip(&rows) {
        let broken = |why: String| Refused::Broken { seq, why };
        let unreadable = |error: sqlx::Error| broken(format!("it cannot be read: {error}"));
        let found = row.try_get::<i64, _>(0).map_err(unreadable)?;
        if u64::try_from(found) != Ok(seq) {
            return Err(broken(format!("it is missing; {} {found} follows", table.noun)));
        }
        let line = Line {
            seq,
            at: row.try_get(1).map_err(unreadable)?,
            recorded_at: row.try_get(2).map_err(unreadable)?,
            kind: row.try_get(3).map_err(unreadable)?,
            version: row.try_get(4).map_err(unreadable)?,
            body: row.try_get(5).map_err(unreadable)?,
        };
        if !line.is_plain() {
            return Err(broken("it has a character that is never written".to_owned()));
        }
        hash = chain::link(&hash, &line.leaf());
        if row.try_get::<&[u8], _>(6).map_err(unreadable)? != hash {
            return Err(broken("its contents do not fit its hash".to_owned()));
        }
        said.push(decode(&line, table.noun).map_err(broken)?);
    }
    Ok((said, hash))
}

/// What a newer version says is unknown here; that it says something is not.
fn decode<T: Said>(line: &Line<'_>, noun: &str) -> Result<T, String> {
    if line.version < VERSION {
        return Err(format!("there is no encoding {}", line.version));
    }
    let short = T::shortly(line.kind, line.body).map(Ok);
    let read = || serde_json::from_str(line.body);
    let mut said: T = short.unwrap_or_else(read).or_else(|_: serde_json::Error| {
        // A known name with contents that do not fit was written by a newer version.
        let mut value: serde_json::Value =
            serde_json::from_str(line.body).map_err(|error| format!("it is not JSON: {error}"))?;
        value["says"] = serde_json::json!({ "says": "unknown" });
        serde_json::from_value(value).map_err(|error| format!("it is no {noun}: {error}"))
    })?;
    if line.version > VERSION {
        said.forget();
    }
    let (at, recorded_at) = said.times();
    *at = time(line.at)?;
    *recorded_at = time(line.recorded_at)?;
    Ok(said)
}

/// The texts of lines. Refuses what would not read back as it was, and then all of them.
pub(crate) fn encode<T: Said>(said: &[T]) -> Result<Vec<String>, Cause> {
    said.iter()
        .map(|one| {
            let event = one.kind();
            if one.is_unknown() {
                return Err(Cause::Foreseen);
            }
            let body =
                serde_json::to_string(one).map_err(|source| Cause::Unwritable { event, source })?;
            match serde_json::from_str::<T>(&body) {
                Ok(back) if back == *one => Ok(body),
                Ok(_) | Err(_) => Err(Cause::Lossy { event }),
            }
        })
        .collect()
}

/// Appends `said`, whose texts are `bodies`, to the chain `name` that stands at `stand`.
/// The caller has begun the transaction and ends it.
pub(crate) async fn put<T: Said>(
    connection: &mut SqliteConnection,
    table: &Table,
    name: &str,
    stand: Stand,
    said: &[T],
    bodies: &[String],
) -> Result<Stand, Refused> {
    let (mut seq, mut hash) = stand;
    for (one, body) in said.iter().zip(bodies) {
        seq += 1;
        let mut copy = one.clone();
        let (at, recorded_at) = copy.times();
        let (at, recorded_at) = (at.to_string(), recorded_at.to_string());
        let kind = one.kind();
        let line = Line { seq, at: &at, recorded_at: &recorded_at, kind, version: VERSION, body };
        hash = chain::link(&hash, &line.leaf());
        sqlx::query(table.append)
            .bind(name)
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
    Ok((seq, hash))
}
