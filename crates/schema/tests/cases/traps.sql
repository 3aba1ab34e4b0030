-- What an adversary would write: migrations that are not understood at a glance. Same form as `cases.sql`.

-- 701 B a computed column that must not be empty
ALTER TABLE sketches ADD COLUMN n1 text GENERATED ALWAYS AS (lower(what)) STORED; ALTER TABLE sketches ALTER COLUMN n1 SET NOT NULL;

-- 702 U a default that is too large for another type
ALTER TABLE users ADD COLUMN n int DEFAULT 70000; ALTER TABLE users ALTER COLUMN n TYPE smallint USING 1;

-- 703 U a default that is too long for another type
ALTER TABLE users ADD COLUMN n text DEFAULT 'abcdef'; ALTER TABLE users ALTER COLUMN n TYPE varchar(3) USING 'a';

-- 704 U a default of another type that does not fit
ALTER TABLE users ADD COLUMN n uuid DEFAULT gen_random_uuid(); ALTER TABLE users ALTER COLUMN n TYPE varchar(10) USING 'a';

-- 705 U a domain with a default that it refuses
CREATE DOMAIN short AS text CHECK (length(VALUE) < 3); ALTER TABLE recipe ADD COLUMN s short; ALTER DOMAIN short SET DEFAULT 'nope';

-- 706 U a domain with a default that it refuses from the start
CREATE DOMAIN d1 AS int DEFAULT 3 CHECK (VALUE > 10); ALTER TABLE sketches ADD COLUMN m d1;

-- 707 B a domain that is made stricter before it is used
CREATE DOMAIN d1 AS int; ALTER DOMAIN d1 SET NOT NULL; ALTER TABLE sketches ADD COLUMN m d1;

-- 708 U a domain over a domain
CREATE DOMAIN d0 AS int NOT NULL; CREATE DOMAIN d1 AS d0; ALTER TABLE sketches ADD COLUMN m d1;

-- 709 B a domain in another schema that is called as one here
CREATE SCHEMA side; CREATE DOMAIN side.d1 AS int NOT NULL; CREATE DOMAIN d1 AS int; ALTER TABLE sketches ADD COLUMN m side.d1;

-- 710 B a domain in another schema that is called as a type
CREATE SCHEMA side; CREATE DOMAIN side.text AS int NOT NULL; ALTER TABLE sketches ADD COLUMN m side.text;

-- 711 U a partition that is split and has no parts
CREATE TABLE readings_2027 PARTITION OF readings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY LIST (v);

-- 712 U a partition elsewhere
CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere; CREATE FOREIGN TABLE readings_2027 PARTITION OF readings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') SERVER nowhere;

-- 713 U a partition that is made like another table
CREATE TABLE strict (at timestamptz NOT NULL, v double precision NOT NULL); CREATE TABLE readings_2027 (LIKE strict); ALTER TABLE readings ATTACH PARTITION readings_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- 714 U a partition that is split and then attached
CREATE TABLE readings_2027 (LIKE readings) PARTITION BY LIST (v); ALTER TABLE readings ATTACH PARTITION readings_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- 715 U a collation by which more is the same
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE users ALTER COLUMN name TYPE varchar(50) COLLATE ci;

-- 716 U rows that are not told apart any more
ALTER TABLE a REPLICA IDENTITY NOTHING; CREATE PUBLICATION every FOR TABLE a;

-- 717 U another default
ALTER TABLE users ALTER COLUMN note SET DEFAULT 'some';

-- 718 U a default with spaces in it
ALTER TABLE users ADD COLUMN n text; ALTER TABLE users ALTER COLUMN n TYPE varchar(5); ALTER TABLE users ALTER COLUMN n SET DEFAULT 'a        b';

-- 719 U a default that divides by nothing
ALTER TABLE users ADD COLUMN n text; ALTER TABLE users ALTER COLUMN n SET DEFAULT (1 / 0)::text;

-- 720 U a default that is cast at each row
ALTER TABLE users ADD COLUMN n text; ALTER TABLE users ALTER COLUMN n SET DEFAULT (99999999999)::int::text;

-- 721 U a default of a wider type
ALTER TABLE users ADD COLUMN n smallint; ALTER TABLE users ALTER COLUMN n SET DEFAULT '70000'::int;

-- 722 U a default in an array of a wider type
ALTER TABLE users ADD COLUMN n smallint[]; ALTER TABLE users ALTER COLUMN n SET DEFAULT '{70000}'::int[];

