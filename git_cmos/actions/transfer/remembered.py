"""Sessions, decisions, facts and contexts as dated happenings. Pure."""

from __future__ import annotations

from hashlib import sha256

from git_cmos import events as ev
from git_cmos.actions.transfer.moves import IMPORTER, dated
from git_cmos.clock import new_id
from git_cmos.model import CANCELED, CONSTRAINT, DECISION, DONE, LEARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.actions.transfer.records import (
        DecisionRecord,
        EntryRecord,
        FactRecord,
        SessionRecord,
        SnapshotRecord,
    )
    from git_cmos.journal import Dated


def session(record: SessionRecord) -> list[Dated]:
    """A planning session from its beginning to its end, with what was captured in between."""
    begun, actor = record.started_at, record.agent
    key = new_id(begun, f"session {record.name} {record.title}")
    started = ev.SessionStarted(
        session=key, name=record.name, type=record.type, title=record.title, sprint=record.sprint
    )
    told, at = [dated(started, begun, actor)], begun
    for category, content, said in record.captures:
        at = max(at + 1, said or 0)
        told += [dated(what, at, actor) for what in _captured(key, category, content, at)]
    end = max(at + 1, record.completed_at or 0)
    if record.status == DONE:
        steps = record.next_steps
        done = ev.SessionCompleted(session=key, summary=record.summary, next_steps=steps)
        told.append(dated(done, end, actor))
    elif record.status == CANCELED:
        canceled = ev.SessionCanceled(session=key, reason=record.summary)
        told.append(dated(canceled, end, actor))
    return told


def _captured(key: str, category: str, content: str, at: int) -> list[ev.Happening]:
    """A capture, and the decision or fact that it is besides."""
    id_ = new_id(at, f"capture {key} {category} {content}")
    captured = ev.SessionCaptured(session=key, capture=id_, category=category, content=content)
    made: list[ev.Happening] = [captured]
    if category == DECISION:
        title = " ".join(content.split())
        made.append(
            ev.DecisionMade(decision=id_, title=title, rationale="", missions=[], session=key)
        )
    elif category in (LEARNING, CONSTRAINT):
        made.append(
            ev.FactStated(statement=id_, kind=category, content=content, missions=[], session=key)
        )
    return made


def decision(record: DecisionRecord, at: int) -> Dated:
    what = ev.DecisionMade(
        decision=new_id(at, f"decision {record.title} {record.rationale}"),
        title=record.title,
        rationale=record.rationale,
        missions=[record.mission] if record.mission else [],
    )
    return dated(what, at, record.agent or IMPORTER)


def fact(record: FactRecord, at: int) -> Dated:
    what = ev.FactStated(
        statement=new_id(at, f"fact {record.kind} {record.content}"),
        kind=record.kind,
        content=record.content,
        missions=[record.mission] if record.mission else [],
    )
    return dated(what, at, record.agent or IMPORTER)


def entry(record: EntryRecord, at: int) -> Dated:
    what = ev.ContextSet(context=record.context, path=record.path, value=record.content)
    return dated(what, at)


def snapshot(record: SnapshotRecord, at: int) -> Dated:
    digest = sha256(record.content.encode()).hexdigest()
    what = ev.ContextSnapshotTaken(
        snapshot=new_id(at, f"snapshot {record.context} {digest}"),
        context=record.context,
        hash=digest,
        content=record.content,
        source=record.source,
    )
    return dated(what, at)
