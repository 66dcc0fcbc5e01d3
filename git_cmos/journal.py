"""Told events: append, read, merge. Storage only; what they mean is the fold's."""

from __future__ import annotations

import sqlite3

from git_cmos.events import Event, decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_COLUMNS = "id, at, actor, writer, seq, batch, kind, body"


def append(db: sqlite3.Connection, events: Iterable[Event]) -> list[Event]:
    """Store events; the ones that were not there before, in order."""
    fresh = []
    for event in events:
        kind, body = encode(event.what)
        row = (event.id, event.at, event.actor, event.writer, event.seq, event.batch)
        cursor = db.execute(
            f"INSERT OR IGNORE INTO events ({_COLUMNS}, subject) VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608 - column names
            (*row, kind, body, event.what.subject),
        )
        if cursor.rowcount:
            fresh.append(event)
    return fresh


def of_subject(db: sqlite3.Connection, subject: str) -> list[Event]:
    """The told events of one subject, in order."""
    sql = f"SELECT {_COLUMNS} FROM events WHERE subject = ? ORDER BY at, id"  # noqa: S608 - column names
    return [_event(row) for row in db.execute(sql, (subject,))]


def everything(db: sqlite3.Connection) -> Iterator[Event]:
    """All told events, in order."""
    for row in db.execute(f"SELECT {_COLUMNS} FROM events ORDER BY at, id"):  # noqa: S608 - column names
        yield _event(row)


def since(db: sqlite3.Connection, writer: str, seq: int) -> list[Event]:
    """The events of one writer after position `seq`, by position."""
    sql = f"SELECT {_COLUMNS} FROM events WHERE writer = ? AND seq > ? ORDER BY seq"  # noqa: S608 - column names
    return [_event(row) for row in db.execute(sql, (writer, seq))]


def latest_at(db: sqlite3.Connection) -> int:
    """The latest moment that this clone has heard or seen of; 0 where there is none."""
    told = db.execute("SELECT max(at) FROM events").fetchone()[0]
    seen = db.execute("SELECT max(at) FROM commits").fetchone()[0]
    return max(told or 0, seen or 0)


def last_seq(db: sqlite3.Connection, writer: str) -> int:
    """The position of the writer's last event; 0 where there is none."""
    return int(
        db.execute("SELECT max(seq) FROM events WHERE writer = ?", (writer,)).fetchone()[0] or 0
    )


def _event(row: tuple[Any, ...]) -> Event:
    id_, at, actor, writer, seq, batch, kind, body = row
    return Event(
        id=id_, at=at, actor=actor, what=decode(kind, body), writer=writer, seq=seq, batch=batch
    )


def salvage(path: str) -> list[Event]:
    """The told events that can still be read of a damaged file; [] where none can."""
    saved: list[Event] = []
    try:
        db = sqlite3.connect(path, isolation_level=None)
        try:
            rows = db.execute(f"SELECT {_COLUMNS} FROM events NOT INDEXED")  # noqa: S608 - column names
            while (row := rows.fetchone()) is not None:
                saved.append(_event(row))
        finally:
            db.close()
    except (sqlite3.Error, TypeError):
        pass
    return saved