-- 723 U a default that is no value
ALTER TABLE sketches ADD COLUMN n text NOT NULL DEFAULT (NULL || 'x');

-- 724 U a default that is found to be no value
ALTER TABLE sketches ADD COLUMN n text NOT NULL DEFAULT nullif(lower('A'), 'a');

-- 725 U a default in a zone that is not there
ALTER TABLE users ADD COLUMN n timestamp; ALTER TABLE users ALTER COLUMN n SET DEFAULT timezone('Mars/Base', now());

-- 726 U a default that multiplies the next number
CREATE SEQUENCE s; GRANT ALL ON SEQUENCE s TO app; ALTER TABLE recipe ADD COLUMN n int; ALTER TABLE recipe ALTER COLUMN n SET DEFAULT nextval('s') * 3000000000;

-- 727 U a default with half an object
ALTER TABLE recipe ADD COLUMN n jsonb; ALTER TABLE recipe ALTER COLUMN n SET DEFAULT jsonb_build_object('a');

-- 728 U a default by a function of ours
CREATE FUNCTION no() RETURNS int LANGUAGE sql AS 'SELECT 1 / 0'; ALTER TABLE recipe ADD COLUMN n int; ALTER TABLE recipe ALTER COLUMN n SET DEFAULT no();

-- 729 U a function in two lines, one of them a remark
CREATE OR REPLACE FUNCTION charge(amount int) RETURNS int LANGUAGE sql AS 'SELECT amount -- * 2';

-- 730 B a check on a column called as a word
ALTER TABLE users ADD COLUMN value text; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.value := NEW.name; RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION g(); ALTER TABLE users ADD CONSTRAINT ck CHECK (value <> 'New');

-- 731 U a rule that swallows
CREATE RULE quiet AS ON INSERT TO user_stars DO INSTEAD NOTHING;

-- 732 B a restrictive policy
CREATE POLICY none ON vault AS RESTRICTIVE USING (false);

-- 733 U a policy is changed
ALTER POLICY mine ON vault USING (false);

-- 734 B a policy with row security
ALTER TABLE recipe ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON recipe FOR SELECT USING (true);

-- 735 B a policy open to another
CREATE ROLE other; ALTER TABLE recipe ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON recipe TO other USING (true);

-- 736 B a sequence begins anew
ALTER SEQUENCE recipe_id_seq RESTART WITH 1;

-- 737 B a sequence ends
ALTER SEQUENCE recipe_id_seq MAXVALUE 2;

-- 738 U a sequence belongs to what goes
CREATE TABLE tmp1 (id int); ALTER SEQUENCE invoice_no_seq OWNED BY tmp1.id; DROP TABLE tmp1;

-- 739 B an identity that takes no value
ALTER TABLE slots ALTER COLUMN id SET GENERATED ALWAYS;

-- 740 B an identity is gone
ALTER TABLE slots ALTER COLUMN id DROP IDENTITY;

-- 741 B an identity for what the old release numbers itself
ALTER TABLE a ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- 742 B rows that exclude each other
ALTER TABLE prices ADD CONSTRAINT e EXCLUDE USING btree (amount WITH =);

-- 743 U a child that shows in an old table
CREATE TABLE kid (x int) INHERITS (recipe); INSERT INTO kid (title) VALUES ('k');

-- 744 U an event trigger
CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE EVENT TRIGGER ev ON ddl_command_start EXECUTE FUNCTION ev();

-- 745 U a path for the whole database
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = archive', current_database()); END $$;

-- 746 U a setting of the role
ALTER ROLE app SET default_transaction_read_only = on;

-- 747 U a path of the role
ALTER ROLE app SET search_path = archive;

-- 748 U a role may not connect
ALTER ROLE app NOLOGIN;

-- 749 B a table moves
ALTER TABLE recipe SET SCHEMA archive;

-- 750 B a type moves
ALTER TYPE order_state SET SCHEMA archive;

-- 751 B a domain moves
ALTER DOMAIN email_t SET SCHEMA archive;

-- 752 B a schema is called otherwise
ALTER SCHEMA extra RENAME TO more;

-- 753 U a view belongs to another
CREATE ROLE someone; ALTER VIEW active_users OWNER TO someone;

-- 754 B a right is taken
REVOKE INSERT ON recipe FROM app;

-- 755 B a right on the schema is taken
REVOKE ALL ON SCHEMA extra FROM app;

