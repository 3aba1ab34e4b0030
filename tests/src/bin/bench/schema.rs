//! How long it takes to label a thousand statements of migrations.

use std::time::{Duration, Instant};

use lastgood_schema::{Catalog, Dialect, Source, classify};

const STATEMENTS: usize = 1000;
const ROUNDS: usize = 20;
/// What a person does not notice before a plan is shown.
const WANTED: Duration = Duration::from_millis(100);

/// Statements as migrations have them: tables, columns, indexes, constraints, rows.
fn migrations() -> Vec<Source> {
    let one = |number: usize| {
        let table = number / 8;
        match number % 8 {
            0 => format!(
                "CREATE TABLE t{table} (id bigserial PRIMARY KEY, name varchar(50) NOT NULL, total numeric(10,2) DEFAULT 0, user_id int REFERENCES users (id));"
            ),
            1 => format!(
                "ALTER TABLE t{table} ADD COLUMN note text NOT NULL DEFAULT '', ADD COLUMN rank int;"
            ),
            2 => format!(
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name_{table} ON t{table} (lower(name));"
            ),
            3 => format!(
                "UPDATE users SET seen_{table} = now() WHERE seen_{table} IS NULL AND id IN (SELECT user_id FROM t{table});"
            ),
            4 => format!(
                "ALTER TABLE orders ADD CONSTRAINT ck_{table} CHECK (amount > {table} AND state IN ('a', 'b')) NOT VALID;"
            ),
            5 => format!(
                "CREATE OR REPLACE VIEW v{table} AS SELECT t.id, u.name FROM t{table} t JOIN users u ON u.id = t.user_id WHERE t.total > 0;"
            ),
            6 => format!(
                "INSERT INTO kinds (word, place) VALUES ('k{table}', {table}) ON CONFLICT DO NOTHING;"
            ),
            _ => format!("ALTER TABLE users ALTER COLUMN c{table} TYPE text;"),
        }
    };
    (0..STATEMENTS / 20)
        .map(|file| {
            let text: Vec<String> = (file * 20..(file + 1) * 20).map(one).collect();
            Source::new(format!("{file}.sql"), text.join("\n\n"))
        })
        .collect()
}

pub(crate) fn measure() -> anyhow::Result<()> {
    let sources = migrations();
    let before = Catalog::unknown(Dialect::Postgres);
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let report = classify(Dialect::Postgres, &sources, &before);
        took.push(start.elapsed());
        anyhow::ensure!(report.rulings.len() == STATEMENTS, "every statement has a label");
    }
    took.sort_unstable();
    println!("schema: labels for {STATEMENTS} statements in {} files", sources.len());
    println!(
        "  median {:?}, slowest of {ROUNDS} {:?}; wanted: under {WANTED:?}\n",
        took[ROUNDS / 2],
        took[ROUNDS - 1]
    );
    Ok(())
}
