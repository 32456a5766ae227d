-- Who does what one does for all who share the database. It saves statements and guards nothing.
CREATE TABLE pawl.lead (
  duty        text PRIMARY KEY,
  holder      text NOT NULL,      -- a worker
  valid_until bigint NOT NULL     -- others may take it over then
) WITH (fillfactor = 50);

ALTER TABLE pawl.worker
  ADD COLUMN can      text NOT NULL DEFAULT '',   -- words with a space between
  ADD COLUMN drain_at bigint;                     -- since then it is to claim nothing any more
