"""The file of a memory: begin one, set a damaged one aside, copy one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager

from git_cmos import db
from git_cmos.lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos import journal
    from git_cmos.git import Repo
else:
    journal = lazy("git_cmos.journal")


def copy_of(connection: sqlite3.Connection) -> sqlite3.Connection:
    """All of a memory, in one that leaves nothing behind."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def connect(repo: Repo, path: str) -> tuple[sqlite3.Connection, str]:
    """(connection, warning): open the file; one that is no memory is set aside first."""
    try:
        if os.path.exists(path):
            return db.connect(path), ""
    except db.Damaged:
        pass
    with write_lock(repo):
        try:
            connection, warning = db.connect(path), ""  # another process may have mended it
        except db.Damaged as damage:
            warning = _replace(path, damage)
            connection = db.connect(path)
        _ignore(repo.place.memory)
    return connection, warning


def path_of(repo: Repo) -> str:
    """Where the memory of a repository lies."""
    return os.path.join(repo.place.memory, "memory.db")


def mend(repo: Repo, damage: sqlite3.DatabaseError) -> str:
    """Replace a memory that turned out to be damaged by a new one that holds what can still be
    read of it; what was done, in words. The ledger and history bring back the rest.

    Raises `damage` itself where the file is not to blame.
    """
    path = path_of(repo)
    if not isinstance(db.translate(damage, path), db.Damaged):
        raise damage
    with write_lock(repo):
        return _replace(path, damage)


def _replace(path: str, damage: Exception) -> str:
    saved = journal.salvage(path)
    aside = set_aside(path)
    connection = db.connect(path)
    with db.transaction(connection):
        journal.append(connection, saved)
    connection.close()
    return f"memory.db was damaged ({damage}); it is kept as {aside} and was rebuilt"


def identity(path: str) -> tuple[int, int]:
    """Which file this is; (0, 0) where there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return 0, 0
    return stat.st_dev, stat.st_ino


@contextmanager
def write_lock(repo: Repo) -> Iterator[None]:
    """One writer at a time in this clone, in whichever worktree."""
    with db.lock(os.path.join(repo.place.common_dir, "cmos.lock")):
        yield


def _ignore(folder: str) -> None:
    """The memory never becomes part of a commit by accident."""
    path = os.path.join(folder, ".gitignore")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("*\n")


def set_aside(path: str) -> str:
    """Rename a file that is no memory, and what SQLite keeps beside it; the new name."""
    if os.path.lexists(os.path.dirname(path)) and not os.path.isdir(os.path.dirname(path)):
        path = os.path.dirname(path)  # a file stands where the folder should
    number = 1
    while os.path.lexists(f"{path}.damaged-{number}"):
        number += 1
    for suffix in ("", "-wal", "-shm"):
        if os.path.lexists(path + suffix):
            os.rename(path + suffix, f"{path}.damaged-{number}{suffix}")
    return f"{path}.damaged-{number}"


def derived_tables(connection: sqlite3.Connection) -> list[str]:
    """All but the journal and what the clone knows of itself."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in rows if name not in ("events", "meta")]
