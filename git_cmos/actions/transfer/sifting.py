"""What of a plan is new here. What is known already is not told again; what is known otherwise
is compared, and told only where that is asked for."""

from __future__ import annotations

import json

from git_cmos import events as ev
from git_cmos import journal
from git_cmos.actions.missions import moves_to
from git_cmos.actions.transfer.moves import SAME, dated
from git_cmos.errors import Misused, Refused
from git_cmos.model import BLOCKED, COMPLETED, CURRENT, DEPENDENCY_TYPES, DICTS, LISTS, QUEUED
from git_cmos.queries.readiness import promoted
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.actions.transfer.plan import Merged, Step
    from git_cmos.actions.transfer.records import Found
    from git_cmos.journal import Told
    from git_cmos.memory import Memory

    Row = dict[str, Any]


@value
class Differs:
    """A field of a mission or sprint that stands here otherwise than in the file."""

    id: str
    field: str
    here: Any
    there: Any


class Sieve:
    """One import against one memory; under the lock, so that nothing moves meanwhile.

    update: what differs is told as of now. views: files that only show what our own export beside
    them tells.
    """

    def __init__(self, memory: Memory, found: Found, update: bool, views: set[str]) -> None:
        self.memory, self.db, self.found = memory, memory.db, found
        self.update, self.views = update, views
        self.imported = dict.fromkeys(found.rows, 0)
        self.differs: list[Differs] = []
        self._met: set[str] = set()
        self._said: set[tuple[Any, ...]] = set()
        self._ids: dict[str, str] = {}
        self._needs: dict[str, set[str]] = {}
        for needer, needed in self.db.execute("SELECT needer, needed FROM mission_dependencies"):
            self._needs.setdefault(needer, set()).add(needed)

    def sift(self, steps: list[Step]) -> list[Told]:
        """What is to be told."""
        told: list[Told] = []
        for step in steps:
            try:
                fresh = self._fresh(step)
                journal.storable(fresh)
            except (Misused, Refused) as error:
                self._set_aside(step, str(error))
                continue
            if fresh:
                self.imported[step.kind] += len(step.places)
            self._met.update(it.id for it in fresh if isinstance(it, journal.Dated))
            told += fresh
        return told

    def _set_aside(self, step: Step, reason: str, amiss: bool = True) -> None:
        for place in step.places:
            self.found.aside[step.kind] += 1
            self.found.remark(place, reason, aside=amiss)

    def _fresh(self, step: Step) -> list[Told]:
        if step.mission is not None:
            return self._mission(step, step.mission)
        if step.sprint is not None:
            return self._sprint(step)
        if any(place.file in self.views for place in step.places):
            return []
        return [it for it in step.told if self._is_new(it)]

    def _is_new(self, it: journal.Dated) -> bool:
        if it.own_id:
            return self._is_new_event(it)
        if it.id in self._met or journal.knows(self.db, it.id):
            return False
        what = it.what
        if isinstance(what, ev.DependencyAdded):
            return self._is_new_edge(what)
        if isinstance(what, ev.Noted) or type(what) in _ACTIONS:
            return not self._is_in_log(what, it.at)
        if isinstance(what, ev.ContextSet):
            return not self._is_in_context(what)
        query = _SAME.get(type(what))
        if query is None:
            return True
        sql, names = query
        words = (type(what), *(vars(what)[name] for name in names))
        if words in self._said or self.db.execute(sql, words[1:]).fetchone():
            return False
        self._said.add(words)
        return True

    def _is_new_event(self, it: journal.Dated) -> bool:
        """An event of ours comes under its own id, which nothing else may bear."""
        held = self.db.execute("SELECT at, actor, kind, body FROM events WHERE id = ?", (it.id,))
        row = held.fetchone()
        if row is not None and row != (it.at, it.actor, *ev.encode(it.what)):
            raise Refused(f"another event has the id {it.id} here")
        return row is None and it.id not in self._met

    # -- the log ---------------------------------------------------------------------------

    def _is_in_log(self, what: ev.Happening, at: int) -> bool:
        """A line is known by its second and its words, a move by its mission and about when."""
        mission = vars(what)["mission"]
        if isinstance(what, ev.Noted):
            sql = (
                "SELECT 1 FROM session_events WHERE mission_id IS ? AND action = ? AND summary = ?"
                " AND at BETWEEN ? AND ?"
            )
            second = at - at % 1_000_000
            values = (mission, what.action, what.summary, second, second + 999_999)
            return self.db.execute(sql, values).fetchone() is not None
        sql = (
            "SELECT 1 FROM session_events WHERE mission_id = ? AND action = ?"
            " AND at BETWEEN ? AND ? AND legal"
        )
        found = self.db.execute(sql, (mission, _ACTIONS[type(what)], at - SAME, at + SAME))
        return found.fetchone() is not None

    def _is_in_context(self, what: ev.ContextSet) -> bool:
        sql = "SELECT content FROM contexts WHERE id = ?"
        row = self.db.execute(sql, (what.context,)).fetchone()
        content = json.loads(row[0]) if row else {}
        return what.path in content and ev.compact(content[what.path]) == what.value

    # -- the plan --------------------------------------------------------------------------

    def _is_new_edge(self, what: ev.DependencyAdded) -> bool:
        sql = "SELECT 1 FROM mission_dependencies WHERE from_id = ? AND type = ? AND to_id = ?"
        if self.db.execute(sql, (what.source, what.type, what.target)).fetchone():
            return False
        forward = DEPENDENCY_TYPES[what.type]
        needer, needed = [(what.target, what.source), (what.source, what.target)][forward]
        if self._leads(needed, needer):
            raise Refused(f"'{what.edge}' would close a circle")
        self._needs.setdefault(needer, set()).add(needed)
        return True

    def _leads(self, start: str, end: str) -> bool:
        queue, seen = [start], {start}
        while queue:
            mission = queue.pop()
            if mission == end:
                return True
            others = self._needs.get(mission, set()) - seen
            seen |= others
            queue += others
        return False

    def _sprint(self, step: Step) -> list[Told]:
        sprint = step.sprint
        assert sprint is not None  # noqa: S101 - the caller looked
        row = _row(self.memory, "sprints", sprint.id)
        if row is None:
            new = [it for it in step.told if self._is_new(it)]
            return [] if sprint.place.file in self.views else [*new]
        changed = {}
        for key, there in sprint.fields.items() if step.places else ():
            if row[key] != there:
                changed[key] = there
                self._compare(sprint.id, key, row[key], there)
        if not (changed and self.update):
            return []
        return [ev.SprintUpdated(sprint=sprint.id, fields=changed)]

    def _mission(self, step: Step, mission: Merged) -> list[Told]:
        other = self._ids.setdefault(mission.id.lower(), mission.id)
        row = _row(self.memory, "missions", mission.id)
        if row is None and other == mission.id:
            sql = "SELECT id FROM missions WHERE lower(id) = lower(?)"
            other = (self.db.execute(sql, (mission.id,)).fetchone() or [other])[0]
        if other != mission.id:
            raise Refused(f"{mission.id} differs from {other} by case only")
        shown = any(place.file in self.views for place in step.places)
        if row is not None and row["planned"]:
            return self._known(mission, row, shown)
        if shown:
            if row is None:
                reason = f"only commits speak of {mission.id}: it comes with them"
                self._set_aside(step, reason, amiss=False)
            return []
        stands = row is not None and mission.wanted and mission.wanted.status == row["status"]
        told = [mission.first, *([] if stands else mission.settled)]
        return [it for it in told if not journal.knows(self.db, it.id)]

    def _known(self, mission: Merged, row: Row, shown: bool) -> list[Told]:
        """A mission that is planned here: fill what is empty, compare the rest."""
        empty = {k: it for k, it in mission.fields.items() if k in row and not _cell(row, k)}
        told: list[Told] = []
        if empty and not shown:
            filled = dated(ev.MissionUpdated(mission=mission.id, fields=empty), mission.at)
            told += [filled] if self._is_new(filled) else []
        changed = {
            key: there
            for key, there in mission.fields.items()
            if key in row and (shown or key not in empty) and _cell(row, key) != there
        }
        for key, there in changed.items():
            self._compare(mission.id, key, _cell(row, key), there)
        moved = self._status(mission, row, shown)
        if not self.update:
            return [*told, *moved]
        updated = [ev.MissionUpdated(mission=mission.id, fields=changed)] if changed else []
        return [*told, *updated, *moved]

    def _status(self, mission: Merged, row: Row, shown: bool) -> list[Told]:
        """A completion that is later than all that is known here is told; any other difference
        of status only where that is asked for."""
        wanted = mission.wanted
        if wanted is None or wanted.status == row["status"]:
            return []
        last = mission.settled[-1] if mission.settled else None
        if last is not None and not shown:
            if journal.knows(self.db, last.id):
                return []
            if wanted.status == COMPLETED and last.at > row["last_at"]:
                return [*mission.settled]
        if {wanted.status, row["status"]} == {CURRENT, QUEUED}:
            derived = promoted(self.memory) == mission.id
            if derived == (wanted.status == CURRENT):
                return []
        self._compare(mission.id, "status", row["status"], wanted.status)
        reason = wanted.reason or "blocked in the backlog"
        given = reason if wanted.status == BLOCKED else ""
        return [*moves_to(row, wanted.status, given)] if self.update else []

    def _compare(self, id_: str, field: str, here: Any, there: Any) -> None:
        self.differs.append(Differs(id_, field, here, there))


