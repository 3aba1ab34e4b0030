-- Migrations that look harmless and are not. Same form as `cases.sql`.

-- 401 U a view made anew without the rights on it
DROP VIEW active_users; CREATE VIEW active_users AS SELECT id, email FROM users WHERE state = 'active';

-- 402 P a table renamed behind a view that nobody may use
ALTER TABLE recipe RENAME TO recipes; CREATE VIEW recipe AS SELECT * FROM recipes;

-- 403 P a table renamed behind a view that may only be read
ALTER TABLE recipe RENAME TO recipes; CREATE VIEW recipe AS SELECT * FROM recipes; GRANT SELECT ON recipe TO app;

-- 404 L names that the user decides
SET search_path = "$user", public; CREATE SCHEMA owner; CREATE TABLE recipe (id int); DELETE FROM public.recipe;

-- 405 P a table in a schema called as the old release's role
CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO app; CREATE TABLE app.recipe (id int PRIMARY KEY);

-- 406 L a default that the domain of the column refuses
CREATE TABLE work AS SELECT 1; TRUNCATE audit_log; ALTER TABLE audit_log ADD COLUMN n positive DEFAULT 0;

-- 407 B a default that a check refuses
ALTER TABLE prices ALTER COLUMN qty SET DEFAULT 0; ALTER TABLE prices ALTER COLUMN rate SET DEFAULT 1; ALTER TABLE users ALTER COLUMN name SET DEFAULT repeat('x', 60);

-- 408 U a default that is too long
ALTER TABLE users ALTER COLUMN name SET DEFAULT 'a name that is a good deal longer than the column that takes it';

-- 409 B a default that is met twice
ALTER TABLE users ALTER COLUMN name SET DEFAULT 'Ann';

-- 410 B a default that points nowhere
ALTER TABLE posts ALTER COLUMN author_id SET DEFAULT 99; ALTER TABLE orders ALTER COLUMN user_id SET DEFAULT 99; ALTER TABLE orders ALTER COLUMN placed SET DEFAULT NULL;

-- 411 U a product that is too large
ALTER TABLE prices ADD COLUMN total int GENERATED ALWAYS AS (amount * qty) STORED;

-- 412 U a sum that is too large
ALTER TABLE posts ADD COLUMN next int GENERATED ALWAYS AS (views + 1) STORED;

-- 413 U a computed text that is too long
ALTER TABLE posts ADD COLUMN short varchar(20) GENERATED ALWAYS AS (lower(title)) STORED;

-- 414 U a number that does not fit what it is computed into
ALTER TABLE prices ADD COLUMN small smallint GENERATED ALWAYS AS (amount) STORED;

