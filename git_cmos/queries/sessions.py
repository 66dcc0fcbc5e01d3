"""Sessions: one, many, who is in one; next steps."""

from __future__ import annotations

from git_cmos.clock import iso, now
from git_cmos.errors import Refused
from git_cmos.model import ACTIVE
from git_cmos.queries import nearest
from git_cmos.remembered import NextStep, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory

STALE = 24 * 3600 * 1_000_000  # microseconds; SPEC §1
_FIELDS = (
    *("id", "key", "type", "title", "agent", "sprint_id", "status"),
    *("started_at", "completed_at", "summary"),
)
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM sessions WHERE "  # noqa: S608 - our own names
# By the session itself, and by commits that name it.
_CAPTURES = """
    SELECT id, ts, agent, category, content, context, NULL AS "commit", at FROM captures
    WHERE subject = 'session:' || :key
    UNION ALL SELECT id, ts, agent, 'decision', title, rationale, commit_oid, at FROM decisions
    WHERE session_id IN (:key, :id) AND commit_oid IS NOT NULL
    UNION ALL SELECT id, ts, agent, kind, content, '', commit_oid, at FROM facts
    WHERE session_id IN (:key, :id) AND commit_oid IS NOT NULL
    AND kind IN ('learning', 'constraint', 'next-step') ORDER BY at, id
"""
_NEXT_STEPS = "SELECT content FROM next_steps WHERE session_id IN (:key, :id) ORDER BY at, id"
_COMMITS = """
    SELECT commit_oid, ts, agent, summary FROM session_events
    WHERE session_id IN (:key, :id) ORDER BY at, id
"""


def listed(
    memory: Memory,
    *,
    status: str | None = None,
    type: str | None = None,
    agent: str | None = None,
    sprint: str | None = None,
    since: int | None = None,
    until: int | None = None,
    limit: int = -1,
    offset: int = 0,
) -> list[Session]:
    """Sessions, newest first; since, until: microseconds since 1970."""
    wanted = {"status": status, "type": type, "agent": agent, "sprint_id": sprint}
    conditions = [f"{column} = ?" for column, it in wanted.items() if it is not None]
    values: list[Any] = [it for it in wanted.values() if it is not None]
    for condition, moment in (("at >= ?", since), ("at <= ?", until)):
        if moment is not None:
            conditions.append(condition)
            values.append(moment)
    where = " AND ".join(conditions) or "1"
    sql = f"{_SELECT}{where} ORDER BY at DESC, key DESC LIMIT ? OFFSET ?"
    rows = memory.db.execute(sql, (*values, limit, offset)).fetchall()
    return [_session(memory, row) for row in rows]


def get(memory: Memory, name: str) -> Session:
    """The session of this id, key, or unambiguous beginning of an id; Refused (1) otherwise."""
    rows = memory.db.execute(f"{_SELECT}id = ? OR key = ? LIMIT 2", (name, name)).fetchall()
    if not rows and name:
        starts = f"{_SELECT}substr(id, 1, ?) = ? LIMIT 2"
        rows = memory.db.execute(starts, (len(name), name)).fetchall()
    if len(rows) == 1:
        return _session(memory, rows[0])
    if rows:
        raise Refused(f"{name[:80]!r} names several sessions", "write more of it", "ambiguous")
    known = memory.db.execute("SELECT id FROM sessions ORDER BY at DESC LIMIT ?", (nearest.MOST,))
    hint = nearest.hint(name, (id_ for (id_,) in known), "`git cmos session list` shows all")
    raise Refused(f"no session {name[:80]!r}", hint, "unknown-session")


def names(memory: Memory, name: str) -> list[str]:
    """What a session's decisions, facts and steps may call it: its key, its id, and `name` where
    no session is meant by it (a commit may name what no clone has told yet)."""
    try:
        found = get(memory, name)
    except Refused:
        return [name]
    return [found.key, found.id]


def _session(memory: Memory, row: tuple[Any, ...]) -> Session:
    fields = dict(zip(_FIELDS, row, strict=True))
    said = {"key": fields["key"], "id": fields["id"]}
    captures = memory.db.execute(_CAPTURES, said)
    commits = memory.db.execute(_COMMITS, said)
    return Session(
        **fields,
        captures=[dict(zip(_CAPTURE, it, strict=False)) for it in captures],
        next_steps=[content for (content,) in memory.db.execute(_NEXT_STEPS, said)],
        commits=[dict(zip(_COMMIT, it, strict=True)) for it in commits],
    )


_CAPTURE = ("id", "ts", "agent", "category", "content", "context", "commit")
_COMMIT = ("oid", "ts", "agent", "subject")


def active_of(memory: Memory, agent: str) -> Session | None:
    """The session that the agent is in."""
    found = listed(memory, status=ACTIVE, agent=agent, limit=1)
    return found[0] if found else None


def stale(memory: Memory) -> list[tuple[str, str, str]]:
    """(id, agent, started at) of sessions that have been open for more than a day."""
    rows = memory.db.execute(
        "SELECT id, agent, started_at FROM sessions WHERE status = ? AND started_at < ?",
        (ACTIVE, iso(now() - STALE)),
    )
    return [(id_, agent, at) for id_, agent, at in rows]


def doubled(memory: Memory) -> list[tuple[str, list[str]]]:
    """(agent, ids) of agents that are in several sessions: begun in clones that met later."""
    open_: dict[str, list[str]] = {}
    sql = "SELECT agent, id FROM sessions WHERE status = ? ORDER BY agent, at, key"
    for agent, id_ in memory.db.execute(sql, (ACTIVE,)):
        open_.setdefault(agent, []).append(id_)
    return [(agent, names) for agent, names in open_.items() if len(names) > 1]


_STEPS = """
    SELECT n.id, n.ts, n.agent, n.content,
      coalesce((SELECT id FROM sessions WHERE key = n.session_id), n.session_id), n.commit_oid, t.ts
    FROM next_steps n LEFT JOIN ticks t ON t.id = n.id WHERE
"""
_SHORTEST = 4  # characters of an id's ending


def next_steps(memory: Memory, done: bool = False) -> list[NextStep]:
    """What was to be done next and is not ticked off, oldest first; done: all, ticked or not."""
    wanted = "1" if done else "t.ts IS NULL"
    rows = memory.db.execute(f"{_STEPS} {wanted} ORDER BY n.at, n.id")
    return [NextStep(*row) for row in rows]


def step(memory: Memory, name: str) -> NextStep:
    """The next step of this id, of an unambiguous ending of it, or with exactly these words; of
    several with the same words the oldest that is to do. Refused (1) otherwise."""
    for condition in (
        "n.id = :name",
        "n.content = :name AND t.ts IS NULL",
        "n.content = :name",
        "length(:name) >= :shortest AND substr(n.id, -length(:name)) = :name",
    ):
        said = {"name": name, "shortest": _SHORTEST}
        rows = memory.db.execute(f"{_STEPS} {condition} ORDER BY n.at, n.id", said).fetchall()
        if len({row[0] for row in rows}) == 1 or (rows and "content" in condition):
            return NextStep(*rows[0])
        if rows:
            raise Refused(f"{name[:80]!r} names several steps", "write more of it", "ambiguous")
    known = (it.content for it in reversed(next_steps(memory)))
    hint = nearest.hint(name, known, "`git cmos session steps` lists them")
    raise Refused(f"no next step {name[:80]!r}", hint, "no-step")
