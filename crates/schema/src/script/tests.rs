use crate::{Catalog, Dialect, Label, Source, classify};

const MYSQL: &str = "
CREATE TABLE users (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(50) NOT NULL,
  age int, state enum('new', 'old') NOT NULL DEFAULT 'new', note varchar(20) DEFAULT 'x',
  UNIQUE KEY by_email (email));
CREATE TABLE orders (id int PRIMARY KEY, user_id int, KEY by_user (user_id),
  CONSTRAINT fk_u FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT fk_a FOREIGN KEY (user_id) REFERENCES accounts (id) ON DELETE CASCADE);
CREATE INDEX by_age ON users (age);
";

const SQLITE: &str = "
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER);
CREATE INDEX by_age ON users (age);
CREATE UNIQUE INDEX by_mail ON users (email);
";

fn hold(dialect: Dialect, before: &str, table: &[(&str, Label)]) {
    let known = Catalog::read(dialect, &[Source::new("before.sql", before)]);
    for (text, expected) in table {
        let report = classify(dialect, &[Source::new("case.sql", *text)], &known);
        let why: Vec<_> = report.rulings.iter().map(|ruling| &ruling.reason).collect();
        assert_eq!(report.worst(), *expected, "`{text}`: {why:?}");
    }
}

#[test]
fn mysql_statements_get_their_labels() {
    use Label::{Breaks, Compatible, Loses, Opaque, Probe};
    hold(
        Dialect::Mysql,
        MYSQL,
        &[
            ("CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB;", Compatible),
            ("ALTER TABLE users ADD COLUMN nick varchar(20) NULL AFTER email;", Compatible),
            ("ALTER TABLE users ADD COLUMN nick varchar(20) NOT NULL;", Breaks),
            ("ALTER TABLE users ADD COLUMN nick varchar(20) NOT NULL DEFAULT '';", Compatible),
            ("ALTER TABLE users ADD COLUMN nick int; UPDATE users SET nick = age;", Compatible),
            ("UPDATE users SET age = 1;", Loses),
            ("UPDATE users JOIN orders ON orders.user_id = users.id SET users.age = 1;", Loses),
            ("ALTER TABLE users DROP COLUMN age;", Loses),
            ("ALTER TABLE users RENAME COLUMN age TO years;", Breaks),
            ("ALTER TABLE users CHANGE age years int;", Breaks),
            ("RENAME TABLE users TO people;", Breaks),
            (
                "RENAME TABLE users TO people; CREATE VIEW users AS SELECT * FROM people;",
                Compatible,
            ),
            ("ALTER TABLE users MODIFY age bigint;", Probe),
            ("ALTER TABLE users MODIFY age int NOT NULL;", Breaks),
            ("ALTER TABLE users MODIFY email varchar(80) NOT NULL;", Probe),
            ("ALTER TABLE users MODIFY email varchar(30) NOT NULL;", Breaks),
            ("ALTER TABLE users MODIFY note varchar(20);", Breaks),
            (
                "ALTER TABLE users MODIFY state enum('new', 'old', 'gone') NOT NULL DEFAULT 'new';",
                Probe,
            ),
            ("ALTER TABLE users ADD UNIQUE KEY by_note (note);", Breaks),
            ("ALTER TABLE users ADD INDEX by_note (note);", Compatible),
            ("ALTER TABLE users DROP INDEX by_email;", Breaks),
            ("ALTER TABLE users DROP INDEX by_age;", Compatible),
            ("DROP INDEX by_age ON users;", Compatible),
            ("ALTER TABLE orders DROP FOREIGN KEY fk_u;", Compatible),
            ("ALTER TABLE orders DROP FOREIGN KEY fk_a;", Breaks),
            ("ALTER TABLE orders DROP FOREIGN KEY nobody_knows;", Opaque),
            ("ALTER TABLE orders DROP PRIMARY KEY;", Breaks),
            ("INSERT INTO users (email) VALUES ('a') ON DUPLICATE KEY UPDATE age = 2;", Loses),
            ("REPLACE INTO users (email) VALUES ('a');", Loses),
            ("INSERT IGNORE INTO users (email) VALUES ('a');", Compatible),
            ("INSERT INTO users VALUES (1, 'a', 2, 'new', 'x');", Opaque),
            ("TRUNCATE TABLE orders;", Loses),
            ("DROP TABLE IF EXISTS orders;", Loses),
            ("DROP DATABASE shop;", Loses),
            ("CALL tidy();", Opaque),
            ("SELECT do_it();", Opaque),
            ("THIS IS NO SQL;", Opaque),
            ("SET NAMES utf8mb4; SET foreign_key_checks = 0;", Compatible),
        ],
    );
}

#[test]
fn sqlite_statements_get_their_labels() {
    use Label::{Breaks, Compatible, Loses, Opaque};
    hold(
        Dialect::Sqlite,
        SQLITE,
        &[
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); DROP TABLE t;",
                Compatible,
            ),
            ("ALTER TABLE users ADD COLUMN nick TEXT;", Compatible),
            ("ALTER TABLE users ADD COLUMN nick TEXT NOT NULL DEFAULT '';", Compatible),
            ("ALTER TABLE Users DROP COLUMN Age;", Loses),
            ("ALTER TABLE users RENAME COLUMN age TO years;", Breaks),
            (
                "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people;",
                Breaks,
            ),
            ("DROP INDEX by_age;", Compatible),
            ("DROP INDEX by_mail;", Breaks),
            ("INSERT OR REPLACE INTO users (email) VALUES ('a');", Loses),
            ("INSERT INTO users (email) VALUES ('a') ON CONFLICT DO NOTHING;", Compatible),
            ("PRAGMA foreign_keys = OFF;", Compatible),
            (
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT); INSERT INTO new_users SELECT id, email FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
                Opaque,
            ),
            ("DROP TABLE users;", Loses),
            ("DELETE FROM users WHERE id = 1;", Loses),
            ("CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END;", Opaque),
        ],
    );
}

#[test]
fn what_cannot_be_read_does_not_hide_what_follows() {
    let text = "ALTER TABLE users FROBNICATE;\n\nDROP TABLE users;\n";
    let report =
        classify(Dialect::Mysql, &[Source::new("a.sql", text)], &Catalog::unknown(Dialect::Mysql));
    let found: Vec<_> = report.rulings.iter().map(|ruling| (ruling.line, ruling.label)).collect();
    assert_eq!(
        found,
        [(1, Label::Opaque), (3, Label::Loses)],
        "each statement has a line of its own"
    );
    assert_eq!(&text[report.rulings[1].range.clone()], "DROP TABLE users", "and its place");
}
