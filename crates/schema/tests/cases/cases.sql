-- Migrations on `base.sql`, each with a number, the label it must get and what it is.
-- After `-- new`: one thing that only the new release writes.

-- 001 C a new table
CREATE TABLE invoices (id bigint PRIMARY KEY, total numeric NOT NULL);
-- new
INSERT INTO invoices VALUES (1, 2);

-- 002 C a new column that may be empty
ALTER TABLE users ADD COLUMN nickname text;
-- new
UPDATE users SET nickname = 'x';

-- 003 C a required column with a constant default
ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';

-- 004 B a required column without a default
ALTER TABLE slots ADD COLUMN public boolean NOT NULL DEFAULT true; ALTER TABLE slots ALTER COLUMN public DROP DEFAULT;

-- 005 L a required column added in one step to an empty table
TRUNCATE audit_log; ALTER TABLE audit_log ADD COLUMN public boolean NOT NULL;

-- 006 C a column with a volatile default
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();

-- 007 L a table is dropped
DROP TABLE user_stars;

-- 008 L a table is dropped with what hangs on it
DROP TABLE IF EXISTS orders CASCADE;

-- 009 L a column is dropped
ALTER TABLE users DROP COLUMN age;

-- 010 L a column is dropped if it is there
ALTER TABLE users DROP COLUMN IF EXISTS note;

-- 011 L tables are emptied
TRUNCATE a, b CASCADE;

-- 012 L one table is emptied
TRUNCATE recipe RESTART IDENTITY;

-- 013 L a schema with tables is dropped
DROP SCHEMA extra CASCADE;

-- 014 C an empty schema is made and dropped
CREATE SCHEMA passing; DROP SCHEMA passing;

-- 015 B a column is renamed
ALTER TABLE users RENAME COLUMN email TO email_address;

-- 016 B a table is renamed
ALTER TABLE user_stars RENAME TO user_favorites;

-- 017 B a schema is renamed
ALTER SCHEMA extra RENAME TO more;

-- 018 B a table moves to another schema
ALTER TABLE orders SET SCHEMA archive;

-- 019 L a column must not be empty any more
DELETE FROM users WHERE name IS NULL; ALTER TABLE recipe ALTER COLUMN view_count SET NOT NULL;

-- 020 B a column must not be empty
ALTER TABLE recipe ALTER COLUMN view_count SET NOT NULL;

-- 021 P a column may be empty now
ALTER TABLE users ALTER COLUMN state DROP NOT NULL;
-- new
UPDATE users SET state = NULL WHERE id = 1;

-- 022 B a number becomes text
ALTER TABLE users ALTER COLUMN age TYPE text;

-- 023 P a text may be longer
ALTER TABLE users ALTER COLUMN name TYPE text;
-- new
UPDATE users SET name = repeat('n', 80) WHERE id = 2;

-- 024 P a text may be a bit longer
ALTER TABLE users ALTER COLUMN name TYPE varchar(60);
-- new
UPDATE users SET name = repeat('n', 55) WHERE id = 2;

-- 025 B a text must be shorter
ALTER TABLE users ALTER COLUMN name TYPE varchar(20);

-- 026 L a text is cut
ALTER TABLE users ALTER COLUMN first TYPE varchar(2) USING first::varchar(2);

-- 027 P a number may be larger
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
-- new
INSERT INTO orders (id, amount) VALUES (5000000000, 1);

-- 028 B a number must be smaller
ALTER TABLE orders ALTER COLUMN id TYPE smallint;

-- 029 P a numeric may have more digits
ALTER TABLE orders ALTER COLUMN amount TYPE numeric(14,2);
-- new
INSERT INTO orders (id, amount) VALUES (50, 12345678901.5);

-- 030 P a numeric may have more decimals
ALTER TABLE orders ALTER COLUMN amount TYPE numeric(14,4);
-- new
INSERT INTO orders (id, amount) VALUES (50, 123456789.125);

-- 031 L a numeric is rounded
ALTER TABLE orders ALTER COLUMN amount TYPE numeric(10,1);

-- 032 B a time gets a zone
ALTER TABLE orders ALTER COLUMN placed TYPE timestamptz;

