"""git cmos import, git cmos export."""

from __future__ import annotations

import click

from git_cmos.actions.transfer import exporting, importing
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.render import transfer as text


@click.command("import", context_settings=CONTEXT)
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.option("--dry-run", "-n", is_flag=True, help="Show what would come; tell nothing.")
@click.option("--update", is_flag=True, help="Tell what differs here, as of now.")
@params.agent
@params.as_json
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[str, ...],
    dry_run: bool,
    update: bool,
    agent: str | None,
    json: bool,
) -> None:
    """Bring in what files say, and files in folders. A second time adds nothing.

    backlog.yaml, mission YAML, SESSIONS.jsonl, PROJECT_CONTEXT.json, MASTER_CONTEXT.json, a
    legacy SQLite database, our own export. All keeps its time and its agent. Exit status 1 where
    something could not be read; the rest has come in.
    """
    with params.opened() as memory:
        found = importing.bring(memory, paths, dry_run=dry_run, update=update, agent=agent)
        params.put(memory, json, found, lambda style: text.import_page(found, style))
        ctx.exit(1 if found.set_aside else 0)


@click.command(context_settings=CONTEXT)
@click.argument("what", type=click.Choice((*exporting.PARTS, "all")), default="all")
@click.option("--output", "-o", metavar="DIR", help="Where to; `-` is standard output.")
@params.at
@params.as_json
def export(what: str, output: str | None, at: str | None, json: bool) -> None:
    """Write the state as files that people and other tools read (into cmos/export).

    backlog: YAML; sessions: the work log and planning sessions as JSON lines; contexts: JSON;
    events: what was told, event by event. Nothing changed: the same bytes. `git cmos import` of
    all of it brings an empty repository to the same told state; what commits say comes with them.
    """
    with params.opened(at) as memory:
        if output == "-":
            for content in exporting.documents(memory, what).values():
                click.echo(content, nl=False)
            return
        found = exporting.export(memory, what, output)
        params.put(memory, json, found, lambda style: text.export_page(found, style))
