//! Records that other journals wrote, in the same file: what is known of each is one link of
//! a chain, and the document itself is kept under its hash, beside attachments.

use async_trait::async_trait;
use lastgood_core::name::RunId;
use lastgood_core::ports::{Archive, ArchiveError, Filed};
use sqlx::{Row as _, SqliteConnection};

use crate::SqliteJournal;
use crate::annotations::{self, attachment};
use crate::chain::{self, Hash, Line};
use crate::fault::{Cause, Fault};
use crate::journal::to_the_end;
use crate::write::{begin, end, integer};
use crate::{lock, read};

const LINES: &str = "SELECT seq, run, recorded_at, version, body, hash FROM archive ORDER BY seq";

const APPEND: &str = "INSERT INTO archive (seq, run, recorded_at, version, body, hash) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// The encoding that this version writes.
const VERSION: i64 = 1;

/// What every link of this chain is called.
const KIND: &str = "filed";

/// Why the archive cannot be used, before the file is named.
enum Refused {
    Fault(Fault),
    Taken { run: RunId, hash: String },
    Own { run: RunId },
    Broken { seq: u64, why: String },
}

impl<T: Into<Fault>> From<T> for Refused {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

impl Refused {
    /// Why the document of record `seq` cannot be used.
    fn of_document(seq: u64, refused: annotations::Refused) -> Self {
        match refused {
            annotations::Refused::Fault(fault) => Self::Fault(fault),
            annotations::Refused::Spoilt { .. } => {
                Self::Broken { seq, why: "its document does not fit its hash".to_owned() }
            }
            annotations::Refused::Broken { why, .. } => Self::Broken { seq, why },
            annotations::Refused::Moved { .. } => {
                Self::Broken { seq, why: "its document was moved".to_owned() }
            }
        }
    }
}

/// What is known of all records in order, each verified, and where their chain stands.
async fn walk(connection: &mut SqliteConnection) -> Result<(Vec<Filed>, Hash), Refused> {
    let rows = sqlx::query(LINES).fetch_all(connection).await?;
    let mut hash = chain::archive_genesis();
    let mut all = Vec::with_capacity(rows.len());
    for (seq, row) in (1..).zip(&rows) {
        let broken = |why: String| Refused::Broken { seq, why };
        let unreadable = |error: sqlx::Error| broken(format!("it cannot be read: {error}"));
        let found = row.try_get::<i64, _>(0).map_err(unreadable)?;
        if u64::try_from(found) != Ok(seq) {
            return Err(broken(format!("it is missing; number {found} follows")));
        }
        let recorded_at: &str = row.try_get(2).map_err(unreadable)?;
        let line = Line {
            seq,
            at: recorded_at,
            recorded_at,
            kind: KIND,
            version: row.try_get(3).map_err(unreadable)?,
            body: row.try_get(4).map_err(unreadable)?,
        };
        if !line.is_plain() {
            return Err(broken("it has a character that is never written".to_owned()));
        }
        hash = chain::link(&hash, &line.leaf());
        if row.try_get::<&[u8], _>(5).map_err(unreadable)? != hash {
            return Err(broken("its contents do not fit its hash".to_owned()));
        }
        let filed: Filed = serde_json::from_str(line.body)
            .map_err(|error| broken(format!("it is no record: {error}")))?;
        if row.try_get::<&str, _>(1).map_err(unreadable)? != filed.run.as_str() {
            return Err(broken("it stands under the name of another run".to_owned()));
        }
        all.push(filed);
    }
    Ok((all, hash))
}

async fn append(
    connection: &mut SqliteConnection,
    filed: &Filed,
    document: &[u8],
) -> Result<bool, Refused> {
    lock::name(&filed.run)?;
    let body =
        serde_json::to_string(filed).map_err(|source| Cause::Unwritable { event: KIND, source })?;
    begin(connection).await?;
    let written = async {
        if read::exists(connection, &filed.run).await? {
            return Err(Refused::Own { run: filed.run.clone() });
        }
        let (all, hash) = walk(connection).await?;
        if let Some(kept) = all.iter().find(|kept| kept.run == filed.run) {
            if kept.hash == filed.hash {
                return Ok(false);
            }
            return Err(Refused::Taken { run: kept.run.clone(), hash: kept.hash.clone() });
        }
        let seq = all.len() as u64 + 1;
        let kept = attachment::keep(connection, document).await;
        if kept.map_err(|refused| Refused::of_document(seq, refused))? != filed.hash {
            return Err(Cause::Lossy { event: KIND }.into());
        }
        let recorded_at = filed.recorded_at.to_string();
        let line = Line {
            seq,
            at: &recorded_at,
            recorded_at: &recorded_at,
            kind: KIND,
            version: VERSION,
            body: &body,
        };
        let hash = chain::link(&hash, &line.leaf());
        sqlx::query(APPEND)
            .bind(integer(seq)?)
            .bind(filed.run.as_str())
            .bind(&recorded_at)
            .bind(VERSION)
            .bind(&body)
            .bind(&hash[..])
            .execute(&mut *connection)
            .await?;
        Ok(true)
    }
    .await;
    end(connection, written).await
}

impl SqliteJournal {
    fn unfiled(&self, refused: Refused, doing: &'static str) -> ArchiveError {
        match refused {
            Refused::Taken { run, hash } => ArchiveError::Taken { run, hash },
            Refused::Own { run } => ArchiveError::Own { run },
            Refused::Broken { seq, why } => ArchiveError::Broken { seq, why },
            Refused::Fault(fault) => ArchiveError::Storage(self.store.says(fault, doing)),
        }
    }
}

#[async_trait]
impl Archive for SqliteJournal {
    async fn file(&self, filed: &Filed, document: &[u8]) -> Result<bool, ArchiveError> {
        let (store, filed, document) = (self.store.clone(), filed.clone(), document.to_vec());
        let work = async move {
            let mut writer = store.writer.lock().await;
            Ok(append(&mut writer, &filed, &document).await)
        };
        let written = to_the_end(work).await.map_err(Refused::Fault).and_then(|done| done);
        written.map_err(|refused| self.unfiled(refused, "keep an imported record in"))
    }

    async fn filed(&self) -> Result<Vec<Filed>, ArchiveError> {
        let mut reader = self.store.reader.lock().await;
        match walk(&mut reader).await {
            Ok((all, _)) => Ok(all),
            Err(refused) => Err(self.unfiled(refused, "read the imported records of")),
        }
    }

    async fn document(&self, filed: &Filed) -> Result<Vec<u8>, ArchiveError> {
        let mut reader = self.store.reader.lock().await;
        let (all, _) =
            walk(&mut reader).await.map_err(|refused| self.unfiled(refused, "read from"))?;
        let seq = (1..).zip(&all).find(|(_, kept)| *kept == filed).map_or(0, |(seq, _)| seq);
        let kept = attachment::kept(&mut reader, &filed.hash).await;
        let kept = kept.map_err(|refused| Refused::of_document(seq, refused)).and_then(|kept| {
            kept.ok_or_else(|| Refused::Broken { seq, why: "its document is missing".to_owned() })
        });
        kept.map_err(|refused| self.unfiled(refused, "read an imported record of"))
    }
}

#[cfg(test)]
mod tests;
