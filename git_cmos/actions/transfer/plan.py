"""Records -> dated happenings. Pure: the same files give the same events in every clone.

What bears no time is taken to have happened just before all that does (what was planned), or just
after it (how things stand). Where nothing bears a time, all of it lies in 1970: the earliest word,
which overrules nobody.
"""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.actions.transfer import remembered
from git_cmos.actions.transfer.moves import Course, Wanted, dated, note_of
from git_cmos.actions.transfer.records import (
    DecisionRecord,
    EdgeRecord,
    EntryRecord,
    EventRecord,
    FactRecord,
    LineRecord,
    MissionRecord,
    SessionRecord,
    SnapshotRecord,
    SprintRecord,
)
from git_cmos.events import edge
from git_cmos.journal import Dated
from git_cmos.model import COMPLETED, CURRENT, DEPENDENCY_TYPES, HARD_TYPES, QUEUED
from git_cmos.values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.actions.transfer.records import Found, Place

SECOND = 1_000_000


@value
class Merged:
    """All that the sources say of one mission. at: when it is taken to have been said; first:
    what adds it; settled: the moves that bring it to the backlog's status."""

    id: str
    fields: dict[str, Any]
    wanted: Wanted | None
    at: int
    first: Dated
    settled: list[Dated]


@value
class Step:
    """One thing to tell, and the rows of the sources that say it."""

    kind: str
    places: list[Place]
    told: list[Dated]
    mission: Merged | None = None
    sprint: SprintRecord | None = None


