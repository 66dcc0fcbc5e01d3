"""The commands that agents run all day, without click (its import costs two `python -c pass`).

Only their plain forms: anything unusual on the line goes to the full parser, which knows the
same commands.
"""

from __future__ import annotations

import sys

_FORMS = (["next"], ["next", "--json"], ["mission", "next"], ["mission", "next", "--json"])


def knows(args: list[str]) -> bool:
    return args in _FORMS


def run(args: list[str]) -> int:
    from git_cmos.actions.agents import who
    from git_cmos.memory import Memory
    from git_cmos.queries.next import next_mission

    with Memory.open() as memory:
        answer = next_mission(memory, who(memory))
        if "--json" in args:
            from git_cmos.render.json import dump

            sys.stdout.write(dump(answer) + "\n")
        else:
            from git_cmos.render import missions as text
            from git_cmos.render.style import style_for

            sys.stdout.write("\n".join(text.next_page(answer, style_for(memory.config))) + "\n")
        for warning in memory.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    return 0
