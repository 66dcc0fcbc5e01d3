"""Sealed from the machine: an own HOME, no system configuration, fixed dates, the real git."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PROJECT = Path(__file__).resolve().parent.parent
EPOCH = 1_700_000_000  # 2023-11-14T22:13:20Z: before the clock of any machine that runs this


@pytest.fixture(autouse=True)
def sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the user's git configuration, identity, agents or repositories."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("GIT_", "CMOS_", "CLAUDE", "CODEX", "CURSOR", "GEMINI", "AIDER")):
            monkeypatch.delenv(name)
    settings = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A U Thor",
        "GIT_AUTHOR_EMAIL": "author@example.com",
        "GIT_COMMITTER_NAME": "C O Mitter",
        "GIT_COMMITTER_EMAIL": "committer@example.com",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for name, text in settings.items():
        monkeypatch.setenv(name, text)
    (home / ".gitconfig").write_text("[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n")
    monkeypatch.chdir(home)  # a test that forgets to say where it works finds no repository
    return home


class Answer(NamedTuple):
    """What a command answered."""

    status: int
    out: str
    err: str


class Repository:
    """A real repository, driven through git's and our own command line.

    Dates move on by a minute with every commit, so that histories are the same in every run.
    """

    def __init__(self, path: Path, clock: int = EPOCH) -> None:
        self.path, self.clock = path, clock

    @classmethod
    def create(cls, path: Path, *options: str) -> Repository:
        subprocess.run(["git", "init", "-q", *options, str(path)], check=True)
        return cls(path)

    def git(self, *args: str, stdin: str | None = None, check: bool = True) -> str:
        """git's standard output, without its last newline."""
        env = {**os.environ}
        env.setdefault("GIT_AUTHOR_DATE", f"{self.clock} +0000")
        env.setdefault("GIT_COMMITTER_DATE", f"{self.clock} +0000")
        done = subprocess.run(
            ["git", *args], cwd=self.path, env=env, input=stdin, capture_output=True, text=True
        )
        if check and done.returncode:
            raise AssertionError(f"git {args}: {done.stderr}{done.stdout}")
        return done.stdout.rstrip("\n")

    def commit(self, subject: str, *trailers: str, file: str | None = None) -> str:
        """A commit with trailers; its object name. `file` is changed with it, if given."""
        self.clock += 60
        if file:
            (self.path / file).parent.mkdir(parents=True, exist_ok=True)
            (self.path / file).write_text(f"{subject} {self.clock}\n")
            self.git("add", file)
        message = subject + ("\n\n" + "\n".join(trailers) if trailers else "") + "\n"
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-", stdin=message)
        return self.git("rev-parse", "HEAD")

    def switch(self, branch: str, *options: str) -> None:
        self.git("switch", "-q", *options, branch)

    def cmos(self, *args: str, status: int = 0, env: dict[str, str] | None = None) -> str:
        """Standard output of `git cmos args` in a process of its own; checks its exit status."""
        done = self.process(*args, env=env)
        assert done.returncode == status, f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def process(
        self, *args: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git-cmos", *args],
            cwd=self.path,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
        )

    def run(self, *args: str) -> Answer:
        """`git cmos args` inside this process: quick, for what needs no process of its own."""
        from git_cmos.cli import main

        out, err, here = io.StringIO(), io.StringIO(), os.getcwd()
        os.chdir(self.path)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = main(list(args))
        finally:
            os.chdir(here)
        return Answer(status, out.getvalue(), err.getvalue())

    def json(self, *args: str, status: int = 0) -> Any:
        """The JSON document that `git cmos args --json` prints."""
        return json.loads(self.cmos(*args, "--json", status=status))

    def mission(self, mission: str, *args: str) -> dict[str, Any]:
        return dict(self.json("mission", "show", mission, *args))

    def status_of(self, mission: str, *args: str) -> str:
        return str(self.mission(mission, *args)["status"])

    def statuses(self, *args: str) -> dict[str, str]:
        """id -> status of all missions."""
        return {m["id"]: m["status"] for m in self.json("mission", "list", *args)}

    def digest(self) -> str:
        """The digest of the projection, which a rebuild must not change."""
        found = self.json("db", "rebuild")
        assert found["same"], found
        return str(found["digest"])


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """An empty repository with one commit on main."""
    made = Repository.create(tmp_path / "repo")
    made.commit("start")
    return made
