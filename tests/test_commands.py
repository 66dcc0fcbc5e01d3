"""Every command: what it prints, its JSON shape (SPEC §3), its exit status, its way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository

MISSION_KEYS = [
    *("id", "name", "status", "sprint_id", "objective", "context", "success_criteria"),
    *("deliverables", "reference_docs", "domain_fields", "notes", "metadata", "created_at"),
    *("started_at", "completed_at", "validation_score", "approval_state", "planned", "needs"),
    *("enables", "blocked_reason", "claimed_by", "reach", "refs"),
]


@pytest.fixture
def shop(repo: Repository) -> Repository:
    """Three told missions in one sprint; B1.2 needs B1.1."""
    for words in (
        ("sprint", "add", "sprint-01", "--title", "Open the shop", "--start", "2026-01-05"),
        ("mission", "add", "B1.1", "Schema", "--sprint", "sprint-01", "--criterion", "it loads"),
        ("mission", "add", "B1.2", "Log in", "--sprint", "sprint-01", "--agent", "ada"),
        ("mission", "add", "B1.3", "Mail"),
        ("mission", "depends", "B1.1", "B1.2", "--type", "Blocks"),
    ):
        answer = repo.run(*words)
        assert answer.status == 0, answer.err
    return repo


def ask(repo: Repository, *args: str) -> Any:
    answer = repo.run(*args, "--json")
    assert answer.status == 0, answer.err
    return json.loads(answer.out)


def refused(repo: Repository, status: int, *args: str) -> str:
    """The error line and its hint."""
    answer = repo.run(*args)
    assert answer.status == status, (args, answer)
    assert "Traceback" not in answer.err
    assert answer.err.startswith("fatal: " if status == 128 else "error: ")
    assert len(answer.err.splitlines()) <= 2
    return answer.err


def test_next_follows_the_order_of_the_seeds(shop: Repository) -> None:
    found = ask(shop, "next")
    assert list(found) == ["mission", "reason", "waiting"]
    assert (found["mission"]["id"], found["mission"]["status"]) == ("B1.1", "Current")
    assert list(found["mission"]) == MISSION_KEYS
    shop.run("mission", "start", "B1.3", "--agent", "bob")
    assert ask(shop, "next")["mission"]["id"] == "B1.3"
    shop.run("mission", "start", "B1.1", "--agent", "ada")
    assert ask(shop, "next", "--agent", "ada")["mission"]["id"] == "B1.1"
    assert ask(shop, "next", "--agent", "bob")["mission"]["id"] == "B1.3"


def test_next_says_why_each_mission_waits(shop: Repository) -> None:
    shop.run("mission", "complete", "B1.3")
    shop.run("mission", "block", "B1.1", "--reason", "no disk", "--need", "a disk")
    found = ask(shop, "next")
    assert found["mission"] is None
    waiting = {entry["id"]: entry["reason"] for entry in found["waiting"]}
    assert waiting == {
        "B1.2": "waits for B1.1, which is Blocked",
        "B1.1": "blocked: no disk",
    }
    assert "git cmos mission unblock" in shop.run("next").out


def test_done_elsewhere_is_not_done_here(shop: Repository) -> None:
    shop.switch("feat/x", "-c")
    shop.commit("schema", "Mission-Complete: B1.1")
    assert ask(shop, "next")["mission"]["id"] == "B1.2"
    shop.switch("main")
    found = ask(shop, "next")
    assert found["mission"]["id"] == "B1.3"
    assert found["waiting"][0]["reason"] == (
        "waits for B1.1, completed on feat/x, not on this branch"
    )
    shop.git("merge", "-q", "feat/x")
    assert ask(shop, "next")["mission"]["id"] == "B1.2"


def test_what_is_enabled_comes_after_what_enables_it(repo: Repository) -> None:
    repo.run("mission", "add", "A1", "late")
    repo.run("mission", "add", "A2", "early")
    repo.run("mission", "depends", "A2", "A1", "--type", "Enables")
    assert ask(repo, "next")["mission"]["id"] == "A2"
    repo.run("mission", "block", "A2", "--reason", "x")
    assert ask(repo, "next")["mission"]["id"] == "A1"


def test_an_explicit_current_wins_over_the_order(shop: Repository) -> None:
    shop.run("mission", "update", "B1.3", "--status", "Current")
    assert ask(shop, "next")["mission"]["id"] == "B1.3"


@pytest.mark.parametrize(
    ("moves", "status", "way_out"),
    [
        ([("complete", "B1.1"), ("complete", "B1.1")], "Completed", "nothing is left"),
        ([("complete", "B1.1"), ("start", "B1.1")], "Completed", "reopen B1.1"),
        ([("complete", "B1.1"), ("block", "B1.1", "--reason", "x")], "Completed", "reopen B1.1"),
        ([("block", "B1.1", "--reason", "x"), ("complete", "B1.1")], "Blocked", "unblock B1.1"),
        ([("start", "B1.1"), ("start", "B1.1")], "In Progress", "already"),
        ([("unblock", "B1.1")], "Current", "must be Blocked"),
        ([("reopen", "B1.1")], "Current", "must be Completed"),
    ],
)
def test_an_illegal_move_is_refused_with_the_way_out(
    shop: Repository, moves: list[tuple[str, ...]], status: str, way_out: str
) -> None:
    for move in moves[:-1]:
        assert shop.run("mission", *move).status == 0
    assert way_out in refused(shop, 1, "mission", *moves[-1])
    assert ask(shop, "mission", "show", "B1.1")["status"] == status


def test_moves_leave_their_traces(shop: Repository) -> None:
    shop.run("mission", "start", "B1.1", "--agent", "codex", "--summary", "begin")
    shop.run("mission", "block", "B1.1", "--reason", "no keys", "--need", "keys")
    shop.run("mission", "unblock", "B1.1", "--resolution", "keys came", "--to", "In Progress")
    shop.run("mission", "complete", "B1.1", "--notes", "done", "--score", "0.7")
    mission = ask(shop, "mission", "show", "B1.1")
    assert list(mission) == [*MISSION_KEYS, "events"]
    assert mission["status"] == "Completed"
    assert (mission["validation_score"], mission["approval_state"]) == (0.7, "needs_review")
    assert (mission["notes"], mission["blocked_reason"]) == ("done", None)
    actions = [event["action"] for event in reversed(mission["events"])]
    assert actions == ["start", "blocked", "unblocked", "complete"]
    assert list(mission["events"][0]) == [
        *("at", "agent", "mission_id", "action", "status", "summary", "commit", "files"),
        *("next_hint", "details"),
    ]
    assert mission["events"][-1]["agent"] == "codex"
    assert mission["events"][-2]["details"] == {"needs": ["keys"], "reason": "no keys"}
    shop.run("mission", "reopen", "B1.1", "--reason", "not done at all")
    assert ask(shop, "mission", "show", "B1.1")["completed_at"] is None


def test_update_changes_fields_and_moves(shop: Repository) -> None:
    shop.run("mission", "update", "B1.3", "--notes", "first", "--objective", "send mail")
    shop.run("mission", "update", "B1.3", "--status", "blocked", "--reason", "no server")
    shop.run("mission", "update", "B1.3", "--status", "Current", "--notes", "server came")
    mission = ask(shop, "mission", "show", "B1.3")
    assert (mission["status"], mission["notes"]) == ("Current", "server came")
    assert mission["objective"] == "send mail"
    assert "name a field" in refused(shop, 129, "mission", "update", "B1.3")
    assert "no status" in refused(shop, 129, "mission", "update", "B1.3", "--status", "Done")


def test_an_unknown_mission_is_answered_with_the_nearest(shop: Repository) -> None:
    assert "did you mean B1.1" in refused(shop, 1, "mission", "show", "B1.11")
    assert "did you mean B1.1" in refused(shop, 1, "mission", "start", "b1.1")
    answer = shop.run("where", "nothing-like-it", "--json")
    assert answer.status == 1
    assert json.loads(answer.err)["error"]["code"] == "unknown-mission"


@pytest.mark.parametrize(
    "mission",
    [
        "$(id)",
        "-x",
        "--output=x",
        "a\nb",
        "../x",
        "a..b",
        "B1.lock",
        "b.LOCK",
        "B1.",
        "x" * 300,
        "",
    ],
)
def test_hostile_ids_are_refused(shop: Repository, mission: str) -> None:
    refused(shop, 1, "mission", "add", "--", mission, "name")
    assert len(ask(shop, "mission", "list")) == 3


def test_an_id_may_not_differ_by_case_only(shop: Repository) -> None:
    assert "by case only" in refused(shop, 1, "mission", "add", "b1.1", "name")
    assert "exists already" in refused(shop, 1, "mission", "add", "B1.1", "name")


def test_a_mission_known_from_commits_can_be_planned_afterwards(repo: Repository) -> None:
    repo.commit("begin it", "Mission: B9.1")
    assert ask(repo, "mission", "show", "B9.1")["planned"] is False
    repo.run("mission", "add", "B9.1", "A better name")
    mission = ask(repo, "mission", "show", "B9.1")
    assert (mission["planned"], mission["name"], mission["status"]) == (
        True,
        "A better name",
        "In Progress",
    )


def test_circles_are_refused_by_name(shop: Repository) -> None:
    shop.run("mission", "depends", "B1.3", "B1.2")
    said = refused(shop, 1, "mission", "depends", "B1.1", "B1.3")
    assert "B1.1 needs B1.3 needs B1.2 needs B1.1" in said
    assert "B1.1 needs B1.1" in refused(shop, 1, "mission", "depends", "B1.1", "B1.1")
    assert "known already" in refused(shop, 1, "mission", "depends", "B1.3", "B1.2")
    assert "no mission" in refused(shop, 1, "mission", "depends", "B1.3", "B7")
    shop.run("mission", "depends", "B1.3", "B1.2", "--remove")
    assert ask(shop, "mission", "depends", "B1.1", "B1.3")["needs"] == ["B1.3"]


def test_status_has_its_shape(shop: Repository) -> None:
    found = ask(shop, "status")
    assert list(found) == [
        *("view", "sprint", "active", "current", "blocked", "queued", "completed"),
        *("recent", "problems"),
    ]
    assert (found["queued"], found["current"]["id"]) == (3, "B1.1")
    assert found["sprint"]["id"] == "sprint-01"
    assert "all branches, standing on main" in shop.run("status").out


def test_where_tells_commits_and_branches(shop: Repository) -> None:
    first = shop.commit("work", "Mission: B1.1", file="a")
    shop.switch("feat/x", "-c")
    second = shop.commit("done", "Mission-Complete: B1.1", file="a")
    found = ask(shop, "where", "B1.1")
    assert [c["oid"] for c in found["commits"]] == [first, second]
    assert [(c["claims"], c["landed"], c["refs"]) for c in found["commits"]] == [
        (["work"], True, ["main"]),
        (["complete"], False, ["feat/x"]),
    ]
    shop.git("revert", "--no-edit", "HEAD")
    reverted = ask(shop, "where", "B1.1")["commits"][1]
    assert reverted["reverted_by"] == shop.git("rev-parse", "HEAD")


def test_diff_says_what_shipped(shop: Repository) -> None:
    shop.git("tag", "v1")
    shop.commit("done", "Mission-Complete: B1.1")
    shop.commit("new", "Mission: C1")
    found = ask(shop, "diff", "v1..HEAD")
    assert [(d["mission"], (d["before"] or {}).get("status")) for d in found] == [
        ("B1.1", "Current"),
        ("C1", None),
    ]
    assert ask(shop, "diff", "v1..") == found
    assert ask(shop, "diff", "HEAD..HEAD") == []
    for bad in ("HEAD", "HEAD...v1", "nope..HEAD", "--output=x..HEAD"):
        refused(shop, 128, "diff", "--", bad)


def test_log_filters(shop: Repository) -> None:
    oid = shop.commit("work", "Mission: B1.1, B1.2", "Agent: codex", file="dir/f")
    shop.run("mission", "start", "B1.3", "--agent", "ada")
    everything = ask(shop, "log")
    assert [entry["action"] for entry in everything] == ["start", "commit"]
    assert everything[1]["commit"] == oid
    assert everything[1]["files"] == ["dir/f"]
    assert everything[1]["agent"] == "codex"
    assert ask(shop, "log", "B1.2") == [everything[1]]
    assert ask(shop, "log", "--agent", "ada") == [everything[0]]
    assert ask(shop, "log", "--action", "commit") == [everything[1]]
    assert ask(shop, "log", "--since", "2024-01-01") == [everything[0]]
    assert ask(shop, "log", "-n", "1") == [everything[0]]
    assert ask(shop, "log", "-n", "0") == []
    assert "is no date" in refused(shop, 129, "log", "--since", "someday")


def test_sprints(shop: Repository) -> None:
    shop.run("mission", "complete", "B1.1")
    found = ask(shop, "sprint", "show", "sprint-01")
    assert (found["missions"], found["completed"], found["status"]) == (2, 1, "Planned")
    assert [m["id"] for m in found["backlog"]] == ["B1.1", "B1.2"]
    shop.run("sprint", "update", "sprint-01", "--status", "current", "--focus", "speed")
    assert [s["focus"] for s in ask(shop, "sprint", "list", "--status", "Current")] == ["speed"]
    assert "exists already" in refused(shop, 1, "sprint", "add", "sprint-01")
    assert "did you mean sprint-01" in refused(shop, 1, "sprint", "show", "sprint-02")
    assert "is a date" in refused(shop, 129, "sprint", "add", "s2", "--start", "tomorrow")
    shop.run("mission", "add", "C1", "later", "--sprint", "Sprint 02")
    assert [s["id"] for s in ask(shop, "sprint", "list")] == ["sprint-01", "Sprint 02"]


@pytest.mark.parametrize(
    "rev", ["nope", "--output=p", "-x", "HEAD\nHEAD", "HEAD:file", "v1.0", "", "HEAD~99"]
)
def test_bad_revisions_run_nothing(shop: Repository, rev: str) -> None:
    refused(shop, 128, "mission", "list", f"--at={rev}")
    assert not (shop.path / "p").exists()


def test_outside_a_repository_every_command_says_so(tmp_path: Path) -> None:
    place = Repository(tmp_path)
    for words in (["next"], ["status"], ["init"], ["mission", "add", "B1", "x"], ["db", "health"]):
        assert "not a git repository" in refused(place, 128, *words)


def test_usage_errors_are_129_and_suggest(shop: Repository) -> None:
    assert "did you mean status" in refused(shop, 129, "statsu")
    assert "did you mean start" in refused(shop, 129, "mission", "strat")
    refused(shop, 129, "mission", "add", "B9")
    refused(shop, 129, "next", "--nope")
    refused(shop, 129, "mission", "block", "B1.1")


def test_every_command_has_help(shop: Repository) -> None:
    from git_cmos.cli.app import COMMANDS

    for name in COMMANDS:
        answer = shop.run(name, "-h")
        assert answer.status == 0
        assert answer.out.startswith("Usage: git cmos ")
        assert max(map(len, answer.out.splitlines())) <= 80


def test_text_never_carries_control_characters(repo: Repository) -> None:
    nasty = "x\x1b]52;c;aGk=\x07\x9b31m\u202eevil\u200b\r"
    repo.run("mission", "add", "B1.1", f"name {nasty}")
    repo.commit(f"subject {nasty}", f"Mission-Block: B1.2 {nasty}", f"Agent: {nasty}")
    for words in (["next"], ["status"], ["log"], ["mission", "list"], ["where", "B1.2"]):
        for form in ([], ["--json"]):
            out = repo.run(*words, *form).out
            unsafe = [c for c in out if not c.isprintable() and c != "\n"]
            assert not unsafe, (words, unsafe)


def test_lines_fit_into_eighty_columns(shop: Repository) -> None:
    long = "A very long name " * 12
    shop.run("mission", "add", "LONG-" + "x" * 50, long, "--objective", long)
    shop.commit("subject " * 20, f"Mission-Block: B1.3 {long}")
    shop.run("mission", "start", "B1.1", "--summary", long)
    for words in (["next"], ["status"], ["log"], ["mission", "list"], ["where", "B1.3"]):
        for line in shop.run(*words).out.splitlines():
            assert len(line) <= 80, (words, line)


def test_the_demo_walks_through(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answer = Repository(tmp_path).run("demo", "shop")
    assert answer.status == 0, answer.err
    for words in ("feat/login, not on this branch", "reverted", "Completed → In Progress"):
        assert words in answer.out
    assert "is not empty" in refused(Repository(tmp_path), 1, "demo", "shop")
