"""Files that we write into a worktree."""

from __future__ import annotations

import os

from git_cmos.errors import Cannot


def write(path: str, text: str) -> None:
    """All of it or nothing: beside the place, then in it. What stood there is replaced, even a
    symbolic link, which is not followed."""
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(beside, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        if os.path.lexists(beside):
            os.unlink(beside)
        raise Cannot(f"cannot write {path}: {error.strerror}", code="unwritable") from None
