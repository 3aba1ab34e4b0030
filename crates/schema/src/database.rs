//! Reads a database and never changes it: what was applied, and what the labels leave open.
//!
//! Every question is asked in a read-only transaction of its own, with a time limit in the database
//! and another one here. No lock of a migration tool is taken.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::time::Duration;

use crate::label::{Dialect, Probe};
use crate::record::{self, MOST_ROWS, Record, Row};

/// How long the parts of a look at a database may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connecting, with everything that belongs to it.
    pub connect: Duration,
    /// One question. The database itself ends it then.
    pub question: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), question: Duration::from_secs(5) }
    }
}

/// What a driver says.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a database could not be read. None of it holds the URL.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL could not be understood.
    #[error("the database's URL cannot be understood")]
    Url,
    /// The URL is for a system that is not read.
    #[error("databases of the kind `{scheme}` are not read")]
    Kind {
        /// What stands before the first colon.
        scheme: String,
    },
    /// No answer in time.
    #[error("{what} took longer than {} s", .after.as_secs_f32())]
    Slow {
        /// What was waited for.
        what: &'static str,
        /// For how long.
        after: Duration,
    },
    /// Connecting failed.
    #[error("could not connect to the database")]
    Unreachable(#[source] Cause),
    /// The database refused a question.
    #[error("the database refused the question")]
    Refused(#[source] Cause),
    /// A longer answer than is taken.
    #[error("the table `{table}` has more rows than the record of a migration tool")]
    TooMuch {
        /// The table.
        table: String,
    },
}

/// What the database's own tables say about migrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// What each tool's table says, in the order of their names.
    pub records: Vec<Record>,
    /// What could not be read; each a sentence.
    pub doubts: Vec<String>,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No row: the old release runs, at this moment.
    Empty,
    /// A row: the old release breaks.
    Found,
    /// It could not be asked; why, in one sentence. Neither of the other two.
    Unknown(String),
}

/// A connection that only reads.
#[derive(Debug)]
pub struct Database {
    link: Link,
    limits: Limits,
}

#[derive(Debug)]
enum Link {
    #[cfg(feature = "mysql")]
    Mysql(Box<mysql::Link>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Link),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Link),
}

impl Database {
    /// Connects. The URL is `postgres://…`, `mysql://…` or `sqlite:…`; a SQLite file must be there already.
    pub async fn connect(url: &str, limits: Limits) -> Result<Self, DatabaseError> {
        let (scheme, _) = url.split_once(':').ok_or(DatabaseError::Url)?;
        let connecting = async {
            match scheme {
                #[cfg(feature = "mysql")]
                one if mysql::SCHEMES.contains(&one) => {
                    mysql::Link::open(url).await.map(Box::new).map(Link::Mysql)
                }
                #[cfg(feature = "postgres")]
                "postgres" | "postgresql" => postgres::Link::open(url).await.map(Link::Postgres),
                #[cfg(feature = "sqlite")]
                "sqlite" => sqlite::Link::open(url).await.map(Link::Sqlite),
                // A scheme is short; what is longer is something else and maybe a secret.
                other if other.len() <= 12 && other.bytes().all(|one| one.is_ascii_lowercase()) => {
                    Err(DatabaseError::Kind { scheme: other.to_owned() })
                }
                _ => Err(DatabaseError::Url),
            }
        };
        let what = "connecting to the database";
        let link = within(what, limits.connect, connecting).await?;
        Ok(Self { link, limits })
    }

    /// The language it speaks.
    pub const fn dialect(&self) -> Dialect {
        match &self.link {
            #[cfg(feature = "mysql")]
            Link::Mysql(_) => Dialect::Mysql,
            #[cfg(feature = "postgres")]
            Link::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "sqlite")]
            Link::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Reads the tables of all tools that are there.
    pub async fn records(&mut self) -> Result<Records, DatabaseError> {
        let dialect = self.dialect();
        let found = record::recognise(&self.rows(&record::tables_query(dialect)).await?);
        let mut read = Records { records: Vec::new(), doubts: found.doubts };
        for table in found.tables {
            let rows = self.rows(&table.query(dialect)).await?;
            if rows.len() >= MOST_ROWS {
                return Err(DatabaseError::TooMuch { table: table.full_name() });
            }
            read.records.push(table.read(&rows));
        }
        Ok(read)
    }

    /// Asks each probe, one answer for one probe. One that fails does not keep the others from
    /// being asked.
    pub async fn ask(&mut self, probes: &[Probe]) -> Vec<Answer> {
        let text = match self.dialect() {
            Dialect::Mysql => "CHAR",
            Dialect::Postgres | Dialect::Sqlite => "text",
        };
        let mut answers = Vec::with_capacity(probes.len());
        for probe in probes {
            // Inside another question, so that it can be nothing but a question itself.
            let sql = format!("SELECT CAST(1 AS {text}) FROM ({}) AS asked LIMIT 1", probe.sql);
            answers.push(match self.rows(&sql).await {
                Ok(rows) if rows.is_empty() => Answer::Empty,
                Ok(_) => Answer::Found,
                Err(error) => Answer::Unknown(sentence(&error)),
            });
        }
        answers
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DatabaseError> {
        let limit = self.limits.question;
        // The database's own limit comes first where it works.
        let all = limit + Duration::from_secs(1);
        let what = "an answer of the database";
        match &mut self.link {
            #[cfg(feature = "mysql")]
            Link::Mysql(link) => within(what, all, link.rows(sql, limit)).await,
            #[cfg(feature = "postgres")]
            Link::Postgres(link) => within(what, all, link.rows(sql, limit)).await,
            #[cfg(feature = "sqlite")]
            Link::Sqlite(link) => within(what, all, link.rows(sql, limit)).await,
        }
    }
}

async fn within<T>(
    what: &'static str,
    after: Duration,
    work: impl Future<Output = Result<T, DatabaseError>>,
) -> Result<T, DatabaseError> {
    tokio::time::timeout(after, work).await.unwrap_or(Err(DatabaseError::Slow { what, after }))
}

/// An error with all its causes, on one line.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
