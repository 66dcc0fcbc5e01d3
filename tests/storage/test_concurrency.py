"""Many processes at once: acknowledged is stored, nobody hears of a lock (SCENARIOS 30, 31)."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.storage import (
    assert_agreement,
    database,
    digest,
    finish,
    ids,
    journal,
    ok,
    start,
    warmed,
)

Done = subprocess.CompletedProcess[str]


def all_fine(done: list[Done]) -> None:
    bad = [(run.args, run.returncode, run.stderr) for run in done if run.returncode or run.stderr]
    assert not bad, bad


def write_at_once(repo: Repository, writers: int, each: int) -> None:
    def add(writer: int) -> list[Done]:
        return [repo.process("mission", "add", f"W{writer}.{n}", "w") for n in range(each)]

    with ThreadPoolExecutor(writers) as pool:
        all_fine([run for runs in pool.map(add, range(writers)) for run in runs])
    assert ids(repo) == {f"W{writer}.{n}" for writer in range(writers) for n in range(each)}
    assert_agreement(repo)
    seqs = sorted(event[4] for event in journal(repo).values())
    assert seqs == list(range(1, writers * each + 1)), "one writer, no gap, no double"
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert digest(repo) == before


def test_sixteen_writers_at_once_lose_nothing(repo: Repository) -> None:
    write_at_once(repo, writers=16, each=2)


@pytest.mark.long
def test_thirty_two_writers_of_a_hundred_commands_lose_nothing(repo: Repository) -> None:
    write_at_once(repo, writers=32, each=100)


def first_runs(repo: Repository, count: int) -> None:
    for number in range(20):
        repo.commit(f"step {number}", f"Mission-Complete: S{number}")
    done = finish([start(repo, "mission", "list", "--json") for _ in range(count)])
    assert {(status, err) for status, _, err in done} == {(0, "")}
    assert len({out for _, out, _ in done}) == 1
    assert len(ids(repo)) == 20
    assert (repo.path / ".cmos" / ".gitignore").read_text() == "*\n"


def test_thirty_two_first_runs_at_once_agree(repo: Repository) -> None:
    first_runs(repo, 32)


@pytest.mark.long
def test_first_runs_at_once_agree_every_time(repo: Repository) -> None:
    for _ in range(20):
        shutil.rmtree(repo.path / ".cmos", ignore_errors=True)
        first_runs(repo, 32)


def test_sixteen_first_writes_at_once_are_all_kept(repo: Repository) -> None:
    done = finish([start(repo, "mission", "add", f"F{n}", "first") for n in range(16)])
    assert {(status, err) for status, _, err in done} == {(0, "")}
    assert ids(repo) == {f"F{n}" for n in range(16)}
    assert_agreement(repo)


@pytest.mark.parametrize("content", [b"this is no database\n" * 99, b""])
def test_first_runs_at_once_on_a_damaged_memory_heal_it_once(
    repo: Repository, content: bytes
) -> None:
    warmed(repo)
    database(repo).write_bytes(content)
    done = finish([start(repo, "mission", "add", f"D{n}", "after") for n in range(12)])
    assert {status for status, _, _ in done} == {0}, done
    assert ids(repo) == {"S1", "T1", "T2", "T3"} | {f"D{n}" for n in range(12)}
    assert_agreement(repo)
    aside = [path.name for path in (repo.path / ".cmos").glob("*damaged*")]
    assert len(aside) <= 1, "a sound memory was set aside"


def test_commits_in_eight_worktrees_at_once_are_all_seen(repo: Repository) -> None:
    for tree in range(8):
        repo.git("worktree", "add", "-q", "-b", f"w{tree}", str(repo.path.parent / f"w{tree}"))

    def work(tree: int) -> list[Done]:
        there = Repository(repo.path.parent / f"w{tree}", repo.clock + tree)
        runs = []
        for number in range(2):
            there.commit(f"work {tree} {number}", f"Mission-Complete: C{tree}.{number}")
            runs.append(there.process("next", "--json"))
            runs.append(there.process("mission", "add", f"A{tree}.{number}", "told"))
        return runs

    with ThreadPoolExecutor(8) as pool:
        all_fine([run for runs in pool.map(work, range(8)) for run in runs])
    expected = {f"{kind}{tree}.{n}" for kind in "AC" for tree in range(8) for n in range(2)}
    assert ids(repo) == expected
    assert_agreement(repo)
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert digest(repo) == before


def test_readers_never_fail_or_go_back_while_others_write(repo: Repository) -> None:
    ok("mission", "add", "R0", "first", at=repo)
    writers = [start(repo, "mission", "add", f"R{n}", "w") for n in range(1, 9)]
    seen = [len(ids(repo)) for _ in range(30)]
    assert {status for status, _, _ in finish(writers)} == {0}
    assert seen == sorted(seen)
    assert len(ids(repo)) == 9


def test_a_second_memory_in_one_process_takes_no_locks_from_the_first(repo: Repository) -> None:
    """POSIX locks fall with the first descriptor that is closed: nobody but SQLite may open the
    file (sqlite.org/howtocorrupt.html, 2.2)."""
    ok("mission", "add", "B1", "one", at=repo)
    with Memory.open(str(repo.path)) as first:
        assert first.db.execute("SELECT id FROM missions").fetchall() == [("B1",)]
        for number in range(2, 6):
            ok("mission", "add", f"B{number}", "more", at=repo)  # in this process
            assert repo.process("next").returncode == 0  # and in another
            found = first.db.execute("SELECT id FROM missions ORDER BY id").fetchall()
            assert found == [(f"B{n}",) for n in range(1, number + 1)]
        assert first.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
