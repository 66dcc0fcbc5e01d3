"""A command line as far as it is written: which command it names, what may come next.

Completion and `--help` read lines that are not finished, or not right; nothing here runs a
command or raises for a wrong word.
"""

from __future__ import annotations

import click

from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@value
class Line:
    """context: of the innermost command named; awaits: the option whose value comes next;
    given: the arguments so far; ended: after `--`, where no word is an option; lost: a word
    names no command; asks: `--help` stands where an option may stand."""

    context: click.Context
    awaits: click.Option | None
    given: tuple[str, ...]
    ended: bool
    lost: bool
    asks: bool

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the command below `git cmos`."""
        return path_of(self.context)


def context_of(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    """As click makes it when the command runs: a command keeps its help option from the first
    context that asks for it."""
    return click.Context(command, parent, name, **command.context_settings)


def path_of(context: click.Context | None) -> tuple[str, ...]:
    """The names of a context's command below the program's own."""
    names: list[str] = []
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return tuple(names)


def read(root: click.Command, words: Sequence[str], program: str = "git cmos") -> Line:
    """What `words`, which come after the program's name, say so far."""
    reader = _Reader(context_of(root, program))
    for word in words:
        reader.take(word)
    return Line(
        context=reader.context,
        awaits=reader.awaits,
        given=tuple(reader.given),
        ended=reader.ended,
        lost=reader.lost,
        asks=reader.asks,
    )


class _Reader:
    def __init__(self, context: click.Context) -> None:
        self.context = context
        self.awaits: click.Option | None = None
        self.given: list[str] = []
        self.ended = self.lost = self.asks = False

    def take(self, word: str) -> None:
        if self.awaits is not None:
            self.awaits = None
        elif self.ended or not word.startswith("-") or word == "-":
            self._argument(word)
        elif word == "--":
            self.ended = True
        elif word == "--help":
            self.asks = True
        else:
            self._option(word)

    def _argument(self, word: str) -> None:
        command = self.context.command
        if not isinstance(command, click.Group) or self.given:
            self.given.append(word)
            return
        found = command.get_command(self.context, word)
        if found is None:
            self.given.append(word)
            self.lost = True
        else:
            self.context = context_of(found, word, self.context)

    def _option(self, word: str) -> None:
        if word.startswith("--") and "=" in word:
            return
        name = word if word.startswith("--") else word[:2]
        option = options(self.context.command).get(name)
        if option is not None and takes_value(option) and len(word) == len(name):
            self.awaits = option


def options(command: click.Command) -> dict[str, click.Option]:
    """Every spelling of a command's visible options, in the order in which they are declared."""
    return {
        spelling: param
        for param in command.params
        if isinstance(param, click.Option) and not param.hidden
        for spelling in (*param.opts, *param.secondary_opts)
    }


def takes_value(option: click.Option) -> bool:
    return not (option.is_flag or option.count)
