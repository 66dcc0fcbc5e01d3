"""Looking: next, status, log, where, diff."""

from __future__ import annotations

import click

from git_cmos.actions import claims, views
from git_cmos.actions.agents import who
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.cli.times import moment
from git_cmos.errors import ANSWER_IS_NO
from git_cmos.queries import log as work_log
from git_cmos.queries import missions
from git_cmos.queries import status as standing
from git_cmos.queries.next import next_mission
from git_cmos.render import missions as text
from git_cmos.render import pages


@click.command(context_settings=CONTEXT)
@click.option("--claim", is_flag=True, help="Take it, too: of many who ask, each gets another.")
@params.ttl
@params.agent
@params.at
@params.as_json
def next(claim: bool, ttl: str | None, agent: str | None, at: str | None, json: bool) -> None:
    """The next mission, and why that one.

    In progress (yours before others'), then what you claimed, then Current, then the first
    queued mission whose needs are completed where you stand; never what another has claimed.
    With --claim, what others have begun is passed over, too; exit status 1 where nothing is free.
    """
    if claim and at:
        raise click.UsageError("--claim and --at exclude each other")
    with params.opened(at) as memory:
        if claim:
            answer, taken = claims.claim_next(memory, agent=agent, ttl=ttl)
        else:
            answer, taken = next_mission(memory, who(memory, agent)), None
        params.put(memory, json, answer, lambda style: text.next_page(answer, style))
        if claim and taken is None:
            click.get_current_context().exit(ANSWER_IS_NO)


@click.command(context_settings=CONTEXT)
@click.option("--verbose", "-v", is_flag=True, help="Everything, not the first few.")
@params.at
@params.as_json
def status(verbose: bool, at: str | None, json: bool) -> None:
    """Sprint, active, blocked, queued, recent, problems, and what the view is."""
    with params.opened(at) as memory:
        found = standing.status(memory, 20 if verbose else 5)
        params.put(memory, json, found, lambda style: pages.status_page(found, style, verbose))


@click.command(context_settings=CONTEXT)
@click.argument("mission", required=False)
@click.option("--agent", metavar="NAME", help="Only what this agent did.")
@click.option("--action", type=click.Choice(work_log.ACTIONS), help="Only this kind of line.")
@click.option("--since", metavar="WHEN", help="2026-01-31, 2026-01-31T12:00 or '3 days ago'.")
@params.limit
@params.at
@params.as_json
def log(
    mission: str | None,
    agent: str | None,
    action: str | None,
    since: str | None,
    limit: int | None,
    at: str | None,
    json: bool,
) -> None:
    """The work log, newest first."""
    with params.opened(at) as memory:
        if mission is not None:
            missions.require(memory, mission)
        found = work_log.entries(
            memory,
            mission,
            agent=agent,
            action=action,
            since=moment(since) if since else None,
            limit=-1 if limit is None else limit,
        )
        params.put(memory, json, found, lambda style: pages.log_lines(found, style))


@click.command(context_settings=CONTEXT)
@click.argument("mission")
@params.at
@params.as_json
def where(mission: str, at: str | None, json: bool) -> None:
    """Which commits said what of MISSION, on which branches; landed, released, reverted?"""
    with params.opened(at) as memory:
        found = work_log.where(memory, mission)
        params.put(memory, json, found, lambda style: pages.where_page(found, style))


@click.command(context_settings=CONTEXT)
@click.argument("range_", metavar="A..B")
@params.as_json
def diff(range_: str, json: bool) -> None:
    """Missions whose state differs between two commits: what shipped between two tags."""
    with params.opened() as memory:
        found = views.diff(memory, range_)
        params.put(memory, json, found, lambda style: pages.diff_page(found, style))
