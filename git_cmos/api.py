"""The Python API: the same actions and queries as every other door, as methods and functions.

Errors are `git_cmos.errors.CmosError`: Refused (the answer is no), Cannot (storage, repository).
"""

from __future__ import annotations

from git_cmos.actions import missions as actions
from git_cmos.actions.agents import who
from git_cmos.memory import Memory
from git_cmos.queries import log as work_log
from git_cmos.queries import missions as asking
from git_cmos.queries import next as asking_next
from git_cmos.queries import status as standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.model import LogEntry, Mission, Next, Status, Whereabouts


class Cmos:
    """One repository's missions. A context manager; caught up with history on entry and before
    every answer, so it may stay open for as long as a process lives."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def __enter__(self) -> Cmos:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.memory.close()

    def _caught_up(self) -> Memory:
        self.memory.catch_up()
        return self.memory

    def next_mission(self, agent: str | None = None) -> Next:
        """The next mission for `agent`, why that one, and what was passed over."""
        memory = self._caught_up()
        return asking_next.next_mission(memory, who(memory, agent))

    def mission(self, mission_id: str, at: str | None = None) -> Mission:
        """One mission, now or in the view from `at`; Refused where there is none."""
        with _view(self._caught_up(), at) as view:
            return asking.get(view.memory, mission_id)

    def missions(
        self, status: str | None = None, sprint: str | None = None, at: str | None = None
    ) -> list[Mission]:
        """All missions, or those of one status or sprint, now or in the view from `at`."""
        with _view(self._caught_up(), at) as view:
            return asking.listed(view.memory, status=status, sprint=sprint)

    def status(self, at: str | None = None) -> Status:
        """Where the project stands."""
        with _view(self._caught_up(), at) as view:
            return standing.status(view.memory)

    def log(self, mission_id: str | None = None, limit: int = -1) -> list[LogEntry]:
        """The work log, newest first."""
        return work_log.entries(self._caught_up(), mission_id, limit=limit)

    def where(self, mission_id: str) -> Whereabouts:
        """Which commits said what of the mission."""
        return work_log.where(self._caught_up(), mission_id)

    def add(
        self, mission_id: str, name: str, *, agent: str | None = None, **fields: object
    ) -> Mission:
        """Plan a mission; fields as `git_cmos.model.SETTABLE` names them."""
        return actions.add(self.memory, mission_id, name, agent=agent, **fields)

    def start(
        self, mission_id: str, *, agent: str | None = None, summary: str = "", next_hint: str = ""
    ) -> Mission:
        return actions.start(
            self.memory, mission_id, agent=agent, summary=summary, next_hint=next_hint
        )

    def complete(
        self,
        mission_id: str,
        *,
        agent: str | None = None,
        summary: str = "",
        notes: str = "",
        score: float | None = None,
        next_hint: str = "",
    ) -> Mission:
        return actions.complete(
            self.memory,
            mission_id,
            agent=agent,
            summary=summary,
            notes=notes,
            score=score,
            next_hint=next_hint,
        )

    def block(
        self,
        mission_id: str,
        *,
        reason: str,
        needs: Sequence[str] = (),
        agent: str | None = None,
        summary: str = "",
        next_hint: str = "",
    ) -> Mission:
        return actions.block(
            self.memory,
            mission_id,
            reason=reason,
            needs=needs,
            agent=agent,
            summary=summary,
            next_hint=next_hint,
        )


class _view:
    """The memory itself, or its view from one commit, closed at the end of the block."""

    def __init__(self, memory: Memory, at: str | None) -> None:
        self.memory = memory if at is None else memory.at(at)
        self._own = at is not None

    def __enter__(self) -> _view:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._own:
            self.memory.close()


def open(path: str = ".") -> Cmos:
    """The memory of the repository that git would use in `path`; Cannot (128) outside of one."""
    return Cmos(Memory.open(path, lives_on=True))


def next_mission(agent: str | None = None) -> Mission | None:
    """The next mission in the current repository, or None."""
    with open() as cmos:
        return cmos.next_mission(agent).mission


def start(mission_id: str, agent: str | None = None, summary: str = "") -> Mission:
    """Queued or Current -> In Progress, in the current repository."""
    with open() as cmos:
        return cmos.start(mission_id, agent=agent, summary=summary)


def complete(
    mission_id: str,
    agent: str | None = None,
    summary: str = "",
    notes: str = "",
    next_hint: str = "",
) -> Mission:
    """-> Completed, in the current repository."""
    with open() as cmos:
        return cmos.complete(
            mission_id, agent=agent, summary=summary, notes=notes, next_hint=next_hint
        )


def block(
    mission_id: str,
    agent: str | None = None,
    summary: str = "",
    reason: str = "",
    needs: Sequence[str] = (),
    next_hint: str = "",
) -> Mission:
    """-> Blocked, in the current repository."""
    with open() as cmos:
        return cmos.block(
            mission_id,
            agent=agent,
            summary=summary,
            reason=reason or summary,
            needs=needs,
            next_hint=next_hint,
        )
