"""Imports and exports as lines for a person."""

from __future__ import annotations

from git_cmos.render.missions import suggest
from git_cmos.render.pages import count
from git_cmos.render.style import clip, pad, safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from git_cmos.render.style import Style

_HEADS = ("rows", "imported", "already there", "set aside")
_MOST = 20  # lines of one list


def import_page(found: Any, style: Style) -> list[str]:
    """What was read, what came of it, row by row and in all, and what to do next."""
    lines = [style(count(len(found.files), "file") + " read", "bold")]
    lines += [f"  {safe(clip(file, style.width - 2))}" for file in found.files[:_MOST]]
    lines += _more(len(found.files))
    if found.set_aside:
        lines += ["", style("set aside", "bold"), *_problems(found.set_aside, style)]
    if found.remarks:
        lines += ["", style("not quite as it stands there", "bold")]
        lines += _problems(found.remarks, style)
    if found.differs:
        lines += ["", style("otherwise here", "bold"), *_differs(found.differs, style)]
    lines += ["", *_table(found.kinds, style), ""]
    return [*lines, *_what_now(found, style)]


def _problems(problems: list[Any], style: Style) -> Iterator[str]:
    for problem in problems[:_MOST]:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        yield from _hanging(f"{place}: {problem.reason}", style)
    yield from _more(len(problems))


def _differs(differs: list[Any], style: Style) -> Iterator[str]:
    for one in differs[:_MOST]:
        here, there = (clip(str(it), 24) for it in (one.here, one.there))
        yield from _hanging(f"{one.id}: {one.field} is {here!r} here, {there!r} there", style)
    yield from _more(len(differs))


def _hanging(text: str, style: Style) -> Iterator[str]:
    first, *rest = wrap(text, style.width, "    ")
    yield f"  {first.strip()}"
    yield from rest


def _more(number: int) -> Iterable[str]:
    return [f"  and {number - _MOST} more (--json names them all)"] if number > _MOST else []


def _table(kinds: dict[str, Any], style: Style) -> list[str]:
    """Source rows against what became of them: the first number is the sum of the others."""
    rows = [(name, *vars(kind).values()) for name, kind in kinds.items()]
    totals = [sum(row[place] for row in rows) for place in range(1, 5)]
    lines = [style(pad("", 18) + "".join(f"{head:>15}" for head in _HEADS), "dim")]
    for name, *numbers in [*rows, ("in all", *totals)]:
        lines.append(pad(name, 18) + "".join(f"{number:>15,}" for number in numbers))
    return lines


def _what_now(found: Any, style: Style) -> list[str]:
    if not found.kinds and not found.set_aside:
        return ["nothing to import was found there"]
    if found.dry_run:
        told = count(found.told, "event")
        return [f"nothing was told: this was a dry run; {told} would be told"]
    told = f"{count(found.told, 'event')} told" if found.told else "nothing new"
    hints = [("git cmos next", "what to do, and why")]
    if found.differs:
        hints.append(("git cmos import --update …", "tell what differs, as of now"))
    return [told, *suggest(style, *hints)]


def export_page(found: Any, style: Style) -> list[str]:
    """The files of an export, and which of them had to be written."""
    lines = []
    for file in found.files:
        word = "written" if file.changed else "unchanged"
        lines.append(f"  {pad(word, 10)} {safe(file.path)} {style(f'{file.bytes:,} bytes', 'dim')}")
    if found.told_digest:
        lines += ["", f"what was told has the digest {found.told_digest[:12]}"]
        lines += suggest(style, ("git cmos import DIR", "brings it into another repository"))
    return lines
