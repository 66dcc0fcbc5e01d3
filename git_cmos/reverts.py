"""Reverts: what takes back what in this view. A revert names a commit, or a merge with the side
that it goes back to: then all that the merge brought is taken back, where the merge is in view."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_STRUCK = """
    SELECT target FROM strikes WHERE oid = ?1
    UNION SELECT target FROM strikes WHERE via = ?1 AND via != ''
"""
_FEW = 50  # commits that are cheaper to look for one by one than to count all


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


def held_merges(db: sqlite3.Connection) -> set[str]:
    """The merges in view that a revert takes back, with all that they brought."""
    return {oid for (oid,) in db.execute("SELECT held FROM reverted_merges WHERE held != ''")}


def struck_by(db: sqlite3.Connection, oids: Iterable[str]) -> set[str]:
    """All commits that these strike, or that go with these merges where they are reverted, and
    those that the struck ones strike, and so on."""
    found: set[str] = set()
    queue = list(oids)
    while queue:
        oid = queue.pop()
        for (target,) in db.execute(_STRUCK, (oid,)):
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

    hidden: commits and reverted merges that the view in question does not reach. What nobody
    reverts is judged first, then what only such commits revert, and so on: each once.
    """
    strikers = _all_strikers(db, oid, hidden)
    struck: dict[str, list[str]] = {commit: [] for commit in strikers}
    for commit, by in strikers.items():
        for striker in by:
            struck[striker].append(commit)
    verdict: dict[str, str | None] = {}
    waiting = {commit: len(by) for commit, by in strikers.items()}
    ready = [commit for commit, count in waiting.items() if not count]
    while ready:
        commit = ready.pop()
        valid = (striker for striker in strikers[commit] if verdict[striker] is None)
        verdict[commit] = next(valid, None)
        for other in struck[commit]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return verdict.get(oid)  # none in a circle, which only names made to collide can close


def _all_strikers(db: sqlite3.Connection, oid: str, hidden: frozenset[str]) -> dict[str, list[str]]:
    """commit -> the commits that say they revert it, of all that bears on `oid`."""
    strikers: dict[str, list[str]] = {}
    queue = [oid]
    while queue:
        commit = queue.pop()
        if commit not in strikers:
            strikers[commit] = _strikers(db, commit, hidden)
            queue += strikers[commit]
    return strikers


def _strikers(db: sqlite3.Connection, oid: str, hidden: frozenset[str]) -> list[str]:
    """The commits in view that say they revert `oid`, oldest first; what a merge brought goes
    with it only where the merge is in view. Whoever writes a whole name
    has seen the commit; the beginning of one may be a chance, and counts in later commits only."""
    names = [oid[:length] for length in range(7, len(oid) + 1)]
    marks = ",".join("?" * len(names))
    rows = db.execute(
        "SELECT s.oid, s.via FROM strikes s JOIN commits c ON c.oid = s.oid"  # noqa: S608 - only marks
        f" WHERE s.target IN ({marks}) AND s.oid != ?"
        " AND (s.target = ? OR c.at > (SELECT at FROM commits WHERE oid = ?))"
        " ORDER BY c.at, c.oid",
        (*names, oid, oid, oid),
    )
    return list(dict.fromkeys(striker for striker, via in rows if not {striker, via} & hidden))
