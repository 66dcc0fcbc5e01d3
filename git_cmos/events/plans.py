"""What happens to missions, their dependencies and sprints."""

from __future__ import annotations

from git_cmos.events.base import Happening
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@value
class MissionAdded(Happening):
    mission: str
    name: str
    fields: dict[str, Any]


@value
class MissionUpdated(Happening):
    mission: str
    fields: dict[str, Any]


@value
class MissionWorked(Happening):
    """A commit was credited to the mission; a Queued or Current mission starts."""

    mission: str


@value
class MissionStarted(Happening):
    mission: str
    summary: str = ""
    next_hint: str = ""


@value
class MissionCompleted(Happening):
    mission: str
    summary: str = ""
    notes: str = ""
    score: float | None = None
    next_hint: str = ""


@value
class MissionBlocked(Happening):
    mission: str
    reason: str = ""
    needs: list[str] = ()  # type: ignore[assignment]
    summary: str = ""
    next_hint: str = ""


@value
class MissionUnblocked(Happening):
    mission: str
    resolution: str = ""
    to: str = "Queued"


@value
class MissionReopened(Happening):
    mission: str
    reason: str = ""
    to: str = "Queued"


@value
class MissionPromoted(Happening):
    """Made Current explicitly, by a person's word (a derived promotion is no event)."""

    mission: str


@value
class MissionDemoted(Happening):
    mission: str


@value
class DependencyAdded(Happening):
    edge: str
    source: str
    type: str
    target: str
    noun = "dependency"


@value
class DependencyRemoved(Happening):
    edge: str
    noun = "dependency"


@value
class SprintAdded(Happening):
    sprint: str
    fields: dict[str, Any]
    noun = "sprint"


@value
class SprintUpdated(Happening):
    sprint: str
    fields: dict[str, Any]
    noun = "sprint"


def edge(source: str, type: str, target: str) -> str:
    """A dependency as the sentence that names it."""
    return f"{source} {type} {target}"
