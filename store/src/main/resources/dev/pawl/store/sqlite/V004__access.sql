-- Who submitted the job; null for nobody. Only jobs that have an owner cost an entry of the index.
ALTER TABLE job ADD COLUMN owner TEXT;
CREATE INDEX job_owner ON job (owner, id) WHERE owner IS NOT NULL;

-- What a server's callers show. Of a key only its SHA-256 is kept: it is 256 random bits, so that
-- nobody guesses one from its hash.
CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  hash       BLOB NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL CHECK (role IN ('admin', 'user', 'viewer')),
  tenant     TEXT,                  -- null: all of them
  created_at INTEGER NOT NULL,
  expires_at INTEGER,               -- null: never
  revoked_at INTEGER,
  used_at    INTEGER
) STRICT, WITHOUT ROWID;
