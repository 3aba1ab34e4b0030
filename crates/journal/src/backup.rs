//! A copy of the journal, made while it is in use.

use std::path::Path;

use sqlx::{ConnectOptions as _, Connection as _};

use crate::fault::Fault;
use crate::file;

/// Copies the journal at `source` to the new file `target`, as it is at this moment.
pub(crate) async fn copy(source: &Path, target: &Path) -> Result<(), Fault> {
    let name =
        target.to_str().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
    // Made by us, so that it belongs to its owner alone from the first moment, and so
    // that an existing file is refused whatever it holds. SQLite fills an empty file.
    let made = file::private().create_new(true).open(target)?;
    let copied = async {
        // A connection of its own: appends go on meanwhile.
        let mut connection = file::options(source).connect().await?;
        sqlx::query("VACUUM INTO ?1").bind(name).execute(&mut connection).await?;
        connection.close().await?;
        made.sync_all()?;
        file::sync_folder_of(target)?;
        Ok(())
    }
    .await;
    if copied.is_err()
        && let Err(error) = std::fs::remove_file(target)
    {
        tracing::warn!(%error, "half of a backup is left behind");
    }
    copied
}
