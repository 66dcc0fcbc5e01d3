"""The command line: `git cmos` and `cmosctl`."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status. The everyday commands never load click."""
    from git_cmos.cli import boundary, fast

    args = sys.argv[1:] if argv is None else argv
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _open_streams()
    if args[:1] == ["__complete"]:  # a shell asks on behalf of somebody who types
        from git_cmos.cli import words

        return words.main(args[1:])
    return boundary.guard(args, fast.run if fast.knows(args) else _full)


def _full(args: list[str]) -> int:
    from git_cmos.cli import app

    return app.run(args)


def _open_streams() -> None:
    """Streams that came closed lead nowhere, as in git: else the next file to be opened would
    take their place, and be written into."""
    import os

    for number, mode in enumerate("rww"):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
        name = ("stdin", "stdout", "stderr")[number]
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8"))  # noqa: SIM115 - as long as we live
