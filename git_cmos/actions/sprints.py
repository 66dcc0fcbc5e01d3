"""Sprints: add and update."""

from __future__ import annotations

import re

from git_cmos import events as ev
from git_cmos.actions.agents import who
from git_cmos.errors import Misused, Refused
from git_cmos.model import SPRINT_STATUSES, Sprint
from git_cmos.queries import status as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.memory import Memory

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")


def add(
    memory: Memory,
    sprint_id: str,
    title: str | None = None,
    *,
    agent: str | None = None,
    **fields: str | None,
) -> Sprint:
    """Plan a sprint. fields: focus, status, start_date, end_date (YYYY-MM-DD).

    Refused (1) where it exists already.
    """
    name = " ".join(sprint_id.split())
    if not name or len(name) > 100:
        raise Misused("a sprint id has 1 to 100 characters")
    given = _checked({**fields, "title": title or name})

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        if db.execute("SELECT 1 FROM sprints WHERE id = ?", (name,)).fetchone():
            hint = f"`git cmos sprint update '{name}'` changes it"
            raise Refused(f"sprint {name!r} exists already", hint, "known-sprint")
        return [ev.SprintAdded(sprint=name, fields=given)]

    memory.change(decide, who(memory, agent))
    return asking.sprint(memory, name)


def update(
    memory: Memory, sprint_id: str, *, agent: str | None = None, **fields: str | None
) -> Sprint:
    """Change title, focus, status, start_date or end_date; Refused (1) for an unknown sprint."""
    given = _checked(fields)
    if not given:
        raise Misused("nothing to update", "name a field, e.g. --status or --focus")

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        asking.sprint(memory, sprint_id)
        return [ev.SprintUpdated(sprint=sprint_id, fields=given)]

    memory.change(decide, who(memory, agent))
    return asking.sprint(memory, sprint_id)


def _checked(fields: dict[str, str | None]) -> dict[str, str]:
    given = {key: text for key, text in fields.items() if text is not None}
    if "status" in given:
        known = {name.lower(): name for name in SPRINT_STATUSES}
        if given["status"].lower() not in known:
            raise Misused(f"no sprint status {given['status']!r}", ", ".join(SPRINT_STATUSES))
        given["status"] = known[given["status"].lower()]
    for key in ("start_date", "end_date"):
        if key in given and not _DATE.match(given[key]):
            raise Misused(f"{key} is a date like 2026-01-31, not {given[key][:40]!r}")
    return given
