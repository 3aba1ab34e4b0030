use super::*;
use crate::source::Source;
use crate::{Candidate, Label, assess};

fn versions(tool: Tool, names: &[&str]) -> Vec<String> {
    let sources: Vec<Source> = names.iter().map(|name| Source::new(*name, "SELECT 1;")).collect();
    tool.migrations(&sources).into_iter().map(|one| one.version).collect()
}

#[test]
fn a_file_is_known_by_the_name_that_its_tool_records() {
    let cases: [(Tool, &[&str], &[&str]); 11] = [
        (
            Tool::Flyway,
            &["V02_1.0__a.sql", "R__v.sql", "U2__a.sql", "B7__b.sql", "notes.sql"],
            &["2.1", "R__v.sql"],
        ),
        (Tool::Rails, &["db/migrate/20250102030405_a.rb", "010_b.rb"], &["20250102030405", "10"]),
        (Tool::Prisma, &["p/20260101_init/migration.sql", "p/x.sql"], &["20260101_init"]),
        (Tool::Knex, &["m/20260101_a.js"], &["20260101_a.js"]),
        (Tool::TypeOrm, &["1700000000000-Init.ts"], &["1700000000000"]),
        (Tool::GolangMigrate, &["000007_a.up.sql", "000007_a.down.sql"], &["7"]),
        (Tool::Sqlx, &["20260101000000_two.sql", "1_a.up.sql"], &["20260101000000", "1"]),
        (
            Tool::Django,
            &["x/shop/migrations/0001_initial.py", "x/shop/migrations/__init__.py", "x/shop/a.py"],
            &["shop.0001_initial"],
        ),
        (Tool::Goose, &["00003_c.sql"], &["3"]),
        (Tool::Atlas, &["20260101_add.sql", "7.sql"], &["20260101", "7"]),
        (Tool::Sequelize, &["20260101-a.js"], &["20260101-a.js"]),
    ];
    for (tool, names, expected) in cases {
        assert_eq!(versions(tool, names), expected, "{}", tool.name());
    }
}

#[test]
fn files_with_one_name_between_them_are_none() {
    let found = versions(Tool::Goose, &["1_a.sql", "01_b.sql", "2_c.sql"]);
    assert_eq!(found, ["2"], "which of the first two was applied cannot be told");
}

#[test]
fn checksums_are_the_tools_own() {
    let sum = |tool: Tool, name: &str, text: &str| {
        tool.migrations(&[Source::new(name, text)]).pop().and_then(|one| one.checksum)
    };
    let crc = Some("-1665099012".to_owned());
    assert_eq!(sum(Tool::Flyway, "V1__a.sql", "SELECT 1;\r\nSELECT 2;\n"), crc, "no line ends");
    assert_eq!(sum(Tool::Flyway, "V1__a.sql", "\u{feff}SELECT 1;\nSELECT 2;"), crc, "no mark");
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let found = sum(Tool::Prisma, "x/1_a/migration.sql", "abc");
    assert_eq!(found.as_deref(), Some(abc), "SHA-256, FIPS 180-2");
    let found = sum(Tool::Sqlx, "1_a.sql", "abc").unwrap_or_default();
    assert!(found.starts_with("cb00753f45a35e8bb5a03d699ac65007"), "SHA-384: {found}");
}

#[test]
fn a_liquibase_file_brings_its_change_sets() {
    let text = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (b int);\n\
                --  changeset bob:two runOnChange:true\nDROP TABLE a;\n";
    let found = Tool::Liquibase.migrations(&[Source::new("db/x.sql", text)]);
    let names: Vec<&str> = found.iter().map(|one| one.version.as_str()).collect();
    assert_eq!(names, ["x.sql::1::ann", "x.sql::two::bob"]);
    assert!(found[0].source.text.contains("CREATE") && !found[0].source.text.contains("DROP"));
}

