"""What others do to the repository and the memory while commands run (SCENARIOS 29, 36)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from git_cmos import opening
from git_cmos.actions import missions
from git_cmos.memory import Memory
from tests.conftest import PROJECT, Repository
from tests.storage import assert_agreement, database, ids, ledger, ok, warmed

LOST = {"the commit": "", "the tree": "^{tree}", "the batch": ":events.jsonl"}


def prune_by_hand(repo: Repository, what: str, ago: int) -> None:
    """What a gc takes away that runs while git writes: one object of an older ledger commit."""
    ref = repo.git("for-each-ref", "--format=%(refname)", "refs/cmos/ledger")
    oid = repo.git("rev-parse", f"{ref}~{ago}{LOST[what]}")
    (repo.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


@pytest.mark.parametrize("what", LOST)
def test_a_ledger_whose_last_batch_was_pruned_is_written_again(repo: Repository, what: str) -> None:
    warmed(repo)
    prune_by_hand(repo, what, ago=0)
    answer = repo.run("mission", "add", "K1", "after")
    assert (answer.status, answer.err) == (0, "")
    assert_agreement(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert ids(repo) == {"S1", "T1", "T2", "T3", "K1"}


def test_what_is_whole_of_a_chain_is_kept(repo: Repository) -> None:
    warmed(repo, 4)
    before = repo.git("rev-list", "--reverse", "--glob=refs/cmos/ledger/*").split()
    prune_by_hand(repo, "the tree", ago=0)
    ok("mission", "add", "K1", "after", at=repo)
    after = repo.git("rev-list", "--reverse", "--glob=refs/cmos/ledger/*").split()
    assert after[:3] == before[:3]
    assert len(ledger(repo)) == 5


@pytest.mark.parametrize("beside", [True, False])
def test_a_memory_that_is_removed_under_a_process_that_lives_on(
    repo: Repository, beside: bool
) -> None:
    """With what lies beside it, and, worse, without: SQLite finds the -wal by its name."""
    warmed(repo, 1)
    with Memory.open(str(repo.path), lives_on=True) as memory:
        for number in range(6):
            if beside:
                shutil.rmtree(repo.path / ".cmos")
            else:
                database(repo).unlink()
            if number % 2:
                assert repo.process("next").returncode == 0  # another makes it anew
            missions.add(memory, f"L{number}", "told")
            ok("mission", "add", f"O{number}", "by another", at=repo)
    told = {f"{by}{number}" for by in "LO" for number in range(6)}
    assert ids(repo) == {"S1", "T1"} | told
    assert_agreement(repo)
    assert repo.run("db", "health").status == 0


def test_a_file_that_is_replaced_while_it_is_opened_is_opened_once_more(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed(repo, 1)
    real, left = opening._connect, [3]

    def replaced(repo_: object, path: str) -> object:
        found = real(repo_, path)  # type: ignore[arg-type]
        if left[0]:
            left[0] -= 1
            Path(path).rename(f"{path}.old")
            shutil.copyfile(f"{path}.old", path)
        return found

    monkeypatch.setattr(opening, "_connect", replaced)
    with Memory.open(str(repo.path)) as memory:
        assert memory._file == opening.identity(str(database(repo)))
        assert left == [0]


def test_a_little_of_each_row_of_the_benchmark(tmp_path: Path) -> None:
    """The figures are in docs/reliability.md; here only that each row runs and finds nothing."""
    record = tmp_path / "record.json"
    line = [sys.executable, "-m", "benchmarks.reliability", "--short", "--json", str(record)]
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True)
    rows = json.loads(record.read_text())["rows"]
    assert [(row["name"], row["said"]) for row in rows if row["said"] or row["lost"]] == []
    assert (done.returncode, len(rows)) == (0, 10), done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_benchmark_leaves_no_process(tmp_path: Path, number: int) -> None:
    """Ctrl-C, while first runs are under way."""
    line = [sys.executable, "-m", "benchmarks.reliability", "--only", "first-runs"]
    running = subprocess.Popen(
        line, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    while not list(tmp_path.glob("*/first/.cmos")):
        time.sleep(0.02)
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130, said
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + 10  # a killed grandchild takes a moment to be reaped
    while standing_in(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert standing_in(tmp_path) == []


def standing_in(folder: Path) -> list[str]:
    """The processes that work somewhere below a folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if str(link.readlink()).startswith(str(folder)):
                found.append(link.parent.name)
        except OSError:
            continue
    return found
