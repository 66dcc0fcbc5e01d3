"""The tour that `git cmos demo` walks."""

from __future__ import annotations


def run(folder: str | None) -> None:
    """Not there yet."""
    raise NotImplementedError
