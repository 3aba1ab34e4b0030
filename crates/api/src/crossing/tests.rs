use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lastgood_core::catalog::{Catalog, SchemaSource};
use lastgood_core::drill::WorldEvent;
use lastgood_core::effect::{Operation, Presence};
use lastgood_core::ports::{Actor, Clock, ReleaseSource, Surveyor, Vault, VaultError};
use lastgood_core::release::History;
use lastgood_core::secret::Secret;
use lastgood_core::testing::release;
use lastgood_schema::testing::sqlite_by_hand;
use lastgood_sim::{MemoryLog, PracticeWorld, SteppedClock, practice_epoch};
use lastgood_testkit::postgres::Server;

use super::*;

/// A vault with the database's URL.
struct One(String);

#[async_trait::async_trait]
impl Vault for One {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        match name {
            "shop" => Ok(Secret::new(self.0.clone())),
            _ => Err(VaultError::Missing { name: name.to_owned() }),
        }
    }
}

fn place() -> Place {
    lastgood_core::testing::place()
}

fn databases(secret: &str, url: &str, migrations: PathBuf) -> LiveDatabases {
    let mut environment = lastgood_core::testing::environment();
    environment.schema = Some(SchemaSource { secret: secret.to_owned(), migrations, table: None });
    let mut catalog = Catalog::default();
    let service = lastgood_core::catalog::Service {
        depends_on: Vec::new(),
        owner: Recorded::NotRecorded,
        escalation: Recorded::NotRecorded,
        environments: [(place().environment, environment)].into(),
    };
    catalog.services.insert(place().service, service);
    LiveDatabases::new(catalog, Arc::new(One(url.to_owned())))
}

fn at(version: &str, commit: Option<&str>, schema: Option<&str>) -> Release {
    Release {
        commit: commit.map(str::to_owned).into(),
        schema_version: schema.map(str::to_owned).into(),
        ..release(version)
    }
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example", "-c", "commit.gpgsign=false"])
        .args(args)
        .env_remove("GIT_DIR")
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

const BEGIN: &str = "CREATE TYPE state AS ENUM ('new', 'paid');\n\
                     CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL, note text);";
const NICKNAME: &str = "ALTER TABLE orders ADD COLUMN nickname text;";
const HELD: &str = "ALTER TYPE state ADD VALUE 'held';";
const GONE: &str = "ALTER TABLE orders DROP COLUMN note;";

/// A checkout in which each migration came with a commit of its own.
struct Checkout {
    folder: tempfile::TempDir,
    commits: Vec<String>,
}

impl Checkout {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let migrations = folder.path().join("db");
        std::fs::create_dir(&migrations).expect("it is writable");
        git(folder.path(), &["init", "-q", "-b", "main"]);
        let files = [
            ("001_begin", BEGIN),
            ("002_nickname", NICKNAME),
            ("003_held", HELD),
            ("004_gone", GONE),
        ];
        let commits = files
            .map(|(name, sql)| {
                std::fs::write(migrations.join(format!("{name}.sql")), sql).expect("writable");
                git(folder.path(), &["add", "."]);
                git(folder.path(), &["commit", "-q", "-m", name]);
                git(folder.path(), &["rev-parse", "HEAD"])
            })
            .to_vec();
        Self { folder, commits }
    }

    fn migrations(&self) -> PathBuf {
        self.folder.path().join("db")
    }
}

/// A PostgreSQL with a record of sqlx-like shape (that of Rails: one column), and a role that
/// may only read.
fn prepared(server: &Server, applied: &[(&str, &str)]) -> String {
    let mut script = "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);\n".to_owned();
    for (version, sql) in applied {
        let _ = writeln!(script, "{sql}\nINSERT INTO schema_migrations VALUES ('{version}');");
    }
    script += "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;\n";
    let (said, well) = server.psql("postgres", &script);
    assert!(well, "{said}");
    format!("postgres://reader@localhost/postgres?host={}", server.socket().display())
}

