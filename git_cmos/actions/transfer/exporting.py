"""Export: the state in files that people, the older tools and `import` read.

backlog.yaml, SESSIONS.jsonl (the work log), PS_SESSIONS.jsonl (planning sessions) and the contexts
show the state as it is in the view, claims of commits included. events.jsonl holds what was told,
event by event: that is what brings another repository to the same told state; claims of commits
travel with the commits.
"""

from __future__ import annotations

import json
import os

from git_cmos import journal
from git_cmos.actions.files import write
from git_cmos.actions.storage import told_digest
from git_cmos.actions.transfer import lines
from git_cmos.errors import Cannot
from git_cmos.events import compact, encode
from git_cmos.formats import yaml
from git_cmos.model import CONTEXTS
from git_cmos.queries import contexts as asking
from git_cmos.queries import log, missions, sessions
from git_cmos.queries import status as standing
from git_cmos.values import fields_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.model import LogEntry, Mission, Sprint

FOLDER = os.path.join("cmos", "export")


@value
class Written:
    """A file of an export. changed: whether it had to be written."""

    path: str
    bytes: int
    changed: bool


@value
class Exported:
    """told_digest: a name for what was told (see `storage.told_digest`); None unless all of it
    was exported."""

    files: list[Written]
    told_digest: str | None


def export(memory: Memory, what: str, output: str | None = None) -> Exported:
    """Write `what` (a key of `PARTS`, or "all") into the folder `output`, or into `cmos/export`
    of this worktree. A file whose content is there already is left alone.

    Cannot (128) in a bare repository without `output`, or where nothing can be written.
    """
    folder = output or _default(memory)
    files = []
    for name, text in documents(memory, what).items():
        path = os.path.join(folder, name)
        changed = _content(path) != text.encode()
        if changed:
            write(path, text)
        files.append(Written(path, len(text.encode()), changed))
    return Exported(files, told_digest(memory) if what == "all" else None)


def documents(memory: Memory, what: str) -> dict[str, str]:
    """The files of an export, name -> content: the same state gives the same bytes."""
    parts = PARTS if what == "all" else {what: PARTS[what]}
    return {name: text for part in parts.values() for name, text in part(memory).items()}


def _default(memory: Memory) -> str:
    top = memory.repo.toplevel()
    if not top:
        raise Cannot("a bare repository has no place for an export", "--output DIR names one")
    return os.path.join(os.path.relpath(top), FOLDER)


def _content(path: str) -> bytes | None:
    """What a file holds; None for what is none, or must not be followed."""
    if not os.path.isfile(path) or os.path.islink(path):
        return None
    with open(path, "rb") as file:
        return file.read()


# -- backlog.yaml ------------------------------------------------------------------------------

_PACK = {
    "name": "Planning.SprintPlan.v1",
    "version": "1.0.0",
    "displayName": "Sprint plan",
    "description": "Sprints, missions and dependencies, as `git cmos export backlog` writes them.",
    "author": "git cmos",
    "schema": "./schemas/SprintPlan.v1.json",
}
_ENTRY = {  # how a mission's fields are called in the file, in this order
    "id": "id",
    "name": "name",
    "status": "status",
    "created_at": "created_at",
    "started_at": "started_at",
    "completed_at": "completed_at",
    "blocked_reason": "blocked_reason",
    "objective": "objective",
    "context": "context",
    "success_criteria": "successCriteria",
    "deliverables": "deliverables",
    "reference_docs": "referenceDocs",
    "domain_fields": "domainFields",
    "validation_score": "validation_score",
    "approval_state": "approval_state",
    "metadata": "metadata",
    "notes": "notes",
}
_SPRINT = {
    "id": "sprintId",
    "title": "title",
    "focus": "focus",
    "status": "status",
    "start_date": "startDate",
    "end_date": "endDate",
}


