-- An unfinished job has exactly one row among waiting, later, ready, running; a finished one has
-- exactly one in outcome. A move deletes the old row and inserts the new one: whoever deletes the
-- row owns the move. Ids are UUIDv7 as 16 bytes; times are milliseconds since 1970, UTC.

CREATE TABLE tool (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  version TEXT NOT NULL,
  UNIQUE (name, version)
);

-- How many attempts may run at once among the lanes that name it. Id 0 is "no limit".
CREATE TABLE slot_limit (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  max  INTEGER NOT NULL CHECK (max >= 1)
);
INSERT INTO slot_limit (id, name, max) VALUES (0, '', 2147483647);

CREATE TABLE queue (
  name      TEXT PRIMARY KEY,
  paused    INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  depth_max INTEGER NOT NULL DEFAULT 2147483647 CHECK (depth_max >= 1)
) WITHOUT ROWID;

-- What claims go by: jobs of one queue, one tool version, one limit. Never deleted.
CREATE TABLE lane (
  id       INTEGER PRIMARY KEY,
  queue    TEXT NOT NULL REFERENCES queue (name),
  tool_id  INTEGER NOT NULL REFERENCES tool (id),
  limit_id INTEGER NOT NULL REFERENCES slot_limit (id),
  UNIQUE (queue, tool_id, limit_id)
);

-- RetryPolicy.line(); few distinct ones, named by many jobs.
CREATE TABLE policy (
  id   INTEGER PRIMARY KEY,
  line TEXT NOT NULL UNIQUE
);

