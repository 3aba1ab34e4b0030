//! MySQL and MariaDB, over their own protocol, encrypted where the server can.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder, SslOpts, Value};
use url::Url;

use super::DatabaseError;
use crate::record::Row;

/// The schemes under which frameworks keep such a URL.
pub(super) const SCHEMES: [&str; 3] = ["mysql", "mariadb", "mysql2"];

/// Where a server listens that names no port.
const PORT: u16 = 3306;

/// The server's own limit knows whole seconds only where it waits for a lock.
const SECOND: Duration = Duration::from_secs(1);

/// How a connection is protected, in the words of MySQL's own client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    Disabled,
    /// Encrypted where the server can; whoever answers is taken for it.
    Preferred,
    /// Encrypted, or none at all; whoever answers is taken for it.
    Required,
    /// The certificate is from a known authority.
    Authority,
    /// The certificate is from a known authority and names the host.
    Identity,
}

/// A connection, and how to make it again.
#[derive(Debug)]
pub(super) struct Link {
    to: Opts,
    /// None while a question is out, and after one whose time ran out: its answer may still come.
    open: Option<Conn>,
}

impl Link {
    pub(super) async fn open(url: &str) -> Result<Self, DatabaseError> {
        let wanted = Wanted::read(url).ok_or(DatabaseError::Url)?;
        let made = match Conn::new(wanted.opts(wanted.protection)).await {
            Err(Error::Driver(DriverError::NoClientSslFlagFromServer))
                if wanted.protection == Protection::Preferred =>
            {
                Conn::new(wanted.opts(Protection::Disabled)).await
            }
            other => other,
        };
        let connection = made.map_err(unreachable)?;
        Ok(Self { to: connection.opts().clone(), open: Some(connection) })
    }

    /// Asks one question in a transaction of its own.
    pub(super) async fn rows(
        &mut self,
        sql: &str,
        limit: Duration,
    ) -> Result<Vec<Row>, DatabaseError> {
        let mut connection = match self.open.take() {
            Some(connection) => connection,
            None => Conn::new(self.to.clone()).await.map_err(unreachable)?,
        };
        let asked = question(&mut connection, sql, limit).await;
        let ended = connection.query_drop("ROLLBACK").await;
        // One that does not even roll back is not asked again.
        if ended.is_ok() {
            self.open = Some(connection);
        }
        let rows = asked.map_err(refused)?;
        ended.map_err(refused)?;
        Ok(rows)
    }
}

async fn question(
    connection: &mut Conn,
    sql: &str,
    limit: Duration,
) -> Result<Vec<Row>, mysql_async::Error> {
    let version: Option<String> = connection.query_first("SELECT VERSION()").await?;
    for setting in limits(&version.unwrap_or_default(), limit) {
        connection.query_drop(setting).await?;
    }
    connection.query_drop("START TRANSACTION READ ONLY").await?;
    // Prepared, so that it is one statement and no more.
    let rows: Vec<mysql_async::Row> = connection.exec(sql, ()).await?;
    let values = |row: mysql_async::Row| row.unwrap_raw().into_iter();
    Ok(rows
        .into_iter()
        .map(|row| values(row).map(|value| value.and_then(text)).collect())
        .collect())
}

/// What makes the server end a question itself. MariaDB counts seconds, MySQL milliseconds. Older
/// servers know neither setting, which a comment with a version keeps from them.
fn limits(version: &str, limit: Duration) -> [String; 2] {
    let whole = limit.max(SECOND).as_secs();
    let question = if version.contains("MariaDB") {
        format!("/*M!100101 SET SESSION max_statement_time = {} */", limit.as_secs_f64())
    } else {
        format!("/*!50708 SET SESSION max_execution_time = {} */", limit.as_millis())
    };
    [question, format!("SET SESSION lock_wait_timeout = {whole}")]
}

/// Every value was asked for as text; a number is what a probe's constant becomes.
fn text(value: Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Value::Int(_)
        | Value::UInt(_)
        | Value::Float(_)
        | Value::Double(_)
        | Value::Date(..)
        | Value::Time(..) => Some(value.as_sql(true)),
    }
}

fn unreachable(error: mysql_async::Error) -> DatabaseError {
    DatabaseError::Unreachable(Box::new(error))
}

fn refused(error: mysql_async::Error) -> DatabaseError {
    DatabaseError::Refused(Box::new(error))
}

/// What a URL asks for.
struct Wanted {
    builder: OptsBuilder,
    protection: Protection,
    authorities: Option<PathBuf>,
    local: bool,
}

