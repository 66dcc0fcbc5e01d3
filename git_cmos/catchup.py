"""Catching up with history by difference: which commits came, which went, what they touch.

Every command does this first. Where no ref moved, nothing happens here at all. The result is
the same as reading everything anew (tests hold it to that), whatever moved the refs.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager

from git_cmos import adopted, fold, rebased, releases, reverts, seen
from git_cmos.errors import GitFailed
from git_cmos.git import default_branch, history
from git_cmos.kept import LANDED, keep, note, number, store_tips, stored_tips
from git_cmos.merges import Merges
from git_cmos.standpoints import Standpoints

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from git_cmos.claims import Vocabulary
    from git_cmos.config import Config
    from git_cmos.git import Repo
    from git_cmos.git.refs import Tips

_SEEN = (
    *("commits", "claims", "strikes", "reverted_merges"),
    *("dates", "unreached", "standpoints"),
)
_MANY = 100  # commits of ours that came


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for garbage in cycles: a million commits make none, and the search
    would cost as much as reading them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def landing(tips: Tips, config: Config) -> str:
    """The full name of the branch on which work counts as landed, by the settings in force."""
    return default_branch(tips, config.get("cmos.defaultbranch"), config.get("init.defaultbranch"))


class CatchUp:
    """One catch-up of one memory with one repository, inside the caller's transaction."""

    def __init__(
        self,
        db: sqlite3.Connection,
        repo: Repo,
        config: Config,
        progress: Callable[[int], object] = lambda count: None,
    ) -> None:
        self.db, self.repo, self.config = db, repo, config
        self.words: Vocabulary = adopted.vocabulary(db, config)
        self.progress = progress
        self.read = 0  # commits read so far

    def to(
        self, tips: Tips, everything: bool = False, held: Tips | None = None
    ) -> tuple[int, int, int]:
        """Bring the tables to the view from all `tips`; everything: as if nothing was read; held:
        the tips of the last time, where they are known.

        Returns the number of commits read, of commits of ours that came, and that went.
        """
        if everything:
            self._forget_all()
        here = tips.heads.get(self.repo.head_name, "")
        held = held or stored_tips(self.db)
        with uncollected():
            moved = self._to(tips.heads, here, tips, {} if everything else held.heads)
        releases.forget_stale(self.db, tips, held)
        store_tips(self.db, tips, held)
        return self.read, *moved

    def to_one(self, tips: Tips, oid: str) -> None:
        """Bring the tables to the view from one commit: as if it were the only tip."""
        self._to({"": oid}, oid, tips, stored_tips(self.db).heads)

    def _to(
        self, heads: dict[str, str], here: str, tips: Tips, old: dict[str, str]
    ) -> tuple[int, int]:
        points = {LANDED: tips.heads.get(landing(tips, self.config), ""), self.repo.head_name: here}
        reading = history.Reading(
            self.repo.git_dir,
            history.places(self.words),
            self._known_date,
            self.progress,
        )
        came, gone = self._move(old, heads, reading)
        self.read = reading.count
        Standpoints(self.db, self.repo, reading, came, gone, not old).update(points, heads)
        return len(came), len(gone)

    def _move(
        self, old: dict[str, str], heads: dict[str, str], reading: history.Reading
    ) -> tuple[list[str], list[str]]:
        """(commits of ours that came, commits of ours that went)."""
        before, after = set(old.values()), set(heads.values())
        if before == after:
            return [], []
        try:
            came = self._read(reading, after - before, before) if after - before else []
            gone = self._gone(reading, before, after)
        except GitFailed:  # an old tip was pruned: what it reached cannot be asked for any more
            self._forget_all()
            reading.forget()
            came, gone = self._read(reading, after, set()), set()
        lost = reverts.known(self.db, gone) if gone else []
        if lost and note(self.db, "skewed"):
            still = self.repo.oids(after, [])
            lost = [oid for oid in lost if oid not in still]
        merges = Merges(self.db, self.repo, reading, after, not before)
        self._apply(came, lost, lambda: merges.settle(gone))
        return came, lost

    def _gone(self, reading: history.Reading, before: set[str], after: set[str]) -> set[str]:
        """The commits that no tip reaches any more; none where what came builds on every tip
        that moved, as a plain commit does."""
        left = before - after
        if all(reading.reaches(oid) for oid in left):
            return set()
        return self.repo.oids(left, after)

    def _read(self, reading: history.Reading, new: set[str], old: set[str]) -> list[str]:
        """Keep what the commits that came say; those that said something."""
        commits = reading.between(new, old)
        if old:  # where clocks were wrong, git's difference lists commits that were in view
            commits = (commit for commit in commits if not reverts.known(self.db, [commit.oid]))
        stored = seen.store(self.db, commits, self.words)
        late = reading.dates.corrected()
        self.db.executemany("INSERT OR REPLACE INTO dates VALUES (?,?)", late.items())
        seen.redate(self.db, late.items())
        if reading.dates.skewed:
            keep(self.db, "skewed", "yes")
            backdated = max(number(note(self.db, "backdated")), reading.dates.backdated)
            keep(self.db, "backdated", str(backdated))
        rebased.follow(self.db, self.repo, stored)
        return stored

    def _known_date(self, oid: str) -> int | None:
        row = self.db.execute("SELECT at FROM dates WHERE oid = ?", (oid,)).fetchone()
        return row[0] if row else None

    def _apply(self, came: list[str], gone: list[str], settle: Callable[[], set[str]]) -> None:
        lost = seen.subjects(self.db, gone)
        freed = reverts.struck_by(self.db, gone)
        seen.forget(self.db, gone)
        struck = reverts.struck_by(self.db, came) | set(reverts.known(self.db, freed | settle()))
        reverts.refresh_struck(self.db, struck | reverts.targets_among(self.db, came))
        if len(came) > _MANY and len(came) > reverts.count(self.db) // 3:  # one sweep is cheaper
            fold.rebuild(self.db)
        else:
            subjects = seen.subjects(self.db, [*came, *struck]) | lost
            self._refold(subjects, came, bool(gone or struck))

    def _refold(self, subjects: set[str], came: list[str], anew: bool) -> None:
        """One step on where only a few claims came and nothing went; else from the start."""
        if anew or len(came) > 1:
            for subject in subjects:
                fold.refold(self.db, subject)
            return
        for oid in came:
            for event, alone in seen.of_commit(self.db, oid):
                if alone:
                    fold.extend(self.db, event)
                else:  # another carrier said it: the earlier of the two counts
                    fold.refold(self.db, event.what.subject)

    def _forget_all(self) -> None:
        for table in _SEEN:
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        fold.rebuild(self.db)
