"""Chains of ledger commits, as they lie in git: how much of one is really there."""

from __future__ import annotations

from git_cmos.errors import GitFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.git import Repo

FILE = "events.jsonl"


def sound(repo: Repo, ref: str, tip: str) -> str:
    """The newest commit of a chain that lacks nothing, where `ref` is set back to; "" for none. A
    `git gc --prune=now` that runs while git writes takes away what no ref holds yet."""
    try:
        chain = repo.run("rev-list", "--reverse", tip).decode().split() if tip else []
    except GitFailed:
        chain = []
    count = [*whole(repo, chain), False].index(False)
    newest = chain[count - 1] if count else ""
    if tip and newest != tip:
        repo.move_refs((ref, tip, newest))
    return newest


def whole(repo: Repo, commits: list[str]) -> list[bool]:
    """Of each commit, whether its tree and its batch are here."""
    names = "".join(f"{oid}:{FILE}\n" for oid in commits).encode()
    rows = repo.run("cat-file", "--batch-check", stdin=names).decode().splitlines()
    return [row.split()[1:2] == ["blob"] for row in rows]
