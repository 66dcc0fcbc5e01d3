"""git cmos research …"""

from __future__ import annotations

import os

import click

from git_cmos.actions import research as actions
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.render.missions import suggest
from git_cmos.render.style import safe


@click.group(cls=Group, context_settings=CONTEXT)
def research() -> None:
    """Reports of research missions."""


@research.command(context_settings=CONTEXT)
@click.argument("mission")
@click.option("--overwrite", is_flag=True, help="Replace a report that exists.")
@click.option("--allow-incomplete", is_flag=True, help="Also where the mission is not Completed.")
@params.as_json
def export(mission: str, overwrite: bool, allow_incomplete: bool, json: bool) -> None:
    """Write cmos/research/<ID>-<slug>.md from MISSION, its log, decisions, facts and commits."""
    with params.opened() as memory:
        path = actions.export(
            memory, mission, overwrite=overwrite, allow_incomplete=allow_incomplete
        )
        shown = safe(os.path.relpath(path))
        params.put(
            memory,
            json,
            {"mission": mission, "path": path},
            lambda style: [f"wrote {shown}", "", *suggest(style, (f"git add {shown}", "keep it"))],
        )
