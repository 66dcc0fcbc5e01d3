"""git cmos db …"""

from __future__ import annotations

import click

from git_cmos.actions import storage
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.cli.setup import initialise
from git_cmos.render import pages


@click.group(cls=Group, context_settings=CONTEXT)
def db() -> None:
    """The memory itself: health, rebuild."""


@db.command(context_settings=CONTEXT)
@params.as_json
def init(json: bool) -> None:
    """The same as `git cmos init`."""
    initialise(json)


@db.command(context_settings=CONTEXT)
@params.as_json
def migrate(json: bool) -> None:
    """Bring memory.db to this version's format (every command does this by itself)."""
    with params.opened() as memory:
        found = storage.health(memory)
        params.put(memory, json, found, lambda style: [f"format {found['format']}: up to date"])


@db.command(context_settings=CONTEXT)
@params.as_json
@click.pass_context
def health(ctx: click.Context, json: bool) -> None:
    """Whether memory.db is sound and agrees with a fold from nothing."""
    with params.opened() as memory:
        found = storage.health(memory)
        params.put(memory, json, found, lambda style: pages.health_lines(found))
        ctx.exit(0 if found["ok"] else 1)


@db.command(context_settings=CONTEXT)
@params.as_json
def rebuild(json: bool) -> None:
    """Fold everything from nothing; the digest must not change."""
    with params.opened() as memory:
        with params.progress("folding: {:,} subjects") as counted:
            found = storage.rebuild(memory, counted)
        same = "the same as before" if found["same"] else f"before: {found['before'][:12]}"
        lines = [
            f"folded {found['events']} events into {found['missions']} missions",
            f"digest {found['digest'][:12]}, {same}",
        ]
        params.put(memory, json, found, lambda style: lines)
