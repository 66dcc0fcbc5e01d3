"""Sessions, next steps, decisions, facts: the part of the API that remembers."""

from __future__ import annotations

from git_cmos.actions import recollections
from git_cmos.actions import sessions as actions
from git_cmos.api.opened import Opened
from git_cmos.queries import remembered, sessions
from git_cmos.queries.remembered import About

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.remembered import Decision, Fact, NextStep, Session


class Remembering(Opened):
    """What `Cmos` can do beside missions."""

    def start_session(
        self, type: str, title: str, *, sprint: str | None = None, agent: str | None = None
    ) -> Session:
        """type: one of `git_cmos.model.SESSION_TYPES`; Refused while the agent is in one."""
        return actions.start(self.memory, type=type, title=title, sprint=sprint, agent=agent)

    def capture(
        self,
        category: str,
        content: str,
        *,
        context: str = "",
        missions: Sequence[str] = (),
        session: str | None = None,
        agent: str | None = None,
    ) -> Session:
        """Keep something of the active session, or of the one named. category: one of
        `git_cmos.model.CATEGORIES`; content: 1 to 1000 characters."""
        return actions.capture(
            self.memory,
            category,
            content,
            context=context,
            missions=missions,
            session=session,
            agent=agent,
        )

    def complete_session(
        self,
        summary: str,
        *,
        next_steps: Sequence[str] = (),
        session: str | None = None,
        agent: str | None = None,
    ) -> Session:
        """End the active session, or the one named; at most 25 next steps of 500 characters."""
        return actions.complete(
            self.memory, summary=summary, next_steps=next_steps, session=session, agent=agent
        )

    def cancel_session(
        self, reason: str = "", *, session: str | None = None, agent: str | None = None
    ) -> Session:
        """Drop the active session, or the one named; what was captured in it stays."""
        return actions.cancel(self.memory, reason=reason, session=session, agent=agent)

    def session(self, name: str, at: str | None = None) -> Session:
        """The session of this id, or beginning of an id; Refused where there is none."""
        with self._view(at) as view:
            return sessions.get(view, name)

    def sessions(
        self,
        status: str | None = None,
        type: str | None = None,
        *,
        agent: str | None = None,
        sprint: str | None = None,
        limit: int = -1,
        offset: int = 0,
        at: str | None = None,
    ) -> list[Session]:
        """Sessions, newest first."""
        with self._view(at) as view:
            return sessions.listed(
                view,
                status=status,
                type=type,
                agent=agent,
                sprint=sprint,
                limit=limit,
                offset=offset,
            )

    def next_steps(self, done: bool = False, at: str | None = None) -> list[NextStep]:
        """What was to be done next and is not ticked off, oldest first; done: all."""
        with self._view(at) as view:
            return sessions.next_steps(view, done)

    def tick(self, step: str, *, done: bool = True, agent: str | None = None) -> NextStep:
        """Tick a next step off by its id or its words, or put it back."""
        return actions.tick(self.memory, step, done=done, agent=agent)

    def decide(
        self,
        title: str,
        *,
        rationale: str = "",
        missions: Sequence[str] = (),
        session: str | None = None,
        supersedes: str | None = None,
        agent: str | None = None,
    ) -> Decision:
        """Make a decision; supersedes: the id or title of one that gives way to it."""
        return recollections.decide(
            self.memory,
            title,
            rationale=rationale,
            missions=missions,
            session=session,
            supersedes=supersedes,
            agent=agent,
        )

    def state_fact(
        self,
        content: str,
        *,
        kind: str = "fact",
        missions: Sequence[str] = (),
        session: str | None = None,
        agent: str | None = None,
    ) -> Fact:
        """State a fact of some kind: finding, risk, learning, constraint, …"""
        return recollections.state(
            self.memory, content, kind=kind, missions=missions, session=session, agent=agent
        )

    def decision(self, name: str, at: str | None = None) -> Decision:
        """The decision of this id, part of an id, or title; Refused where there is none."""
        with self._view(at) as view:
            return remembered.decision(view, name)

    def decisions(
        self,
        mission_id: str | None = None,
        at: str | None = None,
        *,
        sprint: str | None = None,
        session: str | None = None,
        superseded: bool = True,
    ) -> list[Decision]:
        """Decisions, newest first; superseded: also those that gave way to another."""
        about = About(mission=mission_id, sprint=sprint, session=session)
        with self._view(at) as view:
            return remembered.decisions(view, about, superseded=superseded)

    def facts(
        self,
        mission_id: str | None = None,
        at: str | None = None,
        *,
        kind: str | None = None,
        sprint: str | None = None,
        session: str | None = None,
    ) -> list[Fact]:
        """Facts, newest first."""
        about = About(mission=mission_id, kind=kind, sprint=sprint, session=session)
        with self._view(at) as view:
            return remembered.facts(view, about)

    def search(self, query: str, limit: int = 20, at: str | None = None) -> list[Decision | Fact]:
        """Decisions and facts that hold every word of the query, taken literally, best first."""
        with self._view(at) as view:
            return remembered.search(view, query, limit=limit)
