use super::*;

fn ask(migrations: &Path, before: Option<&Path>) -> SchemaAsk {
    SchemaAsk {
        migrations: Migrations(vec![migrations.to_owned()]),
        before: Migrations(before.map(Path::to_owned).into_iter().collect()),
        dialect: Dialect::Postgres,
    }
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("the folder is writable");
    path
}

#[test]
fn a_folder_is_read_in_the_order_of_its_versions_without_the_way_back() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write(folder.path(), "10_fill.up.sql", "UPDATE t SET a = 1;");
    write(folder.path(), "9_make.up.sql", "CREATE TABLE t (a int);");
    write(folder.path(), "9_make.down.sql", "DROP TABLE t;");
    let report = schema(&ask(folder.path(), None)).expect("the folder can be read");
    assert_eq!(report.files.len(), 2, "the way back is left out");
    assert_eq!(report.worst, Label::Compatible, "9 comes before 10, so the table is new");
}

#[test]
fn what_was_there_before_makes_a_label_sharper() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let before = write(folder.path(), "1.sql", "CREATE TABLE t (a varchar(5));");
    let now = write(folder.path(), "2.sql", "ALTER TABLE t ALTER COLUMN a TYPE text;");
    let blind = schema(&ask(&now, None)).expect("the file can be read");
    assert_eq!(blind.worst, Label::Breaks, "the old type is not known");
    let report = schema(&ask(&now, Some(&before))).expect("the files can be read");
    assert_eq!(report.worst, Label::Probe, "a shorter text became a longer one");
    assert_eq!(report.probes.len(), 1, "and there is one thing to ask");
}

#[test]
fn a_file_that_is_not_there_is_a_problem_and_not_an_empty_report() {
    let problem =
        schema(&ask(Path::new("/nowhere/at/all.sql"), None)).expect_err("nothing is there");
    assert_eq!(problem.code, Code::FileUnreadable);
    let empty = tempfile::tempdir().expect("a temporary folder can be made");
    let problem = schema(&ask(empty.path(), None)).expect_err("an empty folder proves nothing");
    assert_eq!(problem.code, Code::NotFound);
}
