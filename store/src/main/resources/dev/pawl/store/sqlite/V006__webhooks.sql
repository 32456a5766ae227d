-- Who wants to be told of events. The secret is kept as it is: each delivery is signed with it.
CREATE TABLE webhook (
  id         TEXT PRIMARY KEY,
  url        TEXT NOT NULL,
  secret     TEXT NOT NULL,
  tenant     TEXT NOT NULL,         -- empty: all of them
  states     TEXT NOT NULL,         -- words with a space between
  tool       TEXT NOT NULL,
  queue      TEXT NOT NULL,
  enabled    INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  position   INTEGER NOT NULL,      -- events up to this number are done with
  failures   INTEGER NOT NULL DEFAULT 0,
  held_until INTEGER                -- null: not held
) STRICT, WITHOUT ROWID;

-- What was sent, and what was answered; the newest of each webhook.
CREATE TABLE webhook_delivery (
  number      INTEGER PRIMARY KEY,
  webhook     TEXT NOT NULL,
  event       INTEGER NOT NULL,
  job         BLOB NOT NULL,
  attempt     INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  status      INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  answer      TEXT NOT NULL
) STRICT;
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook, number);
