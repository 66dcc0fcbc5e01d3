"""git cmos kb …"""

from __future__ import annotations

import click

from git_cmos.actions import knowledge
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.render import pages


@click.group(cls=Group, context_settings=CONTEXT)
def kb() -> None:
    """Search the repository's documents: markdown, text and YAML, as a commit holds them.

    `git config cmos.kb.paths 'docs cmos'` narrows where it looks.
    """


@kb.command(context_settings=CONTEXT)
@params.at
@params.as_json
def index(at: str | None, json: bool) -> None:
    """Index the documents of HEAD (a search does it by itself); only what changed is read."""
    with params.opened() as memory, params.progress("indexing: {:,} documents") as counted:
        found = knowledge.index(memory, counted, at)
        line = f"{pages.count(found.documents, 'document')}, {found.read:,} read now"
        params.put(memory, json, found, lambda style: [line])


@kb.command(context_settings=CONTEXT)
@click.argument("query", nargs=-1, required=True)
@params.limit
@params.at
@params.as_json
@click.pass_context
def search(
    ctx: click.Context, query: tuple[str, ...], limit: int | None, at: str | None, json: bool
) -> None:
    """Passages that hold every word of QUERY, best first. Exit status 1 where there are none.

    Words are taken literally: `git cmos kb search C++ B1.1`.
    """
    with params.opened() as memory:
        found = knowledge.search(memory, " ".join(query), 20 if limit is None else limit, at)
        params.put(memory, json, found, lambda style: pages.passage_lines(found, style))
        ctx.exit(0 if found else 1)
