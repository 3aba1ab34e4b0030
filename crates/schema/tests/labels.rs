//! Every case gets its label, with the database of the old release known.

mod cases;

use lastgood_schema::{Catalog, Dialect, Label, Source, classify};

#[test]
fn every_case_gets_its_label() {
    let before = Catalog::read(Dialect::Postgres, &[Source::new("base.sql", cases::BASE)]);
    let mut wrong = Vec::new();
    let all = cases::all();
    assert!(all.len() >= 150, "there are {} cases", all.len());
    for case in &all {
        let source = Source::new("case.sql", case.migration.as_str());
        let report = classify(Dialect::Postgres, &[source], &before);
        if report.worst() != case.label {
            let said: Vec<_> = report
                .rulings
                .iter()
                .map(|ruling| format!("{} {}", ruling.label.letter(), ruling.reason))
                .collect();
            wrong.push(format!(
                "{} {} {}: {said:#?}",
                case.number,
                case.label.letter(),
                case.title
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn without_the_old_database_no_label_is_better() {
    let known = Catalog::read(Dialect::Postgres, &[Source::new("base.sql", cases::BASE)]);
    let unknown = Catalog::unknown(Dialect::Postgres);
    for case in cases::all() {
        let source = [Source::new("case.sql", case.migration.as_str())];
        let with = classify(Dialect::Postgres, &source, &known).worst();
        let without = classify(Dialect::Postgres, &source, &unknown).worst();
        assert!(
            without >= with || without == Label::Opaque,
            "{} {}: knowing less must not make it safer ({without:?} for {with:?})",
            case.number,
            case.title
        );
    }
}

#[test]
fn what_may_have_been_there_is_not_new_to_the_old_release() {
    let unknown = Catalog::unknown(Dialect::Postgres);
    for (made, dropped) in [
        ("CREATE OR REPLACE VIEW v AS SELECT 1", "DROP VIEW v"),
        (
            "CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'select 1'",
            "DROP FUNCTION f(int)",
        ),
        (
            "CREATE OR REPLACE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION g()",
            "DROP TRIGGER t ON a",
        ),
        ("CREATE UNIQUE INDEX IF NOT EXISTS i ON a (b)", "DROP INDEX i"),
        ("CREATE TABLE IF NOT EXISTS x (id int)", "DROP TABLE x"),
        ("ALTER TABLE a ADD COLUMN IF NOT EXISTS c int", "ALTER TABLE a DROP COLUMN c"),
    ] {
        let text = format!("{made};\n{dropped};\n");
        let report = classify(Dialect::Postgres, &[Source::new("both.sql", text)], &unknown);
        let last = report.rulings.last().expect("two statements");
        assert!(last.label > Label::Compatible, "{dropped}: {}", last.reason);
    }
}

#[test]
fn what_lives_in_no_schema_is_called_by_its_name_alone() {
    let unknown = Catalog::unknown(Dialect::Postgres);
    let report =
        classify(Dialect::Postgres, &[Source::new("a.sql", "DROP EXTENSION pgcrypto;")], &unknown);
    let reason = &report.rulings[0].reason;
    assert!(reason.contains("`pgcrypto`"), "{reason}");
}
