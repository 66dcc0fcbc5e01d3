"""SQL by hand, on a copy: nothing that is typed there can reach the memory."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager

from git_cmos import db
from git_cmos.errors import Refused
from git_cmos.opening import copy_into

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from git_cmos.memory import Memory

_GREETING = "a read-only copy of the memory; .quit or Ctrl-D ends"


def refuse_writing() -> Refused:
    """Why there is no writing shell."""
    return Refused(
        "a table is never written by hand: tables are made anew from events and commits, what"
        " you wrote would be gone, and no other clone would see it",
        "`git cmos mission edit ID` and the other commands tell an event, and that lasts",
        "never-by-hand",
    )


@contextmanager
def copied(memory: Memory) -> Iterator[str]:
    """The path of a copy of the memory that nobody can write, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="git-cmos-") as folder:
        path = os.path.join(folder, "memory.db")
        copy_into(memory.db, path)
        os.chmod(path, 0o400)
        yield path


def program() -> str | None:
    """Where the sqlite3 program is, or None."""
    return shutil.which("sqlite3")


def run_program(executable: str, path: str) -> int:
    """sqlite3's prompt on the copy, with this terminal; 0, or 1 where sqlite3 was unhappy."""
    sys.stdout.flush()
    words = [executable, "-readonly", "-header", "-column", path]
    pid = os.posix_spawn(executable, words, os.environ)
    return min(1, abs(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))


def query(path: str, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """(names of columns, rows) of one statement on the copy; Refused (1) where it fails."""
    connection = db.connect_to_read(path)
    try:
        cursor = connection.execute(sql)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    except db.Error as error:
        raise Refused(str(error), "docs/schema.md describes the tables", "sql") from None
    finally:
        connection.close()


def run_loop(path: str, ask: Callable[[str], str], put: Callable[[str], object]) -> int:
    """A prompt in a few lines of Python, where the sqlite3 program is missing."""
    put(_GREETING)
    while (statement := _statement(ask)) is not None:
        try:
            for line in lines(*query(path, statement)):
                put(line)
        except Refused as error:
            put(f"error: {error}")
    return 0


def lines(columns: list[str], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """A table as sqlite3 prints it: a line each, cells divided by bars."""
    for row in [columns, *rows] if columns else []:
        yield "|".join("" if cell is None else str(cell) for cell in row)


def _statement(ask: Callable[[str], str]) -> str | None:
    """One whole statement; None at the end of the input."""
    text = ""
    while True:
        try:
            line = ask("   ...> " if text else "sqlite> ")
        except EOFError:
            return text if text.strip() else None
        if not text and line.strip() in (".quit", ".exit"):
            return None
        text += f"{line}\n"
        if not text.strip() or db.is_complete(text):
            return text