-- What was submitted. Written once, never updated. Larger priority runs first.
CREATE TABLE job (
  id              BLOB PRIMARY KEY CHECK (length(id) = 16),
  lane            INTEGER NOT NULL,
  policy          INTEGER NOT NULL,
  priority        INTEGER NOT NULL,
  run_at          INTEGER NOT NULL,
  submitted_at    INTEGER NOT NULL,
  tenant          TEXT NOT NULL,
  ttl             INTEGER NOT NULL,
  go_on           INTEGER NOT NULL,
  parents         INTEGER NOT NULL,
  reuse_ttl       INTEGER NOT NULL,
  reuse_errors    INTEGER NOT NULL,
  hash            BLOB,
  key_parts       TEXT,
  tags            TEXT,
  correlation_id  TEXT,
  causation       TEXT,
  idempotency_key TEXT,
  input           TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX job_lane ON job (lane, id);
CREATE INDEX job_correlation ON job (correlation_id, id) WHERE correlation_id IS NOT NULL;
CREATE INDEX job_causation ON job (causation, id) WHERE causation IS NOT NULL;

CREATE TABLE tag (
  tag TEXT NOT NULL,
  id  BLOB NOT NULL,
  PRIMARY KEY (tag, id)
) WITHOUT ROWID;

CREATE TABLE waiting (
  id     BLOB PRIMARY KEY,
  leader BLOB                    -- a follower's; null waits for parents
) WITHOUT ROWID;
CREATE INDEX waiting_leader ON waiting (leader, id) WHERE leader IS NOT NULL;

CREATE TABLE flow_edge (
  parent BLOB NOT NULL,
  child  BLOB NOT NULL,
  PRIMARY KEY (parent, child)
) WITHOUT ROWID;
CREATE INDEX flow_edge_child ON flow_edge (child, parent);

CREATE TABLE later (
  id       BLOB PRIMARY KEY,
  due      INTEGER NOT NULL,
  lane     INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  attempt  INTEGER NOT NULL,
  failures INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX later_due ON later (due, id);

CREATE TABLE ready (
  lane     INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  run_at   INTEGER NOT NULL,
  id       BLOB NOT NULL,
  attempt  INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (lane, priority DESC, run_at, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX ready_lane_id ON ready (lane, id);

-- One per claim, its id chosen by the worker.
CREATE TABLE lease (
  id         BLOB PRIMARY KEY CHECK (length(id) = 16),
  worker     TEXT NOT NULL,
  valid_until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE running (
  id         BLOB PRIMARY KEY,
  lease      BLOB NOT NULL,
  attempt    INTEGER NOT NULL CHECK (attempt >= 1),
  failures   INTEGER NOT NULL,
  lane       INTEGER NOT NULL,
  limit_id   INTEGER,
  reuse      INTEGER NOT NULL,   -- whether followers or a kept result hang on its end
  started_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX running_limit ON running (limit_id) WHERE limit_id IS NOT NULL;

-- Attempts of cancelled jobs whose handler has not been seen to stop.
CREATE TABLE stopping (
  id       BLOB PRIMARY KEY,
  lease    BLOB NOT NULL,
  attempt  INTEGER NOT NULL,
  limit_id INTEGER
) WITHOUT ROWID;

-- state: 1 succeeded, 2 dead, 3 cancelled. output: JSON of a success, the message of an error.
CREATE TABLE outcome (
  id          BLOB PRIMARY KEY,
  lane        INTEGER NOT NULL,  -- the job's
  attempt     INTEGER NOT NULL,
  state       INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
  at          INTEGER NOT NULL,
  started_at  INTEGER,
  output      TEXT,
  class       TEXT CHECK ((class IS NOT NULL) = (state = 2)),
  cached_from BLOB
) WITHOUT ROWID;
CREATE INDEX outcome_unsuccessful ON outcome (state, id) WHERE state <> 1;
CREATE INDEX outcome_lane ON outcome (lane, state, id) WHERE state <> 1;

-- Attempts that ended without success.
CREATE TABLE attempt_end (
  id         BLOB NOT NULL,
  attempt    INTEGER NOT NULL,
  how        TEXT NOT NULL,
  worker     TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  class      TEXT,
  message    TEXT NOT NULL,
  PRIMARY KEY (id, attempt)
) WITHOUT ROWID;

CREATE TABLE artifact (
  id         BLOB NOT NULL,
  name       TEXT NOT NULL,
  size       INTEGER NOT NULL CHECK (size >= 0),
  sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
  media_type TEXT NOT NULL,
  PRIMARY KEY (id, name)
) WITHOUT ROWID;

CREATE TABLE progress (
  id       BLOB PRIMARY KEY,
  attempt  INTEGER NOT NULL,
  fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
  text     TEXT NOT NULL,
  at       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE log (
  id      BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  stream  INTEGER NOT NULL CHECK (stream IN (0, 1, 2)),
  text    TEXT NOT NULL,
  PRIMARY KEY (id, attempt, seq)
) WITHOUT ROWID;

CREATE TABLE idempotency (
  tenant    TEXT NOT NULL,
  key       TEXT NOT NULL,
  job_id    BLOB NOT NULL,
  body_hash BLOB NOT NULL,
  PRIMARY KEY (tenant, key)
) WITHOUT ROWID;

-- The unfinished job that runs an input for all who asked for the same.
CREATE TABLE flight (
  tenant TEXT NOT NULL,
  hash   BLOB NOT NULL,
  job_id BLOB NOT NULL,
  PRIMARY KEY (tenant, hash)
) WITHOUT ROWID;

-- The finished job whose result answers later ones: the cache.
CREATE TABLE kept (
  tenant      TEXT NOT NULL,
  hash        BLOB NOT NULL,
  job_id      BLOB NOT NULL,
  lane        INTEGER NOT NULL,  -- the job's
  valid_until INTEGER NOT NULL,
  PRIMARY KEY (tenant, hash)
) WITHOUT ROWID;
CREATE INDEX kept_until ON kept (valid_until);
CREATE INDEX kept_job ON kept (job_id);
CREATE INDEX kept_lane ON kept (lane, job_id);

-- Jobs that die when they have not started by then.
CREATE TABLE expiry (
  id BLOB PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX expiry_at ON expiry (at, id);

-- state: 0 waiting, 1 queued, 2 running, 3 succeeded, 4 dead, 5 cancelled.
CREATE TABLE counter (
  lane  INTEGER NOT NULL,
  state INTEGER NOT NULL,
  jobs  INTEGER NOT NULL,
  PRIMARY KEY (lane, state)
) WITHOUT ROWID;

CREATE TABLE worker (
  id             TEXT PRIMARY KEY,
  host           TEXT NOT NULL,
  pid            INTEGER NOT NULL,
  pid_started_at INTEGER NOT NULL,
  tools          TEXT NOT NULL,
  slots          INTEGER NOT NULL,
  started_at     INTEGER NOT NULL,
  seen_at        INTEGER NOT NULL
) WITHOUT ROWID;
