"""git cmos doctor"""

from __future__ import annotations

import click

from git_cmos.actions import doctor as examining
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.errors import ANSWER_IS_NO, OK
from git_cmos.render.doctor import checkup_page


@click.command(context_settings=CONTEXT)
@click.option("--offline", is_flag=True, help="Do not ask the remote what it has.")
@params.as_json
@click.pass_context
def doctor(ctx: click.Context, offline: bool, json: bool) -> None:
    """Say what is amiss in this clone, worst first, and what mends each of it.

    Git, history, memory, clock, ledger, settings, hooks, and what the remote has of the ledger.
    Nothing is changed. Exit status: 0 without anything wrong (hints may be there), 1 otherwise.
    """
    with params.opened() as memory:
        found = examining.examine(memory, asking=not offline)
        params.put(memory, json, found, lambda style: checkup_page(found, style))
        ctx.exit(OK if found.ok else ANSWER_IS_NO)
