"""Questions about objects: names, ancestry, files of a commit, blobs at a revision.

One interface, two ways to answer. libgit2 (pygit2) is quickest in a process that lives on, but
its import costs several `python -c pass`, and it opens neither SHA-256 nor reftable
repositories; git's executable answers everywhere, one process a question.
"""

from __future__ import annotations

from git_cmos.errors import Cannot, GitFailed
from git_cmos.git import command

_AT_ONCE = 32_000_000  # bytes of objects read together

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol

    class Objects(Protocol):
        """What the floors above may ask. Object names are full hexadecimal."""

        def resolve(self, rev: str) -> str:
            """The commit that `rev` names; Refused where it names none."""

        def is_ancestor(self, old: str, new: str) -> bool:
            """Whether `old` can be reached from `new` (a commit reaches itself)."""

        def files(self, oids: Iterable[str]) -> dict[str, list[str]]:
            """commit -> paths that differ from its first parent; a commit whose trees are not
            here (a treeless clone) is left out, nothing is fetched."""

        def blob(self, rev: str, path: str) -> bytes | None:
            """The content of `path` at `rev`, or None where there is no such file."""


class GitObjects:
    """By git's executable."""

    def __init__(self, git_dir: str) -> None:
        self._git = ["--git-dir", git_dir]

    def resolve(self, rev: str) -> str:
        check_rev(rev)
        try:
            # `:/text` swallows all that follows it, so it is named first and peeled then.
            named = self._parse(rev) if rev.startswith(":/") else rev
            return self._parse(f"{named}^{{commit}}")
        except GitFailed:
            raise unknown_rev(rev) from None

    def _parse(self, rev: str) -> str:
        said = command.run([*self._git, "rev-parse", "-q", "--verify", "--end-of-options", rev])
        return said.decode().split()[-1]

    def is_ancestor(self, old: str, new: str) -> bool:
        args = [*self._git, "rev-list", "-n", "1", old, f"^{new}", "--"]
        return not command.run(args)

    def files(self, oids: Iterable[str]) -> dict[str, list[str]]:
        args = [*self._git, "diff-tree", "--stdin", "-r", "--root", "--name-only", "-z"]
        args += ["--diff-merges=first-parent", "--no-renames"]
        found: dict[str, list[str]] = {}
        names = set(oids)
        try:
            said = command.run(args, "".join(f"{oid}\n" for oid in names).encode())
        except GitFailed:
            return self._files_singly(args, names)
        return _split_files(said, found)

    def _files_singly(self, args: list[str], names: set[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for oid in names:
            try:
                _split_files(command.run(args, f"{oid}\n".encode()), found)
            except GitFailed:
                continue
        return found

    def blob(self, rev: str, path: str) -> bytes | None:
        oid = self.resolve(rev)
        try:
            return command.run([*self._git, "cat-file", "blob", f"{oid}:{path}"])
        except GitFailed:
            return None


def _split_files(said: bytes, found: dict[str, list[str]]) -> dict[str, list[str]]:
    """diff-tree -z: the commit's name and its paths, each NUL-terminated (the name by a newline
    in some versions)."""
    current: list[str] = []
    for field in _fields(said):
        if len(field) in (40, 64) and not field.strip("0123456789abcdef"):
            current = found.setdefault(field, [])
        else:
            current.append(field)
    return found


def _fields(said: bytes) -> Iterator[str]:
    for field in said.decode("utf-8", "replace").split("\0"):
        head, newline, path = field.partition("\n")
        if newline and len(head) in (40, 64):
            yield head
            field = path
        if field:
            yield field


def read_objects(
    git_dir: str,
    names: bytes,
    largest: int,
    kind: str = "blob",
    beyond: Callable[[str], object] = lambda oid: None,
) -> Iterator[tuple[str, bytes]]:
    """(object name, content) of the objects of one kind that are named, one a line; missing ones
    are left out, and larger ones, which `beyond` is told of. Some megabytes at a time are held.
    """
    check = command.run(["--git-dir", git_dir, "cat-file", "--batch-check", "--buffer"], names)
    wanted = [line.split() for line in check.decode("utf-8", "replace").splitlines()]
    group: list[str] = []
    total = 0
    for oid, size in [(w[0], int(w[2])) for w in wanted if len(w) == 3 and w[1] == kind]:
        if size > largest:
            beyond(oid)
            continue
        if group and total + size > _AT_ONCE:
            yield from _contents(git_dir, group)
            group, total = [], 0
        group.append(oid)
        total += size
    if group:
        yield from _contents(git_dir, group)


def _contents(git_dir: str, oids: list[str]) -> Iterator[tuple[str, bytes]]:
    line = ["--git-dir", git_dir, "cat-file", "--batch", "--buffer"]
    held = bytearray()
    for block in command.stream(line, "\n".join(oids).encode()):  # git goes on while we read
        held += block
        start = 0
        while (end := held.find(b"\n", start)) >= 0:
            oid, _, size = held[start:end].decode().split()
            if len(held) < end + int(size) + 2:
                break
            yield oid, bytes(held[end + 1 : end + 1 + int(size)])
            start = end + int(size) + 2
        del held[:start]


class LibObjects:
    """By libgit2, for processes that live on."""

    def __init__(self, git_dir: str) -> None:
        import pygit2

        self._pygit2: Any = pygit2
        self._repo: Any = pygit2.Repository(git_dir)

    def resolve(self, rev: str) -> str:
        check_rev(rev)
        try:
            return str(self._repo.revparse_single(rev).peel(self._pygit2.Commit).id)
        except (KeyError, ValueError, self._pygit2.GitError):
            raise unknown_rev(rev) from None

    def is_ancestor(self, old: str, new: str) -> bool:
        return old == new or bool(self._repo.descendant_of(new, old))

    def files(self, oids: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for oid in set(oids):
            try:
                found[oid] = self._files_of(oid)
            except (KeyError, ValueError, self._pygit2.GitError):
                continue
        return found

    def _files_of(self, oid: str) -> list[str]:
        commit = self._repo[oid]
        if commit.parents:
            diff = self._repo.diff(commit.parents[0], commit)
        else:
            diff = commit.tree.diff_to_tree(swap=True)
        return sorted(delta.new_file.path for delta in diff.deltas)

    def blob(self, rev: str, path: str) -> bytes | None:
        tree = self._repo[self.resolve(rev)].tree
        try:
            found = tree[path]
        except (KeyError, ValueError):
            return None
        return bytes(found.data) if isinstance(found, self._pygit2.Blob) else None


def open_objects(git_dir: str, lives_on: bool = False) -> Objects:
    """libgit2 for a process that lives on, where it can open the repository; else git."""
    if lives_on:
        try:
            return LibObjects(git_dir)
        except Exception:  # noqa: S110 - libgit2 raises GitError, KeyError or ValueError here
            pass
    return GitObjects(git_dir)


def check_rev(rev: str) -> None:
    """Cannot (128) for what git would take as an option, as an exclusion, or not at all."""
    if not rev or rev.startswith(("-", "^")) or "\0" in rev or "\n" in rev:
        raise unknown_rev(rev)


def unknown_rev(rev: str) -> Cannot:
    return Cannot(
        f"{rev[:80]!r} names no commit here",
        "a branch, tag or commit is wanted; `git rev-parse --verify` tests one",
        "bad-revision",
    )
