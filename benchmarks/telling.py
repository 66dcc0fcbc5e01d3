"""Tell a repository of many missions at once: `python -m benchmarks.telling MISSIONS EVENTS`;
with `singly` after that, as if each event had been told by a command of its own.

In a process of its own, so that the harness stays small (a child's peak memory begins with its
parent's) and imports nothing that it measures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_cmos.events import Happening
    from git_cmos.memory import Memory

SPRINTS = 20
_BATCH = 10_000  # missions in one command: a batch of the ledger is read up to 16 MB


def mission_id(number: int, missions: int) -> str:
    return f"B{number * SPRINTS // missions}.{number}"


def is_completed(number: int) -> bool:
    return number % 3 == 0


def main(missions: int, events: int) -> None:
    """events: how many for each mission, 1 to 5, beside those that complete and connect."""
    from git_cmos.memory import Memory

    with Memory.open() as memory:
        _tell(memory, _sprints())
        for first in range(0, missions, _BATCH):
            some = range(first, min(first + _BATCH, missions))
            _tell(memory, (what for n in some for what in _told(n, missions, events)))


def singly() -> None:
    """Write the ledger anew, one commit for each event."""
    from git_cmos import journal, ledger
    from git_cmos.memory import Memory

    with Memory.open() as memory:
        name = ledger.writer(memory.db)
        parts = [[event] for event in journal.since(memory.db, name, 0)]
        ref = f"refs/cmos/ledger/{name}"
        memory.repo.run("update-ref", "-d", ref)
        ledger.written(memory.repo, memory.config, ref, "", parts)


def _tell(memory: Memory, happenings: Iterable[Happening]) -> None:
    memory.change(lambda db: list(happenings), "benchmark")


def _sprints() -> Iterator[Happening]:
    from git_cmos import events as ev

    for number in range(SPRINTS):
        fields = {"title": f"sprint {number}", "focus": "to have something to count"}
        yield ev.SprintAdded(sprint=f"S{number}", fields=fields)


def _told(number: int, missions: int, events: int) -> Iterator[Happening]:
    from git_cmos import events as ev

    mission = mission_id(number, missions)
    yield ev.MissionAdded(
        mission=mission, name=f"do thing {number}", fields=_fields(number, missions)
    )
    middle: list[Happening] = [
        ev.MissionUpdated(mission=mission, fields={"notes": f"looked at {number}"}),
        ev.MissionStarted(mission=mission, summary="begin"),
        ev.MissionUpdated(mission=mission, fields={"context": "more is known"}),
        ev.MissionBlocked(mission=mission, reason="waits for an answer"),
    ]
    if is_completed(number):
        middle[3] = ev.MissionCompleted(mission=mission, notes="all of it", score=0.9)
    yield from middle[: events - 1]
    if events == 1:
        yield from _standing(number, missions)


def _fields(number: int, missions: int) -> dict[str, object]:
    return {
        "sprint_id": f"S{number * SPRINTS // missions}",
        "objective": f"so that thing {number} is done and nobody asks again",
        "success_criteria": ["it works", "it is tested"],
        "deliverables": [f"src/thing{number}.py"],
    }


def _standing(number: int, missions: int) -> Iterator[Happening]:
    """A third is completed; two in ten need a later one, so that `next` has to look."""
    from git_cmos import events as ev

    mission = mission_id(number, missions)
    if is_completed(number):
        yield ev.MissionCompleted(mission=mission, notes="all of it", score=0.9)
    if number % 10 in (1, 2) and number + 3 < missions:
        needed = mission_id(number + 3, missions)
        edge = f"{mission} Requires {needed}"
        yield ev.DependencyAdded(edge=edge, source=mission, type="Requires", target=needed)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
    if sys.argv[3:] == ["singly"]:
        singly()
