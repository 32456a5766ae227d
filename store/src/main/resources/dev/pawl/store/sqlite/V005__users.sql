-- Who signs in with a password. Of the password only a slow hash is kept, with its parameters.
CREATE TABLE user_account (
  name         TEXT PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  email        TEXT,
  full_name    TEXT,
  role         TEXT NOT NULL CHECK (role IN ('admin', 'user', 'viewer')),
  tenant       TEXT,                -- null: all of them
  password     TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  disabled_at  INTEGER,
  signed_in_at INTEGER
) STRICT, WITHOUT ROWID;

-- Who has signed in. Of the token only its SHA-256 is kept: it is 256 random bits.
CREATE TABLE session (
  hash       BLOB PRIMARY KEY,
  user       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('browser', 'refresh')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_user ON session (user, kind, created_at);
CREATE INDEX session_end ON session (expires_at);

-- What servers of this store sign with; made when it is first wanted.
CREATE TABLE secret (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
