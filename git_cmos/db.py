"""SQLite: the only connect, the pragmas, transactions, migrations; the lock between processes."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress

from git_cmos import disk
from git_cmos.errors import Cannot
from git_cmos.failpoints import reach
from git_cmos.lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from git_cmos import schema
else:
    schema = lazy("git_cmos.schema")
    try:
        import _sqlite3 as sqlite3  # `sqlite3` adds converters of dates, for 2 ms of each start
    except ImportError:
        import sqlite3

APPLICATION_ID = 0x434D4F53  # "CMOS"
_BUSY_MS = 30_000
# SHORT_READ: a page that ought to be there is not, of a -wal that was removed, say.
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN", "SQLITE_IOERR_SHORT_READ")
acknowledged = 0  # changes that this process committed
FULL, FAILS = "no space is left on the disk", "the disk fails"
_NO_PERMISSION = "this checkout cannot be written"
Connection = sqlite3.Connection
DatabaseError = sqlite3.DatabaseError
Error = (sqlite3.Error, sqlite3.Warning)
is_complete = sqlite3.complete_statement


class Damaged(Exception):
    """The file is no memory of ours, or no longer a sound one."""


class Malformed(sqlite3.DatabaseError):
    """A cell does not hold what we wrote there, though SQLite finds the file sound."""

    sqlite_errorname = "SQLITE_CORRUPT"


class Newer(Exception):
    """Written by a later version: to be read through a fold of our own, never written."""


class Unwritable(Exception):
    """It can be read but not written; `str()` says why: permissions, a full disk."""


def connect(path: str) -> Connection:
    """Open memory.db for reading and writing, brought to this version's format.

    Raises Damaged, Newer, Unwritable; Cannot where another program holds it.
    """
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as error:
        raise _by_errno(error) from None
    if os.path.exists(path) and not (os.access(path, os.W_OK) and _writable(path)):
        raise Unwritable(_NO_PERMISSION)
    if _is_newer(path):
        raise Newer(path)
    try:
        db = _open(path)
        try:
            _recognise(db, path)
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as error:
        raise translate(error, path) from None
    return db


def connect_in_memory() -> Connection:
    """An empty memory that leaves nothing behind: another view, or a fold beside the file."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    for migration in schema.journal():
        db.executescript(migration)
    return db


def connect_to_read(path: str) -> Connection:
    """Open a file that must not be changed. A missing `-shm` beside it cannot be made there, so
    SQLite is told that nobody else writes."""
    wal = f"{path}-wal"
    if not _writable(path) and os.path.exists(wal) and os.path.getsize(wal):
        with suppress(sqlite3.Error, OSError):
            return _read_through_a_copy(path)
    uri = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    for mode in ("?mode=ro", "?mode=ro&immutable=1"):
        db = sqlite3.connect(uri + mode, uri=True, isolation_level=None)
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return db
        except sqlite3.OperationalError:
            db.close()
    raise Unwritable(_NO_PERMISSION)


def _read_through_a_copy(path: str) -> Connection:
    """All of a file and of the -wal beside it, where SQLite can make no -shm to read it by."""
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-wal"):
            shutil.copyfile(path + suffix, os.path.join(folder, "memory.db" + suffix))
        copied = sqlite3.connect(os.path.join(folder, "memory.db"), isolation_level=None)
        try:
            memory = sqlite3.connect(":memory:", isolation_level=None)
            copied.backup(memory)
        finally:
            copied.close()
    return memory


def _is_newer(path: str) -> bool:
    """Asked where a -wal lies beside the file: closing a connection that may write would fold it
    in. Only ever through SQLite: a process that opens and closes the file by itself drops the
    locks of all its connections (sqlite.org/howtocorrupt.html, 2.2)."""
    wal = f"{path}-wal"
    with suppress(sqlite3.Error, Unwritable, OSError):  # somebody may remove it meanwhile
        if not os.path.getsize(wal):
            return False
        reading = connect_to_read(path)
        try:
            application = reading.execute("PRAGMA application_id").fetchone()[0]
            version = reading.execute("PRAGMA user_version").fetchone()[0]
        finally:
            reading.close()
        return bool(application == APPLICATION_ID and version > schema.JOURNAL_VERSION)
    return False


def _writable(path: str) -> bool:
    return os.access(os.path.dirname(path), os.W_OK)


def _open(path: str) -> Connection:
    db = sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous=FULL")
    except BaseException:
        db.close()
        raise
    return db


def _recognise(db: Connection, path: str) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    newest = schema.JOURNAL_VERSION
    if application == APPLICATION_ID and version == newest:
        return
    if application == APPLICATION_ID and version > newest:
        raise Newer(path)
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and tables:
        raise Damaged(f"{path} is a database, but not a memory of git cmos")
    _migrate(db, path)


def _migrate(db: Connection, path: str) -> None:
    if not disk.on_network(path):
        db.execute("PRAGMA journal_mode=WAL")
    with transaction(db):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        for migration in schema.journal()[version:]:
            run_script(db, migration)
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={len(schema.journal())}")
        reach("memory-making")


def run_script(db: Connection, text: str) -> None:
    """Statement by statement, within the caller's transaction (executescript would commit)."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


@contextmanager
def transaction(db: Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE .. COMMIT, or nothing. IMMEDIATE, since a deferred BEGIN that turns into
    a write fails at once under contention instead of waiting."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def careless(db: Connection) -> Iterator[None]:
    """A transaction for what only spares work: losing it is no loss, so it need not reach the
    disk."""
    db.execute("PRAGMA synchronous=OFF")
    try:
        with transaction(db):
            yield
    finally:
        db.execute("PRAGMA synchronous=FULL")


@contextmanager
def lock(path: str, place: int | None = None) -> Iterator[None]:
    """One process at a time, across SQLite and git; the kernel frees it when a holder dies.

    place: only those of the same number keep each other out.
    """
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _by_errno(error) from None
    try:
        if place is None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        else:
            fcntl.lockf(descriptor, fcntl.LOCK_EX, 1, place)
        yield
    finally:
        os.close(descriptor)


def translate(error: sqlite3.Error, path: str) -> Exception:
    """SQLite's word as one of ours."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return Unwritable(FULL)
    if name.startswith("SQLITE_READONLY"):
        return Unwritable(_NO_PERMISSION)
    if name.startswith("SQLITE_BUSY"):
        return Cannot(f"{path} is locked by another program", "try again", "busy")
    if name.startswith(_DAMAGE):
        return Damaged(f"{path}: {error}")
    if name.startswith("SQLITE_IOERR"):
        return Unwritable(FULL if disk.is_full(path) else f"{FAILS} ({error})")
    if str(error).startswith(("no such", "malformed", "file is not a database")):
        return Damaged(f"{path}: {error}")
    if "already exists" in str(error) or "decode to UTF-8" in str(error):
        return Damaged(f"{path}: {error}")
    return Cannot(f"{path}: {error}", code="storage")


def unwritable(why: str) -> Cannot:
    """The error (128) of a command that has to write where nothing can be written."""
    if why == FULL:
        return Cannot(FULL, "nothing was lost; free some space and repeat", "disk-full")
    return Cannot(f"nothing can be written here: {why}", code="read-only")


def _by_errno(error: OSError) -> Exception:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Unwritable(_NO_PERMISSION)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unwritable(FULL)
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return Damaged(f"{error.filename} is not a folder")
    return Cannot(f"{error.filename}: {error.strerror}", code="storage")
