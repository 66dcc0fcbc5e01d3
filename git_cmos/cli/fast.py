"""The commands that agents run all day, without click (its import costs two `python -c pass`).

Only their plain forms: anything unusual on the line goes to the full parser, which knows the
same commands.
"""

from __future__ import annotations

import sys

_FORMS = (["next"], ["next", "--json"], ["mission", "next"], ["mission", "next", "--json"])
_DOORBELLS = ("post-commit", "post-merge", "post-checkout", "post-rewrite")


def knows(args: list[str]) -> bool:
    """Whether the line is one of the plain forms."""
    return args in _FORMS or (args[:1] == ["hook"] and args[1:2] != [] and args[1] in _DOORBELLS)


def run(args: list[str]) -> int:
    """A command of a form that `knows` accepts; its exit status."""
    return _hook(args[1]) if args[0] == "hook" else _next("--json" in args)


def _hook(name: str) -> int:
    from git_cmos.actions.hooks import ring
    from git_cmos.errors import CmosError

    try:
        ring()
    except CmosError as error:  # a doorbell never fails a commit
        print(f"warning: {name}: {error.message}", file=sys.stderr)
    return 0


def _next(json: bool) -> int:
    from git_cmos.actions.agents import who
    from git_cmos.memory import Memory
    from git_cmos.queries.next import next_mission

    with Memory.open() as memory:
        answer = next_mission(memory, who(memory))
        if json:
            from git_cmos.render.json import dump

            sys.stdout.write(dump(answer) + "\n")
        else:
            from git_cmos.render.missions import next_page
            from git_cmos.render.style import style_for

            sys.stdout.write("\n".join(next_page(answer, style_for(memory.config))) + "\n")
        for warning in memory.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    return 0
