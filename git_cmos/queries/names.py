"""Names for completion, straight from the file: no catch-up, no lock, nothing made or mended."""

from __future__ import annotations

import os

from git_cmos import db
from git_cmos.git import Repo
from git_cmos.opening import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 2000
# kind -> name, what it is called, status
_NAMES = {
    "mission": "SELECT id AS name, name AS called, status FROM missions",
    "sprint": "SELECT id AS name, title AS called, status FROM sprints",
    "decision": "SELECT id AS name, title AS called, '' AS status FROM decisions",
    "fact": "SELECT id AS name, content AS called, '' AS status FROM facts",
    "session": "SELECT id AS name, title AS called, status FROM sessions",
    "agent": "SELECT DISTINCT agent AS name, '' AS called, '' AS status FROM session_events",
    "kind": "SELECT DISTINCT kind AS name, '' AS called, '' AS status FROM facts",
}
KINDS = tuple(_NAMES)


def starting(
    kind: str, begin: str, statuses: Sequence[str] = (), start: str = "."
) -> list[tuple[str, str]]:
    """(name, what it is called) of everything of a kind whose name begins with `begin`, in any
    case; statuses: only these. Empty where there is no memory yet, or none that can be read."""
    path = path_of(Repo.find(start))
    if not os.path.exists(path):
        return []
    try:
        reading = db.connect_to_read(path)
    except db.Unwritable:
        return []
    try:
        found = reading.execute(
            f"SELECT name, called, status FROM ({_NAMES[kind]})"  # noqa: S608 - our own words
            " WHERE lower(substr(name, 1, ?)) = lower(?) ORDER BY name LIMIT ?",
            (len(begin), begin, _MOST),
        )
        return [(name, called) for name, called, now in found if not statuses or now in statuses]
    except db.DatabaseError:  # a table that this memory does not have yet
        return []
    finally:
        reading.close()
