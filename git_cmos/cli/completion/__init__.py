"""git cmos completion: the scripts that teach shells to complete `git cmos`."""

from __future__ import annotations

from importlib.resources import files

import click

from git_cmos.cli import output
from git_cmos.cli.app import CONTEXT

SHELLS = {"bash": "git-cmos.bash", "zsh": "_git-cmos", "fish": "git-cmos.fish"}


@click.command(context_settings=CONTEXT)
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
def completion(shell: str) -> None:
    """Print the script with which SHELL completes commands, options and ids.

    It works for `git cmos`, beside git's own completion, and for `git-cmos` and `cmosctl`. Ids
    are those of the last command that looked at the repository.
    """
    output.write(script(shell))


def script(shell: str) -> str:
    """The packaged script for one of SHELLS."""
    return files(__name__).joinpath(SHELLS[shell]).read_text(encoding="utf-8")
