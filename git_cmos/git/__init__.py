"""The only place that knows git. `Repo` is what the floors above may ask."""

from __future__ import annotations

import os

from git_cmos.errors import GitFailed
from git_cmos.git import command, discovery, refs
from git_cmos.lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_cmos.git import history, objects
    from git_cmos.git.objects import Objects
    from git_cmos.git.refs import Tips
else:
    history, objects = lazy("git_cmos.git.history"), lazy("git_cmos.git.objects")


class Repo:
    """One repository, found as git finds it.

    lives_on: the process answers many questions (API, servers), so libgit2's import pays.
    """

    def __init__(self, place: discovery.Place, lives_on: bool = False, start: str = ".") -> None:
        self.place, self.start = place, os.path.abspath(start)
        self.git_dir = place.git_dir
        self._lives_on = lives_on
        self._objects: Objects | None = None

    @classmethod
    def find(cls, start: str = ".", lives_on: bool = False) -> Repo:
        """The repository that git would use in `start`; Cannot (128) where there is none."""
        return cls(discovery.find(start), lives_on, start)

    def toplevel(self) -> str:
        """The top folder of the worktree that the process stands in; "" in a bare repository."""
        said = command.run(["-C", self.start, "rev-parse", "--show-toplevel"], ok=(0, 128))
        return os.fsdecode(said).removesuffix("\n")

    @property
    def objects(self) -> Objects:
        if self._objects is None:
            self._objects = objects.open_objects(self.git_dir, self._lives_on)
        return self._objects

    def signature(self, racy: bool = False) -> str:
        """A name for where all refs stand; "" when they moved too recently to be sure, unless a
        racy one will do."""
        return refs.signature(self.place.common_dir, self.git_dir, racy)

    def tags_signature(self) -> str:
        """A name for where the tags stand; "" when they moved too recently to be sure."""
        return refs.tags_signature(self.place.common_dir)

    def tips(self, tags: dict[str, str] | None = None, prefix: str = "") -> Tips:
        """Where all refs stand; tags: those of the last time, where they did not move; prefix:
        the branches below it are no part of the view, but hold the ledger."""
        return refs.apart(refs.read_tips(self.git_dir, self.place.common_dir, tags), prefix)

    def step(self, held: Tips, before: str, now: str) -> Tips | None:
        """The tips after one branch moved and nothing else did; None where more may have."""
        found = refs.step(held, before, now, self.place.common_dir)
        head = found.heads.get(self.head_name) if found else None
        return found if head and self.branch() != "refs/heads/.invalid" else None

    def refs(self, *patterns: str) -> dict[str, str]:
        """ref -> object name, of the refs that match, by their beginning or by `for-each-ref`."""
        said = self.run("for-each-ref", "--format=%(objectname) %(refname)", *patterns)
        pairs = [line.split(" ", 1) for line in said.decode("utf-8", "replace").splitlines()]
        return {ref: oid for oid, ref in pairs}

    def move_refs(self, *moves: tuple[str, str, str]) -> bool:
        """(ref, old, new) each, "" for no ref: all of them, or none where one stood elsewhere."""
        lines = [_move(*move) for move in moves]
        try:
            self.run("update-ref", "--stdin", stdin="".join(lines).encode())
        except GitFailed:
            return False
        return True

    def has(self, oid: str) -> bool:
        """Whether the commit is here."""
        try:
            self.run("cat-file", "-e", f"{oid}^{{commit}}")
        except GitFailed:
            return False
        return True

    def tags_of_no_commit(self) -> list[str]:
        """The full names of tags that lead to no commit that is here."""
        known = self.tips().tags
        names = self.run("for-each-ref", "--format=%(refname)", "refs/tags/").decode().splitlines()
        return [name for name in names if name not in known]

    def git_version(self) -> tuple[int, ...]:
        """The version of the git that answers, as numbers."""
        return command.version()

    def edit(self, path: str) -> int:
        """Open a file in git's editor; its exit status."""
        return command.edit(self.git_dir, path)

    @property
    def head_name(self) -> str:
        """The name of this worktree's HEAD among `Tips.heads`."""
        return refs.worktree_name(self.git_dir, self.place.common_dir)

    def branch(self) -> str:
        """The branch that HEAD is on, in full; "" when detached."""
        return refs.branch(self.git_dir)

    def reaches(self, new: str, old: str) -> bool:
        """Whether git finds a way from `new` to `old`; it stops where dates say that there is
        none, so where clocks were wrong only a yes is certain."""
        try:
            self.run("merge-base", "--is-ancestor", old, new)
        except GitFailed:
            return False
        return True

    def oids(self, new: Iterable[str], old: Iterable[str]) -> set[str]:
        return history.oids(self.git_dir, new, old)

    def commits_named(self, beginning: str) -> list[str]:
        """The commits here whose names begin so."""
        said = self.run("rev-parse", f"--disambiguate={beginning}")
        rows = self.run("cat-file", "--batch-check", stdin=said).decode().splitlines()
        return [row.split()[0] for row in rows if row.split()[1:2] == ["commit"]]

    def with_subject(self, subject: str, new: str, old: Iterable[str]) -> set[str]:
        """The commits with that subject that `new` reaches and none of `old` does."""
        args = ["--format=%H %s", "--encoding=UTF-8", "--fixed-strings", f"--grep={subject}"]
        said = self.run("rev-list", *args, new, "--not", *old).decode("utf-8", "replace")
        lines = (line.partition(" ") for line in said.splitlines())
        return {oid for oid, _, title in lines if title == subject}

    def parents(self, oid: str) -> list[str]:
        """The parents of a commit that is here; none at the end of a shallow history."""
        return self.run("rev-list", "-n", "1", "--parents", oid).decode().split()[1:]

    def oids_exactly(self, new: Iterable[str], old: Iterable[str]) -> set[str]:
        """The same by two whole walks: where clocks were wrong, git's own difference lists
        commits below backdated ones although `old` reaches them (revision.c, SLOP)."""
        return self.oids(new, []) - self.oids(old, [])

    def sides(self, left: str, right: str) -> tuple[set[str], set[str]]:
        """(commits that only `left` reaches, commits that only `right` reaches)."""
        return history.sides(self.git_dir, left, right)

    def holders(self, heads: dict[str, str], base: str, oids: set[str]) -> dict[str, list[str]]:
        """commit -> the names in `heads` that reach it, for commits that `base` does not reach."""
        return history.holders(self.git_dir, heads, base, oids)

    def blobs(self, names: bytes, largest: int) -> Iterator[bytes]:
        """The contents of the objects named (one a line); missing and larger ones are left out."""
        return (content for _, content in self.named_blobs(names, largest))

    def named_blobs(
        self, names: bytes, largest: int, beyond: Callable[[str], object] = lambda oid: None
    ) -> Iterator[tuple[str, bytes]]:
        """The same with the object's own name; beyond is told the names of the larger ones."""
        return objects.read_objects(self.git_dir, names, largest, "blob", beyond)

    def raw_commits(self, oids: Iterable[str], largest: int) -> Iterator[tuple[str, bytes]]:
        """(name, content) of commits; missing and larger ones are left out."""
        names = "".join(f"{oid}\n" for oid in oids).encode()
        return objects.read_objects(self.git_dir, names, largest, "commit")

    def is_shallow(self) -> bool:
        return os.path.exists(os.path.join(self.place.common_dir, "shallow"))

    def shallow(self) -> set[str]:
        """The commits whose parents a shallow clone lacks; none in a whole one."""
        try:
            with open(os.path.join(self.place.common_dir, "shallow"), encoding="ascii") as file:
                return set(file.read().split())
        except FileNotFoundError:
            return set()

    def shallow_commits(self) -> str:
        """The same as text: it changes when history grows or shrinks at its far end."""
        return " ".join(sorted(self.shallow()))

    def has_grafts(self) -> bool:
        return os.path.exists(os.path.join(self.place.common_dir, "info", "grafts"))

    def run(self, *args: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes:
        """git's own answer, in this repository."""
        return command.run(["--git-dir", self.git_dir, *args], stdin, ok)


def _move(ref: str, old: str, new: str) -> str:
    if not new:
        return f"delete {ref} {old}\n" if old else f"verify {ref}\n"
    return f"update {ref} {new} {old}\n" if old else f"create {ref} {new}\n"


def default_branch(tips: Tips, configured: str, init_default: str) -> str:
    """The full name of the ref on which work counts as landed, or "" where none can be told.

    `cmos.defaultBranch`, else what origin/HEAD points at, else `init.defaultBranch`, main,
    master, else the only branch there is (SPEC §2 of the issue's order).
    """
    wanted = [configured] if configured.startswith("refs/") else []
    if configured:
        wanted += [f"refs/heads/{configured}", f"refs/remotes/{configured}"]
    wanted.append(tips.symrefs.get("refs/remotes/origin/HEAD", ""))
    wanted += [f"refs/heads/{name}" for name in (init_default, "main", "master") if name]
    for name in wanted:
        if name in tips.heads:
            return name
    branches = [name for name in tips.heads if name.startswith("refs/heads/")]
    return branches[0] if len(branches) == 1 else ""
