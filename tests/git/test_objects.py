"""Both ways to ask about objects give the same answers, on the same cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_cmos.errors import CmosError
from git_cmos.git.objects import GitObjects, LibObjects, open_objects
from tests.conftest import Repository

if TYPE_CHECKING:
    from git_cmos.git.objects import Objects

WAYS: tuple[Callable[[str], Objects], ...] = (GitObjects, LibObjects)


@pytest.fixture
def history(repo: Repository) -> Repository:
    """A root, a branch, a merge, a rename, a tag, a file with a strange name."""
    repo.commit("add", file="a.txt")
    repo.commit("nested", file="dir/b c\u00e9.txt")
    repo.git("tag", "-a", "-m", "annotated", "v1")
    repo.switch("side", "-c")
    repo.commit("side", file="side.txt")
    repo.switch("main")
    repo.git("mv", "a.txt", "moved.txt")
    repo.commit("move", file="moved.txt")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    return repo


@pytest.mark.parametrize("way", WAYS)
def test_revisions_resolve_to_commits(history: Repository, way: Callable[[str], Objects]) -> None:
    objects = way(str(history.path / ".git"))
    for rev in ("HEAD", "HEAD~1", "v1", "side", "main^2", "refs/heads/main", "v1^{commit}"):
        assert objects.resolve(rev) == history.git("rev-parse", f"{rev}^{{commit}}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "rev", ["", "nope", "-x", "--output=x", "HEAD\0x", "HEAD:a.txt", "HEAD^{tree}", "HEAD\nHEAD"]
)
def test_what_names_no_commit_is_refused(
    history: Repository, way: Callable[[str], Objects], rev: str
) -> None:
    with pytest.raises(CmosError) as caught:
        way(str(history.path / ".git")).resolve(rev)
    assert caught.value.status == 128


def test_ancestry_is_the_same(history: Repository) -> None:
    both = [way(str(history.path / ".git")) for way in WAYS]
    names = [history.git("rev-parse", rev) for rev in ("HEAD", "HEAD~1", "side", "v1^{}", "main~3")]
    for old in names:
        for new in names:
            answers = {objects.is_ancestor(old, new) for objects in both}
            done = history.git("merge-base", old, new) == old
            assert answers == {done}


def test_files_of_commits_are_the_same(history: Repository) -> None:
    oids = history.git("rev-list", "--all").split()
    by_git, by_lib = (way(str(history.path / ".git")).files(oids) for way in WAYS)
    for oid in oids:
        assert sorted(by_git.get(oid, [])) == sorted(by_lib.get(oid, [])), oid
    assert by_git[history.git("rev-parse", "v1^{}")] == ["dir/b c\u00e9.txt"]
    assert by_git[history.git("rev-parse", "HEAD")] == ["side.txt"]


def test_blobs_are_the_same(history: Repository) -> None:
    both = [way(str(history.path / ".git")) for way in WAYS]
    for rev, path in (("HEAD", "moved.txt"), ("v1", "a.txt"), ("HEAD", "a.txt"), ("HEAD", "dir")):
        first, second = (objects.blob(rev, path) for objects in both)
        assert first == second
    assert both[0].blob("v1", "a.txt") is not None
    assert both[0].blob("HEAD", "a.txt") is None


def test_sha256_is_left_to_git(tmp_path: Path) -> None:
    repo = Repository.create(tmp_path / "sha256", "--object-format=sha256")
    oid = repo.commit("begin", "Mission: B1.1", file="a")
    objects = open_objects(str(repo.path / ".git"), lives_on=True)
    assert isinstance(objects, GitObjects)
    assert objects.resolve("HEAD") == oid
    assert objects.files([oid]) == {oid: ["a"]}
    assert repo.statuses() == {"B1.1": "In Progress"}
    assert repo.mission("B1.1")["reach"] == "landed"
