"""kill -9 at any moment: acknowledged is never lost, a retry doubles nothing (SCENARIOS 27, 32)."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.storage import (
    assert_agreement,
    digest,
    finish,
    ids,
    journal,
    ledger,
    ok,
    python,
    start,
    warmed,
)

# Where one command may die: (module, function, before or after it ran).
STEPS = {
    "before the journal": ("git_cmos.journal", "append", "before"),
    "after the journal": ("git_cmos.journal", "append", "after"),
    "after the fold": ("git_cmos.fold", "extend", "after"),
    "after the commit": ("git_cmos.ledger", "append", "before"),
    "after the ledger": ("git_cmos.ledger", "_note", "before"),
    "before the answer": ("git_cmos.ledger", "append", "after"),
}
DEADLY = """
import importlib, os, sys
module, name, when, *args = sys.argv[1:]
room = importlib.import_module(module)
real = getattr(room, name)
def deadly(*given, **named):
    if when == "after":
        real(*given, **named)
    os.kill(os.getpid(), 9)
setattr(room, name, deadly)
from git_cmos.cli import main
sys.exit(main(args))
"""


def die(repo: Repository, step: str, *args: str) -> None:
    done = python(repo, DEADLY, *STEPS[step], *args)
    assert done.returncode == -signal.SIGKILL, (done.stdout, done.stderr)


@pytest.mark.parametrize("step", STEPS)
def test_a_retry_after_a_kill_doubles_nothing(repo: Repository, step: str) -> None:
    warmed(repo, 1)
    die(repo, step, "mission", "add", "K1", "killed")
    status, _, err = repo.run("mission", "add", "K1", "killed")
    assert status == 0 or "exists already" in err
    assert repo.run("mission", "add", "K2", "later")[0] == 0
    assert ids(repo) == {"S1", "T1", "K1", "K2"}
    assert_agreement(repo)
    told = [event[-1].get("mission") for event in journal(repo).values()]
    assert sorted(told) == ["K1", "K2", "T1"]
    assert sorted(event[4] for event in journal(repo).values()) == [1, 2, 3]


@pytest.mark.parametrize(
    "step",
    list(STEPS),
)
def test_the_next_command_heals_even_if_it_only_reads(repo: Repository, step: str) -> None:
    warmed(repo, 1)
    die(repo, step, "mission", "add", "K1", "killed")
    shown = ids(repo)
    assert_agreement(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert ids(repo) == shown, "what was shown once is not lost"


def kill_at_random(repo: Repository, count: int, seed: int) -> None:
    """Each command is killed somewhere between its start and its end; some finish before."""
    chance = random.Random(seed)
    began = time.monotonic()
    assert finish([start(repo, "mission", "add", "K", "how long does it take")])[0][0] == 0
    usual = time.monotonic() - began
    acknowledged = {"K"}
    for number in range(count):
        process = start(repo, "mission", "add", f"K{number}", "to be killed")
        time.sleep(chance.uniform(0.25, 1.25) * usual)
        process.kill()
        if finish([process])[0][0] == 0:
            acknowledged.add(f"K{number}")
    assert ids(repo) >= acknowledged
    ok("mission", "add", "Z", "heals", at=repo)
    shown = ids(repo)
    assert shown >= acknowledged | {"Z"}
    assert_agreement(repo)
    before = digest(repo)
    assert repo.run("db", "health")[0] == 0
    shutil.rmtree(repo.path / ".cmos")
    assert ids(repo) == shown
    assert digest(repo) == before


def test_kills_at_random_lose_nothing_acknowledged(repo: Repository) -> None:
    kill_at_random(repo, 20, seed=1)


@pytest.mark.long
def test_five_hundred_kills_at_random_lose_nothing_acknowledged(repo: Repository) -> None:
    kill_at_random(repo, 500, seed=2)


def test_kills_during_the_first_run_leave_nothing_that_hurts(repo: Repository) -> None:
    repo.commit("a claim", "Mission-Complete: S1")
    chance = random.Random(3)
    for _ in range(8):
        process = start(repo, "mission", "list")
        time.sleep(chance.uniform(0.03, 0.2))
        process.kill()
        finish([process])
    assert ids(repo) == {"S1"}
    assert digest(repo)


def waiting_git(folder: Path) -> str:
    """A `git` whose ledger appends say that they begin and wait to be let go; its PATH."""
    folder.mkdir()
    (folder / "git").write_text(
        f'#!/bin/sh\ncd "{folder}" && case "$*" in *fast-import*) touch "begun.$CMOS_TEST"\n'
        f'while [ ! -e "go.$CMOS_TEST" ]; do sleep 0.01; done;; esac\n'
        f'cd "$OLDPWD" && exec "{shutil.which("git")}" "$@"\n'
    )
    (folder / "git").chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_commands_git_that_lives_on_costs_the_next_command_nothing(
    repo: Repository, tmp_path: Path
) -> None:
    warmed(repo, 1)
    slow = tmp_path / "slow"
    path = waiting_git(slow)
    first = start(repo, "mission", "add", "K1", "killed", PATH=path, CMOS_TEST="1")
    wait_for((slow / "begun.1").exists)
    first.kill()
    second = start(repo, "mission", "add", "K2", "next", PATH=path, CMOS_TEST="2")
    wait_for(lambda: (slow / "begun.2").exists() or second.poll() is not None)
    (slow / "go.1").touch()
    time.sleep(0.2)
    (slow / "go.2").touch()
    assert finish([first, second])[1] == (0, "  · K2 next\n", "")
    ok("mission", "add", "K3", "heals", at=repo)
    assert_agreement(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert ids(repo) == {"S1", "T1", "K1", "K2", "K3"}


def own_ref(repo: Repository) -> str:
    return repo.git("for-each-ref", "--format=%(refname)", "refs/cmos/ledger")


def test_a_stale_lock_of_our_own_ledger_is_healed(repo: Repository) -> None:
    warmed(repo, 1)
    stale = repo.path / ".git" / f"{own_ref(repo)}.lock"
    stale.touch()
    status, _, err = repo.run("mission", "add", "K1", "after")
    assert "K1" in ids(repo)
    assert (status, err) == (0, "")
    assert not stale.exists()
    assert_agreement(repo)


def test_locks_that_are_not_ours_are_left_alone(repo: Repository) -> None:
    warmed(repo, 1)
    others = [repo.path / ".git" / name for name in ("index.lock", "refs/heads/main.lock")]
    for path in others:
        path.touch()
    ok("mission", "add", "K1", "after", at=repo)
    assert all(path.exists() for path in others)
    assert_agreement(repo)


def test_what_a_failing_ledger_left_behind_is_appended_by_the_next_write(
    repo: Repository,
) -> None:
    warmed(repo, 1)
    stale = repo.path / ".git" / f"{own_ref(repo)}.lock"
    stale.touch()
    repo.run("mission", "add", "K1", "not in the ledger yet")
    stale.unlink(missing_ok=True)
    ok("mission", "add", "K2", "takes it along", at=repo)
    assert_agreement(repo)
    assert len(ledger(repo)) == 3
