"""What may stand next on a command line: the shells ask `git-cmos __complete WORDS… INCOMPLETE`.

A line an answer, `word TAB meaning`; `:file` or `:folder` where the shell knows better. Whatever
goes wrong, nothing is said: a person is typing.

A parameter is completed by its own `shell_complete` or type; else its name says what it takes
(`mission`, `sprint`, `agent`, `at`), and `id` is of the kind that its group is about.
"""

from __future__ import annotations

import os
import re

import click

from git_cmos.cli import line
from git_cmos.cli.app import COMMANDS, cmos
from git_cmos.errors import CmosError
from git_cmos.git import command as git
from git_cmos.model import BLOCKED, COMPLETED, CURRENT, IN_PROGRESS, QUEUED, STATUSES
from git_cmos.queries import names
from git_cmos.render.style import clip, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Candidates = list[tuple[str, str]]

_KIND_OF = {
    **{kind: kind for kind in names.KINDS},
    **{f"{kind}_id": kind for kind in names.KINDS},
    **dict.fromkeys(("missions", "mission_ids", "need_mission"), "mission"),
    **dict.fromkeys(("at", "rev", "range_"), "revision"),
    "supersedes": "decision",
}
_ALTERNATIVES = re.compile(r"\[?[\w-]+(\|[\w-]+)+\]?\Z")
_SHOWN = ("refs/heads", "refs/tags", "refs/remotes")
_OF_GROUP = ("id", "ids", "source", "target")
_NEW = ("add", "create")  # their ID is not known yet
# Commands that make sense for some missions only.
_STATUSES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("mission", "start"): (QUEUED, CURRENT, BLOCKED),
    ("mission", "complete"): (IN_PROGRESS, CURRENT, QUEUED),
    ("mission", "block"): (QUEUED, CURRENT, IN_PROGRESS),
    ("mission", "unblock"): (BLOCKED,),
    ("mission", "reopen"): (COMPLETED,),
}


def main(args: list[str]) -> int:
    """Print what may stand for the last of `args`, after the others; always 0."""
    try:
        found = candidates(args[:-1], args[-1])
        text = "".join(
            f"{word}\t{meaning}\n" if meaning else f"{word}\n" for word, meaning in found
        )
        os.write(1, text.encode("utf-8", "replace"))
    except Exception:  # noqa: S110 - a shell is completing a word: silence is the answer
        pass
    return 0


def candidates(words: Sequence[str], begin: str) -> Candidates:
    """(word, meaning) of all that may follow `words` and begins with `begin`."""
    words = _moved(list(words))
    read = line.read(cmos, words)
    if read.path == ("help",) and not begin.startswith("-"):  # its words are a command's
        read = line.read(cmos, read.given)
        if not isinstance(read.context.command, click.Group):
            return []
    if read.lost:
        return []
    if read.awaits is not None:
        return _fit(_values(read, read.awaits, begin), begin)
    if begin.startswith("-") and not read.ended:
        name, equals, rest = begin.partition("=")
        option = line.options(read.context.command).get(name)
        if equals and option is not None:
            found = _fit(_values(read, option, rest), rest)
            return [(f"{name}={word}", meaning) for word, meaning in found]
        return _fit(_options(read), begin)
    return _fit(_next(read, begin), begin)


def _moved(words: list[str]) -> list[str]:
    """Go where `-C` leads."""
    while len(words) > 1 and words[0] == "-C":
        os.chdir(os.path.expanduser(words[1]))
        words = words[2:]
    return words


def _fit(found: Candidates, begin: str) -> Candidates:
    """Those that begin like that, and that can stand on a line of their own."""
    return [
        (word, clip(meaning, 60))
        for word, meaning in dict(found).items()
        if word.startswith(":") or (word.lower().startswith(begin.lower()) and safe(word) == word)
    ]


def _next(read: line.Line, begin: str) -> Candidates:
    command = read.context.command
    if isinstance(command, click.Group):
        return list(_commands(command, read.context))
    argument = _argument(command, len(read.given))
    return _options(read) if argument is None else _values(read, argument, begin)


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, str]]:
    for name in group.list_commands(context):
        if group is cmos:  # from the table, which loads no room
            yield name, COMMANDS[name][1]
        elif (command := group.get_command(context, name)) and not command.hidden:
            yield name, command.get_short_help_str(200)


def _options(read: line.Line) -> Candidates:
    known = line.options(read.context.command).items()
    found = [(name, option.help or "") for name, option in known if name.startswith("--")]
    return [*found, ("--help", "Show the manual page.")]


def _argument(command: click.Command, place: int) -> click.Argument | None:
    """The argument that the word at `place` is for."""
    for param in command.params:
        if isinstance(param, click.Argument):
            if param.nargs < 0 or place < param.nargs:
                return param
            place -= param.nargs
    return None


def _values(read: line.Line, param: click.Parameter, begin: str) -> Candidates:
    """What may stand for a parameter."""
    if isinstance(param.type, click.Choice):  # as they are written; click would lower the case
        return [(str(choice), "") for choice in param.type.choices]
    items = param.shell_complete(read.context, begin)
    if items:
        kinds = {"file": ":file", "dir": ":folder"}
        return [(kinds.get(item.type, str(item.value)), item.help or "") for item in items]
    if _ALTERNATIVES.match(param.metavar or ""):  # [project|master]
        return [(word, "") for word in (param.metavar or "").strip("[]").split("|")]
    kind = _kind(read.path, param)
    if kind == "revision":
        return _revisions(begin)
    if kind == "status":
        return [(status, "") for status in STATUSES]
    if not kind:
        return []
    statuses = _STATUSES.get(read.path, ()) if isinstance(param, click.Argument) else ()
    return names.starting(kind, begin, statuses)


def _kind(path: tuple[str, ...], param: click.Parameter) -> str:
    """What a parameter takes, by its name and place; "" for what nobody can know."""
    name = param.name or ""
    if name in _OF_GROUP and len(path) > 1 and isinstance(param, click.Argument):
        return path[0] if path[0] in names.KINDS and path[-1] not in _NEW else ""
    if name == "status" and path[:1] == ("mission",):
        return "status"
    return _KIND_OF.get(name, "")


def _revisions(begin: str) -> Candidates:
    """Branches and tags; behind A.. or A... those for B."""
    head, dots, _ = begin.rpartition("..")
    try:
        said = git.run(["for-each-ref", "--format=%(refname:short)", *_SHOWN])
    except CmosError:
        return []
    refs = ["HEAD", *said.decode("utf-8", "replace").splitlines()]
    return [(f"{head}{dots}{ref}", "") for ref in refs]
