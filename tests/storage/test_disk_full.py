"""A full disk: 128 and one line, reads go on, nothing acknowledged is lost (SCENARIO 33)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_cmos import ledger as product
from git_cmos.actions import missions
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.storage import (
    assert_agreement,
    assert_clean_refusal,
    digest,
    ids,
    ok,
    tmpfs,
    warmed,
)

BLOCK = 4096


def fill(folder: Path, leave: int) -> None:
    """Take all the space of a file system but `leave` kilobytes."""
    filler = folder / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(BLOCK))
        except OSError:
            pass
        size = file.tell() // BLOCK * BLOCK
        file.truncate(max(0, size - leave * 1024))


def free(folder: Path) -> None:
    (folder / "filler").unlink()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Repository]:
    """A warmed repository alone on a file system of a few megabytes."""
    with tmpfs(tmp_path / "disk", 4096):
        made = Repository.create(tmp_path / "disk" / "repo", "--template=")
        made.commit("start")
        yield warmed(made)


def write_at(repo: Repository, kilobytes: list[int]) -> None:
    """A write with each of these amounts of space left is acknowledged or cleanly refused."""
    disk = repo.path.parent
    known = ids(repo)
    for room in kilobytes:
        fill(disk, room)
        done = repo.run("mission", "add", f"F{room}", "on a full disk", "--objective", "x" * 3000)
        if done.status:
            assert_clean_refusal(done)
        else:
            known.add(f"F{room}")
        free(disk)
        assert ids(repo) >= known
    ok("mission", "add", "Z", "after", at=repo)
    known = ids(repo)
    assert_agreement(repo)
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert ids(repo) == known
    assert digest(repo) == before


def test_writes_on_a_full_disk_are_refused_or_kept(small: Repository) -> None:
    write_at(small, [0, 4, 12, 32, 40, 48, 56, 64, 72, 80, 96, 160])


@pytest.mark.long
def test_writes_with_a_hundred_amounts_of_space_left_are_refused_or_kept(
    small: Repository,
) -> None:
    write_at(small, [4 * blocks for blocks in range(100)])


def test_a_full_disk_leaves_nothing_behind(small: Repository) -> None:
    for room in range(32, 132, 4):
        fill(small.path.parent, room)
        small.run("mission", "add", f"F{room}", "on a full disk", "--objective", "x" * 3000)
    free(small.path.parent)
    ok("mission", "add", "Z", "after", at=small)
    assert not list(small.path.rglob("fast_import_*"))


@pytest.mark.parametrize("room", [0, 8, 24])
def test_reads_work_on_a_full_disk(small: Repository, room: int) -> None:
    expected = ids(small)
    fill(small.path.parent, room)
    assert ids(small) == expected
    assert small.run("status").status == 0
    assert small.run("next").status == 0


def test_reads_show_new_commits_though_the_memory_cannot_take_them_in(repo: Repository) -> None:
    (repo.path / ".cmos").mkdir()
    with tmpfs(repo.path / ".cmos", 1400):
        warmed(repo)
        fill(repo.path / ".cmos", 36)  # room for SQLite's -shm
        for number in range(12):
            repo.commit(f"work {number}", f"Mission-Complete: N{number} {'notes ' * 300}")
        assert ids(repo) == {"S1", "T1", "T2", "T3"} | {f"N{n}" for n in range(12)}
        assert repo.run("next").status == 0
        assert_clean_refusal(repo.run("mission", "add", "T4", "no room"))
        free(repo.path / ".cmos")
        ok("mission", "add", "T4", "room again", at=repo)
        assert_agreement(repo)


def test_a_first_run_on_a_full_disk_reads_and_leaves_no_trap(repo: Repository) -> None:
    warmed(repo)
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    (repo.path / ".cmos").mkdir()
    with tmpfs(repo.path / ".cmos", 1400):
        fill(repo.path / ".cmos", 0)
        assert ids(repo) == {"S1", "T1", "T2", "T3"}
        assert_clean_refusal(repo.run("mission", "add", "T4", "no room"))
        free(repo.path / ".cmos")
        assert digest(repo) == before


def test_a_first_run_on_a_full_disk_ignores_itself_later(repo: Repository) -> None:
    (repo.path / ".cmos").mkdir()
    with tmpfs(repo.path / ".cmos", 600):
        fill(repo.path / ".cmos", 0)
        repo.run("next")
        free(repo.path / ".cmos")
        ids(repo)
        assert repo.git("status", "--porcelain") == ""


def test_a_process_that_lives_on_recovers_from_a_failed_note(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed(repo, 1)

    def full(*args: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with Memory.open(str(repo.path), lives_on=True) as memory:
        with monkeypatch.context() as patch:
            patch.setattr(product, "keep", full)
            missions.add(memory, "A1", "acknowledged")
        assert not memory.db.in_transaction, "every other process waits for it"
        assert memory.db.execute("PRAGMA synchronous").fetchone()[0] == 2
        missions.add(memory, "A2", "the next one")
    assert ids(repo) == {"S1", "T1", "A1", "A2"}
    assert_agreement(repo)
