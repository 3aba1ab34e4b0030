//! For tests here and elsewhere: an application's `SQLite` file. The product itself only reads.

use std::path::Path;

use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

/// Runs `sql` on the file at `path`, which is made when it is not there.
///
/// # Panics
///
/// When the file cannot be opened or a statement fails.
pub async fn sqlite_by_hand(path: &Path, sql: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut link = options.connect().await.expect("a file that may be written");
    link.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))).await.expect(sql);
    link.close().await.expect("it closes");
}
