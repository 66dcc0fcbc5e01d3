"""What sources say, each word with its place; and what of them could not be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from git_cmos.events import Event

    Record: TypeAlias = (
        "SprintRecord | MissionRecord | EdgeRecord | LineRecord | SessionRecord"
        " | DecisionRecord | FactRecord | EntryRecord | SnapshotRecord | EventRecord"
    )

# The kinds of rows that are counted, in the order in which they are told.
KINDS = (
    *("events", "sprints", "missions", "dependencies", "sessions", "decisions", "facts"),
    *("log lines", "context entries", "snapshots"),
)


@value
class Place:
    """line: from 1; 0 where a file has none, as a database."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@value
class Problem:
    """Something that did not come in, or not as it stands there. aside: the row did not come."""

    file: str
    line: int
    reason: str
    aside: bool


@value
class SprintRecord:
    id: str
    fields: dict[str, Any]
    place: Place


@value
class MissionRecord:
    """fields: any of `model.SETTABLE`; guessed: the same, to be used where nobody says it. Times:
    microseconds since 1970, or None."""

    id: str
    fields: dict[str, Any]
    guessed: dict[str, Any]
    status: str | None
    created_at: int | None
    started_at: int | None
    completed_at: int | None
    reason: str
    place: Place


@value
class EdgeRecord:
    source: str
    type: str
    target: str
    place: Place


@value
class LineRecord:
    """A line of a work log."""

    at: int
    agent: str
    mission: str | None
    action: str
    summary: str
    next_hint: str
    details: dict[str, Any]
    place: Place


@value
class SessionRecord:
    """captures: (category, content, at or None)."""

    name: str
    type: str
    title: str
    sprint: str | None
    agent: str
    status: str
    started_at: int
    completed_at: int | None
    summary: str
    captures: list[tuple[str, str, int | None]]
    next_steps: list[str]
    place: Place


@value
class DecisionRecord:
    title: str
    rationale: str
    at: int | None
    agent: str
    mission: str | None
    place: Place


@value
class FactRecord:
    kind: str
    content: str
    at: int | None
    agent: str
    mission: str | None
    place: Place


@value
class EntryRecord:
    """One entry of a context. content: JSON."""

    context: str
    path: str
    content: str
    place: Place


@value
class SnapshotRecord:
    context: str
    content: str
    source: str
    at: int | None
    place: Place


@value
class EventRecord:
    event: Event
    place: Place


class Found:
    """All that was read. rows: how many rows of each kind the sources hold."""

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self.files: list[str] = []
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        self.rows = dict.fromkeys(KINDS, 0)
        self.aside = dict.fromkeys(KINDS, 0)

    def add(self, kind: str, record: Record) -> None:
        self.rows[kind] += 1
        self.records.append(record)

    def set_aside(self, kind: str, place: Place, reason: str) -> None:
        """A row that does not come in."""
        self.rows[kind] += 1
        self.aside[kind] += 1
        self.problems.append(Problem(place.file, place.line, reason, True))

    def remark(self, place: Place, reason: str, aside: bool = False) -> None:
        """What does not come as it stands there; aside: a whole file."""
        self.problems.append(Problem(place.file, place.line, reason, aside))

    def moment(self, text: object, place: Place, what: str) -> int | None:
        """A time, or None with a remark where it cannot be one or lies in the future."""
        if text is None or text == "":
            return None
        at = moment(text)
        if at is None:
            self.remark(place, f"{what} {str(text)[:40]!r} is no time; left out")
        elif at > self.horizon:
            self.remark(place, f"{what} {str(text)[:40]} lies in the future; left out")
            return None
        return at


_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?"  # date, time
    r" ?(?:Z|[+-]\d\d:?\d\d)?\Z"  # zone
)


def moment(text: object) -> int | None:
    """ISO 8601 as microseconds since 1970; UTC where no zone is named. None for anything else, and
    for what lies before 1970."""
    if not isinstance(text, str) or not _TIME.match(text.strip()):
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace(" Z", "Z"))
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        since = found - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    at = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return at if at >= 0 else None


def words(content: object, longest: int = 100_000) -> str:
    """A scalar as text, without white space around it; "" for anything else."""
    if isinstance(content, bool) or content is None or not isinstance(content, (str, int, float)):
        return ""
    return str(content).strip()[:longest]
