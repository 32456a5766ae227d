-- What happened to jobs, a row for each commit that moved any, in the order of the commits. number is
-- the last event's; the others of the row come right before it. A number is never used again: the
-- newest row is never deleted. moves: 24 bytes for each event (SqliteEvents).
CREATE TABLE event (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  at     INTEGER NOT NULL,
  moves  BLOB NOT NULL CHECK (length(moves) > 0 AND length(moves) % 24 = 0)
);
