"""Our hooks through pre-commit, which installs us from a clone of this checkout. No index is
asked: `wheels` packs what is installed here."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Repository
from tests.hooks import wheels
from tests.hooks.test_hooks import commit, git, message, states, tell
from tests.hooks.test_managers import recipe

STAGES = (
    *("prepare-commit-msg", "commit-msg", "post-commit", "post-merge"),
    *("post-checkout", "post-rewrite", "pre-push"),
)
MANIFEST = PROJECT / ".pre-commit-hooks.yaml"


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as it is now, in a repository of its own."""
    path = tmp_path_factory.mktemp("clone") / "git-cmos"
    known = ["git", "-C", str(PROJECT), "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(known, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).exists():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, path / name)
    who = {f"GIT_{it}_{part}": "x" for it in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    for args in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it is now"]):
        subprocess.run(["git", *args], cwd=path, env={**os.environ, **who}, check=True)
    return path


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What makes pip and pre-commit need nothing from outside, and share what they build."""
    base = tmp_path_factory.mktemp("shelf")
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_NO_COMPILE": "1",
        "PIP_FIND_LINKS": str(wheels.house(base / "wheels")),
        "PRE_COMMIT_HOME": str(base / "home"),
    }


@pytest.fixture
def offline(shelf: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in shelf.items():
        monkeypatch.setenv(name, text)


@pytest.fixture
def planned(repo: Repository) -> Repository:
    tell(repo, "mission", "add", "B1.1", "Schema")
    tell(repo, "mission", "start", "B1.1")
    return repo


def pre_commit(
    repo: Repository, *args: str, program: str = "pre-commit"
) -> subprocess.CompletedProcess[str]:
    words = [program, *args]
    return subprocess.run(words, cwd=repo.path, capture_output=True, text=True)


def test_the_manifest_is_valid(repo: Repository) -> None:
    done = pre_commit(repo, "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout


def test_the_manifest_says_what_each_stage_needs() -> None:
    from pre_commit.clientlib import load_manifest

    found = {hook["id"]: hook for hook in load_manifest(str(MANIFEST))}
    assert set(found) == {f"cmos-{it}" for it in STAGES if it != "pre-push"} | {"cmos-verify"}
    for name, hook in found.items():
        stage = "pre-push" if name == "cmos-verify" else name.removeprefix("cmos-")
        assert hook["entry"] == f"git-cmos hook {stage}"
        assert hook["stages"] == ([stage, "manual"] if stage == "pre-push" else [stage])
        assert hook["language"] == "python"
        assert hook["always_run"]
        assert hook["pass_filenames"] is stage.endswith("-msg")
        assert hook["minimum_pre_commit_version"] >= "3.2.0"


@pytest.mark.usefixtures("offline")
def test_try_repo_commit_msg(planned: Repository, clone: Path) -> None:
    (planned.path / "said").write_text("work\n\nMission-Complete: B1.11\n")
    done = pre_commit(
        planned,
        *("try-repo", str(clone), "cmos-commit-msg", "--hook-stage", "commit-msg"),
        *("--commit-msg-filename", "said"),
    )
    assert done.returncode == 1, done.stdout
    assert "did you mean B1.1" in done.stdout


@pytest.mark.usefixtures("offline")
def test_try_repo_post_commit(planned: Repository, clone: Path) -> None:
    oid = planned.commit("work", "Mission-Complete: B1.1")

    def known() -> int:  # not through `git cmos`, which would catch up by itself
        with closing(sqlite3.connect(planned.path / ".cmos" / "memory.db")) as db:
            sql = "SELECT count(*) FROM commits WHERE oid = ?"
            return int(db.execute(sql, (oid,)).fetchone()[0])

    assert known() == 0
    done = pre_commit(
        planned, "try-repo", str(clone), "cmos-post-commit", "--hook-stage", "post-commit"
    )
    assert done.returncode == 0, done.stdout
    assert known() == 1


@pytest.mark.usefixtures("offline")
def test_try_repo_pre_push(planned: Repository, clone: Path) -> None:
    start = planned.git("rev-parse", "HEAD")
    planned.commit("x", "Mission-Complete: B9.9")
    done = pre_commit(
        planned,
        *("try-repo", str(clone), "cmos-verify", "--hook-stage", "pre-push"),
        *("--from-ref", start, "--to-ref", "HEAD", "--remote-name", "origin"),
        *("--remote-url", "x", "--local-branch", "main", "--remote-branch", "main"),
    )
    assert done.returncode == 1, done.stdout
    assert "mission-unknown" in done.stdout
    assert "1 commit in what is pushed to origin" in done.stdout


def configured(repo: Repository, clone: Path, program: str = "pre-commit") -> None:
    """A configuration that names all seven, as a user writes it, and pre-commit's own shims."""
    rev = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=clone, text=True).strip()
    text = recipe("pre-commit").replace("URL", str(clone)).replace("REV", rev)
    (repo.path / ".pre-commit-config.yaml").write_text(text)
    repo.git("add", ".pre-commit-config.yaml")
    done = pre_commit(repo, "install", "--install-hooks", program=program)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("offline")
def test_installed_by_pre_commit(planned: Repository, clone: Path, tmp_path: Path) -> None:
    configured(planned, clone)
    a_commit_and_a_push(planned, "pre-commit", tmp_path)


@pytest.mark.long
def test_installed_by_prek(
    planned: Repository, clone: Path, tmp_path: Path, prek: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{prek}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PREK_HOME", str(tmp_path / "prek"))
    done = pre_commit(planned, "validate-manifest", str(MANIFEST), program="prek")
    assert done.returncode == 0, done.stdout + done.stderr
    configured(planned, clone, "prek")
    a_commit_and_a_push(planned, "prek", tmp_path)


def a_commit_and_a_push(planned: Repository, program: str, tmp_path: Path) -> None:
    assert states(planned) == dict.fromkeys(STAGES, "live")
    assert f"by {program}" in tell(planned, "hook", "status")
    done = commit(planned, "-m", "work")
    assert done.returncode == 0, done.stderr
    assert message(planned) == "work\n\nMission: B1.1"
    assert commit(planned, "-m", "x\n\nMission-Complete: B1.11").returncode == 1
    planned.git("init", "-q", "--bare", str(tmp_path / "remote"))
    planned.git("remote", "add", "origin", str(tmp_path / "remote"))
    there = Repository(tmp_path / "remote")
    # A root, a branch that is there, a new branch: pre-commit tells of each in another way.
    for number, branch in enumerate(("main", "main", "side")):
        planned.git("switch", "-q", *(["-c"] if branch == "side" else []), branch)
        commit(planned, "--no-verify", "-m", f"x\n\nMission-Complete: B9.{number}")
        done = git(planned, "push", "origin", branch)
        assert done.returncode == 1, done.stderr
        assert f"B9.{number}" in done.stdout + done.stderr
        tell(planned, "mission", "add", f"B9.{number}", "Planned after all")
        done = git(planned, "push", "-q", "origin", branch)
        assert done.returncode == 0, done.stdout + done.stderr
        told = planned.git("for-each-ref", "--format=%(objectname)", "refs/cmos/ledger")
        assert there.git("for-each-ref", "--format=%(objectname)", "refs/cmos/ledger") == told
    manual = ("run", "cmos-verify", "--hook-stage", "manual")
    assert pre_commit(planned, *manual, program=program).returncode == 0
    commit(planned, "--no-verify", "-m", "x\n\nMission-Complete: B8")
    done = pre_commit(planned, *manual, program=program)
    assert (done.returncode, "B8" in done.stdout) == (1, True)
    a_squash_carries_the_trailers(planned)


def a_squash_carries_the_trailers(planned: Repository) -> None:
    git(planned, "switch", "-q", "-c", "squashed")
    commit(planned, "--no-verify", "-m", "one\n\nMission-Complete: B1.1 all")
    (planned.path / "f").write_text("x")
    planned.git("add", "f")
    commit(planned, "--no-verify", "--amend", "--no-edit")
    git(planned, "switch", "-q", "-")
    assert git(planned, "merge", "--squash", "squashed").returncode == 0
    assert git(planned, "commit", "--no-edit").returncode == 0
    assert "Mission-Complete: B1.1 all" in planned.git("log", "-1", "--format=%(trailers)")
    # A message by -m is not an editor's: git would keep a comment in it.
    assert commit(planned, "-m", "more\n\n# a heading").returncode == 0
    assert message(planned) == "more\n\n# a heading"