impl Wanted {
    /// Reads the parts of a URL. The parameters are those of MySQL's own client, with `_` or `-`:
    /// `ssl-mode`, `ssl-ca` and `socket`. What a framework writes for itself, such as a character
    /// set, changes nothing about reading and is passed over.
    fn read(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let decoded = |part: &str| {
            percent_encoding::percent_decode_str(part).decode_utf8().ok().map(Cow::into_owned)
        };
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let user = Some(decoded(url.username())?).filter(|user| !user.is_empty());
        let password = url.password().map_or(Some(None), |given| decoded(given).map(Some))?;
        let database = Some(decoded(url.path().trim_start_matches('/'))?);
        let mut wanted = Self {
            builder: OptsBuilder::default()
                .ip_or_hostname(host.trim_start_matches('[').trim_end_matches(']'))
                .tcp_port(url.port().unwrap_or(PORT))
                .user(user)
                .pass(password)
                .db_name(database.filter(|name| !name.is_empty()))
                .prefer_socket(false),
            protection: Protection::Preferred,
            authorities: None,
            local: false,
        };
        for (name, value) in url.query_pairs() {
            match name.to_lowercase().replace(['-', '_'], "").as_str() {
                "sslmode" | "tls" | "ssl" => wanted.protection = Protection::read(&value)?,
                "sslca" => wanted.authorities = Some(PathBuf::from(value.into_owned())),
                "socket" | "unixsocket" => {
                    wanted.builder = wanted.builder.socket(Some(value.into_owned()));
                    wanted.local = true;
                }
                _ => {}
            }
        }
        Some(wanted)
    }

    fn opts(&self, protection: Protection) -> Opts {
        let takes_anybody = matches!(protection, Protection::Preferred | Protection::Required);
        let encrypted = SslOpts::default()
            .with_danger_accept_invalid_certs(takes_anybody)
            .with_danger_skip_domain_validation(protection != Protection::Identity)
            .with_root_certs(self.authorities.iter().cloned().map(Into::into).collect())
            .with_disable_built_in_roots(self.authorities.is_some());
        // A socket does not leave the machine.
        let plain = protection == Protection::Disabled || self.local;
        self.builder.clone().ssl_opts((!plain).then_some(encrypted)).into()
    }
}

impl Protection {
    /// None where the word is not known: what protects a connection is not guessed.
    fn read(word: &str) -> Option<Self> {
        match word.to_lowercase().replace('-', "_").as_str() {
            "disabled" | "disable" | "false" | "0" => Some(Self::Disabled),
            "preferred" | "prefer" => Some(Self::Preferred),
            "required" | "require" | "true" | "1" | "skip_verify" => Some(Self::Required),
            "verify_ca" => Some(Self::Authority),
            "verify_identity" | "verify_full" => Some(Self::Identity),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(url: &str) -> Option<Opts> {
        Wanted::read(url).map(|wanted| wanted.opts(wanted.protection))
    }

    #[test]
    fn a_url_is_read_as_frameworks_write_it() {
        let opts = wanted("mysql2://me:p%40ss@[::1]:3307/app?charset=utf8mb4").expect("a URL");
        assert_eq!((opts.ip_or_hostname(), opts.tcp_port()), ("::1", 3307));
        assert_eq!((opts.user(), opts.pass()), (Some("me"), Some("p@ss")));
        assert_eq!(opts.db_name(), Some("app"));
        let opts = wanted("mysql://db.internal").expect("a URL");
        assert_eq!((opts.tcp_port(), opts.user(), opts.db_name()), (3306, None, None));
    }

    #[test]
    fn a_connection_is_encrypted_unless_the_url_says_otherwise_and_an_unknown_word_is_refused() {
        let checks = |url: &str| {
            wanted(url)
                .expect("a URL")
                .ssl_opts()
                .map(|ssl| (!ssl.accept_invalid_certs(), !ssl.skip_domain_validation()))
        };
        assert_eq!(checks("mysql://h/app"), Some((false, false)));
        assert_eq!(checks("mysql://h/app?ssl-mode=DISABLED"), None);
        assert_eq!(checks("mysql://h/app?sslmode=VERIFY_CA"), Some((true, false)));
        assert_eq!(checks("mysql://h/app?ssl_mode=verify-identity"), Some((true, true)));
        assert!(wanted("mysql://h/app?ssl-mode=verify").is_none());
    }

    #[test]
    fn each_kind_of_server_is_told_its_limit_in_its_own_words() {
        let limit = Duration::from_millis(400);
        assert_eq!(
            limits("10.11.6-MariaDB-0+deb12u1", limit)[0],
            "/*M!100101 SET SESSION max_statement_time = 0.4 */"
        );
        assert_eq!(limits("8.4.3", limit)[0], "/*!50708 SET SESSION max_execution_time = 400 */");
    }
}
