//! Texts that nest without end get a judged answer, on a thread with a small stack.
//!
//! A stack that overflows ends the process, so each of these would be a crash of the whole window.

use std::io::Write as _;

use lastgood_schema::{Catalog, Dialect, Label, Source, classify};

/// What a thread has where nobody asks for more.
const STACK: usize = 2 * 1024 * 1024;
/// More than any text holds that a person wrote.
const MANY: usize = 100_000;

const ALL: [Dialect; 3] = [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite];

fn chain(term: &str, between: &str, terms: usize) -> String {
    vec![term; terms].join(between)
}

fn wrapped(open: &str, inner: &str, close: &str, times: usize) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

/// Expressions with so many terms, by what makes them deep.
fn expressions(terms: usize) -> Vec<(&'static str, String)> {
    vec![
        ("||", chain("note", " || ", terms)),
        ("AND", chain("a = 1", " AND ", terms)),
        ("OR", chain("a = 1", " OR ", terms)),
        ("+", chain("1", " + ", terms)),
        ("-", chain("1", " - ", terms)),
        ("unary -", wrapped("- ", "1", "", terms)),
        ("NOT", wrapped("NOT ", "a = 1", "", terms)),
        ("::", format!("a{}", "::text".repeat(terms))),
        ("COLLATE", format!("a{}", " COLLATE c".repeat(terms))),
        ("IS NULL", format!("a{}", " IS NULL".repeat(terms))),
        ("[1]", format!("a{}", "[1]".repeat(terms))),
        (".", format!("a{}", ".a".repeat(terms))),
        ("BETWEEN", chain("a", " BETWEEN 1 AND ", terms)),
        ("CASE", chain("CASE", " WHEN a = 1 THEN 1 ", terms) + " ELSE 1 END"),
        ("CASE in CASE", wrapped("CASE WHEN a = 1 THEN ", "1", " END", terms)),
        ("brackets", wrapped("(", "1", ")", terms)),
        ("calls", wrapped("lower(", "note", ")", terms)),
        ("arrays", wrapped("ARRAY[", "1", "]", terms)),
        ("subqueries", wrapped("(SELECT ", "1", ")", terms)),
        ("EXISTS", wrapped("EXISTS (SELECT 1 WHERE ", "true", ")", terms)),
        ("opened brackets", "(".repeat(terms)),
        ("closed brackets", ")".repeat(terms)),
        ("opened CASE", "CASE ".repeat(terms)),
    ]
}

/// Queries and blocks with so many parts.
fn statements(terms: usize) -> Vec<(&'static str, String)> {
    let body = |text: &str| {
        format!(
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {text} RETURN NEW; END $$; \
             CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION g();"
        )
    };
    let new = |text: &str| format!("ALTER TABLE users ADD COLUMN n1 text; {}", body(text));
    let brackets = wrapped("(", "NEW.note", ")", terms);
    vec![
        ("UNION", format!("CREATE VIEW v AS {};", chain("SELECT 1", " UNION ", terms))),
        ("UNION ALL", format!("CREATE VIEW v AS {};", chain("SELECT 1", " UNION ALL ", terms))),
        ("EXCEPT", format!("CREATE VIEW v AS {};", chain("SELECT 1", " EXCEPT ", terms))),
        ("JOIN", format!("CREATE VIEW v AS SELECT 1 FROM {};", chain("a", " CROSS JOIN ", terms))),
        ("FROM in FROM", {
            let inner = wrapped("(SELECT 1 FROM ", "a", ") AS s", terms);
            format!("CREATE VIEW v AS SELECT 1 FROM {inner};")
        }),
        ("WITH", format!("{};", wrapped("WITH w AS (", "SELECT 1", ") SELECT 1", terms))),
        ("EXPLAIN", format!("{}DROP TABLE a;", "EXPLAIN ".repeat(terms))),
        ("BEGIN", format!("{}DROP TABLE a;", "BEGIN ".repeat(terms))),
        ("a type", format!("ALTER TABLE a ADD COLUMN c int{};", "[]".repeat(terms))),
        (
            "a deep type",
            format!("ALTER TABLE a ADD COLUMN c {};", wrapped("ARRAY<", "int", ">", terms)),
        ),
        ("a trigger's text", new(&format!("NEW.n1 := {};", chain("NEW.note", " || ", terms)))),
        ("a trigger's brackets", new(&format!("NEW.n1 := {brackets};"))),
        (
            "a trigger's calls",
            new(&format!("NEW.n1 := {};", wrapped("lower(", "NEW.note", ")", terms))),
        ),
        ("a trigger's question", {
            let question = wrapped("(", "NEW.note IS NULL", ")", terms);
            new(&format!("IF {question} THEN NEW.n1 := 'x'; END IF;"))
        }),
        ("a trigger's questions", {
            let question = chain("NEW.note IS NULL", " AND ", terms);
            new(&format!("IF {question} THEN NEW.n1 := 'x'; END IF;"))
        }),
        (
            "IF in IF",
            new(&wrapped("IF NEW.note IS NULL THEN ", "NEW.n1 := 'x';", " END IF;", terms)),
        ),
        (
            "a block",
            format!(
                "DO $$ BEGIN IF {} THEN DROP TABLE a; END IF; END $$;",
                wrapped("(", "true", ")", terms)
            ),
        ),
        (
            "a block's text",
            format!("DO $$ BEGIN EXECUTE 'SELECT {}'; END $$;", chain("1", " + ", terms)),
        ),
        (
            "a block of blocks",
            format!("DO $$ {} NULL; {} $$;", "BEGIN ".repeat(terms), "END; ".repeat(terms)),
        ),
        (
            "a remark in a remark",
            format!("{} {} DROP TABLE a;", "/* ".repeat(terms), "*/ ".repeat(terms)),
        ),
    ]
}

