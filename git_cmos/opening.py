"""The file of a memory: begin one, set a damaged one aside, copy one."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from git_cmos import db
from git_cmos.errors import CmosError
from git_cmos.failpoints import reach
from git_cmos.kept import keep_self, self_note
from git_cmos.lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from git_cmos import fold, journal, ledger, schema
    from git_cmos.git import Repo
else:
    sqlite3 = db.sqlite3
    fold, journal = lazy("git_cmos.fold"), lazy("git_cmos.journal")
    ledger, schema = lazy("git_cmos.ledger"), lazy("git_cmos.schema")


def copy_of(connection: sqlite3.Connection) -> sqlite3.Connection:
    """All of a memory, in one that leaves nothing behind."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def told_at(path: str) -> sqlite3.Connection:
    """The told events of a file that must stay untouched, in a memory that leaves nothing behind;
    none where it cannot be read: then the ledger and history must do."""
    copy = db.connect_in_memory()
    with suppress(sqlite3.Error, db.Unwritable):
        reading = db.connect_to_read(path)
        journal.append(copy, journal.everything(reading))
        reading.close()
    return copy


def copy_into(connection: sqlite3.Connection, path: str) -> None:
    """All of a memory in a file of its own, which needs nothing beside it."""
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()


def connect(repo: Repo, path: str) -> tuple[sqlite3.Connection, str]:
    """(connection, warning): open the file; one that is no memory of this clone is set aside.

    SQLite finds what lies beside the file by its name, so a file that was replaced while it was
    opened is opened once more.
    """
    global last_opened
    _ignore(repo.place.memory, path)
    said = ""
    for look in range(LOOKS, -1, -1):
        last_opened = identity(path)
        with looking_again(look):
            connection, warning = _connect(repo, path)
            said = said or warning
            if last_opened == identity(path):
                break
            connection.close()
    return connection, said


LOOKS = 9  # so often is a file opened that somebody removes just now
last_opened = (0, 0)  # which file this process opened last


def _connect(repo: Repo, path: str) -> tuple[sqlite3.Connection, str]:
    try:
        if os.path.exists(path):
            connection = db.connect(path)
            if _is_at_home(connection, repo):
                return connection, ""
            connection.close()
    except db.Damaged:
        pass
    with write_lock(repo):
        return _connect_alone(repo, path)


def _connect_alone(repo: Repo, path: str) -> tuple[sqlite3.Connection, str]:
    """Under the lock: another process may have mended the file meanwhile."""
    warning = ""
    try:
        connection = db.connect(path)
    except db.Damaged as damage:
        warning = _replace(repo, path, damage)
        connection = db.connect(path)
    reach("memory-made")
    if not _is_at_home(connection, repo):
        connection.close()
        set_aside(path)
        connection = db.connect(path)
        keep_self(connection, "home", _home(repo))
        warning = "memory.db came from another clone; it was set aside and rebuilt from the ledger"
    _ignore(repo.place.memory, path)
    return connection, warning


def _home(repo: Repo) -> str:
    return str(os.stat(repo.place.common_dir).st_ino)


def _is_at_home(connection: sqlite3.Connection, repo: Repo) -> bool:
    """Whether the file was made for this very repository. A copied folder brings its ledger
    along and becomes a writer of its own; a file that came with a checkout is not believed."""
    home = self_note(connection, "home")
    if home is None and connection.execute("SELECT 1 FROM events LIMIT 1").fetchone() is None:
        home = _home(repo)
        keep_self(connection, "home", home)
    return home == _home(repo)


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
        content = isinstance(damage, db.Malformed)  # no check of SQLite's looks at that
        if last_opened not in ((0, 0), identity(path)) or not (content or not _is_whole(path)):
            return "memory.db was damaged; another process has rebuilt it"
        return _replace(repo, path, damage)


def _is_whole(path: str) -> bool:
    """Whether the file is sound and has every table: then somebody mended it meanwhile."""
    try:
        connection = db.connect(path)
    except (db.Damaged, db.Newer, db.Unwritable, CmosError):
        return False
    try:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        lacking = {"events", "meta", *fold.TABLES, *_SEEN} - found
        sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        return sound and not lacking and not _unreadable(connection)
    except sqlite3.Error:
        return False
    finally:
        connection.close()


