"""Events -> projection tables. The only writer of those tables, live and in a rebuild.

The unit is the subject (one mission, one sprint, one edge, one commit's line): its rows are a
function of its events in order and of nothing else. An event that comes last is one step on; one
that comes late, or vanishes, refolds its subject. Invariant: the tables equal a rebuild from
empty, for any order of arrival.
"""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from operator import itemgetter

from git_cmos import events as ev
from git_cmos import journal, schema, seen
from git_cmos.db import run_script
from git_cmos.fold import contexts, log, missions, plans, sessions
from git_cmos.lazy import lazy
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import hashlib
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Row = dict[str, Any]
    StepFunction = Callable[[Row | None, ev.Event], tuple[Row | None, list[tuple[str, Row]]]]
else:
    hashlib = lazy("hashlib")


@value
class Folder:
    """How one kind of subject is folded. table, key: where its row lives ("" for none)."""

    step: StepFunction
    table: str
    key: str


FOLDERS: dict[str, Folder] = {
    "mission": Folder(step=missions.step, table="missions", key="id"),
    "sprint": Folder(step=plans.sprint, table="sprints", key="id"),
    "dependency": Folder(
        step=plans.dependency,
        table="mission_dependencies",
        key="from_id || ' ' || type || ' ' || to_id",
    ),
    "pattern": Folder(step=plans.pattern, table="adoptions", key="pattern"),
    "commit": Folder(step=log.commit, table="", key=""),
    "decision": Folder(step=log.decision, table="decisions", key="id"),
    "fact": Folder(step=log.fact, table="facts", key="id"),
    "note": Folder(step=log.note, table="", key=""),
    "session": Folder(step=sessions.step, table="session_rows", key="key"),
    "step": Folder(step=sessions.tick, table="ticks", key="id"),
    "context": Folder(step=contexts.context, table="contexts", key="id"),
    "snapshot": Folder(step=contexts.snapshot, table="context_snapshots", key="id"),
}
TABLES = (
    "adoptions",
    "captures",
    "context_snapshots",
    "contexts",
    "decisions",
    "event_missions",
    "facts",
    "mission_dependencies",
    "missions",
    "next_steps",
    "session_events",
    "session_rows",
    "set_aside",
    "sprints",
    "ticks",
)
_EXTRAS = ("session_events", "event_missions", "captures", "next_steps")


def extend(db: sqlite3.Connection, event: ev.Event) -> None:
    """One event that comes after all others of its subject."""
    noun, _, key = event.what.subject.partition(":")
    folder = FOLDERS.get(noun)
    if noun != "mission" or folder is None:
        refold(db, event.what.subject)
        return
    row = _load(db, folder, key)
    if row is not None and (row["last_at"], row["last_id"]) >= event.order:
        refold(db, event.what.subject)
        return
    row, extra = folder.step(row, event)
    _write(db, folder, row, extra)


def refold(db: sqlite3.Connection, subject: str) -> None:
    """All events of one subject, from nothing."""
    noun, _, key = subject.partition(":")
    for table in _EXTRAS:
        db.execute(f"DELETE FROM {table} WHERE subject = ?", (subject,))  # noqa: S608 - our own names
    folder = FOLDERS.get(noun)
    if folder is None:
        _set_aside(db, subject)
        return
    if folder.table:
        db.execute(f"DELETE FROM {folder.table} WHERE {folder.key} = ?", (key,))  # noqa: S608 - our own names
    _write(db, folder, *_fold(folder, of_subject(db, subject)))


def of_subject(db: sqlite3.Connection, subject: str) -> list[ev.Event]:
    """The events of one subject, told and seen, in order."""
    told, claimed = journal.of_subject(db, subject), seen.of_subject(db, subject)
    return list(merge(told, claimed, key=lambda event: event.order))