-- 033 B an enum becomes text
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT, ALTER COLUMN state TYPE text;

-- 034 L every value is replaced
ALTER TABLE users ALTER COLUMN age TYPE int USING age * 2;

-- 035 L a text becomes a number
ALTER TABLE recipe ALTER COLUMN title TYPE varchar(3) USING 'x';

-- 036 B a column must be unique
ALTER TABLE a ADD CONSTRAINT a_n_uq UNIQUE (n);

-- 037 B a value is checked
ALTER TABLE users ADD CONSTRAINT age_ck CHECK (age > 13);

-- 038 B a value is checked for new rows only
ALTER TABLE users ADD CONSTRAINT age_ck CHECK (age > 17) NOT VALID;

-- 039 B a reference is checked
ALTER TABLE user_stars ADD CONSTRAINT fk_u FOREIGN KEY (user_id) REFERENCES users (id);

-- 040 B a reference is checked for new rows only
ALTER TABLE user_stars ADD CONSTRAINT fk_u FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;

-- 041 C a reference is checked no longer
ALTER TABLE orders DROP CONSTRAINT fk_u;

-- 042 B a column need not be unique any more
ALTER TABLE users DROP CONSTRAINT users_email_uq;

-- 043 P a check is gone
ALTER TABLE orders DROP CONSTRAINT amount_ck;
-- new
INSERT INTO orders (id, amount) VALUES (50, -1);

-- 044 B a primary key is gone
ALTER TABLE slots DROP CONSTRAINT slots_pkey; ALTER TABLE slots ALTER id DROP IDENTITY;

-- 045 C an index
CREATE INDEX idx_users_age ON users (age);

-- 046 C an index on an expression that cannot fail
CREATE INDEX idx_users_lower ON users (lower(email));

-- 047 B a unique index
CREATE UNIQUE INDEX a_n ON a (n);

-- 048 C a plain index is dropped
DROP INDEX idx_users_email;

-- 049 C a plain index is dropped beside the traffic
DROP INDEX CONCURRENTLY idx_users_email;

-- 050 B a unique index is dropped
DROP INDEX users_name_uq;

-- 051 C a plain index is renamed
ALTER INDEX idx_users_email RENAME TO by_email;

-- 052 U another default
ALTER TABLE users ALTER COLUMN state SET DEFAULT 'fresh';

-- 053 B a default is gone that the old release needs
ALTER TABLE users ALTER COLUMN state DROP DEFAULT;

-- 054 B a default becomes NULL
ALTER TABLE users ALTER COLUMN state SET DEFAULT NULL;

-- 055 P an enum has one more value
ALTER TYPE order_state ADD VALUE 'refunded';
-- new
UPDATE orders SET state = 'refunded' WHERE id = 2;

-- 056 B a value of an enum has another name
ALTER TYPE order_state RENAME VALUE 'paid' TO 'settled';

-- 057 B an enum has another name
ALTER TYPE order_state RENAME TO state_of_order;

-- 058 L an enum goes with its columns
DROP TYPE order_state CASCADE;

-- 059 B a view is dropped
DROP VIEW active_users;

-- 060 B a view has another name
ALTER VIEW active_users RENAME TO lively_users;

-- 061 B a materialized view is dropped
DROP MATERIALIZED VIEW order_totals;

-- 062 C a materialized view is refreshed
REFRESH MATERIALIZED VIEW order_totals;

-- 063 U a view is replaced
CREATE OR REPLACE VIEW active_users AS SELECT id, email FROM users WHERE state = 'active' AND age > 1;

-- 064 B a function is dropped
DROP FUNCTION charge(int);

-- 065 U a function is replaced
CREATE OR REPLACE FUNCTION charge(amount int) RETURNS int LANGUAGE sql AS 'SELECT amount * 3';

-- 066 C a new function
CREATE FUNCTION refund(amount int) RETURNS int LANGUAGE sql AS 'SELECT amount';

-- 067 L all rows are deleted
DELETE FROM audit_log;

-- 068 L some rows are deleted
DELETE FROM users WHERE age > 20 AND id = 3;

