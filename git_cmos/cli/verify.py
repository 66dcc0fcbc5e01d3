"""git cmos verify"""

from __future__ import annotations

import click

from git_cmos.actions import verify as checking
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.errors import ANSWER_IS_NO, OK
from git_cmos.render import pages


@click.command(context_settings=CONTEXT)
@click.argument("range_", metavar="[RANGE]", required=False)
@click.option("--all", "everything", is_flag=True, help="The whole view: every branch and HEAD.")
@click.option("--rebuild", is_flag=True, help="Compare with a fold from nothing, too.")
@params.as_json
@click.pass_context
def verify(
    ctx: click.Context, range_: str | None, everything: bool, rebuild: bool, json: bool
) -> None:
    """Tell the truth about claims: hold commits against the plan and history.

    RANGE is written as for git (main..HEAD, v1.0...v1.1, HEAD~3.., HEAD^!); by default what HEAD
    has and its upstream, or else the default branch, has not. `git config cmos.verify.<rule>`
    sets a rule to off, warn or error. Exit status: 0 without errors, 1 with some, 128 where the
    answer would be a guess.
    """
    with params.progress() as counted, params.opened() as memory:
        found = checking.verify(
            memory, range_, everything=everything, rebuild=rebuild, progress=counted
        )
        params.put(memory, json, found, lambda style: pages.verdict_page(found, style))
        ctx.exit(OK if found.ok else ANSWER_IS_NO)
