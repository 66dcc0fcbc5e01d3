"""Moves, judged in the view from the commit that makes them: what it reaches, what was told
before it. Another branch may know more; that is not this commit's fault."""

from __future__ import annotations

from git_cmos.actions.verify.context import Remark, quote
from git_cmos.actions.verify.past import Past
from git_cmos.events import (
    Happening,
    MissionBlocked,
    MissionCompleted,
    MissionStarted,
    MissionUnblocked,
)
from git_cmos.model import BLOCKED, COMPLETED, IN_PROGRESS, MOVES, QUEUED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.actions.verify.context import Context
    from git_cmos.actions.verify.past import Story
    from git_cmos.events import Event

    Row = dict[str, Any]

_MOVES: dict[type[Happening], str] = {
    MissionStarted: "start",
    MissionCompleted: "complete",
    MissionBlocked: "block",
    MissionUnblocked: "unblock",
}
# A claim can be illegal only where one of these came before it, on whatever branch; an unblock
# needs a look in any case.
_OBSTACLES = {
    "MissionStarted": ("MissionWorked", *(kind.__name__ for kind in _MOVES)),
    "MissionCompleted": ("MissionCompleted", "MissionBlocked"),
    "MissionBlocked": ("MissionCompleted",),
    "MissionUnblocked": None,
}
_MADE = """
    SELECT k.subject, k.kind FROM claims k
    WHERE k.oid = ? AND k.subject LIKE 'mission:%' AND k.kind != 'MissionWorked'
"""
_WHEN = """
    SELECT kind, at, id, NULL FROM events WHERE subject = :subject UNION ALL
    SELECT k.kind, c.at, k.oid || printf('.%04d', k.place), k.oid
    FROM claims k JOIN commits c ON c.oid = k.oid WHERE k.subject = :subject
"""
_NEEDS = """
    SELECT d.needed, d.from_id, d.type, d.to_id, m.status, m.decided_commit
    FROM mission_dependencies d LEFT JOIN missions m ON m.id = d.needed
    WHERE d.needer = ? AND d.hard ORDER BY 1, 2, 3
"""
_WAYS = {
    ("start", IN_PROGRESS): "drop the line: it is being worked on already",
    ("start", BLOCKED): "say '{unblock}: {id}' above it, or in a commit before",
    ("start", COMPLETED): "drop the line; or `git cmos mission reopen {id}`, and commit it anew",
    ("complete", BLOCKED): "say '{unblock}: {id}' above it, or in a commit before",
    ("complete", COMPLETED): "drop the line; '{work}: {id}' credits later work to it",
    ("block", COMPLETED): "drop the line; or `git cmos mission reopen {id}`, and commit it anew",
}
_CROWD = 4000  # commits looked at together: their sets of bits must fit into memory


def illegal(context: Context) -> Iterator[Remark]:
    """A claim that is no legal move where it was made: it is kept in the log, changes nothing."""
    doubtful = {}
    for mission, oids in _claimed(context).items():
        suspects = oids & _suspects(context, mission)
        if suspects:
            doubtful[mission] = suspects
    for crowd in _crowds(context, [[mission] for mission in doubtful]):
        stories = Past(context.memory, [mission for [mission] in crowd]).stories
        for mission, story in stories.items():
            for event, row in story.met(doubtful[mission]):
                move = _MOVES.get(type(event.what))
                if move and (row["status"] if row else QUEUED) not in MOVES[move]:
                    yield _illegal(context, mission, move, event, row)


def _illegal(context: Context, mission: str, move: str, event: Event, row: Row | None) -> Remark:
    status = row["status"] if row else QUEUED
    words = {"id": mission, "work": context.key("mission")}
    way = _WAYS.get((move, status), "drop the line: nothing blocks {id} here")
    return Remark(
        commit=event.commit,
        mission=mission,
        message=f"{quote(context.key(f'mission-{move}'), mission)}, but {mission} is {status}"
        f" here{_since(row)}",
        hint=way.format(**words, unblock=context.key("mission-unblock")),
    )


