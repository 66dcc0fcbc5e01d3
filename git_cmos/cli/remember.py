"""git cmos decision, fact, memory …"""

from __future__ import annotations

import click

from git_cmos.actions import recollections as actions
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.cli.times import moment
from git_cmos.queries import remembered
from git_cmos.queries.remembered import About
from git_cmos.render import remembered as text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from git_cmos.remembered import Decision, Fact

_missions = click.option("--mission", "missions", multiple=True, metavar="ID", help="Tie it to.")
_session = click.option("--session", metavar="ID", help="The session it was made in.")
_TOLD = (_missions, _session, params.agent, params.as_json)
_DECIDE = (
    click.option("--rationale", default="", help="Why."),
    click.option("--supersedes", metavar="ID", help="The decision that gives way to it."),
    *_TOLD,
)


def _with(*options: Callable[..., Any]) -> Callable[..., Any]:
    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_filters = _with(
    click.option("--mission", metavar="ID", help="Tied to this mission."),
    click.option("--sprint", metavar="SPRINT", help="Of this sprint's missions or sessions."),
    click.option("--session", metavar="ID", help="Of this session."),
    click.option("--agent", metavar="NAME", help="By this agent."),
    click.option("--since", metavar="WHEN", help="2026-01-31 or '3 days ago'."),
    click.option("--until", metavar="WHEN", help="The same."),
    params.limit,
    params.at,
    params.as_json,
)


def _about(since: str | None, until: str | None, **by: Any) -> About:
    return About(
        since=moment(since) if since else None, until=moment(until) if until else None, **by
    )


def _put(at: str | None, json: bool, find: Callable[[Any], list[Any]], empty: str) -> None:
    with params.opened(at) as memory:
        found: list[Decision | Fact] = find(memory)
        params.put(memory, json, found, lambda style: text.remembered_lines(found, style, empty))


@click.group(cls=Group, context_settings=CONTEXT, invoke_without_command=True)
@click.option("--title", help="Make a decision: the same as `decision add TITLE`.")
@_with(*_DECIDE)
@click.pass_context
def decision(ctx: click.Context, /, title: str | None, json: bool, **said: Any) -> None:
    """Decisions and their reasons: `git cmos decision --title '…' --rationale '…'`.

    In a commit: `Decision: title`, with the reason on folded lines below it.
    """
    if ctx.invoked_subcommand is not None:
        return params.refuse_options(ctx)
    if title is None:
        click.echo(ctx.get_help())
        return
    _decide(title, json, said)


def _decide(title: str, json: bool, said: dict[str, Any]) -> None:
    with params.opened() as memory:
        found = actions.decide(memory, title, **said)
        params.put(memory, json, found, lambda style: text.decision_page(found, style))


@decision.command("add", context_settings=CONTEXT)
@click.argument("title")
@_with(*_DECIDE)
def add_decision(title: str, json: bool, **said: Any) -> None:
    """Decide TITLE."""
    _decide(title, json, said)


@decision.command("list", context_settings=CONTEXT)
@click.option("--active", is_flag=True, help="Without those that gave way to others.")
@_filters
def list_decisions(active: bool, limit: int | None, at: str | None, json: bool, **by: Any) -> None:
    """Decisions, newest first."""
    about, most = _about(**by), -1 if limit is None else limit
    _put(
        at,
        json,
        lambda memory: remembered.decisions(memory, about, limit=most, superseded=not active),
        "no decisions like that: `git cmos decision add TITLE --rationale …`",
    )


@decision.command("show", context_settings=CONTEXT)
@click.argument("id")
@params.at
@params.as_json
def show_decision(id: str, at: str | None, json: bool) -> None:
    """One decision: its ID, the ending of it that lists show, or its title."""
    with params.opened(at) as memory:
        found = remembered.decision(memory, id)
        params.put(memory, json, found, lambda style: text.decision_page(found, style))


def _search(
    kinds: str, query: tuple[str, ...], limit: int | None, at: str | None, json: bool
) -> None:
    most = 20 if limit is None else limit
    words = " ".join(query)
    _put(
        at,
        json,
        lambda memory: remembered.search(memory, words, kinds, most),
        f"nothing holds {words!r}",
    )


_SEARCH = (
    click.argument("query", nargs=-1, required=True),
    params.limit,
    params.at,
    params.as_json,
)


@decision.command("search", context_settings=CONTEXT)
@_with(*_SEARCH)
def search_decisions(query: tuple[str, ...], limit: int | None, at: str | None, json: bool) -> None:
    """Decisions that hold every word of QUERY, taken literally, best first."""
    _search("d", query, limit, at, json)


@click.group(cls=Group, context_settings=CONTEXT, invoke_without_command=True)
@click.option("--content", help="State a fact: the same as `fact add CONTENT`.")
@click.option("--kind", default="fact", help="finding, risk, learning, constraint, …")
@_with(*_TOLD)
@click.pass_context
def fact(ctx: click.Context, /, content: str | None, json: bool, **said: Any) -> None:
    """Facts, only ever added to: `git cmos fact --kind finding --content '…'`.

    In a commit: `Fact: kind: content`.
    """
    if ctx.invoked_subcommand is not None:
        return params.refuse_options(ctx)
    if content is None:
        click.echo(ctx.get_help())
        return
    _state(content, json, said)


def _state(content: str, json: bool, said: dict[str, Any]) -> None:
    with params.opened() as memory:
        found = actions.state(memory, content, **said)
        params.put(memory, json, found, lambda style: text.remembered_lines([found], style, ""))


@fact.command("add", context_settings=CONTEXT)
@click.argument("content")
@click.option("--kind", default="fact", help="finding, risk, learning, constraint, …")
@_with(*_TOLD)
def add_fact(content: str, json: bool, **said: Any) -> None:
    """State CONTENT."""
    _state(content, json, said)


@fact.command("list", context_settings=CONTEXT)
@click.option("--kind", help="Only this kind.")
@_filters
def list_facts(limit: int | None, at: str | None, json: bool, **by: Any) -> None:
    """Facts, newest first."""
    about, most = _about(**by), -1 if limit is None else limit
    empty = "no facts like that: `git cmos fact add CONTENT --kind …`"
    _put(at, json, lambda memory: remembered.facts(memory, about, limit=most), empty)


@fact.command("search", context_settings=CONTEXT)
@_with(*_SEARCH)
def search_facts(query: tuple[str, ...], limit: int | None, at: str | None, json: bool) -> None:
    """Facts that hold every word of QUERY, taken literally, best first."""
    _search("f", query, limit, at, json)


@click.group(cls=Group, context_settings=CONTEXT)
def memory() -> None:
    """What the project remembers: decisions and facts together."""


@memory.command("list", context_settings=CONTEXT)
@click.option("--kind", help="decision, or a kind of fact.")
@_filters
def list_memory(limit: int | None, at: str | None, json: bool, **by: Any) -> None:
    """Decisions and facts, newest first."""
    about, most = _about(**by), -1 if limit is None else limit
    empty = "nothing is remembered like that: `git cmos decision add`, `git cmos fact add`"
    _put(at, json, lambda memory: remembered.everything(memory, about, limit=most), empty)


@memory.command("search", context_settings=CONTEXT)
@_with(*_SEARCH)
def search_memory(query: tuple[str, ...], limit: int | None, at: str | None, json: bool) -> None:
    """Decisions and facts that hold every word of QUERY, taken literally."""
    _search("df", query, limit, at, json)
