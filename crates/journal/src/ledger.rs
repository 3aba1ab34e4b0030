//! Remarks about releases, in the same file as the runs: one chain for each place, only
//! ever appended to.

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::ports::{Ledger, LedgerError};
use lastgood_core::release::{Ground, Remark, Saying};
use sqlx::{Row as _, SqliteConnection};

use crate::SqliteJournal;
use crate::chain::{self, Hash, Line};
use crate::fault::{Cause, Fault};
use crate::journal::to_the_end;
use crate::read::time;
use crate::write::{begin, end, integer};

const LINES: &str = "SELECT seq, at, recorded_at, kind, version, body, hash FROM remark \
                     WHERE ground = ?1 ORDER BY seq";

const APPEND: &str = "INSERT INTO remark (ground, seq, at, recorded_at, kind, version, body, hash) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// The encoding that this version writes.
const VERSION: i64 = 1;

/// Why a ledger cannot be used, before the file is named.
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

/// A ground as the file names it: JSON, so that no name can pass for two.
fn name(ground: &Ground) -> Result<String, Cause> {
    serde_json::to_string(&(&ground.world, &ground.place.service, &ground.place.environment))
        .map_err(|source| Cause::Unwritable { event: "ground", source })
}

fn ground(name: &str) -> Option<Ground> {
    let (world, service, environment) = serde_json::from_str(name).ok()?;
    Some(Ground { world, place: Place { service, environment } })
}

/// The remarks of a ground in order, each verified, and where its chain stands.
async fn walk(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<(Vec<Remark>, Hash), Refused> {
    let rows = sqlx::query(LINES).bind(name).fetch_all(connection).await?;
    let mut hash = chain::ledger_genesis(name);
    let mut remarks = Vec::with_capacity(rows.len());
    for (seq, row) in (1..).zip(&rows) {
        let broken = |why: String| Refused::Broken { seq, why };
        let unreadable = |error: sqlx::Error| broken(format!("it cannot be read: {error}"));
        let found = row.try_get::<i64, _>(0).map_err(unreadable)?;
        if u64::try_from(found) != Ok(seq) {
            return Err(broken(format!("it is missing; remark {found} follows")));
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
        remarks.push(decode(&line).map_err(broken)?);
    }
    Ok((remarks, hash))
}

/// What a newer version says of a release is unknown here; of which release is not.
fn decode(line: &Line<'_>) -> Result<Remark, String> {
    if line.version < VERSION {
        return Err(format!("there is no encoding {}", line.version));
    }
    let mut remark: Remark = serde_json::from_str(line.body).or_else(|_| {
        // A known name with contents that do not fit was written by a newer version.
        let mut value: serde_json::Value =
            serde_json::from_str(line.body).map_err(|error| format!("it is not JSON: {error}"))?;
        value["says"] = serde_json::json!({ "says": "unknown" });
        serde_json::from_value(value).map_err(|error| format!("it is no remark: {error}"))
    })?;
    if line.version > VERSION {
        remark.says = Saying::Unknown;
    }
    remark.at = time(line.at)?;
    remark.recorded_at = time(line.recorded_at)?;
    Ok(remark)
}

/// The text of a remark. Refuses what would not read back as it was.
fn encode(remark: &Remark) -> Result<String, Cause> {
    let event = remark.says.name();
    if remark.says == Saying::Unknown {
        return Err(Cause::Foreseen);
    }
    let body =
        serde_json::to_string(remark).map_err(|source| Cause::Unwritable { event, source })?;
    match serde_json::from_str::<Remark>(&body) {
        Ok(back) if back == *remark => Ok(body),
        Ok(_) | Err(_) => Err(Cause::Lossy { event }),
    }
}

async fn append(
    connection: &mut SqliteConnection,
    name: &str,
    seen: u64,
    remarks: &[Remark],
) -> Result<u64, Refused> {
    let bodies = remarks.iter().map(encode).collect::<Result<Vec<_>, _>>()?;
    begin(connection).await?;
    let written = async {
        // The whole chain is verified: a remark behind a broken one would lend it weight.
        let (before, mut hash) = walk(connection, name).await?;
        let mut seq = before.len() as u64;
        if seq != seen {
            return Err(Refused::Moved { found: seq });
        }
        for (remark, body) in remarks.iter().zip(&bodies) {
            seq += 1;
            let (at, recorded_at) = (remark.at.to_string(), remark.recorded_at.to_string());
            let line = Line {
                seq,
                at: &at,
                recorded_at: &recorded_at,
                kind: remark.says.name(),
                version: VERSION,
                body,
            };
            hash = chain::link(&hash, &line.leaf());
            sqlx::query(APPEND)
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
        Ok(seq)
    }
    .await;
    end(connection, written).await
}

impl SqliteJournal {
    fn refuse(&self, refused: Refused, ground: &Ground, doing: &'static str) -> LedgerError {
        let of = ground.to_string();
        match refused {
            Refused::Moved { found } => LedgerError::Moved { of, found },
            Refused::Broken { seq, why } => LedgerError::Broken { of, seq, why },
            Refused::Fault(fault) => {
                LedgerError::Storage { of, source: self.store.says(fault, doing) }
            }
        }
    }
}

#[async_trait]
impl Ledger for SqliteJournal {
    async fn remark(
        &self,
        ground: &Ground,
        seen: u64,
        remarks: &[Remark],
    ) -> Result<u64, LedgerError> {
        const DOING: &str = "write a remark into";
        let key = name(ground).map_err(|cause| self.refuse(cause.into(), ground, DOING))?;
        let (store, remarks) = (self.store.clone(), remarks.to_vec());
        let work = async move {
            let mut writer = store.writer.lock().await;
            Ok(append(&mut writer, &key, seen, &remarks).await)
        };
        let written = to_the_end(work).await.map_err(Refused::Fault).and_then(|done| done);
        written.map_err(|refused| self.refuse(refused, ground, DOING))
    }

    async fn remarks(&self, ground: &Ground) -> Result<Vec<Remark>, LedgerError> {
        const DOING: &str = "read the remarks of";
        let key = name(ground).map_err(|cause| self.refuse(cause.into(), ground, DOING))?;
        let mut reader = self.store.reader.lock().await;
        match walk(&mut reader, &key).await {
            Ok((remarks, _)) => Ok(remarks),
            Err(refused) => Err(self.refuse(refused, ground, DOING)),
        }
    }

    async fn grounds(&self) -> Result<Vec<Ground>, LedgerError> {
        let rows: Result<Vec<String>, sqlx::Error> = {
            let mut reader = self.store.reader.lock().await;
            sqlx::query_scalar("SELECT DISTINCT ground FROM remark ORDER BY ground")
                .fetch_all(&mut *reader)
                .await
        };
        let rows = rows.map_err(|error| LedgerError::Storage {
            of: "all places".to_owned(),
            source: self.store.says(error, "list the remarks of"),
        })?;
        rows.iter()
            .map(|row| {
                ground(row).ok_or_else(|| LedgerError::Broken {
                    of: row.clone(),
                    seq: 1,
                    why: "its place cannot be read".to_owned(),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
