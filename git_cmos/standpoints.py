"""Standpoints: smaller views inside the view, such as what the default branch has (`landed`) or
what a HEAD has. Kept as the few commits of ours that a standpoint does *not* reach, and brought
along by difference, since a catch-up after one commit must not walk all branches."""

from __future__ import annotations

from git_cmos import reverts
from git_cmos.errors import GitFailed
from git_cmos.kept import keep, note, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.git import Repo
    from git_cmos.git.history import Reading

_MANY = 5000  # commits that came; with more, git finds the difference more cheaply than we do


class Standpoints:
    """All standpoints of one memory, after one catch-up.

    reading: what was read; came, gone: commits of ours that came into the view and left it;
    everything: whether the view was empty before.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        repo: Repo,
        reading: Reading,
        came: list[str],
        gone: list[str],
        everything: bool,
    ) -> None:
        self.db, self.repo, self.reading = db, repo, reading
        self.came, self.gone, self.everything = came, gone, everything
        self._reached: dict[str, set[bytes]] = {}
        self._sides: dict[tuple[str, str], tuple[set[str], set[str]]] = {}

    def update(self, points: dict[str, str], heads: dict[str, str]) -> None:
        """points: name -> commit, "" where there is none; heads: the tips of the view."""
        before = number(note(self.db, "generation"))
        now = before + bool(self.came or self.gone)
        keep(self.db, "generation", str(now))
        for name, oid in points.items():
            row = self.db.execute(
                "SELECT oid, view FROM standpoints WHERE name = ?", (name,)
            ).fetchone()
            if row == (oid, now):
                continue
            if not (row and row[1] == before and self._moved_along(name, row[0], oid)):
                self._measure(name, oid, heads)
            self.db.execute("INSERT OR REPLACE INTO standpoints VALUES (?,?,?)", (name, oid, now))

    def _moved_along(self, name: str, old: str, new: str) -> bool:
        """Bring one standpoint from `old` to `new`; False where that cannot be told.

        What came was beyond all old tips, so beyond `old`; only what exactly one of the two
        reaches changes sides.
        """
        if not old or not new:
            return False
        try:
            lost, won = self._difference(old, new)
        except GitFailed:  # the old commit was pruned
            return False
        for oid in self.came:  # what went was dropped with the commit itself
            self._add(name, oid)
        for oid in self._ours(won):
            self.db.execute("DELETE FROM unreached WHERE name = ? AND oid = ?", (name, oid))
        for oid in self._truly_lost(self._ours(lost), new):
            self._add(name, oid)
        return True

    def _truly_lost(self, lost: set[str], new: str) -> set[str]:
        """Where clocks were wrong, git's difference lists commits that both sides reach."""
        if lost and note(self.db, "skewed"):
            return lost - self.repo.oids([new], [])
        return lost

    def _ours(self, oids: set[str]) -> set[str]:
        """Those of `oids` that say something of ours, or are merges that somebody took back."""
        return {*reverts.known(self.db, oids), *(oids & reverts.held_merges(self.db))}

    def _difference(self, old: str, new: str) -> tuple[set[str], set[str]]:
        """(commits that only `old` reaches, commits that only `new` reaches)."""
        if (old, new) not in self._sides:
            self._sides[old, new] = self._ask(old, new)
        return self._sides[old, new]

    def _ask(self, old: str, new: str) -> tuple[set[str], set[str]]:
        if old == new:
            return set(), set()
        if self.reading.count < _MANY:
            inside, beyond = self.reading.reached_from(new)
            if beyond == {old.encode()}:  # plain commits on top: nothing has to be asked
                return set(), {commit.decode() for commit in inside}
        return self.repo.sides(old, new)

    def _add(self, name: str, oid: str) -> None:
        self.db.execute("INSERT OR IGNORE INTO unreached VALUES (?,?)", (name, oid))

    def _measure(self, name: str, oid: str, heads: dict[str, str]) -> None:
        """From nothing: walk from all tips, or take what was watched while reading."""
        self.db.execute("DELETE FROM unreached WHERE name = ?", (name,))
        rows = self.db.execute("SELECT oid FROM commits").fetchall()
        if not rows:
            return
        if oid:
            missing = self._ours(self._beyond(oid, heads))
        else:  # an unborn branch, or no default branch: nothing is reached from nowhere
            missing = {ours for (ours,) in rows} | reverts.held_merges(self.db)
        for ours in missing:
            self._add(name, ours)

    def _beyond(self, oid: str, heads: dict[str, str]) -> set[str]:
        if self.everything:  # all there is was read just now: git need not walk it again
            if oid not in self._reached:
                self._reached[oid] = self.reading.reached_from(oid)[0]
            came = {*self.came, *reverts.held_merges(self.db)}
            return {ours for ours in came if ours.encode() not in self._reached[oid]}
        others = {head for head in heads.values() if head != oid}
        between = self.repo.oids_exactly if note(self.db, "skewed") else self.repo.oids
        return between(others, [oid]) if others else set()
