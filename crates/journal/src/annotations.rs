//! What people add to the record of a run, in the same file: one chain for each run, only
//! ever appended to, beside the run's own. No lease guards it, because a run that is
//! driven by another process, or that has ended, is annotated too.

pub(crate) mod attachment;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::name::{Person, RunId};
use lastgood_core::ports::{Annotations, AnnotationsError, Head};
use lastgood_core::timeline::layer::AddedLine;
use lastgood_core::timeline::{Annotation, Layer};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sqlx::{Row as _, SqliteConnection};

use crate::SqliteJournal;
use crate::chain::{self, Hash};
use crate::fault::Fault;
use crate::journal::to_the_end;
use crate::strand::{self, Said, Table};
use crate::write::{begin, end};

const LINES: &str = "SELECT seq, at, recorded_at, kind, version, body, hash FROM annotation \
                     WHERE run = ?1 ORDER BY seq";

const APPEND: &str = "INSERT INTO annotation (run, seq, at, recorded_at, kind, version, body, \
                      hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// A record of another system may have tens of thousands of lines.
const BULK: &str = "SELECT count(*), coalesce(group_concat(seq || char(31) || at || char(31) || \
                    recorded_at || char(31) || kind || char(31) || version || char(31) || \
                    hex(hash) || char(31) || body, char(30)), '') \
                    FROM (SELECT * FROM annotation WHERE run = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3)";

const TABLE: Table = Table { lines: LINES, bulk: Some(BULK), append: APPEND, noun: "annotation" };

impl Said for Annotation {
    fn kind(&self) -> &'static str {
        self.says.name()
    }

    fn is_unknown(&self) -> bool {
        self.says == Layer::Unknown
    }

    fn forget(&mut self) {
        self.says = Layer::Unknown;
    }

    fn shortly(kind: &str, body: &str) -> Option<Self> {
        if kind != "added" {
            return None;
        }
        let Short { by, says: ShortAdded { line, .. }, .. } = serde_json::from_str(body).ok()?;
        let then = Timestamp::UNIX_EPOCH;
        Some(Self { at: then, recorded_at: then, by, says: Layer::Added { line } })
    }

    fn times(&mut self) -> (&mut Timestamp, &mut Timestamp) {
        (&mut self.at, &mut self.recorded_at)
    }
}

/// An added line as it is written; nearly all annotations of a long record are. With its tag
/// beside what it tags, serde keeps the whole of it before it reads any.
#[derive(Deserialize)]
struct Short {
    #[serde(rename = "at")]
    _at: IgnoredAny,
    #[serde(rename = "recorded_at")]
    _recorded_at: IgnoredAny,
    by: Person,
    says: ShortAdded,
}

#[derive(Deserialize)]
struct ShortAdded {
    #[serde(rename = "says")]
    _says: Added,
    line: AddedLine,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Added {
    Added,
}

/// Why annotations cannot be used, before the file is named.
pub(crate) enum Refused {
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

impl From<strand::Refused> for Refused {
    fn from(refused: strand::Refused) -> Self {
        match refused {
            strand::Refused::Fault(fault) => Self::Fault(fault),
            strand::Refused::Moved { found } => Self::Moved { found },
            strand::Refused::Broken { seq, why } => Self::Broken { seq, why },
        }
    }
}

/// The annotations of a run in order, each verified, and where their chain stands.
async fn walk(
    connection: &mut SqliteConnection,
    run: &RunId,
) -> Result<(Vec<Annotation>, Hash), Refused> {
    let genesis = chain::annotations_genesis(run);
    Ok(strand::walk(connection, &TABLE, run.as_str(), genesis).await?)
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

async fn append(
    connection: &mut SqliteConnection,
    run: &RunId,
    seen: u64,
    annotations: &[Annotation],
) -> Result<Head, Refused> {
    let bodies = strand::encode(annotations)?;
    begin(connection).await?;
    let written = async {
        if !crate::read::exists(connection, run).await? {
            return Err(lastgood_core::ports::JournalError::NoSuchRun { run: run.clone() }.into());
        }
        let stand = last(connection, run).await?;
        if stand.0 != seen {
            return Err(Refused::Moved { found: stand.0 });
        }
        let (name, said) = (run.as_str(), annotations);
        let (seq, hash) = strand::put(connection, &TABLE, name, stand, said, &bodies).await?;
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
