-- The projection: state as the fold of all events in view. Only `fold` writes here.
CREATE TABLE missions (               -- units of work; `Current` by derivation is in project_state
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

CREATE TABLE mission_dependencies (   -- `from_id type to_id`, read as a sentence
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

CREATE TABLE sprints (                -- stretches of work; their counts are in sprint_summary
  id         TEXT PRIMARY KEY,
  title      TEXT NOT NULL,
  focus      TEXT,
  status     TEXT NOT NULL DEFAULT 'Planned',
  start_date TEXT,
  end_date   TEXT,
  added_at   INTEGER NOT NULL,
  added_id   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE adoptions (              -- patterns by which commits that bear no trailer are read
  pattern TEXT PRIMARY KEY,
  claim   TEXT NOT NULL,              -- work, start, complete
  within  TEXT NOT NULL,              -- subject, message
  agent   TEXT NOT NULL,
  ts      TEXT NOT NULL               -- when it was adopted, ISO 8601
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
  session_id TEXT,                    -- the session that the commit names
  legal      INTEGER NOT NULL,        -- 0: the move was not possible and changed nothing
  details    TEXT NOT NULL DEFAULT '{}',  -- JSON
  mission    TEXT AS (mission_id)     -- the same under its older name
) WITHOUT ROWID;
CREATE INDEX session_events_by_at ON session_events (at, id);
CREATE INDEX session_events_by_subject ON session_events (subject);
CREATE INDEX session_events_by_mission ON session_events (mission_id, at, id);
CREATE INDEX session_events_by_session ON session_events (session_id) WHERE session_id IS NOT NULL;

CREATE TABLE event_missions (         -- the other missions of a commit's line
  mission_id TEXT NOT NULL,
  event_id   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  PRIMARY KEY (mission_id, event_id)
) WITHOUT ROWID;
CREATE INDEX event_missions_by_subject ON event_missions (subject);

CREATE TABLE decisions (              -- choices and their reasons
  id            TEXT PRIMARY KEY,
  at            INTEGER NOT NULL,
  ts            TEXT NOT NULL,
  agent         TEXT NOT NULL,
  mission_id    TEXT,
  missions      TEXT NOT NULL,        -- JSON
  session_id    TEXT,                 -- as it was said: a session's name or key
  title         TEXT NOT NULL,
  rationale     TEXT NOT NULL,
  commit_oid    TEXT,
  superseded_by TEXT                  -- the decision that took its place
) WITHOUT ROWID;
CREATE INDEX decisions_by_at ON decisions (at, id);
CREATE INDEX decisions_by_title ON decisions (title);
CREATE INDEX decisions_by_session ON decisions (session_id);

CREATE TABLE facts (                  -- statements, only ever added to
  id         TEXT PRIMARY KEY,
  at         INTEGER NOT NULL,
  ts         TEXT NOT NULL,
  agent      TEXT NOT NULL,
  mission_id TEXT,
  missions   TEXT NOT NULL,           -- JSON
  session_id TEXT,
  kind       TEXT NOT NULL,
  content    TEXT NOT NULL,
  commit_oid TEXT,
  payload    TEXT AS (content)        -- the same under its older name
) WITHOUT ROWID;
CREATE INDEX facts_by_at ON facts (at, id);
CREATE INDEX facts_by_session ON facts (session_id);

CREATE TABLE session_rows (           -- planning, review, research: work that is not building
  key          TEXT PRIMARY KEY,      -- unique in all clones
  name         TEXT NOT NULL,         -- PS-YYYY-MM-DD-NNN, as its clone numbered it
  type         TEXT NOT NULL,
  title        TEXT NOT NULL,
  agent        TEXT NOT NULL,
  sprint_id    TEXT,
  status       TEXT NOT NULL,         -- active, completed, canceled
  started_at   TEXT NOT NULL,
  completed_at TEXT,
  summary      TEXT,
  at           INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_rows_by_at ON session_rows (at, key);
CREATE INDEX session_rows_by_status ON session_rows (status, at);
CREATE INDEX session_rows_by_name ON session_rows (name, at, key);

CREATE TABLE captures (               -- what was captured in a session
  id          TEXT NOT NULL,
  subject     TEXT NOT NULL,
  session_key TEXT NOT NULL,
  at          INTEGER NOT NULL,
  ts          TEXT NOT NULL,
  agent       TEXT NOT NULL,
  category    TEXT NOT NULL,          -- decision, learning, constraint, context, next-step
  content     TEXT NOT NULL,
  context     TEXT NOT NULL,
  PRIMARY KEY (subject, id)           -- a subject is folded alone: its rows collide with no other's
) WITHOUT ROWID;

CREATE TABLE next_steps (             -- said in sessions and in commits (`Next-Step:`)
  id         TEXT NOT NULL,
  subject    TEXT NOT NULL,
  at         INTEGER NOT NULL,
  ts         TEXT NOT NULL,
  agent      TEXT NOT NULL,
  content    TEXT NOT NULL,
  session_id TEXT,                    -- a session's name or key
  commit_oid TEXT,
  PRIMARY KEY (subject, id)
) WITHOUT ROWID;
CREATE INDEX next_steps_by_id ON next_steps (id);
CREATE INDEX next_steps_by_session ON next_steps (session_id);

CREATE TABLE ticks (                  -- next steps that were ticked off
  id    TEXT PRIMARY KEY,
  ts    TEXT NOT NULL,
  agent TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE contexts (               -- what was told of project_context and master_context
  id         TEXT PRIMARY KEY,
  content    TEXT NOT NULL,           -- JSON; the derived part is added when it is read
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE context_snapshots (      -- contexts as they were
  id           TEXT PRIMARY KEY,
  context_id   TEXT NOT NULL,
  session_id   TEXT,
  source       TEXT NOT NULL,
  content_hash TEXT NOT NULL,         -- SHA-256 of the content
  content      TEXT NOT NULL,         -- JSON
  agent        TEXT NOT NULL,
  created_at   TEXT NOT NULL,
  at           INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX context_snapshots_by_context ON context_snapshots (context_id, at);

CREATE TABLE set_aside (              -- events this version cannot fold, and why
  id     TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  kind   TEXT NOT NULL
) WITHOUT ROWID;

CREATE VIEW sessions AS               -- of two that were numbered alike, the later shows its key too
  SELECT CASE WHEN EXISTS (
      SELECT 1 FROM session_rows e WHERE e.name = r.name AND (e.at, e.key) < (r.at, r.key)
    ) THEN name || '-' || substr(key, -4) ELSE name END AS id,
    key, type, title, agent, sprint_id, status, started_at, completed_at, summary,
    (SELECT json_group_array(json_object('id', c.id, 'ts', c.ts, 'agent', c.agent,
       'category', c.category, 'content', c.content, 'context', c.context))
     FROM (SELECT * FROM captures WHERE subject = 'session:' || r.key ORDER BY at, id) c)
      AS captures,
    (SELECT json_group_array(n.content)
     FROM (SELECT * FROM next_steps WHERE subject = 'session:' || r.key ORDER BY at, id) n)
      AS next_steps,
    at
  FROM session_rows r;
