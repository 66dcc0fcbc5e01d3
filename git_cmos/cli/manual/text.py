"""A page as plain text, for where there is no `man`."""

from __future__ import annotations

from git_cmos.cli.manual.page import Code, Head, Terms, Text
from git_cmos.render.style import wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.cli.manual.page import Block, Page
    from git_cmos.render.style import Style

_MARGIN, _DEEPER = " " * 4, " " * 8


def lines(page: Page, style: Style) -> list[str]:
    """The page in lines of the style's width, section titles in bold."""
    shown = [style("NAME", "bold"), *wrap(f"{page.name} - {page.brief}", style.width, _MARGIN)]
    for section in page.sections:
        shown += ["", style(section.title, "bold")]
        body = [line for block in section.blocks for line in ["", *_block(block, style)]]
        shown += body[1:]
    return shown


def _block(block: Block, style: Style) -> list[str]:
    if isinstance(block, Text):
        return wrap(block.text, style.width, _MARGIN)
    if isinstance(block, Head):
        return [_MARGIN[:2] + style(line, "bold") for line in wrap(block.text, style.width - 2, "")]
    if isinstance(block, Code):
        return [_MARGIN + line for line in block.lines]
    assert isinstance(block, Terms)  # noqa: S101 - there is no fourth kind
    rows: list[str] = []
    for term, meaning in block.rows:
        rows += [_MARGIN + style(term, "bold"), *wrap(meaning, style.width, _DEEPER)]
    return rows
