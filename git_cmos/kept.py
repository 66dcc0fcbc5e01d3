"""Small derived things kept between commands to spare work; losing them costs only time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3


def note(db: sqlite3.Connection, key: str) -> str | None:
    """Something small that was kept to spare work; None where it was not."""
    row = db.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def keep(db: sqlite3.Connection, key: str, text: str) -> None:
    db.execute("INSERT OR REPLACE INTO kept (key, value) VALUES (?,?)", (key, text))
