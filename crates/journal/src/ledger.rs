//! Remarks about releases, in the same file as the runs: one chain for each place, only
//! ever appended to.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::ports::{Ledger, LedgerError};
use lastgood_core::release::{Ground, Remark, Saying};
use sqlx::SqliteConnection;

use crate::SqliteJournal;
use crate::chain::{self, Hash};
use crate::fault::Cause;
use crate::journal::to_the_end;
use crate::strand::{self, Refused, Said, Table};
use crate::write::{begin, end};

const LINES: &str = "SELECT seq, at, recorded_at, kind, version, body, hash FROM remark \
                     WHERE ground = ?1 ORDER BY seq";

const APPEND: &str = "INSERT INTO remark (ground, seq, at, recorded_at, kind, version, body, hash) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const TABLE: Table = Table { lines: LINES, bulk: None, append: APPEND, noun: "remark" };

impl Said for Remark {
    fn kind(&self) -> &'static str {
        self.says.name()
    }

    fn is_unknown(&self) -> bool {
        self.says == Saying::Unknown
    }

    fn forget(&mut self) {
        self.says = Saying::Unknown;
    }

    fn times(&mut self) -> (&mut Timestamp, &mut Timestamp) {
        (&mut self.at, &mut self.recorded_at)
    }
}

/// A ground as the file names it: JSON, so that no name can pass for two.
pub(crate) fn name(ground: &Ground) -> Result<String, Cause> {
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
    strand::walk(connection, &TABLE, name, chain::ledger_genesis(name)).await
}

async fn append(
    connection: &mut SqliteConnection,
    name: &str,
    seen: u64,
    remarks: &[Remark],
) -> Result<u64, Refused> {
    let bodies = strand::encode(remarks)?;
    begin(connection).await?;
    let written = async {
        // The whole chain is verified: a remark behind a broken one would lend it weight.
        let (before, hash) = walk(connection, name).await?;
        let found = before.len() as u64;
        if found != seen {
            return Err(Refused::Moved { found });
        }
        let stand = (found, hash);
        let stand = strand::put(connection, &TABLE, name, stand, remarks, &bodies).await?;
        Ok(stand.0)
    }
    .await;
    end(connection, written).await
}

impl SqliteJournal {
    fn refuse(&self, refused: Refused, ground: &Ground, doing: &'static str) -> LedgerError {
        self.refuse_of(refused, ground.to_string(), doing)
    }

    /// The same for another ledger, which says itself what it is about.
    pub(crate) fn refuse_of(
        &self,
        refused: Refused,
        of: String,
        doing: &'static str,
    ) -> LedgerError {
        match refused {
            Refused::Moved { found } => LedgerError::Moved { of, found },
            Refused::Broken { seq, why } => LedgerError::Broken { of, seq, why },
            Refused::Fault(fault) => {
                LedgerError::Storage { of, source: self.store.says(fault, doing) }
            }
        }
    }

    /// The grounds that a query names, each a chain of its own.
    pub(crate) async fn grounds_in(
        &self,
        query: &'static str,
        doing: &'static str,
    ) -> Result<Vec<Ground>, LedgerError> {
        let mut reader = self.store.reader.lock().await;
        let rows: Result<Vec<String>, sqlx::Error> =
            sqlx::query_scalar(query).fetch_all(&mut *reader).await;
        let rows = rows.map_err(|error| LedgerError::Storage {
            of: "all places".to_owned(),
            source: self.store.says(error, doing),
        })?;
        let unreadable = |row: &String| LedgerError::Broken {
            of: row.clone(),
            seq: 1,
            why: "its place cannot be read".to_owned(),
        };
        rows.iter().map(|row| ground(row).ok_or_else(|| unreadable(row))).collect()
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
        const ALL: &str = "SELECT DISTINCT ground FROM remark ORDER BY ground";
        self.grounds_in(ALL, "list the remarks of").await
    }
}

#[cfg(test)]
mod tests;
