"""Sessions, decisions, facts and contexts as lines for a person."""

from __future__ import annotations

from git_cmos.remembered import Decision, Fact
from git_cmos.render.missions import facts, suggest
from git_cmos.render.style import clip, columns_of, pad, safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.remembered import NextStep, Session, Snapshot
    from git_cmos.render.style import Style

_TINTS = {"active": "yellow", "completed": "green", "canceled": "dim"}


def session_line(session: Session, style: Style) -> str:
    """One session on one line."""
    room = style.width - columns_of(session.id) - 27
    status = style(pad(session.status, 9), _TINTS[session.status])
    return (
        f"{style(session.id, 'bold')}  {status}  {pad(session.type, 10)}"
        f"  {clip(session.title, room)}"
    )


def session_list(sessions: Sequence[Session], style: Style) -> list[str]:
    if not sessions:
        return ["no sessions like that: `git cmos session start --type planning --title …`"]
    return [session_line(session, style) for session in sessions]


def session_page(session: Session, style: Style) -> list[str]:
    """One session in full, and how to go on with it."""
    known = [
        ("status", session.status),
        ("type", session.type),
        ("agent", session.agent),
        ("sprint", session.sprint_id or ""),
        ("started", session.started_at),
        ("ended", session.completed_at or ""),
        ("summary", session.summary or ""),
    ]
    title = clip(session.title, style.width - 22)
    lines = [f"{style(session.id, 'bold')}  {style(title, 'bold')}", *facts(known, style)]
    if session.captures:
        lines += ["", f"  {style('captured', 'dim')}"]
    for capture in session.captures:
        head = f"    {pad(capture['category'], 10)} "
        first, *rest = wrap(capture["content"], style.width, " " * 15)
        lines += [head + first.strip(), *rest]
        if capture["context"]:
            lines += wrap(capture["context"], style.width, " " * 17)
    if session.next_steps:
        lines += ["", f"  {style('next steps', 'dim')}"]
        for step in session.next_steps:
            first, *rest = wrap(step, style.width, "      ")
            lines += [f"    - {first.strip()}", *rest]
    return [*lines, *_how_to_go_on(session, style)]


def _how_to_go_on(session: Session, style: Style) -> list[str]:
    if session.status != "active":
        return []
    return [
        "",
        *suggest(
            style,
            ("git cmos session capture decision '…'", "keep what comes up"),
            ("git cmos session complete --summary '…'", "when it is over"),
        ),
    ]


def step_lines(steps: Sequence[NextStep], style: Style) -> list[str]:
    """Next steps with the endings of their ids, by which `session tick` knows them."""
    if not steps:
        return ["no next steps"]
    lines = []
    for step in steps:
        mark = style("✓", "green") if step.done_at else "·"
        first, *rest = wrap(step.content, style.width, " " * 13)
        lines += [f"  {mark} {style(step.id[-6:], 'dim')}   {first.strip()}", *rest]
    return [*lines, "", *suggest(style, ("git cmos session tick ID", "once it is done"))]


def snapshot_lines(snapshots: Sequence[Snapshot], style: Style) -> list[str]:
    """Snapshots, one a line, by the beginning of their hash."""
    return [
        f"{style(s.hash[:8], 'bold')}  {s.at[:16].replace('T', ' ')}  {pad(clip(s.agent, 12), 12)}"
        f"  {clip(s.source, style.width - 42)}"
        for s in snapshots
    ] or ["no snapshots: `git cmos context snapshot master --source …`"]


def decision_page(decision: Decision, style: Style) -> list[str]:
    known = [
        ("id", decision.id),
        ("made", f"{decision.at} by {decision.agent}"),
        ("missions", ", ".join(decision.missions)),
        ("session", decision.session_id or ""),
        ("commit", decision.commit or ""),
        ("gave way", f"to {decision.superseded_by}" if decision.superseded_by else ""),
    ]
    lines = [*wrap(decision.title, style.width, ""), *facts(known, style)]
    return [
        *lines,
        *(["", *wrap(decision.rationale, style.width, "  ")] * bool(decision.rationale)),
    ]


def remembered_lines(found: Sequence[Decision | Fact], style: Style, empty: str) -> list[str]:
    """Decisions and facts, two lines each: when, what kind, who; then the words."""
    lines: list[str] = []
    for it in found:
        made = isinstance(it, Decision)
        lines.append(_head(it, style))
        words = wrap(it.title if isinstance(it, Decision) else it.content, style.width, "  ")
        lines += [style(line, "bold") if made else line for line in words]
        if isinstance(it, Decision) and it.rationale:
            lines += wrap(it.rationale, style.width, "    ")
    return lines or [safe(empty)]


def _head(it: Decision | Fact, style: Style) -> str:
    kind = it.kind if isinstance(it, Fact) else "decision"
    source = it.commit[:9] if it.commit else it.id[-8:]
    gone = " (superseded)" if isinstance(it, Decision) and it.superseded_by else ""
    head = f"{it.at[:10]}  {source}  {clip(kind, 14)}{gone}  {clip(it.agent, 20)}"
    tied = ", ".join(filter(None, [*it.missions, it.session_id]))
    room = max(style.width - columns_of(head) - 2, 8)
    return f"{style(head, 'dim')}  {clip(tied, room)}".rstrip()
