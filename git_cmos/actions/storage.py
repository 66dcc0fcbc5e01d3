"""The memory itself: is it sound, does it agree with a fold from nothing?"""

from __future__ import annotations

import os

from git_cmos import db, fold, journal, ledger, mending, schema
from git_cmos.opening import copy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from git_cmos.memory import Memory


def rebuild(
    memory: Memory, progress: Callable[[int], object] = lambda count: None
) -> dict[str, Any]:
    """Fold everything again: {"events", "missions", "digest", "before", "after", "same"}."""
    events, before, after = mending.rebuild(memory, progress)
    missions = memory.db.execute("SELECT count(*) FROM missions").fetchone()[0]
    return {
        "events": events,
        "missions": missions,
        "digest": after,
        "before": before,
        "after": after,
        "same": before == after,
    }


def parity(memory: Memory) -> tuple[str, str]:
    """(digest of the tables, digest of a fold from nothing); the tables are left alone."""
    copy = copy_of(memory.db)
    try:
        fold.rebuild(copy)
        return fold.digest(memory.db), fold.digest(copy)
    finally:
        copy.close()


def told_digest(memory: Memory) -> str:
    """A name for what was told: the digest of a fold of the told events alone. Two clones that
    were told the same give the same, whatever commits they have."""
    copy = db.connect_in_memory()
    try:
        with db.transaction(copy):
            journal.append(copy, journal.everything(memory.db))
            db.run_script(copy, schema.read("seen.sql"))
            fold.rebuild(copy)
        return fold.digest(copy)
    finally:
        copy.close()


def health(memory: Memory) -> dict[str, Any]:
    """What there is to know of the file; `ok` is the verdict."""
    check = memory.db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    now, fresh = parity(memory)
    differing = ledger.differences(memory.db, memory.repo)
    sound = check == "ok" and now == fresh and not differing
    if not sound:
        mending.suspect(memory)
    path = os.path.join(memory.repo.place.memory, "memory.db")
    counts = {
        name: memory.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        for name in ("events", "claims", "missions")
    }
    return {
        "path": path,
        "format": memory.db.execute("PRAGMA user_version").fetchone()[0],
        "bytes": os.path.getsize(path) if os.path.exists(path) else 0,
        "integrity": check,
        "told": counts["events"],
        "claims": counts["claims"],
        "missions": counts["missions"],
        "digest": now,
        "parity": now == fresh,
        "differing": differing,
        "writable": not memory.why_frozen,
        "ok": sound,
    }
