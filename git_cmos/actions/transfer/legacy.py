"""A legacy database -> records: the tables of every format that the older tools wrote."""

from __future__ import annotations

import re
from contextlib import suppress

from git_cmos import cache, db
from git_cmos.actions.transfer import backlog, contexts, lines
from git_cmos.actions.transfer.records import (
    DecisionRecord,
    EventRecord,
    FactRecord,
    Place,
    words,
)
from git_cmos.events import Event, Unknown, decode
from git_cmos.formats import Unreadable
from git_cmos.formats import json as strict_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from git_cmos.actions.transfer.records import Found

    Row = dict[str, Any]

_MOST_ROWS = 2_000_000
_LONGEST_CELL = 4_000_000  # bytes
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL", re.IGNORECASE)


def read(path: str, file: str, found: Found) -> bool:
    """Take in every table that we know; whether there was one. Nothing is written there."""
    try:
        connection = db.connect_to_read(path)
    except (db.Unwritable, db.DatabaseError):
        raise Unreadable("SQLite cannot open it") from None
    try:
        cache.distrust(connection, _LONGEST_CELL)
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == db.APPLICATION_ID
        tables = _tables(connection)
        readers = {"events": _event} if ours else _READERS
        known = [name for name in readers if name in tables]
        for name in known:
            for row in _rows(connection, name):
                _take(found, name, row, readers[name], Place(f"{file}:{name}"))
        return bool(known)
    except db.Error as error:
        raise Unreadable(f"SQLite says: {error}") from None
    finally:
        connection.close()


def _tables(connection: db.Connection) -> set[str]:
    """Real tables only: a view or a virtual table would run what somebody else wrote."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {name for name, sql in rows if not _VIRTUAL.match(sql or "")}


def _rows(connection: db.Connection, table: str) -> Iterator[Row]:
    cursor = connection.execute(f'SELECT * FROM "{table}" LIMIT {_MOST_ROWS}')  # noqa: S608 - our own names
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def _take(
    found: Found,
    table: str,
    row: Row,
    reader: Callable[[Found, Row, Place], None],
    place: Place,
) -> None:
    name = row.get("id", row.get("key", row.get("from_id", "")))
    place = Place(f"{place.file}[{str(name)[:40]}]")
    try:
        reader(found, row, place)
    except Unreadable as error:
        found.set_aside(_KINDS[table], place, error.reason)


_KINDS = {
    "events": "events",
    "sprints": "sprints",
    "missions": "missions",
    "mission_dependencies": "dependencies",
    "sessions": "sessions",
    "session_events": "log lines",
    "decisions": "decisions",
    "strategic_decisions": "decisions",
    "facts": "facts",
    "contexts": "context entries",
    "context_snapshots": "snapshots",
}


def _event(found: Found, row: Row, place: Place) -> None:
    """A told event of another memory of ours."""
    what = decode(str(row["kind"]), str(row["body"]))
    if isinstance(what, Unknown):
        raise Unreadable(f"this version cannot read {str(row['kind'])[:40]!r}: upgrade first")
    if row["at"] > found.horizon:
        raise Unreadable("it lies in the future")
    event = Event(id=row["id"], at=row["at"], actor=row["actor"], what=what)
    found.add("events", EventRecord(event, place))


def _sprint(found: Found, row: Row, place: Place) -> None:
    backlog.add_sprint(found, words(row.get("id")), row, place)


def _mission(found: Found, row: Row, place: Place) -> None:
    backlog.add_mission(found, words(row.get("id")), row, place, {})


def _edge(found: Found, row: Row, place: Place) -> None:
    ends = [words(row.get(name)) for name in ("from_id", "to_id")]
    backlog.add_edge(found, ends[0], words(row.get("type")) or "Blocks", ends[1], place)


def _session(found: Found, row: Row, place: Place) -> None:
    """`sessions` was the work log at first, and planning sessions later."""
    if "action" in row or "ts" in row:
        _line(found, row, place)
    else:
        lines.add_session(found, row, place)


def _line(found: Found, row: Row, place: Place) -> None:
    entry = {key: cell for key, cell in row.items() if key not in ("id", "raw_event")}
    raw = words(row.get("raw_event"), _LONGEST_CELL)
    with suppress(Unreadable):
        whole = strict_json.read(raw)
        if isinstance(whole, dict):
            entry = {**whole, **{key: cell for key, cell in entry.items() if cell is not None}}
    lines.add_line(found, entry, place)


def _decision(found: Found, row: Row, place: Place) -> None:
    title = " ".join(words(row.get("title") or row.get("decision_text"), 1000).split())
    if not title:
        raise Unreadable("a decision says nothing")
    at = found.moment(row.get("ts") or row.get("created_at"), place, "a decision's time")
    mission = words(row.get("mission_id")) or None
    rationale = words(row.get("rationale"))
    found.add("decisions", DecisionRecord(title, rationale, at, "", mission, place))


def _fact(found: Found, row: Row, place: Place) -> None:
    content = words(row.get("content") or row.get("payload"))
    if not content:
        raise Unreadable("a fact says nothing")
    at = found.moment(row.get("ts"), place, "a fact's time")
    kind = "-".join(words(row.get("kind"), 60).split()) or "fact"
    mission = words(row.get("mission_id")) or None
    found.add("facts", FactRecord(kind, content, at, "", mission, place))


def _context(found: Found, row: Row, place: Place) -> None:
    name, content = words(row.get("id")), words(row.get("content"), _LONGEST_CELL)
    contexts.add_document(found, name, content, place)


_READERS: dict[str, Callable[[Found, Row, Place], None]] = {
    "sprints": _sprint,
    "missions": _mission,
    "mission_dependencies": _edge,
    "sessions": _session,
    "session_events": _line,
    "decisions": _decision,
    "strategic_decisions": _decision,
    "facts": _fact,
    "contexts": _context,
    "context_snapshots": contexts.add_snapshot,
}
