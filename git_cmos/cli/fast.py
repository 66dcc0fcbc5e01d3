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
    if args[0] == "hook":
        return _hook(args[1])
    return _next("--json" in args, [word for word in args if word != "--json"])


def _hook(name: str) -> int:
    from git_cmos.actions.hooks import ring
    from git_cmos.cli.progress import progress
    from git_cmos.errors import CmosError

    try:
        with progress() as counted:
            ring(counted)
    except CmosError as error:  # a doorbell never fails a commit
        print(f"warning: {name}: {error.message}", file=sys.stderr)
    return 0


def _next(json: bool, names: list[str]) -> int:
    from git_cmos.actions.agents import who
    from git_cmos.cli import output
    from git_cmos.cli.progress import progress
    from git_cmos.memory import Memory
    from git_cmos.queries.next import next_mission

    with progress() as counted:
        memory = Memory.open(progress=counted)
    with memory:
        answer = next_mission(memory, who(memory))
        if json:
            from git_cmos.render.json import dump

            output.put_plain(memory.config, names, dump(answer))
        else:
            from git_cmos.render.missions import next_page

            output.put(memory.config, names, lambda style: next_page(answer, style))
        for warning in memory.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    return 0
