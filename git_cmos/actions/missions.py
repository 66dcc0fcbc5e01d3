"""Missions: add, update, move, connect. Each asks whether it may, and says what happened."""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.actions import foreign
from git_cmos.actions.agents import who
from git_cmos.errors import Misused, Refused
from git_cmos.model import (
    BLOCKED,
    COMPLETED,
    CURRENT,
    DICTS,
    IN_PROGRESS,
    LISTS,
    MOVES,
    QUEUED,
    SETTABLE,
    STATUSES,
    Mission,
    check_id,
)
from git_cmos.queries import missions as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from typing import Any

    from git_cmos.memory import Memory

    Row = dict[str, Any]

LONGEST_NAME = 500
LONGEST_TEXT = 100_000
_WAYS = {
    ("start", IN_PROGRESS): "it is being worked on already",
    ("start", BLOCKED): "`git cmos mission unblock {id}` first",
    ("start", COMPLETED): "`git cmos mission reopen {id}` first",
    ("complete", BLOCKED): "`git cmos mission unblock {id}` first",
    ("complete", COMPLETED): "nothing is left to do",
    ("block", COMPLETED): "`git cmos mission reopen {id}` first",
}


def add(
    memory: Memory, mission_id: str, name: str, *, agent: str | None = None, **fields: Any
) -> Mission:
    """Plan a mission. fields: any of `SETTABLE`; a sprint that nobody has added is added too.

    Refused (1): a bad id, a known one, one that differs from a known one by case only.
    """
    check_id(mission_id)
    name = _name(name)
    given = _checked(fields)

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        _refuse_known(db, mission_id)
        sprint = sprint_if_new(db, given.get("sprint_id"))
        return [*sprint, ev.MissionAdded(mission=mission_id, name=name, fields=given)]

    memory.change(decide, who(memory, agent))
    return asking.get(memory, mission_id)


def update(
    memory: Memory,
    mission_id: str,
    *,
    status: str | None = None,
    agent: str | None = None,
    reason: str = "",
    **fields: Any,
) -> Mission:
    """Change fields, and the status where a legal move leads there.

    Refused (1) for an unknown mission or an illegal move; Misused (129) where nothing is asked.
    """
    given = _checked(fields)
    if not given and status is None:
        raise Misused("nothing to update", "name a field, e.g. --notes or --status")

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        row = asking.require(memory, mission_id)
        made: list[ev.Happening] = [*sprint_if_new(db, given.get("sprint_id"))]
        if given:
            made.append(ev.MissionUpdated(mission=mission_id, fields=given))
        if status is not None:
            made += moves_to(row, status, reason or str(given.get("notes") or ""))
        return made

    memory.change(decide, who(memory, agent))
    return asking.get(memory, mission_id)


def start(
    memory: Memory,
    mission_id: str,
    *,
    agent: str | None = None,
    summary: str = "",
    next_hint: str = "",
) -> Mission:
    """Queued or Current -> In Progress."""
    started = ev.MissionStarted(mission=mission_id, summary=summary, next_hint=next_hint)
    foreign.warn(memory, mission_id, who(memory, agent), "started")
    return _move(memory, mission_id, "start", agent, lambda row: [started])


def complete(
    memory: Memory,
    mission_id: str,
    *,
    agent: str | None = None,
    summary: str = "",
    notes: str = "",
    score: float | None = None,
    next_hint: str = "",
) -> Mission:
    """In Progress -> Completed; from Queued or Current with an implied start. score: 0..1."""
    if score is not None and not 0 <= score <= 1:
        raise Misused(f"a score lies in 0..1, not {score}")
    done = ev.MissionCompleted(
        mission=mission_id, summary=summary, notes=notes, score=score, next_hint=next_hint
    )

    def completed(row: Row) -> list[ev.Happening]:
        return [done, *foreign.noted(memory, mission_id, who(memory, agent))]

    return _move(memory, mission_id, "complete", agent, completed)


def block(
    memory: Memory,
    mission_id: str,
    *,
    reason: str,
    needs: Sequence[str] = (),
    agent: str | None = None,
    summary: str = "",
    next_hint: str = "",
) -> Mission:
    """Any but Completed -> Blocked; needs: what would unblock it."""
    if not reason.strip():
        raise Misused("a block needs a reason", "--reason '...'")
    blocked = ev.MissionBlocked(
        mission=mission_id, reason=reason, needs=list(needs), summary=summary, next_hint=next_hint
    )
    return _move(memory, mission_id, "block", agent, lambda row: [blocked])


def unblock(
    memory: Memory,
    mission_id: str,
    *,
    resolution: str = "",
    to: str = QUEUED,
    agent: str | None = None,
) -> Mission:
    """Blocked -> Queued, or to the status asked for."""
    if to not in (QUEUED, CURRENT, IN_PROGRESS):
        raise Misused(f"a mission is unblocked to Queued, Current or In Progress, not {to}")
    unblocked = ev.MissionUnblocked(mission=mission_id, resolution=resolution, to=to)
    return _move(memory, mission_id, "unblock", agent, lambda row: [unblocked])


