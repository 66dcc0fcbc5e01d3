"""What was meant: errors of the command line in git's manner, with the nearest right word."""

from __future__ import annotations

import re

import click

from git_cmos.cli.line import options
from git_cmos.errors import Misused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Spellings of the first CMOS that are others here, by group and word; docs/migrating.md.
RENAMED = {
    (): {
        "policy": "`git config cmos.<key>`: `git cmos help` lists them",
        "fsm": "`git cmos next`: what comes next is derived, not stepped to",
        "backlog": "`git cmos mission list`, `git cmos export backlog`",
    },
    ("memory",): {
        "fact": "`git cmos fact --kind … --content …`",
        "decision": "`git cmos decision --title … --rationale …`",
    },
    ("mission",): {"active": "`git cmos mission list --status 'In Progress'`"},
}
_NOT_A_CHOICE = re.compile(r"'(?P<word>.*)' is not one of ", re.DOTALL)


def near(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the words of `known` that are nearest, whatever their case, or ""."""
    from difflib import get_close_matches

    spelt = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), spelt, n=3, cutoff=0.6)
    found += [name for name in spelt if len(word) > 2 and name.startswith(word.lower())][:3]
    names = ", ".join(dict.fromkeys(spelt[name] for name in found))
    return f"did you mean {names}?" if names else ""


def no_command(word: str, known: Iterable[str], path: str) -> Misused:
    """`word` is no command of the group at `path`."""
    group = tuple(path.removeprefix("git cmos").removeprefix("cmosctl").split())
    renamed = RENAMED.get(group, {}).get(word)
    hint = f"here it is {renamed}" if renamed else near(word, known) or f"see `{path} -h`"
    return Misused(f"{word!r} is not a command of `{path}`", hint)


def misused(error: click.UsageError, program: str) -> Misused:
    """click's error as ours (129): one line, and what to write instead."""
    path = error.ctx.command_path if error.ctx else program
    message, hint = error.format_message().rstrip("."), ""
    if isinstance(error, click.NoSuchOption):
        message = f"{error.option_name!r} is not an option of `{path}`"
        known = options(error.ctx.command) if error.ctx else {}
        hint = near(error.option_name, known)
    elif isinstance(error, click.BadParameter) and error.param is not None:
        kind, found = error.param.type, _NOT_A_CHOICE.match(error.message)
        if isinstance(kind, click.Choice) and found:
            name, choices = error.param.opts[-1], [str(choice) for choice in kind.choices]
            message = f"{found['word']!r} is no {name}: one of {', '.join(choices)}"
            hint = near(found["word"], choices)
    return Misused(message, hint or f"see `{path} -h`")
