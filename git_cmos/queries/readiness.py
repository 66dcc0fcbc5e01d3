"""Readiness: what is Completed where you stand, what waits for what, what is Current."""

from __future__ import annotations

from git_cmos.lazy import lazy
from git_cmos.model import COMPLETED, CURRENT, IN_PROGRESS, QUEUED, Waiting
from git_cmos.queries.reach import Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from typing import Any

    from git_cmos import fold, reverts, seen
    from git_cmos.fold import missions as folding
    from git_cmos.memory import Memory

    Row = dict[str, Any]
else:
    fold, folding = lazy("git_cmos.fold"), lazy("git_cmos.fold.missions")
    seen, reverts = lazy("git_cmos.seen"), lazy("git_cmos.reverts")


def in_order(memory: Memory, status: str) -> Iterator[Row]:
    """Missions of one status in the order in which they are next; sprint by sprint, so that the
    first is found without sorting them all."""
    sprints = memory.db.execute("SELECT id FROM sprints ORDER BY added_at, added_id").fetchall()
    for (sprint,) in sprints:
        sql = (
            "SELECT * FROM missions WHERE sprint_id = ? AND status = ? ORDER BY added_at, added_id"
        )
        yield from select(memory, sql, (sprint, status))
    sql = (
        "SELECT * FROM missions m WHERE status = ? AND NOT EXISTS"
        " (SELECT 1 FROM sprints s WHERE s.id = m.sprint_id) ORDER BY added_at, added_id"
    )
    yield from select(memory, sql, (status,))


class Standing:
    """What is Completed *where you stand*: told, or said by a commit that HEAD reaches."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.db = memory, memory.db
        sql = "SELECT oid FROM unreached WHERE name = ?"
        rows = self.db.execute(sql, (memory.repo.head_name,))
        self.hidden = frozenset(oid for (oid,) in rows)
        self.unsure = self._affected() if self.hidden else set()
        self._here: dict[str, str] = {}
        self._elsewhere: dict[str, list[str]] = {}

    def _affected(self) -> set[str]:
        """The subjects that look different from here: claims hidden, or struck by hidden ones."""
        affected = {*self.hidden, *reverts.struck_by(self.db, self.hidden)}
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

    def waiting(self, mission_id: str, status: str, unmet: list[str]) -> Waiting:
        """The mission with its reasons, and the branches whose merge would help it."""
        rows = self.db.execute(
            "SELECT needed FROM mission_dependencies WHERE needer = ? AND hard", (mission_id,)
        )
        branches = [name for (needed,) in rows for name in self._elsewhere.get(needed, [])]
        merge = list(dict.fromkeys(branches))
        return Waiting(id=mission_id, status=status, reason="; ".join(unmet), merge=merge)

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
            row = next(select(self.memory, "SELECT * FROM missions WHERE id = ?", (mission_id,)))
            _, refs = Reach(self.memory).of([row])[mission_id]
            self._elsewhere[mission_id] = refs
            where = f" on {', '.join(refs)}" if refs else ""
            return f"completed{where}, not {self._place()}"
        return f"which is {status}"

    def _place(self) -> str:
        return f"at {self.memory.view}" if self.memory.view else "on this branch"

    def enabler_first(self, row: Row, held: Container[str] = ()) -> Row:
        """A ready mission that enables this one (softly) comes before it, unless it is held."""
        visited = {row["id"]}
        while True:
            sql = (
                "SELECT m.* FROM mission_dependencies d JOIN missions m ON m.id = d.needed"
                " WHERE d.needer = ? AND NOT d.hard AND m.status = 'Queued'"
                " ORDER BY m.added_at, m.added_id"
            )
            for other in select(self.memory, sql, (row["id"],)):
                if other["id"] in visited or other["id"] in held:
                    continue
                if not self.unmet(other["id"]):
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
    for row in in_order(memory, QUEUED):
        if not standing.unmet(row["id"]):
            return str(standing.enabler_first(row)["id"])
    return None


def select(memory: Memory, sql: str, values: tuple[Any, ...]) -> Iterator[Row]:
    """Rows as dicts by column, one at a time."""
    cursor = memory.db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
