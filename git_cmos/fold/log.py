"""Lines of the work log, and the commits, decisions and facts that stand by themselves. Pure."""

from __future__ import annotations

import json

from git_cmos import events as ev
from git_cmos.clock import iso
from git_cmos.model import NEXT_STEP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Row = dict[str, Any]
    Extra = list[tuple[str, Row]]


WAITS = "waits"  # marks what is known of something that no event has made yet


def line(
    event: ev.Event,
    action: str,
    status: str,
    summary: str,
    *,
    mission: str | None = None,
    legal: bool = True,
    next_hint: str = "",
    session: str | None = None,
    details: Row | None = None,
) -> tuple[str, Row]:
    """One row of `session_events` for `event`."""
    row = {
        "id": event.id,
        "subject": event.what.subject,
        "at": event.at,
        "ts": iso(event.at),
        "agent": event.actor,
        "mission_id": mission,
        "action": action,
        "status": status,
        "summary": summary,
        "next_hint": next_hint or None,
        "commit_oid": event.commit,
        "session_id": session,
        "legal": int(legal),
        "details": ev.compact(details) if details else "{}",
    }
    return "session_events", row


def commit(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """A trailer-bearing commit: one line, found under each of its missions."""
    what = event.what
    assert isinstance(what, ev.CommitSeen)  # noqa: S101 - the table of folds says so
    details: Row = {"claims": list(what.claims)}
    if what.session:
        details["session"] = what.session
    first = what.missions[0] if what.missions else None
    made = line(
        event, "commit", "", what.summary, mission=first, session=what.session, details=details
    )
    extra = [made]
    for mission in what.missions[1:]:
        link = {"mission_id": mission, "event_id": event.id, "subject": what.subject}
        extra.append(("event_missions", link))
    return None, extra


def decision(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """A decision. That it gave way may be told before it is made: a rebased commit is younger."""
    what = event.what
    if isinstance(what, ev.DecisionSuperseded):
        return (row or {WAITS: True}) | {"superseded_by": what.by}, []
    assert isinstance(what, ev.DecisionMade)  # noqa: S101 - the table of folds says so
    if row is not None and WAITS not in row:  # said twice: the first word stands
        return row, []
    return _common(event, what.decision, what.missions, what.session) | {
        "title": what.title,
        "rationale": what.rationale,
        "superseded_by": row["superseded_by"] if row else None,
    }, []


def fact(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    what = event.what
    assert isinstance(what, ev.FactStated)  # noqa: S101 - the table of folds says so
    if row is not None:
        return row, []
    row = _common(event, what.statement, what.missions, what.session)
    extra = [next_step(event, what.statement, what.content, what.session)]
    row |= {"kind": what.kind, "content": what.content}
    return row, extra if what.kind == NEXT_STEP else []


def next_step(event: ev.Event, key: str, content: str, session: str | None) -> tuple[str, Row]:
    """One row of `next_steps`."""
    return "next_steps", {
        "id": key,
        "subject": event.what.subject,
        "at": event.at,
        "ts": iso(event.at),
        "agent": event.actor,
        "content": content,
        "session_id": session,
        "commit_oid": event.commit,
    }


def note(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """A line written by hand. Its details are JSON, or they are kept as text."""
    what = event.what
    assert isinstance(what, ev.Noted)  # noqa: S101 - the table of folds says so
    details = _details(what.details)
    hint = what.next_hint
    made = line(
        event, what.action, "", what.summary, mission=what.mission, next_hint=hint, details=details
    )
    return None, [made]


def _details(text: str) -> Row:
    try:
        found = json.loads(text, parse_constant=_refuse) if text else {}
    except (ValueError, RecursionError):
        return {"text": text}
    return found if isinstance(found, dict) else {"value": found}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is Python's, not JSON's")


def _common(event: ev.Event, key: str, missions: list[str], session: str | None) -> Row:
    return {
        "id": key,
        "at": event.at,
        "ts": iso(event.at),
        "agent": event.actor,
        "mission_id": missions[0] if missions else None,
        "missions": ev.compact(list(missions)),
        "session_id": session,
        "commit_oid": event.commit,
    }