def rebuild(db: sqlite3.Connection, progress: Callable[[int], object] | None = None) -> int:
    """Drop the projection and fold everything again; the number of events folded. progress is
    told the number of subjects folded, now and then."""
    _drop_all(db)
    tables, indexes = schema.projection()
    run_script(db, tables)
    _reclassify(db)
    rows: dict[str, list[Row]] = {}
    for place, (subject, events) in enumerate(groupby(_everything(db), key=itemgetter(0)), 1):
        folder = FOLDERS.get(subject.partition(":")[0])
        if folder is None:
            _set_aside(db, subject)
            continue
        row, extra = _fold(folder, _counted(events))
        for table, made in [(folder.table, row), *extra]:
            if made is not None:
                rows.setdefault(table, []).append(made)
        if progress and not place % _STEP:
            progress(place)
        if not place % _MANY:
            _flush(db, rows)
    _flush(db, rows)
    run_script(db, indexes)  # over all rows at once: half the time of one by one
    return count(db)


def count(db: sqlite3.Connection) -> int:
    """How many events there are to fold in this view."""
    return int(db.execute(_COUNT).fetchone()[0])


def _drop_all(db: sqlite3.Connection) -> None:
    views = db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    for (view,) in views:
        db.execute(f'DROP VIEW IF EXISTS "{view}"')
    for table in TABLES:
        db.execute(f"DROP TABLE IF EXISTS {table}")


_MANY = 10_000  # subjects whose rows are written together
_STEP = 256  # subjects between two words of progress
_COUNT = (
    "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM claims k"
    " JOIN commits c ON c.oid = k.oid WHERE c.struck IS NULL)"
)


def digest(db: sqlite3.Connection) -> str:
    """A name for the state: the hash of every projection row."""
    total = hashlib.sha256()
    for table in TABLES:
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        total.update(f"{table}({','.join(columns)})\n".encode())
        order = ",".join(str(place + 1) for place in range(len(columns)))
        for row in db.execute(f"SELECT * FROM {table} ORDER BY {order}"):  # noqa: S608 - our own names
            total.update(repr(row).encode())
    return total.hexdigest()


def _everything(db: sqlite3.Connection) -> Iterator[tuple[str, ev.Event]]:
    told, claimed = journal.by_subject(db), seen.everything(db)
    return merge(told, claimed, key=lambda pair: (pair[0], pair[1].order))


def _counted(pairs: Iterable[tuple[str, ev.Event]]) -> Iterator[ev.Event]:
    return (event for _, event in pairs)


def _fold(folder: Folder, events: Iterable[ev.Event]) -> tuple[Row | None, list[tuple[str, Row]]]:
    row: Row | None = None
    extra: list[tuple[str, Row]] = []
    for event in events:
        if type(event.what) is not ev.Unknown:
            row, more = folder.step(row, event)
            extra += more
    return (None if row and log.WAITS in row else row), extra


def _load(db: sqlite3.Connection, folder: Folder, key: str) -> Row | None:
    cursor = db.execute(f"SELECT * FROM {folder.table} WHERE {folder.key} = ?", (key,))  # noqa: S608 - our own names
    found = cursor.fetchone()
    if found is None:
        return None
    return {column[0]: cell for column, cell in zip(cursor.description, found, strict=True)}


def _write(
    db: sqlite3.Connection, folder: Folder, row: Row | None, extra: list[tuple[str, Row]]
) -> None:
    for table, made in [(folder.table, row), *extra]:
        if made is not None:
            _insert(db, table, [made])


def _flush(db: sqlite3.Connection, rows: dict[str, list[Row]]) -> None:
    for table, made in rows.items():
        _insert(db, table, made)
    rows.clear()


def _insert(db: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    columns = list(rows[0])
    marks = ",".join(f":{column}" for column in columns)
    sql = f"INSERT OR REPLACE INTO {table} ({','.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    db.executemany(sql, rows)


def _set_aside(db: sqlite3.Connection, subject: str) -> None:
    """Kinds of a later version: kept in the journal, folded after an upgrade, named here."""
    db.execute(
        "INSERT OR REPLACE INTO set_aside (id, reason, kind)"
        " SELECT id, 'unknown kind or fields', kind FROM events WHERE subject = ?",
        (subject,),
    )


def _reclassify(db: sqlite3.Connection) -> None:
    """Give events that an older version could not read their subject."""
    for event in journal.unread(db):
        if not isinstance(event.what, ev.Unknown):
            db.execute("UPDATE events SET subject = ? WHERE id = ?", (event.what.subject, event.id))
