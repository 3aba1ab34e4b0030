-- Triggers, and what happens to columns under them. Same form as `cases.sql`.

-- 601 C a trigger that copies into a new column
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 602 U a unique index over what a trigger fills
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
CREATE UNIQUE INDEX nu ON users (n1);

-- 603 U a unique index before the trigger that fills it
ALTER TABLE users ADD COLUMN n1 text; CREATE UNIQUE INDEX nu ON users (n1);
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 604 U a check over what a trigger fills
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
ALTER TABLE users ADD CONSTRAINT ck CHECK (n1 <> 'New');

-- 605 U a key over what a trigger fills
CREATE TABLE nn (x text PRIMARY KEY); ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
ALTER TABLE users ADD FOREIGN KEY (n1) REFERENCES nn (x);

-- 606 U a trigger fills what is then shorter
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
ALTER TABLE users ALTER COLUMN n1 TYPE varchar(2);

-- 607 U a trigger fills what is then gone
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
ALTER TABLE users DROP COLUMN n1;

-- 608 U a trigger fills what is then called otherwise
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
ALTER TABLE users RENAME COLUMN n1 TO n2;

-- 609 B a trigger fills what is then required
ALTER TABLE users ADD COLUMN n1 text; UPDATE users SET n1 = coalesce(name, 'none'); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
ALTER TABLE users ALTER COLUMN n1 SET NOT NULL;

-- 610 U a trigger is made safe and then refuses
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;

-- 611 U a trigger is made safe and then drops rows
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;

-- 612 U a function of a new trigger goes with it
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
DROP FUNCTION g() CASCADE;

-- 613 U a trigger copies from a column that is not there
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.nme; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 614 U a trigger asks another table
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := (SELECT what FROM audit_log WHERE 1 / (NEW.age - 12) > 0); RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 615 U a trigger fills what must not be empty from what may be
ALTER TABLE users ADD COLUMN n1 text NOT NULL DEFAULT 'x'; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 616 U a trigger divides
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := (1 / (NEW.age - 12))::text; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 617 U a trigger calls what its type has not
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := lower(NEW.age); RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 618 U a trigger puts numbers together as texts
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.age || NEW.id; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 619 U a trigger that ends without a row
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; IF NEW.age IS NULL THEN RETURN NEW; END IF; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 620 U a trigger that catches what it must not
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name::int; RETURN NEW; EXCEPTION WHEN others THEN RETURN NULL; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 621 U a trigger with a condition that fails
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (1 / (NEW.age - 12) >= 0) EXECUTE FUNCTION g();

-- 622 U a trigger that asks for an old row where there is none
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name IS DISTINCT FROM OLD.name THEN NEW.n1 := NEW.name; END IF; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 623 U a trigger that asks with a cast
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name::int > 0 THEN NEW.n1 := NEW.name; END IF; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 624 U a trigger with a setting it may not have
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql SET session_replication_role = replica AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 625 U a trigger sets more than the new column
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; NEW.state := NULL; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 626 U a trigger fills a short column with a long text
ALTER TABLE users ADD COLUMN n1 varchar(2); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 627 U a trigger fills a number with a text
ALTER TABLE users ADD COLUMN n1 int; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 628 U a trigger fills a domain
ALTER TABLE users ADD COLUMN n1 positive; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := -1; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 629 U a trigger that tests and is then made another, in a block
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n1 := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION g();
DO $$ BEGIN CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; END $$;

-- 630 U a safe function in a block that never runs
ALTER TABLE users ADD COLUMN n1 text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; DO $$ BEGIN IF false THEN CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.n1 := NEW.name; RETURN NEW; END'; END IF; END $$;
CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION g();

-- 631 B what an old trigger reads is called otherwise
ALTER TABLE audit_log RENAME COLUMN at TO moment;

-- 632 U an old trigger does another thing
CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

-- 633 U an old trigger and one more, which goes first
CREATE FUNCTION first_one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER a_first BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION first_one();

-- 634 C a trigger that fills, asks and puts together
ALTER TABLE users ADD COLUMN n1 text; ALTER TABLE users ADD COLUMN n2 timestamptz;
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name IS NOT NULL THEN NEW.n1 := lower(NEW.name) || ' <' || coalesce(NEW.email, '') || '>'; END IF; NEW.n2 := now(); RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION g();
