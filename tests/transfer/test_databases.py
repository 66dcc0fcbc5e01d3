"""Legacy databases, of each format, and memories of our own."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository
from tests.transfer import bring, counts, write_all

LATER = """
CREATE TABLE sprints (id TEXT PRIMARY KEY, title TEXT NOT NULL, focus TEXT, status TEXT,
  start_date TEXT, end_date TEXT, total_missions INTEGER, completed_missions INTEGER);
CREATE TABLE missions (id TEXT PRIMARY KEY, sprint_id TEXT, name TEXT NOT NULL,
  status TEXT NOT NULL, completed_at TEXT, notes TEXT, objective TEXT, context TEXT,
  success_criteria TEXT, deliverables TEXT, reference_docs TEXT, domain_fields TEXT, metadata TEXT);
CREATE TABLE mission_dependencies (from_id TEXT, to_id TEXT, type TEXT);
CREATE TABLE contexts (id TEXT PRIMARY KEY, source_path TEXT, content TEXT, updated_at TEXT);
CREATE TABLE context_snapshots (id INTEGER PRIMARY KEY, context_id TEXT, session_id TEXT,
  source TEXT, content_hash TEXT, content TEXT, created_at TEXT);
CREATE TABLE session_events (id INTEGER PRIMARY KEY, ts TEXT, agent TEXT, mission TEXT,
  action TEXT, status TEXT, summary TEXT, next_hint TEXT, raw_event TEXT NOT NULL);
CREATE TABLE sessions (id TEXT PRIMARY KEY, type TEXT, title TEXT, sprint_id TEXT, started_at TEXT,
  completed_at TEXT, agent TEXT, status TEXT, summary TEXT, captures TEXT, next_steps TEXT,
  metadata TEXT);
CREATE TABLE strategic_decisions (id INTEGER PRIMARY KEY, context_id TEXT, decision_text TEXT,
  created_at TEXT, sprint_id TEXT, session_id TEXT);
CREATE VIEW active_missions AS SELECT id FROM missions WHERE status = 'Current';
"""

FIRST = """
CREATE TABLE missions (id TEXT PRIMARY KEY, sprint_id TEXT, name TEXT, status TEXT,
  created_at TEXT, completed_at TEXT, notes TEXT);
CREATE TABLE sessions (id INTEGER PRIMARY KEY, ts TEXT, mission_id TEXT, action TEXT, agent TEXT,
  summary TEXT, details TEXT);
CREATE TABLE decisions (id INTEGER PRIMARY KEY, ts TEXT, mission_id TEXT, title TEXT,
  rationale TEXT);
