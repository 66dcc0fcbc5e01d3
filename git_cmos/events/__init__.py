"""Every fact that can happen, in the past tense; how it is written down and read again.

An `Event` is an envelope (when, who, in which order) around one happening. Told events come from
the journal, seen events from commits; the fold cannot tell them apart. Each happening belongs to
exactly one subject, the unit that is folded again when history changes.
"""

from __future__ import annotations

from git_cmos.events.adoptions import PatternAdopted, PatternDropped
from git_cmos.events.base import Happening, Unknown, compact, raw_decode
from git_cmos.events.contexts import ContextSet, ContextSnapshotTaken
from git_cmos.events.plans import (
    DependencyAdded,
    DependencyRemoved,
    MissionAdded,
    MissionBlocked,
    MissionCompleted,
    MissionDemoted,
    MissionPromoted,
    MissionReopened,
    MissionStarted,
    MissionUnblocked,
    MissionUpdated,
    MissionWorked,
    SprintAdded,
    SprintUpdated,
    edge,
)
from git_cmos.events.recollections import (
    CommitSeen,
    DecisionMade,
    DecisionSuperseded,
    FactStated,
)
from git_cmos.events.sessions import (
    NextStepDone,
    NextStepReopened,
    Noted,
    SessionCanceled,
    SessionCaptured,
    SessionCompleted,
    SessionStarted,
)
from git_cmos.events.shapes import is_sound
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KINDS: dict[str, type[Happening]] = {
    cls.__name__: cls
    for cls in (
        MissionAdded,
        MissionUpdated,
        MissionWorked,
        MissionStarted,
        MissionCompleted,
        MissionBlocked,
        MissionUnblocked,
        MissionReopened,
        MissionPromoted,
        MissionDemoted,
        DependencyAdded,
        DependencyRemoved,
        SprintAdded,
        SprintUpdated,
        CommitSeen,
        DecisionMade,
        FactStated,
        DecisionSuperseded,
        SessionStarted,
        SessionCaptured,
        SessionCompleted,
        SessionCanceled,
        NextStepDone,
        NextStepReopened,
        Noted,
        ContextSet,
        ContextSnapshotTaken,
        PatternAdopted,
        PatternDropped,
    )
}


@value
class Event:
    """One happening with its place in the order.

    id: unique, sorts by time among told events; at: microseconds since 1970 on the hybrid logical
    clock (told) or the corrected commit date (seen); actor: who; writer, seq: which clone's
    ledger and its position there ("" and 0 for seen events); batch: one command, one batch;
    commit, title: the oid that carries a seen event and its subject line, else None and "".
    """

    id: str
    at: int
    actor: str
    what: Happening
    writer: str = ""
    seq: int = 0
    batch: str = ""
    commit: str | None = None
    title: str = ""

    @property
    def order(self) -> tuple[int, str]:
        return (self.at, self.id)


def encode(what: Happening) -> tuple[str, str]:
    """(kind, body): the name of the happening and its fields as compact JSON."""
    if isinstance(what, Unknown):
        return what.kind, what.body
    return type(what).__name__, compact(vars(what))


def decode(kind: str, body: str, fields: Any = None) -> Happening:
    """The happening; `Unknown` for a kind of a later version or fields that do not fit it.

    fields: what `body` says, where somebody has read it already.
    """
    cls = KINDS.get(kind)
    try:
        if cls is not None:
            said, end = (fields, len(body)) if fields is not None else raw_decode(body)
            what = cls(**said)
            if end == len(body) and is_sound(what):
                return what
    except (TypeError, ValueError, RecursionError):
        pass
    return Unknown(kind=kind, body=body)


__all__ = [
    "KINDS",
    "Event",
    "Happening",
    "Unknown",
    "compact",
    "decode",
    "edge",
    "encode",
    "is_sound",
    "DecisionSuperseded",
    "SessionStarted",
    "SessionCaptured",
    "SessionCompleted",
    "SessionCanceled",
    "NextStepDone",
    "NextStepReopened",
    "Noted",
    "ContextSet",
    "ContextSnapshotTaken",
    "PatternAdopted",
    "PatternDropped",
    "CommitSeen",
    "DecisionMade",
    "DependencyAdded",
    "DependencyRemoved",
    "FactStated",
    "MissionAdded",
    "MissionBlocked",
    "MissionCompleted",
    "MissionDemoted",
    "MissionPromoted",
    "MissionReopened",
    "MissionStarted",
    "MissionUnblocked",
    "MissionUpdated",
    "MissionWorked",
    "SprintAdded",
    "SprintUpdated",
]