#[tokio::test]
async fn every_release_is_told_what_the_database_says_of_going_back_to_it() {
    let server = match Server::start() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    let checkout = Checkout::new();
    let all = [("1", BEGIN), ("2", NICKNAME), ("3", HELD)];
    let databases = databases("shop", &prepared(&server, &all), checkout.migrations());
    let commit = |place: usize| Some(checkout.commits[place].as_str());
    let releases = [
        at("v3", commit(2), None),
        at("v2", commit(1), None),
        at("v1", commit(0), None),
        // Its commit is not in the checkout; the schema version that it expects tells.
        at("v1-again", Some("0123456789abcdef"), Some("001")),
        at("v0", None, None),
        at("vX", Some("0123456789abcdef"), Some("77")),
    ];
    let front = at("v3", commit(2), None);
    let found = databases.crossings(&place(), Some(&front), &releases).await;
    let schema = |place: usize| found[place].schema.as_option().expect("it was looked up");
    assert!(
        matches!(schema(0), Schema::Compatible { why } if why.contains("every migration")),
        "{:?}",
        schema(0)
    );
    for place in [1, 2, 3] {
        let Schema::Probe { rows, what } = schema(place) else { panic!("{:?}", schema(place)) };
        assert_eq!(*rows, Recorded::Recorded(0), "nobody wrote one yet");
        assert!(what.contains("held"), "{what}");
    }
    for place in [4, 5] {
        assert!(matches!(schema(place), Schema::Unclear { .. }), "{:?}", schema(place));
        assert!(found[place].relies_on.is_empty(), "there is nothing to rely on");
    }

    // Right before traffic returns nothing has changed, so it may.
    let relied = found[1].relies_on.clone();
    assert_eq!(databases.still_so(&place(), &relied).await, Ok(()));
    // Then the newest release writes what the older one cannot read.
    let (said, well) =
        server.psql("postgres", "INSERT INTO orders (id, state) VALUES (1, 'held');");
    assert!(well, "{said}");
    let refused = databases.still_so(&place(), &relied).await.expect_err("there is a row");
    let Refusal::Drifted { what, found, .. } = &refused else { panic!("{refused:?}") };
    assert!(what.contains("SELECT") && found == SOME, "{refused}");
    // It is also found when one looks anew.
    let again = databases.crossings(&place(), Some(&front), &releases).await;
    assert!(
        matches!(
            again[1].schema.as_option(),
            Some(Schema::Probe { rows: Recorded::Recorded(1), .. })
        ),
        "{:?}",
        again[1]
    );
    assert_eq!(again[0].schema, found_compatible(&again[0]), "the newest reads its own rows");

    // A migration that nobody foresaw is found by the record.
    let sql = format!("{GONE} INSERT INTO schema_migrations VALUES ('4');");
    let (said, well) = server.psql("postgres", &sql);
    assert!(well, "{said}");
    let relied = again[0].relies_on.clone();
    let refused = databases.still_so(&place(), &relied).await.expect_err("one more came");
    assert!(refused.to_string().contains("newest migration"), "{refused}");
    let last = databases.crossings(&place(), None, &releases).await;
    assert!(
        matches!(last[0].schema.as_option(), Some(Schema::Loses { why }) if why.starts_with("4:")),
        "the text of a migration that no release brings is in the folder: {:?}",
        last[0]
    );
}

