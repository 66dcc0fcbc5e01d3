"""Hooks from git's configuration: git 2.54 and later run them. With an older git only what is
written can be held; with a newer one (`PATH=…/git-2.54/bin:$PATH pytest tests/hooks`) all of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.hooks.test_hooks import NAMES, commit, git, message, states, tell

VERSION = tuple(
    map(int, re.findall(r"\d+", subprocess.check_output(["git", "version"], text=True))[:2])
)
real = pytest.mark.skipif(VERSION < (2, 54), reason=f"git {VERSION} runs none of these")
old = pytest.mark.skipif(VERSION >= (2, 54), reason="needs a git that runs none of these")


@pytest.fixture
def newer(tmp_path: Path) -> dict[str, str]:
    """An environment whose git says that it is 2.54, and is the real one but for that."""
    path = tmp_path / "newer" / "git"
    path.parent.mkdir()
    path.write_text(
        '#!/bin/sh\ntest "$1" = version && echo git version 2.54.0 && exit\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    path.chmod(0o755)
    return {"PATH": f"{path.parent}{os.pathsep}{os.environ['PATH']}"}


def configuration(repo: Repository) -> bytes:
    return (repo.path / ".git" / "config").read_bytes()


def test_what_is_written_is_what_git_reads(repo: Repository, newer: dict[str, str]) -> None:
    repo.git("config", "hook.other.event", "commit-msg")
    repo.git("config", "hook.other.command", "true")
    before = configuration(repo)
    repo.cmos("hook", "install", env=newer)
    for name in NAMES:
        key = f"hook.cmos-{name}"
        assert repo.git("config", "--local", "--get-all", f"{key}.event") == name
        said = repo.git("config", "--local", "--get-all", f"{key}.command")
        assert said.endswith(f"git-cmos hook {name}"), "git adds the arguments behind it"
    assert not list((repo.path / ".git" / "hooks").glob("*-msg")), "no folder is touched"
    once = configuration(repo)
    repo.cmos("hook", "install", env=newer)
    assert configuration(repo) == once
    repo.cmos("hook", "uninstall", env=newer)
    assert configuration(repo) == before


def test_the_words_of_the_configuration_do_what_the_shim_does(
    repo: Repository, newer: dict[str, str], tmp_path: Path
) -> None:
    tell(repo, "mission", "add", "B1.1", "Schema")
    tell(repo, "mission", "start", "B1.1")
    repo.cmos("hook", "install", env=newer)
    draft = tmp_path / "draft"

    drafted = "work\n"

    def run(name: str, *given: str, path: str = os.environ["PATH"], entry: str = "entry") -> str:
        said = repo.git("config", f"hook.cmos-{name}.command").replace("entry.py", f"{entry}.py")
        draft.write_text(drafted)
        words = ["sh", "-c", f'{said} "$@"', said, str(draft), *given]  # as run-command.c does
        subprocess.run(words, cwd=repo.path, check=True, env={**os.environ, "PATH": path})
        return draft.read_text()

    assert run("commit-msg") == "work\n\nMission: B1.1\n"
    assert run("commit-msg", path="/usr/bin:/bin") == "work\n\nMission: B1.1\n"
    assert run("commit-msg", entry="gone") == "work\n\nMission: B1.1\n", "by PATH"
    assert run("commit-msg", path="/usr/bin:/bin", entry="gone") == "work\n", "without us, nothing"
    drafted = "\n# Please enter the message\n"
    assert "will be credited" in run("prepare-commit-msg")
    assert run("prepare-commit-msg", "message") == drafted


@old
def test_what_an_older_git_does_not_run_is_told(repo: Repository, newer: dict[str, str]) -> None:
    repo.cmos("hook", "install", env=newer)
    assert set(states(repo).values()) == {"shadowed"}
    assert "which runs no hooks from its configuration" in tell(repo, "hook", "status")
    tell(repo, "hook", "install")
    assert states(repo) == dict.fromkeys(NAMES, "live")
    assert b"cmos-" not in configuration(repo)


def test_files_give_way_to_the_configuration_and_back(
    repo: Repository, newer: dict[str, str]
) -> None:
    folder = repo.path / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    (folder / "commit-msg").write_text("#!/bin/sh\n# theirs\n")
    tell(repo, "hook", "install", "--files")
    assert (folder / "commit-msg.before-cmos").exists()
    repo.cmos("hook", "install", env=newer)
    assert (folder / "commit-msg").read_text() == "#!/bin/sh\n# theirs\n"
    assert [path.name for path in folder.iterdir() if "sample" not in path.name] == ["commit-msg"]
    repo.cmos("hook", "install", "--files", env=newer)
    assert (folder / "commit-msg.before-cmos").exists()
    assert b"cmos-" not in configuration(repo)


def test_a_folder_that_others_share_is_left_as_it_is(
    repo: Repository, newer: dict[str, str], tmp_path: Path
) -> None:
    repo.git("config", "core.hooksPath", str(tmp_path / "everybody"))
    tell(repo, "hook", "install", "--files", "--force")
    said = repo.cmos("hook", "install", env=newer)
    assert (tmp_path / "everybody" / "commit-msg").exists()
    assert "shadowed" not in said
    assert b"cmos-" not in configuration(repo), "nothing runs twice"


def test_what_another_runs_already_is_left_to_it(repo: Repository, newer: dict[str, str]) -> None:
    path = repo.path / ".git" / "hooks" / "commit-msg"
    path.parent.mkdir(exist_ok=True)
    path.write_text('#!/bin/sh\ngit-cmos hook commit-msg "$@"\n')
    said = repo.cmos("hook", "install", env=newer)
    assert "live      commit-msg  by another hook" in said
    assert "live      pre-push  by git's configuration" in said
    assert b"cmos-commit-msg" not in configuration(repo)


def test_switched_off_and_stale_ones_are_told(repo: Repository, newer: dict[str, str]) -> None:
    repo.cmos("hook", "install", env=newer)
    repo.git("config", "hook.cmos-commit-msg.enabled", "false")
    repo.git("config", "hook.cmos-pre-push.command", "git-cmos hook pre-push-as-it-was")
    said = repo.cmos("hook", "status", env=newer)
    assert "shadowed  commit-msg  by hook.cmos-commit-msg.enabled = false" in said
    assert "stale     pre-push" in said
    assert "live      post-commit" in said
    repo.cmos("hook", "install", env=newer)
    assert "shadowed" not in repo.cmos("hook", "status", env=newer)


# -- run by git itself ------------------------------------------------------------------------


@real
def test_git_runs_them_beside_whatever_is_in_the_folder(repo: Repository, tmp_path: Path) -> None:
    tell(repo, "mission", "add", "B1.1", "Schema")
    tell(repo, "mission", "start", "B1.1")
    repo.git("config", "core.hooksPath", str(tmp_path / "everybody"))
    (tmp_path / "everybody").mkdir()
    theirs = tmp_path / "everybody" / "commit-msg"
    theirs.write_text('#!/bin/sh\necho theirs >> "$1"\n')
    theirs.chmod(0o755)
    tell(repo, "hook", "install")
    assert states(repo) == dict.fromkeys(NAMES, "live")
    assert commit(repo, "-m", "work").returncode == 0
    assert message(repo) == "work\n\nMission: B1.1\ntheirs"
    repo.git("init", "-q", "--bare", str(tmp_path / "remote"))
    repo.git("remote", "add", "origin", str(tmp_path / "remote"))
    commit(repo, "--no-verify", "-m", "x\n\nMission-Complete: B9.9")
    done = git(repo, "push", "origin", "main")
    assert (done.returncode, "mission-unknown" in done.stderr) == (1, True)
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    assert set(states(Repository(tmp_path / "side")).values()) == {"live"}


@real
def test_git_lists_what_we_say(repo: Repository) -> None:
    tell(repo, "hook", "install")
    for name in NAMES:
        assert repo.git("hook", "list", name) == f"cmos-{name}"
    repo.git("config", "hook.cmos-commit-msg.enabled", "false")
    assert "shadowed  commit-msg" in tell(repo, "hook", "status")
    tell(repo, "hook", "uninstall")
    assert repo.git("hook", "list", "commit-msg", check=False) == ""
