//! Reads the tables that migration tools keep, on real databases, as a role that may only read.

mod mysql;
mod tables;

use std::fmt::Write as _;
use std::time::Duration;

use lastgood_schema::database::{Answer, Database, DatabaseError, Limits};
use lastgood_schema::testing::sqlite_by_hand;
use lastgood_schema::{Candidate, Label, Probe, Source, assess};
use lastgood_testkit::postgres::Server;

use tables::{ALL, for_sqlite, told};

fn probe(sql: &str) -> Probe {
    Probe { sql: sql.to_owned(), finds: "a row".to_owned() }
}

fn short() -> Limits {
    Limits { question: Duration::from_millis(400), ..Limits::default() }
}

#[tokio::test]
async fn sqlite_says_what_each_tool_applied_and_stays_as_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // pgroll and reshape know PostgreSQL alone, each with a schema of its own.
    let there = ALL.iter().filter(|kept| !matches!(kept.schema, Some("pgroll" | "reshape")));
    for kept in there {
        let path = folder.path().join(format!("{:?}.db", kept.tool));
        sqlite_by_hand(&path, &for_sqlite(kept.sql)).await;
        let before = std::fs::read(&path).expect("the file");
        let url = format!("sqlite:{}", path.display());
        let mut database = Database::connect(&url, Limits::default()).await.expect("a connection");
        let read = database.records().await.expect("its table can be read");
        drop(database);
        assert_eq!(read.doubts, [""; 0], "{}: nothing is in doubt", kept.tool.name());
        assert_eq!(read.records.len(), 1, "{}: one table is a tool's", kept.tool.name());
        assert_eq!(read.records[0].tool, kept.tool, "it is known by its table");
        assert_eq!(told(&read.records[0]), kept.says, "{}", kept.tool.name());
        let after = std::fs::read(&path).expect("the file");
        assert!(before == after, "{}: reading changes nothing", kept.tool.name());
    }
}

#[tokio::test]
async fn sqlite_answers_probes_and_ends_an_endless_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("app.db");
    sqlite_by_hand(&path, "CREATE TABLE t (a int); INSERT INTO t VALUES (1);").await;
    let mut database = Database::connect(&format!("sqlite:{}", path.display()), short())
        .await
        .expect("a connection");
    let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) \
                   SELECT x FROM c WHERE x < 0";
    let asked = [
        "SELECT 1 FROM t WHERE a > 5 LIMIT 1",
        "SELECT 1 FROM t LIMIT 1",
        endless,
        "SELECT 1 FROM missing",
        "DELETE FROM t RETURNING 1",
        "SELECT 1 FROM t LIMIT 1",
    ];
    let answers = database.ask(&asked.map(probe)).await;
    assert_eq!(answers[0], Answer::Empty);
    assert_eq!(answers[1], Answer::Found);
    for (place, why) in [(2, "it never ends"), (3, "there is no such table"), (4, "it writes")] {
        assert!(matches!(answers[place], Answer::Unknown(_)), "{why}: {:?}", answers[place]);
    }
    assert_eq!(answers[5], Answer::Found, "the row is still there, and the connection works on");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_url() {
    let limits = Limits { connect: Duration::from_secs(2), ..Limits::default() };
    for url in [
        "sqlite:/nowhere/at/all.db",
        "postgres://me:hunter2@127.0.0.1:1/app",
        "postgres://me:hunter2@127.0.0.1:port/app",
        "mysql://me:hunter2@127.0.0.1:1/app",
        "mysql://me:hunter2@127.0.0.1:port/app",
        "mysql://me:hunter2@127.0.0.1/app?ssl-mode=hunter2",
        "hunter2hunter2:x",
        "hunter2",
    ] {
        let error = Database::connect(url, limits).await.expect_err("it is not there");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "no secret: {error:?}");
    }
    let error = Database::connect("oracle://me:hunter2@h/app", limits).await.expect_err("not read");
    assert!(matches!(&error, DatabaseError::Kind { scheme } if scheme == "oracle"), "{error:?}");
}

/// Starts a server with a role that may do nothing.
fn postgres() -> Result<Server, String> {
    let server = Server::start()?;
    server.psql("postgres", "CREATE ROLE reader LOGIN; CREATE DATABASE app;");
    Ok(server)
}

fn run(server: &Server, script: &str) {
    let script = format!("\\set ON_ERROR_STOP on\n{script}\n\\echo @end\n");
    let (output, _) = server.psql("app", &script);
    assert!(output.contains("@end"), "{output}");
}

async fn reader(server: &Server, limits: Limits) -> Database {
    let url = format!("postgres://reader@localhost/app?host={}", server.socket().display());
    Database::connect(&url, limits).await.expect("a connection")
}

