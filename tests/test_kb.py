"""The knowledge base: search over the documents of a commit."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.conftest import Repository

GUIDE = """# Guide

Start with the C++ parser; mission B1.1 made it.

## Deploying

Run `make deploy`. Ünïcode works, so does 数据库迁移 and "quoted text".
A line of no use.
"""


@pytest.fixture
def library(repo: Repository) -> Repository:
    put(repo, "docs/guide.md", GUIDE)
    put(repo, "src/parser.py", "# C++ parser\n")
    put(repo, "notes.txt", "nothing about anything\n")
    return repo


def put(repo: Repository, name: str, text: str) -> None:
    path = repo.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    repo.git("add", name)
    repo.commit(f"write {name}")


def ask(repo: Repository, *args: str, status: int = 0) -> Any:
    answer = repo.run(*args, "--json")
    assert answer.status == status, answer
    return json.loads(answer.out)


def places(repo: Repository, *words: str) -> list[str]:
    answer = repo.run("kb", "search", "--json", "--", *words)
    assert answer.status in (0, 1), answer
    return [f"{found['path']}:{found['line']}" for found in json.loads(answer.out)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["C++"], ["docs/guide.md:3"]),
        (["B1.1"], ["docs/guide.md:3"]),
        (["b1.1", "PARSER"], ["docs/guide.md:3"]),
        (["parser", "deploy"], []),
        (["depl"], ["docs/guide.md:5"]),
        (['"make deploy"'], ["docs/guide.md:7"]),
        (['"deploy make"'], []),
        (["ünïcode"], ["docs/guide.md:7"]),
        (["迁移"], ["docs/guide.md:7"]),
        (['"quoted'], ["docs/guide.md:7"]),
        (["++"], ["docs/guide.md:3"]),
        (["`make"], ["docs/guide.md:7"]),
        (["-x"], []),
        (["NEAR(", "AND", "*"], []),
    ],
)
def test_words_are_literal(library: Repository, words: list[str], found: list[str]) -> None:
    assert places(library, *words) == found


def test_only_what_changed_is_read(library: Repository) -> None:
    assert ask(library, "kb", "index") == {"documents": 2, "read": 2, "passages": 3}
    put(library, "docs/more.md", "more words\n")
    assert ask(library, "kb", "index") == {"documents": 3, "read": 1, "passages": 4}
    library.git("rm", "-q", "docs/guide.md")
    library.commit("drop the guide")
    assert ask(library, "kb", "index") == {"documents": 2, "read": 0, "passages": 2}
    assert places(library, "parser") == []


def test_the_past_has_its_own_documents(library: Repository) -> None:
    put(library, "docs/guide.md", "# Guide\n\nAll new.\n")
    assert places(library, "parser") == []
    answer = library.run("kb", "search", "parser", "--at", "HEAD~1")
    assert "docs/guide.md:3" in answer.out
    assert places(library, "new") == ["docs/guide.md:3"]


def test_nothing_found_is_exit_status_1(library: Repository) -> None:
    answer = library.run("kb", "search", "zebra")
    assert (answer.status, answer.out) == (1, "nothing in the documents of this commit\n")
    assert library.run("kb", "search").status == 129


def test_a_damaged_or_missing_index_is_made_anew(library: Repository) -> None:
    assert places(library, "deploy") != []
    index = library.path / ".cmos" / "kb.db"
    index.write_bytes(b"no database at all" * 1000)
    assert places(library, "deploy") != []
    index.unlink()
    assert places(library, "deploy") != []


def test_it_narrows_to_paths(library: Repository) -> None:
    library.git("config", "cmos.kb.paths", "notes.txt")
    assert places(library, "parser") == []
    assert places(library, "anything") == ["notes.txt:1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_checkout_is_searched_in_memory(library: Repository) -> None:
    library.run("init")
    os.chmod(library.path / ".cmos", 0o500)
    try:
        assert places(library, "deploy") != []
    finally:
        os.chmod(library.path / ".cmos", 0o700)


def test_an_unborn_branch_has_no_documents(tmp_path: Any) -> None:
    empty = Repository.create(tmp_path / "empty")
    assert ask(empty, "kb", "index") == {"documents": 0, "read": 0, "passages": 0}
    assert places(empty, "x") == []
