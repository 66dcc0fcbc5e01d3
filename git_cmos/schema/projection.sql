-- The projection: state as the fold of all events in view. Only `fold` writes here.
CREATE TABLE missions (
  id               TEXT PRIMARY KEY,
  sprint_id        TEXT,
  name             TEXT NOT NULL,
  status           TEXT NOT NULL DEFAULT 'Queued',
  objective        TEXT,
  context          TEXT,
  success_criteria TEXT NOT NULL DEFAULT '[]',   -- JSON
  deliverables     TEXT NOT NULL DEFAULT '[]',   -- JSON
  reference_docs   TEXT NOT NULL DEFAULT '[]',   -- JSON
  domain_fields    TEXT NOT NULL DEFAULT '{}',   -- JSON
  notes            TEXT,
  metadata         TEXT NOT NULL DEFAULT '{}',   -- JSON
  created_at       TEXT,
  started_at       TEXT,
  completed_at     TEXT,
  validation_score REAL,
  approval_state   TEXT,
  planned          INTEGER NOT NULL DEFAULT 0,   -- 0: only commits speak of it
  blocked_reason   TEXT,
  actor            TEXT,                         -- who set the status last
  decided_by       TEXT,                         -- the event that did
  decided_commit   TEXT,                         -- and the commit that carries it, if one does
  added_at         INTEGER NOT NULL,             -- order of adding: microseconds, then id
  added_id         TEXT NOT NULL,
  last_at          INTEGER NOT NULL,             -- the last event folded
  last_id          TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX missions_by_status ON missions (status, added_at, added_id);
CREATE INDEX missions_by_sprint ON missions (sprint_id, status, added_at, added_id);
CREATE INDEX missions_by_folded_id ON missions (lower(id));

CREATE TABLE mission_dependencies (
  from_id TEXT NOT NULL,
  type    TEXT NOT NULL,
  to_id   TEXT NOT NULL,
  needer  TEXT NOT NULL,              -- the mission that waits
  needed  TEXT NOT NULL,              -- for this one
  hard    INTEGER NOT NULL,           -- 0: orders only (Enables)
  PRIMARY KEY (from_id, type, to_id)
) WITHOUT ROWID;
CREATE INDEX dependencies_by_needer ON mission_dependencies (needer);
CREATE INDEX dependencies_by_needed ON mission_dependencies (needed);

CREATE TABLE sprints (
  id         TEXT PRIMARY KEY,
  title      TEXT NOT NULL,
  focus      TEXT,
  status     TEXT NOT NULL DEFAULT 'Planned',
  start_date TEXT,
  end_date   TEXT,
  added_at   INTEGER NOT NULL,
  added_id   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE session_events (         -- the work log
  id         TEXT PRIMARY KEY,
  subject    TEXT NOT NULL,
  at         INTEGER NOT NULL,        -- microseconds since 1970
  ts         TEXT NOT NULL,           -- the same, ISO 8601
  agent      TEXT NOT NULL,
  mission_id TEXT,
  action     TEXT NOT NULL,           -- start, complete, blocked, unblocked, commit, note
  status     TEXT NOT NULL,
  summary    TEXT NOT NULL,
  next_hint  TEXT,
  commit_oid TEXT,
  legal      INTEGER NOT NULL,        -- 0: the move was not possible and changed nothing
  details    TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX session_events_by_at ON session_events (at, id);
CREATE INDEX session_events_by_subject ON session_events (subject);
CREATE INDEX session_events_by_mission ON session_events (mission_id, at, id);

CREATE TABLE event_missions (         -- the other missions of a commit's line
  mission_id TEXT NOT NULL,
  event_id   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  PRIMARY KEY (mission_id, event_id)
) WITHOUT ROWID;
CREATE INDEX event_missions_by_subject ON event_missions (subject);

CREATE TABLE decisions (
  id         TEXT PRIMARY KEY,
  at         INTEGER NOT NULL,
  ts         TEXT NOT NULL,
  agent      TEXT NOT NULL,
  mission_id TEXT,
  missions   TEXT NOT NULL,           -- JSON
  session_id TEXT,
  title      TEXT NOT NULL,
  rationale  TEXT NOT NULL,
  commit_oid TEXT
) WITHOUT ROWID;

CREATE TABLE facts (
  id         TEXT PRIMARY KEY,
  at         INTEGER NOT NULL,
  ts         TEXT NOT NULL,
  agent      TEXT NOT NULL,
  mission_id TEXT,
  missions   TEXT NOT NULL,           -- JSON
  session_id TEXT,
  kind       TEXT NOT NULL,
  content    TEXT NOT NULL,
  commit_oid TEXT
) WITHOUT ROWID;

CREATE TABLE set_aside (              -- events this version cannot fold, and why
  id     TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  kind   TEXT NOT NULL
) WITHOUT ROWID;
