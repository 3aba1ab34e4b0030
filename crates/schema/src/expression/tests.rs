use super::*;

fn read(text: &str) -> Expression {
    Expression::read(text)
}

#[test]
fn an_expression_knows_which_columns_it_reads() {
    let table = [
        ("first || ' ' || last", vec!["first", "last"]),
        ("lower(email)", vec!["email"]),
        ("u.age > 17 AND \"Name\" IS NOT NULL", vec!["Name", "age"]),
        ("price::numeric * 2", vec!["price"]),
        ("'a'", vec![]),
    ];
    for (text, columns) in table {
        assert_eq!(read(text).columns(), columns, "the columns of `{text}`");
    }
}

#[test]
fn what_can_fail_for_some_value_is_told_apart() {
    for text in
        ["first || ' ' || last", "lower(email)", "data ->> 'x'", "coalesce(a, 'x'::text)", "n > -1"]
    {
        assert!(read(text).cannot_fail(), "`{text}` fails for no value");
    }
    for text in
        ["a / b", "payload::int", "cast(a as integer)", "check_it(a)", "a * b", "a + 1", "a - 1"]
    {
        assert!(!read(text).cannot_fail(), "`{text}` fails for some value");
    }
}

#[test]
fn a_simple_check_is_tried_with_the_default() {
    let new = Value::Text("new".to_owned());
    let zero = Value::Number(0.0);
    let table = [
        ("(status IN ('new', 'done'))", "status", Some(&new), true),
        ("status IN ('open', 'done')", "status", Some(&new), false),
        ("status IN ('open', 'done')", "status", None, true),
        ("n >= 0 AND n < 10", "n", Some(&zero), true),
        ("n > 0", "n", Some(&zero), false),
        ("n > 0 OR n = 0", "n", Some(&zero), true),
        ("n IS NOT NULL", "n", None, false),
        ("n > 0 AND age > 17", "n", None, false),
        ("length(status) <= 3", "status", Some(&new), true),
        ("length(status) < 3", "status", Some(&new), false),
        ("n BETWEEN 0 AND 5", "n", Some(&zero), true),
        ("n BETWEEN 1 AND 5", "n", Some(&zero), false),
        ("n IS NOT NULL", "n", Some(&zero), true),
        (
            "(status)::text = ANY ((ARRAY['new'::character varying, 'x'])::text[])",
            "status",
            Some(&new),
            true,
        ),
        ("NOT (n > 0)", "n", None, false),
    ];
    for (check, column, value, expected) in table {
        assert_eq!(
            read(check).lets_pass(column, value),
            expected,
            "`{check}` with {value:?}: only what is certain passes"
        );
    }
}

#[test]
fn a_constant_is_the_same_for_every_row() {
    for text in ["0", "'x'", "true", "-1", "'{}'::jsonb", "NULL"] {
        assert!(read(text).is_constant(), "`{text}`");
    }
    for text in ["now()", "CURRENT_TIMESTAMP", "gen_random_uuid()", "nextval('s')"] {
        assert!(!read(text).is_constant(), "`{text}`");
    }
}
