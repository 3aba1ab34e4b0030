use crate::label::Dialect;

use super::*;

#[test]
fn many_spellings_are_one_type() {
    let table = [
        ("character varying(50)", "varchar(50)"),
        ("VARCHAR ( 50 )", "varchar(50)"),
        ("int4", "integer"),
        ("double  precision", "double precision"),
        ("timestamp(3) with time zone", "timestamptz(3)"),
        ("numeric(10, 2)", "numeric(10,2)"),
        ("text[]", "text[]"),
        ("pg_catalog.int8", "bigint"),
        ("int(11) unsigned", "integer unsigned(11)"),
    ];
    for (written, read) in table {
        assert_eq!(Type::read(written).to_string(), read, "`{written}` means `{read}`");
    }
    assert!(Type::read("bigserial").serial, "a serial column fills itself");
    assert_eq!(
        Type::read("public.\"UserRole\"[]").to_string(),
        "UserRole[]",
        "quotes keep capitals"
    );
    assert_eq!(Type::read("Public.UserRole").to_string(), "userrole");
}

#[test]
fn a_change_of_type_is_judged_by_what_each_can_hold() {
    let wider = |text: &str| Step::Wider(text.to_owned());
    let table = [
        ("varchar(50)", "text", wider("length({}) > 50")),
        ("varchar(50)", "varchar(100)", wider("length({}) > 50")),
        ("varchar(50)", "varchar(20)", Step::Narrower),
        ("text", "varchar(20)", Step::Narrower),
        ("varchar", "text", Step::Same),
        ("integer", "text", Step::Other),
        ("integer", "bigint", wider("{} > 2147483647 OR {} < -2147483648")),
        ("bigint", "integer", Step::Narrower),
        ("integer", "numeric", Step::Other),
        ("numeric(10,2)", "numeric(12,2)", wider("abs({}) >= 100000000 OR {} <> round({}, 2)")),
        ("numeric(10,2)", "numeric(10,1)", Step::Lossy),
        ("numeric(10,2)", "numeric(11,4)", Step::Narrower),
        ("timestamp(3)", "timestamp", Step::Same),
        ("timestamp", "timestamp(0)", Step::Lossy),
        ("timestamp", "timestamptz", Step::Other),
        ("json", "jsonb", Step::Other),
        ("text", "text[]", Step::Other),
    ];
    for (from, to, expected) in table {
        assert_eq!(
            step(&Type::read(from), &Type::read(to), Dialect::Postgres),
            expected,
            "{from} to {to}"
        );
    }
}
