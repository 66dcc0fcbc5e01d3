"""SQLite files that are not the memory: the text index, which only spares work, and what others
made."""

from __future__ import annotations

import os
import sqlite3

from git_cmos import schema
from git_cmos.db import run_script, transaction

_BUSY_S = 30


def connect(path: str, script: str, version: int) -> sqlite3.Connection:
    """A database beside the memory that holds nothing of its own: made anew where it is missing,
    damaged or of another version; in memory where nothing can be written."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return _cache(path, script, version)
    except (sqlite3.DatabaseError, OSError):
        try:
            for name in (path, f"{path}-journal", f"{path}-wal", f"{path}-shm"):
                if os.path.lexists(name):
                    os.unlink(name)
            return _cache(path, script, version)
        except (sqlite3.Error, OSError):
            return _cache(":memory:", script, version)


def _cache(path: str, script: str, version: int) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous=OFF")
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, version):
            raise sqlite3.DatabaseError("of another version")
        with transaction(db):
            if not db.execute("PRAGMA user_version").fetchone()[0]:
                run_script(db, schema.read(script))
                db.execute(f"PRAGMA user_version={version}")
    except BaseException:
        db.close()
        raise
    return db


def distrust(db: sqlite3.Connection, longest: int) -> None:
    """Read a file that somebody else made: nothing in its schema may run or write, and no cell
    has more than `longest` bytes."""
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA query_only=ON")
    db.execute("PRAGMA cell_size_check=ON")
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
