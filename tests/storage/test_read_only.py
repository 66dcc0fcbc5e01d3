"""What cannot be written is read: the state, told events included, exit 0 (SCENARIOS 34, 37)."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.storage import assert_clean_refusal, database, ids, ok, python, read_only, warmed

EVERYTHING = {"S1", "T1", "T2", "T3"}
READS = (("next",), ("status",), ("log",), ("mission", "list"), ("mission", "show", "T1"))


def reads_and_refuses(repo: Repository) -> None:
    assert ids(repo) == EVERYTHING
    for words in READS:
        assert repo.run(*words).status == 0, words
    assert_clean_refusal(repo.run("mission", "add", "N1", "new"))
    assert_clean_refusal(repo.run("mission", "start", "T1"))


def test_a_read_only_checkout_is_read_and_not_written(repo: Repository) -> None:
    warmed(repo)
    with read_only(repo.path):
        reads_and_refuses(repo)
        assert repo.run("init").status == 0
        assert "read-only" in ok("status", at=repo)
    assert ids(repo) == EVERYTHING


def test_a_read_only_checkout_without_a_memory_is_read_from_the_ledger(repo: Repository) -> None:
    warmed(repo)
    shutil.rmtree(repo.path / ".cmos")
    with read_only(repo.path):
        reads_and_refuses(repo)


def test_a_read_only_checkout_whose_memory_is_behind_shows_what_is_new(repo: Repository) -> None:
    warmed(repo, 1)
    stale = database(repo).read_bytes()
    ok("mission", "add", "T2", "told later", at=repo)
    ok("mission", "add", "T3", "told later", at=repo)
    database(repo).write_bytes(stale)
    with read_only(repo.path):
        reads_and_refuses(repo)


def leave_a_wal(repo: Repository) -> None:
    """A process that dies leaves its last events in memory.db-wal alone, not in the ledger."""
    code = (
        "import os\n"
        "from git_cmos import ledger\n"
        "from git_cmos.cli import main\n"
        "ledger.append = lambda *given: os.kill(os.getpid(), 9)\n"
        "main(['mission', 'add', 'T3', 'in the WAL'])\n"
    )
    python(repo, code)
    assert Path(f"{database(repo)}-wal").stat().st_size


@pytest.mark.parametrize("shm", [True, False])
def test_told_events_in_a_wal_are_read_too(repo: Repository, shm: bool) -> None:
    warmed(repo, 2)
    leave_a_wal(repo)
    if not shm:
        Path(f"{database(repo)}-shm").unlink()
    with read_only(repo.path):
        found = ids(repo)
    assert ids(repo) == EVERYTHING
    assert found == EVERYTHING


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


CONTENTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("no database\n" * 999),
    "a folder": folder_instead,
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
}


@pytest.mark.parametrize("content", CONTENTS)
def test_a_damaged_memory_in_a_read_only_checkout_is_passed_over(
    repo: Repository, content: str
) -> None:
    warmed(repo)
    CONTENTS[content](database(repo))
    with read_only(repo.path):
        reads_and_refuses(repo)


NOBODY = 65534


def as_nobody(repo: Repository, *args: str) -> tuple[int, str, str]:
    """In a child of this process, since another user may not reach the interpreter."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            answer = repo.run(*args)
            os.write(writing, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        status, out, err = json.load(pipe)
    os.waitpid(child, 0)
    return status, out, err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
@pytest.mark.parametrize("memory", [True, False])
def test_another_user_reads_a_checkout_that_belongs_to_somebody(
    repo: Repository, sealed: Path, memory: bool
) -> None:
    warmed(repo)
    with (sealed / ".gitconfig").open("a") as config:
        config.write(f"[safe]\n\tdirectory = {repo.path}\n")
    for folder in (*repo.path.parents, *sealed.parents, sealed):
        if str(folder).startswith("/tmp/pytest"):
            folder.chmod(0o755)
    ok("mission", "list", at=repo)  # loads what another user may not be able to
    if not memory:
        shutil.rmtree(repo.path / ".cmos")
    status, out, err = as_nobody(repo, "mission", "list")
    assert (status, err) == (0, "")
    assert all(mission in out for mission in EVERYTHING)
    assert_clean_refusal(as_nobody(repo, "mission", "add", "N1", "new"))


# -- a newer schema ----------------------------------------------------------------------------


def newer(repo: Repository) -> None:
    db = sqlite3.connect(database(repo))
    db.execute("PRAGMA user_version = 4711")
    db.close()


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_newer_memory_is_read_and_not_touched(repo: Repository) -> None:
    warmed(repo)
    newer(repo)
    before = database(repo).read_bytes()
    reads_and_refuses(repo)
    repo.commit("later", "Mission-Complete: S2")
    assert ids(repo) == EVERYTHING | {"S2"}
    assert repo.run("db", "rebuild").status in (0, 128)
    assert "upgrade" in repo.run("mission", "add", "N1", "new").err
    assert database(repo).read_bytes() == before


def test_a_newer_memory_with_a_wal_is_not_touched(repo: Repository) -> None:
    warmed(repo)
    newer(repo)
    leave_a_wal_of_a_newer_version(repo)
    before = {n: b for n, b in content(repo.path / ".cmos").items() if not n.endswith("-shm")}
    assert ids(repo) == EVERYTHING
    after = {n: b for n, b in content(repo.path / ".cmos").items() if not n.endswith("-shm")}
    assert after == before


def leave_a_wal_of_a_newer_version(repo: Repository) -> None:
    code = (
        "import os, sqlite3\n"
        "db = sqlite3.connect('.cmos/memory.db', isolation_level=None)\n"
        "db.execute('CREATE TABLE later (x)')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    python(repo, code)
    assert Path(f"{database(repo)}-wal").stat().st_size
