"""Sessions: start, capture, complete, cancel; next steps; the work log's manual entry."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.actions import missions as moves
from git_cmos.actions.agents import who
from git_cmos.clock import iso, new_id, now
from git_cmos.errors import Misused, Refused
from git_cmos.model import (
    ACTIVE,
    CATEGORIES,
    CONSTRAINT,
    DECISION,
    LEARNING,
    SESSION_TYPES,
    check_text,
)
from git_cmos.queries import missions as asking
from git_cmos.queries import sessions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from git_cmos.memory import Memory
    from git_cmos.remembered import NextStep, Session

LONGEST_CAPTURE = 1000
LONGEST_STEP = 500
MOST_STEPS = 25


def start(
    memory: Memory, *, type: str, title: str, sprint: str | None = None, agent: str | None = None
) -> Session:
    """Begin a session. Refused (1) while the agent is in one; a sprint that nobody has added is
    added too."""
    if type not in SESSION_TYPES:
        raise Misused(f"no session type {type[:40]!r}", f"one of {', '.join(SESSION_TYPES)}")
    title = check_text(title, "title", 200)
    actor = who(memory, agent)
    key = new_id(now())

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        _refuse_second(memory, actor)
        begun = ev.SessionStarted(
            session=key, name=_name(db), type=type, title=title, sprint=sprint or None
        )
        return [*moves.sprint_if_new(db, sprint), begun]

    memory.change(decide, actor)
    return sessions.get(memory, key)


def _name(db: sqlite3.Connection) -> str:
    """`PS-YYYY-MM-DD-NNN`: the next number of today (UTC) that this clone has not seen."""
    prefix = f"PS-{iso(now())[:10]}-"
    rows = db.execute("SELECT name FROM session_rows WHERE name GLOB ?", (f"{prefix}*",))
    numbers = [int(name[len(prefix) :]) for (name,) in rows if name[len(prefix) :].isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


def _refuse_second(memory: Memory, actor: str) -> None:
    other = sessions.active_of(memory, actor)
    if other is not None:
        raise Refused(
            f"{actor} is in session {other.id} ({other.title})",
            "`git cmos session complete --summary …` ends it, `session cancel` drops it",
            "session-active",
        )


def capture(
    memory: Memory,
    category: str,
    content: str,
    *,
    context: str = "",
    missions: Sequence[str] = (),
    session: str | None = None,
    agent: str | None = None,
) -> Session:
    """Keep something of the active session. A decision becomes a decision, a learning or
    constraint a fact tied to the session, a next step one of the project's next steps."""
    if category not in CATEGORIES:
        raise Misused(f"no category {category[:40]!r}", f"one of {', '.join(CATEGORIES)}")
    content = check_text(content, "capture", LONGEST_CAPTURE)
    context = check_text(context, "context", LONGEST_CAPTURE) if context else ""
    actor, id_ = who(memory, agent), new_id(now())

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        key = _active(memory, session, actor).key
        tied = [asking.require(memory, mission)["id"] for mission in missions]
        captured = ev.SessionCaptured(
            session=key, capture=id_, category=category, content=content, context=context
        )
        return [captured, *_consequences(category, id_, content, context, tied, key)]

    memory.change(decide, actor)
    return _active(memory, session, actor)


def _consequences(
    category: str, id_: str, content: str, context: str, missions: list[str], key: str
) -> list[ev.Happening]:
    if category == DECISION:
        return [
            ev.DecisionMade(
                decision=id_, title=content, rationale=context, missions=missions, session=key
            )
        ]
    if category in (LEARNING, CONSTRAINT):
        return [
            ev.FactStated(
                statement=id_, kind=category, content=content, missions=missions, session=key
            )
        ]
    return []


def complete(
    memory: Memory,
    *,
    summary: str,
    next_steps: Sequence[str] = (),
    session: str | None = None,
    agent: str | None = None,
) -> Session:
    """End the active session with what came of it, and what is to be done next."""
    if len(next_steps) > MOST_STEPS:
        raise Misused(f"a session has at most {MOST_STEPS} next steps, not {len(next_steps)}")
    summary = check_text(summary, "summary", 10_000)
    steps = [check_text(step, "next step", LONGEST_STEP) for step in next_steps]
    actor = who(memory, agent)
    ended: list[str] = []

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        ended.append(_active(memory, session, actor).key)
        return [ev.SessionCompleted(session=ended[-1], summary=summary, next_steps=steps)]

    memory.change(decide, actor)
    return sessions.get(memory, ended[-1])


def cancel(
    memory: Memory, *, reason: str = "", session: str | None = None, agent: str | None = None
) -> Session:
    """Drop the active session; what was captured in it stays."""
    actor = who(memory, agent)
    ended: list[str] = []

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        ended.append(_active(memory, session, actor).key)
        return [ev.SessionCanceled(session=ended[-1], reason=reason)]

    memory.change(decide, actor)
    return sessions.get(memory, ended[-1])


def _active(memory: Memory, named: str | None, actor: str) -> Session:
    """The session that is meant: the one named, the agent's own, or the only one there is."""
    if named is not None:
        found = sessions.get(memory, named)
        if found.status != ACTIVE:
            raise Refused(f"{found.id} is {found.status}", "start another", "session-ended")
        return found
    own = sessions.active_of(memory, actor)
    every = [own] if own else sessions.listed(memory, status=ACTIVE)
    if len(every) == 1:
        return every[0]
    if every:
        names = ", ".join(f"{it.id} ({it.agent})" for it in every[:5])
        raise Refused("several sessions are active", f"--session names one: {names}", "ambiguous")
    hint = "`git cmos session start --type planning --title …` begins one"
    raise Refused("no session is active", hint, "no-session")


def tick(memory: Memory, name: str, *, done: bool = True, agent: str | None = None) -> NextStep:
    """Tick a next step off, or put it back."""
    found = sessions.step(memory, name)

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        if bool(sessions.step(memory, found.id).done_at) == done:
            return []
        make = ev.NextStepDone if done else ev.NextStepReopened
        return [make(step=found.id)]

    memory.change(decide, who(memory, agent))
    return sessions.step(memory, found.id)


def note(
    memory: Memory,
    action: str,
    *,
    mission: str | None = None,
    summary: str = "",
    next_hint: str = "",
    details: str = "",
    agent: str | None = None,
) -> None:
    """A line of the work log by hand. start, complete and blocked move the mission, as their own
    commands do; commit and note are a line and nothing else."""
    if action in ("start", "complete", "blocked"):
        if mission is None:
            raise Misused(f"--type {action} needs a mission", "--mission ID")
        if action == "start":
            moves.start(memory, mission, summary=summary, next_hint=next_hint, agent=agent)
        elif action == "complete":
            moves.complete(
                memory, mission, summary=summary, notes=details, next_hint=next_hint, agent=agent
            )
        else:
            why = details or summary
            moves.block(
                memory, mission, reason=why, summary=summary, next_hint=next_hint, agent=agent
            )
        return
    _write_line(memory, action, mission, summary, next_hint, details, agent)


def _write_line(
    memory: Memory,
    action: str,
    mission: str | None,
    summary: str,
    next_hint: str,
    details: str,
    agent: str | None,
) -> None:
    noted = ev.Noted(
        note=new_id(now()),
        action=action,
        summary=check_text(summary, "summary", 10_000),
        mission=mission,
        next_hint=next_hint,
        details=details,
    )

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        if mission is not None:
            asking.require(memory, mission)
        return [noted]

    memory.change(decide, who(memory, agent))
