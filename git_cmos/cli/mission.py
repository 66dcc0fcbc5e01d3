"""git cmos mission …"""

from __future__ import annotations

import click

from git_cmos.actions import claims, dependencies, editing
from git_cmos.actions import missions as actions
from git_cmos.cli import look, params, quality
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.model import DEPENDENCY_TYPES, STATUSES
from git_cmos.queries import log, missions
from git_cmos.render import missions as text
from git_cmos.render import pages
from git_cmos.render.json import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.model import Mission


@click.group(cls=Group, context_settings=CONTEXT)
def mission() -> None:
    """Plan, start, complete, block and connect missions.

    What these commands say is true on every branch; what a commit says is true where it is.
    """


def _fields(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options for what a mission holds; lists may be given several times."""
    for option in reversed(
        (
            click.option("--sprint", "sprint_id", metavar="SPRINT", help="The sprint it is in."),
            click.option("--objective", help="What it is for."),
            click.option("--context", help="What one must know."),
            click.option("--criterion", "success_criteria", multiple=True, help="Done when …"),
            click.option("--deliverable", "deliverables", multiple=True, help="What it leaves."),
            click.option("--reference", "reference_docs", multiple=True, help="What to read."),
            click.option("--notes", help="Anything else."),
        )
    ):
        command = option(command)
    return command


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """What was on the line: an option for a list that was left out is an empty tuple."""
    return {
        key: list(content) if isinstance(content, tuple) else content
        for key, content in fields.items()
        if content not in (None, ())
    }


def _say(memory: Memory, json: bool, found: Mission) -> None:
    params.put(memory, json, found, lambda style: [text.mission_line(found, style, len(found.id))])


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.argument("name")
@_fields
@params.agent
@params.as_json
def add(id: str, name: str, agent: str | None, json: bool, **fields: Any) -> None:
    """Plan mission ID, called NAME."""
    with params.opened() as memory:
        _say(memory, json, actions.add(memory, id, name, agent=agent, **_given(fields)))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--name", help="A new name.")
@click.option("--status", metavar="STATUS", help=f"One of {', '.join(STATUSES)}.")
@click.option("--reason", default="", help="Why, for --status Blocked.")
@_fields
@params.agent
@params.as_json
def update(id: str, agent: str | None, json: bool, **fields: Any) -> None:
    """Change fields of mission ID, or its status where a legal move leads there."""
    with params.opened() as memory:
        _say(memory, json, actions.update(memory, id, agent=agent, **_given(fields)))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--name", help="A new name.")
@_fields
@params.agent
@params.as_json
def edit(id: str, agent: str | None, json: bool, **fields: Any) -> None:
    """Open mission ID in git's editor, as YAML; with options for fields, change them at once.

    What does not validate is refused; the text is kept, and the next edit goes on with it.
    """
    with params.opened() as memory:
        given = _given(fields)
        if given:
            return _say(memory, json, actions.update(memory, id, agent=agent, **given))
        found, changed = editing.edit(memory, id, memory.repo.edit, agent=agent)
        words = f"changed {', '.join(changed)}" if changed else "nothing changed"
        params.put(memory, json, found, lambda style: [words])


@mission.command("list", context_settings=CONTEXT)
@click.option("--status", metavar="STATUS", help=f"One of {', '.join(STATUSES)}.")
@click.option("--sprint", metavar="SPRINT", help="Only this sprint.")
@params.at
@params.as_json
def list_(status: str | None, sprint: str | None, at: str | None, json: bool) -> None:
    """All missions, sprint by sprint."""
    known = {name.lower(): name for name in STATUSES}
    if status is not None and status.lower() not in known:
        raise click.UsageError(f"no status {status!r}: one of {', '.join(STATUSES)}")
    with params.opened(at) as memory:
        wanted = known[status.lower()] if status else None
        found = missions.listed(memory, status=wanted, sprint=sprint)
        empty = "no missions" + (
            " like that" if status or sprint else " yet: `git cmos mission add`"
        )
        params.put(memory, json, found, lambda style: text.mission_list(found, style, empty))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@params.at
@params.as_json
def show(id: str, at: str | None, json: bool) -> None:
    """One mission in full, with its log."""
    with params.opened(at) as memory:
        found = missions.get(memory, id)
        events = log.entries(memory, id)
        shape = {**plain(found), "events": events}
        params.put(
            memory,
            json,
            shape,
            lambda style: [
                *text.mission_page(found, style),
                "",
                *pages.log_lines(events, style),
            ],
        )


for command in (look.next, look.status, quality.verify, quality.incomplete, quality.audit):
    mission.add_command(command)


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--summary", default="", help="What begins.")
@click.option("--next-hint", default="", help="A word to whoever comes next.")
@click.option("--claim", is_flag=True, help="Take it first; exit 1 where another holds it.")
@params.ttl
@params.agent
@params.as_json
def start(
    id: str, agent: str | None, claim: bool, ttl: str | None, json: bool, **said: str
) -> None:
    """Queued or Current -> In Progress."""
    with params.opened() as memory:
        if claim:
            claims.to_start(memory, id, agent=agent, ttl=ttl)
        _say(memory, json, actions.start(memory, id, agent=agent, **said))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--summary", default="", help="What was done.")
@click.option("--notes", default="", help="What to keep with the mission.")
@click.option("--score", type=click.FloatRange(0, 1), help="Self-reported, 0..1.")
@click.option("--next-hint", default="", help="A word to whoever comes next.")
@params.agent
@params.as_json
def complete(id: str, agent: str | None, json: bool, **said: Any) -> None:
    """In Progress -> Completed (from Queued or Current with an implied start)."""
    with params.opened() as memory:
        _say(memory, json, actions.complete(memory, id, agent=agent, **said))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--reason", required=True, help="What stands in the way.")
@click.option("--need", "needs", multiple=True, help="What would unblock it (several).")
@click.option("--summary", default="", help="What was being done.")
@click.option("--next-hint", default="", help="A word to whoever comes next.")
@params.agent
@params.as_json
def block(id: str, agent: str | None, json: bool, **said: Any) -> None:
    """Any but Completed -> Blocked."""
    with params.opened() as memory:
        _say(memory, json, actions.block(memory, id, agent=agent, **said))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--resolution", default="", help="What made it possible again.")
@click.option(
    "--to",
    type=click.Choice(("Queued", "Current", "In Progress"), case_sensitive=False),
    default="Queued",
    show_default=True,
)
@params.agent
@params.as_json
def unblock(id: str, resolution: str, to: str, agent: str | None, json: bool) -> None:
    """Blocked -> Queued, or to the status asked for."""
    with params.opened() as memory:
        _say(memory, json, actions.unblock(memory, id, resolution=resolution, to=to, agent=agent))


@mission.command(context_settings=CONTEXT)
@click.argument("id")
@click.option("--reason", default="", help="Why.")
@params.agent
@params.as_json
def reopen(id: str, reason: str, agent: str | None, json: bool) -> None:
    """Completed -> Queued."""
    with params.opened() as memory:
        _say(memory, json, actions.reopen(memory, id, reason=reason, agent=agent))


@mission.command(context_settings=CONTEXT)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--type",
    type=click.Choice(tuple(DEPENDENCY_TYPES), case_sensitive=False),
    default="Requires",
    show_default=True,
    help="FROM Blocks TO, FROM Requires TO, FROM Enables TO.",
)
@click.option("--remove", is_flag=True, help="Take the dependency away.")
@params.agent
@params.as_json
def depends(
    source: str, target: str, type: str, remove: bool, agent: str | None, json: bool
) -> None:
    """Connect two missions, as the sentence FROM TYPE TO says."""
    with params.opened() as memory:
        found = dependencies.depends(memory, source, target, type=type, remove=remove, agent=agent)
        lines = (
            [f"{found.id} needs {', '.join(found.needs) or 'nothing'}"] if found else ["removed"]
        )
        params.put(memory, json, found, lambda style: lines)
