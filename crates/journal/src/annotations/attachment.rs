//! Pictures and texts, each kept once under its hash.

use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;

use super::Refused;
use crate::chain;

/// Keeps the bytes, unless they are kept already.
pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    bytes: &[u8],
) -> Result<String, Refused> {
    let hash = chain::hex(&Sha256::digest(bytes));
    sqlx::query("INSERT INTO attachment (hash, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(&hash)
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(hash)
}

/// The bytes, held against their hash.
pub(crate) async fn kept(
    connection: &mut SqliteConnection,
    hash: &str,
) -> Result<Option<Vec<u8>>, Refused> {
    let bytes: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM attachment WHERE hash = ?1")
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    match bytes {
        Some(bytes) if chain::hex(&Sha256::digest(&bytes)) != hash => {
            Err(Refused::Spoilt { hash: hash.to_owned() })
        }
        kept => Ok(kept),
    }
}
