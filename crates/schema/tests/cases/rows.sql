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
