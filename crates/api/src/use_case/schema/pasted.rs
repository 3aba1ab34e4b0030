//! The same look at migrations for a host that has their texts and no path to them, such as
//! the window.

use lastgood_core::problem::{Code, Problem};
use lastgood_schema::{Source, in_order};

use super::live::compare;
use super::{DatabaseAsk, label};
use crate::App;
use crate::wire::{MigrationText, SchemaAnswer, SchemaRequest};

impl App {
    /// Labels migrations, or sets them beside what a database has applied. Only reads.
    pub async fn schema(&self, request: SchemaRequest) -> Result<SchemaAnswer, Problem> {
        match request {
            SchemaRequest::Texts { files, before, dialect } => {
                // Parsing is work for a processor, and other commands wait for this thread.
                let work = move || label(&sources(files), &sources(before), dialect);
                let report = tokio::task::spawn_blocking(work)
                    .await
                    .map_err(|error| Problem::from_error(Code::Internal, &error))??;
                Ok(SchemaAnswer::Texts { report })
            }
            SchemaRequest::Database { secret, release, newest, table } => {
                let ask = DatabaseAsk { secret, table, ..DatabaseAsk::default() };
                let (release, newest) = (sources(release), sources(newest));
                let report = compare(self.vault().as_ref(), &ask, &release, &newest).await?;
                Ok(SchemaAnswer::Database { report })
            }
        }
    }
}

/// In the order of the tool that applies them, without what only leads back: a chooser of
/// files hands them over in an order of its own.
fn sources(texts: Vec<MigrationText>) -> Vec<Source> {
    let sources = texts.into_iter().map(|one| Source::new(one.name, one.text));
    in_order(sources.filter(|source| !source.leads_back()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, text: &str) -> MigrationText {
        MigrationText { name: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn texts_are_taken_in_the_order_of_their_versions_without_the_way_back() {
        let taken = sources(vec![
            text("10_fill.up.sql", "UPDATE t SET a = 1;"),
            text("9_make.down.sql", "DROP TABLE t;"),
            text("9_make.up.sql", "CREATE TABLE t (a int);"),
        ]);
        let names: Vec<&str> = taken.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["9_make.up.sql", "10_fill.up.sql"]);
    }
}
