"""Contexts: what was told of them, by dotted path; their snapshots. Pure."""

from __future__ import annotations

import json

from git_cmos import events as ev
from git_cmos.clock import iso
from git_cmos.model import DEEPEST_PATH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Row = dict[str, Any]
    Extra = list[tuple[str, Row]]


def context(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """One context after one more entry. A value that is no JSON changes nothing."""
    what = event.what
    assert isinstance(what, ev.ContextSet)  # noqa: S101 - the table of folds says so
    content = json.loads(row["content"]) if row else {}
    keys = what.path.split(".")
    if not all(keys) or len(keys) > DEEPEST_PATH:
        return row, []
    try:
        given = json.loads(what.value) if what.value else None
        _put(content, keys, given, take_away=not what.value)
        text = ev.compact(content)
    except (ValueError, RecursionError):
        return row, []
    return {"id": what.context, "content": text, "updated_at": iso(event.at)}, []


def _put(content: Row, keys: list[str], given: Any, take_away: bool) -> None:
    """Set or take away one entry; what stands in its way and is no mapping gives way."""
    place = content
    for key in keys[:-1]:
        below = place.get(key)
        if not isinstance(below, dict):
            if take_away:
                return
            below = place[key] = {}
        place = below
    if take_away:
        place.pop(keys[-1], None)
    else:
        place[keys[-1]] = given


def snapshot(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """One snapshot; the first word stands."""
    what = event.what
    assert isinstance(what, ev.ContextSnapshotTaken)  # noqa: S101 - the table of folds says so
    return row or {
        "id": what.snapshot,
        "context_id": what.context,
        "session_id": what.session,
        "source": what.source,
        "content_hash": what.hash,
        "content": what.content,
        "agent": event.actor,
        "created_at": iso(event.at),
        "at": event.at,
    }, []
