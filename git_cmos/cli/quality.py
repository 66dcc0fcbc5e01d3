"""git cmos mission verify|incomplete|audit, git cmos validate …"""

from __future__ import annotations

import click

from git_cmos.actions import documents, storage
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.queries import quality
from git_cmos.queries import status as standing
from git_cmos.render import pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory
    from git_cmos.remembered import Issue


def _say(
    ctx: click.Context, memory: Memory, json: bool, found: list[Issue], answer_no: bool = True
) -> None:
    params.put(memory, json, found, lambda style: pages.issue_lines(found, style))
    ctx.exit(1 if found and answer_no else 0)


@click.command(context_settings=CONTEXT)
@click.option("--sprint", metavar="SPRINT", help="Only this sprint.")
@params.at
@params.as_json
@click.pass_context
def verify(ctx: click.Context, sprint: str | None, at: str | None, json: bool) -> None:
    """Hold every mission against the plan: fields, needs, sprints. Exit status 1 if not well.

    (What commits claim is held against history by `git cmos verify`.)
    """
    with params.opened(at) as memory:
        if sprint is not None:
            standing.sprint(memory, sprint)
        _say(ctx, memory, json, quality.verify(memory, sprint))


@click.command(context_settings=CONTEXT)
@click.option("--sprint", metavar="SPRINT", help="Only this sprint.")
@params.at
@params.as_json
@click.pass_context
def incomplete(ctx: click.Context, sprint: str | None, at: str | None, json: bool) -> None:
    """Missions without an objective, success criteria or deliverables."""
    with params.opened(at) as memory:
        _say(ctx, memory, json, quality.incomplete(memory, sprint), answer_no=False)


@click.command(context_settings=CONTEXT)
@click.argument("sprint", required=False)
@params.at
@params.as_json
@click.pass_context
def audit(ctx: click.Context, sprint: str | None, at: str | None, json: bool) -> None:
    """Gaps and contradictions of SPRINT, or of all sprints and what is in none."""
    with params.opened(at) as memory:
        _say(ctx, memory, json, quality.audit(memory, sprint))


@click.group(cls=Group, context_settings=CONTEXT)
def validate() -> None:
    """Check the memory itself, and the links between documents."""


@validate.command(context_settings=CONTEXT)
@params.as_json
@click.pass_context
def health(ctx: click.Context, json: bool) -> None:
    """The same as `git cmos db health`."""
    with params.opened() as memory:
        found = storage.health(memory)
        params.put(memory, json, found, lambda style: pages.health_lines(found))
        ctx.exit(0 if found["ok"] else 1)


@validate.command(context_settings=CONTEXT)
@params.as_json
@click.pass_context
def docs(ctx: click.Context, json: bool) -> None:
    """Links between this repository's markdown files that lead nowhere."""
    with params.opened() as memory:
        checked, broken = documents.check(memory)
        shape = {"files": checked, "broken": broken, "ok": not broken}
        params.put(memory, json, shape, lambda style: pages.broken_lines(checked, broken, style))
        ctx.exit(1 if broken else 0)
