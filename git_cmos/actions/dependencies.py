"""Dependencies: which mission needs which."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.actions.agents import who
from git_cmos.errors import Misused, Refused
from git_cmos.model import DEPENDENCY_TYPES, Mission
from git_cmos.queries import missions as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.memory import Memory


def depends(
    memory: Memory,
    source: str,
    target: str,
    *,
    type: str = "Requires",
    remove: bool = False,
    agent: str | None = None,
) -> Mission | None:
    """Connect two missions as the sentence `source type target` says; the one that waits (None
    where an edge of a mission that nobody knows was removed).

    Refused (1): an unknown mission, an edge that is there (or, with remove, is not), a cycle.
    """
    kind = {name.lower(): name for name in DEPENDENCY_TYPES}.get(type.lower())
    if kind is None:
        raise Misused(f"no dependency type {type[:40]!r}", f"one of {', '.join(DEPENDENCY_TYPES)}")
    edge = f"{source} {kind} {target}"
    needer, needed = (source, target) if DEPENDENCY_TYPES[kind] else (target, source)

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        there = _edge_exists(db, source, kind, target)
        if remove:
            if not there:
                raise Refused(f"there is no dependency '{edge}'", code="unknown-dependency")
            return [ev.DependencyRemoved(edge=edge)]
        for mission_id in (source, target):
            asking.require(memory, mission_id)
        if there:
            raise Refused(f"'{edge}' is known already", code="known-dependency")
        _refuse_cycle(db, needer, needed)
        return [ev.DependencyAdded(edge=edge, source=source, type=kind, target=target)]

    memory.change(decide, who(memory, agent))
    return asking.get(memory, needer) if asking.find(memory, needer) else None


def _edge_exists(db: sqlite3.Connection, source: str, kind: str, target: str) -> bool:
    sql = "SELECT 1 FROM mission_dependencies WHERE from_id = ? AND type = ? AND to_id = ?"
    return db.execute(sql, (source, kind, target)).fetchone() is not None


def _refuse_cycle(db: sqlite3.Connection, needer: str, needed: str) -> None:
    """A path from `needed` back to `needer` would close a circle."""
    came_from: dict[str, str] = {needed: needer}
    queue = [needed]
    while queue:
        mission = queue.pop()
        if mission == needer:
            break
        sql = "SELECT needed FROM mission_dependencies WHERE needer = ? ORDER BY needed"
        for (other,) in db.execute(sql, (mission,)).fetchall():
            if other not in came_from:
                came_from[other] = mission
                queue.append(other)
    else:
        return
    path, step = [needer], came_from[needer]
    while step != needer:
        path.append(step)
        step = came_from[step]
    path.append(needer)
    raise Refused(f"that would close a circle: {' needs '.join(reversed(path))}", code="cycle")
