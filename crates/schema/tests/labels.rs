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
