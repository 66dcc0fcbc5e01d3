"""The commands that agents run all day, without click (its import costs two `python -c pass`).

Only their plain forms: anything unusual on the line goes to the full parser, which knows the
same commands.
"""

from __future__ import annotations

import os
import sys

_FORMS = (["next"], ["next", "--json"], ["mission", "next"], ["mission", "next", "--json"])
_DOORBELLS = ("post-commit", "post-merge", "post-checkout", "post-rewrite")
_BODIES = (*_DOORBELLS, "prepare-commit-msg", "commit-msg")


def knows(args: list[str]) -> bool:
    """Whether the line is one of the plain forms."""
    return args in _FORMS or (args[:1] == ["hook"] and args[1:2] != [] and args[1] in _BODIES)


def run(args: list[str]) -> int:
    """A command of a form that `knows` accepts; its exit status."""
    if args[:2] == ["hook", "commit-msg"] and len(args) > 2:
        return _commit_msg(args[2])
    if args[0] == "hook":
        return _hook(args[1], args[2:])
    return _next("--json" in args, [word for word in args if word != "--json"])


def _hook(name: str, given: list[str]) -> int:
    """A doorbell, or prepare-commit-msg: neither ever stops a commit."""
    preparing = name == "prepare-commit-msg"
    told = os.environ.get("PRE_COMMIT_COMMIT_MSG_SOURCE", "")  # pre-commit's way to say it
    source = given[1] if len(given) > 1 else told
    if preparing and (not given or source in ("message", "commit")):  # as the shim has it
        return 0
    from git_cmos.actions import hooks
    from git_cmos.cli.progress import progress
    from git_cmos.errors import CmosError

    try:
        if preparing:
            hooks.prepare(given[0], source)
            return 0
        with progress() as counted:
            hooks.ring(counted)
    except (CmosError, OSError) as error:
        print(f"warning: {name}: {getattr(error, 'message', error)}", file=sys.stderr)
    return 0


def _commit_msg(path: str) -> int:
    """Exit status 1 keeps the commit from being made; git keeps the message."""
    from git_cmos.actions import hooks
    from git_cmos.errors import CmosError

    try:
        found, _ = hooks.check(path)
    except (CmosError, OSError) as error:
        print(f"warning: commit-msg: {getattr(error, 'message', error)}", file=sys.stderr)
        return 0
    if not found:
        return 0
    from git_cmos.render.style import safe

    for finding in found:
        print(f"{finding.level}: {safe(finding.message)}", file=sys.stderr)
        print(f"hint: {safe(finding.hint)}", file=sys.stderr)
    if all(finding.level != "error" for finding in found):
        return 0
    print(f"hint: your message is kept: git commit -e -F {safe(path)}", file=sys.stderr)
    return 1


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
