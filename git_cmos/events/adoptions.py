"""How a history that names missions in its own way is to be read."""

from __future__ import annotations

from git_cmos.events.base import Happening
from git_cmos.values import value


@value
class PatternAdopted(Happening):
    """claim, within: as in `adoption.Rule`."""

    pattern: str
    claim: str = "work"
    within: str = "subject"
    noun = "pattern"


@value
class PatternDropped(Happening):
    pattern: str
    noun = "pattern"
