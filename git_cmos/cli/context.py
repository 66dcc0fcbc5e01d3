"""git cmos context …, git cmos onboard"""

from __future__ import annotations

import json as json_format

import click

from git_cmos.actions import contexts as actions
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.errors import Misused
from git_cmos.model import CONTEXTS
from git_cmos.queries import contexts, onboarding
from git_cmos.render import prompts
from git_cmos.render import remembered as text
from git_cmos.render.json import dump
from git_cmos.render.style import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_budget = click.option(
    "--budget", type=click.IntRange(min=200), metavar="CHARS", help="A prompt of at most so many."
)
_name = click.argument("context", metavar="project|master")


@click.group(cls=Group, context_settings=CONTEXT, invoke_without_command=True)
@_budget
@params.at
@params.as_json
@click.pass_context
def context(ctx: click.Context, /, budget: int | None, at: str | None, json: bool) -> None:
    """The project as a document for prompts: both contexts as JSON, or a text of --budget CHARS.

    They are derived from the memory; `context set` adds what cannot be.
    """
    if ctx.invoked_subcommand is not None:
        return params.refuse_options(ctx)
    _view(None, budget, at, json)


def _view(name: str | None, budget: int | None, at: str | None, json: bool) -> None:
    with params.opened(at) as memory:
        if budget is not None:
            parts, found = onboarding.sections(memory), onboarding.onboard(memory)
            said = prompts.page(found, parts, budget)
            params.put(memory, json, {"text": said}, lambda style: map(safe, said.splitlines()))
            return
        names = [contexts.name_of(name)] if name else CONTEXTS
        both = {each: contexts.document(memory, each) for each in names}
        shape: Any = both[names[0]] if name else both
        pretty = json_format.dumps(shape, indent=2, ensure_ascii=False)
        params.put(memory, json, shape, lambda style: map(safe, pretty.splitlines()))


@context.command(context_settings=CONTEXT)
@click.argument("context", metavar="[project|master]", required=False)
@_budget
@params.at
@params.as_json
def view(context: str | None, budget: int | None, at: str | None, json: bool) -> None:
    """One context, or both."""
    _view(context, budget, at, json)


@context.command("set", context_settings=CONTEXT)
@_name
@click.argument("path")
@click.argument("value", required=False)
@click.option("--parse", is_flag=True, help="VALUE is JSON, not text.")
@click.option("--unset", is_flag=True, help="Take the entry away.")
@params.agent
@params.as_json
def set_(
    context: str,
    path: str,
    value: str | None,
    parse: bool,
    unset: bool,
    agent: str | None,
    json: bool,
) -> None:
    """Tell an entry: `context set project project.description 'A shop'`."""
    if (value is None) != unset:
        raise click.UsageError("either VALUE or --unset")
    content: Any = value
    if parse and value is not None:
        try:
            content = json_format.loads(value)
        except (ValueError, RecursionError) as error:
            raise Misused(f"VALUE is no JSON: {error}", "leave --parse out for text") from None
    with params.opened() as memory:
        found = actions.tell(memory, context, path, content, agent=agent)
        word = "took away" if unset else "set"
        params.put(memory, json, found, lambda style: [safe(f"{word} {path}")])


@context.command(context_settings=CONTEXT)
@_name
@click.option("--source", required=True, help="What the occasion is.")
@click.option("--session", metavar="ID", help="The session it was taken in.")
@params.agent
@params.as_json
def snapshot(context: str, source: str, session: str | None, agent: str | None, json: bool) -> None:
    """Keep a context as it is now; one that did not change gets no other snapshot."""
    with params.opened() as memory:
        found, new = actions.snapshot(memory, context, source=source, session=session, agent=agent)
        word = "snapshot" if new else "unchanged since snapshot"
        params.put(memory, json, found, lambda style: [f"{word} {found.hash[:8]}"])


@context.command(context_settings=CONTEXT)
@_name
@params.limit
@params.at
@params.as_json
def history(context: str, limit: int | None, at: str | None, json: bool) -> None:
    """The snapshots of a context, newest first."""
    with params.opened(at) as memory:
        most = -1 if limit is None else limit
        found = contexts.snapshots(memory, contexts.name_of(context), most)
        params.put(memory, json, found, lambda style: text.snapshot_lines(found, style))


@context.command(context_settings=CONTEXT)
@click.argument("snapshot")
@params.as_json
def show(snapshot: str, json: bool) -> None:
    """One snapshot, by the beginning of its hash."""
    with params.opened() as memory:
        found = contexts.snapshot(memory, snapshot)
        pretty = json_format.dumps(found.content, indent=2, ensure_ascii=False)
        params.put(memory, json, found, lambda style: map(safe, pretty.splitlines()))


@context.command(context_settings=CONTEXT)
@click.argument("before", metavar="BEFORE|project|master")
@click.argument("after", required=False)
@params.as_json
def diff(before: str, after: str | None, json: bool) -> None:
    """What differs between two snapshots; `context diff master`: since its last snapshot."""
    with params.opened() as memory:
        lines = actions.diff(memory, before, after)
        params.put(memory, json, lines, lambda style: map(safe, lines or ["no difference"]))


@click.command(context_settings=CONTEXT)
@params.at
@params.as_json
def onboard(at: str | None, json: bool) -> None:
    """One page for a cold start: project, sprint, work, decisions, next steps, how to go on."""
    with params.opened(at) as memory:
        found = onboarding.onboard(memory)
        if json:
            click.echo(dump(found))
            return
        said = prompts.page(found, onboarding.sections(memory), onboarding.PAGE - 1)
        params.put(memory, json, None, lambda style: map(safe, said.splitlines()))
