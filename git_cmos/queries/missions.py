"""Missions: one, many, with what is derived about them."""

from __future__ import annotations

from git_cmos.cells import unpacked
from git_cmos.errors import Refused
from git_cmos.lazy import lazy
from git_cmos.model import CURRENT, DICTS, LISTS, QUEUED, Mission
from git_cmos.queries.reach import Reach
from git_cmos.queries.readiness import promoted, select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.queries import leases
    from git_cmos.queries.leases import Claim

    Row = dict[str, Any]
else:
    leases = lazy("git_cmos.queries.leases")

# Sprints in the order in which they were added, then what has none; then missions as added.
ORDER = " ORDER BY s.added_at IS NULL, s.added_at, s.added_id, m.added_at, m.added_id"
FROM = "SELECT m.* FROM missions m LEFT JOIN sprints s ON s.id = m.sprint_id"


def get(memory: Memory, mission_id: str) -> Mission:
    """One mission; Refused (1) with the nearest id where there is none."""
    return values(memory, [require(memory, mission_id)])[0]


def require(memory: Memory, mission_id: str) -> Row:
    """The row of one mission; Refused (1) with the nearest id where there is none."""
    row = find(memory, mission_id)
    if row is None:
        raise unknown(memory, mission_id)
    return row


def find(memory: Memory, mission_id: str) -> Row | None:
    rows = select(memory, f"{FROM} WHERE m.id = ?", (mission_id,))
    return next(rows, None)


def unknown(memory: Memory, mission_id: str) -> Refused:
    """The error for an id that nobody has used, with the nearest that somebody has."""
    from difflib import get_close_matches

    known = [row[0] for row in memory.db.execute("SELECT id FROM missions ORDER BY id LIMIT 20000")]
    same = [name for name in known if name.lower() == mission_id.lower()]
    near = same or get_close_matches(mission_id, known, n=3, cutoff=0.6)
    hint = f"did you mean {', '.join(near)}?" if near else "`git cmos mission list` shows all"
    where = f" at {memory.view}" if memory.view else ""
    return Refused(f"no mission {mission_id[:80]!r}{where}", hint, "unknown-mission")


def listed(
    memory: Memory, *, status: str | None = None, sprint: str | None = None
) -> list[Mission]:
    """All missions, or those of one status (the derived Current counts) or one sprint."""
    sql = f"{FROM} WHERE ? IS NULL OR m.sprint_id = ?{ORDER}"
    missions = values(memory, list(select(memory, sql, (sprint, sprint))))
    return [m for m in missions if status is None or m.status == status]


def by_status(memory: Memory, status: str, limit: int = -1) -> list[Mission]:
    """Missions whose told or claimed status is this one."""
    sql = f"{FROM} WHERE m.status = ?{ORDER} LIMIT ?"
    return values(memory, list(select(memory, sql, (status, limit))))


_SHOWN = (
    *("id", "name", "status", "sprint_id", "objective", "context", "notes"),
    *("created_at", "started_at", "completed_at", "validation_score", "approval_state"),
    "blocked_reason",
)
_JSON = (*LISTS, *DICTS)


def values(memory: Memory, rows: list[Row], current: str | None = None) -> list[Mission]:
    """Rows of `missions` as values; current: the derived Current mission, where it is known."""
    if not rows:
        return []
    current = current or _promoted_among(memory, rows)
    reach = Reach(memory).of(rows)
    edges = _edges(memory, rows)
    holders = {name: claim.holder for name, claim in claims(memory).items() if claim.live}
    return [
        Mission(
            **{name: row[name] for name in _SHOWN if name != "status"},
            **{name: unpacked(row[name]) for name in _JSON},
            status=CURRENT if row["id"] == current else row["status"],
            planned=bool(row["planned"]),
            needs=edges["needer"].get(row["id"], []),
            enables=edges["needed"].get(row["id"], []),
            claimed_by=holders.get(row["id"]),
            reach=reach[row["id"]][0],
            refs=reach[row["id"]][1],
        )
        for row in rows
    ]


def claims(memory: Memory, agent: str = "") -> dict[str, Claim]:
    """mission -> the claim on it; most repositories have none, and pay nothing."""
    if memory.db.execute("SELECT 1 FROM leases LIMIT 1").fetchone() is None:
        return {}
    return leases.claims(memory, agent)


def _promoted_among(memory: Memory, rows: list[Row]) -> str | None:
    return promoted(memory) if any(row["status"] == QUEUED for row in rows) else None


def _edges(memory: Memory, rows: list[Row]) -> dict[str, dict[str, list[str]]]:
    """needs: what gates each mission; enables: what each gates or helps."""
    found: dict[str, dict[str, list[str]]] = {"needer": {}, "needed": {}}
    if len(rows) > 50:
        edges = memory.db.execute("SELECT needer, needed, hard FROM mission_dependencies")
    else:
        ids = [row["id"] for row in rows]
        marks = ",".join("?" * len(ids))
        edges = memory.db.execute(
            "SELECT needer, needed, hard FROM mission_dependencies"  # noqa: S608 - only marks
            f" WHERE needer IN ({marks}) OR needed IN ({marks})",
            (*ids, *ids),
        )
    for needer, needed, hard in sorted(set(edges.fetchall())):
        if hard:
            _append(found["needer"], needer, needed)
        _append(found["needed"], needed, needer)
    return found


def _append(lists: dict[str, list[str]], key: str, item: str) -> None:
    known = lists.setdefault(key, [])
    if item not in known:
        known.append(item)
