"""Told events: append, read, merge. Storage only; what they mean is the fold's."""

from __future__ import annotations

from git_cmos import clock, db
from git_cmos.errors import Misused
from git_cmos.events import Event, decode, encode, is_sound
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, TypeAlias

    from git_cmos.events import Happening

    Told: TypeAlias = "Happening | Dated"
else:
    sqlite3 = db.sqlite3

LARGEST = 1_000_000  # bytes of one event
# The year 3000: nobody's clock moves others beyond it. What a clone tells itself after that lies
# a microsecond on each time; this much room is left for it.
HORIZON = 32_503_680_000_000_000
ROOM = 1 << 50
_COLUMNS = "id, at, actor, writer, seq, batch, kind, body"


@value
class Dated:
    """What happened at another time, or was done by somebody else, as an import brings it.

    at: microseconds since 1970; key: its name in its source. The same key at the same moment is
    the same event in every clone that imports it, and is stored once. own_id: the id that it has
    already, where it is an event of ours that comes home.
    """

    what: Happening
    at: int
    actor: str
    key: str
    own_id: str = ""

    @property
    def id(self) -> str:
        return self.own_id or clock.new_id(self.at, self.key)


def storable(told: Sequence[Told]) -> Sequence[Told]:
    """What was told, or Misused (129) where something has the wrong shape or no end."""
    for it in told:
        what = it.what if isinstance(it, Dated) else it
        try:
            size = len(encode(what)[1].encode())
        except (TypeError, ValueError, RecursionError) as error:
            raise Misused(f"that cannot be stored: {error}") from None
        if size > LARGEST:
            raise Misused(f"that is too long: {size:,} bytes, at most {LARGEST:,} at once")
        if not is_sound(what):
            raise Misused("that cannot be stored: a field has the wrong shape")
        if isinstance(it, Dated) and abs(it.at) > HORIZON:
            raise Misused("that cannot be stored: its date is too far from ours")
    return told