fn found_compatible(crossing: &Crossing) -> Recorded<Schema> {
    match crossing.schema.as_option() {
        Some(Schema::Compatible { why }) => {
            Recorded::Recorded(Schema::Compatible { why: why.clone() })
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_sqlite_file_is_asked_like_a_server() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let migrations = folder.path().join("db");
    std::fs::create_dir(&migrations).expect("it is writable");
    let begin = "CREATE TABLE orders (id integer PRIMARY KEY, note text);";
    for (name, sql) in [("001_begin", begin), ("002_nickname", NICKNAME), ("003_gone", GONE)] {
        std::fs::write(migrations.join(format!("{name}.sql")), sql).expect("it is writable");
    }
    let file = folder.path().join("app.db");
    let record = "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);";
    let applied = "INSERT INTO schema_migrations VALUES ('001'), ('002');";
    sqlite_by_hand(&file, &format!("{record} {begin} {NICKNAME} {applied}")).await;

    let databases = databases("shop", &format!("sqlite:{}", file.display()), migrations);
    let releases = [at("v2", None, Some("002")), at("v1", None, Some("001"))];
    let found = databases.crossings(&place(), None, &releases).await;
    for crossing in &found {
        let schema = crossing.schema.as_option().expect("it was looked up");
        assert!(matches!(schema, Schema::Compatible { .. }), "{schema:?}");
    }
    let relied = found[0].relies_on.clone();
    assert_eq!(databases.still_so(&place(), &relied).await, Ok(()));

    // Between plan and step somebody drops what both releases read.
    sqlite_by_hand(&file, &format!("{GONE} INSERT INTO schema_migrations VALUES ('003');")).await;
    let refused = databases.still_so(&place(), &relied).await.expect_err("one more came");
    assert!(matches!(refused, Refusal::Drifted { .. }), "{refused}");
    for crossing in databases.crossings(&place(), None, &releases).await {
        let schema = crossing.schema.as_option().expect("it was looked up");
        assert!(matches!(schema, Schema::Loses { .. }), "{schema:?}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_read_is_unknown_and_stops_what_relied_on_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("1_begin.sql"), BEGIN).expect("it is writable");
    let relied = [Reliance::NoRow { sql: "SELECT 1 FROM orders".to_owned() }.written()];
    let perhaps = [Reliance::PerhapsNoRow { sql: "SELECT 1 FROM orders".to_owned() }.written()];
    let nowhere = "postgres://reader:hunter2@localhost/postgres?host=/nonexistent/socket";
    for (secret, url) in [("shop", nowhere), ("other", nowhere), ("shop", "mysql://a:hunter2@b/c")]
    {
        let databases = databases(secret, url, folder.path().to_owned());
        let found = databases.crossings(&place(), None, &[at("v1", None, Some("1"))]).await;
        assert!(
            matches!(found[0].schema.as_option(), Some(Schema::Unclear { .. })),
            "never compatible: {found:?}"
        );
        for relied in [&relied, &perhaps] {
            let refused = databases.still_so(&place(), relied).await.expect_err("it is silent");
            assert!(matches!(refused, Refusal::Unreachable { .. }), "{refused:?}");
            assert!(!format!("{refused:?} {found:?}").contains("hunter2"), "no secret is told");
        }
    }
}

#[tokio::test]
async fn a_place_without_a_database_in_the_catalog_is_not_asked() {
    let databases = LiveDatabases::new(Catalog::default(), Arc::new(One(String::new())));
    let found = databases.crossings(&place(), None, &[at("v1", None, None)]).await;
    assert_eq!(found, [Crossing::not_asked()]);
}

#[test]
fn what_is_relied_on_survives_a_plan() {
    for reliance in [
        Reliance::Record { table: "public.t".to_owned(), stood: "4 (4 rows)".to_owned() },
        Reliance::NoRow { sql: "SELECT 1 FROM `t` WHERE a = 'b`'".to_owned() },
        Reliance::PerhapsNoRow { sql: "SELECT 1".to_owned() },
    ] {
        assert_eq!(Reliance::read(&reliance.written()), Some(reliance));
    }
    let other = Expectation { what: "resource version".to_owned(), value: "7".to_owned() };
    assert_eq!(Reliance::read(&other), None, "that is the platform's");
}

/// A practice world with one service, and its databases.
fn practice() -> (Arc<PracticeWorld>, Arc<dyn Databases>, Arc<dyn Clock>) {
    let mut catalog = Catalog::default();
    let service = lastgood_core::catalog::Service {
        depends_on: Vec::new(),
        owner: Recorded::NotRecorded,
        escalation: Recorded::NotRecorded,
        environments: [(place().environment, lastgood_core::testing::environment())].into(),
    };
    catalog.services.insert(place().service, service);
    let clock: Arc<dyn Clock> =
        Arc::new(SteppedClock::new(practice_epoch(), Arc::new(|| Timestamp::UNIX_EPOCH)));
    let log = Box::new(MemoryLog::default());
    let world = PracticeWorld::new(&catalog, None, 1, clock.clone(), log).expect("it is whole");
    let world = Arc::new(world);
    (world.clone(), Arc::new(PracticeDatabases::new(world)), clock)
}

#[tokio::test]
async fn a_row_that_came_after_the_plan_stops_the_step_that_returns_traffic() {
    let (world, databases, _clock) = practice();
    let guarded = Guarded::new(world.clone(), databases.clone());
    let sql = "ALTER TYPE order_state ADD VALUE 'refunded';".to_owned();
    world.happen(&WorldEvent::Migrate { place: place(), sql }).expect("it is remembered");
    let survey = guarded.survey(&place()).await.expect("it answers");
    let history = History::new(guarded.deploys(&place(), None, 50).await.expect("them").deploys);
    let front = survey.newest().expect("it runs").release.clone();
    let to = history
        .releases()
        .into_iter()
        .find(|one| one.id != front && one.schema_version.as_option().is_some())
        .expect("there is an older one")
        .clone();
    let crossing = databases.crossings(&place(), None, std::slice::from_ref(&to)).await.remove(0);
    assert!(
        matches!(
            crossing.schema.as_option(),
            Some(Schema::Probe { rows: Recorded::Recorded(0), .. })
        ),
        "{crossing:?}"
    );
    let restore = Operation::RestoreRelease { release: to.id.clone() };
    let mut effect = guarded.resolve(&place(), &restore, &survey).await.expect("it is possible");
    effect.expects.extend(crossing.relies_on);
    let key = lastgood_core::testing::key("restore", 1);
    let there = |there| WorldEvent::NewRows { place: place(), there };
    world.happen(&there(true)).expect("it is remembered");
    let refused = guarded.apply(&key, &effect).await.expect_err("there is a row now");
    assert!(refused.to_string().contains("rows found by"), "{refused}");
    assert_eq!(guarded.probe(&key, &effect).await, Presence::Absent, "nothing was changed");
    // Once the rows are gone the same call may be made.
    world.happen(&there(false)).expect("it is remembered");
    guarded.apply(&key, &effect).await.expect("nothing stands against it");
    assert!(matches!(guarded.probe(&key, &effect).await, Presence::Present(_)));
}

#[tokio::test]
async fn a_dropped_column_rules_every_older_release_of_the_practice_world_out() {
    let (world, databases, _clock) = practice();
    let sql = "ALTER TABLE orders DROP COLUMN legacy_code;".to_owned();
    world.happen(&WorldEvent::Migrate { place: place(), sql }).expect("it is remembered");
    let page = world.deploys(&place(), None, 50).await.expect("them");
    let releases: Vec<Release> = page.deploys.into_iter().map(|deploy| deploy.release).collect();
    for (release, crossing) in
        releases.iter().zip(databases.crossings(&place(), None, &releases).await)
    {
        let schema = crossing.schema.as_option().expect("it was looked up");
        let wanted = match release.schema_version.as_option() {
            Some(_) => matches!(schema, Schema::Loses { .. }),
            None => matches!(schema, Schema::Unclear { .. }),
        };
        assert!(wanted, "{}: {schema:?}", release.version);
    }
}
