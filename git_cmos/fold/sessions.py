"""Sessions, their captures and next steps. Pure."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.clock import iso
from git_cmos.fold.log import next_step
from git_cmos.model import ACTIVE, CANCELED, DONE, NEXT_STEP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Row = dict[str, Any]
    Extra = list[tuple[str, Row]]


def step(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """The session after one more event. Words about a session that nobody started wait for it;
    what ends it a second time changes nothing."""
    what = event.what
    if isinstance(what, ev.SessionStarted):
        return (row or _started(event, what)), []
    if row is None:
        return None, []
    if isinstance(what, ev.SessionCaptured):
        return row, _captured(event, what)
    if row["status"] != ACTIVE:
        return row, []
    if isinstance(what, ev.SessionCompleted):
        steps = [
            next_step(event, f"{event.id}.{place}", text, what.session)
            for place, text in enumerate(what.next_steps)
        ]
        return _ended(row, event, DONE, what.summary), steps
    assert isinstance(what, ev.SessionCanceled)  # noqa: S101 - the table of folds says so
    return _ended(row, event, CANCELED, what.reason), []


def _started(event: ev.Event, what: ev.SessionStarted) -> Row:
    return {
        "key": what.session,
        "name": what.name,
        "type": what.type,
        "title": what.title,
        "agent": event.actor,
        "sprint_id": what.sprint,
        "status": ACTIVE,
        "started_at": iso(event.at),
        "completed_at": None,
        "summary": None,
        "at": event.at,
    }


def _captured(event: ev.Event, what: ev.SessionCaptured) -> Extra:
    captured = {
        "id": what.capture,
        "subject": what.subject,
        "session_key": what.session,
        "at": event.at,
        "ts": iso(event.at),
        "agent": event.actor,
        "category": what.category,
        "content": what.content,
        "context": what.context,
    }
    extra: Extra = [("captures", captured)]
    if what.category == NEXT_STEP:
        extra.append(next_step(event, what.capture, what.content, what.session))
    return extra


def _ended(row: Row, event: ev.Event, status: str, summary: str) -> Row:
    return row | {"status": status, "completed_at": iso(event.at), "summary": summary or None}


def tick(row: Row | None, event: ev.Event) -> tuple[Row | None, Extra]:
    """A next step: ticked off, or not."""
    what = event.what
    if isinstance(what, ev.NextStepReopened):
        return None, []
    assert isinstance(what, ev.NextStepDone)  # noqa: S101 - the table of folds says so
    return {"id": what.step, "ts": iso(event.at), "agent": event.actor}, []