-- 069 L values are overwritten
UPDATE users SET name = upper(name);

-- 070 L a new column is filled and an old one with it
ALTER TABLE users ADD COLUMN nickname text; UPDATE users SET nickname = name, name = 'x' || id;

-- 071 C a new column is filled
ALTER TABLE users ADD COLUMN nickname text; UPDATE users SET nickname = name WHERE nickname IS NULL;

-- 072 C a new column is filled and then required with a default
ALTER TABLE users ADD COLUMN rank int DEFAULT 0; UPDATE users SET rank = 1; ALTER TABLE users ALTER COLUMN rank SET NOT NULL;

-- 073 B a new column is filled and then required without a default
ALTER TABLE users ADD COLUMN rank int; UPDATE users SET rank = 1; ALTER TABLE users ALTER COLUMN rank SET NOT NULL;

-- 074 C a computed column
ALTER TABLE users ADD COLUMN full_name text GENERATED ALWAYS AS (first || ' ' || last) STORED;

-- 075 U a computed column that can fail
ALTER TABLE a ADD COLUMN inverse int GENERATED ALWAYS AS (100 / n) STORED;

-- 076 B row security without a policy
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

-- 077 C row security with a policy that lets everybody through
ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY everybody ON orders USING (true);

-- 078 B row security with a policy that hides
ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY large ON orders USING (amount > 5);

-- 079 B row security with a dormant policy
ALTER TABLE slots ENABLE ROW LEVEL SECURITY; ALTER POLICY dormant ON slots USING (room > 5);

-- 080 U a trigger on a table that the old release writes
CREATE FUNCTION reject_old() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION reject_old();

-- 081 B a trigger is dropped that the old release needs
DROP TRIGGER stamp_audit ON audit_log; ALTER TABLE audit_log ALTER COLUMN at SET NOT NULL;

-- 082 B a trigger is switched off
ALTER TABLE audit_log DISABLE TRIGGER stamp_audit; ALTER TABLE audit_log ADD CHECK (at IS NOT NULL);

-- 083 B a sequence is dropped
DROP SEQUENCE invoice_no_seq;

-- 084 B a sequence has another name
ALTER SEQUENCE invoice_no_seq RENAME TO numbers;

-- 085 B a sequence begins anew
ALTER SEQUENCE users_id_seq RESTART WITH 1;

-- 086 C a new view
CREATE VIEW user_favorites AS SELECT * FROM user_stars;

-- 087 P a table renamed behind a view
BEGIN; ALTER TABLE user_stars RENAME TO user_favorites; CREATE VIEW user_stars AS SELECT * FROM user_favorites; COMMIT;

-- 088 B a table renamed behind a view that hides rows
ALTER TABLE user_stars RENAME TO user_favorites; CREATE VIEW user_stars AS SELECT * FROM user_favorites WHERE repo <> 'x';

-- 089 B a table renamed behind a view that is dropped again
ALTER TABLE user_stars RENAME TO f; CREATE VIEW user_stars AS SELECT * FROM f; DROP VIEW user_stars;

-- 090 C a table that comes and goes
CREATE TABLE t (id int); ALTER TABLE t DROP COLUMN id; DROP TABLE t;

-- 091 U a block of code
DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'users' || ' DROP COLUMN age'; END $$;

-- 092 B a right is taken
REVOKE INSERT ON orders FROM app;

-- 093 C a right is given
GRANT SELECT ON users TO app;

-- 094 B a domain is checked
ALTER DOMAIN email_t ADD CONSTRAINT c CHECK (VALUE LIKE '%@%') NOT VALID;

-- 095 L a domain must not be empty
UPDATE users SET contact = 'x'; ALTER DOMAIN email_t SET NOT NULL;

-- 096 L a domain goes with its columns
DROP DOMAIN email_t CASCADE;

-- 097 P a second serial column
ALTER TABLE audit_log ADD COLUMN id2 serial PRIMARY KEY;

-- 098 C a new column with a check that its default passes
ALTER TABLE users ADD COLUMN tier text NOT NULL DEFAULT 'low' CHECK (tier IN ('low', 'high'));

