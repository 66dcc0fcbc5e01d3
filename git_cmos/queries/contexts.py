"""Contexts: the project as one JSON document, derived from the memory, with what was told of it.

What can be derived is derived; told entries fill in the rest; lists hold both, what was told
first. So a context can never contradict the state that it describes.
"""

from __future__ import annotations

import os

from git_cmos.cells import unpacked
from git_cmos.errors import Refused
from git_cmos.model import COMPLETED, CONSTRAINT, CONTEXTS, LEARNING
from git_cmos.queries import log, remembered, sessions
from git_cmos.queries import status as standing
from git_cmos.queries.next import next_mission
from git_cmos.queries.remembered import About
from git_cmos.remembered import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.model import Mission

    Json = dict[str, Any]

RECENT = 10  # lines of the work log in project_context


def name_of(text: str) -> str:
    """`project` or `master`, in full; Refused (1) for anything else."""
    wanted = text if text.endswith("_context") else f"{text}_context"
    if wanted in CONTEXTS:
        return wanted
    raise Refused(f"no context {text[:40]!r}", "project or master", "unknown-context")


def document(memory: Memory, name: str) -> Json:
    """One context as it stands in this view."""
    derived = _project(memory) if name == "project_context" else _master(memory)
    merged = _merged(derived, told(memory, name))
    merged["project"].setdefault("name", _folder(memory))
    return merged


def told(memory: Memory, name: str) -> Json:
    """What was told of a context, without what is derived."""
    row = memory.db.execute("SELECT content FROM contexts WHERE id = ?", (name,)).fetchone()
    found: Json = unpacked(row[0]) if row else {}
    return found


def _folder(memory: Memory) -> str:
    """The name of the folder that the repository is in."""
    common = memory.repo.place.common_dir.rstrip(os.sep)
    top = os.path.dirname(common) if os.path.basename(common) == ".git" else common
    return os.path.basename(top).removesuffix(".git") or "project"


def _merged(derived: Json, given: Json) -> Json:
    made = dict(derived)
    for key, it in given.items():
        ours = made.get(key)
        if isinstance(ours, dict) and isinstance(it, dict):
            made[key] = _merged(ours, it)
        elif isinstance(ours, list) and isinstance(it, list):
            made[key] = [*it, *(each for each in ours if each not in it)]
        elif key not in made:
            made[key] = it
    return made


def _project(memory: Memory) -> Json:
    state = standing.status(memory, RECENT)
    answer = next_mission(memory)
    last = sessions.listed(memory, limit=1)
    done = memory.db.execute(
        "SELECT id FROM missions WHERE status = ? ORDER BY completed_at DESC, id LIMIT 1",
        (COMPLETED,),
    ).fetchone()
    working: Json = {
        "active_missions": [_brief(mission) for mission in state.active],
        "next_mission": _brief(answer.mission) if answer.mission else None,
        "next_reason": answer.reason,
        "blocked_missions": [
            {**_brief(m), "blocked_reason": m.blocked_reason} for m in state.blocked
        ],
        "last_mission": done[0] if done else None,
        "session_count": memory.db.execute("SELECT count(*) FROM session_rows").fetchone()[0],
        "last_session": last[0].id if last else None,
        "session_history": _history(memory),
        "next_steps": [step.content for step in sessions.next_steps(memory)],
    }
    sprint = state.sprint.id if state.sprint else None
    return {
        "project": {"current_sprint": sprint},
        "working_memory": working,
        "progress": {
            "queued": state.queued,
            "completed": state.completed,
            "blocked": len(state.blocked),
            "in_progress": len(state.active),
        },
    }


def _brief(mission: Mission) -> Json:
    return {"id": mission.id, "name": mission.name, "status": mission.status}


def _history(memory: Memory) -> list[Json]:
    return [
        {
            "ts": entry.at,
            "agent": entry.agent,
            "mission": entry.mission_id,
            "action": entry.action,
            "summary": entry.summary,
        }
        for entry in log.entries(memory, limit=RECENT)
    ]


def _master(memory: Memory) -> Json:
    made = remembered.decisions(memory, superseded=False)
    return {
        "project": {},
        "decisions_made": [
            {
                "date": d.at[:10],
                "decision": d.title,
                "rationale": d.rationale,
                "missions": d.missions,
                "agent": d.agent,
            }
            for d in reversed(made)
        ],
        "constraints": _facts(memory, CONSTRAINT),
        "learnings": _facts(memory, LEARNING),
    }


def _facts(memory: Memory, kind: str) -> list[str]:
    return [it.content for it in reversed(remembered.facts(memory, About(kind=kind)))]


_SNAPSHOT = (
    "SELECT c.id, c.context_id, c.created_at, c.agent, c.source,"
    " coalesce(s.id, c.session_id), c.content_hash"
)
_FROM = " FROM context_snapshots c LEFT JOIN sessions s ON s.key = c.session_id"


def snapshots(memory: Memory, name: str, limit: int = -1) -> list[Snapshot]:
    """The snapshots of one context, newest first, without their content."""
    rows = memory.db.execute(
        f"{_SNAPSHOT}{_FROM} WHERE c.context_id = ? ORDER BY c.at DESC, c.id DESC LIMIT ?",
        (name, limit),
    )
    return [_snapshot(row, None) for row in rows]


def snapshot(memory: Memory, name: str) -> Snapshot:
    """The snapshot of this id or hash, or of an unambiguous beginning (hash) or ending (id) of
    it of at least four characters; Refused (1) otherwise."""
    rows = memory.db.execute(f"{_SNAPSHOT}, c.content{_FROM}").fetchall()
    exact = [row for row in rows if name in (row[0], row[6])]
    near = [r for r in rows if len(name) >= 4 and (r[6].startswith(name) or r[0].endswith(name))]
    found = exact or near
    if len({row[6] for row in found}) == 1:
        *fields, content = found[-1]
        return _snapshot(fields, unpacked(content))
    if found:
        raise Refused(f"{name[:80]!r} names several snapshots", "write more of it", "ambiguous")
    hint = "`git cmos context history master` shows them"
    raise Refused(f"no snapshot {name[:80]!r}", hint, "unknown-snapshot")


def _snapshot(row: Sequence[Any], content: Json | None) -> Snapshot:
    names = ("id", "context", "at", "agent", "source", "session_id", "hash")
    return Snapshot(**dict(zip(names, row, strict=True)), content=content)
