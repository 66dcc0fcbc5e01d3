"""Squashes: what they drop is found, and `squash-message` says all of it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from tests.actions.test_verify import findings, only, plan, rules, setting
from tests.conftest import Repository


@pytest.fixture
def branch(repo: Repository) -> Repository:
    """main and feat; feat speaks of two missions, main has moved on."""
    plan(repo, "B1.1", "B1.2")
    repo.commit("base", file="a")
    repo.switch("feat", "-c")
    repo.commit("Write the schema", "Mission: B1.1", file="b")
    repo.commit("Finish it", "Mission-Complete: B1.1 done", "Decision: Use SQLite", file="b")
    repo.switch("main")
    return repo


def squash(repo: Repository, message: str, branch: str = "feat") -> str:
    repo.clock += 60
    repo.git("merge", "-q", "--squash", branch)
    repo.git("commit", "-q", "-m", message)
    return repo.git("rev-parse", "HEAD")


def test_a_squash_that_drops_trailers(branch: Repository) -> None:
    oid = squash(branch, "Schema (#12)")
    found = only(branch, "squash-lost", "HEAD~1..")
    assert (found.commit, found.mission, found.level) == (oid, "B1.1", "error")
    assert "squashes feat, and drops 'Mission-Complete: B1.1 done' and 1 more" in found.message
    assert found.line == 1
    base = branch.git("merge-base", "main", "feat")
    message = branch.cmos("squash-message", f"{base}..feat")
    branch.git("commit", "-q", "--amend", "-F", "-", stdin=message)
    assert rules(branch, "HEAD~1..") == []
    assert branch.status_of("B1.1", "--at", "main") == "Completed"


def test_by_patch_id_where_main_went_on(branch: Repository) -> None:
    branch.commit("elsewhere", file="c")
    oid = squash(branch, "Schema (#12)")
    branch.commit("later", file="d")
    assert [it.commit for it in findings(branch, "HEAD~3..")] == [oid]
    assert [it.commit for it in findings(branch, everything=True)] == [oid]
    assert rules(branch, "HEAD^!") == []


def test_by_a_remote_copy_of_the_branch(branch: Repository, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(branch.path), str(tmp_path / "clone")], check=True)
    clone = Repository(tmp_path / "clone", branch.clock)
    clone.cmos("sync")
    clone.git("merge", "-q", "--squash", "origin/feat")
    clone.git("commit", "-q", "-m", "Schema")
    assert "squashes origin/feat" in only(clone, "squash-lost").message


def test_a_branch_that_went_on_after_its_squash(branch: Repository) -> None:
    oid = squash(branch, "Schema")
    branch.switch("feat")
    branch.commit("more", "Mission-Complete: B1.2", file="e")
    branch.switch("main")
    found = only(branch, "squash-lost", "HEAD~1..")
    assert found.commit == oid
    assert "B1.2" not in found.message


def test_what_is_no_loss(branch: Repository) -> None:
    squash(branch, "Schema\n\nMission-Complete: B1.1 done\nDecision: Use SQLite\n")
    assert rules(branch, "HEAD~1..") == []
    branch.git("reset", "-q", "--hard", "HEAD~1")
    squash(branch, "Schema")
    branch.git("revert", "--no-edit", "HEAD")
    assert rules(branch, "HEAD~2..") == []
    branch.git("reset", "-q", "--hard", "HEAD~2")
    branch.git("merge", "-q", "--no-ff", "-m", "merge", "feat")
    assert rules(branch, "HEAD^1..") == []


def test_unrelated_work_is_no_squash(branch: Repository) -> None:
    branch.commit("same file, other words", file="b")
    assert rules(branch, "HEAD~1..") == []


def test_off_it_is_not_looked_for(branch: Repository) -> None:
    squash(branch, "Schema")
    setting(branch, "cmos.verify.squash-lost", "off")
    assert rules(branch, "HEAD~1..") == []


def test_a_message_for_a_squash(branch: Repository) -> None:
    branch.switch("feat")
    branch.commit("fixup! Finish it", "Co-authored-by: Ada <a@b.c>", file="b")
    assert branch.cmos("squash-message", "main..feat") == (
        "Write the schema\n\n* Write the schema\n* Finish it\n\n"
        "Mission-Complete: B1.1 done\nDecision: Use SQLite\nCo-authored-by: Ada <a@b.c>\n"
    )
    assert branch.cmos("squash-message", "--title", "Schema (#12)").startswith("Schema (#12)\n\n* ")
    found = branch.json("squash-message")
    assert (found["range"], found["commits"]) == ("main..HEAD", 3)
    assert found["trailers"][0] == ["Mission-Complete", "B1.1 done"]
    branch.switch("main")
    assert branch.process("squash-message", "HEAD..HEAD").returncode == 1
    assert branch.process("squash-message", "nowhere..").returncode == 128


def test_what_the_branch_took_back_is_not_said(branch: Repository) -> None:
    branch.commit("on main", "Mission-Complete: B1.2", file="m")
    outside = branch.git("rev-parse", "HEAD")
    branch.switch("feat")
    branch.git("merge", "-q", "-m", "Merge branch 'main'", "main")
    branch.git("revert", "--no-edit", "HEAD~1")
    branch.git("revert", "--no-edit", outside)
    said = branch.cmos("squash-message", "main..feat")
    assert "Mission-Complete" not in said
    assert f"This reverts commit {outside}." in said
    branch.switch("main")
    squash(branch, said)
    statuses = branch.statuses("--at", "main")
    assert statuses == branch.statuses("--at", "feat")
    assert statuses["B1.2"] == "Queued"


MOVES = ("Mission", "Mission-Start", "Mission-Complete", "Mission-Block", "Mission-Unblock")


@pytest.mark.parametrize("seed", range(12))
def test_the_squash_says_what_the_branch_said(repo: Repository, seed: int) -> None:
    """Random branches: the state at the squash is the state at the branch."""
    chance = random.Random(seed)
    plan(repo, "B1", "B2", "B3")
    repo.commit("base", file="a")
    repo.switch("feat", "-c")
    for number in range(chance.randrange(2, 8)):
        said = [
            f"{chance.choice(MOVES)}: B{chance.randrange(1, 4)}{chance.choice(('', ' words'))}"
            for _ in range(chance.randrange(3))
        ]
        repo.commit(f"Step {number}", *said, file=f"f{number}")
        if chance.random() < 0.2:
            repo.git("revert", "--no-edit", "HEAD")
    repo.switch("main")
    squash(repo, repo.cmos("squash-message", "main..feat"))
    assert repo.statuses("--at", "main") == repo.statuses("--at", "feat")
    assert "squash-lost" not in rules(repo, "HEAD~1..")
