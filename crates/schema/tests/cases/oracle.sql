-- What the oracle needs in the database: where the old values are, and whether rows still fit
-- the old tables. It works by number, not by name, so a rename hides nothing from it.
CREATE SCHEMA zz;
CREATE TABLE zz.cols AS
  SELECT a.attrelid AS rel, a.attnum AS num, (t.typtype = 'e' OR a.atttypid = 'public.order_state[]'::regtype) AS is_enum
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname IN ('public', 'extra') AND a.attnum > 0
    AND c.relname NOT IN ('alembic_version', 'schema_migrations', 'django_migrations');
CREATE TABLE zz.vals (stage text, rel oid, num int, val text, n bigint);

CREATE FUNCTION zz.norm(v text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN v ~ '^-?[0-9]+(\.[0-9]+)?$' THEN trim_scale(v::numeric)::text
              ELSE regexp_replace(v, '\+00$', '') END
$$;

CREATE FUNCTION zz.snap(stage text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  FOR one IN SELECT o.*, a.attname FROM zz.cols o
    JOIN pg_attribute a ON a.attrelid = o.rel AND a.attnum = o.num AND NOT a.attisdropped
  LOOP
    EXECUTE format(
      'INSERT INTO zz.vals SELECT %L, %s, %s, %s, count(*) FROM %s GROUP BY 4',
      stage, one.rel, one.num,
      CASE WHEN one.is_enum THEN '''value''' ELSE format('coalesce(zz.norm(%I::text COLLATE "C"), ''(null)'')', one.attname) END,
      one.rel::regclass);
  END LOOP;
END $$;

CREATE FUNCTION zz.lost() RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM zz.vals b LEFT JOIN zz.vals a
    ON a.stage = 'after' AND a.rel = b.rel AND a.num = b.num AND a.val = b.val
  WHERE b.stage = 'before' AND b.val <> '(null)' AND coalesce(a.n, 0) < b.n
$$;

CREATE TYPE zz.order_state AS ENUM ('new', 'paid', 'shipped');
CREATE TABLE zz.users (LIKE public.users INCLUDING CONSTRAINTS);
ALTER TABLE zz.users ALTER contact TYPE text;
CREATE TABLE zz.orders (LIKE public.orders INCLUDING CONSTRAINTS);
ALTER TABLE zz.orders ALTER state TYPE zz.order_state USING state::text::zz.order_state;
CREATE TABLE zz.recipe (LIKE public.recipe INCLUDING CONSTRAINTS);
CREATE TABLE zz.slots (LIKE public.slots INCLUDING CONSTRAINTS);
CREATE TABLE zz.prices (LIKE public.prices INCLUDING CONSTRAINTS);

-- How many rows the old tables could not hold.
CREATE FUNCTION zz.unfit() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE name text; row jsonb; old jsonb; bad bigint := 0;
BEGIN
  FOREACH name IN ARRAY ARRAY['users', 'orders', 'recipe', 'slots', 'prices'] LOOP
    IF to_regclass('public.' || name) IS NULL THEN CONTINUE; END IF;
    FOR row IN EXECUTE format('SELECT to_jsonb(t) FROM public.%I t', name) LOOP
      BEGIN
        EXECUTE format(
          'INSERT INTO zz.%I SELECT * FROM jsonb_populate_record(NULL::zz.%I, $1) RETURNING to_jsonb(%I)',
          name, name, name) INTO old USING row;
        IF NOT row @> old THEN bad := bad + 1; END IF;
      EXCEPTION WHEN others THEN bad := bad + 1;
      END;
    END LOOP;
    EXECUTE format('DELETE FROM zz.%I', name);
  END LOOP;
  RETURN bad;
END $$;
