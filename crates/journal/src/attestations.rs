//! What people answered to checklists, in the same file: one chain for each place, only ever
//! appended to.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::checklist::{Attestation, Stated};
use lastgood_core::ports::{Attestations, LedgerError};
use lastgood_core::release::Ground;
use sqlx::SqliteConnection;

use crate::SqliteJournal;
use crate::chain::{self, Hash};
use crate::journal::to_the_end;
use crate::ledger::name;
use crate::strand::{self, Refused, Said, Table};
use crate::write::{begin, end};

const TABLE: Table = Table {
    lines: "SELECT seq, at, recorded_at, kind, version, body, hash FROM attestation \
            WHERE ground = ?1 ORDER BY seq",
    bulk: None,
    append: "INSERT INTO attestation (ground, seq, at, recorded_at, kind, version, body, hash) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    noun: "answer",
};

impl Said for Attestation {
    fn kind(&self) -> &'static str {
        self.says.name()
    }

    fn is_unknown(&self) -> bool {
        self.says == Stated::Unknown
    }

    fn forget(&mut self) {
        self.says = Stated::Unknown;
    }

    fn times(&mut self) -> (&mut Timestamp, &mut Timestamp) {
        (&mut self.at, &mut self.recorded_at)
    }
}

/// The answers about a place in order, each verified, and where their chain stands.
async fn walk(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<(Vec<Attestation>, Hash), Refused> {
    strand::walk(connection, &TABLE, name, chain::attestations_genesis(name)).await
}

async fn append(
    connection: &mut SqliteConnection,
    name: &str,
    seen: u64,
    answers: &[Attestation],
) -> Result<u64, Refused> {
    let bodies = strand::encode(answers)?;
    begin(connection).await?;
    let written = async {
        // The whole chain is verified: an answer behind a broken one would lend it weight.
        let (before, hash) = walk(connection, name).await?;
        let found = before.len() as u64;
        if found != seen {
            return Err(Refused::Moved { found });
        }
        let stand = (found, hash);
        let stand = strand::put(connection, &TABLE, name, stand, answers, &bodies).await?;
        Ok(stand.0)
    }
    .await;
    end(connection, written).await
}

/// What errors are about, in words.
fn of(ground: &Ground) -> String {
    format!("the checklists of {ground}")
}

#[async_trait]
impl Attestations for SqliteJournal {
    async fn attest(
        &self,
        ground: &Ground,
        seen: u64,
        answers: &[Attestation],
    ) -> Result<u64, LedgerError> {
        const DOING: &str = "write an answer into";
        let refused = |refused| self.refuse_of(refused, of(ground), DOING);
        let key = name(ground).map_err(|cause| refused(cause.into()))?;
        let (store, answers) = (self.store.clone(), answers.to_vec());
        let work = async move {
            let mut writer = store.writer.lock().await;
            Ok(append(&mut writer, &key, seen, &answers).await)
        };
        let written = to_the_end(work).await.map_err(Refused::Fault).and_then(|done| done);
        written.map_err(refused)
    }

    async fn attestations(&self, ground: &Ground) -> Result<Vec<Attestation>, LedgerError> {
        const DOING: &str = "read the answers of";
        let refused = |refused| self.refuse_of(refused, of(ground), DOING);
        let key = name(ground).map_err(|cause| refused(cause.into()))?;
        let mut reader = self.store.reader.lock().await;
        walk(&mut reader, &key).await.map(|(answers, _)| answers).map_err(refused)
    }

    async fn answered(&self) -> Result<Vec<Ground>, LedgerError> {
        const ALL: &str = "SELECT DISTINCT ground FROM attestation ORDER BY ground";
        self.grounds_in(ALL, "list the answers of").await
    }
}

#[cfg(test)]
mod tests;
