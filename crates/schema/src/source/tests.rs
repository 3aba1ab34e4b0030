use super::*;

fn applied(text: &str) -> String {
    Source::new("a.sql", text).applied().text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn only_the_way_forward_is_applied() {
    for (up, down) in [
        ("-- +goose Up", "-- +goose Down"),
        ("-- migrate:up", "-- migrate:down"),
        ("-- rambler up", "-- rambler down"),
        ("-- +migrate Up", "-- +migrate Down"),
        ("-- migrate:up transaction:false", "-- migrate:down"),
    ] {
        let text = format!("{up}\nCREATE TABLE a (id int);\n{down}\nDROP TABLE a;\n");
        let found = Source::new("a.sql", text.as_str()).applied().text;
        assert!(found.contains("CREATE TABLE"), "{up} is applied");
        assert!(!found.contains("DROP"), "{down} is not");
        assert_eq!(found.len(), text.len(), "places stay where they were");
    }
}

#[test]
fn a_marker_inside_a_string_is_no_marker() {
    let text = "SELECT '\n-- +goose Down\n'; DROP TABLE a;";
    assert!(applied(text).contains("DROP TABLE a"), "what follows a string is applied");
    let body = "DO $x$\n-- +goose Down\n$x$; DROP TABLE a;";
    assert!(applied(body).contains("DROP TABLE a"), "what follows a body is applied");
}

#[test]
fn commands_to_psql_are_set_apart() {
    let found = Source::new("a.sql", "\\set ON_ERROR_STOP on\n\\i other.sql\nSELECT 1;").applied();
    assert_eq!(found.text.trim(), "SELECT 1;", "what is no SQL is not read as SQL");
    assert!(matches!(found.commands[0].1, Change::Harmless(_)), "a setting of the client");
    assert!(matches!(found.commands[1].1, Change::Opaque(_)), "another file is not seen");
}

#[test]
fn rows_after_a_copy_are_no_statements() {
    let text = "COPY a (id, name) FROM stdin;\n1\tDROP TABLE b;\n\\.\nDROP TABLE c;";
    let found = applied(text);
    assert!(!found.contains("TABLE b"), "a row is data");
    assert!(found.contains("DROP TABLE c"), "the end of the rows is found");
}

#[test]
fn files_come_in_the_order_of_their_versions() {
    let names = ["R__views.sql", "V10__c.sql", "V9__b.sql", "V1.2__a.sql", "V1.10__a.sql"];
    let sources = names.iter().map(|name| Source::new(*name, "")).collect();
    let ordered: Vec<_> = in_order(sources).into_iter().map(|source| source.name).collect();
    assert_eq!(
        ordered,
        ["V1.2__a.sql", "V1.10__a.sql", "V9__b.sql", "V10__c.sql", "R__views.sql"],
        "numbers count as numbers, repeatable ones come last"
    );
    let folders = ["m/20240102_b/migration.sql", "m/20240101_a/migration.sql"];
    let sources = folders.iter().map(|name| Source::new(*name, "")).collect();
    assert_eq!(in_order(sources)[0].name, folders[1], "a folder's name is the version");
}

#[test]
fn a_name_tells_what_leads_back() {
    for name in ["1_a.down.sql", "U2__a.sql", "x/down.sql", "3.undo.sql"] {
        assert!(Source::new(name, "").leads_back(), "{name}");
    }
    for name in [
        "1_a.up.sql",
        "V2__a.sql",
        "V3__scale_down.sql",
        "users__x.sql",
        "shutdown.sql",
        "update__x.sql",
    ] {
        assert!(!Source::new(name, "").leads_back(), "{name}");
    }
}
