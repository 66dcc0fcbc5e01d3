"""The command line: `git cmos` and `cmosctl`."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status. The everyday commands never load click."""
    from git_cmos.cli import boundary, fast

    args = sys.argv[1:] if argv is None else argv
    if args[:1] == ["__complete"]:  # a shell asks on behalf of somebody who types
        from git_cmos.cli import words

        return words.main(args[1:])
    return boundary.guard(args, fast.run if fast.knows(args) else _full)


def _full(args: list[str]) -> int:
    from git_cmos.cli import app

    return app.run(args)
