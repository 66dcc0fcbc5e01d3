"""Decisions and facts: made, stated, superseded."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.actions.agents import who
from git_cmos.clock import new_id, now
from git_cmos.errors import Refused
from git_cmos.model import check_text
from git_cmos.queries import missions as asking
from git_cmos.queries import remembered, sessions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from git_cmos.memory import Memory
    from git_cmos.remembered import Decision, Fact

LONGEST_TITLE = 1000
LONGEST_TEXT = 100_000


def decide(
    memory: Memory,
    title: str,
    *,
    rationale: str = "",
    missions: Sequence[str] = (),
    session: str | None = None,
    supersedes: str | None = None,
    agent: str | None = None,
) -> Decision:
    """Make a decision; supersedes: the id or title of one that gives way to it."""
    title = " ".join(check_text(title, "title", LONGEST_TITLE).split())
    rationale = check_text(rationale, "rationale", LONGEST_TEXT) if rationale.strip() else ""
    id_ = new_id(now())

    def happened(db: sqlite3.Connection) -> list[ev.Happening]:
        made: list[ev.Happening] = [
            ev.DecisionMade(
                decision=id_,
                title=title,
                rationale=rationale,
                missions=_known(memory, missions),
                session=sessions.get(memory, session).key if session else None,
            )
        ]
        if supersedes is not None:
            old = remembered.decision(memory, supersedes)
            if old.superseded_by:
                hint = f"`git cmos decision show {old.superseded_by[-8:]}`"
                raise Refused(f"{old.title!r} gave way already", hint, "superseded")
            made.append(ev.DecisionSuperseded(decision=old.id, by=id_))
        return made

    memory.change(happened, who(memory, agent))
    return remembered.decision(memory, id_)


def state(
    memory: Memory,
    content: str,
    *,
    kind: str = "fact",
    missions: Sequence[str] = (),
    session: str | None = None,
    agent: str | None = None,
) -> Fact:
    """State a fact. kind: one word, such as finding, risk, learning, constraint."""
    content = check_text(content, "fact", LONGEST_TEXT)
    kind = "-".join(check_text(kind, "kind", 60).split())
    id_ = new_id(now())

    def happened(db: sqlite3.Connection) -> list[ev.Happening]:
        return [
            ev.FactStated(
                statement=id_,
                kind=kind,
                content=content,
                missions=_known(memory, missions),
                session=sessions.get(memory, session).key if session else None,
            )
        ]

    memory.change(happened, who(memory, agent))
    return remembered.fact(memory, id_)


def _known(memory: Memory, missions: Sequence[str]) -> list[str]:
    return [asking.require(memory, mission)["id"] for mission in missions]
