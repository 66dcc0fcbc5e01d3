"""The next mission, and why that one."""

from __future__ import annotations

from git_cmos.model import CURRENT, IN_PROGRESS, QUEUED, Mission, Next, Waiting
from git_cmos.queries.missions import FROM, ORDER, values
from git_cmos.queries.readiness import Standing, in_order, select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.memory import Memory

    Row = dict[str, Any]


def next_mission(memory: Memory, agent: str = "") -> Next:
    """In Progress (the agent's before others'), then Current, then the first ready Queued."""
    for row in _in_progress(memory, agent):
        mine = " (yours)" if agent and row["actor"] == agent else ""
        by = f" by {row['actor']}" if row["actor"] and not mine else ""
        reason = f"{row['id']} is in progress{by}{mine}"
        return Next(mission=values(memory, [row])[0], reason=reason, waiting=[])
    waiting: list[Waiting] = []
    standing = Standing(memory)
    for status in (CURRENT, QUEUED):
        for row in in_order(memory, status):
            unmet = standing.unmet(row["id"])
            if unmet:
                waiting.append(standing.waiting(row["id"], status, unmet))
                continue
            chosen = standing.enabler_first(row)
            mission = values(memory, [chosen], current=chosen["id"])[0]
            return Next(mission=mission, reason=_why(mission, status, waiting), waiting=waiting)
    for row in in_order(memory, "Blocked"):
        reason = f"blocked: {row['blocked_reason'] or 'no reason given'}"
        waiting.append(Waiting(id=row["id"], status="Blocked", reason=reason))
    return Next(mission=None, reason=_why_none(memory, waiting), waiting=waiting)


def _why(mission: Mission, status: str, waiting: list[Waiting]) -> str:
    if status == CURRENT:
        return f"{mission.id} was made Current"
    passed = f"; {len(waiting)} before it wait" if waiting else ""
    return f"{mission.id} is the first queued mission that waits for nothing{passed}"


def _why_none(memory: Memory, waiting: list[Waiting]) -> str:
    if waiting:
        return "every open mission waits or is blocked"
    total = memory.db.execute("SELECT count(*) FROM missions").fetchone()[0]
    return f"all {total} missions are completed" if total else "there are no missions yet"


def _in_progress(memory: Memory, agent: str) -> Iterator[Row]:
    order = ORDER.replace("ORDER BY", "ORDER BY m.actor IS NOT ?,")
    return select(memory, f"{FROM} WHERE m.status = ?{order} LIMIT 1", (IN_PROGRESS, agent))
