"""Scenarios 9 to 12: partial histories, histories that this clone alone sees otherwise, and
repositories that libgit2 cannot open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.scenarios import anew, ask, clone, look, settled, statuses

DONE, BUSY, BLOCKED = "Completed", "In Progress", "Blocked"


@pytest.fixture
def origin(repo: Repository) -> Repository:
    """Two branches, a merge, a revert, a tag: something of everything."""
    repo.commit("begin", "Mission: B1.1", file="a")
    repo.switch("feat", "-c")
    repo.commit("aside", "Mission-Complete: B1.2", file="b")
    repo.switch("main")
    repo.commit("end", "Mission-Complete: B1.1", file="c")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "feat")
    repo.git("tag", "-a", "-m", "one", "v1")
    repo.commit("wait", "Mission-Block: B1.3 no key", file="d")
    wrong = repo.commit("too soon", "Mission-Complete: B1.4", file="e")
    repo.git("revert", "--no-edit", wrong)
    repo.git("config", "uploadpack.allowFilter", "true")
    return repo


ALL = {"B1.1": DONE, "B1.2": DONE, "B1.3": BLOCKED}


def test_a_fresh_clone_agrees(origin: Repository, tmp_path: Path) -> None:
    here = settled(origin)
    there = settled(clone(origin, tmp_path / "other"))
    assert here.statuses == there.statuses == ALL
    assert here.digest == there.digest
    assert there.reach("B1.1") == ("released", ["v1"])
    assert there.reach("B1.3") == ("landed", ["origin/main"])


def test_a_mirror_and_a_bundle_agree(origin: Repository, tmp_path: Path) -> None:
    origin.cmos("mission", "add", "T1", "told")
    here = settled(origin)
    mirror = clone(origin, tmp_path / "mirror.git", "--mirror")
    assert settled(mirror).digest == here.digest
    assert "T1" in look(mirror).missions
    origin.git("bundle", "create", "-q", str(tmp_path / "b.bundle"), "--all")
    subprocess.run(
        ["git", "clone", "-q", "--mirror", "b.bundle", "unbundled"], cwd=tmp_path, check=True
    )
    assert settled(Repository(tmp_path / "unbundled")).digest == here.digest


# -- 9: shallow ----------------------------------------------------------------------------


def test_a_shallow_clone_says_that_it_is_partial(origin: Repository, tmp_path: Path) -> None:
    shallow = clone(origin, tmp_path / "shallow", "--depth=3")
    assert statuses(shallow) == {"B1.3": BLOCKED}
    assert "partial history" in " ".join(shallow.json("status")["problems"])
    assert ask(shallow, "status").status == 0


def test_verify_refuses_to_judge_a_shallow_clone(origin: Repository, tmp_path: Path) -> None:
    origin.cmos("mission", "add", "B1.3", "planned")
    shallow = clone(origin, tmp_path / "shallow", "--depth=3")
    shallow.git("fetch", "-q", "origin", "refs/cmos/*:refs/cmos/*")
    answer = ask(shallow, "verify", "--all")
    assert answer.status == 128
    assert "--unshallow" in answer.err


def test_a_revert_whose_target_lies_beyond_the_depth_does_no_harm(
    origin: Repository, tmp_path: Path
) -> None:
    shallow = clone(origin, tmp_path / "shallow", "--depth=1")
    assert statuses(shallow) == {}


def test_after_unshallow_the_state_is_that_of_a_full_clone(
    origin: Repository, tmp_path: Path
) -> None:
    shallow = clone(origin, tmp_path / "shallow", "--depth=1")
    look(shallow)
    shallow.git("fetch", "-q", "--deepen=1")
    assert statuses(shallow) == {}
    shallow.git("fetch", "-q", "--unshallow")
    full = clone(origin, tmp_path / "full", "--single-branch")
    assert settled(shallow).digest == anew(full).digest


def test_a_clone_that_becomes_shallow_forgets_what_it_cannot_see(
    origin: Repository, tmp_path: Path
) -> None:
    other = clone(origin, tmp_path / "other", "--single-branch", "--no-tags")
    assert look(other).statuses == ALL
    other.git("fetch", "-q", "--depth=3")
    assert statuses(other) == {"B1.3": BLOCKED}


def test_new_commits_on_a_shallow_clone_arrive(origin: Repository, tmp_path: Path) -> None:
    shallow = clone(origin, tmp_path / "shallow", "--depth=1")
    look(shallow)
    origin.commit("more", "Mission-Complete: B2.1")
    shallow.git("fetch", "-q")
    assert statuses(shallow) == {"B2.1": DONE}


# -- 10: blobless and treeless, without network ---------------------------------------------


@pytest.mark.parametrize("missing", ["blob:none", "tree:0"])
def test_a_partial_clone_needs_no_network(
    origin: Repository, tmp_path: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = settled(origin).digest
    part = clone(origin, tmp_path / "part", "--no-checkout", f"--filter={missing}")
    origin.path.rename(tmp_path / "moved away")
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
    assert part.statuses() == ALL
    assert part.digest() == expected
    for command in (["next"], ["status"], ["log"], ["where", "B1.1"], ["mission", "show", "B1.1"]):
        part.cmos(*command)
        part.cmos(*command, "--at", "HEAD~1")
    part.cmos("diff", "v1..HEAD")
    part.cmos("mission", "add", "T1", "told")
    assert part.statuses()["T1"] == "Current"
    assert '"fetch"' not in trace.read_text()


def test_a_tag_of_what_is_not_here_is_passed_over(origin: Repository, tmp_path: Path) -> None:
    """linux.git tags a tree; git.git tags a blob. A partial clone may hold neither."""
    origin.git("tag", "-a", "-m", "no commit", "odd", "HEAD~1^{tree}")
    part = clone(origin, tmp_path / "part", "--no-checkout", "--filter=tree:0")
    origin.path.rename(tmp_path / "moved away")
    assert subprocess.run(["git", "cat-file", "-e", "odd^{}"], cwd=part.path).returncode
    assert part.statuses() == ALL


# -- 11: refs/replace, grafts ---------------------------------------------------------------


def test_a_replaced_commit_says_what_it_said(origin: Repository, tmp_path: Path) -> None:
    before = settled(origin)
    end = origin.git("log", "-1", "--format=%H", "--grep=^end")
    origin.git("checkout", "-q", "--detach", f"{end}~1")
    other = origin.commit("replaced", "Mission-Complete: B9.9")
    origin.switch("main")
    origin.git("replace", end, other)
    assert "B9.9" in origin.git("log", "--format=%B")
    assert settled(origin) == before
    assert settled(clone(origin, tmp_path / "other")).digest == before.digest


def test_a_replaced_graph_has_the_shape_it_had(origin: Repository) -> None:
    before = settled(origin)
    origin.git("replace", "--graft", "HEAD~1")  # as if history began there
    assert origin.git("rev-list", "--count", "HEAD") == "2"
    assert settled(origin) == before


def graft(repo: Repository, *parents: str) -> None:
    info = repo.path / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(" ".join([repo.git("rev-parse", "HEAD~1"), *parents]) + "\n")


def test_grafts_are_mentioned(origin: Repository) -> None:
    graft(origin)
    assert "grafts" in " ".join(origin.json("status")["problems"])


def test_grafts_do_not_change_what_was_said(origin: Repository) -> None:
    before = settled(origin)
    graft(origin)
    assert settled(origin) == before


# -- 12: SHA-256, reftable -------------------------------------------------------------------


def test_sha_256_works(tmp_path: Path) -> None:
    repo = Repository.create(tmp_path / "sha256", "--object-format=sha256")
    repo.commit("start")
    repo.commit("begin", "Mission: B1.1", file="a")
    oid = repo.commit("end", "Mission-Complete: B1.1", file="b")
    assert len(oid) == 64
    repo.cmos("mission", "add", "T1", "told")
    assert statuses(repo) == {"B1.1": DONE, "T1": "Current"}
    repo.git("tag", "v1")
    assert settled(repo).reach("B1.1") == ("released", ["v1"])
    repo.git("revert", "--no-edit", "HEAD")
    assert repo.statuses() == {"B1.1": BUSY, "T1": "Queued"}
    assert repo.statuses("--at", "HEAD~1")["B1.1"] == DONE
    assert repo.json("log", "B1.1")[0]["files"] == ["a"]
    digest = repo.digest()
    shutil.rmtree(repo.path / ".cmos")
    assert repo.digest() == digest
    assert repo.json("diff", "v1..HEAD")[0]["mission"] == "B1.1"


def test_reftable_works_where_git_knows_it(tmp_path: Path) -> None:
    made = subprocess.run(
        ["git", "init", "-q", "--ref-format=reftable", str(tmp_path / "r")], capture_output=True
    )
    if made.returncode:
        pytest.skip("this git knows no reftable")
    repo = Repository(tmp_path / "r")
    repo.commit("start")
    repo.commit("end", "Mission-Complete: B1.1")
    assert statuses(repo) == {"B1.1": DONE}
    repo.switch("feat", "-c")
    repo.commit("more", "Mission: B1.2")
    assert settled(repo).reach("B1.2") == ("unlanded", ["feat"])
    repo.cmos("mission", "add", "T1", "told")
    shutil.rmtree(repo.path / ".cmos")
    assert "T1" in repo.statuses()


# -- alternates ------------------------------------------------------------------------------


def test_a_clone_with_alternates_agrees(origin: Repository, tmp_path: Path) -> None:
    here = settled(origin)
    path = tmp_path / "shared"
    subprocess.run(["git", "clone", "-q", "--shared", str(origin.path), str(path)], check=True)
    shared = Repository(path, origin.clock)
    assert settled(shared).digest == here.digest
    shared.commit("more", "Mission-Complete: B2.1")
    assert statuses(shared) == {**ALL, "B2.1": DONE}
    assert settled(origin) == here
    assert (path / ".cmos").is_dir()


# -- 18: many refs ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2000, pytest.param(20_000, marks=pytest.mark.long)])
def test_thousands_of_refs_change_nothing(origin: Repository, count: int) -> None:
    before = settled(origin)
    oid = origin.git("rev-parse", "HEAD")
    lines = [f"{oid} refs/remotes/origin/pull/{number}/head" for number in range(count)]
    packed = origin.path / ".git" / "packed-refs"
    kept = packed.read_text() if packed.exists() else "# pack-refs with: peeled fully-peeled \n"
    packed.write_text(kept + "\n".join(sorted(lines)) + "\n")
    assert len(origin.git("for-each-ref", "refs/remotes").splitlines()) == count
    found = settled(origin)
    assert found.digest == before.digest
    origin.git("branch", "-q", "-f", "feat", "feat~1")
    assert settled(origin).statuses == ALL
