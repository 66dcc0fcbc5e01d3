"""git cmos db shell and show: looking into the memory without touching it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from git_cmos.actions import shell
from git_cmos.memory import Memory
from tests.conftest import Repository

needs_sqlite3 = pytest.mark.skipif(not shell.program(), reason="no sqlite3 program here")


@pytest.fixture
def planned(repo: Repository) -> Repository:
    repo.run("mission", "add", "B1.1", "Schema", "--sprint", "sprint-01")
    repo.run("mission", "add", "B1.2", "Log \x1b]52;c;x\x07in")
    return repo


def test_a_statement_is_answered_and_writes_nothing(planned: Repository) -> None:
    sql = "SELECT id, sprint_id FROM missions ORDER BY id"
    answer = planned.run("db", "shell", sql)
    assert answer.out.splitlines() == ["id|sprint_id", "B1.1|sprint-01", "B1.2|"]
    assert json.loads(planned.run("db", "shell", sql, "--json").out)[1] == {
        "id": "B1.2",
        "sprint_id": None,
    }
    for wrong in ("DELETE FROM events", "SELECT nowhere", "SELECT 1; SELECT 2", "\0"):
        answer = planned.run("db", "shell", wrong)
        assert answer.status == 1
        assert answer.err.startswith("error: ")
    assert len(planned.statuses()) == 2


@needs_sqlite3
def test_the_program_runs_on_the_copy(planned: Repository) -> None:
    done = subprocess.run(
        ["git-cmos", "db", "shell"],
        cwd=planned.path,
        input="SELECT id FROM missions;\nDELETE FROM missions;\n",
        capture_output=True,
        text=True,
    )
    assert "B1.2" in done.stdout
    assert "readonly" in done.stderr
    assert len(planned.statuses()) == 2


def test_the_prompt(planned: Repository, tmp_path: Path) -> None:
    lines = iter(["", "SELECT id", "FROM missions;", "SELECT nowhere;", ".quit"])
    said: list[str] = []
    with Memory.open(str(planned.path)) as memory, shell.copied(memory) as path:
        assert shell.run_loop(path, lambda prompt: next(lines), said.append) == 0
        assert not os.access(path, os.W_OK) or os.geteuid() == 0
        folder = os.path.dirname(path)
    assert said[1:] == ["id", "B1.1", "B1.2", "error: no such column: nowhere"]
    assert not os.path.exists(folder)


def test_the_end_of_input_ends_it(planned: Repository) -> None:
    def end(prompt: str) -> str:
        raise EOFError

    with Memory.open(str(planned.path)) as memory, shell.copied(memory) as path:
        assert shell.run_loop(path, end, lambda line: None) == 0


def test_what_is_stored_does_not_reach_the_terminal_raw(planned: Repository) -> None:
    out = planned.cmos("db", "shell", "SELECT name FROM missions")
    assert "\x1b" not in out
    assert "\\x1b]52" in out


def test_no_writing_shell_and_why(planned: Repository) -> None:
    answer = planned.run("db", "shell", "--write")
    assert answer.status == 1
    assert "never written by hand" in answer.err
    assert "mission edit" in answer.err


def test_the_shell_looks_from_a_commit(planned: Repository) -> None:
    before = planned.git("rev-parse", "HEAD")
    planned.commit("unplanned", "Mission: X1")
    sql = "SELECT count(*) FROM missions WHERE id = 'X1'"
    assert planned.cmos("db", "shell", sql).split() == ["count(*)", "1"]
    assert planned.cmos("db", "shell", "--at", before, sql).split()[-1] == "0"


def test_show_backlog_and_current(planned: Repository) -> None:
    assert "sprint-01" in planned.run("db", "show", "backlog").out
    assert [m["id"] for m in json.loads(planned.run("db", "show", "backlog", "--json").out)] == [
        "B1.1",
        "B1.2",
    ]
    assert "memory: sound" in planned.run("db", "show", "current").out
    found = json.loads(planned.run("db", "show", "current", "--json").out)
    assert (found["current"]["id"], found["health"]["ok"]) == ("B1.1", True)
