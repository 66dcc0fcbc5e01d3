"""Reverted merges: with such a revert goes all that the merge brought, exactly while the merge is
in view. Which merges are is kept, so that only what moved is asked about."""

from __future__ import annotations

from git_cmos import reverts
from git_cmos.errors import GitFailed
from git_cmos.kept import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.git import Repo
    from git_cmos.git.history import Reading

_FORGET_UNREACHED = """
    DELETE FROM unreached WHERE oid NOT IN (SELECT oid FROM commits)
    AND oid NOT IN (SELECT held FROM reverted_merges WHERE held IS NOT NULL)
"""
_FULL = (40, 64)  # digits of an object name


class Merges:
    """The reverted merges of one memory, after one reading.

    heads: the tips of the view; everything: whether all that they reach was read just now.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        repo: Repo,
        reading: Reading,
        heads: set[str],
        everything: bool,
    ) -> None:
        self.db, self.repo, self.reading = db, repo, reading
        self.heads, self.everything = heads, everything

    def settle(self, gone: set[str]) -> set[str]:
        """Let each merge take along what it brought, or no longer; the commits whose verdict this
        may change. gone: what may have left the view."""
        changed = self._judge(gone)
        if gone or changed:  # a merge whose revert went away is nobody's concern any more
            self.db.execute(_FORGET_UNREACHED)
        return changed

    def _judge(self, gone: set[str]) -> set[str]:
        rows = self.db.execute("SELECT oid, target, base, held FROM reverted_merges").fetchall()
        if not rows:
            return set()
        if self.db.execute("SELECT 1 FROM claims LIMIT 1").fetchone() is None:
            return self._unsettle()
        asked = {row[1] for row in rows if row[3] is None or self._moved(row[1], gone)}
        found = self._in_view(sorted(asked)) if asked else {}
        changed: set[str] = set()
        for revert, target, base, held in rows:
            merge = found.get(target, "") if target in asked else held
            if merge != held:
                changed |= self._hold(revert, target, base, merge)
        return changed

    def _unsettle(self) -> set[str]:
        """Nothing can be taken back: git need not be asked what merges brought."""
        self.db.execute("DELETE FROM strikes WHERE via != ''")
        self.db.execute("UPDATE reverted_merges SET held = NULL WHERE held IS NOT NULL")
        return set()

    def _moved(self, target: str, gone: set[str]) -> bool:
        """Whether something came or went that `target` names."""
        if len(target) in _FULL:
            return target in gone or self.reading.reaches(target)
        return any(oid.startswith(target) for oid in (*gone, *self.reading.names()))

    def _hold(self, revert: str, target: str, base: str, merge: str) -> set[str]:
        """Note which merge in view `target` names ("" for none), and what goes with it."""
        changed = reverts.struck_by(self.db, [revert])
        row = (revert, target, base)
        key = "WHERE oid = ? AND target = ? AND base = ?"
        sql = f"SELECT held FROM reverted_merges {key}"  # noqa: S608 - our own words
        (held,) = self.db.execute(sql, row).fetchone()
        self.db.execute("DELETE FROM strikes WHERE oid = ? AND via = ?", (revert, held))
        self.db.execute(f"UPDATE reverted_merges SET held = ? {key}", (merge, *row))  # noqa: S608
        if merge:
            self.db.executemany(
                "INSERT OR IGNORE INTO strikes (oid, target, via) SELECT ?1, oid, ?2 FROM commits"
                " WHERE oid = ?3",
                [(revert, merge, oid) for oid in self._brought(merge, base)],
            )
            self.db.execute("DELETE FROM standpoints")  # who reaches this merge was not watched
        return changed | reverts.struck_by(self.db, [revert])

    def _in_view(self, names: list[str]) -> dict[str, str]:
        """name -> the one commit in view that it names."""
        spelt = {name: self._spelt_out(name) for name in names}
        unread = [oid for oids in spelt.values() for oid in oids if not self.reading.reaches(oid)]
        beyond = set(unread)
        if not self.everything:
            beyond = unreached(self.db, self.repo, unread, self.heads)
        here = {name: [oid for oid in oids if oid not in beyond] for name, oids in spelt.items()}
        return {name: oids[0] for name, oids in here.items() if len(oids) == 1}

    def _spelt_out(self, name: str) -> list[str]:
        return [name] if len(name) in _FULL else self.repo.commits_named(name)

    def _brought(self, merge: str, base: str) -> set[str]:
        """What a merge brought beside one of its parents; nothing where `base` is none of them."""
        parents = [oid for oid in self.repo.parents(merge) if oid.startswith(base)]
        if len(parents) != 1:
            return set()
        between = self.repo.oids_exactly if note(self.db, "skewed") else self.repo.oids
        return between([merge], parents)


def unreached(db: sqlite3.Connection, repo: Repo, oids: list[str], heads: set[str]) -> set[str]:
    """Those of `oids` that no head reaches; what is not here at all is reached by none."""
    if not oids:
        return set()
    try:
        between = repo.oids_exactly if note(db, "skewed") else repo.oids
        return set(oids) & between(oids, heads)
    except GitFailed:
        if len(oids) == 1:
            return set(oids)
    half = len(oids) // 2
    return unreached(db, repo, oids[:half], heads) | unreached(db, repo, oids[half:], heads)
