//! What people add to the record of a run, in the same file: one chain for each run, only
//! ever appended to, beside the run's own. No lease guards it, because a run that is
//! driven by another process, or that has ended, is annotated too.

mod attachment;

use async_trait::async_trait;
use lastgood_core::name::RunId;
use lastgood_core::ports::{Annotations, AnnotationsError, Head};
use lastgood_core::timeline::{Annotation, Layer};
use sqlx::{Row as _, SqliteConnection};

use crate::SqliteJournal;
use crate::chain::{self, Hash, Line};
use crate::fault::{Cause, Fault};
use crate::journal::to_the_end;
use crate::read::time;
use crate::write::{begin, end, integer};

const LINES: &str = "SELECT seq, at, recorded_at, kind, version, body, hash FROM annotation \
                     WHERE run = ?1 ORDER BY seq";

const APPEND: &str = "INSERT INTO annotation (run, seq, at, recorded_at, kind, version, body, \
                      hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// The encoding that this version writes.
const VERSION: i64 = 1;

/// Why annotations cannot be used, before the file is named.
enum Refused {
    Fault(Fault),
    Moved { found: u64 },
    Broken { seq: u64, why: String },
    Spoilt { hash: String },
}

impl<T: Into<Fault>> From<T> for Refused {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

/// The annotations of a run in order, each verified, and where their chain stands.
async fn walk(
    connection: &mut SqliteConnection,
    run: &RunId,
) -> Result<(Vec<Annotation>, Hash), Refused> {
    let rows = sqlx::query(LINES).bind(run.as_str()).fetch_all(connection).await?;
    let mut hash = chain::annotations_genesis(run);
    let mut annotations = Vec::with_capacity(rows.len());
    for (seq, row) in (1..).zip(&rows) {
        let broken = |why: String| Refused::Broken { seq, why };
        let unreadable = |error: sqlx::Error| broken(format!("it cannot be read: {error}"));
        let found = row.try_get::<i64, _>(0).map_err(unreadable)?;
        if u64::try_from(found) != Ok(seq) {
            return Err(broken(format!("it is missing; annotation {found} follows")));
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
        annotations.push(decode(&line).map_err(broken)?);
    }
    Ok((annotations, hash))
}

/// Where the chain of a run's annotations stands, from its last row alone. What is before
/// it is verified whenever it is read, and reading comes before every decision to write.
async fn last(connection: &mut SqliteConnection, run: &RunId) -> Result<(u64, Hash), Refused> {
    let row =
        sqlx::query("SELECT seq, hash FROM annotation WHERE run = ?1 ORDER BY seq DESC LIMIT 1")
            .bind(run.as_str())
            .fetch_optional(connection)
            .await?;
    let Some(row) = row else { return Ok((0, chain::annotations_genesis(run))) };
    let seq = row.try_get::<i64, _>(0)?.unsigned_abs();
    let hash = row
        .try_get::<&[u8], _>(1)?
        .try_into()
        .map_err(|_| Refused::Broken { seq, why: "its hash is no SHA-256".to_owned() })?;
    Ok((seq, hash))
}

/// What a newer version says is unknown here; that it says something is not.
fn decode(line: &Line<'_>) -> Result<Annotation, String> {
    if line.version < VERSION {
        return Err(format!("there is no encoding {}", line.version));
    }
    let mut annotation: Annotation = serde_json::from_str(line.body).or_else(|_| {
        // A known name with contents that do not fit was written by a newer version.
        let mut value: serde_json::Value =
            serde_json::from_str(line.body).map_err(|error| format!("it is not JSON: {error}"))?;
        value["says"] = serde_json::json!({ "says": "unknown" });
        serde_json::from_value(value).map_err(|error| format!("it is no annotation: {error}"))
    })?;
    if line.version > VERSION {
        annotation.says = Layer::Unknown;
    }
    annotation.at = time(line.at)?;
    annotation.recorded_at = time(line.recorded_at)?;
    Ok(annotation)
}

/// The text of an annotation. Refuses what would not read back as it was.
fn encode(annotation: &Annotation) -> Result<String, Cause> {
    let event = annotation.says.name();
    if annotation.says == Layer::Unknown {
        return Err(Cause::Foreseen);
    }
    let body =
        serde_json::to_string(annotation).map_err(|source| Cause::Unwritable { event, source })?;
    match serde_json::from_str::<Annotation>(&body) {
        Ok(back) if back == *annotation => Ok(body),
        Ok(_) | Err(_) => Err(Cause::Lossy { event }),
    }
}

async fn append(
    connection: &mut SqliteConnection,
    run: &RunId,
    seen: u64,
    annotations: &[Annotation],
) -> Result<Head, Refused> {
    let bodies = annotations.iter().map(encode).collect::<Result<Vec<_>, _>>()?;
    begin(connection).await?;
    let written = async {
        if !crate::read::exists(connection, run).await? {
            return Err(lastgood_core::ports::JournalError::NoSuchRun { run: run.clone() }.into());
        }
        let (mut seq, mut hash) = last(connection, run).await?;
        if seq != seen {
            return Err(Refused::Moved { found: seq });
        }
        for (annotation, body) in annotations.iter().zip(&bodies) {
            seq += 1;
            let (at, recorded_at) = (annotation.at.to_string(), annotation.recorded_at.to_string());
            let line = Line {
                seq,
                at: &at,
                recorded_at: &recorded_at,
                kind: annotation.says.name(),
                version: VERSION,
                body,
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
    .await;
    end(connection, written).await
}

impl SqliteJournal {
    fn unannotated(&self, refused: Refused, run: &RunId, doing: &'static str) -> AnnotationsError {
        let run = run.clone();
        match refused {
            Refused::Moved { found } => AnnotationsError::Moved { run, found },
            Refused::Broken { seq, why } => AnnotationsError::Broken { run, seq, why },
            Refused::Spoilt { hash } => AnnotationsError::Spoilt { hash },
            Refused::Fault(fault) => {
                AnnotationsError::Storage { run, source: self.store.says(fault, doing) }
            }
        }
    }
}

#[async_trait]
impl Annotations for SqliteJournal {
    async fn annotate(
        &self,
        run: &RunId,
        seen: u64,
        annotations: &[Annotation],
    ) -> Result<Head, AnnotationsError> {
        let (store, annotations, named) = (self.store.clone(), annotations.to_vec(), run.clone());
        let work = async move {
            let mut writer = store.writer.lock().await;
            Ok(append(&mut writer, &named, seen, &annotations).await)
        };
        let written = to_the_end(work).await.map_err(Refused::Fault).and_then(|done| done);
        written.map_err(|refused| self.unannotated(refused, run, "write an annotation into"))
    }

    async fn annotations(&self, run: &RunId) -> Result<(Vec<Annotation>, Head), AnnotationsError> {
        let mut reader = self.store.reader.lock().await;
        match walk(&mut reader, run).await {
            Ok((annotations, hash)) => {
                let seq = annotations.len() as u64;
                Ok((annotations, Head { seq, hash: chain::hex(&hash) }))
            }
            Err(refused) => Err(self.unannotated(refused, run, "read the annotations of")),
        }
    }

    async fn keep(&self, run: &RunId, bytes: &[u8]) -> Result<String, AnnotationsError> {
        let (store, bytes) = (self.store.clone(), bytes.to_vec());
        let work = async move {
            let mut writer = store.writer.lock().await;
            Ok(attachment::keep(&mut writer, &bytes).await)
        };
        let kept = to_the_end(work).await.map_err(Refused::Fault).and_then(|done| done);
        kept.map_err(|refused| self.unannotated(refused, run, "keep an attachment in"))
    }

    async fn kept(&self, run: &RunId, hash: &str) -> Result<Option<Vec<u8>>, AnnotationsError> {
        let mut reader = self.store.reader.lock().await;
        attachment::kept(&mut reader, hash)
            .await
            .map_err(|refused| self.unannotated(refused, run, "read an attachment of"))
    }
}

#[cfg(test)]
mod tests;
