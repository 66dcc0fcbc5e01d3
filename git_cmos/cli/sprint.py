"""git cmos sprint …"""

from __future__ import annotations

import click

from git_cmos.actions import sprints as actions
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.model import SPRINT_STATUSES
from git_cmos.queries import missions
from git_cmos.queries import status as standing
from git_cmos.render import pages
from git_cmos.render.json import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_STATUS = click.Choice(SPRINT_STATUSES, case_sensitive=False)


@click.group(cls=Group, context_settings=CONTEXT)
def sprint() -> None:
    """Plan sprints and see how they stand."""


def _fields(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option("--title", help="What to call it."),
            click.option("--focus", help="What it is about."),
            click.option("--status", type=_STATUS, help="Planned at first."),
            click.option("--start", "start_date", metavar="DATE", help="YYYY-MM-DD"),
            click.option("--end", "end_date", metavar="DATE", help="YYYY-MM-DD"),
        )
    ):
        command = option(command)
    return command


@sprint.command(context_settings=CONTEXT)
@click.argument("id")
@_fields
@params.agent
@params.as_json
def add(id: str, agent: str | None, json: bool, **fields: Any) -> None:
    """Plan sprint ID."""
    with params.opened() as memory:
        found = actions.add(memory, id, agent=agent, **fields)
        params.put(memory, json, found, lambda style: [pages.sprint_line(found, style)])


@sprint.command(context_settings=CONTEXT)
@click.argument("id")
@_fields
@params.agent
@params.as_json
def update(id: str, agent: str | None, json: bool, **fields: Any) -> None:
    """Change sprint ID."""
    with params.opened() as memory:
        found = actions.update(memory, id, agent=agent, **fields)
        params.put(memory, json, found, lambda style: [pages.sprint_line(found, style)])


@sprint.command("list", context_settings=CONTEXT)
@click.option("--status", type=_STATUS, help="Only these.")
@params.at
@params.as_json
def list_(status: str | None, at: str | None, json: bool) -> None:
    """All sprints, in the order in which they were added."""
    with params.opened(at) as memory:
        found = standing.sprints(memory, status)
        empty = "no sprints yet: `git cmos sprint add ID --title …`"
        params.put(
            memory,
            json,
            found,
            lambda style: [pages.sprint_line(one, style) for one in found] or [empty],
        )


@sprint.command(context_settings=CONTEXT)
@click.argument("id")
@params.at
@params.as_json
def show(id: str, at: str | None, json: bool) -> None:
    """One sprint and its missions."""
    with params.opened(at) as memory:
        found = standing.sprint(memory, id)
        listed = missions.listed(memory, sprint=id)
        shape = {**plain(found), "backlog": listed}
        params.put(memory, json, shape, lambda style: pages.sprint_page(found, listed, style))
