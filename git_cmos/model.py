"""The values that people see, and the rules that need nothing but values."""

from __future__ import annotations

import re

from git_cmos.errors import Misused, Refused
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

QUEUED, CURRENT, IN_PROGRESS = "Queued", "Current", "In Progress"
BLOCKED, COMPLETED = "Blocked", "Completed"
STATUSES = (QUEUED, CURRENT, IN_PROGRESS, BLOCKED, COMPLETED)
SPRINT_STATUSES = ("Planned", "Current", "Completed")

# SPEC §1: which move is legal from which status.
MOVES = {
    "start": frozenset({QUEUED, CURRENT}),
    "complete": frozenset({QUEUED, CURRENT, IN_PROGRESS}),
    "block": frozenset({QUEUED, CURRENT, IN_PROGRESS, BLOCKED}),
    "unblock": frozenset({BLOCKED}),
    "reopen": frozenset({COMPLETED}),
    "promote": frozenset({QUEUED}),
    "demote": frozenset({CURRENT}),
}

# `FROM TYPE TO`, read as a sentence. True: the first word needs the second; False: the reverse.
DEPENDENCY_TYPES = {"Blocks": False, "Requires": True, "Enables": False}
HARD_TYPES = ("Blocks", "Requires")

# The fields of a mission that can be set, by shape.
LISTS = ("success_criteria", "deliverables", "reference_docs")
DICTS = ("domain_fields", "metadata")
TEXTS = ("name", "sprint_id", "objective", "context", "notes", "approval_state")
SETTABLE = (*TEXTS, *LISTS, *DICTS, "validation_score")
# What a planned mission should say before somebody begins it.
REQUIRED = ("objective", "success_criteria", "deliverables")

SESSION_TYPES = ("onboarding", "planning", "review", "research", "check-in", "custom")
ACTIVE, DONE, CANCELED = "active", "completed", "canceled"
SESSION_STATUSES = (ACTIVE, DONE, CANCELED)
DECISION, LEARNING, CONSTRAINT, NEXT_STEP = "decision", "learning", "constraint", "next-step"
CATEGORIES = (DECISION, LEARNING, CONSTRAINT, "context", NEXT_STEP)
CONTEXTS = ("project_context", "master_context")
DEEPEST_PATH = 16  # keys of a dotted path

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


def is_id(text: str) -> bool:
    """Whether `text` may name a mission: the rule keeps ids usable as ref and file names."""
    return (
        _ID.match(text) is not None
        and ".." not in text
        and not text.endswith(".")
        and not text.lower().endswith(".lock")
    )


def check_id(text: str, noun: str = "mission") -> str:
    """`text`, or Refused with the rule it breaks."""
    if is_id(text):
        return text
    raise Refused(
        f"{text[:80]!r} is not a {noun} id",
        "1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit,"
        " without '..', a final '.' or '.lock'",
        "bad-id",
    )


def check_text(text: str, what: str, longest: int) -> str:
    """The text without white space around it; Misused (129) where nothing is left of it or more
    than `longest` characters."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= longest:
        raise Misused(f"a {what} has 1 to {longest:,} characters, this one {len(stripped):,}")
    return stripped


@value
class Mission:
    """A unit of work. Times are ISO 8601 in UTC; scores lie in 0..1; `reach` says how far the
    claim that decides the status has travelled: unlanded, landed, released, reverted, or null
    when it was told (or nothing was said yet)."""

    id: str
    name: str
    status: str
    sprint_id: str | None = None
    objective: str | None = None
    context: str | None = None
    success_criteria: list[str] = ()  # type: ignore[assignment]
    deliverables: list[str] = ()  # type: ignore[assignment]
    reference_docs: list[str] = ()  # type: ignore[assignment]
    domain_fields: dict[str, Any] = ()  # type: ignore[assignment]
    notes: str | None = None
    metadata: dict[str, Any] = ()  # type: ignore[assignment]
    created_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    validation_score: float | None = None
    approval_state: str | None = None
    planned: bool = True
    needs: list[str] = ()  # type: ignore[assignment]
    enables: list[str] = ()  # type: ignore[assignment]
    blocked_reason: str | None = None
    claimed_by: str | None = None
    reach: str | None = None
    refs: list[str] = ()  # type: ignore[assignment]


@value
class Sprint:
    """A stretch of work; counts are derived from its missions."""

    id: str
    title: str
    focus: str | None
    status: str
    start_date: str | None
    end_date: str | None
    missions: int
    completed: int
    blocked: int
    in_progress: int


@value
class LogEntry:
    """One line of the work log."""

    at: str
    agent: str
    mission_id: str | None
    action: str
    status: str
    summary: str
    commit: str | None
    files: list[str]
    next_hint: str | None
    details: dict[str, Any]


@value
class Waiting:
    """A mission that is not next, and why. merge: branches that hold what it waits for."""

    id: str
    status: str
    reason: str
    merge: list[str] = ()  # type: ignore[assignment]


@value
class Next:
    """The answer to `next`: a mission or None, why, and what was passed over."""

    mission: Mission | None
    reason: str
    waiting: list[Waiting]


@value
class Status:
    """Where the project stands in one view."""

    view: str
    sprint: Sprint | None
    active: list[Mission]
    current: Mission | None
    blocked: list[Mission]
    queued: int
    completed: int
    recent: list[LogEntry]
    problems: list[str]


@value
class Carrier:
    """A commit that says something of a mission. `refs`: the branches and tags that hold it."""

    oid: str
    at: str
    subject: str
    claims: list[str]
    refs: list[str]
    landed: bool
    reverted_by: str | None


@value
class Whereabouts:
    """Which commits said what of one mission."""

    mission: Mission
    commits: list[Carrier]


@value
class Difference:
    """One mission in two views; None where the view does not know it."""

    mission: str
    before: Mission | None
    after: Mission | None


@value
class Finding:
    """One thing that `verify` has to say. level: warn or error; line: of the commit's message,
    from 1, None where no commit is at fault."""

    rule: str
    level: str
    commit: str | None
    mission: str | None
    message: str
    hint: str
    line: int | None = None


@value
class Verdict:
    """The answer of `verify`: ok is False when a finding of level error exists."""

    range: str
    checked: int
    findings: list[Finding]
    ok: bool
