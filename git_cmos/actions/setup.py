"""Setting up a clone: the memory, and git's own configuration for our trailers."""

from __future__ import annotations

from git_cmos.actions import sync
from git_cmos.claims import NAMES
from git_cmos.queries.next import next_mission

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory


def init(memory: Memory) -> dict[str, Any]:
    """Configure `git commit --trailer mission=…`, take in the ledger that the remote has; what
    the history holds.

    Returns {"path", "commits", "claims", "missions", "completed", "next", "configured", "remote",
    "received"}; commits counts those read just now, received the events that came from the remote
    (which is null where there is none, or it could not be reached).
    """
    read = memory.moved.read
    brought, why = sync.begin(memory)
    if why:
        memory.warnings.append(f"{why}; `git cmos sync` asks again")
    configured = _configure(memory) if not memory.why_frozen else []
    row = memory.db.execute(
        "SELECT (SELECT count(*) FROM commits), (SELECT count(*) FROM missions),"
        " (SELECT count(*) FROM missions WHERE status = 'Completed')"
    ).fetchone()
    return {
        "path": memory.repo.place.memory,
        "commits": read,
        "claims": row[0],
        "missions": row[1],
        "completed": row[2],
        "next": next_mission(memory).mission,
        "configured": configured,
        "remote": brought.remote if brought else None,
        "received": brought.received if brought else 0,
    }


def _configure(memory: Memory) -> list[str]:
    """`trailer.<name>.key`, so that `--trailer mission=B1.1` is spelt in full; never over a
    setting that is there."""
    said = memory.repo.run("config", "--get-regexp", r"^trailer\..*\.key$", ok=(0, 1))
    there = {line.split()[0].lower() for line in said.decode("utf-8", "replace").splitlines()}
    made = []
    for name in NAMES:
        setting = f"trailer.{name}.key"
        if setting not in there:
            key = memory.config.get(f"cmos.trailer.{name}") or name.title()
            memory.repo.run("config", "--local", setting, key)
            made.append(setting)
    return made
