//! Real databases, reached with a secret from the vault and read with SELECT only.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::catalog::{Catalog, Place, SchemaSource};
use lastgood_core::effect::{Expectation, Refusal};
use lastgood_core::ports::Vault;
use lastgood_core::release::Release;
use lastgood_providers::git::{self, Tree};
use lastgood_schema::database::{Answer, Database, Limits};
use lastgood_schema::record::{Record, Tool};
use lastgood_schema::{Dialect, Migration, Probe, Source, in_order};

use super::assessed::{Assessed, Brought, stood, up_to};
use super::{Crossing, Databases, Dated, Reliance, SOME};
use crate::use_case::schema::{Migrations, database_problem, is_migration, read, the_one};

/// How the refusals call it.
const SYSTEM: &str = "the database";

/// How long the look right before traffic returns may take as a whole. People wait for it
/// while users suffer, and the change itself must still fit into the engine's limit.
const RIGHT_BEFORE: Duration = Duration::from_secs(12);

/// How long all questions of one look may take together; what was not asked by then is
/// not known.
const QUESTIONS: Duration = Duration::from_secs(6);

/// More different sets of migrations than this are not read in one look.
const MOST_TREES: usize = 32;

/// The databases that a catalog names.
pub(crate) struct LiveDatabases {
    catalog: Catalog,
    vault: Arc<dyn Vault>,
}

impl LiveDatabases {
    /// Connects to nothing yet.
    pub(crate) const fn new(catalog: Catalog, vault: Arc<dyn Vault>) -> Self {
        Self { catalog, vault }
    }

    fn source(&self, place: &Place) -> Option<&SchemaSource> {
        self.catalog.environment(place)?.schema.as_ref()
    }

    /// The database with the record that is meant, and what could not be read beside it.
    async fn open(&self, source: &SchemaSource) -> Result<Opened, String> {
        let url = self.vault.secret(&source.secret).await.map_err(|error| error.to_string())?;
        let url = url.expose(Clone::clone);
        let said = |error| words(&database_problem(&error));
        let mut database = Database::connect(&url, Limits::default()).await.map_err(said)?;
        let found = database.records().await.map_err(said)?;
        let record =
            the_one(&found, source.table.as_deref()).map_err(|problem| words(&problem))?.clone();
        Ok(Opened { database, record, doubts: found.doubts })
    }
}

struct Opened {
    database: Database,
    record: Record,
    doubts: Vec<String>,
}

fn words(problem: &lastgood_core::problem::Problem) -> String {
    problem.chain.join(": ")
}

#[async_trait]
impl Databases for LiveDatabases {
    async fn crossings(
        &self,
        place: &Place,
        front: Option<&Release>,
        to: &[Release],
    ) -> Vec<Crossing> {
        let Some(source) = self.source(place) else {
            return vec![Crossing::not_asked(); to.len()];
        };
        let (opened, texts) =
            futures::join!(self.open(source), Texts::read(&source.migrations, front, to));
        let mut opened = match opened {
            Ok(opened) => opened,
            Err(why) => return vec![Crossing::unclear(why); to.len()],
        };
        let dialect: Dialect = opened.database.dialect();
        let newest = texts.newest(opened.record.tool);
        let brought =
            to.iter().map(|release| texts.of(release, opened.record.tool, &newest)).collect();
        let assessed = Assessed::new(dialect, &opened.record, brought, &newest, opened.doubts);
        let answers = ask(&mut opened.database, &assessed.probes, QUESTIONS).await;
        assessed.told(&answers)
    }

    async fn applied(&self, place: &Place) -> Option<Result<Vec<Dated>, String>> {
        let source = self.source(place)?;
        let look = async {
            let opened = self.open(source).await?;
            Ok(opened.record.named.iter().map(dated).collect())
        };
        let late = || Err(format!("no answer within {} s", RIGHT_BEFORE.as_secs()));
        Some(tokio::time::timeout(RIGHT_BEFORE, look).await.unwrap_or_else(|_| late()))
    }

    async fn still_so(&self, place: &Place, relied_on: &[Expectation]) -> Result<(), Refusal> {
        let unreachable = |why: String| Refusal::Unreachable {
            system: SYSTEM.to_owned(),
            why: format!(
                "{why}; whether the older release still runs on its schema is not known now (a \
                 plan that is made anew shows that, and leaves the decision to you)"
            ),
        };
        let Some(source) = self.source(place) else {
            return Err(unreachable("the catalog names none any more".to_owned()));
        };
        let look = async {
            let mut opened = self.open(source).await?;
            let relied: Vec<(Reliance, &Expectation)> = relied_on
                .iter()
                .filter_map(|written| Some((Reliance::read(written)?, written)))
                .collect();
            let probes: Vec<Probe> = relied
                .iter()
                .filter_map(|(reliance, _)| match reliance {
                    Reliance::NoRow { sql } | Reliance::PerhapsNoRow { sql } => {
                        Some(Probe { sql: sql.clone(), finds: String::new() })
                    }
                    Reliance::Record { .. } => None,
                })
                .collect();
            let mut answers = ask(&mut opened.database, &probes, QUESTIONS).await.into_iter();
            Ok(relied.into_iter().try_for_each(|(reliance, written)| {
                let drifted = |found: &str| Refusal::Drifted {
                    what: written.what.clone(),
                    planned: written.value.clone(),
                    found: found.to_owned(),
                };
                match reliance {
                    Reliance::Record { stood: planned, .. } => {
                        let found = stood(&opened.record);
                        if found == planned { Ok(()) } else { Err(drifted(&found)) }
                    }
                    Reliance::NoRow { .. } => match answers.next() {
                        Some(Answer::Empty) => Ok(()),
                        Some(Answer::Found) => Err(drifted(SOME)),
                        Some(Answer::Unknown(why)) => Err(unreachable(why)),
                        None => Err(unreachable("it was not asked".to_owned())),
                    },
                    Reliance::PerhapsNoRow { .. } => match answers.next() {
                        Some(Answer::Found) => Err(drifted(SOME)),
                        Some(Answer::Empty | Answer::Unknown(_)) | None => Ok(()),
                    },
                }
            }))
        };
        match tokio::time::timeout(RIGHT_BEFORE, look).await {
            Ok(Ok(found)) => found,
            Ok(Err(why)) => Err(unreachable(why)),
            Err(_) => Err(unreachable(format!("no answer within {} s", RIGHT_BEFORE.as_secs()))),
        }
    }
}

