"""Leases: who holds which mission, for how long. Each is one commit that one ref points at.

The register is a ref `<prefix>claims/<mission>` of the remote, or of this repository where there
is none; whoever sets it from the value that he expected to the one that he made holds the
mission. `refs/cmos/held/<mission>` is what this clone asked for: by its nonce a clone knows its
own lease again. What was seen of a remote is kept as `refs/cmos/remotes/<remote>/claims/*`.
"""

from __future__ import annotations

import json

from git_cmos.clock import iso
from git_cmos.model import is_id
from git_cmos.values import fields_of, replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import Any

    from git_cmos.git import Repo
    from git_cmos.git.refs import Tips

HELD = "refs/cmos/held/"
_SEEN = "refs/cmos/remotes/"
_LARGEST = 100_000  # bytes of the commit
LONGEST = 30 * 24 * 3600 * 1_000_000  # a lease, in microseconds
_COLUMNS = ("mission", "holder", "author", "place", "nonce", "at", "ttl")


@value
class Lease:
    """One claim on a mission. holder: the agent; author: his name as commits bear it; place: the
    worktree; nonce: what tells it from every other; at: when, in microseconds since 1970 by the
    holder's clock; ttl: for how long after his last sign of life, in microseconds."""

    mission: str
    holder: str
    author: str
    place: str
    nonce: str
    at: int
    ttl: int


def written(repo: Repo, lease: Lease, identity: str, parent: str = "") -> str:
    """The lease as a commit on top of the one that it takes the place of; its name."""
    tree = repo.run("mktree").decode().strip()
    date = f"{lease.at // 1_000_000} +0000"
    until = iso(lease.at + lease.ttl)
    words = " ".join(f"{lease.mission} is claimed by {lease.holder} until {until}".split())
    head = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
    head += [f"author {identity} {date}", f"committer {identity} {date}", "", words, ""]
    text = "\n".join([*head, json.dumps(fields_of(lease), ensure_ascii=False), ""])
    made = repo.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    return made.decode().strip()


def parse(content: bytes) -> Lease | None:
    """The lease that a commit holds, or None where it holds none."""
    lines = content.decode("utf-8", "replace").rstrip("\n").split("\n")
    try:
        found = json.loads(lines[-1])
        lease = Lease(**{name: found[name] for name in _COLUMNS})
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    texts = [vars(lease)[name] for name in _COLUMNS[:-2]]
    sound = all(isinstance(text, str) and len(text) <= 300 for text in texts)
    numbers = type(lease.at) is int and type(lease.ttl) is int and 0 <= lease.at < 1 << 60
    return lease if sound and numbers and 0 < lease.ttl <= LONGEST else None


def take_in(db: sqlite3.Connection, repo: Repo, tips: Tips, prefix: str) -> None:
    """Bring the table of leases to where the refs are now; inside the caller's transaction."""
    now = {ref: oid for ref, oid in tips.ledger.items() if _place(ref, prefix) is not None}
    known = dict(db.execute("SELECT ref, oid FROM leases"))
    if now == known:
        return
    moved = {ref: oid for ref, oid in now.items() if known.get(ref) != oid}
    gone = [(ref,) for ref in known if ref not in now or ref in moved]
    db.executemany("DELETE FROM leases WHERE ref = ?", gone)
    found = {oid: parse(raw) for oid, raw in repo.raw_commits(set(moved.values()), _LARGEST)}
    for ref, oid in moved.items():
        remote, mission = _place(ref, prefix) or ("", "")
        lease = found.get(oid)
        # What is no lease is kept as one of nobody, on nothing: not to be read each time.
        if lease is None or lease.mission != mission or not is_id(mission):
            lease = Lease("", "", "", "", "", 0, 0)
        row = (ref, oid, remote, *(vars(lease)[name] for name in _COLUMNS))
        db.execute(f"INSERT INTO leases VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - only marks


def _place(ref: str, prefix: str) -> tuple[str, str] | None:
    """(remote, mission) of a ref that may hold a lease: remote is "" for this repository's own
    register and "." for what this clone holds."""
    if ref.startswith(HELD):
        return ".", ref.removeprefix(HELD)
    if ref.startswith(f"{prefix}claims/"):
        return "", ref.removeprefix(f"{prefix}claims/")
    if ref.startswith(_SEEN):
        remote, found, mission = ref.removeprefix(_SEEN).rpartition("/claims/")
        return (remote, mission) if found else None
    return None


def seen(remote: str, mission: str) -> str:
    """The ref that keeps what was seen of a remote's register."""
    return f"{_SEEN}{remote}/claims/{mission}"


def of_row(row: dict[str, Any]) -> Lease:
    """The lease in a row of the table."""
    return Lease(**{name: row[name] for name in _COLUMNS})


def later(lease: Lease, at: int) -> Lease:
    """The same lease, counted from a later moment."""
    return replace(lease, at=at)
