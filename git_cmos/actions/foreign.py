"""Work on what another holds: it is recorded, never refused; `verify` reports it."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.clock import new_id, now
from git_cmos.queries import leases
from git_cmos.queries import missions as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory
    from git_cmos.queries.leases import Claim


def warn(memory: Memory, mission_id: str, agent: str, done: str) -> None:
    """Say that another holds the mission: it was not refused, but it should be known."""
    held = _held(memory, mission_id, agent)
    if held:
        memory.warnings.append(f"{mission_id} is {leases.words(held)}; it is {done} all the same")


def _held(memory: Memory, mission_id: str, agent: str) -> Claim | None:
    held = asking.claims(memory, agent).get(mission_id)
    return held if held and held.live and not held.mine and held.holder != agent else None


def noted(memory: Memory, mission_id: str, agent: str) -> list[ev.Happening]:
    """The line of the log for one who completes what another has claimed; else none."""
    held = _held(memory, mission_id, agent)
    if held is None:
        return []
    warn(memory, mission_id, agent, "completed")
    return [
        ev.Noted(
            note=new_id(now()),
            action="note",
            summary=f"completed while {held.holder} held it",
            mission=mission_id,
            details=ev.compact({"held_by": held.holder, "claimed_at": held.since}),
        )
    ]
