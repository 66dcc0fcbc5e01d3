"""Missions: one, many, what is next and what waits for what."""

from __future__ import annotations

import json

from git_cmos.errors import Refused
from git_cmos.lazy import lazy
from git_cmos.model import (
    COMPLETED,
    CURRENT,
    DICTS,
    IN_PROGRESS,
    LISTS,
    QUEUED,
    Mission,
    Next,
    Waiting,
)
from git_cmos.queries.reach import Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos import fold, seen
    from git_cmos.fold import missions as folding
    from git_cmos.memory import Memory

    Row = dict[str, Any]
else:
    fold, folding = lazy("git_cmos.fold"), lazy("git_cmos.fold.missions")
    seen = lazy("git_cmos.seen")

# Sprints in the order in which they were added, then what has none; then missions as added.
_ORDER = " ORDER BY s.added_at IS NULL, s.added_at, s.added_id, m.added_at, m.added_id"
_FROM = "SELECT m.* FROM missions m LEFT JOIN sprints s ON s.id = m.sprint_id"


def get(memory: Memory, mission_id: str) -> Mission:
    """One mission; Refused (1) with the nearest id where there is none."""
    return _values(memory, [require(memory, mission_id)])[0]


def require(memory: Memory, mission_id: str) -> Row:
    """The row of one mission; Refused (1) with the nearest id where there is none."""
    row = find(memory, mission_id)
    if row is None:
        raise unknown(memory, mission_id)
    return row


def find(memory: Memory, mission_id: str) -> Row | None:
    rows = _rows(memory, f"{_FROM} WHERE m.id = ?", (mission_id,))
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
    memory: Memory,
    *,
    status: str | None = None,
    sprint: str | None = None,
    needs_of: str | None = None,
) -> list[Mission]:
    """All missions, or those of one status (the derived Current counts) or one sprint."""
    conditions, values = ["1"], []
    if sprint is not None:
        conditions.append("m.sprint_id = ?")
        values.append(sprint)
    sql = f"{_FROM} WHERE {' AND '.join(conditions)}{_ORDER}"
    missions = _values(memory, list(_rows(memory, sql, tuple(values))))
    return [m for m in missions if status is None or m.status == status]


def by_status(memory: Memory, status: str, limit: int = -1) -> list[Mission]:
    """Missions whose told or claimed status is this one."""
    sql = f"{_FROM} WHERE m.status = ?{_ORDER} LIMIT ?"
    return _values(memory, list(_rows(memory, sql, (status, limit))))


def next_mission(memory: Memory, agent: str = "") -> Next:
    """In Progress (the agent's before others'), then Current, then the first ready Queued."""
    for row in _in_progress(memory, agent):
        mine = " (yours)" if agent and row["actor"] == agent else ""
        by = f" by {row['actor']}" if row["actor"] and not mine else ""
        reason = f"{row['id']} is in progress{by}{mine}"
        return Next(mission=_values(memory, [row])[0], reason=reason, waiting=[])
    waiting: list[Waiting] = []
    standing = Standing(memory)
    for status in (CURRENT, QUEUED):
        for row in _in_order(memory, status):
            unmet = standing.unmet(row["id"])
            if unmet:
                waiting.append(Waiting(id=row["id"], status=status, reason="; ".join(unmet)))
                continue
            chosen = standing.enabler_first(row)
            mission = _values(memory, [chosen], promoted=chosen["id"])[0]
            return Next(mission=mission, reason=_why(mission, status, waiting), waiting=waiting)
    for row in _in_order(memory, "Blocked"):
        reason = f"blocked: {row['blocked_reason'] or 'no reason given'}"
        waiting.append(Waiting(id=row["id"], status="Blocked", reason=reason))
    return Next(mission=None, reason=_why_none(memory, waiting), waiting=waiting)


def _why(mission: Mission, status: str, waiting: list[Waiting]) -> str:
    if status == CURRENT:
        return f"{mission.id} was made Current"
    passed = f"; {len(waiting)} before it wait" if waiting else ""
    return f"{mission.id} is the first queued mission that waits for nothing{passed}"


def _why_none(memory: Memory, waiting: list[Waiting]) -> str:
    if waiting:
        return "every open mission waits or is blocked"
    total = memory.db.execute("SELECT count(*) FROM missions").fetchone()[0]
    return f"all {total} missions are completed" if total else "there are no missions yet"


def _in_progress(memory: Memory, agent: str) -> Iterator[Row]:
    order = _ORDER.replace("ORDER BY", "ORDER BY m.actor IS NOT ?,")
    return _rows(memory, f"{_FROM} WHERE m.status = ?{order} LIMIT 1", (IN_PROGRESS, agent))


