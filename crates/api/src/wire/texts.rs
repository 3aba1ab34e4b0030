//! What a host hands over as text, because it has no path to a file: counts and migrations.

use lastgood_schema::Dialect;
use serde::{Deserialize, Serialize};

use crate::counts::{Judged, Mistake};
use crate::{DatabaseReport, SchemaReport};

/// Asks for a verdict on a table of counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct JudgeRequest {
    /// The table, with commas between the columns `tick`, `arm`, `total` and `bad`.
    pub counts: String,
    /// The share of good requests that is promised, strictly between 0 and 1.
    pub objective: f64,
    /// How many times worse than the old release the new one may be, 1 to 100; 2 when absent.
    #[serde(default)]
    pub r0: Option<f64>,
    /// The share of bad requests that a pass excludes, strictly between 0 and 1; twice what
    /// the objective allows when absent.
    #[serde(default)]
    pub exclude: Option<f64>,
    /// Fewer requests of the new release decide nothing; 30 when absent.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub min_requests: Option<u64>,
    /// Whether slow requests are counted, not failed ones.
    #[serde(default)]
    pub latency: bool,
}

/// A verdict, or every mistake that kept the table from being read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum JudgeAnswer {
    /// It could be read.
    Judged {
        /// The verdict with all that it rests on.
        judged: Box<Judged>,
    },
    /// It could not, and nothing was judged.
    Unreadable {
        /// Each with its place.
        mistakes: Vec<Mistake>,
    },
}

/// A file of migrations, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationText {
    /// What it is called. Its end tells the language, its beginning the order.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// Asks whether an older release can run after some migrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ask", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum SchemaRequest {
    /// From the texts alone.
    Texts {
        /// The migrations between the older release and now.
        files: Vec<MigrationText>,
        /// What was there before them; may be empty.
        before: Vec<MigrationText>,
        /// The language of both.
        dialect: Dialect,
    },
    /// Beside what a database has applied, which is asked the open questions as well.
    Database {
        /// The name of the secret that holds the database's URL.
        secret: String,
        /// All migrations that the older release brings.
        release: Vec<MigrationText>,
        /// All migrations of the newest release: the texts of what is ahead.
        newest: Vec<MigrationText>,
        /// Which table, as `schema.name`, where several tools keep one.
        table: Option<String>,
    },
}

/// What was found about migrations.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum SchemaAnswer {
    /// In their texts.
    Texts {
        /// A label for every statement.
        report: SchemaReport,
    },
    /// In a database.
    Database {
        /// What is ahead, and what the database answered.
        report: DatabaseReport,
    },
}