def backlog(memory: Memory) -> dict[str, str]:
    """backlog.yaml: two documents, as the older tools read them."""
    listed, sprints = missions.listed(memory), standing.sprints(memory)
    known = {sprint.id for sprint in sprints}
    inner: dict[str, Any] = {"type": _PACK["name"]}
    inner["sprints"] = [_sprint(sprint, listed) for sprint in sprints]
    homeless = [mission for mission in listed if mission.sprint_id not in known]
    if homeless:
        inner["missions"] = [_mission(mission, "sprint_id") for mission in homeless]
    inner["missionDependencies"] = _edges(memory)
    plan = {
        "missionId": "SP-MAIN-001",
        "objective": "Complete every sprint of the plan.",
        "context": "The backlog: what is done, what is under way, what is planned.",
        "successCriteria": [f"All missions of {sprint.id} are Completed." for sprint in sprints],
        "deliverables": ["A backlog whose missions are all Completed."],
        "domainFields": inner,
    }
    return {"backlog.yaml": f"{yaml.write(_PACK)}---\n{yaml.write(plan)}"}


def _sprint(sprint: Sprint, listed: list[Mission]) -> dict[str, Any]:
    fields = {name: getattr(sprint, key) for key, name in _SPRINT.items()}
    own = [_mission(mission) for mission in listed if mission.sprint_id == sprint.id]
    return {**{name: it for name, it in fields.items() if it}, "missions": own}


def _mission(mission: Mission, *more: str) -> dict[str, Any]:
    """What is empty is left out."""
    named = {**_ENTRY, **{key: key for key in more}}
    entry = {name: getattr(mission, key) for key, name in named.items()}
    return {name: it for name, it in entry.items() if it not in (None, "", [], {}, ())}


def _edges(memory: Memory) -> list[dict[str, str]]:
    sql = "SELECT from_id, to_id, type FROM mission_dependencies ORDER BY from_id, to_id, type"
    return [{"from": a, "to": b, "type": type_} for a, b, type_ in memory.db.execute(sql)]


# -- logs --------------------------------------------------------------------------------------

_STATES = {"In Progress": "in_progress", "": ""}


def logs(memory: Memory) -> dict[str, str]:
    """SESSIONS.jsonl: the work log, oldest first; PS_SESSIONS.jsonl: planning sessions."""
    entries = reversed(log.entries(memory))
    planned = [fields_of(one) for one in reversed(sessions.listed(memory))]
    files = {"SESSIONS.jsonl": _json_lines(map(_line, entries))}
    if planned:
        files["PS_SESSIONS.jsonl"] = _json_lines(
            {name: it for name, it in one.items() if it is not None} for one in planned
        )
    return files


def _line(entry: LogEntry) -> dict[str, Any]:
    status = _STATES.get(entry.status, entry.status.lower()) or entry.action
    found: dict[str, Any] = {
        "ts": entry.at,
        "mission": entry.mission_id,
        "action": entry.action,
        "status": status,
        "agent": entry.agent,
        "summary": entry.summary,
    }
    details = {**entry.details, **({"next_hint": entry.next_hint} if entry.next_hint else {})}
    if entry.commit:
        details |= {"hash": entry.commit, "files": entry.files}
    return {**found, "details": details} if details else found


def _json_lines(entries: Iterable[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in entries)


# -- contexts and events -----------------------------------------------------------------------


def contexts(memory: Memory) -> dict[str, str]:
    """PROJECT_CONTEXT.json and MASTER_CONTEXT.json, as `git cmos context` shows them."""
    return {
        f"{name.upper()}.json": json.dumps(
            asking.document(memory, name), ensure_ascii=False, indent=2
        )
        + "\n"
        for name in CONTEXTS
    }


def events(memory: Memory) -> dict[str, str]:
    """events.jsonl: every told event in order, whichever clone told it."""
    told = [
        f'{{"id":{compact(event.id)},"at":{event.at},"actor":{compact(event.actor)},"kind":{compact(kind)},"body":{body}}}\n'
        for event in journal.everything(memory.db)
        for kind, body in [encode(event.what)]
    ]
    head = {"format": lines.FORMAT, "version": lines.VERSION, "events": len(told)}
    return {"events.jsonl": json.dumps(head) + "\n" + "".join(told)}


PARTS: dict[str, Callable[[Memory], dict[str, str]]] = {
    "backlog": backlog,
    "sessions": logs,
    "contexts": contexts,
    "events": events,
}
