"""git cmos verify, git cmos squash-message"""

from __future__ import annotations

import click

from git_cmos.actions import squashing
from git_cmos.actions import verify as checking
from git_cmos.cli import output, params
from git_cmos.cli.app import CONTEXT
from git_cmos.errors import ANSWER_IS_NO, OK, Misused
from git_cmos.render import pages, reports
from git_cmos.render.style import safe_lines

# Words of a range may be options of git's (`--not`, `-n 3`): `ranges` knows which.
_RANGE = {**CONTEXT, "ignore_unknown_options": True}
_FORMATS = click.Choice(("text", "json", *reports.FORMATS))


@click.command(context_settings=_RANGE)
@click.argument("range_", metavar="[RANGE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="The whole view: every branch and HEAD.")
@click.option("--rebuild", is_flag=True, help="Compare with a fold from nothing, too.")
@click.option("--allow-empty", is_flag=True, help="Pass where there is nothing to verify.")
@click.option("--format", "format_", type=_FORMATS, default="text", help="For CI; text by default.")
@params.as_json
@click.pass_context
def verify(
    ctx: click.Context,
    range_: tuple[str, ...],
    everything: bool,
    rebuild: bool,
    allow_empty: bool,
    format_: str,
    json: bool,
) -> None:
    """Tell the truth about claims: hold commits against the plan and history.

    RANGE is written as for git (main..HEAD, v1.0...v1.1, HEAD ^origin/main, @{u}.., -n 10); by
    default what HEAD has and its upstream, or else the default branch, has not. `git config
    cmos.verify.<rule>` sets a rule to off, warn or error. Exit status: 0 without errors, 1 with
    some, 128 where the answer would be a guess, or there is nothing to verify.

    For example: `git cmos verify --format github origin/main..HEAD`.
    """
    if json and format_ not in ("text", "json"):
        raise Misused("--json and --format exclude each other", "leave one of them out")
    with params.progress() as counted, params.opened() as memory:
        found = checking.verify(
            memory,
            range_,
            everything=everything,
            rebuild=rebuild,
            allow_empty=allow_empty,
            progress=counted,
        )
        if format_ in reports.FORMATS:
            rules = checking.explained(memory, rebuild)
            output.put_text(reports.FORMATS[format_](found, rules), "")
        else:
            as_json = json or format_ == "json"
            params.put(memory, as_json, found, lambda style: pages.verdict_page(found, style))
        ctx.exit(OK if found.ok else ANSWER_IS_NO)


@click.command("squash-message", context_settings=_RANGE)
@click.argument("range_", metavar="[RANGE]...", nargs=-1)
@click.option("--title", default="", metavar="TEXT", help="The subject; else the oldest commit's.")
@params.as_json
def squash_message(range_: tuple[str, ...], title: str, json: bool) -> None:
    """Print a message for a squash: one block of trailers says all that the commits said.

    RANGE is written as for git; by default what HEAD has and its upstream, or else the default
    branch, has not. Paste it where a host asks for the message of a squash merge.

    For example: `git cmos squash-message origin/main..HEAD`.
    """
    with params.opened() as memory:
        found = squashing.message(memory, range_, title)
        params.put(memory, json, found, lambda style: [safe_lines(found.message.rstrip("\n"))])
