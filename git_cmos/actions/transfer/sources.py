"""Which files to read, and who reads each."""

from __future__ import annotations

import os
import stat

from git_cmos import formats
from git_cmos.actions.transfer import backlog, contexts, legacy, lines
from git_cmos.actions.transfer.records import Found, Place
from git_cmos.formats import Unreadable, yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SKIPPED = {"node_modules", "venv", "__pycache__"}
_MOST_FILES = 50_000
_DATABASES = (".sqlite", ".sqlite3", ".db")
_MAGIC = b"SQLite format 3\0"
_BEGINNING = 200  # bytes that tell what a file is


def read(paths: Sequence[str], horizon: int) -> Found:
    """Everything that the files say, and those in the folders. horizon: what lies later is in
    the future, in microseconds since 1970."""
    found = Found(horizon)
    for path in paths:
        if os.path.isdir(path):
            for file in _search(path, found):
                _take(file, found, named=False)
        else:
            _take(path, found, named=True)
    return found


def _take(path: str, found: Found, named: bool) -> None:
    """One file. named: somebody asked for this very file, so that silence would be wrong."""
    file = os.path.normpath(path)
    before = sum(found.rows.values())
    try:
        known = _read(path, file, found, named)
    except Unreadable as error:
        if named or _is_expected(path):
            found.files.append(file)
            found.remark(Place(file, error.line), error.reason, aside=True)
        return
    if known or sum(found.rows.values()) > before:
        found.files.append(file)
    elif named:
        found.remark(Place(file), "nothing in it is known to import", aside=True)


def _read(path: str, file: str, found: Found, named: bool) -> bool:
    ending = os.path.splitext(path)[1].lower()
    if ending in (".yaml", ".yml"):
        return backlog.read(formats.text(path, yaml.LARGEST), file, found)
    if ending in (".jsonl", ".ndjson"):
        events = os.path.basename(path).lower() == "events.jsonl"
        if events and not named and lines.FORMAT.encode() not in _begins(path):
            return False  # other tools keep theirs under this name
        lines.read(path, file, found)
        return True
    if ending == ".json":
        context = contexts.name_of(file)
        if context:
            contexts.read(formats.text(path, contexts.LARGEST), file, context, found)
        return context is not None
    if ending in _DATABASES or named:
        if not _begins(path).startswith(_MAGIC):
            raise Unreadable("no kind of file that import knows")
        return legacy.read(path, file, found)
    return False


def _begins(path: str) -> bytes:
    """The first bytes of a file, whatever it is; "" for what is no file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Unreadable("it is not a regular file")
        with open(path, "rb") as file:
            return file.read(_BEGINNING)
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be read") from None


def _is_expected(path: str) -> bool:
    """Whether a file in a folder bears a name that promises something for us."""
    name = os.path.basename(path).lower()
    return name.startswith(("backlog.", "sessions.", "events.")) or bool(contexts.name_of(name))


def _search(folder: str, found: Found) -> Iterator[str]:
    """Files below a folder that may be for us, in the order of their names. What a symbolic link
    leads to is not looked at, nor what hides behind a dot."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in _SKIPPED)
        for name in sorted(files):
            count += 1
            if count > _MOST_FILES:
                found.remark(Place(folder), f"more than {_MOST_FILES:,} files; the rest is unread")
                return
            path = os.path.join(place, name)
            if _may_be_ours(name) and _is_regular(path, found):
                yield path


def _may_be_ours(name: str) -> bool:
    ending = os.path.splitext(name)[1].lower()
    if ending == ".jsonl":
        return name.lower() in ("sessions.jsonl", "events.jsonl", "ps_sessions.jsonl")
    if ending == ".json":
        return contexts.name_of(name) is not None
    return ending in (".yaml", ".yml", *_DATABASES) and not name.startswith(".")


def _is_regular(path: str, found: Found) -> bool:
    mode = os.lstat(path).st_mode
    if not stat.S_ISREG(mode) and _is_expected(path):
        kind = "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"
        found.remark(Place(os.path.normpath(path)), f"it is {kind}; not followed", aside=True)
    return stat.S_ISREG(mode)
