-- What a program has to know before it uses the tables. compatible_from: programs that know this
-- schema or a newer one may use the database. Whoever takes away or changes what older ones use
-- raises it.
CREATE TABLE pawl.meta (
  name  text PRIMARY KEY,
  value text NOT NULL
);
INSERT INTO pawl.meta (name, value) VALUES ('compatible_from', '1');
