"""SQL that was written against the older tables works; docs/schema.md is the schema."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_cmos.schema import reference
from tests.conftest import PROJECT, Repository


@pytest.fixture
def shop(repo: Repository) -> Iterator[tuple[Repository, sqlite3.Connection]]:
    for words in (
        ("sprint", "add", "sprint-01", "--title", "Open", "--focus", "shop", "--status", "Current"),
        ("mission", "add", "B1.1", "Schema", "--sprint", "sprint-01", "--objective", "tables"),
        ("mission", "add", "B1.2", "Log in", "--sprint", "sprint-01"),
        ("mission", "add", "B1.3", "Mail", "--sprint", "sprint-01"),
        ("mission", "depends", "B1.1", "B1.2", "--type", "Blocks"),
        ("mission", "complete", "B1.3", "--notes", "sent"),
    ):
        assert repo.run(*words).status == 0
    repo.commit("choose", "Mission: B1.3", "Decision: Use SQLite", "Fact: risk: one file")
    repo.run("status")
    database = sqlite3.connect(repo.path / ".cmos" / "memory.db")
    yield repo, database
    database.close()


def value(database: sqlite3.Connection, sql: str) -> object:
    return database.execute(sql).fetchall()[0][0]  # to the end: nothing is held open


def test_the_statement_that_the_playbook_shows(
    shop: tuple[Repository, sqlite3.Connection],
) -> None:
    rows = shop[1].execute("SELECT * FROM decisions WHERE mission_id LIKE 'B1.%'").fetchall()
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        ("missions", "id, sprint_id, name, status, created_at, completed_at, notes", 3),
        ("missions", "approval_state, validation_score, objective, context, metadata", 3),
        ("missions", "success_criteria, deliverables, reference_docs, domain_fields", 3),
        ("sprints", "id, title, focus, status, start_date, end_date", 1),
        ("mission_dependencies", "from_id, to_id, type", 1),
        ("session_events", "id, ts, mission_id, action, agent, summary, details", 2),
        ("session_events", "mission, status, next_hint", 2),
        ("sessions", "id, type, title, sprint_id, started_at, completed_at, agent, status", 0),
        ("sessions", "summary, captures, next_steps", 0),
        ("decisions", "id, ts, mission_id, title, rationale", 1),
        ("facts", "id, ts, mission_id, kind, content, payload", 1),
        ("contexts", "id, content, updated_at", 0),
        ("context_snapshots", "id, context_id, session_id, source, content_hash, created_at", 0),
        ("project_state", "key, value", 2),
        ("active_missions", "id, name, status, completed_at, notes, sprint_id, sprint_title", 1),
        ("mission_details", "id, name, status, sprint_title, objective, success_criteria", 3),
        ("sprint_summary", "sprint_id, title, status, focus, start_date, end_date", 1),
        ("strategic_decisions", "id, context_id, decision_text, created_at, session_id", 1),
    ],
)
def test_tables_have_their_names_and_columns(
    shop: tuple[Repository, sqlite3.Connection], table: str, columns: str, rows: int
) -> None:
    _, database = shop
    assert len(database.execute(f"SELECT {columns} FROM {table}").fetchall()) == rows  # noqa: S608
    assert value(database, f"SELECT COUNT(*) FROM {table}") == rows  # noqa: S608


def test_what_views_add(shop: tuple[Repository, sqlite3.Connection]) -> None:
    repo, database = shop
    state = dict(database.execute("SELECT * FROM project_state"))
    assert state == {"current_mission": "B1.1", "current_sprint": "sprint-01"}
    assert value(database, "SELECT status FROM active_missions") == "Current"
    summary = database.execute(
        "SELECT total_missions, completed_missions, blocked_missions, decisions_count"
        " FROM sprint_summary"
    ).fetchone()
    assert summary == (3, 1, 0, 1)
    decided = database.execute("SELECT decision_text, sprint_id FROM strategic_decisions")
    assert decided.fetchall() == [("Use SQLite", "sprint-01")]
    assert value(database, "SELECT sprint_title FROM mission_details WHERE id = 'B1.1'") == "Open"
    repo.run("mission", "start", "B1.2")
    state = dict(database.execute("SELECT * FROM project_state"))
    assert state["current_mission"] == "B1.2"
    assert value(database, "SELECT count(*) FROM active_missions") == 1


def test_the_current_mission_is_the_one_that_next_proposes(
    shop: tuple[Repository, sqlite3.Connection],
) -> None:
    repo, database = shop
    for words in (
        ("mission", "complete", "B1.1"),
        ("mission", "block", "B1.2", "--reason", "no keys"),
        ("mission", "unblock", "B1.2"),
        ("mission", "complete", "B1.2"),
    ):
        repo.run(*words)
        found = value(database, "SELECT value FROM project_state WHERE key = 'current_mission'")
        mission = repo.json("next")["mission"]
        assert found == (mission and mission["id"])


def test_the_reference_is_made_from_the_schema() -> None:
    written = (PROJECT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert written == reference.page(), "python -m git_cmos.schema.reference > docs/schema.md"


def test_the_reference_knows_every_table_and_column(tmp_path: Path, repo: Repository) -> None:
    repo.run("status")
    database = sqlite3.connect(repo.path / ".cmos" / "memory.db")
    page = reference.page()
    sections = dict(re.findall(r"### (\w+)\n(.*?)(?=\n##|\Z)", page, re.DOTALL))
    names = [
        name
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master"
            " WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        )
    ]
    assert sorted(sections) == sorted(names)
    for name in names:
        columns = [row[1] for row in database.execute(f"PRAGMA table_xinfo({name})")]
        assert re.findall(r"(?:^\||,|:) `(\w+)`", sections[name], re.MULTILINE) == columns, name
    database.close()
