"""git cmos session …"""

from __future__ import annotations

import click

from git_cmos.actions import sessions as actions
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.cli.context import onboard
from git_cmos.cli.times import moment
from git_cmos.model import CATEGORIES, SESSION_STATUSES, SESSION_TYPES
from git_cmos.queries import log as work_log
from git_cmos.queries import sessions
from git_cmos.render import pages
from git_cmos.render import remembered as text
from git_cmos.render.style import clip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.remembered import Session


@click.group(cls=Group, context_settings=CONTEXT)
def session() -> None:
    """Planning, onboarding, review, research, check-ins: work that is not building.

    What is captured in a session becomes the project's decisions, facts and next steps.
    """


_named = click.option("--session", metavar="ID", help="Another session than your active one.")


def _say(memory: Memory, json: bool, found: Session) -> None:
    params.put(memory, json, found, lambda style: text.session_page(found, style))


@session.command(context_settings=CONTEXT)
@click.option("--type", type=click.Choice(SESSION_TYPES, False), required=True, help="What kind.")
@click.option("--title", required=True, help="What it is about.")
@click.option("--sprint", metavar="SPRINT", help="The sprint it belongs to.")
@params.agent
@params.as_json
def start(json: bool, **said: Any) -> None:
    """Begin a session: `session start --type planning --title 'Sprint 01 planning'`."""
    with params.opened() as memory:
        _say(memory, json, actions.start(memory, **said))


@session.command(context_settings=CONTEXT)
@click.argument("category", type=click.Choice(CATEGORIES, False))
@click.argument("content")
@click.option("--context", default="", help="What it rests on; a decision's rationale.")
@click.option("--mission", "missions", multiple=True, metavar="ID", help="Tie it to a mission.")
@_named
@params.agent
@params.as_json
def capture(category: str, content: str, json: bool, **said: Any) -> None:
    """Keep CONTENT: `session capture decision 'Use PostgreSQL'`."""
    with params.opened() as memory:
        found = actions.capture(memory, category, content, **said)
        count = pages.count(len(found.captures), "capture")
        params.put(memory, json, found, lambda style: [f"kept in {found.id} ({count})"])


@session.command(context_settings=CONTEXT)
@click.option("--summary", required=True, help="What came of it.")
@click.option("--next-steps", multiple=True, metavar="STEP", help="What to do next (several).")
@_named
@params.agent
@params.as_json
def complete(json: bool, **said: Any) -> None:
    """End the session with what came of it."""
    with params.opened() as memory:
        _say(memory, json, actions.complete(memory, **said))


@session.command(context_settings=CONTEXT)
@click.option("--reason", default="", help="Why.")
@_named
@params.agent
@params.as_json
def cancel(json: bool, **said: Any) -> None:
    """Drop the session; what was captured in it stays."""
    with params.opened() as memory:
        _say(memory, json, actions.cancel(memory, **said))


@session.command("list", context_settings=CONTEXT)
@click.option("--type", type=click.Choice(SESSION_TYPES, False), help="Only this kind.")
@click.option("--status", type=click.Choice(SESSION_STATUSES, False), help="Only this status.")
@click.option("--agent", metavar="NAME", help="Only this agent's.")
@click.option("--sprint", metavar="SPRINT", help="Only this sprint's.")
@click.option("--since", metavar="WHEN", help="2026-01-31 or '3 days ago'.")
@params.limit
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Pass over so many.")
@params.at
@params.as_json
def list_(since: str | None, limit: int | None, at: str | None, json: bool, **by: Any) -> None:
    """Sessions, newest first."""
    with params.opened(at) as memory:
        found = sessions.listed(
            memory,
            since=moment(since) if since else None,
            limit=-1 if limit is None else limit,
            **by,
        )
        params.put(memory, json, found, lambda style: text.session_list(found, style))


@session.command(context_settings=CONTEXT)
@click.argument("id")
@params.at
@params.as_json
def show(id: str, at: str | None, json: bool) -> None:
    """One session in full: ID, or the beginning of it."""
    with params.opened(at) as memory:
        _say(memory, json, sessions.get(memory, id))


@session.command(context_settings=CONTEXT)
@click.option("--all", "every", is_flag=True, help="Also what is ticked off.")
@params.at
@params.as_json
def steps(every: bool, at: str | None, json: bool) -> None:
    """Next steps that sessions and commits left, oldest first."""
    with params.opened(at) as memory:
        found = sessions.next_steps(memory, done=every)
        params.put(memory, json, found, lambda style: text.step_lines(found, style))


@session.command(context_settings=CONTEXT)
@click.argument("step")
@click.option("--undo", is_flag=True, help="It is not done after all.")
@params.agent
@params.as_json
def tick(step: str, undo: bool, agent: str | None, json: bool) -> None:
    """Tick off STEP: its words, or the ending of its id in `session steps`."""
    with params.opened() as memory:
        found = actions.tick(memory, step, done=not undo, agent=agent)
        line = f"{'to do' if undo else 'done'}: {found.content}"
        params.put(memory, json, found, lambda style: [clip(line, style.width)])


@session.command(context_settings=CONTEXT)
@click.option(
    "--type",
    "action",
    type=click.Choice(("start", "complete", "blocked", "commit", "note"), False),
    default="note",
    show_default=True,
    help="start, complete and blocked move the mission.",
)
@click.option("--mission", metavar="ID", help="The mission it is about.")
@click.option("--summary", default="", help="What happened.")
@click.option("--next-hint", default="", help="A word to whoever comes next.")
@click.option("--details", default="", help="Text or JSON; for blocked the reason.")
@params.agent
@params.as_json
def log(action: str, json: bool, **said: Any) -> None:
    """Write a line into the work log (`git cmos log` reads it)."""
    with params.opened() as memory:
        actions.note(memory, action, **said)
        found = work_log.entries(memory, said["mission"], limit=1)
        params.put(memory, json, found[0], lambda style: pages.log_lines(found, style))


session.add_command(onboard)
