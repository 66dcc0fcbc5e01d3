"""What patterns would claim, as a table and a sample for a person."""

from __future__ import annotations

import shlex

from git_cmos.render.missions import suggest
from git_cmos.render.pages import count
from git_cmos.render.style import clip, columns_of, pad, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.actions.adopting import Preview
    from git_cmos.adoption import Rule
    from git_cmos.render.style import Style

_NUMBERS = ("commits", "missions", "planned")


def previews(found: Sequence[Preview], style: Style, applied: bool) -> list[str]:
    """A table, a sample of each pattern, and the next step."""
    lines = _table(found, style)
    for preview in found:
        lines += _sample(preview, style)
    if applied:
        lines += ["", f"{style('adopted', 'green')}: every clone that syncs reads history so"]
        return lines + suggest(
            style,
            ("git cmos status", "where the project stands now"),
            ("git cmos adopt --list", "the patterns in force"),
        )
    lines += ["", "nothing is changed yet"]
    options = " ".join(f"--pattern {shlex.quote(it.pattern)}" for it in found if it.commits)
    options += "".join(_unusual(found[0]))
    if any(it.commits for it in found):
        return lines + suggest(style, (f"git cmos adopt {options} --apply", "read history so"))
    return lines + suggest(style, ("git cmos adopt --suggest", "patterns that this history uses"))


def _unusual(preview: Preview) -> list[str]:
    given = (("--claims", preview.claim, "work"), ("--within", preview.within, "subject"))
    return [f" {flag} {word}" for flag, word, usual in given if word != usual]


def suggestions(found: Sequence[Preview], style: Style) -> list[str]:
    """What a history seems to use, and how to look at one of them."""
    if not found:
        return [
            "no pattern is to be seen in the subjects of this history",
            *suggest(style, ("git cmos adopt --pattern REGEX", "try one of your own")),
        ]
    best = f"git cmos adopt --pattern {shlex.quote(found[0].pattern)}"
    return [*_table(found, style), *_sample(found[0], style), "", *suggest(style, (best, "look"))]


def rule_lines(rules: Sequence[Rule], style: Style) -> list[str]:
    """The patterns in force, one a line."""
    if not rules:
        return ["no pattern is adopted", *suggest(style, ("git cmos adopt --suggest", "propose"))]
    return [
        f"{style(safe(rule.pattern), 'bold')}  says {rule.claim}, in the {rule.within}"
        for rule in rules
    ]


def _table(found: Sequence[Preview], style: Style) -> list[str]:
    room = max(7, style.width - 54)
    columns = min(room, max(7, *(columns_of(it.pattern) for it in found)))
    head = f"{pad('pattern', columns)}  {'  '.join(_NUMBERS)}  first       last"
    lines = [style(head, "dim")]
    for it in found:
        numbers = f"{it.commits:>7}  {it.missions:>8}  {it.planned:>7}"
        name = style(pad(clip(it.pattern, columns), columns), "bold")
        mark = "  in force" if it.adopted else ""
        lines.append(f"{name}  {numbers}  {it.first or '-':<10}  {it.last or '-'}{mark}".rstrip())
    return lines


def _sample(preview: Preview, style: Style) -> list[str]:
    if not preview.sample:
        return ["", f"{safe(preview.pattern)}: no commit matches"]
    lines = [
        "",
        f"{style(safe(preview.pattern), 'bold')}: {count(preview.commits, 'commit')}, for example",
    ]
    columns = min(24, max(columns_of(", ".join(it.missions)) for it in preview.sample))
    for it in preview.sample:
        missions = pad(clip(", ".join(it.missions), columns), columns)
        subject = clip(it.subject, style.width - columns - 15)
        lines.append(f"  {style(it.commit[:9], 'dim')}  {style(missions, 'bold')}  {subject}")
    return lines
