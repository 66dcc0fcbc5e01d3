"""The plan's quality: what missions lack, and where plan and state contradict each other."""

from __future__ import annotations

from git_cmos.clock import iso, now
from git_cmos.model import BLOCKED, COMPLETED, IN_PROGRESS, REQUIRED
from git_cmos.queries import missions as asking
from git_cmos.queries import status as standing
from git_cmos.remembered import Issue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_cmos.memory import Memory
    from git_cmos.model import Mission, Sprint


def lacking(mission: Mission) -> list[str]:
    """The required fields that a mission leaves empty, by name."""
    return [name for name in REQUIRED if not getattr(mission, name)]


def incomplete(memory: Memory, sprint: str | None = None) -> list[Issue]:
    """Planned missions that lack a required field, in the order of the plan."""
    found = (m for m in asking.listed(memory, sprint=sprint) if m.planned)
    return [_incomplete(mission) for mission in found if lacking(mission)]


def _incomplete(mission: Mission) -> Issue:
    names = lacking(mission)
    words = ", ".join(name.replace("_", " ") for name in names)
    flags = " ".join(f"{_FLAGS[name]} '…'" for name in names)
    return _issue(
        mission, "field-missing", f"has no {words}", f"git cmos mission update {mission.id} {flags}"
    )


_FLAGS = {
    "objective": "--objective",
    "success_criteria": "--criterion",
    "deliverables": "--deliverable",
}


def verify(memory: Memory, sprint: str | None = None) -> list[Issue]:
    """Everything that is amiss with missions, one by one, in the order of the plan."""
    known = {mission.id: mission for mission in asking.listed(memory)}
    among = [m for m in known.values() if sprint is None or m.sprint_id == sprint]
    sprints = {found.id for found in standing.sprints(memory)}
    return [issue for mission in among for issue in _of_one(mission, known, sprints)]


def _of_one(mission: Mission, known: dict[str, Mission], sprints: set[str]) -> Iterator[Issue]:
    if not mission.planned:
        hint = f"git cmos mission add {mission.id} '{mission.name}'"
        yield _issue(mission, "unplanned", "is named in commits only", hint)
    elif lacking(mission):
        yield _incomplete(mission)
    if mission.sprint_id and mission.sprint_id not in sprints:
        hint = f"git cmos sprint add '{mission.sprint_id}'"
        yield _issue(mission, "sprint-unknown", f"is in sprint {mission.sprint_id}, unknown", hint)
    if mission.status == BLOCKED and not mission.blocked_reason:
        hint = f"git cmos mission block {mission.id} --reason '…'"
        yield _issue(mission, "reason-missing", "is blocked without a reason", hint)
    yield from _of_needs(mission, known)


def _of_needs(mission: Mission, known: dict[str, Mission]) -> Iterator[Issue]:
    for need in mission.needs:
        needed = known.get(need)
        if needed is None:
            hint = f"git cmos mission add {need} NAME, or `mission depends … --remove`"
            yield _issue(mission, "need-unknown", f"needs {need}, which nobody planned", hint)
        elif mission.status in (IN_PROGRESS, COMPLETED) and needed.status != COMPLETED:
            hint = f"git cmos mission complete {need}, or look: git cmos where {need}"
            yield _issue(
                mission,
                "need-open",
                f"is {mission.status}, but {need}, which it needs, is {needed.status}",
                hint,
            )


def audit(memory: Memory, sprint: str | None = None) -> list[Issue]:
    """Sprints and their missions: gaps and contradictions. Refused (1) for an unknown sprint."""
    sprints = [standing.sprint(memory, sprint)] if sprint else standing.sprints(memory)
    today = iso(now())[:10]
    found = [issue for each in sprints for issue in _of_sprint(each, today)]
    found += verify(memory, sprint)
    if sprint is None:
        found += _homeless(asking.listed(memory), bool(sprints))
    return found


def _homeless(missions: Iterable[Mission], any_sprint: bool) -> list[Issue]:
    return [
        _issue(m, "sprint-missing", "is in no sprint", f"git cmos mission update {m.id} --sprint …")
        for m in missions
        if any_sprint and m.planned and not m.sprint_id and m.status != COMPLETED
    ]


def _of_sprint(sprint: Sprint, today: str) -> Iterator[Issue]:
    open_ = sprint.missions - sprint.completed
    update = f"git cmos sprint update '{sprint.id}' --status"
    if not sprint.missions:
        hint = f"git cmos mission add ID NAME --sprint '{sprint.id}'"
        yield _sprint_issue(sprint, "sprint-empty", "has no missions", hint)
    elif sprint.status == "Completed" and open_:
        message = f"is Completed, but {open_} of its missions are not"
        yield _sprint_issue(sprint, "sprint-open", message, f"{update} Current")
    elif sprint.status != "Completed" and not open_:
        yield _sprint_issue(
            sprint, "sprint-done", f"is {sprint.status}, all is done", f"{update} Completed"
        )
    elif sprint.status == "Planned" and (sprint.completed or sprint.in_progress):
        message = "is Planned, but work on it has begun"
        yield _sprint_issue(sprint, "sprint-begun", message, f"{update} Current")
    if sprint.start_date and sprint.end_date and sprint.end_date < sprint.start_date:
        hint = f"git cmos sprint update '{sprint.id}' --end DATE"
        yield _sprint_issue(sprint, "dates-reversed", "ends before it starts", hint)
    elif sprint.end_date and sprint.end_date < today and sprint.status != "Completed" and open_:
        hint = f"git cmos sprint update '{sprint.id}' --end DATE, or move missions on"
        yield _sprint_issue(sprint, "overdue", f"ended on {sprint.end_date}, {open_} open", hint)


def _issue(mission: Mission, problem: str, message: str, hint: str) -> Issue:
    return Issue(
        mission=mission.id, sprint=mission.sprint_id, problem=problem, message=message, hint=hint
    )


def _sprint_issue(sprint: Sprint, problem: str, message: str, hint: str) -> Issue:
    return Issue(mission=None, sprint=sprint.id, problem=problem, message=message, hint=hint)
