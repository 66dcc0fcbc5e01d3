"""Files that came from elsewhere, read strictly: sizes, depth and shapes have bounds.

What is read may be hostile. Nothing is ever constructed but text, numbers, truth values, lists
and mappings.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 40  # lists and mappings within each other


class Unreadable(Exception):
    """Why a file, or one line of it, cannot be read. line: from 1; 0 where it is all of it."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


def content(path: str, largest: int) -> bytes:
    """The bytes of a regular file; Unreadable for anything else, or more than `largest` bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _all_of(descriptor, largest)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be opened") from None


def _all_of(descriptor: int, largest: int) -> bytes:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("it is not a regular file")
    if found.st_size > largest:
        raise Unreadable(f"it has {found.st_size:,} bytes; at most {largest:,} are read")
    blocks = []
    while block := os.read(descriptor, 1 << 20):
        blocks.append(block)
    return b"".join(blocks)


def text(path: str, largest: int) -> str:
    """The same as text; Unreadable where it is not UTF-8."""
    try:
        return content(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 (at byte {error.start:,})") from None


def check_depth(found: Any) -> Any:
    """`found`; Unreadable where it is nested deeper than anything sensible."""
    level = [found]
    for _ in range(DEEPEST + 1):
        level = [
            child
            for it in level
            if isinstance(it, (dict, list))
            for child in (it.values() if isinstance(it, dict) else it)
        ]
        if not level:
            return found
    raise Unreadable(f"it is nested deeper than {DEEPEST} levels")
