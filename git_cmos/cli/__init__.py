"""The command line: `git cmos` and `cmosctl`."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


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


def program() -> NoReturn:
    """`main` as a process of its own. The everyday commands are over before there is anything to
    collect, and taking the interpreter apart would take as long as their work."""
    from git_cmos.cli import fast

    args = sys.argv[1:]
    if not fast.knows(args):
        sys.exit(main(args))
    gc.disable()
    status = main(args)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _full(args: list[str]) -> int:
    from git_cmos.cli import app

    return app.run(args)


def _open_streams() -> None:
    """Streams that came closed lead nowhere, as in git: else the next file to be opened would
    take their place, and be written into."""
    for number, mode in enumerate("rww"):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
        name = ("stdin", "stdout", "stderr")[number]
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8"))  # noqa: SIM115 - as long as we live