CREATE TABLE facts (id INTEGER PRIMARY KEY, ts TEXT, mission_id TEXT, kind TEXT, content TEXT);
CREATE TABLE project_state (key TEXT PRIMARY KEY, value TEXT);
"""


def database(path: Path, schema: str, rows: dict[str, list[tuple[Any, ...]]]) -> str:
    connection = sqlite3.connect(path)
    connection.executescript(schema)
    for table, all_ in rows.items():
        marks = ",".join("?" * len(all_[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", all_)  # noqa: S608
    connection.commit()
    connection.close()
    return str(path)


@pytest.fixture
def later(tmp_path: Path) -> str:
    raw = {"ts": "2025-11-01T10:00:00Z", "needs": ["keys"], "mission": "B1.2", "action": "blocked"}
    captures = [
        {"category": "decision", "content": "Use keys", "timestamp": "2025-11-01T09:10:00Z"},
        {"category": "learning", "content": "Locks jam"},
        {"category": "next-step", "content": "Oil the lock"},
    ]
    return database(
        tmp_path / "cmos.sqlite",
        LATER,
        {
            "sprints": [("s1", "Locks", "Safety", "In Progress", "2025-11-01", None, 2, 1)],
            "missions": [
                (
                    *("B1.1", "s1", "Lock", "Completed", "2025-11-01T08:00:00.5Z", "fits", "shut"),
                    *(None, '["shuts"]', '["a lock"]', "[]", '{"type": "Build"}', None),
                ),
                ("B1.2", "s1", "Key", "Blocked", *([None] * 9)),
            ],
            "mission_dependencies": [("B1.2", "B1.1", "Requires")],
            "contexts": [
                ("master_context", "", '{"decisions_made": ["Doors first"], "phase": "two"}', ""),
                ("project_context", "", "{}", ""),
            ],
            "context_snapshots": [
                (1, "master_context", None, "first", "x", '{"a": 1}', "2025-11-01 07:00:00")
            ],
            "session_events": [
                (
                    *(1, "2025-11-01T10:00:00Z", "claude", "B1.2", "blocked", "blocked"),
                    *("No keys", "ask", json.dumps(raw)),
                )
            ],
            "sessions": [
                (
                    *("PS-2025-11-01-001", "planning", "Plan", "s1", "2025-11-01T09:00:00Z"),
                    *("2025-11-01T09:30:00Z", "ada", "completed", "Planned", json.dumps(captures)),
                    *('["Buy oil"]', None),
                )
            ],
            "strategic_decisions": [
                (1, "master_context", "Doors first", "2025-11-01T07:30:00Z", "s1", None)
            ],
        },
    )


def test_the_later_format(repo: Repository, later: str) -> None:
    before = Path(later).read_bytes()
    found = bring(repo, later)
    assert counts(found) == {
        "sprints": (1, 1, 0, 0),
        "missions": (2, 2, 0, 0),
        "dependencies": (1, 1, 0, 0),
        "sessions": (1, 1, 0, 0),
        "decisions": (2, 1, 1, 0),  # the context lists it again
        "log lines": (1, 1, 0, 0),
        "context entries": (2, 2, 0, 0),
        "snapshots": (1, 1, 0, 0),
    }
    assert repo.statuses() == {"B1.1": "Completed", "B1.2": "Blocked"}
    lock, key = repo.mission("B1.1"), repo.mission("B1.2")
    assert (lock["success_criteria"], lock["domain_fields"]) == (["shuts"], {"type": "Build"})
    assert key["needs"] == ["B1.1"]
    (line,) = key["events"]
    assert (line["agent"], line["next_hint"], line["details"]["needs"]) == (
        "claude",
        "ask",
        ["keys"],
    )
    (session,) = repo.json("session", "list")
    assert (session["id"], session["agent"], session["status"]) == (
        "PS-2025-11-01-001",
        "ada",
        "completed",
    )
    assert [it["content"] for it in session["captures"]] == [
        "Use keys",
        "Locks jam",
        "Oil the lock",
    ]
    titles = {it["title"] for it in repo.json("decision", "list")}
    assert titles == {"Use keys", "Doors first"}
    assert bring(repo, later)["told"] == 0
    repo.digest()
    assert Path(later).read_bytes() == before


def test_the_first_format(repo: Repository, tmp_path: Path) -> None:
    path = database(
        tmp_path / "memory.db",
        FIRST,
        {
            "missions": [
                ("B1.1", "sprint-01", "One", "Completed", "2025-01-01 08:00:00", None, None),
                ("B1.2", "sprint-01", "Two", "Current", "2025-01-01 09:00:00", None, None),
            ],
            "sessions": [
                (1, "2025-01-02 08:00:00", "B1.1", "start", "gpt", "go", None),
                (2, "2025-01-02 09:00:00", "B1.1", "complete", "gpt", "done", '{"tests": 3}'),
                (3, "2025-01-02 10:00:00", "unknown", "commit", "GitHook", "x", "commit=1;files=a"),
            ],
            "decisions": [(1, "2025-01-02 08:30:00", "B1.1", "YAML", "people read it")],
            "facts": [(1, "2025-01-02 08:31:00", "B1.1", "risk", "tabs")],
            "project_state": [("current_mission", '"B1.2"')],
        },
    )
    found = bring(repo, path)
    assert {kind: it[:2] for kind, it in counts(found).items()} == {
        "missions": (2, 2),
        "decisions": (1, 1),
        "facts": (1, 1),
        "log lines": (3, 3),
    }
    assert repo.mission("B1.1")["created_at"] == "2025-01-01T08:00:00Z"
    assert repo.mission("B1.1")["completed_at"] == "2025-01-02T09:00:00Z"
    assert repo.statuses() == {"B1.1": "Completed", "B1.2": "Current"}
    (fact,) = repo.json("fact", "list")
    assert (fact["kind"], fact["missions"]) == ("risk", ["B1.1"])
    assert repo.json("log")[0]["details"] == {"value": "commit=1;files=a"}


def test_files_and_a_database_that_say_the_same(
    repo: Repository, tmp_path: Path, later: str
) -> None:
    """The log as JSON lines and as a table is one log."""
    log = tmp_path / "SESSIONS.jsonl"
    entry = {"ts": "2025-11-01T10:00:00Z", "agent": "claude", "mission": "B1.2", "needs": ["keys"]}
    log.write_text(
        json.dumps({**entry, "action": "blocked", "summary": "No keys", "next_hint": "ask"})
    )
    found = bring(repo, later, str(log))
    assert counts(found)["log lines"][:2] == (2, 2)
    assert len(repo.json("log", "B1.2")) == 2  # the repeated one is a line that moves nothing
    assert repo.status_of("B1.2") == "Blocked"


def test_another_memory_of_ours(repo: Repository, tmp_path: Path) -> None:
    other = Repository.create(tmp_path / "other")
    other.commit("start")
    bring(other, str(write_all(tmp_path / "legacy")))
    other.cmos("mission", "start", "B2.1")
    bring(repo, str(other.path / ".cmos" / "memory.db"))
    assert repo.digest() == other.digest()


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE VIEW missions AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT x AS id FROM n;",
        "CREATE VIRTUAL TABLE missions USING fts5(id, name);",
        "CREATE TABLE other (id);",
    ],
)
def test_what_only_looks_like_a_table_is_not_asked(
    repo: Repository, tmp_path: Path, schema: str
) -> None:
    path = database(tmp_path / "x.db", schema, {})
    (aside,) = bring(repo, path, status=1)["set_aside"]
    assert "nothing in it" in aside["reason"]


def test_damaged_databases(repo: Repository, tmp_path: Path, later: str) -> None:
    whole = Path(later).read_bytes()
    for number, content in enumerate(
        (b"SQLite format 3\0", whole[:3000], whole[:100] + b"\xff" * 4000 + whole[4100:], b"")
    ):
        path = tmp_path / f"d{number}.sqlite"
        path.write_bytes(content)
        answer = bring(repo, str(path), status=1)
        assert answer["set_aside"], number
    connection = sqlite3.connect(tmp_path / "big.db")
    connection.execute("CREATE TABLE facts (content)")
    connection.execute("INSERT INTO facts VALUES (zeroblob(5000000))")
    connection.commit()
    connection.close()
    (aside,) = bring(repo, str(tmp_path / "big.db"), status=1)["set_aside"]
    assert "too big" in aside["reason"]
