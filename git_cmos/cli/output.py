"""Putting an answer out: to a pager where git's settings ask for one, else as it is.

Without click: `next` goes through here, too.
"""

from __future__ import annotations

import sys

from git_cmos.cli.boundary import write
from git_cmos.render.style import in_pager, style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from git_cmos.config import Config
    from git_cmos.render.style import Style


def put(config: Config, names: Sequence[str], lines: Callable[[Style], Iterable[str]]) -> None:
    """Lines in the style that the settings and the terminal ask for; names: of the command, for
    `pager.cmos.<command>`."""
    pager = pager_for(config, names)
    put_text("\n".join(lines(style_for(config, paged=bool(pager)))) + "\n", pager)


def put_plain(config: Config, names: Sequence[str], text: str) -> None:
    """A text in no style (JSON), with a newline after it."""
    put_text(text + "\n", pager_for(config, names))


def pager_for(config: Config, names: Sequence[str]) -> str:
    """The pager that these settings ask for; "" where nothing is to be paged."""
    wish = config.pager(names)
    if wish is None or in_pager() or not sys.stdout.isatty():
        return ""
    from git_cmos.cli import pager

    return pager.command(wish)


def put_text(text: str, pager: str) -> None:
    """A text as it is, through `pager` if there is one and it can be run."""
    if pager:
        from git_cmos.cli.pager import page

        if page(text, pager):
            return
    write(text)


__all__ = ["pager_for", "put", "put_plain", "put_text", "write"]
