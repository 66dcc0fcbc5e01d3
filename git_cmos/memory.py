"""Memory: the one door to writing, and what every reader opens first.

open -> catch up -> (change: lock, catch up, decide, stamp, journal, fold, COMMIT, ledger)
"""

from __future__ import annotations

from contextlib import contextmanager

from git_cmos import db, opening
from git_cmos.errors import CmosError
from git_cmos.failpoints import reach
from git_cmos.git import Repo
from git_cmos.kept import keep, ledger_is_behind, note, stored_tips
from git_cmos.lazy import lazy
from git_cmos.looking import Looking
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from git_cmos import catchup, fold, journal, leases, ledger, releases
    from git_cmos.config import Config
    from git_cmos.events import Event
    from git_cmos.git.refs import Tips

    Decide = Callable[[sqlite3.Connection], Sequence[journal.Told]]
    Progress = Callable[[int], object]
else:  # nothing of these is needed where no ref moved and nothing is written
    sqlite3 = db.sqlite3
    catchup, fold = lazy("git_cmos.catchup"), lazy("git_cmos.fold")
    journal = lazy("git_cmos.journal")
    leases, ledger = lazy("git_cmos.leases"), lazy("git_cmos.ledger")
    releases = lazy("git_cmos.releases")


@value
class Moved:
    """What a catch-up did. read: commits read; came, went: commits of ours."""

    read: int = 0
    came: int = 0
    went: int = 0


