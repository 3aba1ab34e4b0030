//! MySQL's protocol and words, on a real MariaDB.

use std::fmt::Write as _;

use lastgood_schema::database::{Answer, Database, Limits};
use lastgood_schema::{Candidate, Dialect, Label, Source, assess};
use lastgood_testkit::mariadb::Server;

use crate::tables::{ALL, Kept, for_mysql, told};
use crate::{probe, short};

/// Starts a server with a role that may do nothing, and a database.
fn mysql() -> Result<Server, String> {
    let server = Server::start(&[])?;
    run(&server, "CREATE USER reader@localhost; CREATE DATABASE app;");
    Ok(server)
}

fn run(server: &Server, script: &str) {
    let (output, well) = server.client(script);
    assert!(well, "{output}");
}

fn url(server: &Server, database: &str) -> String {
    format!("mysql://reader@localhost/{database}?socket={}", server.socket().display())
}

async fn reader(server: &Server, database: &str, limits: Limits) -> Database {
    Database::connect(&url(server, database), limits).await.expect("a connection")
}

fn name(kept: &Kept) -> String {
    format!("of_{:?}", kept.tool).to_lowercase()
}

#[tokio::test]
async fn mysql_says_what_each_tool_applied_to_a_role_that_may_only_read() {
    let server = match mysql() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    // pgroll and reshape know PostgreSQL alone, each with a schema of its own.
    let there: Vec<&Kept> =
        ALL.iter().filter(|kept| !matches!(kept.schema, Some("pgroll" | "reshape"))).collect();
    let mut script = "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES');\n".to_owned();
    for kept in &there {
        let (own, sql) = (name(kept), for_mysql(kept.sql));
        let _ = writeln!(
            script,
            "CREATE DATABASE {own}; USE {own};\n{sql}\nGRANT SELECT ON {own}.* TO reader@localhost;"
        );
    }
    run(&server, &script);
    for kept in &there {
        let mut database = reader(&server, &name(kept), Limits::default()).await;
        assert_eq!(database.dialect(), Dialect::Mysql);
        let read = database.records().await.expect("its table can be read");
        assert_eq!(read.doubts, [""; 0], "{}: nothing is in doubt", kept.tool.name());
        assert_eq!(read.records.len(), 1, "the other databases are of other applications");
        assert_eq!(read.records[0].tool, kept.tool, "it is known by its table");
        assert_eq!(told(&read.records[0]), kept.says, "{}", kept.tool.name());
    }
    let all = reader(&server, "", Limits::default()).await.records().await.expect("the records");
    assert_eq!(all.records.len(), there.len(), "a URL that names no database means all of them");
}

#[tokio::test]
async fn a_table_that_mysql_shows_and_does_not_let_read_is_a_doubt() {
    let server = match mysql() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    run(
        &server,
        "USE app; CREATE TABLE alembic_version (version_num varchar(32));
         CREATE TABLE migrations (id int, migration text, batch int);
         GRANT INSERT ON alembic_version TO reader@localhost;
         GRANT SELECT ON migrations TO reader@localhost;",
    );
    let read = reader(&server, "app", Limits::default()).await.records().await.expect("an answer");
    assert!(read.records.is_empty(), "none may be read: {:?}", read.records);
    assert_eq!(
        read.doubts,
        [
            "this role may not read the table `app.alembic_version`",
            "the table `app.migrations` has a migration tool's name, but no known tool's columns",
        ]
    );
}

#[tokio::test]
async fn mysql_answers_probes_and_is_never_written_to() {
    let server = match mysql() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    run(
        &server,
        "USE app; CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE TABLE secret (a int);
         CREATE SEQUENCE s;
         GRANT ALL ON app.t TO reader@localhost; GRANT ALL ON app.s TO reader@localhost;",
    );
    let mut database = reader(&server, "app", short()).await;
    let asked = [
        "SELECT 1 FROM t WHERE a > 5 LIMIT 1",
        "SELECT 1 FROM t LIMIT 1",
        "SELECT 1 FROM t WHERE BENCHMARK(100000000000, SHA2(a, 512)) = 1",
        "SELECT NEXTVAL(s)",
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
async fn what_is_ahead_in_a_real_mysql_is_judged_and_its_probe_is_asked() {
    let server = match mysql() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    run(
        &server,
        "USE app; CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
         INSERT INTO schema_migrations VALUES (2, false);
         CREATE TABLE t (a text); GRANT SELECT ON app.* TO reader@localhost;",
    );
    let files = [
        Source::new("1_a.up.sql", "CREATE TABLE t (a varchar(5));"),
        Source::new("2_b.up.sql", "ALTER TABLE t MODIFY COLUMN a varchar(50);"),
    ];
    let mut database = reader(&server, "app", Limits::default()).await;
    let records = database.records().await.expect("the record").records;
    let known = records[0].tool.migrations(&files);
    let candidate = Candidate { release: "v1".to_owned(), migrations: known[..1].to_vec() };
    let found = assess(database.dialect(), &records[0].applied(&known), &candidate, &known);
    assert_eq!((found.worst, found.ahead.as_slice()), (Label::Probe, &["2".to_owned()][..]));
    assert_eq!(database.ask(&found.probes).await, [Answer::Empty], "no long text is there");
    run(&server, "INSERT INTO app.t VALUES ('longer than five');");
    assert_eq!(database.ask(&found.probes).await, [Answer::Found], "the new release wrote one");
}