class Planner:
    """From what was found to what is to be told."""

    def __init__(self, found: Found) -> None:
        self.found = found
        times = sorted(_times(found))
        self.first = max(0, times[0] - SECOND) if times else 0
        self.last = times[-1] + 1 if times else SECOND
        self._count = 0
        self._moments: dict[tuple[str, str, int | None], int] = {}
        self.lines: dict[str, list[LineRecord]] = {}
        for line in self._of(LineRecord):
            self.lines.setdefault(line.mission or "", []).append(line)

    def steps(self) -> list[Step]:
        """In the order in which they are told."""
        missions = self._missions()
        return [
            *self._events(),
            *self._sprints(missions),
            *missions.values(),
            *self._edges(),
            *self._remembered(),
            *self._lines(missions),
            *self._contexts(),
        ]

    def _of(self, kind: type[Any]) -> list[Any]:
        return [record for record in self.found.records if isinstance(record, kind)]

    def _early(self) -> int:
        """The moment of what was planned: one after the other, before all that happened."""
        self._count += 1
        return self.first + self._count

    def _late(self) -> int:
        self._count += 1
        return self.last + self._count

    def _events(self) -> Iterator[Step]:
        for record in self._of(EventRecord):
            event = record.event
            own = Dated(event.what, event.at, event.actor, key="", own_id=event.id)
            yield Step("events", [record.place], [own])

    # -- what was planned --------------------------------------------------------------------

    def _sprints(self, missions: dict[str, Step]) -> Iterator[Step]:
        """Sprints that are listed, and those that only missions name."""
        places: dict[str, list[Place]] = {}
        first: dict[str, SprintRecord] = {}
        for record in self._of(SprintRecord):
            places.setdefault(record.id, []).append(record.place)
            first.setdefault(record.id, record)
        for id_, record in first.items():
            what = ev.SprintAdded(sprint=id_, fields=record.fields)
            yield Step("sprints", places[id_], [dated(what, self._early())], sprint=record)
        for step in missions.values():
            added = step.mission.first.what if step.mission else None
            assert isinstance(added, ev.MissionAdded)  # noqa: S101 - that is what adds one
            name = added.fields.get("sprint_id")
            if name and name not in first:
                first[name] = SprintRecord(name, {"title": name}, step.places[0])
                what = ev.SprintAdded(sprint=name, fields={"title": name})
                yield Step("sprints", [], [dated(what, self._early())], sprint=first[name])

    def _missions(self) -> dict[str, Step]:
        records: dict[str, list[MissionRecord]] = {}
        for record in self._of(MissionRecord):
            records.setdefault(record.id, []).append(record)
        self._count = len(self._of(SprintRecord)) + len(records)  # sprints come before them
        steps = {id_: self._mission(id_, same) for id_, same in records.items()}
        self._count = 0
        self._check_current(steps)
        return steps

    def _mission(self, id_: str, records: list[MissionRecord]) -> Step:
        said = self._merge(records)
        fields = dict(said)
        for record in records:
            fields = {**record.guessed, **fields}
        at = next((r.created_at for r in records if r.created_at is not None), None)
        early = self._early()
        at = early if at is None else at + early - self.first
        name = str(fields.pop("name", id_))
        wanted = _wanted(records)
        lines = sorted(self.lines.get(id_, []), key=lambda line: line.at)
        course = Course(id_, self.last + early - self.first).follow(lines, wanted)
        for remark in course.remarks:
            self.found.remark(records[0].place, remark)
        added = ev.MissionAdded(mission=id_, name=name, fields=fields)
        settled = [dated(m.what, m.at, m.actor) for m in course.moves if m.line is None]
        merged = Merged(id_, said, wanted, early, dated(added, at), settled)
        return Step("missions", [r.place for r in records], [], mission=merged)

    def _merge(self, records: list[MissionRecord]) -> dict[str, Any]:
        """The fields of all records of one mission: who says it first is believed."""
        fields: dict[str, Any] = {}
        for record in records:
            for key, content in record.fields.items():
                if key not in fields:
                    fields[key] = content
                elif fields[key] != content:
                    other = records[0].place
                    self.found.remark(
                        record.place, f"{record.id} has another {key} than in {other}; that is kept"
                    )
        return fields

    def _check_current(self, steps: dict[str, Step]) -> None:
        """The older tools promoted without asking what a mission needs: such a promotion is left
        out, and said."""
        for edge_ in self._of(EdgeRecord):
            forward = DEPENDENCY_TYPES[edge_.type]
            needer, needed = [(edge_.target, edge_.source), (edge_.source, edge_.target)][forward]
            step, other = steps.get(needer), steps.get(needed)
            if edge_.type not in HARD_TYPES or step is None or step.mission is None:
                continue
            mission, need = step.mission, other.mission if other else None
            if mission.wanted is None or mission.wanted.status != CURRENT:
                continue
            status = need.wanted.status if need and need.wanted else QUEUED
            if status != COMPLETED:
                reason = f"{needer} is Current, but needs {needed}, which is {status}: left Queued"
                self.found.remark(step.places[0], reason)
                kept = [d for d in mission.settled if not isinstance(d.what, ev.MissionPromoted)]
                steps[needer] = _without_promotion(step, mission, kept)

    def _edges(self) -> Iterator[Step]:
        for record in self._of(EdgeRecord):
            source, type_, target = record.source, record.type, record.target
            what = ev.DependencyAdded(
                edge=edge(source, type_, target), source=source, type=type_, target=target
            )
            yield Step("dependencies", [record.place], [dated(what, self._early())])

    # -- what happened -----------------------------------------------------------------------

    def _remembered(self) -> Iterator[Step]:
        for record in self._of(SessionRecord):
            yield Step("sessions", [record.place], remembered.session(record))
        for record in sorted(self._of(DecisionRecord), key=lambda it: it.at is None):
            at = self._moment("decision", record.title, record.at)
            yield Step("decisions", [record.place], [remembered.decision(record, at)])
        for record in sorted(self._of(FactRecord), key=lambda it: it.at is None):
            at = self._moment("fact", record.content, record.at)
            yield Step("facts", [record.place], [remembered.fact(record, at)])

    def _moment(self, kind: str, text: str, at: int | None) -> int:
        """When: of a day's decisions one after the other; the same for the same one."""
        if (kind, text, at) not in self._moments:
            early = self._early()
            self._moments[kind, text, at] = early if at is None else at + early - self.first
        return self._moments[kind, text, at]

    def _contexts(self) -> Iterator[Step]:
        for record in self._of(EntryRecord):
            told = remembered.entry(record, self._late())
            yield Step("context entries", [record.place], [told])
        for record in self._of(SnapshotRecord):
            told = remembered.snapshot(record, self._late() if record.at is None else record.at)
            yield Step("snapshots", [record.place], [told])

    def _lines(self, missions: dict[str, Step]) -> Iterator[Step]:
        for id_, lines in self.lines.items():
            ordered = sorted(lines, key=lambda line: line.at)
            step = missions.get(id_)
            if not id_:
                yield from (
                    Step("log lines", [it.place], [dated(note_of(it), it.at, it.agent)])
                    for it in ordered
                )
                continue
            wanted = step.mission.wanted if step and step.mission else None
            course = Course(id_, self.last).follow(ordered, wanted)
            for line in ordered:
                moves = [m for m in course.moves if m.line is line]
                told = [dated(m.what, m.at, m.actor) for m in moves]
                yield Step("log lines", [line.place], told)


def _times(found: Found) -> Iterator[int]:
    """Every time that a source names, but for those of our own events and of days."""
    for record in found.records:
        if isinstance(record, LineRecord):
            yield record.at
        elif isinstance(record, (MissionRecord, SessionRecord)):
            created = record.created_at if isinstance(record, MissionRecord) else None
            yield from (
                at for at in (created, record.started_at, record.completed_at) if at is not None
            )


def _wanted(records: list[MissionRecord]) -> Wanted | None:
    said = [record for record in records if record.status is not None]
    if not said:
        return None
    one = said[0]
    reason = one.reason or str(one.fields.get("notes") or "")
    return Wanted(str(one.status), one.started_at, one.completed_at, reason)


def _without_promotion(step: Step, mission: Merged, settled: list[Dated]) -> Step:
    queued = Wanted(QUEUED)
    return replace(step, mission=replace(mission, settled=settled, wanted=queued))
