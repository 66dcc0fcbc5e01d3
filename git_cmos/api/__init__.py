"""The Python API: the same actions and queries as every other door, as methods and functions.

Errors are `git_cmos.errors.CmosError`: Refused (the answer is no), Cannot (storage, repository).
"""

from __future__ import annotations

from git_cmos.actions import claims, dependencies
from git_cmos.actions import missions as actions
from git_cmos.actions import sync as exchanging
from git_cmos.actions.agents import who
from git_cmos.api.remembering import Remembering
from git_cmos.memory import Memory
from git_cmos.queries import contexts, onboarding
from git_cmos.queries import log as work_log
from git_cmos.queries import missions as asking
from git_cmos.queries import next as asking_next
from git_cmos.queries import status as standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from git_cmos.actions.sync import Synced
    from git_cmos.model import LogEntry, Mission, Next, Status, Whereabouts
    from git_cmos.queries.leases import Claim


class Cmos(Remembering):
    """One repository's missions. A context manager; caught up with history on entry and before
    every answer, so it may stay open for as long as a process lives."""

    def __enter__(self) -> Cmos:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def next_mission(self, agent: str | None = None) -> Next:
        """The next mission for `agent`, why that one, and what was passed over."""
        memory = self._caught_up()
        return asking_next.next_mission(memory, who(memory, agent))

    def claim(self, mission_id: str, *, agent: str | None = None, ttl: str | None = None) -> Claim:
        """Take the mission, or renew the claim; Refused where somebody else holds it."""
        return claims.claim(self._caught_up(), mission_id, agent=agent, ttl=ttl)

    def release(self, mission_id: str, *, agent: str | None = None) -> str:
        """Let a claimed mission go; what was done, in a sentence."""
        return claims.release(self._caught_up(), mission_id, agent=agent)

    def sync(self, remote: str | None = None) -> Synced:
        """Exchange told events and claims with a remote."""
        return exchanging.sync(self._caught_up(), remote)

    def mission(self, mission_id: str, at: str | None = None) -> Mission:
        """One mission, now or in the view from `at`; Refused where there is none."""
        with self._view(at) as view:
            return asking.get(view, mission_id)

    def missions(
        self, status: str | None = None, sprint: str | None = None, at: str | None = None
    ) -> list[Mission]:
        """All missions, or those of one status or sprint, now or in the view from `at`."""
        with self._view(at) as view:
            return asking.listed(view, status=status, sprint=sprint)

    def status(self, at: str | None = None) -> Status:
        """Where the project stands."""
        with self._view(at) as view:
            return standing.status(view)

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

    def unblock(
        self,
        mission_id: str,
        *,
        resolution: str = "",
        to: str = "Queued",
        agent: str | None = None,
    ) -> Mission:
        return actions.unblock(self.memory, mission_id, resolution=resolution, to=to, agent=agent)

    def update(self, mission_id: str, *, agent: str | None = None, **fields: Any) -> Mission:
        """Change fields, or the status where a legal move leads there."""
        return actions.update(self.memory, mission_id, agent=agent, **fields)

    def depends(self, source: str, target: str, type: str = "Requires") -> Mission | None:
        """Connect two missions, as the sentence `source type target` says."""
        return dependencies.depends(self.memory, source, target, type=type)

    def context(self, name: str = "project", at: str | None = None) -> dict[str, Any]:
        """`project` or `master`: the project as a JSON document."""
        with self._view(at) as view:
            return contexts.document(view, contexts.name_of(name))

    def onboard(self) -> dict[str, Any]:
        """What somebody must know who starts cold."""
        return onboarding.onboard(self._caught_up())


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
