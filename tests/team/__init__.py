"""Several clones of one repository, and the remote between them."""

from __future__ import annotations

import json
import stat
import subprocess
import zlib
from pathlib import Path
from typing import Any

from tests.conftest import Repository
from tests.storage import journal

ORIGIN = "origin.git"


def origin(folder: Path, *options: str) -> Repository:
    """A bare repository with one commit on main."""
    bare = Repository.create(folder / ORIGIN, "--bare", *options)
    seed = Repository.create(folder / "seed", *options)
    seed.commit("start")
    seed.git("push", "-q", f"file://{bare.path}", "HEAD:refs/heads/main")
    return bare


def clone(bare: Repository, name: str, *options: str, url: str = "") -> Repository:
    """A clone beside the remote, over git's own transport."""
    path = bare.path.parent / name
    source = url or f"file://{bare.path}"
    subprocess.run(["git", "clone", "-q", *options, source, str(path)], check=True)
    return Repository(path)


def ask(repo: Repository, *args: str, status: int = 0) -> Any:
    """The JSON document that the command prints, or its error."""
    answer = repo.run(*args, "--json")
    assert answer.status == status, (args, answer)
    return json.loads(answer.out or answer.err.splitlines()[-1])


def sync(repo: Repository, *args: str) -> dict[str, Any]:
    return dict(ask(repo, "sync", *args))


def everywhere(*clones: Repository) -> None:
    """Every word reaches every clone."""
    for _ in range(2):
        for each in clones:
            sync(each)


def told(repo: Repository) -> set[str]:
    return set(journal(repo))


def refs(repo: Repository, below: str = "refs/cmos") -> dict[str, str]:
    said = repo.git("for-each-ref", "--format=%(refname) %(objectname)", below)
    return dict(line.split(" ") for line in said.splitlines())


def writer(repo: Repository) -> str:
    """The name of the ledger that the clone writes."""
    names = [ref.rpartition("/")[2] for ref in refs(repo, "refs/cmos/ledger")]
    assert len(names) == 1, names
    return names[0]


def plant(repo: Repository, ref: str, content: str, file: str = "events.jsonl") -> str:
    """A ledger commit that another clone pushed; its name."""
    done = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"],
        cwd=repo.path,
        input=content.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=True,
    )
    tree = repo.git("mktree", stdin=f"100644 blob {done.stdout.decode().strip()}\t{file}\n")
    made = repo.git("commit-tree", tree, "-m", "told elsewhere")
    repo.git("update-ref", ref, made)
    return made


def added(mission: str, by: str, **fields: Any) -> str:
    """A line of a ledger: writer `by` added the mission. fields: what is otherwise."""
    number = f"{zlib.crc32(repr((mission, by, fields)).encode()):026d}"
    event = {"id": number, "at": 1, "actor": "x", "writer": by, "seq": 1, "batch": "b"}
    body = {"mission": mission, "name": "planted", "fields": {}}
    return json.dumps({**event, "kind": "MissionAdded", "body": body, **fields}) + "\n"


def hook(bare: Repository, name: str, script: str) -> None:
    """A hook of the remote."""
    path = bare.path / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