def stamp(
    db: sqlite3.Connection, writer: str, told: Sequence[Told], actor: str, ahead: int
) -> list[Event]:
    """What was told as events, without what is stored already: one batch, after all that this
    clone has heard or seen of, but for what is dated. Only `Memory` calls this, in the
    transaction that stores them.

    ahead: how far, in microseconds, commits may lie in the future of this clock; one from the
    year 2100 must not date what is told from then on.
    """
    seq = last_seq(db, writer)
    # Whole seconds, as commits have: a commit made later in this second is to come after it.
    now = min(clock.now(), HORIZON)
    at = max(now // 1_000_000 * 1_000_000, latest_at(db, writer, now + ahead) + 1)
    batch = clock.new_id(at)
    return [
        _stamped(it, at + place, actor, writer, seq + place + 1, batch)
        for place, it in enumerate(_fresh(db, told))
    ]


def _fresh(db: sqlite3.Connection, told: Sequence[Told]) -> Iterator[Told]:
    """What was told, but each dated happening once, and none that is stored already."""
    met: set[str] = set()
    for it in told:
        if isinstance(it, Dated):
            if it.id in met or knows(db, it.id):
                continue
            met.add(it.id)
        yield it


def knows(db: sqlite3.Connection, id_: str) -> bool:
    """Whether an event of this id is stored."""
    return db.execute("SELECT 1 FROM events WHERE id = ?", (id_,)).fetchone() is not None


def _stamped(it: Told, at: int, actor: str, writer: str, seq: int, batch: str) -> Event:
    id_ = ""
    if isinstance(it, Dated):
        id_, at, actor, it = it.id, it.at, it.actor or actor, it.what
    id_ = id_ or clock.new_id(at)
    return Event(id=id_, at=at, actor=actor, what=it, writer=writer, seq=seq, batch=batch)


def append(db: sqlite3.Connection, events: Iterable[Event]) -> list[Event]:
    """Store events; the ones that were not there before, in order."""
    fresh = []
    for event in events:
        cursor = db.execute(
            f"INSERT OR IGNORE INTO events ({_COLUMNS}, subject) VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608 - column names
            (*_row(event), event.what.subject),
        )
        if cursor.rowcount:
            fresh.append(event)
    return fresh


def merge(db: sqlite3.Connection, events: Iterable[Event]) -> tuple[list[Event], bool]:
    """Store events from elsewhere: (those that were new, whether one id came with two contents).

    Two clones that import one file tell the same events, each in its own ledger: that is no
    clash. Of two contents the smaller stays, so that every clone gives the same verdict; it stays
    in its place in the ledger that brought the first.
    """
    fresh: list[Event] = []
    clashed = False
    for event in events:
        if append(db, [event]):
            fresh.append(event)
            continue
        kind, body = encode(event.what)
        said = (event.at, event.actor, kind, body)
        sql = "SELECT at, actor, kind, body FROM events WHERE id = ?"
        held = db.execute(sql, (event.id,)).fetchone()
        if said < held:
            db.execute(
                "UPDATE events SET at = ?, actor = ?, kind = ?, body = ?, subject = ? WHERE id = ?",
                (*said, event.what.subject, event.id),
            )
        clashed = clashed or said != held
    return fresh, clashed


def _row(event: Event) -> tuple[Any, ...]:
    kind, body = encode(event.what)
    row = (event.id, event.at, event.actor, event.writer, event.seq, event.batch)
    return (*row, kind, body)


def of_subject(db: sqlite3.Connection, subject: str) -> list[Event]:
    """The told events of one subject, in order."""
    sql = f"SELECT {_COLUMNS} FROM events WHERE subject = ? ORDER BY at, id"  # noqa: S608 - column names
    return [_event(row) for row in db.execute(sql, (subject,))]


def everything(db: sqlite3.Connection) -> Iterator[Event]:
    """All told events, in order."""
    for row in db.execute(f"SELECT {_COLUMNS} FROM events ORDER BY at, id"):  # noqa: S608 - column names
        yield _event(row)


def by_subject(db: sqlite3.Connection) -> Iterator[tuple[str, Event]]:
    """(subject, event) of all told events, subject by subject, in order."""
    sql = f"SELECT {_COLUMNS}, subject FROM events ORDER BY subject, at, id"  # noqa: S608 - column names
    return ((row[-1], _event(row[:-1])) for row in db.execute(sql))


def unread(db: sqlite3.Connection) -> list[Event]:
    """The events whose kind or fields the version that stored them could not read."""
    sql = f"SELECT {_COLUMNS} FROM events WHERE subject >= 'unknown:' AND subject < 'unknown;'"  # noqa: S608 - column names
    return [_event(row) for row in db.execute(sql)]


def since(db: sqlite3.Connection, writer: str, seq: int) -> list[Event]:
    """The events of one writer after position `seq`, by position."""
    sql = f"SELECT {_COLUMNS} FROM events WHERE writer = ? AND seq > ? ORDER BY seq"  # noqa: S608 - column names
    return [_event(row) for row in db.execute(sql, (writer, seq))]


def latest_at(db: sqlite3.Connection, writer: str, horizon: int) -> int:
    """The latest moment that this clone has heard of, or seen before `horizon`; 0 where there is
    none: one commit from a clock that was far ahead must not date all that is told after it. What
    is told beyond the year 3000 counts only where `writer`, this clone, told it."""
    told = db.execute("SELECT max(at) FROM events WHERE at <= ?", (HORIZON,)).fetchone()[0]
    seen = db.execute("SELECT max(at) FROM commits WHERE at < ?", (horizon,)).fetchone()[0]
    own = db.execute(
        "SELECT at FROM events WHERE writer = ? ORDER BY seq DESC LIMIT 1", (writer,)
    ).fetchone()
    return max(told or 0, seen or 0, own[0] if own else 0)


def last_seq(db: sqlite3.Connection, writer: str) -> int:
    """The position of the writer's last event; 0 where there is none."""
    return int(
        db.execute("SELECT max(seq) FROM events WHERE writer = ?", (writer,)).fetchone()[0] or 0
    )


def _event(row: tuple[Any, ...]) -> Event:
    id_, at, actor, writer, seq, batch, kind, body = row
    return Event(
        id=id_,
        at=at,
        actor=actor,
        what=decode(kind, body),
        writer=writer,
        seq=seq,
        batch=batch,
        commit=None,
        title="",
    )


def salvage(path: str) -> tuple[list[Event], dict[str, str]]:
    """(told events, what the clone noted of itself) that can still be read of a damaged file."""
    saved: list[Event] = []
    notes: dict[str, str] = {}
    try:
        db = sqlite3.connect(path, isolation_level=None)
        try:
            notes.update(db.execute("SELECT key, value FROM meta"))
            rows = db.execute(f"SELECT {_COLUMNS} FROM events NOT INDEXED")  # noqa: S608 - column names
            while (row := rows.fetchone()) is not None:
                saved.append(_event(row))
        finally:
            db.close()
    except (sqlite3.Error, TypeError):
        pass
    return saved, notes
