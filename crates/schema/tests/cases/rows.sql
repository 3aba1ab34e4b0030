INSERT INTO users (email, name, first, last, age, contact) VALUES
  ('ann@example.org', 'Ann', 'Ann', 'Lee', 41, 'ann@example.org'),
  ('bob@example.org', 'Bob', 'Bob', 'Ray', 17, 'somewhere'),
  ('eve@example.org', 'Eve', 'Eve', 'Fox', 25, NULL);
INSERT INTO orders (id, user_id, state, amount, payload) VALUES (1, 1, 'paid', 10.25, '5'), (2, 2, 'new', 0, 'x');
INSERT INTO user_stars VALUES (1, 'x'), (2, 'y');
INSERT INTO recipe (title, view_count) VALUES ('soup', 3), ('bread', 0);
INSERT INTO audit_log (what) VALUES ('start');
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1);
INSERT INTO events VALUES ('2024-05-05', 'launch');
INSERT INTO slots (room, label) VALUES (1, 'one');
INSERT INTO extra.things VALUES (1);
REFRESH MATERIALIZED VIEW order_totals;
INSERT INTO roles (name) VALUES ('admin'), ('reader');
INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France');
INSERT INTO posts (author_id, title, body, views) VALUES (2, 'one', 'text', 3), (NULL, 'two', NULL, 0);
INSERT INTO vault VALUES (1, 'app', 'mine'), (2, 'other', 'theirs');
INSERT INTO prices (amount, qty, label) VALUES (100, 2, 'a'), (5, 1, 'b');
INSERT INTO batches VALUES (1, '{new,paid}');
INSERT INTO readings VALUES ('2024-01-05', 1.5);
INSERT INTO alembic_version VALUES ('4ae1');
INSERT INTO schema_migrations VALUES ('20240101000000');
