"""Decisions and facts: told and said in commits, found again, superseded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Repository
from tests.remember.test_sessions import ask, refused, tell


def titles(repo: Repository, *args: str) -> list[str]:
    return [d["title"] for d in ask(repo, "decision", "list", *args)]


@pytest.fixture
def shop(repo: Repository) -> Repository:
    tell(repo, "sprint", "add", "s1")
    tell(repo, "mission", "add", "B1.1", "Parser", "--sprint", "s1")
    tell(repo, "mission", "add", "B1.2", "Mail")
    tell(repo, "decision", "add", "Use C++ for the parser", "--mission", "B1.1", "--agent", "ann")
    tell(
        repo, "decision", "--title", 'Say "no" to B1.2', "--rationale", "Ünïcode 数据库 costs 100%"
    )
    tell(repo, "fact", "--kind", "risk", "--content", "A disk may be full", "--mission", "B1.2")
    tell(repo, "fact", "add", "foo_bar() is slow; see a.b.c", "--kind", "finding")
    return repo


def test_short_and_long_forms_say_the_same(repo: Repository) -> None:
    tell(repo, "decision", "--title", "One", "--rationale", "r")
    tell(repo, "decision", "add", "Two", "--rationale", "r")
    tell(repo, "fact", "--content", "Three")
    assert titles(repo) == ["Two", "One"]
    assert ask(repo, "fact", "list")[0]["kind"] == "fact"
    assert "Usage" in tell(repo, "decision")
    assert "come after" in refused(repo, 129, "decision", "--title", "x", "list")


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (["--mission", "B1.1"], ["Use C++ for the parser"]),
        (["--sprint", "s1"], ["Use C++ for the parser"]),
        (["--agent", "ann"], ["Use C++ for the parser"]),
        (["--mission", "B9"], []),
        (["--until", "2020-01-01"], []),
        (["--since", "2020-01-01", "-n", "1"], ['Say "no" to B1.2']),
    ],
)
def test_lists_are_narrowed(shop: Repository, by: list[str], found: list[str]) -> None:
    assert titles(shop, *by) == found


def words_of(found: list[dict[str, Any]]) -> list[str]:
    return [it.get("title") or it["content"] for it in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("C++", ["Use C++ for the parser"]),
        ("c++ PARSER", ["Use C++ for the parser"]),
        ("B1.2", ['Say "no" to B1.2']),
        ('"', ['Say "no" to B1.2']),
        ('"no"', ['Say "no" to B1.2']),
        ("数据", ['Say "no" to B1.2']),
        ("ünïcode", ['Say "no" to B1.2']),
        ("100%", ['Say "no" to B1.2']),
        ("disk", ["A disk may be full"]),
        ("foo_bar()", ["foo_bar() is slow; see a.b.c"]),
        ("a.b.c", ["foo_bar() is slow; see a.b.c"]),
        ("pars", ["Use C++ for the parser"]),
        ("arser", []),
        ("NOT disk", []),
        ("disk OR parser", []),
        ("*", []),
        ("title:parser", []),
    ],
)
def test_any_text_is_taken_literally(shop: Repository, query: str, found: list[str]) -> None:
    assert words_of(ask(shop, "memory", "search", query)) == found


def test_search_sees_what_came_and_what_went(shop: Repository) -> None:
    assert ask(shop, "decision", "search", "Postgres") == []
    shop.switch("side", "-c")
    shop.commit("choose", "Mission: B1.1", "Decision: Use Postgres", "  It is known well")
    assert words_of(ask(shop, "decision", "search", "postgres known")) == ["Use Postgres"]
    shop.switch("main")
    shop.git("branch", "-D", "side")
    assert ask(shop, "decision", "search", "Postgres") == []


def test_a_decision_is_true_where_its_commit_is(repo: Repository) -> None:
    repo.switch("side", "-c")
    repo.commit("choose", "Decision: Use Postgres", "Mission: B1.1", "Learning: it is quick")
    repo.switch("main")
    assert titles(repo) == ["Use Postgres"]
    assert titles(repo, "--at", "main") == []
    assert titles(repo, "--at", "side") == ["Use Postgres"]
    assert ask(repo, "memory", "list", "--at", "main") == []
    found = ask(repo, "memory", "list")
    assert {it.get("kind", "decision") for it in found} == {"decision", "learning"}
    assert all(it["commit"] and it["missions"] == ["B1.1"] for it in found)


def test_one_gives_way_to_another(shop: Repository) -> None:
    tell(shop, "decision", "add", "Use Rust", "--supersedes", "Use C++ for the parser")
    assert titles(shop, "--active") == ["Use Rust", 'Say "no" to B1.2']
    old = next(d for d in ask(shop, "decision", "list") if "C++" in d["title"])
    new = ask(shop, "decision", "show", old["superseded_by"])
    assert new["title"] == "Use Rust"
    assert "gave way already" in refused(
        shop, 1, "decision", "add", "Use Zig", "--supersedes", old["id"][-8:]
    )
    assert "(superseded)" in tell(shop, "decision", "list")
    shop.digest()


def test_memory_lists_both_newest_first(shop: Repository) -> None:
    found = words_of(ask(shop, "memory", "list"))
    assert found == [
        "foo_bar() is slow; see a.b.c",
        "A disk may be full",
        'Say "no" to B1.2',
        "Use C++ for the parser",
    ]
    assert words_of(ask(shop, "memory", "list", "-n", "2")) == found[:2]
    assert words_of(ask(shop, "memory", "list", "--kind", "risk")) == ["A disk may be full"]
    assert words_of(ask(shop, "memory", "list", "--kind", "decision")) == found[2:]
    assert max(map(len, tell(shop, "memory", "list").splitlines())) <= 80


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (129, ["decision", "add", ""]),
        (129, ["decision", "add", "x" * 1001]),
        (129, ["fact", "add", " "]),
        (1, ["decision", "add", "x", "--mission", "B9"]),
        (1, ["fact", "add", "x", "--session", "PS-2000-01-01-001"]),
        (1, ["decision", "add", "x", "--supersedes", "nothing"]),
        (1, ["decision", "show", "nothing"]),
        (129, ["decision", "list", "--since", "yore"]),
    ],
)
def test_bad_words_change_nothing(repo: Repository, status: int, words: list[str]) -> None:
    refused(repo, status, *words)
    assert ask(repo, "memory", "list") == []


def test_the_seeds_sql_works(shop: Repository) -> None:
    from git_cmos.memory import Memory

    with Memory.open(str(shop.path)) as memory:
        rows = memory.db.execute("SELECT * FROM decisions WHERE mission_id LIKE 'B1.%'").fetchall()
        assert len(rows) == 1
        sql = "SELECT decision, rationale, created_at FROM strategic_decisions"
        active = memory.db.execute(f"{sql} WHERE status = 'active'").fetchall()
        assert len(active) == 2
