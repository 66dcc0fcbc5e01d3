"""git cmos hook …: install, uninstall, status; and the bodies that the shims call."""

from __future__ import annotations

import os
import sys

import click

from git_cmos.actions import hooks, installing, pre_commit
from git_cmos.cli import fast, params
from git_cmos.cli.app import CONTEXT, Group
from git_cmos.render import pages
from git_cmos.render.missions import suggest
from git_cmos.render.style import safe, style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.actions.installing import Hook
    from git_cmos.memory import Memory
    from git_cmos.render.style import Style


@click.group(cls=Group, context_settings=CONTEXT)
def hook() -> None:
    """Hooks for convenience: none is needed for truth, every command catches up by itself.

    commit-msg credits the active mission and refuses what would not be understood; pre-push
    verifies what is pushed; the post-* hooks catch up at once.
    """


def _say(memory: Memory, json: bool, found: Sequence[Hook]) -> None:
    params.put(memory, json, found, lambda style: _lines(found, style))


def _lines(found: Sequence[Hook], style: Style) -> list[str]:
    tints = {"live": "green", "stale": "yellow", "shadowed": "red", "absent": "dim"}
    lines = []
    for it in found:
        words = f"  by {it.by}" if it.by else ""
        words += "  after what was here before" if it.before else ""
        lines.append(f"{style(f'{it.state:<9}', tints[it.state])} {it.name}{safe(words)}")
    others = [it.path for it in found if it.state == "shadowed" and it.path]
    if others:
        lines += ["", *(safe(f"in its place: {path}") for path in others)]
    if any(it.state != "live" for it in found):
        lines += ["", *suggest(style, ("git cmos hook install", "puts ours there, keeps others"))]
    return lines


@hook.command(context_settings=CONTEXT)
@click.option("--force", is_flag=True, help="Also where other repositories look for hooks.")
@click.option("--files", is_flag=True, help="Write files, even if git needs none (2.54).")
@params.as_json
def install(force: bool, files: bool, json: bool) -> None:
    """Have git run our hooks, beside those that are there.

    From git 2.54 on they are entries in this repository's configuration. Before, they are files
    where git looks for hooks: what is there is kept, and run first.
    """
    with params.opened() as memory:
        _say(memory, json, installing.install(memory, force=force, as_files=files))


@hook.command(context_settings=CONTEXT)
@params.as_json
def uninstall(json: bool) -> None:
    """Take our hooks away, and put back what was there, as it was."""
    with params.opened() as memory:
        _say(memory, json, installing.uninstall(memory))


@hook.command(context_settings=CONTEXT)
@params.as_json
def status(json: bool) -> None:
    """Which hooks are live, stale, shadowed by another, or absent."""
    with params.opened() as memory:
        _say(memory, json, installing.status(memory))


_RAW = {**CONTEXT, "ignore_unknown_options": True}


def _body(name: str) -> click.Command:
    @click.command(name, context_settings=_RAW, hidden=True)
    @click.argument("given", nargs=-1)
    @click.pass_context
    def body(ctx: click.Context, /, given: tuple[str, ...]) -> None:
        ctx.exit(fast.run(["hook", name, *given]))

    body.help = f"The body of git's {name} hook; the shim calls it."
    return body


for _name in hooks.HOOKS:
    if _name != "pre-push":
        hook.add_command(_body(_name))


@hook.command("pre-push", context_settings=_RAW, hidden=True)
@click.argument("remote", default="")
@click.argument("url", default="")
def pre_push(remote: str, url: str) -> None:
    """The body of git's pre-push hook; the shim calls it."""
    lines = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read()
    with params.opened() as memory:
        if not lines and not remote and "PRE_COMMIT" in os.environ:
            remote, found = pre_commit.before_push(memory, os.environ)
        else:
            found = hooks.before_push(memory, remote, lines)
        if found is not None and found.findings:
            page = pages.verdict_page(found, style_for(memory.config))
            click.echo("\n".join(page), err=True)
        if found is not None and not found.ok:
            click.get_current_context().exit(1)
        if why := hooks.share(memory, remote):
            memory.warnings.append(f"the ledger was not pushed: {why}; `git cmos sync` does it")
