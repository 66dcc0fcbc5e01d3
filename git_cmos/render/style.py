"""Colour, width, and the taming of text that somebody else wrote."""

from __future__ import annotations

import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.config import Config

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
# C0 and C1 controls, DEL, bidirectional and invisible characters: shown, never obeyed.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A command in backticks is one word, so that it can be copied whole.
_WORD = re.compile(r"(?:`[^`]*`|\S)+")
_BREAKS = re.compile("[\t\n]")


class Dressed(str):
    """Text of our own, already in colour: its escape sequences are meant."""


class Style:
    """How one output is dressed: whether in colour, and how wide."""

    def __init__(self, colour: bool, width: int) -> None:
        self.colour, self.width = colour, width

    def __call__(self, text: str, *names: str) -> str:
        if not self.colour or not text:
            return Dressed(text)
        return Dressed(f"\033[{';'.join(_CODES[name] for name in names)}m{text}\033[0m")


def style_for(config: Config, paged: bool = False) -> Style:
    """As color.cmos, color.ui, NO_COLOR and the terminal say; paged: a pager stands between."""
    from git_cmos.config import boolean

    wish = config.colour()
    paged = paged or in_pager()
    terminal = paged or sys.stdout.isatty()
    if wish == "auto":
        able = os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")
        if paged and boolean(config.get("color.pager")) is False:
            able = False
        return Style(terminal and able, width(terminal))
    return Style(wish == "always", width(terminal))


def in_pager() -> bool:
    """Whether git started a pager for us (`git -p cmos …`, `pager.cmos`)."""
    return os.environ.get("GIT_PAGER_IN_USE", "").lower() in ("true", "1", "yes", "on")


def width(terminal: bool) -> int:
    """Columns to fill; 80 where there is no terminal to ask. git sets COLUMNS for its pagers."""
    if not terminal:
        return 80
    told = os.environ.get("COLUMNS", "")
    try:
        columns = int(told) if told.isdecimal() else os.get_terminal_size().columns
    except OSError:
        return 80
    return max(40, min(columns, 120))


def safe(text: str) -> str:
    """One line that no terminal obeys: control and invisible characters as escapes."""
    return _BREAKS.sub(" ", safe_lines(text))


def safe_lines(text: str) -> str:
    """The same, keeping line breaks and tabs."""
    return _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number > 0xFFFF:
        return f"\\U{number:08x}"
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def clip(text: str, columns: int) -> str:
    """At most so many columns, the cut marked; wide characters count twice."""
    text = safe(text)
    if columns_of(text) <= columns:
        return text
    used, kept = 0, ""
    for character in text:
        used += _columns(character)
        if used > columns - 1:
            break
        kept += character
    return kept.rstrip() + "\u2026"


def columns_of(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    from unicodedata import combining, east_asian_width

    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int) -> str:
    return text + " " * max(0, columns - columns_of(text))


def wrap(text: str, columns: int, indent: str) -> list[str]:
    """Words in lines of so many columns, each behind `indent`; breaks in the text are kept."""
    lines: list[str] = []
    for paragraph in safe_lines(text).replace("\t", " ").split("\n"):
        line = ""
        for word in _WORD.findall(paragraph):
            if line and columns_of(line) + 1 + columns_of(word) > columns - len(indent):
                lines.append(indent + line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append((indent + line).rstrip())
    return lines
