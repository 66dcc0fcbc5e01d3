"""The manual: pages made from the click tree and from a few words written by hand.

One page for the program and one for each of its commands, as roff (`man`), as plain text where
there is no `man`, and all of them together as the markdown reference. A new command appears in
all three by itself; `prose` is where examples and the like are added.
"""

from __future__ import annotations

import os

from git_cmos.cli.manual import markdown, roff, tree
from git_cmos.cli.manual.page import Page


def pages() -> list[Page]:
    """Every page, the program's own first."""
    return [tree.program(), *(tree.command(name) for name in tree.names())]


def page(path: tuple[str, ...]) -> Page:
    """The page that tells of the command at `path`: subcommands are on their group's page."""
    return tree.command(path[0]) if path else tree.program()


def write_man(folder: str) -> list[str]:
    """Write the pages as files for `man`, section 1, into `folder`; their paths."""
    os.makedirs(folder, exist_ok=True)
    files = {f"{one.name}.1": roff.page(one) for one in pages()}
    files["cmosctl.1"] = files["git-cmos.1"]
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)
    return [os.path.join(folder, name) for name in files]


def reference() -> str:
    """All pages as one markdown document: docs/reference/commands.md."""
    return markdown.document(pages())
