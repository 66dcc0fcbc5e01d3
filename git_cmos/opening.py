"""The file of a memory: begin one, set a damaged one aside, copy one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, nullcontext

from git_cmos import db

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.git import Repo


def copy_of(connection: sqlite3.Connection) -> sqlite3.Connection:
    """All of a memory, in one that leaves nothing behind."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def connect(repo: Repo, path: str) -> sqlite3.Connection:
    """Open the file; where it is none of ours or unsound, set it aside and begin a new one."""
    new = not os.path.exists(path)
    with write_lock(repo) if new else nullcontext():
        try:
            connection = db.connect(path)
        except db.Damaged:
            with nullcontext() if new else write_lock(repo):
                set_aside(path)
                connection = db.connect(path)
        if new:
            _ignore(repo.place.memory)
    return connection


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
