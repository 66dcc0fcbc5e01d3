"""The memory: can it be written, is it sound, where does it lie, what does the clock say?"""

from __future__ import annotations

import os

from git_cmos import disk
from git_cmos.actions import storage
from git_cmos.actions.doctor.symptom import hint, wrong
from git_cmos.clock import iso, now
from git_cmos.queries import status as standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.doctor.symptom import Symptom
    from git_cmos.memory import Memory

_DAY = 86_400 * 1_000_000
_REBUILD = "`git cmos db rebuild`"


def frozen(memory: Memory) -> Iterator[Symptom]:
    """A memory that can be read only."""
    if memory.why_frozen:
        yield wrong(f"nothing can be written here: {memory.why_frozen}")


def health(memory: Memory) -> Iterator[Symptom]:
    """What `db health` finds wanting."""
    found = storage.health(memory)
    if found["integrity"] != "ok":
        yield wrong(f"memory.db is damaged: {found['integrity']}", _REBUILD)
    if not found["parity"]:
        yield wrong("the tables are not what a fold of all events makes", _REBUILD)
    if found["differing"]:
        words = f"memory.db and the ledger tell {found['differing']} events differently"
        yield wrong(words, _REBUILD)


def filesystem(memory: Memory) -> Iterator[Symptom]:
    """A file system on which several machines may write."""
    if disk.on_network(memory.repo.place.memory):
        yield hint(
            "the memory lies on a network file system, where SQLite is slower and its locks are"
            " only as good as the server's",
            "a clone on a local disk, and `git cmos sync` between them",
        )


def kept_damage(memory: Memory) -> Iterator[Symptom]:
    """Files that were set aside and may still hold something."""
    folder = memory.repo.place.memory
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    kept = [name for name in names if ".damaged-" in name and not name.endswith(("-wal", "-shm"))]
    if kept:
        yield hint(
            f"kept in {os.path.basename(folder)} from an earlier damage, and used by nothing:"
            f" {', '.join(kept)}",
            "delete what you do not want to look into",
        )


def clock(memory: Memory) -> Iterator[Symptom]:
    """Dates ahead of this clock: one clock is wrong, perhaps this one."""
    for words, at in standing.ahead(memory):
        told = words == "told"
        yield (wrong if told and at > now() + _DAY else hint)(
            f"something was {words} at {iso(at)}, but this clock says {iso(now())}",
            "look at the clock; order is kept meanwhile",
        )
