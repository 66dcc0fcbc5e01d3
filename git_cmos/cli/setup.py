"""git cmos init, git cmos demo"""

from __future__ import annotations

import click

from git_cmos.actions import setup
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.render import pages
from git_cmos.render.style import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.render.style import Style


@click.command(context_settings=CONTEXT)
@params.as_json
def init(json: bool) -> None:
    """Make the memory, read the whole history, say what was found and what to do next.

    Safe to run again. Nothing of it is committed: the memory lies in .cmos, which ignores itself.
    """
    initialise(json)


def initialise(json: bool) -> None:
    with params.opened() as memory:
        found = setup.init(memory)
        params.put(memory, json, found, lambda style: _init_page(found, style))


def _init_page(found: dict[str, Any], style: Style) -> list[str]:
    lines = [f"memory in {safe(found['path'])}"]
    if found["commits"]:
        ours = f"{found['claims']:,} of them" if found["claims"] else "none"
        lines.append(f"read {pages.count(found['commits'], 'commit')}, {ours} with trailers")
    if found["received"]:
        came = pages.count(found["received"], "event")
        lines.append(f"took in {came} from {safe(found['remote'])}")
    done, total = found["completed"], found["missions"]
    counted = f"{pages.count(total, 'mission')}, {done:,} completed"
    lines.append(counted if total else "no missions yet")
    if found["next"]:
        commands = ["git cmos next", "git cmos status"]
    elif total:
        commands = ["git cmos status", "git cmos mission add B1.1 'The next thing to do'"]
    else:
        commands = ["git cmos mission add B1.1 'The first thing to do'", "git cmos next"]
    return [*lines, "", style("try next:", "bold"), *(f"  {command}" for command in commands)]


@click.command(context_settings=CONTEXT)
@click.argument("folder", required=False, type=click.Path())
def demo(folder: str | None) -> None:
    """Build a small real repository in FOLDER (or a new temporary one) and walk through it."""
    from git_cmos.cli.tour import run

    run(folder)
