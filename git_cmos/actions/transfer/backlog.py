"""backlog.yaml and Mission Protocol's mission files -> records."""

from __future__ import annotations

import os
import re

from git_cmos.actions.transfer.records import (
    EdgeRecord,
    MissionRecord,
    Place,
    SprintRecord,
    moment,
    words,
)
from git_cmos.formats import Unreadable, yaml
from git_cmos.formats import json as strict_json
from git_cmos.model import (
    BLOCKED,
    COMPLETED,
    CURRENT,
    DEPENDENCY_TYPES,
    DICTS,
    IN_PROGRESS,
    LISTS,
    QUEUED,
    SPRINT_STATUSES,
    is_id,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.actions.transfer.records import Found

STATUS_WORDS = {
    "queued": QUEUED,
    "planned": QUEUED,
    "pending": QUEUED,
    "todo": QUEUED,
    "current": CURRENT,
    "in progress": IN_PROGRESS,
    "active": IN_PROGRESS,
    "started": IN_PROGRESS,
    "blocked": BLOCKED,
    "completed": COMPLETED,
    "complete": COMPLETED,
    "done": COMPLETED,
}
_SPRINT_WORDS = {
    **{name.lower(): name for name in SPRINT_STATUSES},
    **{"in progress": "Current", "active": "Current", "done": "Completed", "planning": "Planned"},
}
# What the fields of a mission are called in files.
_NAMES = {
    "name": ("name", "title"),
    "objective": ("objective",),
    "context": ("context",),
    "notes": ("notes",),
    "approval_state": ("approval_state", "approvalState"),
    "success_criteria": ("successCriteria", "success_criteria"),
    "deliverables": ("deliverables",),
    "reference_docs": ("referenceDocs", "reference_docs"),
    "domain_fields": ("domainFields", "domain_fields"),
    "metadata": ("metadata",),
}
_TIMES = {
    "created_at": ("created_at", "createdAt"),
    "started_at": ("started_at", "startedAt"),
    "completed_at": ("completed_at", "completedAt"),
}
_OTHERS = {"id", "missionId", "status", "sprint_id", "sprintId", "sprint", "blocked_reason"}
_OTHERS |= {"validation_score", *(n for names in _TIMES.values() for n in names)}
_KNOWN = _OTHERS | {n for names in _NAMES.values() for n in names}
_SPRINT_FOLDER = re.compile(r"sprint[-_ ]?\w+\Z", re.IGNORECASE)


def read(text: str, file: str, found: Found) -> bool:
    """Take in what a YAML stream says; whether it says anything that we know."""
    known = False
    for document in yaml.read(text):
        if not isinstance(document, yaml.Map):
            continue
        inner = document.get("domainFields")
        plan = inner if isinstance(inner, yaml.Map) and "sprints" in inner else document
        if isinstance(plan.get("sprints"), list) or isinstance(plan.get("missions"), list):
            _plan(plan, file, found)
            known = True
        elif "missionId" in document:
            _mission_file(document, file, found)
            known = True
    return known


def _plan(plan: yaml.Map, file: str, found: Found) -> None:
    for sprint in _maps(plan, "sprints", file, found, "sprints"):
        name = _sprint(sprint, file, found)
        for entry in _maps(sprint, "missions", file, found, "missions"):
            _entry(entry, name, file, found)
    for entry in _maps(plan, "missions", file, found, "missions"):
        _entry(entry, None, file, found)
    key = "missionDependencies" if "missionDependencies" in plan else "dependencies"
    for edge in _maps(plan, key, file, found, "dependencies"):
        place = Place(file, edge.line)
        texts = [_said(edge, *names) for names in (("from", "from_id"), ("to", "to_id"))]
        add_edge(found, texts[0], _said(edge, "type") or "Blocks", texts[1], place)


def _maps(holder: yaml.Map, key: str, file: str, found: Found, kind: str) -> list[yaml.Map]:
    """The mappings in a list; whatever else stands there is set aside."""
    items = holder.get(key)
    if items is None:
        return []
    place = Place(file, holder.lines.get(key, holder.line))
    if not isinstance(items, list):
        found.remark(place, f"{key} is no list", aside=True)
        return []
    for item in items:
        if not isinstance(item, yaml.Map):
            found.set_aside(kind, place, f"an entry of {key} is no mapping: {str(item)[:40]!r}")
    return [item for item in items if isinstance(item, yaml.Map)]


def _said(entry: dict[str, Any], *names: str) -> str:
    """The first of these keys that holds a word, as it is written."""
    texts = getattr(entry, "texts", {})
    for name in names:
        if (text := texts.get(name, "").strip() or words(entry.get(name))) and entry[name]:
            return str(text)
    return ""


def _sprint(entry: yaml.Map, file: str, found: Found) -> str | None:
    place = Place(file, entry.line)
    return add_sprint(found, _said(entry, "sprintId", "id", "sprint_id"), entry, place)


def add_sprint(found: Found, id_: str, entry: dict[str, Any], place: Place) -> str | None:
    """Take in a sprint; its id, or None where it has none to live with."""
    name = " ".join(id_.split())
    if not 1 <= len(name) <= 100:
        found.set_aside("sprints", place, "a sprint without an id of 1 to 100 characters")
        return None
    fields = {"title": _said(entry, "title", "name") or name, "focus": _said(entry, "focus")}
    status = _said(entry, "status")
    if status:
        fields["status"] = _SPRINT_WORDS.get(status.lower().replace("_", " "), "")
        if not fields["status"]:
            found.remark(place, f"sprint {name} has the status {status[:40]!r}; taken as Planned")
    for key, names in (
        ("start_date", ("start_date", "startDate")),
        ("end_date", ("end_date", "endDate")),
    ):
        date = _said(entry, *names)
        if date and moment(date) is None:
            found.remark(place, f"{key} {date[:40]!r} is no date; left out")
        elif date:
            fields[key] = date[:10]
    found.add("sprints", SprintRecord(name, {k: it for k, it in fields.items() if it}, place))
    return name


def _entry(entry: yaml.Map, sprint: str | None, file: str, found: Found) -> None:
    place = Place(file, entry.line)
    add_mission(found, _said(entry, "id", "missionId"), entry, place, {}, sprint)


def _mission_file(entry: yaml.Map, file: str, found: Found) -> None:
    """One mission, specified in a file of its own; what the file's name says is a guess."""
    id_ = _said(entry, "missionId")
    stem = os.path.splitext(os.path.basename(file))[0].removeprefix(id_)
    name = " ".join(re.sub(r"[_-]+", " ", stem).split())
    folder = os.path.basename(os.path.dirname(file))
    guessed = {"name": name or id_, "sprint_id": folder if _SPRINT_FOLDER.match(folder) else None}
    add_mission(found, id_, entry, Place(file, entry.lines["missionId"]), guessed)


def add_mission(
    found: Found,
    id_: str,
    entry: dict[str, Any],
    place: Place,
    guessed: dict[str, Any],
    sprint: str | None = None,
) -> None:
    """Take in a mission as a mapping tells of it, in the names of files or of tables."""
    if not is_id(id_):
        found.set_aside("missions", place, f"{id_[:60]!r} is not a mission id")
        return
    fields = _fields(found, entry, place)
    sprint = sprint or " ".join(_said(entry, "sprint_id", "sprintId", "sprint").split())[:100]
    if sprint:
        fields["sprint_id"] = sprint
    written = _said(entry, "status")
    said = written.lower().replace("_", " ").replace("-", " ")
    if said and said not in STATUS_WORDS:
        found.remark(place, f"{id_} has the status {written[:40]!r}; taken as Queued")
    times = {
        key: found.moment(_said(entry, *names), place, f"{id_}'s {key}")
        for key, names in _TIMES.items()
    }
    found.add(
        "missions",
        MissionRecord(
            id=id_,
            fields=fields,
            guessed={key: it for key, it in guessed.items() if it},
            status=STATUS_WORDS.get(said, QUEUED) if said else None,
            reason=_said(entry, "blocked_reason"),
            place=place,
            **times,
        ),
    )


def _fields(found: Found, entry: dict[str, Any], place: Place) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, names in _NAMES.items():
        name = next((n for n in names if entry.get(n) not in (None, "", [], {})), None)
        if name is None:
            continue
        taken = _shaped(key, entry[name], _said(entry, name))
        if taken is None:
            found.remark(place, f"{name} has another shape than is known; left out")
        elif taken not in ("", [], {}):
            fields[key] = taken
    score = entry.get("validation_score")
    if isinstance(score, (int, float)) and not isinstance(score, bool) and 0 <= score <= 1:
        fields["validation_score"] = score
    rest = {key: entry[key] for key in entry if key not in _KNOWN and entry[key] is not None}
    if rest:
        fields["metadata"] = {**rest, **fields.get("metadata", {})}
    if "name" in fields:
        fields["name"] = " ".join(fields["name"].split())[:500]
    return fields


def _shaped(key: str, content: Any, text: str) -> Any:
    """A field in the shape that its column wants, or None; tables hold JSON as text."""
    if key in LISTS or key in DICTS:
        if isinstance(content, str) and content[:1] in "[{":
            try:
                content = strict_json.read(content)
            except Unreadable:
                return None
        if key in DICTS:
            return content if isinstance(content, dict) else None
        items = content if isinstance(content, list) else [content]
        texts = [words(item) for item in items]
        return [it for it in texts if it] if all(texts) else None
    return text or None


def add_edge(found: Found, source: str, type_: str, target: str, place: Place) -> None:
    """Take in a dependency."""
    kind = {name.lower(): name for name in DEPENDENCY_TYPES}.get(type_.lower())
    for name in (source, target):
        if not is_id(name):
            found.set_aside("dependencies", place, f"{name[:60]!r} is not a mission id")
            return
    if kind is None:
        known = ", ".join(DEPENDENCY_TYPES)
        found.set_aside(
            "dependencies", place, f"no dependency type {type_[:40]!r}: it is one of {known}"
        )
        return
    found.add("dependencies", EdgeRecord(source, kind, target, place))
