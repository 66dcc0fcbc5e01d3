"""What commands share: options, opening the memory, and putting an answer out."""

from __future__ import annotations

from contextlib import contextmanager

import click
from click.core import ParameterSource

from git_cmos.cli import output
from git_cmos.cli.line import path_of
from git_cmos.cli.progress import progress
from git_cmos.memory import Memory
from git_cmos.render.json import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from git_cmos.render.style import Style

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
                with progress() as counted:
                    view = memory.at(at, counted)
                with view:
                    yield view
        finally:
            for warning in memory.warnings:
                click.echo(f"warning: {warning}", err=True)


def put(memory: Memory, json: bool, shape: Any, lines: Callable[[Style], Iterable[str]]) -> None:
    """The answer: one JSON document, or lines for a person; through a pager if git's settings
    ask for one."""
    names = path_of(click.get_current_context(silent=True))
    if json:
        output.put_plain(memory.config, names, dump(shape))
    else:
        output.put(memory.config, names, lines)


def refuse_options(ctx: click.Context) -> None:
    """What stands before the name of a command would say nothing to it."""
    for name in ctx.params:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"options come after `{ctx.invoked_subcommand}`")


__all__ = ["agent", "as_json", "at", "limit", "opened", "progress", "put", "refuse_options"]
