"""Progress of long work, on a terminal only, once the work has gone on for a while."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DELAY = 1.0  # seconds before the first word; GIT_PROGRESS_DELAY overrules it, as for git
_EVERY = 0.1  # seconds between words


@contextmanager
def progress(words: str = "reading history: {:,} commits") -> Iterator[Callable[[int], None]]:
    """Something to call with every count; it says how far the work has come."""
    if not (sys.stderr is not None and sys.stderr.isatty()):
        yield lambda count: None
        return
    counter = _Counter(words)
    try:
        yield counter
    finally:
        counter.clear()


class _Counter:
    def __init__(self, words: str) -> None:
        self.words = words
        self.due = monotonic() + _delay()
        self.shown = False

    def __call__(self, count: int) -> None:
        now = monotonic()
        if now >= self.due:
            self.due, self.shown = now + _EVERY, True
            sys.stderr.write(f"\r{self.words.format(count)}\033[K")
            sys.stderr.flush()

    def clear(self) -> None:
        if self.shown:
            self.shown = False
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _delay() -> float:
    told = os.environ.get("GIT_PROGRESS_DELAY", "")
    return float(told) if told.isdecimal() else _DELAY
