-- Who does what one does for all who share the file. It saves writes and guards nothing.
CREATE TABLE lead (
  duty        TEXT PRIMARY KEY,
  holder      TEXT NOT NULL,      -- a worker
  valid_until INTEGER NOT NULL    -- others may take it over then
) STRICT, WITHOUT ROWID;

ALTER TABLE worker ADD COLUMN can TEXT NOT NULL DEFAULT '';  -- words with a space between
ALTER TABLE worker ADD COLUMN drain_at INTEGER;              -- since then it is to claim nothing
