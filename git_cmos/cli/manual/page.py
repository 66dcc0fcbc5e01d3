"""What a page of the manual holds, before it is roff, text or markdown.

Text may hold `code` in backticks and nothing else that is marked.
"""

from __future__ import annotations

from git_cmos.values import value


@value
class Text:
    """One paragraph."""

    text: str


@value
class Terms:
    """Terms (code) and what each of them means."""

    rows: tuple[tuple[str, str], ...]


@value
class Code:
    """Lines to be shown as they are."""

    lines: tuple[str, ...]


@value
class Head:
    """A heading within a section."""

    text: str


Block = Text | Terms | Code | Head


@value
class Section:
    """title: in capitals, as manuals have it."""

    title: str
    blocks: tuple[Block, ...]


@value
class Page:
    """name: as `man` knows it (git-cmos-mission); brief: its one line."""

    name: str
    brief: str
    sections: tuple[Section, ...]


def paragraphs(text: str) -> list[Text]:
    """A docstring's paragraphs; what follows a form feed is not for readers."""
    parts = text.split("\f")[0].replace("\b", "").split("\n\n")
    return [Text(" ".join(part.split())) for part in parts if part.strip()]
