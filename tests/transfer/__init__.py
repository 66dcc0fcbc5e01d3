"""Small faithful samples of what the older tools left behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Repository

BACKLOG = """\
# pack.yaml
name: Planning.SprintPlan.v1
version: 1.0.0
displayName: A plan
---
missionId: SP-MAIN-001
objective: Sell things.
domainFields:
  type: Planning.SprintPlan.v1
  sprints:
  - sprintId: Sprint 1
    title: Open the shop
    focus: A counter and a door
    status: Completed
    missions:
    - id: B1.1
      name: Counter
      status: Completed
      completed_at: '2025-10-31T20:27:04Z'
      notes: Oak, varnished
    - id: B1.2
      name: Door
      status: Completed
      completed_at: '2025-10-31T21:40:54Z'
      notes: Opens inwards
  - sprintId: Sprint 2
    title: Sell
    focus: Customers
    status: Current
    missions:
    - id: B2.1
      name: Prices
      status: Current
    - id: B2.2
      name: Till
      status: Blocked
      notes: no coins
  - sprintId: Sprint 3
    title: Grow
    status: Planned
    missions:
    - id: B3.1
      name: Second shop
      status: Queued
  missionDependencies:
  - {from: B1.1, to: B1.2, type: Blocks}
  - from: B2.1
    to: B2.2
    type: Blocks
"""

MISSION = """\
name: "Build.Implementation.v1"
version: "1.0.0"

---

missionId: "B1.2"

objective: "To build a door."

context: |
  People come in.
  People go out.

successCriteria:
  - "It opens"
  - "It closes"

deliverables:
  - "A door"

domainFields:
  type: "Build.Implementation.v1"
  handoffContext:
    blockers: []
    nextMission: "B2.1: Prices"
"""

LOG: list[dict[str, Any]] = [
    {
        "ts": "2025-10-31T21:08:20Z",
        "mission": "B1.2",
        "action": "start",
        "status": "in_progress",
        "agent": "codex",
        "summary": "Hang the door",
    },
    {
        "ts": "2025-10-31T21:15:16Z",
        "mission": "B1.2",
        "action": "commit",
        "status": "commit",
        "agent": "git-hook",
        "summary": "feat: hinges",
        "details": {"hash": "0321adcd", "files": ["door.py"], "mission": "B1.2"},
    },
    {
        "ts": "2025-10-31T21:41:21Z",
        "mission": "B1.2",
        "action": "complete",
        "status": "completed",
        "agent": "codex",
        "summary": "The door hangs",
        "details": {"next_hint": "B2.1 promoted to Current"},
    },
]

PROJECT = {
    "project": {"name": "Shop", "status": "template"},
    "working_memory": {
        "last_session": "2025-11-01T21:26:26Z",
        "domains": {
            "main": {
                "critical_facts": ["The door opens inwards"],
                "constraints": ["No dogs"],
                "decisions_made": ["Oak, not pine"],
            }
        },
    },
}

MASTER = {
    "project": {"name": "Shop"},
    "key_decisions_log": [
        {
            "date": "2025-01-27",
            "decision": "One counter",
            "rationale": "There is room for one.",
            "impact": "Queues",
        },
        {"date": "2025-01-27", "decision": "Cash only", "rationale": "It is simpler."},
    ],
    "learnings_and_facts": [
        {"category": "User Requirements", "fact": "They want bread", "captured": "2025-01-27"}
    ],
}


def write_all(folder: Path) -> Path:
    """A folder as its user left it."""
    (folder / "missions" / "sprint-01").mkdir(parents=True)
    (folder / "missions" / "backlog.yaml").write_text(BACKLOG)
    (folder / "missions" / "sprint-01" / "B1.2_Front_Door.yaml").write_text(MISSION)
    (folder / "SESSIONS.jsonl").write_text("".join(json.dumps(it) + "\n" for it in LOG))
    (folder / "PROJECT_CONTEXT.json").write_text(json.dumps(PROJECT, indent=2))
    (folder / "MASTER_CONTEXT.json").write_text(json.dumps(MASTER, indent=2))
    return folder


def bring(repo: Repository, *args: str, status: int = 0) -> Any:
    """What `git cmos import` answers."""
    answer = repo.run("import", *args, "--json")
    assert answer.status == status, answer
    return json.loads(answer.out)


def counts(answer: Any) -> dict[str, tuple[int, ...]]:
    """kind -> (rows, imported, already there, set aside); the first is the sum of the rest."""
    found = {kind: tuple(count.values()) for kind, count in answer["kinds"].items()}
    assert all(rows == sum(rest) for rows, *rest in found.values()), found
    return found