/// The expression in each place that the crate reads one; a view and a check first.
fn places(expression: &str) -> Vec<String> {
    vec![
        format!("CREATE VIEW v AS SELECT {expression} FROM users;"),
        format!("ALTER TABLE users ADD CONSTRAINT ck CHECK ({expression});"),
        format!("ALTER TABLE users ADD COLUMN n text DEFAULT ({expression});"),
        format!("ALTER TABLE users ADD COLUMN n text GENERATED ALWAYS AS ({expression}) STORED;"),
        format!("CREATE UNIQUE INDEX i ON users (({expression})) WHERE {expression};"),
        format!("UPDATE users SET note = {expression} WHERE {expression};"),
        format!("DELETE FROM users WHERE {expression};"),
        format!("CREATE TABLE t (id int DEFAULT ({expression}) CHECK ({expression}));"),
        format!("SELECT {expression};"),
    ]
}

/// Judges each on a small stack, as a migration and as what was there before it.
fn judged(
    all: Vec<(&'static str, Dialect, String)>,
) -> Vec<(&'static str, Dialect, String, Label)> {
    let work = move || {
        all.into_iter()
            .map(|(what, dialect, text)| {
                let start: String = text.chars().take(60).collect();
                // The last line that is seen tells which text ended the process.
                let _ = writeln!(std::io::stderr(), "{what} in {dialect:?}: {start}");
                let source = [Source::new("a.sql", text)];
                // What is not even parsed is the same text twice.
                if source[0].text.len() < MANY {
                    let before = Catalog::read(dialect, &source);
                    let after = Source::new("b.sql", "ALTER TABLE users ADD COLUMN later text;");
                    let _ = classify(dialect, &[after], &before);
                }
                let report = classify(dialect, &source, &Catalog::unknown(dialect));
                let told = report.rulings.iter().all(|ruling| !ruling.reason.is_empty());
                assert!(told, "{what} in {dialect:?}: a ruling says why");
                (what, dialect, start, report.worst())
            })
            .collect()
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.expect("a thread starts").join().expect("no text ends the thread")
}

fn texts(dialect: Dialect, terms: usize, in_places: usize) -> Vec<(&'static str, Dialect, String)> {
    let mut all = Vec::new();
    for (what, expression) in expressions(terms) {
        let texts = places(&expression).into_iter().take(in_places);
        all.extend(texts.map(|text| (what, dialect, text)));
    }
    all.extend(statements(terms).into_iter().map(|(what, text)| (what, dialect, text)));
    all
}

fn never_compatible(dialect: Dialect) {
    // Skipped, however often it opens.
    const FLAT: &[&str] = &["a remark in a remark"];
    let safe: Vec<_> = judged(texts(dialect, MANY, 1))
        .into_iter()
        .filter(|(what, _, _, label)| *label == Label::Compatible && !FLAT.contains(what))
        .collect();
    assert!(safe.is_empty(), "{safe:#?}");
}

/// Sizes at which one, two and four words for each term are just not too many, and brackets.
fn read_to_the_end(dialect: Dialect) {
    for (terms, in_places) in [(250, usize::MAX), (600, 3), (1_240, 3), (2_450, 3)] {
        judged(texts(dialect, terms, in_places));
    }
}

#[test]
fn what_nests_without_end_is_never_called_compatible_in_postgresql() {
    never_compatible(Dialect::Postgres);
}

#[test]
fn what_nests_without_end_is_never_called_compatible_in_mysql() {
    never_compatible(Dialect::Mysql);
}

#[test]
fn what_nests_without_end_is_never_called_compatible_in_sqlite() {
    never_compatible(Dialect::Sqlite);
}

#[test]
fn what_is_just_flat_enough_is_read_to_its_end_in_postgresql() {
    read_to_the_end(Dialect::Postgres);
}

#[test]
fn what_is_just_flat_enough_is_read_to_its_end_in_mysql() {
    read_to_the_end(Dialect::Mysql);
}

#[test]
fn what_is_just_flat_enough_is_read_to_its_end_in_sqlite() {
    read_to_the_end(Dialect::Sqlite);
}

#[test]
fn a_long_text_of_many_plain_statements_is_not_deep() {
    let rows = vec!["(1, 'one')"; 20_000].join(", ");
    let text = format!(
        "CREATE TABLE t (id int, what text);\n{}INSERT INTO t VALUES {rows};\n",
        "INSERT INTO t VALUES (1, 'a' || 'b');\n".repeat(2_000)
    );
    for dialect in ALL {
        let found = judged(vec![("rows", dialect, text.clone())]);
        assert_eq!(found[0].3, Label::Compatible, "{dialect:?}");
    }
}
