"""Storage under attack: what was acknowledged is never lost, and no state is ever wrong."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository

FIELDS = ("id", "at", "actor", "writer", "seq", "batch", "kind")
TOLD = "SELECT id, at, actor, writer, seq, batch, kind, body FROM events"


def database(repo: Repository) -> Path:
    return repo.path / ".cmos" / "memory.db"


def warmed(repo: Repository, missions: int = 3) -> Repository:
    """A repository with a claim in a commit and a few missions that were told."""
    repo.commit("a claim", "Mission-Complete: S1 seen in a commit")
    for number in range(1, missions + 1):
        ok("mission", "add", f"T{number}", f"told {number}", at=repo)
    return repo


def ok(*args: str, at: Repository) -> str:
    """The output of a command in this process that must succeed."""
    status, out, err = at.run(*args)
    assert status == 0, (args, status, err)
    return out


def ids(repo: Repository, *options: str) -> set[str]:
    """The missions that are listed."""
    return {row["id"] for row in json.loads(ok("mission", "list", "--json", *options, at=repo))}


def digest(repo: Repository) -> str:
    """The digest of the projection, which a rebuild must not change."""
    found = json.loads(ok("db", "rebuild", "--json", at=repo))
    assert found["same"], found
    return str(found["digest"])


def start(repo: Repository, *args: str, **env: str) -> subprocess.Popen[str]:
    """`git cmos args` as a process that runs beside this one."""
    return subprocess.Popen(
        ["git-cmos", *args],
        cwd=repo.path,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(processes: Iterable[subprocess.Popen[str]]) -> list[tuple[int, str, str]]:
    """(status, output, error output) of each."""
    done = [(process, *process.communicate(timeout=120)) for process in processes]
    return [(process.returncode, out, err) for process, out, err in done]


def python(repo: Repository, code: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Python code in a process of its own, standing in the repository."""
    return subprocess.run(
        [sys.executable, "-c", code, *args], cwd=repo.path, capture_output=True, text=True
    )


def journal(repo: Repository) -> dict[str, tuple[Any, ...]]:
    """id -> told event, read from memory.db by SQLite alone."""
    db = sqlite3.connect(f"file:{database(repo)}?mode=ro", uri=True)
    try:
        rows = db.execute(TOLD).fetchall()
    finally:
        db.close()
    return {row[0]: (*row[:-1], json.loads(row[-1])) for row in rows}


def ledger(repo: Repository) -> dict[str, tuple[Any, ...]]:
    """id -> told event, read from refs/cmos/ledger/* by git alone."""
    refs = repo.git("for-each-ref", "--format=%(refname)", "refs/cmos/ledger").split()
    if not refs:
        return {}
    names = "".join(f"{oid}:events.jsonl\n" for oid in repo.git("rev-list", *refs).split())
    said = subprocess.run(
        ["git", "cat-file", "--batch=%(objecttype)"],
        cwd=repo.path,
        input=names.encode(),
        capture_output=True,
        check=True,
    ).stdout
    lines = [json.loads(line) for line in said.split(b"\n") if line.startswith(b"{")]
    return {line["id"]: (*(line[name] for name in FIELDS), line["body"]) for line in lines}


def assert_agreement(repo: Repository) -> None:
    """The journal and the ledger hold the same told events, word for word."""
    assert journal(repo) == ledger(repo)


def assert_clean_refusal(done: tuple[int, str, str], status: int = 128) -> None:
    """One line `fatal:` or `error:`, perhaps a hint, and no word of a bug."""
    code, _, err = done
    lines = err.splitlines()
    assert code == status, done
    assert lines[0].startswith(("fatal: ", "error: ")), err
    assert all(line.startswith("hint: ") for line in lines[1:]), err
    assert "this is a bug" not in err, err
    assert "Traceback" not in err, err


def known(cases: Iterable[str], failing: Collection[str], reason: str) -> list[Any]:
    """The cases, those that fail by a known fault of the product marked with its reason."""
    mark = pytest.mark.xfail(strict=True, reason=reason)
    return [pytest.param(case, marks=mark if case in failing else ()) for case in cases]


@contextlib.contextmanager
def tmpfs(folder: Path, kilobytes: int) -> Iterator[None]:
    """A small file system of its own; skips the test where one cannot be mounted."""
    folder.mkdir(exist_ok=True)
    mounted(["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)])
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder, mounted over itself so that nobody can write there."""
    mounted(["--bind", str(folder), str(folder)])
    try:
        mounted(["-o", "remount,ro,bind", str(folder)])
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def mounted(options: Sequence[str]) -> None:
    try:
        done = subprocess.run(["mount", *options], capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"cannot mount: {error}")
    if done.returncode:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
