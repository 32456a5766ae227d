-- Limits of each key, of each queue, and of how many attempts start. 2147483647 is "no limit".
ALTER TABLE slot_limit ADD COLUMN rate_max INTEGER NOT NULL DEFAULT 2147483647
  CHECK (rate_max >= 1);
ALTER TABLE slot_limit ADD COLUMN rate_ms INTEGER NOT NULL DEFAULT 1000 CHECK (rate_ms >= 1);
ALTER TABLE slot_limit ADD COLUMN key_max INTEGER NOT NULL DEFAULT 2147483647
  CHECK (key_max >= 1);
ALTER TABLE slot_limit ADD COLUMN key_rate_max INTEGER NOT NULL DEFAULT 2147483647
  CHECK (key_rate_max >= 1);
ALTER TABLE slot_limit ADD COLUMN key_rate_ms INTEGER NOT NULL DEFAULT 1000
  CHECK (key_rate_ms >= 1);

ALTER TABLE queue ADD COLUMN running_max INTEGER NOT NULL DEFAULT 2147483647
  CHECK (running_max >= 1);
ALTER TABLE queue ADD COLUMN rate_max INTEGER NOT NULL DEFAULT 2147483647 CHECK (rate_max >= 1);
ALTER TABLE queue ADD COLUMN rate_ms INTEGER NOT NULL DEFAULT 1000 CHECK (rate_ms >= 1);

-- A key is a number made of its limit's name and its value, which only the job's row has: no table
-- of keys grows. All jobs of a lane have one, or none has.
ALTER TABLE job ADD COLUMN limit_value TEXT;
ALTER TABLE ready ADD COLUMN limit_key INTEGER;
ALTER TABLE running ADD COLUMN limit_key INTEGER;
ALTER TABLE stopping ADD COLUMN limit_key INTEGER;
CREATE INDEX ready_key ON ready (lane, limit_key, priority DESC, run_at, id)
  WHERE limit_key IS NOT NULL;
CREATE INDEX running_key ON running (limit_key) WHERE limit_key IS NOT NULL;

-- How many attempts have started that count until then, under limits that say how many may.
CREATE TABLE limit_start (
  limit_key INTEGER NOT NULL,        -- the number of the limit's name, or of its key's
  until     INTEGER NOT NULL,
  starts    INTEGER NOT NULL CHECK (starts >= 1),
  PRIMARY KEY (limit_key, until)
) WITHOUT ROWID;
CREATE INDEX limit_start_until ON limit_start (until);
