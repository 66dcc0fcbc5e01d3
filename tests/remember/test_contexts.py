"""Contexts, snapshots, the onboarding page, prompts of a given size."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Repository
from tests.remember.test_sessions import ask, refused, tell


@pytest.fixture
def shop(repo: Repository) -> Repository:
    tell(repo, "mission", "add", "B1.1", "Schema", "--sprint", "Sprint 01", "--objective", "Tables")
    tell(repo, "mission", "add", "B1.2", "Mail", "--sprint", "Sprint 01")
    tell(repo, "mission", "start", "B1.1", "--summary", "begin")
    tell(repo, "mission", "block", "B1.2", "--reason", "no key")
    tell(repo, "session", "start", "--type", "planning", "--title", "Plan")
    tell(repo, "session", "capture", "decision", "Use PostgreSQL")
    tell(repo, "session", "capture", "constraint", "Two weeks")
    tell(repo, "session", "capture", "learning", "Express is needed")
    tell(repo, "session", "complete", "--summary", "s", "--next-steps", "Write docs")
    return repo


def context(repo: Repository, name: str, *args: str) -> dict[str, Any]:
    return dict(ask(repo, "context", "view", name, *args))


def test_both_are_derived(shop: Repository) -> None:
    both = ask(shop, "context")
    assert list(both) == ["project_context", "master_context"]
    project, master = both["project_context"], both["master_context"]
    assert project["project"] == {"current_sprint": "Sprint 01", "name": "repo"}
    working = project["working_memory"]
    assert working["active_missions"] == [{"id": "B1.1", "name": "Schema", "status": "In Progress"}]
    assert working["next_mission"]["id"] == "B1.1"
    assert working["blocked_missions"][0]["blocked_reason"] == "no key"
    assert working["session_count"] == 1
    assert working["next_steps"] == ["Write docs"]
    assert working["session_history"][0]["action"] == "blocked"
    assert master["decisions_made"][0]["decision"] == "Use PostgreSQL"
    assert master["constraints"] == ["Two weeks"]
    assert master["learnings"] == ["Express is needed"]
    tell(shop, "session", "tick", "Write docs")
    assert context(shop, "project")["working_memory"]["next_steps"] == []


def test_told_entries_fill_in_what_cannot_be_derived(shop: Repository) -> None:
    tell(shop, "context", "set", "project", "project.name", "The shop")
    tell(shop, "context", "set", "project", "working_memory.session_count", "99", "--parse")
    tell(shop, "context", "set", "project", "working_memory.domains.main", '{"a": 1}', "--parse")
    tell(shop, "context", "set", "master", "constraints", '["Zero cost"]', "--parse")
    found = context(shop, "project")
    assert found["project"]["name"] == "The shop"
    assert found["working_memory"]["session_count"] == 1
    assert found["working_memory"]["domains"] == {"main": {"a": 1}}
    assert context(shop, "master_context")["constraints"] == ["Zero cost", "Two weeks"]
    tell(shop, "context", "set", "project", "working_memory.domains", "--unset")
    assert "domains" not in context(shop, "project")["working_memory"]
    shop.digest()


def test_the_last_word_at_a_path_wins(repo: Repository) -> None:
    for path, words in (("a", "text"), ("a.b", "below"), ("a.c", "beside"), ("x.y.z", "deep")):
        tell(repo, "context", "set", "project", path, words)
    found = context(repo, "project")
    assert (found["a"], found["x"]) == ({"b": "below", "c": "beside"}, {"y": {"z": "deep"}})
    repo.digest()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (1, ["set", "other", "a", "b"]),
        (129, ["set", "project", "a"]),
        (129, ["set", "project", "a", "b", "--unset"]),
        (129, ["set", "project", "a..b", "c"]),
        (129, ["set", "project", "", "c"]),
        (129, ["set", "project", ".".join("abcdefghijklmnopq"), "c"]),
        (129, ["set", "project", "k" * 201, "c"]),
        (129, ["set", "project", "a", "{", "--parse"]),
        (129, ["set", "project", "a", "[" * 100_000, "--parse"]),
        (129, ["set", "project", "a", "NaN", "--parse"]),
        (1, ["view", "other"]),
        (1, ["show", "nothing"]),
        (129, ["view", "project", "--budget", "10"]),
    ],
)
def test_bad_words(repo: Repository, status: int, words: list[str]) -> None:
    before = ask(repo, "context")
    refused(repo, status, "context", *words)
    assert ask(repo, "context") == before


def test_snapshots(shop: Repository) -> None:
    first = ask(shop, "context", "snapshot", "master", "--source", "Sprint 01")
    assert "unchanged since" in tell(shop, "context", "snapshot", "master", "--source", "again")
    assert len(ask(shop, "context", "history", "master")) == 1
    tell(shop, "decision", "add", "Use Redis")
    tell(shop, "context", "snapshot", "master", "--source", "later")
    tell(shop, "context", "snapshot", "project", "--source", "p")
    history = ask(shop, "context", "history", "master")
    assert [h["source"] for h in history] == ["later", "Sprint 01"]
    assert [h["content"] for h in history] == [None, None]
    shown = ask(shop, "context", "show", first["hash"][:8])
    assert shown["content"] == first["content"]
    lines = ask(shop, "context", "diff", first["hash"], "master")
    assert '+      "decision": "Use Redis",' in lines
    assert ask(shop, "context", "diff", history[0]["hash"], "master") == []
    shop.digest()


def test_a_page_for_a_cold_start(shop: Repository) -> None:
    for number in range(200):
        shop.commit(f"c{number}", "Mission: B1.1", f"Decision: choice {number} " + "because " * 50)
    page = tell(shop, "onboard")
    assert len(page) < 8000
    assert max(map(len, page.splitlines())) <= 80
    for words in ("# repo", "B1.1 Schema", "no key", "Two weeks", "git cmos next", "Left out: "):
        assert words in page
    assert tell(shop, "session", "onboard") == page
    found = ask(shop, "onboard")
    assert (found["next"]["id"], found["sprint"]["id"]) == ("B1.1", "Sprint 01")
    assert found["next_steps"][0]["content"] == "Write docs"


def test_a_page_of_an_empty_project(repo: Repository) -> None:
    page = tell(repo, "onboard")
    assert "# repo" in page
    assert "there are no missions yet" in page


@pytest.mark.parametrize("budget", [200, 300, 700, 1500, 4000])
def test_a_prompt_within_its_budget(shop: Repository, budget: int) -> None:
    for number in range(20):
        tell(shop, "decision", "add", f"choice number {number} " + "because " * 20)
    text = ask(shop, "context", "--budget", str(budget))["text"]
    assert 0.4 * budget < len(text) <= budget
    if budget >= 300:
        assert "B1.1 Schema" in text
        assert "eft out" in text
    json.dumps(text)
