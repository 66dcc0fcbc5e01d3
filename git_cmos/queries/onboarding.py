"""One page for a cold start, and a prompt of the size that was asked for.

Both are the same sections in the order of their weight; what does not fit is left out by name.
"""

from __future__ import annotations

from git_cmos.model import CONSTRAINT, LEARNING
from git_cmos.queries import contexts, log, remembered, sessions
from git_cmos.queries import status as standing
from git_cmos.queries.next import next_mission
from git_cmos.queries.remembered import About
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.model import Mission

PAGE = 8000  # characters; SPEC asks for less
_LONGEST = 300  # characters of one item
_MOST = 12  # items of a section on the page


@value
class Section:
    """A heading, its items in the order of their weight, and the command that shows all."""

    title: str
    items: list[str]
    command: str


def onboard(memory: Memory) -> dict[str, Any]:
    """Everything that the page holds, for programs."""
    state = standing.status(memory, _MOST)
    answer = next_mission(memory)
    return {
        "project": contexts.document(memory, "project_context")["project"],
        "view": state.view,
        "sprint": state.sprint,
        "active": state.active[:_MOST],
        "next": answer.mission,
        "next_reason": answer.reason,
        "blocked": state.blocked[:_MOST],
        "queued": state.queued,
        "completed": state.completed,
        "decisions": remembered.decisions(memory, limit=_MOST, superseded=False),
        "constraints": remembered.facts(memory, About(kind=CONSTRAINT), limit=_MOST),
        "learnings": remembered.facts(memory, About(kind=LEARNING), limit=_MOST),
        "next_steps": sessions.next_steps(memory)[-_MOST:],
        "session": next(iter(sessions.listed(memory, status="active", limit=1)), None),
        "recent": log.entries(memory, limit=_MOST),
        "problems": state.problems,
    }


def sections(memory: Memory) -> list[Section]:
    """What somebody who knows nothing must know, weightiest first."""
    state = standing.status(memory, 0)
    answer = next_mission(memory)
    todo = [f"{_named(answer.mission)}: {answer.reason}"] if answer.mission else [answer.reason]
    parts = [
        ("What is next", todo, "git cmos next"),
        ("In progress", [_named(m) for m in state.active], "git cmos status"),
        ("Blocked", [f"{_named(m)}: {m.blocked_reason}" for m in state.blocked], "git cmos status"),
        ("Constraints", _facts(memory, CONSTRAINT), "git cmos fact list --kind constraint"),
        ("Decisions", _decisions(memory), "git cmos decision list"),
        ("Next steps", _steps(memory), "git cmos session steps"),
        ("Learnings", _facts(memory, LEARNING), "git cmos fact list --kind learning"),
        ("Recently", _recent(memory), "git cmos log"),
        ("Careful", state.problems, "git cmos status"),
    ]
    return [Section(title=t, items=_clipped(items), command=c) for t, items, c in parts if items]


def _named(mission: Mission) -> str:
    words = f"{mission.id} {mission.name}"
    return f"{words}. {mission.objective}" if mission.objective else words


def _facts(memory: Memory, kind: str) -> list[str]:
    return [it.content for it in remembered.facts(memory, About(kind=kind))]


def _decisions(memory: Memory) -> list[str]:
    found = remembered.decisions(memory, superseded=False)
    return [f"{d.title}. {d.rationale}" if d.rationale else d.title for d in found]


def _steps(memory: Memory) -> list[str]:
    return [step.content for step in reversed(sessions.next_steps(memory))]


def _recent(memory: Memory) -> list[str]:
    return [
        f"{e.at[:10]} {e.mission_id or '-'} {e.action}: {e.summary} ({e.agent})"
        for e in log.entries(memory, limit=30)
    ]


def _clipped(items: list[str]) -> list[str]:
    lines = (" ".join(item.split()) for item in items)
    return [line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…" for line in lines]


def within(parts: list[Section], budget: int) -> tuple[list[Section], list[Section]]:
    """(what fits into `budget` characters, what was left out): a first item of each section
    comes before a second of any."""
    shown = [Section(title=p.title, items=[], command=p.command) for p in parts]
    used, full = 0, [False] * len(parts)
    for place in range(max((len(p.items) for p in parts), default=0)):
        for at, part in enumerate(parts):
            if place >= len(part.items) or full[at]:
                continue
            cost = _cost(part.items[place]) + (0 if shown[at].items else len(part.title) + 6)
            if used + cost > budget:
                full[at] = True
                continue
            shown[at].items.append(part.items[place])
            used += cost
    left = [
        Section(title=p.title, items=p.items[len(s.items) :], command=p.command)
        for p, s in zip(parts, shown, strict=True)
    ]
    return [s for s in shown if s.items], [part for part in left if part.items]


def _cost(item: str) -> int:
    """Characters of an item as it is shown: a bullet, and an indent for each further line."""
    return len(item) + 3 + 3 * (len(item) // 60)