-- 756 B a right to call is taken
REVOKE EXECUTE ON FUNCTION charge(int) FROM PUBLIC;

-- 757 B a right on a type is taken
REVOKE USAGE ON TYPE email_t FROM PUBLIC;

-- 758 U a view asks with the rights of who asks
ALTER VIEW active_users SET (security_invoker = on);

-- 759 U a view refuses what it does not show
ALTER VIEW active_users SET (check_option = local);

-- 760 U an operator of ours is met
CREATE FUNCTION never(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false'; CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = never);

-- 761 U a cast of ours
CREATE FUNCTION state_of(text) RETURNS order_state LANGUAGE sql AS $$ SELECT 'new'::order_state $$; CREATE CAST (text AS order_state) WITH FUNCTION state_of(text) AS IMPLICIT;

-- 762 U an operator class for all indexes
CREATE OPERATOR CLASS mine DEFAULT FOR TYPE order_state USING btree AS OPERATOR 1 < (anyenum, anyenum), OPERATOR 2 <= (anyenum, anyenum), OPERATOR 3 = (anyenum, anyenum), OPERATOR 4 >= (anyenum, anyenum), OPERATOR 5 > (anyenum, anyenum), FUNCTION 1 enum_cmp(anyenum, anyenum);

-- 763 U an index that computes what fails
CREATE INDEX i ON prices ((100 / (amount - 2000000000)));

-- 764 B a unique index in which a part is the same
CREATE UNIQUE INDEX i ON users ((state IS NOT NULL)) WHERE id > 3;

-- 765 L rows go through a temporary name
CREATE TEMP TABLE gone AS SELECT 1 AS id; DELETE FROM public.user_stars;

-- 766 L rows go by a quoted name
DELETE FROM "user_stars";

-- 767 L rows go after a comment within a comment
/* a /* b */ DROP TABLE nothing; */ DELETE FROM user_stars;

-- 768 L rows go behind a dollar quote
COMMENT ON TABLE users IS $x$ it's $x$; DELETE FROM user_stars; COMMENT ON TABLE users IS $x$ it's $x$;

-- 769 L rows go behind a string with a backslash
COMMENT ON TABLE users IS E'it\\'; DELETE FROM user_stars; --';

-- 770 L rows go in a query
WITH gone AS (DELETE FROM user_stars RETURNING *) SELECT count(*) FROM gone;

-- 771 L rows are overwritten by MERGE
MERGE INTO recipe r USING a ON r.id = a.id WHEN MATCHED THEN UPDATE SET title = 'x';

-- 772 L rows go where a key follows
DELETE FROM a WHERE id = 1;

-- 773 L a large text in its own block
DO $$ BEGIN EXECUTE 'DELETE FROM user_stars'; END $$;

-- 774 B a constraint that is checked later
ALTER TABLE users DROP CONSTRAINT users_email_uq; ALTER TABLE users ADD CONSTRAINT users_email_uq UNIQUE (email) DEFERRABLE INITIALLY DEFERRED;

-- 775 B a function with another result
DROP FUNCTION charge(int); CREATE FUNCTION charge(amount int) RETURNS text LANGUAGE sql AS $$ SELECT amount::text $$;

-- 776 B a trigger sleeps
ALTER TABLE audit_log DISABLE TRIGGER stamp_audit;

-- 777 B a name in another case
CREATE TABLE "Users" (id int); ALTER TABLE Users ADD COLUMN must int NOT NULL DEFAULT 1; ALTER TABLE Users ADD CHECK (must > 1) NOT VALID;

-- 778 U a table is kept by another access method
ALTER TABLE recipe SET ACCESS METHOD heap;

-- 779 B rows are read only
CREATE VIEW v AS SELECT 1; REVOKE UPDATE ON a FROM app;

-- 780 B a column right alone
REVOKE ALL ON roles FROM app; GRANT SELECT (id) ON roles TO app;

-- 781 B a materialized view is not filled
REFRESH MATERIALIZED VIEW order_totals WITH NO DATA;

-- 782 B a view of no rows instead of a table
ALTER TABLE recipe RENAME TO recipes; CREATE VIEW recipe AS SELECT * FROM recipes WHERE false; GRANT ALL ON recipe TO app;

-- 783 U an extension is made another
ALTER EXTENSION pgcrypto DROP FUNCTION digest(text, text);

-- 784 B an extension moves
ALTER EXTENSION pgcrypto SET SCHEMA archive;
