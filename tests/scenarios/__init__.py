"""What the scenarios share: a look at the state in this process, and the invariant.

A process of ours costs a hundred times a look in-process; the tests that are about processes
(environment, options, output, exit status) start real ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from git_cmos import cli
from git_cmos.actions import storage
from git_cmos.memory import Memory
from git_cmos.queries import log, missions
from git_cmos.values import fields_of
from tests.conftest import Repository


@dataclass(frozen=True)
class Look:
    """All that a person could see in one view."""

    digest: str
    missions: dict[str, dict[str, Any]]
    log: list[dict[str, Any]]
    carriers: dict[str, list[dict[str, Any]]]

    @property
    def statuses(self) -> dict[str, str]:
        return {name: mission["status"] for name, mission in self.missions.items()}

    def reach(self, mission: str) -> tuple[str | None, list[str]]:
        found = self.missions[mission]
        return found["reach"], list(found["refs"])

    def actions(self, mission: str) -> list[str]:
        """What the log says was done to the mission, oldest first; commits' own lines left out."""
        lines = [line for line in self.log if line["mission_id"] == mission]
        return [line["action"] for line in reversed(lines) if line["action"] != "commit"]


def look(repo: Repository, at: str | None = None) -> Look:
    """The state, caught up by difference; a rebuild must not change it."""
    with Memory.open(str(repo.path)) as memory:
        if at is None:
            return _look(memory)
        with memory.at(at) as view:
            return _look(view)


def _look(memory: Memory) -> Look:
    found = missions.listed(memory)
    lines = log.entries(memory)
    carriers = {
        mission.id: [fields_of(carrier) for carrier in log.where(memory, mission.id).commits]
        for mission in found
    }
    rebuilt = storage.rebuild(memory)
    assert rebuilt["same"], rebuilt
    return Look(
        digest=rebuilt["digest"],
        missions={mission.id: fields_of(mission) for mission in found},
        log=[fields_of(line) for line in lines],
        carriers=carriers,
    )


def memory_of(repo: Repository) -> Path:
    """The folder that holds memory.db."""
    with Memory.open(str(repo.path)) as memory:
        return Path(memory.repo.place.memory)


def anew(repo: Repository) -> Look:
    """What a memory built from nothing shows; the one that is there stays as it is."""
    folder = memory_of(repo)
    aside = folder.with_name(folder.name + "-aside")
    folder.rename(aside)
    try:
        return look(repo)
    finally:
        shutil.rmtree(folder)
        aside.rename(folder)


def settled(repo: Repository) -> Look:
    """The state; the same, in every word, as that of a memory built from nothing."""
    now = look(repo)
    fresh = anew(repo)
    assert now.missions == fresh.missions
    assert now.carriers == fresh.carriers
    assert now.log == fresh.log
    assert now.digest == fresh.digest
    return now


def statuses(repo: Repository) -> dict[str, str]:
    """id -> status, once it is sure that they are those of a memory built from nothing."""
    return settled(repo).statuses


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


def ask(repo: Repository, *args: str) -> Answer:
    """`git cmos args` in the repository, through the same door, but in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(repo.path),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = cli.main(list(args))
    return Answer(status, out.getvalue(), err.getvalue())


def clone(repo: Repository, to: Path, *options: str) -> Repository:
    """A clone over git's own transport (a plain path would be linked, not cloned)."""
    source = f"file://{repo.path}"
    subprocess.run(["git", "clone", "-q", *options, source, str(to)], check=True)
    return Repository(to, repo.clock)


def write_commit(repo: Repository, raw: bytes) -> str:
    """Any bytes as a commit object, checked by nobody; its name."""
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
        cwd=repo.path,
        input=raw,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def raw_commit(
    repo: Repository,
    message: bytes,
    *,
    date: str | None = None,
    author: str = "A U Thor <author@example.com>",
    parents: list[str] | None = None,
    headers: bytes = b"",
) -> bytes:
    """A commit as git would write it, but for what the caller wants otherwise."""
    repo.clock += 60
    date = date or f"{repo.clock} +0000"
    tree = repo.git("rev-parse", "HEAD^{tree}")
    lines = [f"tree {tree}"]
    lines += [
        f"parent {oid}" for oid in ([repo.git("rev-parse", "HEAD")] if parents is None else parents)
    ]
    lines += [f"author {author} {date}", f"committer {author} {date}"]
    return "".join(f"{line}\n" for line in lines).encode() + headers + b"\n" + message


def put_commit(repo: Repository, raw: bytes) -> str:
    """The commit becomes the tip of the current branch."""
    oid = write_commit(repo, raw)
    repo.git("update-ref", "HEAD", oid)
    return oid


def name_of(raw: bytes) -> str:
    """The object name that git would give to a commit of these bytes."""
    whole = b"commit %d\0" % len(raw) + raw
    return hashlib.sha1(whole, usedforsecurity=False).hexdigest()


def bytes_of(repo: Repository, *args: str | bytes, env: dict[str, str] | None = None) -> bytes:
    """Standard output of any program in the repository, as bytes; it must succeed."""
    done = subprocess.run(
        args, cwd=repo.path, capture_output=True, check=True, env={**os.environ, **(env or {})}
    )
    return done.stdout