def reopen(
    memory: Memory, mission_id: str, *, reason: str = "", agent: str | None = None
) -> Mission:
    """Completed -> Queued."""
    reopened = ev.MissionReopened(mission=mission_id, reason=reason)
    return _move(memory, mission_id, "reopen", agent, lambda row: [reopened])


def _move(
    memory: Memory,
    mission_id: str,
    move: str,
    agent: str | None,
    happened: Callable[[Row], list[ev.Happening]],
) -> Mission:
    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        row = asking.require(memory, mission_id)
        refuse_illegal(row, move)
        return happened(row)

    memory.change(decide, who(memory, agent))
    return asking.get(memory, mission_id)


def refuse_illegal(row: Row, move: str) -> None:
    """Refused (1) where the move is not legal from the row's status."""
    if row["status"] in MOVES[move]:
        return
    way = _WAYS.get((move, row["status"]), f"it must be {' or '.join(sorted(MOVES[move]))}")
    raise Refused(
        f"cannot {move} {row['id']}: it is {row['status']}",
        way.format(id=row["id"]),
        "illegal-move",
    )


def moves_to(row: Row, status: str, reason: str) -> list[ev.Happening]:
    """The move that leads from the row's status to `status`, if one does."""
    wanted = {name.lower(): name for name in STATUSES}.get(status.lower())
    if wanted is None:
        raise Misused(f"no status {status[:40]!r}", f"one of {', '.join(STATUSES)}")
    mission, now = row["id"], row["status"]
    if wanted == now:
        return []
    moves: dict[tuple[str, str], ev.Happening] = {
        (BLOCKED, IN_PROGRESS): ev.MissionUnblocked(mission=mission, to=IN_PROGRESS),
        (BLOCKED, CURRENT): ev.MissionUnblocked(mission=mission, to=CURRENT),
        (BLOCKED, QUEUED): ev.MissionUnblocked(mission=mission),
        (COMPLETED, QUEUED): ev.MissionReopened(mission=mission),
        (COMPLETED, CURRENT): ev.MissionReopened(mission=mission, to=CURRENT),
        (QUEUED, CURRENT): ev.MissionPromoted(mission=mission),
        (CURRENT, QUEUED): ev.MissionDemoted(mission=mission),
    }
    if wanted == IN_PROGRESS and now in MOVES["start"]:
        return [ev.MissionStarted(mission=mission)]
    if wanted == COMPLETED and now in MOVES["complete"]:
        return [ev.MissionCompleted(mission=mission)]
    if wanted == BLOCKED and now in MOVES["block"]:
        if not reason:
            raise Misused("a block needs a reason", "add --reason '...'")
        return [ev.MissionBlocked(mission=mission, reason=reason)]
    if (now, wanted) not in moves:
        raise Refused(
            f"no move leads from {now} to {wanted}",
            f"block {mission} and unblock it to queue it again" if now == IN_PROGRESS else "",
            "illegal-move",
        )
    return [moves[now, wanted]]


def _checked(fields: Row) -> Row:
    """The fields that were given, in their right shapes."""
    given = {key: content for key, content in fields.items() if content is not None}
    for key, content in given.items():
        if key not in SETTABLE:
            raise Misused(f"a mission has no field {key!r}", f"one of {', '.join(SETTABLE)}")
        if key in LISTS and not _is_list_of_texts(content):
            raise Misused(f"{key} is a list of texts")
        if key in DICTS and not isinstance(content, dict):
            raise Misused(f"{key} is a mapping")
        if isinstance(content, str) and len(content) > LONGEST_TEXT:
            raise Misused(f"{key} is longer than {LONGEST_TEXT} characters")
    if "name" in given:
        given["name"] = _name(given["name"])
    return given


def _is_list_of_texts(content: object) -> bool:
    return isinstance(content, (list, tuple)) and all(isinstance(item, str) for item in content)


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise Misused("a name is text")
    one_line = " ".join(name.split())
    if not one_line:
        raise Misused("a mission needs a name")
    if len(one_line) > LONGEST_NAME:
        raise Misused(f"a name has at most {LONGEST_NAME} characters, this one {len(one_line)}")
    return one_line


def _refuse_known(db: sqlite3.Connection, mission_id: str) -> None:
    row = db.execute(
        "SELECT id, planned FROM missions WHERE lower(id) = lower(?) ORDER BY id = ? DESC LIMIT 1",
        (mission_id, mission_id),
    ).fetchone()
    if row is None or (row[0] == mission_id and not row[1]):
        return
    if row[0] == mission_id:
        hint = f"`git cmos mission show {mission_id}` shows it"
        raise Refused(f"mission {mission_id} exists already", hint, "known-mission")
    raise Refused(
        f"{mission_id} differs from {row[0]} by case only", "choose another id", "known-mission"
    )


def sprint_if_new(db: sqlite3.Connection, sprint_id: object) -> list[ev.Happening]:
    """What adds the sprint, where nobody has added it."""
    if sprint_id and len(str(sprint_id)) > 100:
        raise Misused("a sprint id has 1 to 100 characters")
    if not sprint_id or db.execute("SELECT 1 FROM sprints WHERE id = ?", (sprint_id,)).fetchone():
        return []
    return [ev.SprintAdded(sprint=str(sprint_id), fields={"title": str(sprint_id)})]
