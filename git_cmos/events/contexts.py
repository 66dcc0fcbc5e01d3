"""What is said of the project as a whole: entries of its contexts, snapshots of them."""

from __future__ import annotations

from git_cmos.events.base import Happening
from git_cmos.values import value


@value
class ContextSet(Happening):
    """context: `project_context` or `master_context`; path: dotted keys; value: JSON, or "" to
    take the entry away."""

    context: str
    path: str
    value: str
    noun = "context"


@value
class ContextSnapshotTaken(Happening):
    """content: the whole context as JSON; hash: its SHA-256."""

    snapshot: str
    context: str
    hash: str
    content: str
    source: str
    session: str | None = None
    noun = "snapshot"
