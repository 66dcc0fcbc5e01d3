"""Every fact that can happen, in the past tense; how it is written down and read again.

An `Event` is an envelope (when, who, in which order) around one happening. Told events come from
the journal, seen events from commits; the fold cannot tell them apart. Each happening belongs to
exactly one subject, the unit that is folded again when history changes.
"""

from __future__ import annotations

import json
from functools import cache

from git_cmos.model import DICTS, LISTS
from git_cmos.values import names_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Happening:
    """Base of all happenings. `subject` names what is refolded when this one comes or goes: the
    noun and the first field."""

    noun = "mission"

    @property
    def subject(self) -> str:
        return f"{self.noun}:{vars(self)[names_of(type(self))[0]]}"


@value
class MissionAdded(Happening):
    mission: str
    name: str
    fields: dict[str, Any]


@value
class MissionUpdated(Happening):
    mission: str
    fields: dict[str, Any]


@value
class MissionWorked(Happening):
    """A commit was credited to the mission; a Queued or Current mission starts."""

    mission: str


@value
class MissionStarted(Happening):
    mission: str
    summary: str = ""
    next_hint: str = ""


@value
class MissionCompleted(Happening):
    mission: str
    summary: str = ""
    notes: str = ""
    score: float | None = None
    next_hint: str = ""


@value
class MissionBlocked(Happening):
    mission: str
    reason: str = ""
    needs: list[str] = ()  # type: ignore[assignment]
    summary: str = ""
    next_hint: str = ""


@value
class MissionUnblocked(Happening):
    mission: str
    resolution: str = ""
    to: str = "Queued"


@value
class MissionReopened(Happening):
    mission: str
    reason: str = ""
    to: str = "Queued"


@value
class MissionPromoted(Happening):
    """Made Current explicitly, by a person's word (a derived promotion is no event)."""

    mission: str


@value
class MissionDemoted(Happening):
    mission: str


@value
class DependencyAdded(Happening):
    edge: str
    source: str
    type: str
    target: str
    noun = "dependency"


@value
class DependencyRemoved(Happening):
    edge: str
    noun = "dependency"


@value
class SprintAdded(Happening):
    sprint: str
    fields: dict[str, Any]
    noun = "sprint"


@value
class SprintUpdated(Happening):
    sprint: str
    fields: dict[str, Any]
    noun = "sprint"


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
class FactStated(Happening):
    """A fact; kind `learning` and `constraint` are captures that a commit made."""

    statement: str
    kind: str
    content: str
    missions: list[str]
    session: str | None = None
    noun = "fact"


@value
class Unknown(Happening):
    """A kind that this version cannot read: kept word for word, folded after an upgrade."""

    kind: str
    body: str
    noun = "unknown"


# What the fields of a happening may hold, by the words of their annotations.
_SHAPES: dict[str, Callable[[Any], bool]] = {
    "str": lambda it: type(it) is str and (it.isascii() or _is_text(it)),
    "str | None": lambda it: it is None or _is_text(it),
    "float | None": lambda it: it is None or (_is_number(it) and 0 <= it <= 1),
    "list[str]": lambda it: isinstance(it, (list, tuple)) and all(map(_is_text, it)),
    "dict[str, Any]": lambda it: isinstance(it, dict) and all(map(_is_field, it.items())),
}


def _is_text(it: object) -> bool:
    """Text that can be stored: JSON may hold halves of surrogate pairs, UTF-8 may not."""
    return isinstance(it, str) and (it.isascii() or not any("\ud800" <= c <= "\udfff" for c in it))


def _is_number(it: object) -> bool:
    return isinstance(it, (int, float)) and not isinstance(it, bool)


def _is_field(field: tuple[str, Any]) -> bool:
    """Whether a mission's or sprint's field has the shape that its column wants."""
    name, it = field
    if name in LISTS:
        return _SHAPES["list[str]"](it)
    if name in DICTS:
        return isinstance(it, dict) and _is_text(compact(it))
    if name == "name":
        return _is_text(it)
    return _SHAPES["float | None" if name == "validation_score" else "str | None"](it)


def is_sound(what: Happening) -> bool:
    """Whether every field has its shape; what comes from elsewhere may be anything."""
    if isinstance(what, DependencyAdded) and what.edge != edge(what.source, what.type, what.target):
        return False
    fields = vars(what)
    checks = _checks(type(what))  # type: ignore[arg-type] # a class can be hashed
    return all(check(fields[name]) for name, check in checks)


@cache
def _checks(cls: type) -> list[tuple[str, Callable[[Any], bool]]]:
    return [(name, _SHAPES[cls.__annotations__[name]]) for name in names_of(cls)]


def edge(source: str, type: str, target: str) -> str:
    """A dependency as the sentence that names it."""
    return f"{source} {type} {target}"


# One encoder for all: json.dumps makes a new one for each call that is not its default.
compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode
_decode = json.JSONDecoder().raw_decode

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


def decode(kind: str, body: str) -> Happening:
    """The happening; `Unknown` for a kind of a later version or fields that do not fit it."""
    cls = KINDS.get(kind)
    try:
        if cls is not None:
            fields, end = _decode(body)
            what = cls(**fields)
            if end == len(body) and is_sound(what):
                return what
    except (TypeError, ValueError, RecursionError):
        pass
    return Unknown(kind=kind, body=body)