/// PostgreSQL writes `2026-01-05 10:00:00+00`, and a time without a zone is of none that is
/// known here.
fn dated(one: &lastgood_schema::Applied) -> Dated {
    let at = one.when.as_deref().and_then(|when| {
        let written = when.replacen(' ', "T", 1);
        let whole = written.parse::<Timestamp>();
        whole.or_else(|_| format!("{written}:00").parse::<Timestamp>()).ok()
    });
    Dated { version: one.version.clone(), at }
}

/// Asks one after the other, as long as there is time; one answer for each.
async fn ask(database: &mut Database, probes: &[Probe], limit: Duration) -> Vec<Answer> {
    let until = tokio::time::Instant::now() + limit;
    let mut answers = Vec::with_capacity(probes.len());
    for probe in probes {
        if tokio::time::Instant::now() >= until {
            answers.push(Answer::Unknown("there was no time to ask".to_owned()));
            continue;
        }
        answers.extend(database.ask(std::slice::from_ref(probe)).await);
    }
    answers
}

/// The texts of migrations: those in the folder, and those of each commit.
struct Texts {
    /// In the folder now, with those of the release in front that are not there.
    newest: Vec<Source>,
    /// By commit, which folder it was.
    trees: BTreeMap<String, Result<Tree, String>>,
    /// By folder, what was in it.
    files: BTreeMap<Tree, Result<Vec<Source>, String>>,
}

impl Texts {
    async fn read(folder: &Path, front: Option<&Release>, to: &[Release]) -> Self {
        let mut commits: Vec<String> = Vec::new();
        for release in front.into_iter().chain(to) {
            if let Some(commit) = release.commit.as_option()
                && !commits.contains(commit)
            {
                commits.push(commit.clone());
            }
        }
        let found = git::trees(folder, &commits).await;
        let trees: BTreeMap<String, Result<Tree, String>> =
            commits.into_iter().zip(found).collect();
        let mut different: Vec<&Tree> = Vec::new();
        for release in front.into_iter().chain(to) {
            let tree = release.commit.as_option().and_then(|commit| trees.get(commit));
            if let Some(Ok(tree)) = tree
                && different.len() < MOST_TREES
                && !different.contains(&tree)
            {
                different.push(tree);
            }
        }
        let read_all = different.iter().map(|tree| async {
            let files = git::files(folder, tree).await.map(|files| sources(folder, files));
            ((*tree).clone(), files)
        });
        let files: BTreeMap<_, _> = join_all(read_all).await.into_iter().collect();
        let mut newest = read(&Migrations(vec![folder.to_owned()])).unwrap_or_default();
        let of_front = front
            .and_then(|front| trees.get(front.commit.as_option()?)?.as_ref().ok())
            .and_then(|tree| files.get(tree)?.as_ref().ok());
        for source in of_front.into_iter().flatten() {
            if !newest.iter().any(|one| one.name == source.name) {
                newest.push(source.clone());
            }
        }
        Self { newest: in_order(newest), trees, files }
    }

    fn newest(&self, tool: Tool) -> Vec<Migration> {
        tool.migrations(&self.newest)
    }

    /// What `release` brings: by its commit, or by the schema version that it expects.
    fn of(&self, release: &Release, tool: Tool, newest: &[Migration]) -> Brought {
        let by_commit = release.commit.as_option().and_then(|commit| self.trees.get(commit));
        let mut why = match by_commit {
            Some(Ok(tree)) => match self.files.get(tree) {
                Some(Ok(files)) => {
                    let all = tool.migrations(files);
                    if !all.is_empty() {
                        return Brought::Migrations { key: format!("{tree:?}"), all };
                    }
                    format!("none of its files is a migration of {}", tool.name())
                }
                Some(Err(why)) => why.clone(),
                None => "too many releases with different migrations lie between".to_owned(),
            },
            Some(Err(why)) => why.clone(),
            None => "its commit is not recorded".to_owned(),
        };
        match release.schema_version.as_option() {
            None => why += ", and neither is the schema version that it expects",
            Some(expected) => {
                if let Some(all) = up_to(newest, expected) {
                    return Brought::Migrations { key: format!("version {expected}"), all };
                }
                why.push_str(", and there is no migration ");
                why.push_str(expected);
                why.push_str(", which it expects");
            }
        }
        Brought::Unknown(format!("which migrations {} brings: {why}", release.version))
    }
}

fn sources(folder: &Path, files: Vec<git::File>) -> Vec<Source> {
    let found = files
        .into_iter()
        .map(|file| Source::new(folder.join(&file.path).display().to_string(), file.text))
        .filter(|source| is_migration(Path::new(&source.name)) && !source.leads_back());
    in_order(found.collect())
}