fn record(tool: Tool, rows: &[&[&str]]) -> Record {
    let table =
        Table { tool, schema: "public".to_owned(), name: "t".to_owned(), columns: Vec::new() };
    let rows: Vec<Row> =
        rows.iter().map(|row| row.iter().map(|cell| Some((*cell).to_owned())).collect()).collect();
    table.read(&rows)
}

fn names(applied: &[Applied]) -> Vec<&str> {
    applied.iter().map(|one| one.version.as_str()).collect()
}

#[test]
fn one_number_stands_for_all_that_are_not_greater() {
    let files: Vec<Source> = ["1_a.up.sql", "2_b.up.sql", "10_c.up.sql"]
        .iter()
        .map(|name| Source::new(*name, "CREATE TABLE t (a int);"))
        .collect();
    let known = Tool::GolangMigrate.migrations(&files);
    let clean = record(Tool::GolangMigrate, &[&["2", "false"]]).applied(&known);
    assert_eq!(names(&clean), ["1", "2"], "10 is greater than 2");
    let ahead = record(Tool::GolangMigrate, &[&["11", "false"]]).applied(&known);
    assert_eq!(names(&ahead), ["1", "2", "10", "11"], "also one whose file is not at hand");
    let none = record(Tool::GolangMigrate, &[&["-1", "false"]]).applied(&known);
    assert_eq!(names(&none), [""; 0], "-1 stands for none");
    let dirty = record(Tool::GolangMigrate, &[&["2", "true"]]);
    let release = Candidate { release: "v".to_owned(), migrations: known[..2].to_vec() };
    let found = assess(Dialect::Postgres, &dirty.applied(&known), &release, &known);
    assert!(dirty.is_unfinished() && found.blocked, "dirty forbids going anywhere");
}

#[test]
fn alembics_heads_are_followed_to_the_beginning() {
    let file = |name: &str, text: &str| Source::new(name, text);
    let files = [
        file("a.py", "revision = 'a'\ndown_revision = None\n"),
        file("b.py", "revision: str = \"b\"\ndown_revision: Union[str, None] = \"a\"  # 'z'\n"),
        file("c.py", "revision = 'c'\ndown_revision = 'a'\n"),
        file("m.py", "revision = 'm'\ndown_revision = (\n    'b',\n    'c',\n)\n"),
        file("n.py", "revision = 'n'\ndown_revision = 'm'\n"),
    ];
    let known = Tool::Alembic.migrations(&files);
    let merged = record(Tool::Alembic, &[&["m"]]).applied(&known);
    assert_eq!(names(&merged), ["a", "b", "c", "m"], "both branches lead to the merge");
    let branch = record(Tool::Alembic, &[&["b"]]).applied(&known);
    assert_eq!(names(&branch), ["a", "b"], "the other branch is not applied");
    let two = record(Tool::Alembic, &[&["b"], &["c"]]).applied(&known);
    assert_eq!(names(&two), ["a", "b", "c"], "two heads, and each revision once");
    let gone = record(Tool::Alembic, &[&["zz"]]).applied(&known);
    let release = Candidate { release: "v".to_owned(), migrations: known.clone() };
    let found = assess(Dialect::Postgres, &gone, &release, &known);
    assert_eq!(found.worst, Label::Opaque, "a head that nobody has a file of tells nothing");
}

#[test]
fn a_name_alone_makes_no_tool() {
    let row = |table: &str, column: &str, may: &str| -> Row {
        ["public", table, column, may].iter().map(|cell| Some((*cell).to_owned())).collect()
    };
    let rows = [
        row("alembic_version", "version_num", "true"),
        row("goose_db_version", "id", "true"),
        row("schema_migrations", "version", "true"),
        row("schema_migrations", "inserted_at", "true"),
    ];
    let found = recognise(&rows);
    assert_eq!(found.tables.len(), 1, "one has a tool's columns: {:?}", found.tables);
    assert_eq!(found.doubts.len(), 2, "the others are told: {:?}", found.doubts);
    let odd = Table { name: "a\"b".to_owned(), ..found.tables[0].clone() };
    assert!(odd.query(Dialect::Postgres).contains("\"public\".\"a\"\"b\""), "names are quoted");
}
