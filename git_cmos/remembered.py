"""More values that people see: what is remembered, found and amiss. Apart from `model`, which
`next` loads."""

from __future__ import annotations

from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@value
class Session:
    """A stretch of work that is not building. id: `PS-YYYY-MM-DD-NNN`, with a suffix for the
    later of two that were numbered alike; key: unique in all clones; captures: {"id", "ts",
    "agent", "category", "content", "context", "commit"} each, commit: the oid where a commit said
    it; commits: those that name the session, {"oid", "ts", "agent", "subject"} each."""

    id: str
    key: str
    type: str
    title: str
    agent: str
    sprint_id: str | None
    status: str
    started_at: str
    completed_at: str | None
    summary: str | None
    captures: list[dict[str, Any]]
    next_steps: list[str]
    commits: list[dict[str, Any]]


@value
class NextStep:
    """Something to do next, said in a session or a commit. done_at: when it was ticked off."""

    id: str
    at: str
    agent: str
    content: str
    session_id: str | None
    commit: str | None
    done_at: str | None


@value
class Decision:
    """A choice and its reason. missions: the ids it is tied to; superseded_by: what took its
    place; commit: the oid that carries it, or None where it was told."""

    id: str
    at: str
    agent: str
    title: str
    rationale: str
    missions: list[str]
    session_id: str | None
    commit: str | None
    superseded_by: str | None


@value
class Fact:
    """A statement, only ever added to. kind: finding, risk, learning, constraint, …"""

    id: str
    at: str
    agent: str
    kind: str
    content: str
    missions: list[str]
    session_id: str | None
    commit: str | None


@value
class Snapshot:
    """A context as it was. hash: SHA-256 of its JSON; content: the document, or None in lists."""

    id: str
    context: str
    at: str
    agent: str
    source: str
    session_id: str | None
    hash: str
    content: dict[str, Any] | None


@value
class Issue:
    """One thing amiss with the plan: with a mission, or with a sprint where mission is None."""

    mission: str | None
    sprint: str | None
    problem: str
    message: str
    hint: str


@value
class BrokenLink:
    """A link in a markdown file that leads nowhere. line: from 1; target: as it is written."""

    file: str
    line: int
    target: str
    why: str


@value
class Passage:
    """A place in a document. line: from 1, of the first line of `text`."""

    path: str
    line: int
    text: str
