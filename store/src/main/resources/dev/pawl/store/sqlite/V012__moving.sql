-- Where the jobs of this file are on their way to, or have gone (`pawl store copy`). One row while
-- they are.
CREATE TABLE moving (
  one          INTEGER PRIMARY KEY CHECK (one = 1),
  id           TEXT NOT NULL,     -- of the copy; the target has it too
  target       TEXT NOT NULL,     -- for people
  paused_until INTEGER,           -- until then nothing is claimed
  moved_at     INTEGER            -- since then nothing is written
) STRICT;

-- Rows that have changed and are to be copied once more: part is their table, the others their key.
-- Triggers write them while a copy is under way. A row that changes again gets a new number.
CREATE TABLE moving_change (
  n    INTEGER PRIMARY KEY AUTOINCREMENT,
  part TEXT NOT NULL,
  k1   ANY NOT NULL,
  k2   ANY NOT NULL DEFAULT '',
  k3   ANY NOT NULL DEFAULT '',
  UNIQUE (part, k1, k2, k3)
) STRICT;
