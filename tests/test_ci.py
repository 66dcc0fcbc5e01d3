"""The recipes of docs/ci.md: held against the hosts' published schemas, and run as far as that goes
without the hosts."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECT, Repository

BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", (PROJECT / "docs/ci.md").read_text(), re.M | re.S)
GITHUB, GITLAB, PRE_COMMIT = BLOCKS


@pytest.mark.parametrize(
    ("recipe", "schema"), [(GITHUB, "vendor.github-workflows"), (GITLAB, "vendor.gitlab-ci")]
)
def test_the_recipe_is_what_the_host_reads(recipe: str, schema: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.yml").write_text(recipe)
    args = ["check-jsonschema", "--builtin-schema", schema]
    args += ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    done = subprocess.run([*args, tmp_path / "recipe.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def team(repo: Repository, tmp_path: Path) -> Repository:
    """A repository on a host: a plan, main, and a branch that says what is not so."""
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "host.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "host.git"))
    repo.cmos("mission", "add", "B1.1", "Schema")
    repo.switch("feat", "-c")
    repo.commit("Write it", "Mission: B1.1")
    repo.commit("Finish it", "Mission-Complete: B1.11")
    repo.git("push", "-q", "origin", "main", "feat")
    repo.cmos("sync")
    return repo


def checkout(team: Repository, tmp_path: Path, *options: str) -> Repository:
    """What CI works in: a detached clone, and a `pip` that has installed us already."""
    path = tmp_path / f"ci{len(list(tmp_path.iterdir()))}"
    host = (tmp_path / "host.git").as_uri()
    subprocess.run(["git", "clone", "-q", *options, host, str(path)], check=True)
    made = Repository(path, team.clock)
    made.git("checkout", "-q", "--detach", team.git("rev-parse", "feat"), check=not options)
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "pip").write_text('#!/bin/sh\ntest "$*" = "install git-cmos"\n')
    (tools / "pip").chmod(0o755)
    return made


def run(at: Repository, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """As runners do it: stop at the first step that fails."""
    path = f"{at.path.parent / 'tools'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=at.path,
        env={**os.environ, **env, "PATH": path},
        capture_output=True,
        text=True,
    )


def github(at: Repository, base: str) -> list[subprocess.CompletedProcess[str]]:
    steps: list[dict[str, Any]] = yaml.safe_load(GITHUB)["jobs"]["verify"]["steps"]
    done = []
    for step in steps:
        if "run" in step:
            done.append(run(at, step["run"], BASE=base))
            if done[-1].returncode:
                break
    return done


def test_github_finds_what_is_not_so(team: Repository, tmp_path: Path) -> None:
    at = checkout(team, tmp_path)
    last = github(at, team.git("rev-parse", "main"))[-1]
    assert last.returncode == 1
    lines = last.stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::notice"]
    report = json.loads((at.path / "cmos.sarif").read_text())
    assert [it["ruleId"] for it in report["runs"][0]["results"]] == ["mission-unknown"]


def test_github_passes_what_is_so(team: Repository, tmp_path: Path) -> None:
    team.git("commit", "-q", "--amend", "--allow-empty", "-m", "Finish\n\nMission-Complete: B1.1")
    team.git("push", "-q", "--force", "origin", "feat")
    for base in (team.git("rev-parse", "main"), "0" * 40):
        done = github(checkout(team, tmp_path), base)
        assert [it.returncode for it in done] == [0, 0, 0], done[-1].stderr


def test_github_without_the_history_or_the_plan_does_not_pass(
    team: Repository, tmp_path: Path
) -> None:
    shallow = checkout(team, tmp_path, "--depth=1", "--branch=feat")
    last = github(shallow, "0" * 40)[-1]
    assert last.returncode != 0
    assert "fetch-depth: 0" in last.stderr
    planless = checkout(team, tmp_path)
    planless.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    done = run(planless, "git cmos verify main..HEAD")
    assert done.returncode == 128
    assert "git cmos sync --fetch" in done.stderr


def gitlab(at: Repository, **env: str) -> subprocess.CompletedProcess[str]:
    return run(at, "\n".join(yaml.safe_load(GITLAB)["missions"]["script"]), **env)


def test_gitlab(team: Repository, tmp_path: Path) -> None:
    base = team.git("rev-parse", "main")
    at = checkout(team, tmp_path)
    done = gitlab(at, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert done.returncode == 1
    assert "nobody has planned B1.11" in done.stdout
    assert 'failures="1"' in (at.path / "cmos.xml").read_text()
    at.git("checkout", "-q", "HEAD~1")
    assert gitlab(at, CI_COMMIT_BEFORE_SHA=base).returncode == 0
    assert gitlab(at, CI_COMMIT_BEFORE_SHA="0" * 40).returncode == 0


def test_the_ids_for_pre_commit_are_ours() -> None:
    ours = {it["id"] for it in yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())}
    [theirs] = yaml.safe_load(PRE_COMMIT)["repos"]
    assert {it["id"] for it in theirs["hooks"]} <= ours
