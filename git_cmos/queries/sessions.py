"""Sessions: one, many, who is in one; next steps."""

from __future__ import annotations

from git_cmos.clock import iso, now
from git_cmos.db import unpacked
from git_cmos.errors import Refused
from git_cmos.model import ACTIVE
from git_cmos.remembered import NextStep, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory

STALE = 24 * 3600 * 1_000_000  # microseconds; SPEC §1
_COLUMNS = (
    "id, key, type, title, agent, sprint_id, status, started_at, completed_at, summary,"
    " captures, next_steps"
)


def listed(
    memory: Memory,
    *,
    status: str | None = None,
    type: str | None = None,
    agent: str | None = None,
    sprint: str | None = None,
    since: int | None = None,
    limit: int = -1,
    offset: int = 0,
) -> list[Session]:
    """Sessions, newest first; since: microseconds since 1970."""
    wanted = {"status": status, "type": type, "agent": agent, "sprint_id": sprint}
    conditions = [f"{column} = ?" for column, it in wanted.items() if it is not None]
    values: list[Any] = [it for it in wanted.values() if it is not None]
    if since is not None:
        conditions.append("at >= ?")
        values.append(since)
    where = " AND ".join(conditions) or "1"
    order = "ORDER BY at DESC, key DESC LIMIT ? OFFSET ?"
    sql = f"SELECT {_COLUMNS} FROM sessions WHERE {where} {order}"  # noqa: S608 - our own names
    rows = memory.db.execute(sql, (*values, limit, offset))
    return [_session(row) for row in rows]


def get(memory: Memory, name: str) -> Session:
    """The session of this id, key, or unambiguous beginning of an id; Refused (1) otherwise."""
    sql = f"SELECT {_COLUMNS} FROM sessions WHERE "  # noqa: S608 - our own names
    rows = memory.db.execute(sql + "id = ? OR key = ?", (name, name)).fetchall()
    if not rows:
        pattern = "".join(f"[{c}]" if c in "*?[" else c for c in name) + "*"
        rows = memory.db.execute(sql + "id GLOB ? LIMIT 2", (pattern,)).fetchall()
    if len(rows) == 1:
        return _session(rows[0])
    if rows:
        raise Refused(f"{name[:80]!r} names several sessions", "write more of it", "ambiguous")
    raise Refused(
        f"no session {name[:80]!r}", "`git cmos session list` shows all", "unknown-session"
    )


def _session(row: tuple[Any, ...]) -> Session:
    *fields, captures, steps = row
    names = Session._fields[:-2]  # type: ignore[attr-defined]
    known = dict(zip(names, fields, strict=True))
    return Session(**known, captures=unpacked(captures), next_steps=unpacked(steps))


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


_STEPS = """
    SELECT n.id, n.ts, n.agent, n.content, coalesce(s.id, n.session_id), n.commit_oid, t.ts
    FROM next_steps n LEFT JOIN ticks t ON t.id = n.id LEFT JOIN sessions s ON s.key = n.session_id
"""


def next_steps(memory: Memory, done: bool = False) -> list[NextStep]:
    """What was to be done next and is not ticked off, oldest first; done: all, ticked or not."""
    condition = "" if done else " WHERE t.ts IS NULL"
    rows = memory.db.execute(f"{_STEPS}{condition} ORDER BY n.at, n.id")
    return [NextStep(*row) for row in rows]


def step(memory: Memory, name: str) -> NextStep:
    """The next step of this id, of an unambiguous ending of it, or with exactly these words."""
    every = next_steps(memory, done=True)
    for found in (
        [s for s in every if s.id == name],
        [s for s in every if s.content == name],
        [s for s in every if len(name) >= 4 and s.id.endswith(name)],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(f"{name[:80]!r} names several steps", "write more of it", "ambiguous")
    raise Refused(f"no next step {name[:80]!r}", "`git cmos session steps` lists them", "no-step")
