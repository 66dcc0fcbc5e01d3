"""A checkup as lines for a person: what is wrong, what is good to know, what is fine."""

from __future__ import annotations

from git_cmos.render.style import safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.actions.doctor import Checkup
    from git_cmos.render.style import Style

_TINTS = {"wrong": "red", "hint": "yellow", "fine": "green"}


def checkup_page(found: Checkup, style: Style) -> list[str]:
    """A paragraph for each finding, wrong ones first; then one line for all that is well."""
    lines: list[str] = []
    for it in found.findings:
        words = f"{it.check}: {safe(it.message)}" + (f" -> {safe(it.hint)}" if it.hint else "")
        lines += _paragraph(it.state, words, style)
    fine = [name for name in found.checked if name not in {it.check for it in found.findings}]
    return [*lines, *(_paragraph("fine", ", ".join(fine), style) if fine else [])]


def _paragraph(state: str, words: str, style: Style) -> list[str]:
    first, *rest = wrap(words, style.width, " " * 7)
    return [f"{style(f'{state:<7}', _TINTS[state])}{first[7:]}", *rest]