class Memory(Looking):
    """The state of one repository: a connection to its projection, caught up with history.

    view: "" for all that this clone has, else the revision that `--at` named. why_frozen: why
    nothing can be written here, or "".
    """

    def __init__(
        self, repo: Repo, connection: sqlite3.Connection, view: str = "", why_frozen: str = ""
    ) -> None:
        self.repo, self.db = repo, connection
        self.view, self.why_frozen = view, why_frozen
        self.warnings: list[str] = []
        self.moved, self._configured_by = Moved(), ""
        self._config: Config | None = None
        self._tips: Tips | None = None
        self._file = opening.last_opened

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        start: str = ".",
        *,
        lives_on: bool = False,
        progress: Progress | None = None,
        hasty: bool = False,
    ) -> Memory:
        """The memory of the repository in `start`, caught up; made if there was none. hasty: good
        enough for a hint, where refs look as they did though they moved a moment ago.

        Raises Cannot (128) outside a repository or when storage fails.
        """
        return cls.of(Repo.find(start, lives_on), progress, hasty)

    @classmethod
    def of(cls, repo: Repo, progress: Progress | None = None, hasty: bool = False) -> Memory:
        path = opening.path_of(repo)
        memory: Memory | None = None
        try:
            connection, warning = opening.connect(repo, path)
            memory = cls(repo, connection)
            memory.warnings += [warning] if warning else []
            if not (hasty and memory._looks_caught_up()):
                memory.catch_up(progress)
            return memory
        except db.Newer:
            why = "it was written by a newer git cmos: upgrade this one"
        except db.Unwritable as error:
            why = str(error)
        except sqlite3.Error as error:
            translated = db.translate(error, path)
            if not isinstance(translated, db.Unwritable):
                raise (error if isinstance(translated, db.Damaged) else translated) from None
            why = str(translated)
        if memory is not None:
            memory.close()
        return cls._beside(repo, path, why)

    @classmethod
    def _beside(cls, repo: Repo, path: str, why: str) -> Memory:
        """A fold of our own in memory, from the told events of a file that stays untouched."""
        memory = cls(repo, opening.told_at(path), why_frozen=why)
        memory._catch_up_now(None)
        return memory

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def first_tags(self, oids: Sequence[str]) -> dict[str, str]:
        """commit -> the first tag that holds it; what had to be asked of git is kept."""
        known = releases.first_tags(self.db, self.repo, oids)
        if not self.why_frozen:
            with db.careless(self.db):
                releases.remember(self.db, known)
        return known

    # -- catching up -----------------------------------------------------------------------

    def catch_up(self, progress: Progress | None = None) -> Moved:
        """Bring the tables to where the refs are now. Unmoved refs cost a few stats."""
        if self.why_frozen:
            return self.moved
        self._follow_file()
        if not self._derived_is_current() or self._signature_now() != self._signature_kept():
            with self.alone(), db.transaction(self.db):
                self.moved = self._catch_up_now(progress)
                reach("catchup-folded")
            reach("catchup-committed")
        if ledger_is_behind(self.db):
            with self.alone():
                self._append_to_ledger()
        return self.moved

    def _catch_up_now(self, progress: Progress | None) -> Moved:
        """Inside a transaction: compare the tips, take what came, drop what went."""
        if not self._derived_is_current():
            opening.derive_anew(self.db)
        signature = self._signature()
        tags = self.repo.tags_signature()
        unmoved = tags and tags == note(self.db, "tags-signature")
        held, prefix = stored_tips(self.db), self.config.ledger_prefix()
        stepped = self._stepped(held, signature, prefix)
        self._tips = tips = stepped or self.repo.tips(held.tags if unmoved else None, prefix)
        words, shallow = repr(self.vocabulary()), self.repo.shallow_commits()
        changed = words != (note(self.db, "words") or words) or shallow != note(self.db, "shallow")
        read, came, went = self._follow(tips, changed, held, progress)
        if not stepped:
            with catchup.uncollected():
                ledger.heal(self.db, self.repo, tips)
            leases.take_in(self.db, self.repo, tips, prefix)
        if words != (words := repr(self.vocabulary())):  # a clone adopted a pattern: read anew
            read, came, went = self._follow(tips, True, tips, progress)
        notes = {"signature": signature, "tags-signature": tags, "words": words}
        notes |= {"landing": catchup.landing(tips, self.config), "shallow": shallow}
        for key, text in notes.items():
            keep(self.db, key, text)
        if self._configured_by:
            keep(self.db, "settings", self._configured_by)
            self._configured_by = ""
        return Moved(read=read, came=came, went=went)

    def _follow(
        self, tips: Tips, everything: bool, held: Tips, progress: Progress | None
    ) -> tuple[int, int, int]:
        said = progress or (lambda count: None)
        catching = catchup.CatchUp(self.db, self.repo, self.config, said)
        return catching.to(tips, everything=everything, held=held)

    # -- other views -----------------------------------------------------------------------

    def at(self, rev: str, progress: Progress | None = None) -> Memory:
        """The view from one commit: told events, and the claims that `rev` reaches.

        A copy in memory, moved there by difference. Cannot (128) where `rev` names no commit.
        """
        oid = self.repo.objects.resolve(rev)
        copy = opening.copy_of(self.db)
        other = Memory(self.repo, copy, view=rev, why_frozen="a view of the past is read-only")
        other._config = self.config
        told = progress or (lambda count: None)
        catchup.CatchUp(copy, self.repo, self.config, told).to_one(self.tips, oid)
        return other

    # -- writing ---------------------------------------------------------------------------

    def change(self, decide: Decide, actor: str, progress: Progress | None = None) -> list[Event]:
        """The one way in. `decide` sees the caught-up state under the lock and returns what
        happened, or raises Refused; the events are journaled, folded, committed, and then
        appended to the ledger. The SQLite commit is the acknowledgement. progress: of the reading
        that a change of the words makes necessary."""
        if self.why_frozen:
            raise db.unwritable(self.why_frozen)
        with self.refusing():
            look = opening.LOOKS
            while True:
                with opening.looking_again(look), self.alone():
                    return self._change(decide, actor, progress)
                look -= 1
                self.open_again()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The write lock, held on the file that stands in its place: who writes into one that
        was removed writes into the -wal of the next one, too, which has its name."""
        while True:
            self._follow_file()
            with opening.write_lock(self.repo):
                if opening.identity(opening.path_of(self.repo)) == self._file:
                    yield
                    return

    def refusing(self) -> AbstractContextManager[None]:
        """What storage says about a write, as one of our errors."""
        return opening.refusing(opening.path_of(self.repo))

    def _change(self, decide: Decide, actor: str, progress: Progress | None) -> list[Event]:
        with db.transaction(self.db):
            self.moved = self._catch_up_now(None)
            reach("write-caught-up")
            told = journal.storable(decide(self.db))
            ahead = self.config.seconds("cmos.date.future") * 1_000_000
            stamped = journal.stamp(self.db, ledger.writer(self.db), told, actor, ahead)
            for event in journal.append(self.db, stamped):
                reach("write-journaled")
                fold.extend(self.db, event)
            if any(event.what.noun == "pattern" for event in stamped):
                self.moved = self._catch_up_now(progress)
            reach("write-folded")
        reach("write-committed")
        db.acknowledged += 1
        self._append_to_ledger()
        reach("write-told")
        return stamped

    def _append_to_ledger(self) -> None:
        """The events are acknowledged by now: what fails here is healed by a later command."""
        try:
            ledger.append(self.db, self.repo, self.config)
        except (CmosError, sqlite3.Error) as error:
            self.warnings.append(f"told, but not yet in the ledger: {error}")

    def _follow_file(self) -> None:
        """A process that lives on must not write into a file that somebody removed."""
        if opening.identity(opening.path_of(self.repo)) != self._file:
            self.open_again()

    def open_again(self) -> None:
        """Let go of the file, and take the one that stands in its place."""
        self.db.close()
        self.db, warning = opening.connect(self.repo, opening.path_of(self.repo))
        self.warnings += [warning] if warning else []
        self._file = opening.last_opened
