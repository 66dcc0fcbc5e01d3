"""Seen events: what the commits in view say. Kept by difference, struck by reverts."""

from __future__ import annotations

from git_cmos import claims
from git_cmos.events import Event, decode, encode
from git_cmos.reverts import reverter

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from git_cmos.claims import RawCommit, Said, Vocabulary

_BATCH = 2000  # claims


def store(db: sqlite3.Connection, commits: Iterable[RawCommit], words: Vocabulary) -> list[str]:
    """Keep what commits say, as they come; the names of those that say something of ours."""
    kept: list[str] = []
    rows = _Rows()
    for commit in commits:
        said = claims.read(commit, words)
        if said is not None:
            rows.add(commit, said)
            kept.append(commit.oid)
        if len(rows.claims) > _BATCH:
            rows.write(db)
    rows.write(db)
    return kept


class _Rows:
    """Rows on their way to the tables: one statement for many costs a third of as many."""

    def __init__(self) -> None:
        self.commits: list[tuple[str, int, str, str, str]] = []
        self.claims: list[tuple[str, int, str, str, str]] = []
        self.strikes: list[tuple[str, str]] = []
        self.merges: list[tuple[str, str, str]] = []

    def add(self, commit: RawCommit, said: Said) -> None:
        oid = commit.oid
        self.commits.append((oid, commit.at, said.agent, said.ident, said.subject))
        for place, what in enumerate(said.happenings):
            kind, body = encode(what)
            self.claims.append((oid, place, kind, what.subject, body))
        self.strikes += [(oid, target) for target, _ in said.strikes]
        self.merges += [(oid, target, base) for target, base in said.strikes if base]

    def write(self, db: sqlite3.Connection) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO commits (oid, at, agent, ident, subject) VALUES (?,?,?,?,?)",
            sorted(self.commits),
        )
        db.executemany(
            "INSERT OR REPLACE INTO claims (oid, place, kind, subject, body) VALUES (?,?,?,?,?)",
            sorted(self.claims),
        )
        db.executemany("INSERT OR IGNORE INTO strikes VALUES (?,?,'')", self.strikes)
        db.executemany("INSERT OR IGNORE INTO reverted_merges VALUES (?,?,?,NULL)", self.merges)
        for rows in (self.commits, self.claims, self.strikes, self.merges):
            rows.clear()


def redate(db: sqlite3.Connection, dates: Iterable[tuple[str, int]]) -> None:
    """Give commits the dates that their ancestors force on them."""
    db.executemany("UPDATE commits SET at = ? WHERE oid = ?", [(at, oid) for oid, at in dates])


def forget(db: sqlite3.Connection, oids: Iterable[str]) -> None:
    """Drop what commits said that left the view."""
    rows = [(oid,) for oid in oids]
    for table in ("claims", "strikes", "reverted_merges", "commits", "releases", "unreached"):
        db.executemany(f"DELETE FROM {table} WHERE oid = ?", rows)  # noqa: S608 - our own names


def subjects(db: sqlite3.Connection, oids: Iterable[str]) -> set[str]:
    """The subjects that the claims of these commits are about."""
    found: set[str] = set()
    for oid in oids:
        rows = db.execute("SELECT DISTINCT subject FROM claims WHERE oid = ?", (oid,))
        found.update(subject for (subject,) in rows)
    return found


_CLAIMS = """
    SELECT c.oid, c.at, c.agent, c.ident, c.subject, k.place, k.kind, k.body
    FROM claims k JOIN commits c ON c.oid = k.oid
"""


def of_subject(db: sqlite3.Connection, subject: str) -> list[Event]:
    """The claims on one subject that hold in this view, in order; each once, however many
    commits carry it."""
    rows = db.execute(
        _CLAIMS + "WHERE k.subject = ? AND c.struck IS NULL ORDER BY c.at, c.oid, k.place",
        (subject,),
    )
    return list(once(rows))


def of_commit(db: sqlite3.Connection, oid: str) -> list[tuple[Event, bool]]:
    """What one commit says that holds in this view; and whether it alone says so."""
    rows = db.execute(
        _CLAIMS + "WHERE c.oid = ? AND c.struck IS NULL ORDER BY k.place", (oid,)
    ).fetchall()
    return [(event, not _said_elsewhere(db, rows[0][3], event)) for event in once(rows)]


def _said_elsewhere(db: sqlite3.Connection, ident: str, event: Event) -> bool:
    kind, body = encode(event.what)
    row = db.execute(
        "SELECT 1 FROM claims k JOIN commits c ON c.oid = k.oid WHERE k.subject = ? AND k.kind = ?"
        " AND k.body = ? AND c.ident = ? AND c.oid != ? AND c.struck IS NULL",
        (event.what.subject, kind, body, ident, event.commit),
    ).fetchone()
    return row is not None


def of_subject_within(db: sqlite3.Connection, subject: str, hidden: frozenset[str]) -> list[Event]:
    """The same in the smaller view that does not reach `hidden`."""
    rows = db.execute(
        _CLAIMS + "WHERE k.subject = ? ORDER BY c.at, c.oid, k.place", (subject,)
    ).fetchall()
    return list(
        once(row for row in rows if row[0] not in hidden and reverter(db, row[0], hidden) is None)
    )


def everything(db: sqlite3.Connection) -> Iterator[tuple[str, Event]]:
    """(subject, claim) of all that holds in this view, grouped by subject, in order."""
    rows = db.execute(
        "SELECT c.oid, c.at, c.agent, c.ident, c.subject, k.place, k.kind, k.body, k.subject"
        " FROM claims k JOIN commits c ON c.oid = k.oid"
        " WHERE c.struck IS NULL ORDER BY k.subject, c.at, c.oid, k.place"
    )
    carried: set[tuple[str, str, str]] = set()
    current = ""
    for *row, subject in rows:
        if subject != current:
            current = subject
            carried.clear()
        for event in once([tuple(row)], carried):
            yield subject, event


def once(
    rows: Iterable[tuple[str, int, str, str, str, int, str, str]],
    carried: set[tuple[str, str, str]] | None = None,
) -> Iterator[Event]:
    """Rows of `claims` with their commits, as events; a claim that a cherry-pick or a rebase
    carries a second time (same author line, same words) is passed over."""
    carried = set() if carried is None else carried
    for oid, at, agent, ident, title, place, kind, body in rows:
        if (ident, kind, body) not in carried:
            carried.add((ident, kind, body))
            yield Event(
                id=f"{oid}.{place:04d}",
                at=at,
                actor=agent,
                what=decode(kind, body),
                writer="",
                seq=0,
                batch="",
                commit=oid,
                title=title,
            )
