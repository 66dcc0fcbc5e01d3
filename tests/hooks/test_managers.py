"""Beside husky, lefthook, pre-commit and prek, as they are: who comes first, who writes anew."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Repository
from tests.hooks.test_hooks import NAMES, commit, git, message, states, tell

RAN = 'echo "$0 $1" >> ran\n'


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """node_modules with husky and lefthook in it."""
    folder = tmp_path_factory.mktemp("npm")
    if not shutil.which("npm"):
        pytest.skip("npm is not here")
    words = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        [*words, "--prefix", str(folder), "husky@9", "lefthook@2"], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no registry to be had: {done.stderr[-200:]}")
    return folder / "node_modules"


@pytest.fixture
def here(repo: Repository) -> Repository:
    tell(repo, "mission", "add", "B1.1", "Schema")
    tell(repo, "mission", "start", "B1.1")
    return repo


def recipe(program: str) -> str:
    """What docs/hooks.md has people write for a program."""
    said = (PROJECT / "docs" / "hooks.md").read_text().partition(f"**{program}**")[2]
    return said.partition("```")[2].partition("\n")[2].partition("```")[0]


def run(repo: Repository, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=repo.path, capture_output=True, text=True)


def ran(repo: Repository) -> str:
    """What was noted since the last look."""
    path = repo.path / "ran"
    said = path.read_text() if path.exists() else ""
    path.unlink(missing_ok=True)
    return said


def hook(repo: Repository, name: str, text: str) -> None:
    (repo.path / name).parent.mkdir(parents=True, exist_ok=True)
    (repo.path / name).write_text(text)
    (repo.path / name).chmod(0o755)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every hook in a folder: bytes and mode."""
    found = (path for path in folder.iterdir() if not path.name.endswith(".sample"))
    return {path.name: (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in found}


def credited(repo: Repository) -> bool:
    """Whether ours ran for a commit of now."""
    done = commit(repo, "-m", "work")
    assert done.returncode == 0, done.stderr
    return message(repo) == "work\n\nMission: B1.1"


def install(repo: Repository) -> None:
    tell(repo, "hook", "install", "--files")
    assert set(states(repo).values()) == {"live"}


# -- husky --------------------------------------------------------------------------------------


def dispatching(repo: Repository) -> Path:
    """A folder like husky's: every hook reads in the same file, which goes by the hook's name."""
    folder = repo.path / ".husky" / "_"
    words = (
        'n=$(basename "$0")\ns=${0%/*}/../$n\ntest -f "$s" || exit 0\nsh -e "$s" "$@"\nexit $?\n'
    )
    for name in NAMES:
        hook(repo, f".husky/_/{name}", '#!/bin/sh\n. "$(dirname "$0")/h"')
    (folder / "h").write_text(words)
    repo.git("config", "core.hooksPath", ".husky/_")
    return folder


def test_hooks_that_go_by_their_name_are_chained_under_it(here: Repository, tmp_path: Path) -> None:
    folder = dispatching(here)
    before = contents(folder)
    hook(here, ".husky/commit-msg", RAN)
    hook(here, ".husky/pre-push", "cat >> ran\n")
    install(here)
    assert credited(here)
    assert ran(here).endswith("commit-msg .git/COMMIT_EDITMSG\n")
    here.git("init", "-q", "--bare", str(tmp_path / "remote"))
    assert git(here, "push", "-q", str(tmp_path / "remote"), "main").returncode == 0
    assert ran(here).startswith("refs/heads/main ")
    hook(here, ".husky/commit-msg", "exit 3\n")
    assert commit(here, "-m", "no").returncode == 1
    tell(here, "hook", "uninstall")
    assert contents(folder) == before


@pytest.mark.long
def test_husky_after_ours(here: Repository, registry: Path) -> None:
    install(here)
    (here.path / "package.json").write_text('{"name": "x"}')
    assert run(here, "node", str(registry / "husky" / "bin.js"), "init").returncode == 0
    hook(here, ".husky/pre-commit", "")
    hook(here, ".husky/commit-msg", RAN)
    assert states(here) == dict.fromkeys(NAMES, "shadowed")
    assert "by husky" in tell(here, "hook", "status")
    assert not credited(here)
    assert ran(here), "husky's runs"
    before = contents(here.path / ".husky" / "_")
    install(here)
    assert contents(here.path / ".git" / "hooks") == {}, "nothing is left where git does not look"
    assert credited(here)
    assert ran(here), "husky's runs as well"
    tell(here, "hook", "uninstall")
    assert contents(here.path / ".husky" / "_") == before


@pytest.mark.long
def test_husky_writes_its_folder_anew(here: Repository, registry: Path) -> None:
    husky = ("node", str(registry / "husky" / "bin.js"))
    assert run(here, *husky).returncode == 0
    before = contents(here.path / ".husky" / "_")
    hook(here, ".husky/commit-msg", RAN)
    install(here)
    assert run(here, *husky).returncode == 0  # as `npm install` does
    assert states(here) == dict.fromkeys(NAMES, "shadowed")
    install(here)
    assert credited(here)
    assert ran(here)
    assert run(here, *husky).returncode == 0
    tell(here, "hook", "uninstall")
    assert contents(here.path / ".husky" / "_") == before


@pytest.mark.long
def test_husky_runs_ours(here: Repository, registry: Path, tmp_path: Path) -> None:
    assert run(here, "node", str(registry / "husky" / "bin.js")).returncode == 0
    for name in NAMES:
        hook(here, f".husky/{name}", recipe("husky").replace("commit-msg", name))
    before = contents(here.path / ".husky" / "_")
    assert states(here) == dict.fromkeys(NAMES, "live")
    assert "by husky" in tell(here, "hook", "status")
    install(here)
    assert contents(here.path / ".husky" / "_") == before, "nothing runs twice"
    assert credited(here)
    a_push_is_verified(here, tmp_path)


def a_push_is_verified(here: Repository, tmp_path: Path) -> None:
    here.git("init", "-q", "--bare", str(tmp_path / "remote"))
    here.git("remote", "add", "origin", str(tmp_path / "remote"))
    (here.path / "changed").write_text("x")  # lefthook passes by a push that changes no file
    here.git("add", "changed")
    commit(here, "--no-verify", "-m", "x\n\nMission-Complete: B9.9")
    done = git(here, "push", "origin", "main")
    assert (done.returncode, "mission-unknown" in done.stdout + done.stderr) == (1, True)
    tell(here, "mission", "add", "B9.9", "Planned after all")
    done = git(here, "push", "-q", "origin", "main")
    assert done.returncode == 0, done.stdout + done.stderr


# -- lefthook -----------------------------------------------------------------------------------

THEIRS = "commit-msg:\n  jobs:\n    - run: echo lefthook {1} >> ran\n"


@pytest.fixture
def lefthook(registry: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PATH", f"{registry / '.bin'}{os.pathsep}{os.environ['PATH']}")
    return "lefthook"


@pytest.mark.long
def test_lefthook_after_ours(here: Repository, lefthook: str) -> None:
    install(here)
    (here.path / "lefthook.yml").write_text(THEIRS)
    assert run(here, lefthook, "install").returncode == 0
    assert states(here)["commit-msg"] == "shadowed"
    assert "shadowed  commit-msg  by lefthook" in tell(here, "hook", "status")
    assert not credited(here)
    assert ran(here) == "lefthook .git/COMMIT_EDITMSG\n"
    install(here)
    for _ in range(2):
        assert credited(here)
        assert ran(here) == "lefthook .git/COMMIT_EDITMSG\n"
        done = run(here, lefthook, "install", "--force")  # it puts ours away as .old
        assert done.returncode == 0, done.stdout + done.stderr
        assert states(here)["commit-msg"] == "shadowed"
        install(here)
    tell(here, "hook", "uninstall")
    assert set(contents(here.path / ".git" / "hooks")) <= {"commit-msg", "prepare-commit-msg"}
    assert not credited(here)
    assert ran(here) == "lefthook .git/COMMIT_EDITMSG\n"


@pytest.mark.long
def test_lefthook_before_ours(here: Repository, lefthook: str) -> None:
    (here.path / "lefthook.yml").write_text(THEIRS)
    assert run(here, lefthook, "install").returncode == 0
    before = contents(here.path / ".git" / "hooks")
    install(here)
    assert credited(here)
    assert ran(here) == "lefthook .git/COMMIT_EDITMSG\n"
    tell(here, "hook", "uninstall")
    assert contents(here.path / ".git" / "hooks") == before


@pytest.mark.long
def test_lefthook_runs_ours(here: Repository, lefthook: str, tmp_path: Path) -> None:
    (here.path / "lefthook.yml").write_text(recipe("lefthook"))
    assert run(here, lefthook, "install").returncode == 0
    before = contents(here.path / ".git" / "hooks")
    assert states(here) == dict.fromkeys(NAMES, "live")
    install(here)
    assert contents(here.path / ".git" / "hooks") == before, "nothing runs twice"
    assert credited(here)
    a_push_is_verified(here, tmp_path)


# -- pre-commit and prek ------------------------------------------------------------------------

LOCAL = """\
repos:
- repo: local
  hooks:
  - id: note
    name: note
    entry: sh -c 'echo theirs >> ran'
    language: {language}
    stages: [commit-msg, pre-push]
    always_run: true
"""


def theirs(here: Repository, program: str, language: str) -> None:
    (here.path / ".pre-commit-config.yaml").write_text(LOCAL.format(language=language))
    here.git("add", ".pre-commit-config.yaml")
    done = run(here, program, "install", "-t", "commit-msg", "-t", "pre-push")
    assert done.returncode == 0, done.stderr


def after_ours(here: Repository, program: str, language: str) -> None:
    install(here)
    before = contents(here.path / ".git" / "hooks")
    theirs(here, program, language)
    assert states(here) == dict.fromkeys(NAMES, "live")
    assert f"live      commit-msg  by {program}" in tell(here, "hook", "status")
    assert credited(here)
    assert ran(here) == "theirs\n"
    install(here)
    assert credited(here)
    assert ran(here) == "theirs\n", "once, not twice"
    run(here, program, "uninstall", "-t", "commit-msg", "-t", "pre-push")
    assert contents(here.path / ".git" / "hooks") == before


def before_ours(here: Repository, program: str, language: str) -> None:
    theirs(here, program, language)
    before = contents(here.path / ".git" / "hooks")
    install(here)
    assert credited(here)
    assert ran(here) == "theirs\n"
    tell(here, "hook", "uninstall")
    assert contents(here.path / ".git" / "hooks") == before


def test_pre_commit_after_ours(here: Repository) -> None:
    after_ours(here, "pre-commit", "system")


def test_pre_commit_before_ours(here: Repository) -> None:
    before_ours(here, "pre-commit", "system")


def test_uninstall_below_pre_commit_leaves_it_alone(here: Repository) -> None:
    install(here)
    theirs(here, "pre-commit", "system")
    tell(here, "hook", "uninstall")
    assert set(contents(here.path / ".git" / "hooks")) == {"commit-msg", "pre-push"}
    assert not credited(here)
    assert ran(here) == "theirs\n"


@pytest.mark.long
@pytest.mark.parametrize("order", [after_ours, before_ours])
def test_prek(here: Repository, prek: str, order: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{prek}{os.pathsep}{os.environ['PATH']}")
    assert callable(order)
    order(here, "prek", "system")
