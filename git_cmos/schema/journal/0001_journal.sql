-- Told events: what was said with a command, an API call or an import. Only ever added to.
CREATE TABLE events (
  id      TEXT PRIMARY KEY,           -- 26 characters, sorts by time
  at      INTEGER NOT NULL,           -- microseconds since 1970, hybrid logical clock
  actor   TEXT NOT NULL,
  writer  TEXT NOT NULL,              -- which clone said it
  seq     INTEGER NOT NULL,           -- its position in that writer's ledger, from 1
  batch   TEXT NOT NULL,              -- one command, one batch
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,              -- what is folded again when this event comes late
  body    TEXT NOT NULL               -- JSON
) WITHOUT ROWID;
CREATE INDEX events_by_subject ON events (subject, at, id);
CREATE INDEX events_by_at ON events (at);
CREATE INDEX events_by_writer ON events (writer, seq);

-- What this clone knows of itself: writer, derived schema version, ...
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
