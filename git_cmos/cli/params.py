"""What commands share: options, opening the memory, and putting an answer out."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import click
from click.core import ParameterSource

from git_cmos.memory import Memory
from git_cmos.render.json import dump
from git_cmos.render.style import Style, style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

as_json = click.option("--json", "json", is_flag=True, help="One JSON document, for programs.")
at = click.option("--at", metavar="REV", help="Look from this commit: time travel, branch truth.")
agent = click.option("--agent", metavar="NAME", help="Who acts, if not who git says.")
ttl = click.option("--ttl", metavar="TIME", help="How long a claim holds: 30m, 2h, 1d.")
limit = click.option("--limit", "-n", type=click.IntRange(min=0), help="At most so many.")


@contextmanager
def opened(at: str | None = None) -> Iterator[Memory]:
    """The memory of the repository here, or its view from `at`; warnings go to standard error."""
    with progress() as counted:
        memory = Memory.open(progress=counted)
    with memory:
        try:
            if at is None:
                yield memory
            else:
                with memory.at(at) as view:
                    yield view
        finally:
            for warning in memory.warnings:
                click.echo(f"warning: {warning}", err=True)


def put(memory: Memory, json: bool, shape: Any, lines: Callable[[Style], Iterable[str]]) -> None:
    """The answer: one JSON document, or lines for a person."""
    if json:
        click.echo(dump(shape))
    else:
        click.echo("\n".join(lines(style_for(memory.config))), color=True)


@contextmanager
def progress(words: str = "reading history: {:,} commits") -> Iterator[Callable[[int], None]]:
    """A counter on standard error, on a terminal, for reading that takes a while."""
    shown = False

    def counted(count: int) -> None:
        nonlocal shown
        if count % 10_240 == 0 and sys.stderr.isatty():
            shown = True
            click.echo("\r" + words.format(count), nl=False, err=True)

    try:
        yield counted
    finally:
        if shown:
            click.echo("\r\033[K", nl=False, err=True)


def refuse_options(ctx: click.Context) -> None:
    """What stands before the name of a command would say nothing to it."""
    for name in ctx.params:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"options come after `{ctx.invoked_subcommand}`")