-- 099 L a new column with a check that its default fails
TRUNCATE audit_log; ALTER TABLE audit_log ADD COLUMN n int DEFAULT 0 CHECK (n > 5);

-- 100 C a new column with a check that may be empty
ALTER TABLE users ADD COLUMN n int CHECK (n > 5);

-- 101 L a new column with a check that nothing passes
TRUNCATE audit_log; ALTER TABLE audit_log ADD COLUMN n int CHECK (n IS NOT NULL);

-- 102 C a new unique column that may be empty
ALTER TABLE users ADD COLUMN code text UNIQUE;

-- 103 L a new unique column with a default
TRUNCATE audit_log; ALTER TABLE audit_log ADD COLUMN code text UNIQUE DEFAULT 'x'; INSERT INTO audit_log (what) VALUES ('first');

-- 104 C a new unique column that fills itself
ALTER TABLE users ADD COLUMN code uuid UNIQUE DEFAULT gen_random_uuid();

-- 105 P a new table that points at an old one
CREATE TABLE cards (id int PRIMARY KEY, user_id int REFERENCES users (id));
-- new
INSERT INTO cards VALUES (1, 3);

-- 106 C a new table that follows an old one
CREATE TABLE cards (id int PRIMARY KEY, user_id int REFERENCES users (id) ON DELETE CASCADE);
-- new
INSERT INTO cards VALUES (1, 3);

-- 107 P a new column that points at an old table
ALTER TABLE orders ADD COLUMN giver_id int REFERENCES users (id);
-- new
UPDATE orders SET giver_id = 3;

-- 108 C a new column that points at a new table
CREATE TABLE shops (id int PRIMARY KEY); ALTER TABLE orders ADD COLUMN shop_id int REFERENCES shops (id);

-- 109 C seed rows for a table without numbers
INSERT INTO audit_log (what) VALUES ('migrated');

-- 110 P seed rows with numbers of their own
INSERT INTO users (id, email) VALUES (4, 'four@example.org');

-- 111 C seed rows for a new table
CREATE TABLE kinds (id int PRIMARY KEY, word text); INSERT INTO kinds VALUES (1, 'x');

-- 112 L rows are written over
INSERT INTO users (email, name) VALUES ('ann@example.org', 'Other') ON CONFLICT (email) DO UPDATE SET name = excluded.name;

-- 113 C rows are written where none is
INSERT INTO users (email, age) VALUES ('ann@example.org', 3) ON CONFLICT (email) DO NOTHING;

-- 114 L rows move in one statement
WITH gone AS (DELETE FROM user_stars RETURNING *) INSERT INTO audit_log (what) SELECT repo FROM gone;

-- 115 C a table from a query
CREATE TABLE copy_of_users AS SELECT * FROM users;

-- 116 C a table from a query, the other way
SELECT id INTO copy_of_ids FROM users;

-- 117 L a merge overwrites
MERGE INTO a USING b ON a.id = b.a_id WHEN MATCHED THEN UPDATE SET n = 77;

-- 118 C a partition more
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- 119 B a partition is detached
ALTER TABLE events DETACH PARTITION events_2024;

-- 120 L a partition is dropped
DROP TABLE events_2024;

-- 121 B an extension is dropped
DROP EXTENSION pgcrypto;

-- 122 C an extension is made
CREATE EXTENSION IF NOT EXISTS hstore;

-- 123 C remarks and housekeeping
COMMENT ON TABLE users IS 'people'; ANALYZE users; SET statement_timeout = '5s'; SELECT 1;

-- 124 B a number is always made by the database
ALTER TABLE slots ALTER COLUMN id SET GENERATED ALWAYS;

-- 125 B a number is not made by the database any more
ALTER TABLE slots ALTER COLUMN id DROP IDENTITY;

-- 126 C renamed and renamed back
ALTER TABLE user_stars RENAME TO x; ALTER TABLE x RENAME TO user_stars;

-- 127 C a column renamed and renamed back
ALTER TABLE users RENAME COLUMN age TO years; ALTER TABLE users RENAME years TO age;