#[tokio::test]
async fn postgres_says_what_each_tool_applied_to_a_role_that_may_only_read() {
    let server = match postgres() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    let mut script = String::new();
    for kept in ALL {
        let own = format!("of_{:?}", kept.tool).to_lowercase();
        let schema = kept.schema.unwrap_or(&own);
        let _ = writeln!(
            script,
            "CREATE SCHEMA {schema}; SET search_path = {schema};\n{}\n\
             GRANT USAGE ON SCHEMA {schema} TO reader;\n\
             GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader;",
            kept.sql
        );
    }
    run(&server, &script);
    let mut database = reader(&server, Limits::default()).await;
    let read = database.records().await.expect("the records");
    assert_eq!(read.doubts, [""; 0], "nothing is in doubt");
    assert_eq!(read.records.len(), ALL.len(), "every tool's table is found, in any schema");
    for kept in ALL {
        let record = read.records.iter().find(|record| record.tool == kept.tool);
        let record = record.unwrap_or_else(|| panic!("{} is found", kept.tool.name()));
        assert_eq!(told(record), kept.says, "{}", kept.tool.name());
    }
}

#[tokio::test]
async fn what_postgres_hides_or_nobody_knows_is_a_doubt() {
    let server = match postgres() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    run(
        &server,
        "CREATE SCHEMA hidden; CREATE TABLE hidden.alembic_version (version_num text);
         CREATE TABLE goose_db_version (id int, version_id bigint, is_applied bool, tstamp date);
         CREATE TABLE migrations (id int, migration text, batch int);
         GRANT SELECT ON migrations TO reader;",
    );
    let read = reader(&server, Limits::default()).await.records().await.expect("an answer");
    assert!(read.records.is_empty(), "none may be read: {:?}", read.records);
    assert_eq!(
        read.doubts,
        [
            "this role may not read the table `hidden.alembic_version`",
            "this role may not read the table `public.goose_db_version`",
            "the table `public.migrations` has a migration tool's name, but no known tool's columns",
        ],
        "a table that is hidden is not one that is not there"
    );
}

#[tokio::test]
async fn postgres_answers_probes_and_is_never_written_to() {
    let server = match postgres() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    run(
        &server,
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE SEQUENCE s;
         CREATE TABLE busy (a int); CREATE TABLE secret (a int);
         GRANT ALL ON t, busy TO reader; GRANT ALL ON SEQUENCE s TO reader;",
    );
    let mut database = reader(&server, short()).await;
    let asked = [
        "SELECT 1 FROM t WHERE a > 5 LIMIT 1",
        "SELECT 1 FROM t LIMIT 1",
        "SELECT pg_sleep(30)",
        "SELECT nextval('s')",
        "SELECT 1 FROM secret",
        "SELECT 1) AS p; DELETE FROM t; SELECT (1",
        "SELECT 1 FROM t LIMIT 1",
    ];
    let answers = database.ask(&asked.map(probe)).await;
    assert_eq!(answers[0], Answer::Empty);
    assert_eq!(answers[1], Answer::Found);
    for (place, why) in
        [(2, "it is slow"), (3, "it writes"), (4, "it may not be read"), (5, "it is several")]
    {
        assert!(matches!(answers[place], Answer::Unknown(_)), "{why}: {:?}", answers[place]);
    }
    assert_eq!(answers[6], Answer::Found, "one that fails does not keep the next from its answer");
}

#[tokio::test]
async fn what_is_ahead_in_a_real_database_is_judged_and_its_probe_is_asked() {
    let server = match postgres() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    run(
        &server,
        "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
         INSERT INTO schema_migrations VALUES (2, false);
         CREATE TABLE t (a text); GRANT SELECT ON schema_migrations, t TO reader;",
    );
    let files = [
        Source::new("1_a.up.sql", "CREATE TABLE t (a varchar(5));"),
        Source::new("2_b.up.sql", "ALTER TABLE t ALTER COLUMN a TYPE text;"),
    ];
    let mut database = reader(&server, Limits::default()).await;
    let records = database.records().await.expect("the record").records;
    let known = records[0].tool.migrations(&files);
    let candidate = Candidate { release: "v1".to_owned(), migrations: known[..1].to_vec() };
    let found = assess(database.dialect(), &records[0].applied(&known), &candidate, &known);
    assert_eq!((found.worst, found.ahead.as_slice()), (Label::Probe, &["2".to_owned()][..]));
    assert_eq!(database.ask(&found.probes).await, [Answer::Empty], "no long text is there");
    run(&server, "INSERT INTO t VALUES ('longer than five');");
    assert_eq!(database.ask(&found.probes).await, [Answer::Found], "the new release wrote one");
}
