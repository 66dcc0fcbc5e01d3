"""The next mission, and why that one."""

from __future__ import annotations

from git_cmos.lazy import lazy
from git_cmos.model import CURRENT, IN_PROGRESS, QUEUED, Mission, Next, Waiting
from git_cmos.queries import missions as asking
from git_cmos.queries.missions import FROM, ORDER, values
from git_cmos.queries.readiness import Standing, in_order, select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.queries import leases
    from git_cmos.queries.leases import Claim

    Row = dict[str, Any]
else:
    leases = lazy("git_cmos.queries.leases")


def next_mission(memory: Memory, agent: str = "", *, only_free: bool = False) -> Next:
    """In Progress (the agent's before others'), then what the agent has claimed, then Current,
    then the first ready Queued; never what somebody else has claimed.

    only_free: what others have begun is not theirs to go on with, either.
    """
    claims = asking.claims(memory, agent)
    held = {name: claim for name, claim in claims.items() if claim.live and not claim.mine}
    own = {name for name, claim in claims.items() if claim.live and claim.mine}
    waiting: list[Waiting] = []
    begun = _begun(memory, agent, held, own, only_free, waiting) or _claimed(memory, own)
    if begun:
        return Next(mission=values(memory, [begun])[0], reason=_why_begun(begun, agent), waiting=[])
    standing = Standing(memory)
    for status in (CURRENT, QUEUED):
        for row in in_order(memory, status):
            if row["id"] in held:
                waiting.append(_taken(row, held[row["id"]]))
                continue
            unmet = standing.unmet(row["id"])
            if unmet:
                waiting.append(standing.waiting(row["id"], status, unmet))
                continue
            chosen = standing.enabler_first(row, held)
            mission = values(memory, [chosen], current=chosen["id"])[0]
            why = _why(mission, status, waiting) + _why_free(claims.get(mission.id))
            return Next(mission=mission, reason=why, waiting=waiting)
    for row in in_order(memory, "Blocked"):
        reason = f"blocked: {row['blocked_reason'] or 'no reason given'}"
        waiting.append(Waiting(id=row["id"], status="Blocked", reason=reason))
    return Next(mission=None, reason=_why_none(memory, waiting), waiting=waiting)


def _begun(
    memory: Memory,
    agent: str,
    held: dict[str, Claim],
    own: set[str],
    only_free: bool,
    waiting: list[Waiting],
) -> Row | None:
    """What is in progress and may be gone on with; the rest is told to `waiting`."""
    for row in _in_progress(memory, agent):
        if row["id"] in held:
            waiting.append(_taken(row, held[row["id"]]))
        elif only_free and row["actor"] != agent and row["id"] not in own:
            reason = f"is in progress by {row['actor']}"
            waiting.append(Waiting(id=row["id"], status=IN_PROGRESS, reason=reason))
        else:
            return row
    return None


def _claimed(memory: Memory, own: set[str]) -> Row | None:
    """The first mission that the agent has claimed and not begun."""
    for status in (CURRENT, QUEUED) if own else ():
        for row in in_order(memory, status):
            if row["id"] in own:
                return row
    return None


def _taken(row: Row, claim: Claim) -> Waiting:
    return Waiting(id=row["id"], status=row["status"], reason=f"is {leases.words(claim)}")


def _why_begun(row: Row, agent: str) -> str:
    if row["status"] != IN_PROGRESS:
        return f"{row['id']} is claimed by you"
    mine = " (yours)" if agent and row["actor"] == agent else ""
    by = f" by {row['actor']}" if row["actor"] and not mine else ""
    return f"{row['id']} is in progress{by}{mine}"


def _why_free(claim: Claim | None) -> str:
    return f"; it was {leases.words(claim)}" if claim else ""


def _why(mission: Mission, status: str, waiting: list[Waiting]) -> str:
    if status == CURRENT:
        return f"{mission.id} was made Current"
    passed = f"; {len(waiting)} before it wait" if waiting else ""
    return f"{mission.id} is the first queued mission that waits for nothing{passed}"


def _why_none(memory: Memory, waiting: list[Waiting]) -> str:
    if waiting:
        return "every open mission waits, is taken or is blocked"
    total = memory.db.execute("SELECT count(*) FROM missions").fetchone()[0]
    return f"all {total} missions are completed" if total else "there are no missions yet"


def _in_progress(memory: Memory, agent: str) -> Iterator[Row]:
    order = ORDER.replace("ORDER BY", "ORDER BY m.actor IS NOT ?,")
    return select(memory, f"{FROM} WHERE m.status = ?{order}", (IN_PROGRESS, agent))
