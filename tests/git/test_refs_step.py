"""The short cut after a plain commit: what one branch's file says, without asking git."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from git_cmos.git import Repo
from git_cmos.git.refs import Tips
from git_cmos.values import replace
from tests.conftest import Repository


def look(repo: Repository) -> tuple[str, Tips]:
    made = Repo.find(str(repo.path))
    return made.signature(racy=True), made.tips()


def stepped(repo: Repository, before: tuple[str, Tips]) -> Tips | None:
    made = Repo.find(str(repo.path))
    return made.step(before[1], before[0], made.signature(racy=True))


def test_a_commit_on_the_branch_of_head(repo: Repository) -> None:
    repo.git("branch", "other")
    repo.git("tag", "v1")
    before = look(repo)
    repo.commit("next")
    found = stepped(repo, before)
    assert found == replace(look(repo)[1], ledger={})


def test_in_a_linked_worktree_and_on_another_branch(repo: Repository, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    before = look(repo)
    linked = Repository(tmp_path / "linked", repo.clock)
    linked.commit("there")
    assert stepped(repo, before) == replace(look(repo)[1], ledger={})


@pytest.mark.parametrize(
    "args",
    [
        ("branch", "new"),
        ("switch", "-q", "other"),
        ("tag", "v2"),
        ("pack-refs", "--all"),
        ("branch", "-q", "-D", "other"),
        ("checkout", "-q", "--detach"),
        ("update-ref", "refs/cmos/ledger/x", "HEAD"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
        ("symbolic-ref", "refs/heads/alias", "refs/heads/main"),
    ],
)
def test_anything_else_is_asked_of_git(repo: Repository, args: tuple[str, ...]) -> None:
    repo.git("branch", "other")
    before = look(repo)
    repo.git(*args)
    repo.commit("next")
    assert stepped(repo, before) is None


def test_a_branch_that_another_name_stands_for(repo: Repository) -> None:
    repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    before = look(repo)
    repo.commit("next")
    assert stepped(repo, before) is None


def test_a_process_sees_the_same_with_and_without(repo: Repository) -> None:
    repo.cmos("mission", "add", "B1.1", "Schema")
    time.sleep(0.05)
    repo.cmos("next")
    repo.commit("work", "Mission: B1.1")
    assert repo.status_of("B1.1") == "In Progress"
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "other words")
    time.sleep(0.05)
    assert repo.status_of("B1.1") == "Current"
    repo.digest()
