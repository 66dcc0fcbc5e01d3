"""The parser: a table of commands, loaded one at a time, and click's errors in git's manner."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from keyword import iskeyword

import click

from git_cmos.cli import suggest
from git_cmos.cli.line import read
from git_cmos.errors import USAGE, Misused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

CONTEXT = {"help_option_names": ["-h"], "max_content_width": 80}  # --help: the manual page

# name -> (room, one line of help): `git cmos -h` reads this table and loads no room.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("setup", "Make the memory, read the whole history, say what to do next."),
    "demo": ("setup", "Build a small repository and walk through it: the idea in a minute."),
    "next": ("look", "The next mission, and why that one."),
    "status": ("look", "Sprint, active, blocked, queued, recent, problems."),
    "log": ("look", "The work log, newest first."),
    "where": ("look", "Which commits said what of a mission, on which branches."),
    "diff": ("look", "Missions whose state differs between two commits."),
    "adopt": ("adopt", "Read a history that names missions its own way."),
    "verify": ("verify", "Tell the truth about claims, for people and CI."),
    "squash-message": ("verify", "Print a message for a squash that keeps all trailers."),
    "sync": ("team", "Exchange told events and claims with a remote."),
    "claim": ("team", "Take a mission: one winner, however many ask at once."),
    "release": ("team", "Let a claimed mission go."),
    "mission": ("mission", "Plan, start, complete, block and connect missions."),
    "sprint": ("sprint", "Plan sprints and see how they stand."),
    "onboard": ("context", "One page for a cold start."),
    "context": ("context", "The project as a document for prompts; snapshots of it."),
    "session": ("session", "Planning, review, research: work that is not building."),
    "decision": ("remember", "Decisions and their reasons."),
    "fact": ("remember", "Facts: findings, risks, learnings, constraints."),
    "memory": ("remember", "Decisions and facts together."),
    "research": ("research", "Reports of research missions."),
    "kb": ("kb", "Search the repository's documents."),
    "validate": ("quality", "Check the memory itself, and the links between documents."),
    "doctor": ("doctor", "Say what is amiss in this clone, and what mends it."),
    "hook": ("hook", "Hooks for convenience; none is needed for truth."),
    "help": ("help", "Show the manual page of a command."),
    "completion": ("completion", "Print the completion script of a shell."),
    "import": ("transfer", "Bring in a backlog, logs, contexts, a database, our own export."),
    "export": ("transfer", "Write backlog, log, contexts, events as files."),
    "db": ("db", "The memory itself: look into it, check it, make it anew."),
}


class LazyGroup(click.Group):
    """A group whose commands live in rooms of `git_cmos.cli`, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        room = import_module(f"git_cmos.cli.{COMMANDS[cmd_name][0]}")
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        command: click.Command = getattr(room, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return resolve(super(), self, ctx, args)


class Group(click.Group):
    """A group that suggests the nearest command and says what each is for in whole words; its
    commands keep the order in which they were written."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self.commands[name].get_short_help_str(200)) for name in self.commands]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return resolve(super(), self, ctx, args)


def resolve(
    parent: Any, group: click.Group, ctx: click.Context, args: list[str]
) -> tuple[str | None, click.Command | None, list[str]]:
    """click's own resolution, with "did you mean" where it fails."""
    name = args[0]
    if not name.startswith("-") and group.get_command(ctx, name) is None:
        raise suggest.no_command(name, group.list_commands(ctx), ctx.command_path)
    found: tuple[str | None, click.Command | None, list[str]] = parent.resolve_command(ctx, args)
    return found


@click.group(
    cls=LazyGroup,
    context_settings=CONTEXT,
    invoke_without_command=True,
    epilog="--help, here and after every command, shows the manual page.",
)
@click.option("-C", "folder", metavar="PATH", multiple=True, help="Run as if started in PATH.")
@click.version_option(None, "--version", package_name="git-cmos", message="git-cmos %(version)s")
@click.pass_context
def cmos(ctx: click.Context, folder: tuple[str, ...]) -> None:
    """Work tracking and memory for people and coding agents, as a function of git history.

    What you say in a commit (`Mission-Complete: B1.1`) is true where that commit is; what you
    say with a command is true everywhere.
    """
    for path in folder:
        try:
            os.chdir(path)
        except OSError as error:
            raise Misused(f"cannot change to {path!r}: {error.strerror}") from None
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(0)


def run(args: Sequence[str]) -> int:
    """One command; its exit status. Usage errors become Misused (129)."""
    if any("\udc80" <= character <= "\udcff" for arg in args for character in arg):
        raise Misused("the command line is not UTF-8")
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    program = "cmosctl" if name == "cmosctl" else "git cmos"
    try:
        if "--help" in args and (line := read(cmos, args)).asks and not line.lost:
            args = ["help", *line.path]
        return _run(program, list(args))
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        raise suggest.misused(error, program) from None


def _run(program: str, args: list[str]) -> int:
    """click's `main` would end the process by itself when a reader goes away, and with 1."""
    with cmos.make_context(program, args) as context:
        status = cmos.invoke(context)
    return status if isinstance(status, int) else 0


__all__ = ["CONTEXT", "USAGE", "Group", "cmos", "run"]
