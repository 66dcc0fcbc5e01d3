"""The tour that `git cmos demo` walks: real commands on a real repository, with a word to each."""

from __future__ import annotations

import os
import sys
import tempfile

import click

from git_cmos.actions.demo import Demo
from git_cmos.cli import boundary
from git_cmos.config import Config
from git_cmos.render.style import style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PLAN = "Four missions are planned. B1.2 needs B1.1, B1.4 needs B1.2. What first?"
_WORK = (
    "Three commits later: B1.1 is completed on main, B1.2 on feat/login, B1.3 is blocked.\n"
    "Nobody ran a command for that: the commits say it (`Mission-Complete: B1.2`)."
)
_NEXT = "B1.4 needs B1.2, which is done, but not on this branch. Done is not landed:"
_WHERE = "Where was that said? On feat/login only; merging it is all that is missing."
_MERGE = "So merge it. No command, no hook: the state follows the history."
_REVERT = "Revert the commit that completed B1.1, and B1.1 is open again."
_DIFF = "What changed since the tag v0.1? (--at v0.1 shows everything as it was there.)"
_VERIFY = "Somebody commits in a hurry: B1.2 is completed twice, a key is misspelt. CI asks:"


def run(folder: str | None) -> None:
    """Build the repository and show it, step by step."""
    place = folder or os.path.join(tempfile.mkdtemp(prefix="git-cmos-"), "shop")
    demo = Demo(place)
    demo.create()
    here = os.getcwd()
    os.chdir(demo.folder)
    try:
        _walk(demo)
    finally:
        os.chdir(here)
    _say(f"That was it. The repository is in {demo.folder}:", "look around, break something.")
    click.echo("  git cmos status\n  git cmos log\n  git cmos mission show B1.2 --at v0.1\n")


def _walk(demo: Demo) -> None:
    _step(_PLAN, None, ("next",))
    _step(_WORK, demo.work, ("mission", "list"))
    _step(_NEXT, None, ("next",))
    _step(_WHERE, None, ("where", "B1.2"))
    _step(_MERGE, demo.merge, ("next",), shown="git merge feat/login")
    _step(_REVERT, demo.revert, ("where", "B1.1"), shown="git revert :/Create…users")
    _step(_DIFF, None, ("diff", "v0.1..HEAD"))
    _step(_VERIFY, demo.hurry, ("verify",))


def _step(
    words: str, act: Callable[[], None] | None, command: tuple[str, ...], shown: str = ""
) -> None:
    from git_cmos.cli.app import run as run_command

    _say(*words.split("\n"))
    if act is not None:
        act()
    dressed = style_for(Config(values={}))
    if shown:
        click.echo(dressed(f"$ {shown}", "cyan"))
    click.echo(dressed(f"$ git cmos {' '.join(command)}", "cyan"))
    sys.stdout.flush()
    boundary.guard(list(command), run_command)
    click.echo()


def _say(*lines: str) -> None:
    dressed = style_for(Config(values={}))
    for line in lines:
        click.echo(dressed(f"# {line}", "bold"))
