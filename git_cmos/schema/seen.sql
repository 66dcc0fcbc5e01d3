-- What commits say, as far as this clone's view reaches. Derived from history; dropped at will.
CREATE TABLE tips (
  ref TEXT PRIMARY KEY,               -- refs/heads/x, refs/remotes/o/x, HEAD:<worktree>, refs/tags/x
  oid TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE symrefs (                -- which names stand for others: origin/HEAD
  ref    TEXT PRIMARY KEY,
  target TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE commits (                -- commits with trailers of ours, or reverts
  oid     TEXT PRIMARY KEY,
  at      INTEGER NOT NULL,           -- corrected commit date, microseconds since 1970
  agent   TEXT NOT NULL,
  ident   TEXT NOT NULL,              -- digest of the author line: a rebase keeps it
  subject TEXT NOT NULL,
  struck  TEXT                        -- the commit in view that reverts this one, or NULL
) WITHOUT ROWID;
CREATE INDEX commits_by_at ON commits (at);
CREATE INDEX commits_by_ident ON commits (ident);

CREATE TABLE claims (
  oid     TEXT NOT NULL,
  place   INTEGER NOT NULL,           -- position within the commit
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (oid, place)
) WITHOUT ROWID;
CREATE INDEX claims_by_subject ON claims (subject);

CREATE TABLE strikes (                -- `This reverts commit <target>`
  oid    TEXT NOT NULL,
  target TEXT NOT NULL,               -- an object name or an unambiguous beginning of one
  via    TEXT NOT NULL,               -- the reverted merge that brought it, or ''
  PRIMARY KEY (oid, target, via)
) WITHOUT ROWID;
CREATE INDEX strikes_by_target ON strikes (target);
CREATE INDEX strikes_by_via ON strikes (via) WHERE via != '';

CREATE TABLE reverted_merges (        -- `… reversing changes made to <base>`
  oid    TEXT NOT NULL,               -- the revert
  target TEXT NOT NULL,               -- the merge
  base   TEXT NOT NULL,               -- the side gone back to
  held   TEXT,                        -- the merge, if it is in view: what it brought is in strikes;
                                      -- '' if it is not, NULL where nobody asked yet
  PRIMARY KEY (oid, target, base)
) WITHOUT ROWID;

CREATE TABLE dates (                  -- corrected dates that differ from the commit's own
  oid TEXT PRIMARY KEY,
  at  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE standpoints (            -- a smaller view inside this one: the default branch, a HEAD
  name TEXT PRIMARY KEY,              -- 'landed' or HEAD:<worktree>
  oid  TEXT NOT NULL,
  view INTEGER NOT NULL               -- the generation of the view it was measured against
) WITHOUT ROWID;
CREATE TABLE unreached (              -- commits of ours that a standpoint does not reach
  name TEXT NOT NULL,
  oid  TEXT NOT NULL,
  PRIMARY KEY (name, oid)
) WITHOUT ROWID;

CREATE TABLE releases (               -- the first tag that holds a commit of ours
  oid TEXT PRIMARY KEY,
  tag TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE kept (                   -- small things that spare a process: settings, signatures
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE ledger_refusals (        -- what ledgers hold and cannot be taken in, by blob
  writer TEXT NOT NULL,
  blob   TEXT NOT NULL,
  reason TEXT NOT NULL,
  lines  INTEGER NOT NULL,
  PRIMARY KEY (writer, blob, reason)
) WITHOUT ROWID;

CREATE TABLE leases (                 -- who holds which mission, as refs say
  ref     TEXT PRIMARY KEY,
  oid     TEXT NOT NULL,
  remote  TEXT NOT NULL,              -- whose register; "" this repository's, "." what we hold
  mission TEXT NOT NULL,
  holder  TEXT NOT NULL,
  author  TEXT NOT NULL,              -- the holder's name as commits bear it
  place   TEXT NOT NULL,              -- which worktree of the holder's clone
  nonce   TEXT NOT NULL,
  at      INTEGER NOT NULL,           -- microseconds since 1970, the holder's clock
  ttl     INTEGER NOT NULL            -- microseconds
) WITHOUT ROWID;
CREATE INDEX leases_by_mission ON leases (mission);
