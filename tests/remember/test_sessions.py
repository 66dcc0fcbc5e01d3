"""Sessions, captures, next steps, the work log's manual entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from git_cmos.memory import Memory
from tests.conftest import Repository


def ask(repo: Repository, *args: str, status: int = 0) -> Any:
    answer = repo.run(*args, "--json")
    assert answer.status == status, answer
    return json.loads(answer.out)


def tell(repo: Repository, *args: str) -> str:
    answer = repo.run(*args)
    assert answer.status == 0, answer.err
    return answer.out


def refused(repo: Repository, status: int, *args: str) -> str:
    answer = repo.run(*args)
    assert (answer.status, answer.out) == (status, ""), answer
    assert len(answer.err.splitlines()) <= 2
    return answer.err


def begin(repo: Repository, title: str = "Plan", *args: str) -> Any:
    return ask(repo, "session", "start", "--type", "planning", "--title", title, *args)


def test_a_session_from_beginning_to_end(repo: Repository) -> None:
    begun = begin(repo, "Sprint 01 planning", "--sprint", "Sprint 01")
    assert begun["id"].startswith("PS-20")
    assert begun["id"].endswith("-001")
    assert (begun["status"], begun["sprint_id"]) == ("active", "Sprint 01")
    tell(repo, "session", "capture", "decision", "Use PostgreSQL", "--context", "known well")
    tell(repo, "session", "capture", "learning", "Passport.js requires Express")
    tell(repo, "session", "capture", "constraint", "Two weeks")
    tell(repo, "session", "capture", "context", "Tokens live for a day")
    tell(repo, "session", "capture", "next-step", "Define the schema")
    done = ask(
        repo, "session", "complete", "--summary", "Scoped", "--next-steps", "a", "--next-steps", "b"
    )
    assert (done["status"], done["summary"]) == ("completed", "Scoped")
    assert [c["category"] for c in done["captures"]] == [
        *("decision", "learning", "constraint", "context", "next-step"),
    ]
    assert done["next_steps"] == ["Define the schema", "a", "b"]
    assert ask(repo, "session", "show", done["id"]) == done
    assert ask(repo, "session", "show", "PS-") == done
    assert ask(repo, "session", "show", done["key"]) == done
    decision = ask(repo, "decision", "list")[0]
    assert (decision["title"], decision["rationale"]) == ("Use PostgreSQL", "known well")
    assert decision["session_id"] == done["id"]
    assert {f["kind"] for f in ask(repo, "fact", "list", "--session", done["id"])} == {
        *("learning", "constraint"),
    }
    assert [s["id"] for s in ask(repo, "sprint", "list")] == ["Sprint 01"]
    repo.digest()


def test_one_session_for_each_agent(repo: Repository) -> None:
    first = begin(repo, "One", "--agent", "ann")
    assert first["id"] in refused(
        repo, 1, "session", "start", "--type", "review", "--title", "Two", "--agent", "ann"
    )
    second = begin(repo, "Two", "--agent", "bob")
    assert second["id"][-3:] == "002"
    tell(repo, "session", "capture", "context", "of bob", "--agent", "bob")
    assert [c["content"] for c in ask(repo, "session", "show", second["id"])["captures"]] == [
        "of bob"
    ]
    assert "several sessions" in refused(
        repo, 1, "session", "capture", "context", "x", "--agent", "cid"
    )
    tell(repo, "session", "cancel", "--agent", "ann", "--reason", "no time")
    assert ask(repo, "session", "show", first["id"])["status"] == "canceled"
    tell(repo, "session", "capture", "context", "by the only one", "--agent", "cid")
    assert "is canceled" in refused(
        repo, 1, "session", "capture", "context", "x", "--session", first["id"]
    )


def test_without_a_session_nothing_is_captured(repo: Repository) -> None:
    for words in (["capture", "context", "x"], ["complete", "--summary", "x"], ["cancel"]):
        assert "session start" in refused(repo, 1, "session", *words)


@pytest.mark.parametrize(
    "words",
    [
        ["capture", "context", ""],
        ["capture", "context", "x" * 1001],
        ["capture", "thought", "x"],
        ["complete", "--summary", "s", "--next-steps", "x" * 501],
        ["complete", "--summary", "s", *(["--next-steps", "x"] * 26)],
        ["complete"],
        ["start", "--type", "party", "--title", "x"],
        ["start", "--type", "review"],
        ["log", "--type", "start"],
    ],
)
def test_what_is_wrong_with_the_words_is_said_and_keeps_the_session(
    repo: Repository, words: list[str]
) -> None:
    begin(repo)
    refused(repo, 129, "session", *words)
    assert ask(repo, "session", "list")[0]["status"] == "active"
    assert ask(repo, "session", "list")[0]["captures"] == []


def test_lists_are_filtered_and_paged(repo: Repository) -> None:
    for number in range(5):
        kind = "planning" if number % 2 else "review"
        tell(repo, "session", "start", "--type", kind, "--title", f"t{number}")
        tell(repo, "session", "complete", "--summary", "s")
    every = [s["title"] for s in ask(repo, "session", "list")]
    assert every == ["t4", "t3", "t2", "t1", "t0"]
    assert [s["title"] for s in ask(repo, "session", "list", "-n", "2", "--offset", "1")] == [
        *("t3", "t2"),
    ]
    assert [s["title"] for s in ask(repo, "session", "list", "--type", "planning")] == ["t3", "t1"]
    assert ask(repo, "session", "list", "--status", "active") == []
    assert ask(repo, "session", "list", "--since", "2999-01-01") == []
    assert max(map(len, tell(repo, "session", "list").splitlines())) <= 80


def test_next_steps_are_ticked_off(repo: Repository) -> None:
    repo.commit("work", "Mission: B1.1", "Next-Step: Write the docs")
    begin(repo)
    tell(repo, "session", "capture", "next-step", "Define the schema")
    assert [s["content"] for s in ask(repo, "session", "steps")] == [
        "Write the docs",
        "Define the schema",
    ]
    tell(repo, "session", "tick", "Write the docs")
    step = ask(repo, "session", "steps")[0]
    assert step["content"] == "Define the schema"
    tell(repo, "session", "tick", step["id"][-6:])
    assert ask(repo, "session", "steps") == []
    assert all(s["done_at"] for s in ask(repo, "session", "steps", "--all"))
    tell(repo, "session", "tick", "Write the docs", "--undo")
    assert len(ask(repo, "session", "steps")) == 1
    assert "session steps" in refused(repo, 1, "session", "tick", "Nothing")
    repo.digest()


def test_a_next_step_of_a_commit_goes_with_the_commit(repo: Repository) -> None:
    repo.switch("side", "-c")
    repo.commit("work", "Mission: B1.1", "Next-Step: Write the docs")
    assert len(ask(repo, "session", "steps")) == 1
    assert ask(repo, "session", "steps", "--at", "main") == []
    repo.switch("main")
    repo.git("branch", "-D", "side")
    assert ask(repo, "session", "steps") == []


def test_the_log_by_hand_moves_missions_where_its_word_does(repo: Repository) -> None:
    tell(repo, "mission", "add", "B1.1", "One")
    tell(repo, "session", "log", "--type", "start", "--mission", "B1.1", "--summary", "begin")
    assert ask(repo, "mission", "show", "B1.1")["status"] == "In Progress"
    tell(repo, "session", "log", "--type", "blocked", "--mission", "B1.1", "--summary", "no key")
    assert ask(repo, "mission", "show", "B1.1")["blocked_reason"] == "no key"
    assert "unblock" in refused(
        repo, 1, "session", "log", "--type", "complete", "--mission", "B1.1"
    )
    tell(
        repo, "session", "log", "--mission", "B1.1", "--summary", "a note", "--details", '{"n": 1}'
    )
    tell(
        repo,
        "session",
        "log",
        "--type",
        "commit",
        "--summary",
        "c",
        "--details",
        "hash=1",
        "--agent",
        "GitHook",
    )
    lines = ask(repo, "log")
    assert [(e["action"], e["mission_id"], e["agent"]) for e in lines[:2]] == [
        ("commit", None, "GitHook"),
        ("note", "B1.1", "A U Thor"),
    ]
    assert lines[0]["details"] == {"text": "hash=1"}
    assert lines[1]["details"] == {"n": 1}
    assert "no mission" in refused(repo, 1, "session", "log", "--mission", "B9", "--summary", "x")
    repo.digest()


def test_a_session_open_for_a_day_is_reported(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repo)
    assert ask(repo, "status")["problems"] == []
    monkeypatch.setenv("CMOS_CLOCK_OFFSET", str(25 * 3600))
    assert "has been open since" in ask(repo, "status")["problems"][0]


def test_two_clones_number_their_sessions_alike(repo: Repository, tmp_path: Path) -> None:
    """Before they meet; then the later one shows the end of its key."""
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "other"))
    other = Repository(tmp_path / "other")
    here, there = begin(repo, "Here"), begin(other, "There")
    assert here["id"] == there["id"]
    repo.git("fetch", "-q", str(other.path), "+refs/cmos/ledger/*:refs/cmos/remotes/o/*")
    found = ask(repo, "session", "list")
    assert [s["title"] for s in found] == ["There", "Here"]
    assert found[1]["id"] == here["id"]
    assert found[0]["id"] == f"{here['id']}-{there['key'][-4:]}"
    assert ask(repo, "session", "show", here["id"])["title"] == "Here"
    both = f"is in several sessions: {here['id']}, {found[0]['id']}"
    assert any(both in problem for problem in ask(repo, "status")["problems"])
    tell(repo, "session", "cancel", "--session", found[0]["id"])
    assert ask(repo, "status")["problems"] == []
    with Memory.open(str(repo.path)) as memory:
        assert memory.db.execute("SELECT count(DISTINCT id) FROM sessions").fetchone() == (2,)
    repo.digest()


def test_commits_that_name_a_session_belong_to_it(repo: Repository) -> None:
    begun = begin(repo)
    tell(repo, "session", "capture", "learning", "told first")
    oid = repo.commit(
        "work",
        f"Session: {begun['id']}",
        "Mission: B1.1",
        "Decision: Use SQLite",
        "Constraint: one file",
        "Fact: port: 8080",
        "Next-Step: Write the docs",
    )
    shown = ask(repo, "session", "show", begun["id"])
    assert {(c["category"], c["content"], c["commit"]) for c in shown["captures"]} == {
        ("learning", "told first", None),
        ("decision", "Use SQLite", oid),
        ("constraint", "one file", oid),
        ("next-step", "Write the docs", oid),
    }
    assert shown["next_steps"] == ["Write the docs"]
    assert [(c["oid"], c["subject"]) for c in shown["commits"]] == [(oid, "work")]
    assert oid[:9] in tell(repo, "session", "show", begun["id"])
    assert ask(repo, "session", "list") == [shown]
    assert ask(repo, "session", "list", "--at", "HEAD~1")[0]["commits"] == []


def test_the_nearest_names_are_offered(repo: Repository) -> None:
    begun = begin(repo)
    tell(repo, "session", "capture", "next-step", "Define the schema")
    typo = begun["id"].replace("PS-", "SP-")
    assert f"did you mean {begun['id']}?" in refused(repo, 1, "session", "show", typo)
    assert "did you mean Define the schema?" in refused(
        repo, 1, "session", "tick", "define the scheme"
    )


def test_of_two_steps_with_the_same_words_the_oldest_to_do_is_ticked(repo: Repository) -> None:
    begin(repo)
    for _ in range(2):
        tell(repo, "session", "capture", "next-step", "Again")
    first, second = ask(repo, "session", "steps")
    tell(repo, "session", "tick", "Again")
    assert ask(repo, "session", "steps") == [second]
    tell(repo, "session", "tick", "Again")
    assert ask(repo, "session", "steps") == []
    assert first["id"] != second["id"]


def test_details_that_are_no_json_are_kept_as_text(repo: Repository) -> None:
    for details in ('{"n": NaN}', "[1,", "[" * 5000):
        tell(repo, "session", "log", "--type", "commit", "--summary", "s", "--details", details)
        assert ask(repo, "log")[0]["details"] == {"text": details}
    repo.digest()
