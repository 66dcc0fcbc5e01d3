"""Seen events: what the commits in view say. Kept by difference, struck by reverts."""

from __future__ import annotations

from git_cmos import claims
from git_cmos.events import Event, decode, encode
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from git_cmos.claims import RawCommit, Said, Vocabulary

_BATCH = 2000  # claims
_FEW = 50  # commits that are cheaper to look for one by one than to count all


@value
class Stored:
    """What came. commits: oid -> date; merges: (revert, merge, side gone back to) of reverted
    merges, with which goes all that they brought."""

    commits: dict[str, int]
    merges: list[tuple[str, str, str]]


def store(db: sqlite3.Connection, commits: Iterable[RawCommit], words: Vocabulary) -> Stored:
    """Keep what commits say, as they come."""
    kept: dict[str, int] = {}
    merges: list[tuple[str, str, str]] = []
    rows = _Rows()
    for commit in commits:
        said = claims.read(commit, words)
        if said is not None:
            rows.add(commit, said)
            kept[commit.oid] = commit.at
            merges += [(commit.oid, target, base) for target, base in said.strikes if base]
        if len(rows.claims) > _BATCH:
            rows.write(db)
    rows.write(db)
    return Stored(commits=kept, merges=merges)


class _Rows:
    """Rows on their way to the tables: one statement for many costs a third of as many."""

    def __init__(self) -> None:
        self.commits: list[tuple[str, int, str, str, str]] = []
        self.claims: list[tuple[str, int, str, str, str]] = []
        self.strikes: list[tuple[str, str]] = []

    def add(self, commit: RawCommit, said: Said) -> None:
        oid = commit.oid
        self.commits.append((oid, commit.at, said.agent, said.ident, said.subject))
        for place, what in enumerate(said.happenings):
            kind, body = encode(what)
            self.claims.append((oid, place, kind, what.subject, body))
        self.strikes += [(oid, target) for target, _ in said.strikes]

    def write(self, db: sqlite3.Connection) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO commits (oid, at, agent, ident, subject) VALUES (?,?,?,?,?)",
            sorted(self.commits),
        )
        db.executemany(
            "INSERT OR REPLACE INTO claims (oid, place, kind, subject, body) VALUES (?,?,?,?,?)",
            sorted(self.claims),
        )
        db.executemany("INSERT OR IGNORE INTO strikes VALUES (?,?)", self.strikes)
        for rows in (self.commits, self.claims, self.strikes):
            rows.clear()


def redate(db: sqlite3.Connection, dates: Iterable[tuple[str, int]]) -> None:
    """Give commits the dates that their ancestors force on them."""
    db.executemany("UPDATE commits SET at = ? WHERE oid = ?", [(at, oid) for oid, at in dates])


def strike(db: sqlite3.Connection, revert: str, targets: Iterable[str]) -> None:
    """`revert` takes back each of `targets` that says something of ours."""
    db.executemany(
        "INSERT OR IGNORE INTO strikes (oid, target) SELECT ?, oid FROM commits WHERE oid = ?",
        [(revert, target) for target in targets],
    )


def forget(db: sqlite3.Connection, oids: Iterable[str]) -> None:
    """Drop what commits said that left the view."""
    rows = [(oid,) for oid in oids]
    for table in ("claims", "strikes", "commits", "releases", "unreached"):
        db.executemany(f"DELETE FROM {table} WHERE oid = ?", rows)  # noqa: S608 - our own names


def count(db: sqlite3.Connection) -> int:
    """How many commits in view say something of ours."""
    return int(db.execute("SELECT count(*) FROM commits").fetchone()[0])


def known(db: sqlite3.Connection, oids: Iterable[str]) -> list[str]:
    """Those of `oids` that say something of ours."""
    wanted = set(oids)
    if len(wanted) > _FEW and count(db) <= len(wanted):
        return [oid for (oid,) in db.execute("SELECT oid FROM commits") if oid in wanted]
    found = (db.execute("SELECT oid FROM commits WHERE oid = ?", (oid,)) for oid in wanted)
    return [row[0] for cursor in found for row in cursor]


def subjects(db: sqlite3.Connection, oids: Iterable[str]) -> set[str]:
    """The subjects that the claims of these commits are about."""
    found: set[str] = set()
    for oid in oids:
        rows = db.execute("SELECT DISTINCT subject FROM claims WHERE oid = ?", (oid,))
        found.update(subject for (subject,) in rows)
    return found


def struck_by(db: sqlite3.Connection, oids: Iterable[str]) -> set[str]:
    """All commits that these strike, and those that the struck ones strike, and so on."""
    found: set[str] = set()
    queue = list(oids)
    while queue:
        oid = queue.pop()
        for (target,) in db.execute("SELECT target FROM strikes WHERE oid = ?", (oid,)):
            for commit in _named(db, target):
                if commit not in found:
                    found.add(commit)
                    queue.append(commit)
    return found


def _named(db: sqlite3.Connection, target: str) -> list[str]:
    """The commits of ours that `target` names, in full or by their beginning."""
    rows = db.execute("SELECT oid FROM commits WHERE oid >= ? AND oid < ?", (target, target + "g"))
    return [oid for (oid,) in rows]


def targets_among(db: sqlite3.Connection, oids: Iterable[str]) -> set[str]:
    """Those of `oids` that some revert in view names."""
    wanted = set(oids)
    targets = db.execute("SELECT DISTINCT target FROM strikes").fetchall() if wanted else []
    return {oid for (target,) in targets for oid in _named(db, target)} & wanted


def refresh_struck(db: sqlite3.Connection, oids: Iterable[str]) -> None:
    """Decide again which of these commits are reverted in this view."""
    for oid in oids:
        db.execute("UPDATE commits SET struck = ? WHERE oid = ?", (reverter(db, oid), oid))


def reverter(db: sqlite3.Connection, oid: str, hidden: frozenset[str] = frozenset()) -> str | None:
    """The commit in view that reverts `oid` and is not itself reverted; None where none does.

    hidden: commits that the view in question does not reach. A revert is later than what it
    reverts, so all that bear on `oid` can be judged from the latest backwards, each once.
    """
    strikers: dict[str, list[str]] = {}
    dates: dict[str, int] = {}
    queue = [oid]
    while queue:
        commit = queue.pop()
        if commit not in strikers:
            found = [row for row in _strikers(db, commit) if row[0] not in hidden]
            dates.update(found)
            strikers[commit] = [striker for striker, _ in found]
            queue += strikers[commit]
    verdict: dict[str, str | None] = {}
    for commit in [*sorted(dates, key=lambda name: (dates[name], name), reverse=True), oid]:
        valid = (striker for striker in strikers[commit] if verdict[striker] is None)
        verdict[commit] = next(valid, None)
    return verdict[oid]


def _strikers(db: sqlite3.Connection, oid: str) -> list[tuple[str, int]]:
    """(commit, date) of the later commits in view that say they revert `oid`, oldest first."""
    names = [oid[:length] for length in range(7, len(oid) + 1)]
    marks = ",".join("?" * len(names))
    return db.execute(
        "SELECT DISTINCT s.oid, c.at FROM strikes s JOIN commits c ON c.oid = s.oid"  # noqa: S608 - only marks
        f" WHERE s.target IN ({marks}) AND c.at > (SELECT at FROM commits WHERE oid = ?)"
        " ORDER BY c.at, c.oid",
        (*names, oid),
    ).fetchall()


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
