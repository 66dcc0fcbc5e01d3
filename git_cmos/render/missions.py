"""Missions as lines for a person: 80 columns, and what to do next."""

from __future__ import annotations

from git_cmos.model import BLOCKED, COMPLETED, CURRENT, IN_PROGRESS, QUEUED
from git_cmos.render.style import Dressed, clip, columns_of, pad, safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_cmos.model import Mission, Next
    from git_cmos.render.style import Dressed, Style

TINTS = {
    QUEUED: ("dim",),
    CURRENT: ("cyan",),
    IN_PROGRESS: ("yellow",),
    BLOCKED: ("red",),
    COMPLETED: ("green",),
}
MARKS = {QUEUED: "·", CURRENT: "›", IN_PROGRESS: "▸", BLOCKED: "✗", COMPLETED: "✓"}


def status_word(status: str, style: Style) -> str:
    """The status with its mark, in its colour."""
    return style(f"{MARKS[status]} {status}", *TINTS[status])


def mission_line(mission: Mission, style: Style, id_columns: int = 8) -> str:
    """One mission on one line: mark, id, name, how far it has come."""
    mark = style(MARKS[mission.status], *TINTS[mission.status])
    tail = _tail(mission)
    room = style.width - id_columns - columns_of(tail) - 6
    name = pad(clip(mission.name, room), room) if tail else clip(mission.name, room)
    identity = style(pad(clip(mission.id, id_columns), id_columns), "bold")
    return f"  {mark} {identity} {name} {style(tail, 'dim')}".rstrip()


def _tail(mission: Mission) -> str:
    parts = [] if mission.planned else ["unplanned"]
    if mission.reach == "unlanded":
        parts.append(f"on {', '.join(mission.refs[:2])}" if mission.refs else "unlanded")
    elif mission.reach == "released" and mission.refs and mission.status == COMPLETED:
        parts.append(f"in {mission.refs[0]}")
    elif mission.reach == "reverted" or (mission.reach and mission.status == COMPLETED):
        parts.append(mission.reach)
    return clip(", ".join(parts), 30)


def mission_list(missions: Sequence[Mission], style: Style, empty: str) -> list[str]:
    """Missions under the headings of their sprints."""
    if not missions:
        return [empty]
    lines: list[str] = []
    columns = min(max(columns_of(m.id) for m in missions), 24)
    sprints = list(dict.fromkeys(m.sprint_id for m in missions))
    for sprint in sprints:
        if len(sprints) > 1 or sprint:
            lines += ["", style(safe(sprint or "no sprint"), "bold")]
        lines += [mission_line(m, style, columns) for m in missions if m.sprint_id == sprint]
    done = sum(m.status == COMPLETED for m in missions)
    return [*lines[lines[:1] == [""] :], "", f"{done} of {len(missions)} completed"]


def mission_page(mission: Mission, style: Style) -> list[str]:
    """One mission in full."""
    head = (
        f"{style(safe(mission.id), 'bold')}  {style(clip(mission.name, style.width - 20), 'bold')}"
    )
    lines = [head, *facts(_mission_facts(mission, style), style)]
    for title, items in (
        ("success criteria", mission.success_criteria),
        ("deliverables", mission.deliverables),
        ("reference docs", mission.reference_docs),
    ):
        if items:
            lines += ["", f"  {style(title, 'dim')}", *_bullets(items, style)]
    for title, text in (("context", mission.context), ("notes", mission.notes)):
        if text:
            lines += ["", f"  {style(title, 'dim')}", *wrap(text, style.width, "    ")]
    return lines


def _mission_facts(mission: Mission, style: Style) -> list[tuple[str, str]]:
    reach = mission.reach or ""
    if reach and mission.refs:
        reach += f" ({', '.join(mission.refs)})"
    if not mission.planned:
        reach += "; planned by nobody" if reach else "planned by nobody"
    score = mission.validation_score
    return [
        ("status", status_word(mission.status, style)),
        ("because", mission.blocked_reason or ""),
        ("claimed", f"by {mission.claimed_by}" if mission.claimed_by else ""),
        ("reach", reach),
        ("sprint", mission.sprint_id or ""),
        ("objective", mission.objective or ""),
        ("needs", ", ".join(mission.needs)),
        ("enables", ", ".join(mission.enables)),
        ("started", mission.started_at or ""),
        ("completed", mission.completed_at or ""),
        ("score", "" if score is None else f"{score:g} ({mission.approval_state})"),
    ]


def facts(known: Iterable[tuple[str, str]], style: Style, columns: int = 10) -> list[str]:
    """Names and what is known of them, in two columns; what is empty is left out."""
    lines: list[str] = []
    for name, text in known:
        if not text:
            continue
        label = f"  {style(pad(name, columns), 'dim')} "
        if isinstance(text, Dressed):
            lines.append(label + text)
            continue
        first, *rest = wrap(text, style.width, " " * (columns + 3))
        lines += [label + first.strip(), *rest]
    return lines


def _bullets(items: Iterable[str], style: Style) -> list[str]:
    lines: list[str] = []
    for item in items:
        first, *rest = wrap(item, style.width, "      ")
        lines += [f"    - {first.strip()}", *rest]
    return lines


def next_page(answer: Next, style: Style) -> list[str]:
    """What to do next, why that, and the command to do it with."""
    lines: list[str] = []
    if answer.mission is None:
        lines += [f"Nothing is next: {safe(answer.reason)}."]
    else:
        lines += [*mission_page(answer.mission, style), "", *wrap(answer.reason, style.width, "  ")]
    lines += _waiting(answer, style)
    return [*lines, "", *_what_now(answer, style)]


def _waiting(answer: Next, style: Style) -> list[str]:
    if not answer.waiting:
        return []
    lines = [""]
    for waiting in answer.waiting[:10]:
        first, *rest = wrap(f"{waiting.id} {waiting.reason}", style.width, "    ")
        lines += [
            f"  {style(MARKS[waiting.status], *TINTS[waiting.status])} {first.strip()}",
            *rest,
        ]
    if len(answer.waiting) > 10:
        lines.append(f"    and {len(answer.waiting) - 10} more (--json names them all)")
    return lines


def _what_now(answer: Next, style: Style) -> list[str]:
    mission = answer.mission
    if mission is None:
        branches = [name for waiting in answer.waiting for name in waiting.merge]
        if branches:
            return suggest(style, (f"git merge {safe(branches[0])}", "brings what is waited for"))
        if any(w.status == BLOCKED for w in answer.waiting):
            return suggest(style, ("git cmos mission unblock ID", "once its reason is gone"))
        if any(" claimed by " in waiting.reason for waiting in answer.waiting):
            return suggest(style, ("git cmos claim", "who holds what"))
        return suggest(style, ("git cmos mission add ID 'NAME'", "plan something"))
    if mission.status == IN_PROGRESS:
        return suggest(
            style,
            (f"git commit --trailer 'Mission-Complete: {mission.id}'", "when it is done"),
            (f"git cmos mission complete {mission.id}", "the same, true on every branch"),
        )
    return suggest(
        style,
        (f"git cmos mission start {mission.id}", "take it"),
        (f"git commit --trailer 'Mission: {mission.id}'", "or just begin"),
    )


def suggest(style: Style, *commands: tuple[str, str]) -> list[str]:
    """Commands to go on with, and why."""
    columns = max(columns_of(command) for command, _ in commands)
    return [f"  {pad(command, columns)}  {style(why, 'dim')}" for command, why in commands]
