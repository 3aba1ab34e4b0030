use super::*;

fn migration(version: &str, text: &str) -> Migration {
    Migration {
        version: version.to_owned(),
        checksum: Some(format!("sum-{version}")),
        source: Source::new(format!("{version}.sql"), text),
    }
}

fn done(version: &str) -> Applied {
    Applied { checksum: Some(format!("sum-{version}")), ..Applied::done(version) }
}

fn all() -> Vec<Migration> {
    vec![
        migration("1", "CREATE TABLE t (id int PRIMARY KEY, a varchar(5), b int);"),
        migration("2", "ALTER TABLE t ADD COLUMN c int;"),
        migration("3", "ALTER TABLE t ALTER COLUMN a TYPE text;"),
        migration("4", "ALTER TABLE t DROP COLUMN b;"),
    ]
}

fn release(name: &str, count: usize) -> Candidate {
    Candidate { release: name.to_owned(), migrations: all()[..count].to_vec() }
}

fn ask(applied: &[Applied], candidate: &Candidate) -> Assessment {
    assess(Dialect::Postgres, applied, candidate, &all())
}

#[test]
fn what_is_ahead_of_a_release_is_what_is_judged() {
    let record = [done("1"), done("2"), done("3")];
    let found = ask(&record, &release("v2", 2));
    assert_eq!(found.ahead, ["3"], "the release brings the others");
    assert_eq!(found.worst, Label::Probe, "its own migrations tell the old type");
    assert_eq!(found.probes.len(), 1, "and there is one thing to ask");
    assert!(found.is_possible(), "a probe decides");
}

#[test]
fn the_statement_that_forbids_it_is_named_with_its_version() {
    let record = [done("1"), done("2"), done("3"), done("4")];
    let found = ask(&record, &release("v2", 2));
    assert_eq!(found.worst, Label::Loses);
    assert_eq!(found.responsible.len(), 1, "one statement is to blame");
    assert_eq!(found.responsible[0].0, "4");
    assert!(!found.is_possible());
}

#[test]
fn an_unfinished_migration_blocks_also_one_that_the_release_brings() {
    let dirty = Applied { outcome: Outcome::Unfinished, ..done("2") };
    let found = ask(&[done("1"), dirty], &release("v2", 2));
    assert!(found.blocked && !found.is_possible(), "how much of it is there is not known");
    assert_eq!(found.worst, Label::Opaque);
}

#[test]
fn what_is_not_known_is_never_compatible() {
    let changed = Applied { checksum: Some("other".to_owned()), ..done("2") };
    let cases: [(&str, Vec<Applied>, usize); 4] = [
        ("a changed file", vec![done("1"), changed], 2),
        ("a version without a text", vec![done("1"), done("2"), done("99")], 2),
        ("a release that is ahead of the database", vec![done("1")], 2),
        ("no record at all", vec![], 1),
    ];
    for (what, record, count) in cases {
        let found = ask(&record, &release("v", count));
        assert_eq!(found.worst, Label::Opaque, "{what}");
        assert!(!found.doubts.is_empty() && !found.is_possible(), "{what} is told");
    }
    let fine = ask(&[done("1"), done("2")], &release("v2", 2));
    assert_eq!(fine.worst, Label::Compatible, "the same record without a doubt is fine");
}