-- 128 B two tables change places
ALTER TABLE a RENAME TO tmp; ALTER TABLE b RENAME TO a; ALTER TABLE tmp RENAME TO b;

-- 129 L a table is made anew
DROP TABLE audit_log; CREATE TABLE audit_log (at timestamp, what text); GRANT ALL ON audit_log TO app;

-- 130 B a table steps into another's place
ALTER TABLE recipe RENAME TO recipe_old; CREATE TABLE recipe (id serial PRIMARY KEY, title text NOT NULL, view_count int NOT NULL);

-- 131 B two rows exclude each other
CREATE EXTENSION btree_gist; ALTER TABLE slots ADD CONSTRAINT one EXCLUDE USING gist (room WITH =);

-- 132 C a constraint is proven
ALTER TABLE orders VALIDATE CONSTRAINT fk_u;

-- 133 C how a table is stored
ALTER TABLE users SET (fillfactor = 70); ALTER TABLE users ALTER COLUMN name SET STATISTICS 200;

-- 134 C a role
CREATE ROLE reader NOLOGIN;

-- 135 C a temporary table
CREATE TEMP TABLE work (id int); INSERT INTO work VALUES (1); DROP TABLE work;

-- 136 C rights for objects to come
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO app;

-- 137 C a new type and a column of it
CREATE TYPE mood AS ENUM ('good', 'bad'); ALTER TABLE users ADD COLUMN mood mood DEFAULT 'good';

-- 138 C a new domain
CREATE DOMAIN short AS varchar(3);

-- 139 C a trigger on a new table
CREATE TABLE t (at timestamp, id int); CREATE TRIGGER s BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stamp();

-- 140 C a new unique index over a new column
ALTER TABLE users ADD COLUMN slug text; CREATE UNIQUE INDEX by_slug ON users (slug);

-- 141 C a check on a new column
ALTER TABLE users ADD COLUMN score int; ALTER TABLE users ADD CONSTRAINT score_ck CHECK (score > 0);

-- 142 C an index that comes and goes
CREATE INDEX i ON users (age); DROP INDEX i;

-- 143 C a reference that comes and goes in a new table
CREATE TABLE k (id int REFERENCES users (id)); DROP TABLE k;

-- 144 C a text without a limit is a text
ALTER TABLE recipe ALTER COLUMN title TYPE varchar;

-- 145 C a column that could be empty may be empty
ALTER TABLE users ALTER COLUMN age DROP NOT NULL;

-- 146 C a column that was required stays required
ALTER TABLE users ALTER COLUMN email SET NOT NULL;

-- 147 C a trigger is named differently
ALTER TRIGGER stamp_audit ON audit_log RENAME TO stamps;

-- 148 C statistics on two columns
CREATE STATISTICS s ON first, last FROM users;

-- 149 C a table is locked for a moment
BEGIN; LOCK TABLE users; ALTER TABLE users ADD COLUMN z int; COMMIT;

-- 150 P a new schema with tables of its own
CREATE SCHEMA billing; CREATE TABLE billing.users (id int); INSERT INTO billing.users VALUES (1);

-- 151 U rows are numbered by the migration
SELECT setval('users_id_seq', 1);

-- 152 B a view is gone and another takes its name
DROP VIEW active_users; CREATE VIEW lively AS SELECT 1 AS one;

-- 153 U a view is dropped and made again
DROP VIEW active_users; CREATE VIEW active_users AS SELECT id, email FROM users; GRANT SELECT ON active_users TO app;

-- 154 L a role that connects
DROP OWNED BY app;

-- 155 B a column renamed and one of its old name computed
ALTER TABLE recipe RENAME COLUMN title TO heading; ALTER TABLE recipe ADD COLUMN title text GENERATED ALWAYS AS (heading) STORED;

-- 156 C a new procedure
CREATE PROCEDURE tidy() LANGUAGE sql AS 'SELECT 1';

-- 157 L rows are deleted in a transaction
BEGIN; DELETE FROM user_stars WHERE user_id = 1; COMMIT;

-- 158 B rows that went along stay, and point at nothing
ALTER TABLE b DROP CONSTRAINT b_a_id_fkey;
