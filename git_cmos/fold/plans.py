"""Sprints, dependencies, and the patterns by which history is read. Pure."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.clock import iso
from git_cmos.model import DEPENDENCY_TYPES, HARD_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Row = dict[str, Any]
    Extra = list[tuple[str, Row]]

SETTABLE = ("title", "focus", "status", "start_date", "end_date")


def sprint(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """One sprint: the first to add it names it, later words about it are updates."""
    what = event.what
    assert isinstance(what, (ev.SprintAdded, ev.SprintUpdated))  # noqa: S101 - the table of folds says so
    fields = {key: text for key, text in what.fields.items() if key in SETTABLE}
    fields = {k: text for k, text in fields.items() if text or k not in ("title", "status")}
    if row is None:
        row = dict.fromkeys(SETTABLE, None)
        row |= {"id": what.sprint, "title": what.sprint, "status": "Planned"}
        return row | {"added_at": event.at, "added_id": event.id} | fields, []
    return (row | fields if isinstance(what, ev.SprintUpdated) else row), []


def dependency(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """One edge: there, or not."""
    what = event.what
    if isinstance(what, ev.DependencyRemoved):
        return None, []
    assert isinstance(what, ev.DependencyAdded)  # noqa: S101 - the table of folds says so
    if what.edge != ev.edge(what.source, what.type, what.target):
        return row, []  # a name that is not its sentence would be a second row under one key
    needer_first = DEPENDENCY_TYPES.get(what.type, False)
    needer, needed = (what.source, what.target) if needer_first else (what.target, what.source)
    return {
        "from_id": what.source,
        "type": what.type,
        "to_id": what.target,
        "needer": needer,
        "needed": needed,
        "hard": int(what.type in HARD_TYPES),
    }, []


def pattern(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """One pattern: the last word about it counts."""
    what = event.what
    if isinstance(what, ev.PatternDropped):
        return None, []
    assert isinstance(what, ev.PatternAdopted)  # noqa: S101 - the table of folds says so
    return {
        "pattern": what.pattern,
        "claim": what.claim,
        "within": what.within,
        "agent": event.actor,
        "ts": iso(event.at),
    }, []
