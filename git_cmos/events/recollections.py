"""What is remembered: commits, decisions, facts."""

from __future__ import annotations

from git_cmos.events.base import Happening
from git_cmos.values import value


@value
class CommitSeen(Happening):
    """One trailer-bearing commit: one line of the work log. `change` is what a cherry-pick or a
    rebase keeps of it, so that two carriers of one change are one line."""

    change: str
    summary: str
    missions: list[str]
    session: str | None
    claims: list[str]
    noun = "commit"


@value
class DecisionMade(Happening):
    decision: str
    title: str
    rationale: str
    missions: list[str]
    session: str | None = None
    noun = "decision"


@value
class DecisionSuperseded(Happening):
    """`decision` gave way to the decision `by`."""

    decision: str
    by: str
    noun = "decision"


@value
class FactStated(Happening):
    """A fact; kind `learning` and `constraint` are captures that a commit made."""

    statement: str
    kind: str
    content: str
    missions: list[str]
    session: str | None = None
    noun = "fact"
