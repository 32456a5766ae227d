-- Limits of each key, of each queue, and of how many attempts start. 2147483647 is "no limit".
ALTER TABLE pawl.slot_limit
  ADD COLUMN rate_max integer NOT NULL DEFAULT 2147483647 CHECK (rate_max >= 1),
  ADD COLUMN rate_ms bigint NOT NULL DEFAULT 1000 CHECK (rate_ms >= 1),
  ADD COLUMN key_max integer NOT NULL DEFAULT 2147483647 CHECK (key_max >= 1),
  ADD COLUMN key_rate_max integer NOT NULL DEFAULT 2147483647 CHECK (key_rate_max >= 1),
  ADD COLUMN key_rate_ms bigint NOT NULL DEFAULT 1000 CHECK (key_rate_ms >= 1);

ALTER TABLE pawl.queue
  ADD COLUMN running_max integer NOT NULL DEFAULT 2147483647 CHECK (running_max >= 1),
  ADD COLUMN rate_max integer NOT NULL DEFAULT 2147483647 CHECK (rate_max >= 1),
  ADD COLUMN rate_ms bigint NOT NULL DEFAULT 1000 CHECK (rate_ms >= 1);

-- A key is a number made of its limit's name and its value, which only the job's row has: no table
-- of keys grows. All jobs of a lane have one, or none has.
ALTER TABLE pawl.job ADD COLUMN limit_value text;
ALTER TABLE pawl.ready ADD COLUMN limit_key bigint;
ALTER TABLE pawl.running ADD COLUMN limit_key bigint;
ALTER TABLE pawl.stopping ADD COLUMN limit_key bigint;
CREATE INDEX ready_key ON pawl.ready (lane, limit_key, priority DESC, run_at, id)
  WHERE limit_key IS NOT NULL;
CREATE INDEX running_key ON pawl.running (limit_key) WHERE limit_key IS NOT NULL;

-- How many attempts have started that count until then, under limits that say how many may.
CREATE TABLE pawl.limit_start (
  limit_key bigint NOT NULL,         -- the number of the limit's name, or of its key's
  until     bigint NOT NULL,
  starts    integer NOT NULL CHECK (starts >= 1),
  PRIMARY KEY (limit_key, until)
);
CREATE INDEX limit_start_until ON pawl.limit_start (until);
