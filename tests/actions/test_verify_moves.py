"""move-illegal: judged in the view from the commit that makes the move."""

from __future__ import annotations

from tests.actions.test_verify import findings, only, plan, rules, tell
from tests.conftest import Repository


def test_completing_twice(repo: Repository) -> None:
    plan(repo, "B1.1")
    first = repo.commit("end", "Mission-Complete: B1.1")
    second = repo.commit("end again", "Mission-Complete: B1.1 once more")
    found = only(repo, "move-illegal")
    assert (found.level, found.commit, found.mission) == ("error", second, "B1.1")
    assert found.message == (
        f"'Mission-Complete: B1.1', but B1.1 is Completed here since {first[:9]}"
    )
    assert found.hint == "drop the line; 'Mission: B1.1' credits later work to it"


ILLEGAL = {
    ("Mission-Complete: B1.1", "Mission-Block: B1.1 why"): "drop the line; or `git cmos mission",
    ("Mission-Complete: B1.1", "Mission-Start: B1.1"): "drop the line; or `git cmos mission reopen",
    ("Mission-Start: B1.1", "Mission-Start: B1.1 again"): "drop the line: it is being worked on",
    ("Mission: B1.1", "Mission-Start: B1.1"): "drop the line: it is being worked on already",
    ("Mission-Block: B1.1 x", "Mission-Start: B1.1"): "say 'Mission-Unblock: B1.1' above it, or",
    ("Mission-Block: B1.1 x", "Mission-Complete: B1.1"): "say 'Mission-Unblock: B1.1' above it, or",
    ("Mission: B1.1", "Mission-Unblock: B1.1"): "drop the line: nothing blocks B1.1 here",
    ("Mission: none", "Mission-Unblock: B1.1"): "drop the line: nothing blocks B1.1 here",
}


def test_moves_that_are_none(repo: Repository) -> None:
    ids = [f"M{number}" for number in range(len(ILLEGAL))]
    plan(repo, *ids)
    for mission, lines in zip(ids, ILLEGAL, strict=True):
        for line in lines:
            repo.commit("work", line.replace("B1.1", mission))
    found = findings(repo)
    assert [(f.rule, f.mission) for f in found] == [("move-illegal", mission) for mission in ids]
    for finding, hint in zip(found, ILLEGAL.values(), strict=True):
        assert finding.hint.startswith(hint.replace("B1.1", finding.mission or "")), finding


def test_moves_that_are_legal(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    repo.commit("block", "Mission-Block: B1.1 no keys")
    repo.commit("block for another reason", "Mission-Block: B1.1 no money either")
    repo.commit("go on and begin", "Mission-Unblock: B1.1 here they are", "Mission-Start: B1.1")
    repo.commit("work and end", "Mission: B1.1", "Mission-Complete: B1.1")
    repo.commit("a detail", "Mission: B1.1")
    repo.commit("begin, said twice", "Mission: B1.2", "Mission-Start: B1.2")
    repo.commit("end, unsaid", "Mission-Complete: B1.2", "Mission-Complete: B1.2")
    assert rules(repo) == []


def test_what_was_told_before_counts_and_what_was_told_after_does_not(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    repo.commit("before", "Mission-Complete: B1.1")
    tell(repo, "complete", "B1.2")
    assert rules(repo) == []
    oid = repo.commit("after", "Mission-Complete: B1.2")
    found = only(repo, "move-illegal")
    assert (found.commit, found.mission) == (oid, "B1.2")
    assert found.message.endswith("B1.2 is Completed here, as was told")


def test_reopened_with_a_command_it_may_be_completed_anew(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("end", "Mission-Complete: B1.1")
    tell(repo, "reopen", "B1.1")
    repo.commit("end again", "Mission-Complete: B1.1 once more")
    assert rules(repo) == []


def test_two_branches_may_complete_the_same(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.switch("topic", "-c")
    repo.commit("end", "Mission-Complete: B1.1 on topic")
    repo.switch("main")
    repo.commit("end", "Mission-Complete: B1.1 on main")
    assert rules(repo, everything=True) == []
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    assert rules(repo) == []
    repo.commit("end", "Mission-Complete: B1.1 after all")
    assert rules(repo) == ["move-illegal"]


def test_what_another_branch_says_does_not_make_a_move_legal(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.switch("topic", "-c")
    repo.commit("block", "Mission-Block: B1.1 why")
    repo.switch("main")
    oid = repo.commit("unblock", "Mission-Unblock: B1.1")
    log = {entry["summary"]: entry["status"] for entry in repo.json("log", "--action", "unblocked")}
    assert log == {"unblock": "Queued"}  # in the whole view the unblock is legal
    assert [finding.commit for finding in findings(repo, everything=True)] == [oid]


def test_a_cherry_pick_is_no_second_completion(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.switch("topic", "-c")
    oid = repo.commit("end", "Mission-Complete: B1.1", file="a")
    repo.switch("main")
    repo.commit("elsewhere", file="b")
    repo.git("cherry-pick", oid)
    assert rules(repo, everything=True) == []
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    assert rules(repo, everything=True) == []


def test_a_cherry_pick_on_top_of_its_own_origin_is_no_second_completion(repo: Repository) -> None:
    plan(repo, "B1.1")
    oid = repo.commit("end", "Mission-Complete: B1.1", file="a")
    repo.commit("change", file="a")
    repo.git("cherry-pick", "--allow-empty", "-X", "theirs", "--keep-redundant-commits", oid)
    assert rules(repo) == []


def test_a_revert_makes_room_for_the_same_move(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("end", "Mission-Complete: B1.1", file="a")
    repo.git("revert", "--no-edit", "HEAD")
    repo.commit("end again", "Mission-Complete: B1.1 better", file="a")
    assert rules(repo) == []


def test_a_reverted_illegal_move_is_settled(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.commit("end again", "Mission-Complete: B1.1 once more", file="a")
    assert rules(repo) == ["move-illegal"]
    repo.git("revert", "--no-edit", "HEAD")
    assert rules(repo) == []
    repo.git("revert", "--no-edit", "HEAD")  # brings it back
    assert rules(repo) == ["move-illegal"]


def test_the_revert_of_another_branch_settles_nothing_here(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.commit("end again", "Mission-Complete: B1.1 once more", file="a")
    repo.switch("topic", "-c")
    repo.git("revert", "--no-edit", "HEAD")
    repo.switch("main")
    assert rules(repo) == ["move-illegal"]
    assert rules(repo, everything=True) == []


def test_renamed_keys_are_quoted_as_they_are_written(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.git("config", "cmos.trailer.mission-unblock", "Task-Resume")
    repo.commit("go on", "Task-Resume: B1.1")
    assert only(repo, "move-illegal").message.startswith("'Task-Resume: B1.1', but")