-- 415 P what follows is held fast by what comes behind
CREATE TABLE cards (id int PRIMARY KEY, user_id int REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE charges (id int PRIMARY KEY, card_id int REFERENCES cards (id));
-- new
INSERT INTO cards VALUES (1, 3); INSERT INTO charges VALUES (1, 1);

-- 416 P what is emptied must not be
CREATE TABLE cards (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users (id) ON DELETE SET NULL);
-- new
INSERT INTO cards VALUES (1, 3);

-- 417 U what follows is refused by a trigger
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''kept''; END';
CREATE TABLE cards (id int PRIMARY KEY, user_id int REFERENCES users (id) ON DELETE CASCADE);
CREATE TRIGGER keep BEFORE DELETE ON cards FOR EACH ROW EXECUTE FUNCTION keep();
-- new
INSERT INTO cards VALUES (1, 3);

-- 418 P a key that is changed, and followed only when it goes
CREATE TABLE shops (id int PRIMARY KEY, country char(2) REFERENCES countries (code) ON DELETE CASCADE);
-- new
INSERT INTO shops VALUES (1, 'de');

-- 419 U a new table with rows becomes a part of an old one
CREATE TABLE events_2025 (LIKE events); INSERT INTO events_2025 VALUES ('2025-02-02', 'x');
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- 420 U a partition that refuses what the rest took
CREATE TABLE readings_2027 (at timestamptz NOT NULL, v double precision NOT NULL);
ALTER TABLE readings ATTACH PARTITION readings_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- 421 B a partition that is made and then made stricter
CREATE TABLE readings_2027 PARTITION OF readings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER TABLE readings_2027 ADD CONSTRAINT v_ck CHECK (v > 5);

-- 422 B a partition in which nothing comes twice
CREATE TABLE readings_2027 PARTITION OF readings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE UNIQUE INDEX once ON readings_2027 (at);

-- 423 U a partition with a rule of its own
CREATE TABLE readings_2027 PARTITION OF readings (v NOT NULL) FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- 424 U a new table shows in an old one
CREATE TABLE more_recipes (id int NOT NULL, title text, view_count int);
INSERT INTO more_recipes VALUES (7, 'x', 1);
ALTER TABLE more_recipes INHERIT recipe;

-- 425 U a function is called as if it were a column
INSERT INTO audit_log (what) SELECT p.wipe::text FROM posts p;

-- 426 U a new column has the name of a function of its table
ALTER TABLE posts ADD COLUMN rank_of text;

-- 427 U a new function has the name of a column of its table
CREATE FUNCTION title(p posts) RETURNS text LANGUAGE sql AS 'SELECT (1 / 0)::text';

-- 428 U a new table whose trigger writes into an old one
CREATE TABLE inbox (id int);
CREATE FUNCTION spill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM user_stars; RETURN NEW; END';
CREATE TRIGGER spill AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION spill();
INSERT INTO inbox VALUES (1);

-- 429 U a new table whose rule writes into an old one
CREATE TABLE inbox (id int);
CREATE RULE spill AS ON INSERT TO inbox DO ALSO DELETE FROM user_stars;
INSERT INTO inbox VALUES (1);

-- 430 L a new view through which an old table is written
CREATE VIEW stars AS SELECT * FROM user_stars; DELETE FROM stars;

-- 431 B one more policy shows more rows
CREATE POLICY all_of_it ON vault FOR SELECT USING (true);

-- 432 B row security for the owner as well
ALTER TABLE vault FORCE ROW LEVEL SECURITY; DROP POLICY mine ON vault;

-- 433 P an enum in arrays has one more value
ALTER TYPE order_state ADD VALUE 'returned';
-- new
UPDATE orders SET state = 'returned' WHERE id = 2; UPDATE batches SET states = '{returned}';

-- 434 B an index of a name that is there twice
DROP INDEX extra.twice;

-- 435 L a backfill that touches what a trigger keeps
ALTER TABLE posts ADD COLUMN n int; UPDATE posts SET n = 1;

-- 436 P numbers that the next rows meet
INSERT INTO roles (id, name) VALUES (3, 'auditor');

-- 437 P a column that fills itself from a sequence without rights
CREATE SEQUENCE ticket_no; ALTER TABLE recipe ADD COLUMN ticket bigint DEFAULT nextval('ticket_no');

-- 438 P a column that is numbered by a sequence without rights
ALTER TABLE recipe ADD COLUMN ticket serial;

-- 439 U a second function of a name
CREATE FUNCTION charge(amount bigint) RETURNS int LANGUAGE sql AS 'SELECT 1 / 0';

-- 440 U a function that comes before one of the database
CREATE FUNCTION abs(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1 / 0'; CREATE FUNCTION length(varchar) RETURNS int LANGUAGE sql AS 'SELECT 1 / 0';

-- 441 L DO: rows go where there are too many
DO $$ BEGIN IF EXISTS (SELECT 1 FROM user_stars) THEN DELETE FROM user_stars; END IF; END $$;

-- 442 U DO: a text is put together
DO $$ DECLARE t text := 'user_stars'; BEGIN EXECUTE format('DROP TABLE %I', t); END $$;

-- 443 L DO: a table goes
DO $$ BEGIN DROP TABLE user_stars; EXCEPTION WHEN undefined_table THEN NULL; END $$;

-- 444 B DO: a default that may not be set
ALTER TABLE users ADD COLUMN rank int; UPDATE users SET rank = 1;
DO $$ BEGIN IF false THEN ALTER TABLE users ALTER COLUMN rank SET DEFAULT 1; END IF; END $$;
ALTER TABLE users ALTER COLUMN rank SET NOT NULL;

-- 445 L DO: a view that may not be there
ALTER TABLE user_stars RENAME TO stars; DO $$ BEGIN IF false THEN CREATE VIEW user_stars AS SELECT * FROM stars; END IF; END $$; DELETE FROM stars;

-- 446 B a unique constraint behind a name
ALTER TABLE roles ADD CONSTRAINT one_letter UNIQUE (name) DEFERRABLE; CREATE UNIQUE INDEX amounts ON prices (amount);

-- 447 U a trigger that sets what the old release reads
CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.state = NULL; RETURN NEW; END';
CREATE TRIGGER hide BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION hide();

-- 448 U a trigger that drops the row
ALTER TABLE recipe ADD COLUMN n int;
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.n = 1; RETURN NULL; END';
CREATE TRIGGER swallow BEFORE INSERT ON recipe FOR EACH ROW EXECUTE FUNCTION swallow();

-- 449 L a default that does not always fit
TRUNCATE audit_log; ALTER TABLE audit_log ADD COLUMN n varchar(10) DEFAULT gen_random_uuid()::text;

-- 450 U an index that long texts do not fit
CREATE INDEX posts_body ON posts (body);

-- 451 U a view that looks the same and shows less
CREATE OR REPLACE VIEW active_users AS SELECT id, email FROM users WHERE state = 'active' AND id > 1;

-- 452 U a numeric that is rounded into a smaller one
ALTER TABLE prices ADD COLUMN gross numeric(6,2) GENERATED ALWAYS AS (rate * 2) STORED;

-- 453 L rows of an old table by way of a tool's name in another schema
CREATE SCHEMA tools; DELETE FROM user_stars; INSERT INTO schema_migrations VALUES ('1');

-- 454 P a child that follows, and points at by its own
CREATE TABLE threads (id int PRIMARY KEY, post_id bigint REFERENCES posts (id) ON DELETE CASCADE, parent_id int REFERENCES threads (id));
-- new
INSERT INTO threads VALUES (1, 1, NULL), (2, 2, 1);
