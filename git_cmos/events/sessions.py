"""What happens in sessions: work that is not building."""

from __future__ import annotations

from git_cmos.events.base import Happening
from git_cmos.values import value


@value
class SessionStarted(Happening):
    """session: unique in all clones; name: `PS-YYYY-MM-DD-NNN`, which two clones may both give."""

    session: str
    name: str
    type: str
    title: str
    sprint: str | None = None
    noun = "session"


@value
class SessionCaptured(Happening):
    session: str
    capture: str
    category: str
    content: str
    context: str = ""
    noun = "session"


@value
class SessionCompleted(Happening):
    session: str
    summary: str
    next_steps: list[str] = ()  # type: ignore[assignment]
    noun = "session"


@value
class SessionCanceled(Happening):
    session: str
    reason: str = ""
    noun = "session"


@value
class NextStepDone(Happening):
    step: str
    noun = "step"


@value
class NextStepReopened(Happening):
    step: str
    noun = "step"


@value
class Noted(Happening):
    """A line of the work log, written by hand. details: JSON, or ""."""

    note: str
    action: str
    summary: str
    mission: str | None = None
    next_hint: str = ""
    details: str = ""
    noun = "note"
