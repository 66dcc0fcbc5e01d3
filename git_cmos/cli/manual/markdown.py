"""All pages as one markdown document."""

from __future__ import annotations

from git_cmos.cli.manual.page import Code, Head, Terms, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_cmos.cli.manual.page import Block, Page, Section

_HEAD = """# Commands

This page is made from the commands themselves by
`python -m git_cmos.cli.manual reference docs/reference/commands.md`; a test holds that it is
current. The same words are in the manual pages (`git cmos --help`, `man git-cmos-mission`).
"""
_ONCE = ("EXIT STATUS", "SEE ALSO")  # the same on every page: told on the first


def document(pages: Sequence[Page]) -> str:
    """The document, ending in a newline."""
    first, *rest = pages
    parts = [_HEAD, "\n".join(map(_entry, rest))]
    parts += [_page(first, ())]
    parts += [_page(page, _ONCE) for page in rest]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _title(page: Page) -> str:
    return page.name.replace("-", " ", 2)


def _entry(page: Page) -> str:
    return f"- [{_title(page)}](#{_title(page).replace(' ', '-')}): {page.brief}"


def _page(page: Page, without: Iterable[str]) -> str:
    shown = [f"## {_title(page)}", f"{page.brief[:1].upper()}{page.brief[1:]}."]
    for section in page.sections:
        if section.title not in without and section.title != "SEE ALSO":
            shown += _section(section)
    return "\n\n".join(shown)


def _section(section: Section) -> list[str]:
    plain = section.title in ("SYNOPSIS", "DESCRIPTION")
    title = [] if plain else [f"### {section.title.capitalize()}"]
    return [*title, *(_block(block) for block in section.blocks)]


def _block(block: Block) -> str:
    if isinstance(block, Text):
        return _tamed(block.text)
    if isinstance(block, Head):
        return f"#### `{block.text}`"
    if isinstance(block, Code):
        return "\n".join(["```", *block.lines, "```"])
    assert isinstance(block, Terms)  # noqa: S101 - there is no fourth kind
    return "\n".join(f"- `{term}`: {_tamed(meaning)}".rstrip(": ") for term, meaning in block.rows)


def _tamed(text: str) -> str:
    """Angle brackets and stars outside of code are text, not HTML or emphasis."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)
