"""git cmos db …"""

from __future__ import annotations

import click

from git_cmos.actions import shell as sql_shell
from git_cmos.actions import storage
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.cli.setup import initialise
from git_cmos.cli.transfer import export, import_
from git_cmos.queries import missions
from git_cmos.queries import status as standing
from git_cmos.render import pages
from git_cmos.render.json import plain
from git_cmos.render.missions import mission_list
from git_cmos.render.style import safe_lines


@click.group(cls=Group, context_settings=CONTEXT)
def db() -> None:
    """The memory itself: look into it, check it, make it anew."""


@db.command(context_settings=CONTEXT)
@params.as_json
def init(json: bool) -> None:
    """The same as `git cmos init`."""
    initialise(json)


@db.command(context_settings=CONTEXT)
@params.as_json
def migrate(json: bool) -> None:
    """Bring memory.db to this version's format (every command does this by itself)."""
    with params.opened() as memory:
        found = storage.health(memory)
        params.put(memory, json, found, lambda style: [f"format {found['format']}: up to date"])


@db.command(context_settings=CONTEXT)
@params.as_json
@click.pass_context
def health(ctx: click.Context, json: bool) -> None:
    """Whether memory.db is sound and agrees with a fold from nothing."""
    with params.opened() as memory:
        found = storage.health(memory)
        params.put(memory, json, found, lambda style: pages.health_lines(found))
        ctx.exit(0 if found["ok"] else 1)


@db.command(context_settings=CONTEXT)
@params.as_json
def rebuild(json: bool) -> None:
    """Fold everything from nothing; the digest must not change."""
    with params.opened() as memory:
        with params.progress("folding: {:,} subjects") as counted:
            found = storage.rebuild(memory, counted)
        same = "the same as before" if found["same"] else f"before: {found['before'][:12]}"
        lines = [
            f"folded {found['events']} events into {found['missions']} missions",
            f"digest {found['digest'][:12]}, {same}",
        ]
        params.put(memory, json, found, lambda style: lines)


@db.command(context_settings=CONTEXT)
@click.argument("sql", required=False)
@click.option("--write", is_flag=True, help="Refused, with the reason.")
@click.option("--python", is_flag=True, help="A plain prompt, not the sqlite3 program's.")
@params.at
@params.as_json
@click.pass_context
def shell(
    ctx: click.Context, sql: str | None, write: bool, python: bool, at: str | None, json: bool
) -> None:
    """SQL on a read-only copy of the memory; docs/schema.md describes the tables.

    With SQL, its answer; without, sqlite3's own prompt.
    """
    if write:
        raise sql_shell.refuse_writing()
    with params.opened(at) as memory, sql_shell.copied(memory) as path:
        if sql is not None:
            columns, rows = sql_shell.query(path, sql)
            shape = [dict(zip(columns, row, strict=True)) for row in rows]
            found = map(safe_lines, sql_shell.lines(columns, rows))
            params.put(memory, json, shape, lambda style: found)
        elif (program := sql_shell.program()) and not python:
            ctx.exit(sql_shell.run_program(program, path))
        else:
            sql_shell.run_loop(path, input, lambda line: click.echo(safe_lines(line)))


@db.group(cls=Group, context_settings=CONTEXT)
def show() -> None:
    """The backlog, or where things stand now."""


@show.command(context_settings=CONTEXT)
@params.at
@params.as_json
def backlog(at: str | None, json: bool) -> None:
    """All missions, sprint by sprint."""
    with params.opened(at) as memory:
        found = missions.listed(memory)
        empty = "no missions yet: `git cmos mission add`"
        params.put(memory, json, found, lambda style: mission_list(found, style, empty))


@show.command(context_settings=CONTEXT)
@params.at
@params.as_json
def current(at: str | None, json: bool) -> None:
    """What is being done, what is blocked, and whether the memory is sound."""
    with params.opened(at) as memory:
        found, sound = standing.status(memory), storage.health(memory)
        word = "sound" if sound["ok"] else "NOT SOUND: `git cmos db health`"
        line = f"memory: {word}, {sound['told']} told events, {sound['claims']} claims"
        params.put(
            memory,
            json,
            {**plain(found), "health": sound},
            lambda style: [*pages.status_page(found, style), "", line],
        )


db.add_command(export)
db.add_command(import_, "import")