_ACTIONS: dict[type[ev.Happening], str] = {
    ev.MissionStarted: "start",
    ev.MissionCompleted: "complete",
    ev.MissionBlocked: "blocked",
    ev.MissionUnblocked: "unblocked",
}
# What makes two happenings the same to a reader, though they bear other times.
_SAME: dict[type[ev.Happening], tuple[str, tuple[str, ...]]] = {
    ev.DecisionMade: (
        "SELECT 1 FROM decisions WHERE title = ? AND rationale = ?",
        ("title", "rationale"),
    ),
    ev.FactStated: ("SELECT 1 FROM facts WHERE kind = ? AND content = ?", ("kind", "content")),
    ev.ContextSnapshotTaken: (
        "SELECT 1 FROM context_snapshots WHERE context_id = ? AND content_hash = ?",
        ("context", "hash"),
    ),
}


def _row(memory: Memory, table: str, id_: str) -> Row | None:
    cursor = memory.db.execute(f"SELECT * FROM {table} WHERE id = ?", (id_,))  # noqa: S608 - our own names
    found = cursor.fetchone()
    if found is None:
        return None
    return {column[0]: cell for column, cell in zip(cursor.description, found, strict=True)}


def _cell(row: Row, key: str) -> Any:
    return json.loads(row[key]) if key in LISTS or key in DICTS else row[key]