def _unreadable(connection: sqlite3.Connection) -> bool:
    """Whether some row cannot be read as text, which no check of SQLite's looks at."""
    for table in ("events", "meta", *fold.TABLES, *_SEEN):
        for _ in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
            pass
    return False


_SEEN = (
    *("tips", "symrefs", "commits", "claims", "strikes", "reverted_merges"),
    *("dates", "standpoints", "unreached", "releases", "kept"),
)


def replace(repo: Repo) -> str:
    """Set the memory aside for a new one that believes the ledger and history; what was done."""
    with write_lock(repo):
        return _replace(repo, path_of(repo), db.Damaged("its parts disagree"))


def _replace(repo: Repo, path: str, damage: Exception) -> str:
    """What the ledger holds is sound; only what it lacks is taken from the damaged file."""
    saved, notes = journal.salvage(path)
    aside = set_aside(path)
    reach("mend-set-aside")
    connection = db.connect(path)
    in_ledger = {event.id for event in ledger.everything(repo)}
    with db.transaction(connection):
        journal.append(connection, (event for event in saved if event.id not in in_ledger))
        for key in ("writer", "home"):
            if isinstance(notes.get(key), str):
                keep_self(connection, key, notes[key])
        reach("mend-filled")
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
def looking_again(looks: int) -> Iterator[None]:
    """Pass over what SQLite says, too, where somebody removed the file, or what lies beside it,
    just now: an I/O error, damage; unless no look is left."""
    try:
        yield
    except (sqlite3.OperationalError, db.Unwritable, db.Damaged) as error:
        name = getattr(error, "sqlite_errorname", "")
        removed = name.startswith("SQLITE_IOERR") or db.FAILS in str(error)
        if not looks or not (removed or isinstance(error, db.Damaged)):
            raise


@contextmanager
def refusing(path: str) -> Iterator[None]:
    """What storage says about a write, as one of our errors; damage is left to the boundary,
    which can mend it."""
    try:
        yield
    except db.Unwritable as error:
        raise db.unwritable(str(error)) from None
    except sqlite3.Error as error:
        translated = db.translate(error, path)
        if isinstance(translated, db.Unwritable):
            raise db.unwritable(str(translated)) from None
        raise (translated if isinstance(translated, CmosError) else error) from None


@contextmanager
def write_lock(repo: Repo) -> Iterator[None]:
    """One writer at a time in this clone, in whichever worktree."""
    with db.lock(os.path.join(repo.place.common_dir, "cmos.lock")):
        reach("locked")
        yield


def _ignore(folder: str, beside: str) -> None:
    """The memory never becomes part of a commit by accident."""
    path = os.path.join(folder, ".gitignore")
    if os.path.exists(beside) and not os.path.exists(path):
        with suppress(OSError), open(path, "w", encoding="utf-8") as file:
            file.write("*\n")


def set_aside(path: str) -> str:
    """Rename a file that is no memory, and what SQLite keeps beside it; the new name."""
    if os.path.lexists(os.path.dirname(path)) and not os.path.isdir(os.path.dirname(path)):
        path = os.path.dirname(path)  # a file stands where the folder should
    number = 1
    while os.path.lexists(f"{path}.damaged-{number}"):
        number += 1
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):  # or somebody removed it meanwhile
            os.rename(path + suffix, f"{path}.damaged-{number}{suffix}")
    return f"{path}.damaged-{number}"


def derive_anew(connection: sqlite3.Connection) -> None:
    """Drop all that can be derived and fold the journal; history is then to be read anew."""
    for table in derived_tables(connection):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    db.run_script(connection, schema.read("seen.sql"))
    fold.rebuild(connection)
    keep_self(connection, "derived", schema.DERIVED_VERSION)


def derived_tables(connection: sqlite3.Connection) -> list[str]:
    """All but the journal and what the clone knows of itself."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in rows if name not in ("events", "meta")]