def _in_order(memory: Memory, status: str) -> Iterator[Row]:
    """Missions of one status in the order in which they are next; sprint by sprint, so that the
    first is found without sorting them all."""
    sprints = memory.db.execute("SELECT id FROM sprints ORDER BY added_at, added_id").fetchall()
    for (sprint,) in sprints:
        sql = (
            "SELECT * FROM missions WHERE sprint_id = ? AND status = ? ORDER BY added_at, added_id"
        )
        yield from _rows(memory, sql, (sprint, status))
    sql = (
        "SELECT * FROM missions m WHERE status = ? AND NOT EXISTS"
        " (SELECT 1 FROM sprints s WHERE s.id = m.sprint_id) ORDER BY added_at, added_id"
    )
    yield from _rows(memory, sql, (status,))


class Standing:
    """What is Completed *where you stand*: told, or said by a commit that HEAD reaches."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.db = memory, memory.db
        sql = "SELECT oid FROM unreached WHERE name = ?"
        rows = self.db.execute(sql, (memory.repo.head_name,))
        self.hidden = frozenset(oid for (oid,) in rows)
        self.unsure = self._affected() if self.hidden else set()
        self._here: dict[str, str] = {}

    def _affected(self) -> set[str]:
        """The subjects that look different from here: claims hidden, or struck by hidden ones."""
        affected = {*self.hidden, *seen.struck_by(self.db, self.hidden)}
        return seen.subjects(self.db, affected)

    def unmet(self, mission_id: str) -> list[str]:
        """Why the mission has to wait: a sentence for each that it needs and that is not done."""
        rows = self.db.execute(
            "SELECT d.needed, n.status FROM mission_dependencies d"
            " LEFT JOIN missions n ON n.id = d.needed"
            " WHERE d.needer = ? AND d.hard ORDER BY d.needed",
            (mission_id,),
        ).fetchall()
        return [
            f"waits for {needed}, {self._state(needed, status)}"
            for needed, status in dict(rows).items()
            if self.here(needed, status) != COMPLETED
        ]

    def here(self, mission_id: str, status: str | None) -> str | None:
        """The mission's status in the view from HEAD, given its status in the whole view."""
        if f"mission:{mission_id}" not in self.unsure:
            return status
        if mission_id not in self._here:
            subject = f"mission:{mission_id}"
            told = [e for e in fold.of_subject(self.db, subject) if e.commit is None]
            claims = seen.of_subject_within(self.db, subject, self.hidden)
            events = sorted([*told, *claims], key=lambda event: event.order)
            row = folding.status_after(events)
            self._here[mission_id] = row["status"] if row else QUEUED
        return self._here[mission_id]

    def _state(self, mission_id: str, status: str | None) -> str:
        if status is None:
            return "which nobody has added"
        if status == COMPLETED:
            mission = _values(self.memory, [require(self.memory, mission_id)])[0]
            where = f" on {', '.join(mission.refs)}" if mission.refs else ""
            return f"completed{where}, not {self._place()}"
        return f"which is {status}"

    def _place(self) -> str:
        return f"at {self.memory.view}" if self.memory.view else "on this branch"

    def enabler_first(self, row: Row) -> Row:
        """A ready mission that enables this one (softly) comes before it."""
        visited = {row["id"]}
        while True:
            sql = (
                "SELECT m.* FROM mission_dependencies d JOIN missions m ON m.id = d.needed"
                " WHERE d.needer = ? AND NOT d.hard AND m.status = 'Queued'"
                " ORDER BY m.added_at, m.added_id"
            )
            for other in _rows(self.memory, sql, (row["id"],)):
                if other["id"] not in visited and not self.unmet(other["id"]):
                    row = other
                    visited.add(other["id"])
                    break
            else:
                return row


def promoted(memory: Memory) -> str | None:
    """The mission that is Current by derivation: none while one is In Progress or made Current."""
    busy = memory.db.execute(
        "SELECT 1 FROM missions WHERE status IN (?, ?) LIMIT 1", (IN_PROGRESS, CURRENT)
    ).fetchone()
    if busy:
        return None
    standing = Standing(memory)
    for row in _in_order(memory, QUEUED):
        if not standing.unmet(row["id"]):
            return str(standing.enabler_first(row)["id"])
    return None


def _rows(memory: Memory, sql: str, values: tuple[Any, ...]) -> Iterator[Row]:
    cursor = memory.db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


_SHOWN = (
    *("id", "name", "status", "sprint_id", "objective", "context", "notes"),
    *("created_at", "started_at", "completed_at", "validation_score", "approval_state"),
    "blocked_reason",
)
_JSON = (*LISTS, *DICTS)


def _values(memory: Memory, rows: list[Row], promoted: str | None = None) -> list[Mission]:
    if not rows:
        return []
    current = promoted or _promoted_among(memory, rows)
    reach = Reach(memory).of(rows)
    edges = _edges(memory, rows)
    return [
        Mission(
            **{name: row[name] for name in _SHOWN if name != "status"},
            **{name: json.loads(row[name]) for name in _JSON},
            status=CURRENT if row["id"] == current else row["status"],
            planned=bool(row["planned"]),
            needs=edges["needer"].get(row["id"], []),
            enables=edges["needed"].get(row["id"], []),
            claimed_by=None,
            reach=reach[row["id"]][0],
            refs=reach[row["id"]][1],
        )
        for row in rows
    ]


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
