"""A page as roff, in the man macros that groff and mandoc both know; ASCII only."""

from __future__ import annotations

import re

from git_cmos import __version__
from git_cmos.cli.manual.page import Code, Head, Terms, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.cli.manual.page import Block, Page

_SPECIAL = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
_CODE = re.compile(r"`([^`]*)`")


def page(shown: Page) -> str:
    """The source of one page."""
    lines = [
        f'.TH {_quoted(shown.name.upper())} 1 "" {_quoted(f"git-cmos {__version__}")} '
        f"{_quoted('git cmos manual')}",
        ".SH NAME",
        f"{escape(shown.name)} \\- {inline(shown.brief)}",
    ]
    for section in shown.sections:
        lines.append(f".SH {_quoted(section.title)}")
        for block in section.blocks:
            lines += _block(block, after_heading=lines[-1].startswith((".SH", ".SS")))
    return "\n".join(lines) + "\n"


def _block(block: Block, after_heading: bool) -> list[str]:
    begin = [] if after_heading else [".PP"]
    if isinstance(block, Text):
        return [*begin, _line(inline(block.text))]
    if isinstance(block, Head):
        return [f".SS {_quoted(block.text)}"]
    if isinstance(block, Code):
        shown = [_line(escape(line)) for line in block.lines]
        return [*begin, ".RS 4", ".nf", *shown, ".fi", ".RE"]
    assert isinstance(block, Terms)  # noqa: S101 - there is no fourth kind
    rows: list[str] = []
    for term, meaning in block.rows:
        rows += [".TP", f"\\fB{escape(term)}\\fR", _line(inline(meaning))]
    return rows


def inline(text: str) -> str:
    """Text with its `code` in bold."""
    parts = _CODE.split(text)
    return "".join(
        f"\\fB{escape(part)}\\fR" if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def escape(text: str) -> str:
    """Characters that roff shows and does not obey."""
    return "".join(
        _SPECIAL.get(character, character) if character.isascii() else f"\\[u{ord(character):04X}]"
        for character in text
    )


def _line(text: str) -> str:
    """A line that begins with a full stop (or is empty) is text, not a request."""
    return f"\\&{text}" if not text or text.startswith(".") else text


def _quoted(text: str) -> str:
    return '"' + escape(text).replace('"', r"\(dq") + '"'
