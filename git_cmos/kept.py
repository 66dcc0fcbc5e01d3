"""Small things kept between commands: notes that spare work, and what a clone knows of itself."""

from __future__ import annotations

from git_cmos.git.refs import Tips

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

LANDED = "landed"  # the standpoint of the default branch


def note(db: sqlite3.Connection, key: str) -> str | None:
    """Something small that was kept to spare work; None where it was not."""
    row = db.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def keep(db: sqlite3.Connection, key: str, text: str) -> None:
    db.execute("INSERT OR REPLACE INTO kept (key, value) VALUES (?,?)", (key, text))


def number(text: str | None) -> int:
    """A kept number; 0 for what was altered."""
    return int(text) if text and text.isdigit() and len(text) < 19 else 0


def self_note(db: sqlite3.Connection, key: str) -> str | None:
    """What this clone noted of itself under `key`; unlike the others it cannot be derived."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def keep_self(db: sqlite3.Connection, key: str, text: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?,?)", (key, text))


def stored_tips(db: sqlite3.Connection) -> Tips:
    """Every ref as of the last catch-up; ledger refs are not kept here."""
    tips = Tips(heads={}, tags={}, symrefs=dict(db.execute("SELECT * FROM symrefs")), ledger={})
    for ref, oid in db.execute("SELECT ref, oid FROM tips"):
        (tips.tags if ref.startswith("refs/tags/") else tips.heads)[ref] = oid
    return tips


def store_tips(db: sqlite3.Connection, tips: Tips, held: Tips) -> None:
    """Keep where every ref stands; only what moved since `held` is written: tags may be
    thousands."""
    for old, now in ((held.heads, tips.heads), (held.tags, tips.tags)):
        if old != now:
            gone = [(ref,) for ref in old if ref not in now]
            moved = [pair for pair in now.items() if old.get(pair[0]) != pair[1]]
            db.executemany("DELETE FROM tips WHERE ref = ?", gone)
            db.executemany("INSERT OR REPLACE INTO tips (ref, oid) VALUES (?,?)", moved)
    if held.symrefs != tips.symrefs:
        db.execute("DELETE FROM symrefs")
        db.executemany("INSERT INTO symrefs VALUES (?,?)", tips.symrefs.items())


def ledger_is_behind(db: sqlite3.Connection) -> bool:
    """Whether the journal holds events of ours that the ledger lacks (a crash in between)."""
    writer = self_note(db, "writer")
    if writer is None:
        return False
    told = db.execute("SELECT max(seq) FROM events WHERE writer = ?", (writer,)).fetchone()[0]
    _, _, seq = (note(db, f"ledger:{writer}") or " 0").partition(" ")
    return told is not None and seq != str(told)
