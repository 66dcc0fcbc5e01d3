"""Folding everything from nothing; and, where health found something wanting, beginning again."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from git_cmos import catchup, db, fold, opening
from git_cmos.errors import CmosError
from git_cmos.kept import keep_self, self_note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from git_cmos.memory import Memory


def rebuild(
    memory: Memory, progress: Callable[[int], object] | None = None
) -> tuple[int, str, str]:
    """Fold everything from nothing: (events folded, digest before, digest after)."""
    if memory.why_frozen:
        return _folded(memory, progress)
    if self_note(memory.db, "suspect"):
        return _begin_again(memory)
    with (
        memory.refusing(),
        memory.alone(),
        catchup.uncollected(),
        db.transaction(memory.db),
    ):
        return _folded(memory, progress)


def _folded(memory: Memory, progress: Callable[[int], object] | None) -> tuple[int, str, str]:
    before = fold.digest(memory.db)
    return fold.rebuild(memory.db, progress), before, fold.digest(memory.db)


def suspect(memory: Memory) -> None:
    """Have the next rebuild believe nothing here that the ledger or history knows better."""
    with suppress(CmosError, sqlite3.Error):
        if not memory.why_frozen:
            with (
                memory.refusing(),
                memory.alone(),
                db.transaction(memory.db),
            ):
                keep_self(memory.db, "suspect", "yes")


def _begin_again(memory: Memory) -> tuple[int, str, str]:
    """The file is set aside for a new one."""
    before = ""
    with suppress(sqlite3.Error):
        before = fold.digest(memory.db)
    memory.db.close()
    with memory.refusing():
        memory.warnings.append(opening.replace(memory.repo))
        memory.open_again()
    memory.catch_up()
    return fold.count(memory.db), before, fold.digest(memory.db)
