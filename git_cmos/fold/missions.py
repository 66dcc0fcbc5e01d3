"""Mission events -> one row of `missions` and the lines of the work log. Pure.

A move that is not legal from the status it meets (SPEC §1) changes nothing; it stays in the log,
marked, and `verify` reports it.
"""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.clock import iso
from git_cmos.fold.log import line
from git_cmos.model import (
    BLOCKED,
    COMPLETED,
    CURRENT,
    DICTS,
    IN_PROGRESS,
    LISTS,
    MOVES,
    QUEUED,
    SETTABLE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Row = dict[str, Any]
    Extra = list[tuple[str, Row]]
    Step = tuple[Row | None, Extra]


def step(row: Row | None, event: ev.Event) -> Step:
    """The mission after one more event (its row, or None before the first), and new log lines."""
    row = dict(row) if row else _unplanned(event)
    what = event.what
    handler = _APPLY.get(type(what))
    extra = handler(row, event, what) if handler else []
    row["last_at"], row["last_id"] = event.order
    return row, extra


def status_after(events: list[ev.Event]) -> Row | None:
    """The mission's row after these events alone: how it stands in another view."""
    row: Row | None = None
    for event in events:
        row, _ = step(row, event)
    return row


def approval(score: float | None) -> str | None:
    """The confidence gate of the seeds: 0.80 approves by itself, 0.60 asks for a review."""
    if score is None:
        return None
    if score >= 0.8:
        return "auto_approved"
    return "needs_review" if score >= 0.6 else "human_required"


def _unplanned(event: ev.Event) -> Row:
    mission = event.what.mission  # type: ignore[attr-defined]
    row: Row = dict.fromkeys(
        ("sprint_id", "objective", "context", "notes", "started_at", "completed_at"), None
    )
    row |= dict.fromkeys(LISTS, "[]") | dict.fromkeys(DICTS, "{}")
    row |= dict.fromkeys(("validation_score", "approval_state", "blocked_reason"), None)
    row |= dict.fromkeys(("actor", "decided_by", "decided_commit"), None)
    row |= {"id": mission, "name": event.title or mission, "status": QUEUED, "planned": 0}
    row |= {"created_at": iso(event.at), "added_at": event.at, "added_id": event.id}
    return row


def _added(row: Row, event: ev.Event, what: ev.MissionAdded) -> Extra:
    if not row["planned"]:
        row |= {"planned": 1, "name": what.name, "created_at": iso(event.at)}
        row |= {"added_at": event.at, "added_id": event.id}
        _set(row, what.fields)
    return []


def _updated(row: Row, event: ev.Event, what: ev.MissionUpdated) -> Extra:
    _set(row, what.fields)
    return []


def _set(row: Row, fields: Row) -> None:
    for key, content in fields.items():
        if key in LISTS or key in DICTS:
            row[key] = ev.compact(content)
        elif key in SETTABLE and (content is not None or key != "name"):
            row[key] = content


def _worked(row: Row, event: ev.Event, what: ev.MissionWorked) -> Extra:
    if row["status"] in MOVES["start"]:
        _start(row, event)
    return []


def _started(row: Row, event: ev.Event, what: ev.MissionStarted) -> Extra:
    legal = row["status"] in MOVES["start"]
    if legal:
        _start(row, event)
    elif event.commit and event.commit == row["decided_commit"]:
        legal = row["status"] == IN_PROGRESS  # `Mission: X` beside `Mission-Start: X`
    return _log(row, event, "start", what.summary, legal, what.next_hint)


def _start(row: Row, event: ev.Event) -> None:
    _decide(row, event, IN_PROGRESS)
    row["started_at"] = row["started_at"] or iso(event.at)


def _completed(row: Row, event: ev.Event, what: ev.MissionCompleted) -> Extra:
    legal = row["status"] in MOVES["complete"]
    if legal:
        _decide(row, event, COMPLETED)
        row["started_at"] = row["started_at"] or iso(event.at)
        row["completed_at"] = iso(event.at)
        if what.notes:
            row["notes"] = f"{row['notes']}\n{what.notes}" if row["notes"] else what.notes
        if what.score is not None:
            row["validation_score"], row["approval_state"] = what.score, approval(what.score)
    summary = what.summary or what.notes
    return _log(
        row, event, "complete", summary, legal, what.next_hint, notes=what.notes, score=what.score
    )


def _blocked(row: Row, event: ev.Event, what: ev.MissionBlocked) -> Extra:
    legal = row["status"] in MOVES["block"]
    if legal:
        _decide(row, event, BLOCKED)
        row["blocked_reason"] = what.reason or None
    summary = what.summary or what.reason
    return _log(
        row,
        event,
        "blocked",
        summary,
        legal,
        what.next_hint,
        reason=what.reason,
        needs=list(what.needs),
    )


def _unblocked(row: Row, event: ev.Event, what: ev.MissionUnblocked) -> Extra:
    legal = row["status"] in MOVES["unblock"]
    if legal:
        _decide(row, event, what.to if what.to in (QUEUED, CURRENT, IN_PROGRESS) else QUEUED)
        if row["status"] == IN_PROGRESS:
            row["started_at"] = row["started_at"] or iso(event.at)
    return _log(row, event, "unblocked", what.resolution, legal)


def _reopened(row: Row, event: ev.Event, what: ev.MissionReopened) -> Extra:
    legal = row["status"] in MOVES["reopen"]
    if legal:
        _decide(row, event, what.to if what.to in (QUEUED, CURRENT) else QUEUED)
        row["completed_at"] = None
    return _log(row, event, "note", what.reason or "reopened", legal)


def _promoted(row: Row, event: ev.Event, what: ev.MissionPromoted) -> Extra:
    if row["status"] in MOVES["promote"]:
        _decide(row, event, CURRENT)
    return []


def _demoted(row: Row, event: ev.Event, what: ev.MissionDemoted) -> Extra:
    if row["status"] in MOVES["demote"]:
        _decide(row, event, QUEUED)
    return []


def _decide(row: Row, event: ev.Event, status: str) -> None:
    row["status"], row["actor"] = status, event.actor
    row["decided_by"], row["decided_commit"] = event.id, event.commit
    row["blocked_reason"] = None


def _log(
    row: Row,
    event: ev.Event,
    action: str,
    summary: str,
    legal: bool,
    next_hint: str = "",
    **details: Any,
) -> Extra:
    return [
        line(
            event,
            action,
            row["status"],
            summary or event.title,
            mission=row["id"],
            legal=legal,
            next_hint=next_hint,
            details={key: text for key, text in details.items() if text not in ("", None, [])},
        )
    ]


_APPLY: dict[type[ev.Happening], Callable[[Row, ev.Event, Any], Extra]] = {
    ev.MissionAdded: _added,
    ev.MissionUpdated: _updated,
    ev.MissionWorked: _worked,
    ev.MissionStarted: _started,
    ev.MissionCompleted: _completed,
    ev.MissionBlocked: _blocked,
    ev.MissionUnblocked: _unblocked,
    ev.MissionReopened: _reopened,
    ev.MissionPromoted: _promoted,
    ev.MissionDemoted: _demoted,
}
