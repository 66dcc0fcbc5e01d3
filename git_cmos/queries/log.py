"""The work log, and where each word about a mission was said."""

from __future__ import annotations

from git_cmos.cells import unpacked
from git_cmos.clock import iso
from git_cmos.model import Carrier, LogEntry, Whereabouts
from git_cmos.queries import missions
from git_cmos.queries.reach import Reach, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory

ACTIONS = ("start", "complete", "blocked", "unblocked", "commit", "note")


def entries(
    memory: Memory,
    mission: str | None = None,
    *,
    agent: str | None = None,
    action: str | None = None,
    since: int | None = None,
    limit: int = -1,
) -> list[LogEntry]:
    """The work log, newest first; since: microseconds since 1970."""
    conditions, values = ["1"], []
    if mission is not None:
        conditions.append(
            "(mission_id = ? OR id IN (SELECT event_id FROM event_missions WHERE mission_id = ?))"
        )
        values += [mission, mission]
    for column, wanted in (("agent = ?", agent), ("action = ?", action), ("at >= ?", since)):
        if wanted is not None:
            conditions.append(column)
            values.append(wanted)  # type: ignore[arg-type]
    rows = memory.db.execute(
        "SELECT ts, agent, mission_id, action, status, summary, commit_oid, next_hint, details"  # noqa: S608 - our own conditions
        f" FROM session_events WHERE {' AND '.join(conditions)} ORDER BY at DESC, id DESC LIMIT ?",
        (*values, limit),
    ).fetchall()
    files = memory.repo.objects.files({row[6] for row in rows if row[6]}) if rows else {}
    return [_entry(row, files) for row in rows]


def _entry(row: tuple[Any, ...], files: dict[str, list[str]]) -> LogEntry:
    ts, agent, mission, action, status, summary, commit, hint, details = row
    return LogEntry(
        at=ts,
        agent=agent,
        mission_id=mission,
        action=action,
        status=status,
        summary=summary,
        commit=commit,
        files=files.get(commit, []),
        next_hint=hint,
        details=unpacked(details),
    )


_SAID = """
    SELECT c.oid, c.at, c.subject, c.struck, k.kind, k.body FROM claims k
    JOIN commits c ON c.oid = k.oid WHERE k.subject = ? ORDER BY c.at, c.oid, k.place
"""
_WORDS = {
    "MissionWorked": "work",
    "MissionStarted": "start",
    "MissionCompleted": "complete",
    "MissionBlocked": "block",
    "MissionUnblocked": "unblock",
}


def where(memory: Memory, mission_id: str) -> Whereabouts:
    """Which commits said what of the mission, on which branches; every carrier is listed."""
    mission = missions.get(memory, mission_id)
    rows = memory.db.execute(_SAID, (f"mission:{mission_id}",)).fetchall()
    reach = Reach(memory)
    reach.ask({row[0] for row in rows})
    claims: dict[str, list[str]] = {}
    for oid, _, _, _, kind, _ in rows:
        claims.setdefault(oid, []).append(_WORDS.get(kind, kind))
    commits = {row[0]: row for row in rows}
    return Whereabouts(
        mission=mission,
        commits=[
            Carrier(
                oid=oid,
                at=iso(at),
                subject=subject,
                claims=list(dict.fromkeys(claims[oid])),
                refs=_refs(reach, oid),
                landed=oid not in reach.unlanded,
                reverted_by=struck,
            )
            for oid, at, subject, struck, _, _ in commits.values()
        ],
    )


def _refs(reach: Reach, oid: str) -> list[str]:
    if oid in reach.unlanded:
        return reach.branches(oid)
    tag = reach.tag(oid)
    return [short(reach.landing()[0]), *([short(tag)] if tag else [])]
