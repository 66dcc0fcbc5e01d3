"""git cmos help: the manual, wherever it is installed."""

from __future__ import annotations

import os
import shutil
import sys

import click

from git_cmos.cli import line, manual, output, pager, suggest
from git_cmos.cli.app import CONTEXT, cmos
from git_cmos.cli.manual import roff, text
from git_cmos.config import Config
from git_cmos.errors import Refused
from git_cmos.render.style import style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.cli.manual.page import Page


@click.command(context_settings=CONTEXT)
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.option("--man-path", is_flag=True, help="Print the folder of the installed pages.")
def help(words: tuple[str, ...], man_path: bool) -> None:
    """Show the manual page of COMMAND, or of git cmos itself.

    On a terminal through `man`, where there is one, else as text through git's pager; the page
    need not be where `man` looks. `git cmos COMMAND --help` is the same. `git cmos --help` is
    git's own: it runs `man git-cmos`, which must find the page.
    """
    if man_path:
        output.write(f"{_installed()}\n")
        return
    found = line.read(cmos, words)
    if found.given and (found.lost or isinstance(found.context.command, click.Group)):
        group = found.context.command
        known = group.list_commands(found.context) if isinstance(group, click.Group) else []
        raise suggest.no_command(found.given[0], known, found.context.command_path)
    show(manual.page(found.path))


def _installed() -> str:
    """The folder for MANPATH; Refused (1) where the program was installed without its pages."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        found = [file for file in files("git-cmos") or () if file.name == "git-cmos.1"]
    except PackageNotFoundError:
        found = []
    for file in found:
        page = os.path.realpath(str(file.locate()))
        if os.path.exists(page):
            return os.path.dirname(os.path.dirname(page))
    raise Refused("the manual pages are not installed", "`git cmos help` shows them", "no-pages")


def show(page: Page) -> None:
    """Through `man`, through a pager, or plainly where nobody looks at a terminal."""
    if not sys.stdout.isatty():
        _put(page, "")
    elif not _by_man(page):
        _put(page, pager.command())


def _by_man(page: Page) -> bool:
    """Whether `man` showed the page. A name with a slash is a file to every `man`."""
    if not shutil.which("man"):
        return False
    import tempfile

    with tempfile.TemporaryDirectory(prefix="git-cmos-") as folder:
        path = os.path.join(folder, f"{page.name}.1")
        with open(path, "w", encoding="ascii") as file:
            file.write(roff.page(page))
        sys.stdout.flush()
        pid = os.posix_spawnp("man", ["man", path], os.environ)
        return pager.wait(pid) == 0


def _put(page: Page, through: str) -> None:
    style = style_for(Config(values={}), paged=bool(through))
    output.put_text("\n".join(text.lines(page, style)) + "\n", through)
