"""git cmos hook …"""

from __future__ import annotations

import click

from git_cmos.actions import hooks
from git_cmos.cli.app import CONTEXT
from git_cmos.errors import CmosError


@click.command(context_settings={**CONTEXT, "ignore_unknown_options": True})
@click.argument("name", type=click.Choice(hooks.DOORBELLS))
@click.argument("given", nargs=-1)
def hook(name: str, given: tuple[str, ...]) -> None:
    """The body of a git hook; what git hands to the hook is accepted and not needed.

    Never fails: what goes wrong is a warning, and the next command catches up.
    """
    try:
        hooks.ring()
    except CmosError as error:
        click.echo(f"warning: {name}: {error.message}", err=True)
