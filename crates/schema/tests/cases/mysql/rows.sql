-- What it stored.
INSERT INTO users (id, email, name, age, state, tags, note) VALUES
  (1,'ann@x','Ann',20,'new','a','n'),(2,'bob@x','Bob',NULL,'paid','a,b',NULL),(3,'cy@x',NULL,50,'gone',NULL,'long note');
INSERT INTO orders VALUES (1,1,5.25,'p'),(2,2,7,NULL);
INSERT INTO audit (what) VALUES ('x');
INSERT INTO nums VALUES (60000, 1.5, 'abc', 'bin', 0.1, '2026-01-02 03:04:05.678901', '01:02:03.456');
INSERT INTO `group` VALUES ('x', 1);