def _since(row: Row | None) -> str:
    if row is None or row["decided_by"] is None:
        return ""
    return f" since {row['decided_commit'][:9]}" if row["decided_commit"] else ", as was told"


def incomplete_needs(context: Context) -> Iterator[Remark]:
    """A commit completes a mission before what it needs is Completed, as seen from there."""
    completing = _claimed(context, "MissionCompleted")
    needs = {mission: context.db.execute(_NEEDS, (mission,)).fetchall() for mission in completing}
    bundles = [[needer, *{row[0] for row in rows}] for needer, rows in needs.items() if rows]
    for crowd in _crowds(context, bundles):
        stories = Past(context.memory, [mission for bundle in crowd for mission in bundle]).stories
        for mission, *_ in crowd:
            for event, row in stories[mission].met(completing[mission]):
                if isinstance(event.what, MissionCompleted) and not _is_done(row):
                    yield from _open(context, stories, mission, event, needs[mission])


def _is_done(row: Row | None) -> bool:
    return row is not None and row["status"] == COMPLETED


def _open(
    context: Context,
    stories: dict[str, Story],
    mission: str,
    event: Event,
    needs: list[tuple[Any, ...]],
) -> Iterator[Remark]:
    asked: set[str] = set()
    for needed, source, kind, target, anywhere, carrier in needs:
        status = stories[needed].status(event.commit or "", event.order)
        if status == COMPLETED or needed in asked:  # `A Blocks B` and `B Requires A` are one
            continue
        asked.add(needed)
        state, way = f"is {status} here", f"complete {needed} first"
        if anywhere is None:
            state = "nobody has added"
        elif anywhere == COMPLETED and carrier:
            way = f"let what completes {needed} ({carrier[:9]}) come before it: merge, or reorder"
        elif anywhere == COMPLETED:
            way = f"commit it anew: {needed} was told Completed after that"
        yield Remark(
            commit=event.commit,
            mission=mission,
            message=f"{quote(context.key('mission-complete'), mission)}, but it needs {needed},"
            f" which {state}",
            hint=f"{way}; or, if it needs no {needed}, `git cmos mission depends {source}"
            f" {target} --type {kind} --remove`",
        )


def _claimed(context: Context, only: str = "") -> dict[str, set[str]]:
    """mission -> the commits of the range that move it (by claims of one kind), without those
    that were reverted since."""
    found: dict[str, set[str]] = {}
    for oid in context.ours:
        for subject, kind in context.db.execute(_MADE, (oid,)):
            if only in ("", kind) and context.holds(oid):
                found.setdefault(subject.removeprefix("mission:"), set()).add(oid)
    return found


def _suspects(context: Context, mission: str) -> set[str]:
    """The commits whose claims on a mission can be illegal in some view or other."""
    said = context.db.execute(_WHEN, {"subject": f"mission:{mission}"}).fetchall()
    first: dict[str, tuple[int, str]] = {}
    for kind, at, name, _ in said:
        first[kind] = min(first.get(kind, (at, name)), (at, name))
    return {
        oid
        for kind, at, name, oid in said
        if oid and kind in _OBSTACLES and _is_late(kind, (at, name), first)
    }


def _is_late(kind: str, order: tuple[int, str], first: dict[str, tuple[int, str]]) -> bool:
    obstacles = _OBSTACLES[kind]
    return obstacles is None or any(first.get(other, order) < order for other in obstacles)


def _crowds(context: Context, bundles: list[list[str]]) -> Iterator[list[list[str]]]:
    """The bundles of missions in portions, each for one walk of git."""
    crowd: list[list[str]] = []
    size = 0
    for bundle in bundles:
        crowd.append(bundle)
        for mission in bundle:
            sql = "SELECT count(*) FROM claims WHERE subject = ?"
            size += context.db.execute(sql, (f"mission:{mission}",)).fetchone()[0]
        if size > _CROWD:
            yield crowd
            crowd, size = [], 0
    if crowd:
        yield crowd
