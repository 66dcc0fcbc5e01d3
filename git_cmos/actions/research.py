"""A research mission as a report in markdown, to be committed and read by whoever comes next."""

from __future__ import annotations

import json
import os
import re

from git_cmos.actions.files import write
from git_cmos.errors import Cannot, Refused
from git_cmos.model import COMPLETED
from git_cmos.queries import log
from git_cmos.queries import missions as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_cmos.memory import Memory
    from git_cmos.model import Carrier, LogEntry, Mission

FOLDER = os.path.join("cmos", "research")


def export(
    memory: Memory, mission_id: str, *, overwrite: bool = False, allow_incomplete: bool = False
) -> str:
    """Write `cmos/research/<ID>-<slug>.md` in this worktree; its path.

    Refused (1): an unknown mission, one that is not Completed, a file that exists already.
    Cannot (128) in a bare repository, or where the file cannot be written.
    """
    mission = asking.get(memory, mission_id)
    if mission.status != COMPLETED and not allow_incomplete:
        hint = f"`git cmos mission complete {mission.id}` first, or --allow-incomplete"
        raise Refused(f"{mission.id} is {mission.status}, not Completed", hint, "incomplete")
    top = memory.repo.toplevel()
    if not top:
        raise Cannot("a bare repository has no place for a report", "run it in a worktree")
    path = os.path.join(top, FOLDER, f"{mission.id}-{slug(mission.name)}.md")
    if os.path.lexists(path) and not overwrite:
        raise Refused(
            f"{os.path.relpath(path)} exists already", "--overwrite replaces it", "exists"
        )
    write(path, report(memory, mission))
    return path


def slug(name: str) -> str:
    """A name as a part of a file name: lower case, words joined by hyphens, 60 characters."""
    words = re.sub(r"[^\w]+", "-", name.lower()).strip("-_")
    return words[:60].rstrip("-_") or "report"


def report(memory: Memory, mission: Mission) -> str:
    """The report: the plan, what came of it, and what history says of it. The same mission in
    the same state gives the same bytes."""
    said = reversed(log.entries(memory, mission.id))
    commits = log.where(memory, mission.id).commits
    parts = [
        [f"# {mission.id}: {mission.name}"],
        _table(mission),
        _section("Objective", _text(mission.objective)),
        _section("Context", _text(mission.context)),
        _section("Success criteria", _bullets(mission.success_criteria)),
        _section("Deliverables", _bullets(mission.deliverables)),
        _section("Findings", _text(mission.notes)),
        _section("Decisions", _remembered(memory, mission.id, "decisions", "title", "rationale")),
        _section("Facts", _remembered(memory, mission.id, "facts", "kind", "content")),
        _section("References", _bullets(mission.reference_docs)),
        _section("Work log", _log(said)),
        _section("Commits", _commits(commits)),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _table(mission: Mission) -> list[str]:
    score = mission.validation_score
    rows = [
        ("Status", mission.status),
        ("Sprint", mission.sprint_id),
        ("Started", mission.started_at),
        ("Completed", mission.completed_at),
        ("Reach", mission.reach),
        ("Needs", ", ".join(mission.needs)),
        ("Validation", None if score is None else f"{score:g}"),
    ]
    known = [f"| {name} | {_cell(text)} |" for name, text in rows if text]
    return ["", "| | |", "|---|---|", *known]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return ["", f"## {title}", "", *body] if body else []


def _text(text: str | None) -> list[str]:
    return text.strip().splitlines() if text else []


def _bullets(items: Iterable[str]) -> list[str]:
    return [f"- {' '.join(item.split())}" for item in items]


def _remembered(memory: Memory, mission_id: str, table: str, head: str, body: str) -> list[str]:
    rows = memory.db.execute(
        f"SELECT {head}, {body}, ts, agent, missions, commit_oid FROM {table} ORDER BY at, id"  # noqa: S608 - our own names
    )
    lines: list[str] = []
    for title, text, ts, agent, missions, commit in rows:
        if mission_id in json.loads(missions):
            source = f"commit {commit[:12]}" if commit else agent
            lines.append(f"- **{_line(title)}** {_line(text)} ({ts[:10]}, {source})")
    return lines


def _line(text: str) -> str:
    return " ".join(text.split())


def _log(entries: Iterable[LogEntry]) -> list[str]:
    return [
        f"- {entry.at[:16].replace('T', ' ')} {entry.action}:"
        f" {_line(entry.summary)} ({entry.agent})"
        for entry in entries
    ]


def _commits(carriers: Iterable[Carrier]) -> list[str]:
    return [
        f"- `{carrier.oid[:12]}` {_line(carrier.subject)}"
        + (f" (reverted by `{carrier.reverted_by[:12]}`)" if carrier.reverted_by else "")
        for carrier in carriers
    ]
