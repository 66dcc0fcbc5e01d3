"""Squashes that dropped what the branch said: true until the branch is deleted, then lost."""

from __future__ import annotations

import os

from git_cmos import trailers
from git_cmos.actions import squashing
from git_cmos.actions.verify.context import Remark, ids_in, quote
from git_cmos.errors import Cannot, GitFailed
from git_cmos.queries.reach import Reach, short
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_cmos.actions.verify.context import Context

    Trailer = tuple[str, str]

_LARGEST = 16_000_000  # bytes of a commit


@value
class Branch:
    """One branch that is not merged. tip: its commit; base: where it left what is looked at."""

    name: str
    tip: str
    base: str


def lost(context: Context) -> Iterator[Remark]:
    """A commit whose tree is a branch's (or which changes what the branch changes: the same patch
    id), and which lacks trailers that the branch's commits bear."""
    for branch in _branches(context):
        for oid, reached in _squashes(context, branch):
            dropped = _dropped(context, branch, oid, reached)
            if dropped and not _is_reverted(context, oid):
                yield _remark(context, branch, oid, dropped)


def _branches(context: Context) -> Iterator[Branch]:
    """The branches with claims that nothing in the range reaches."""
    repo, ends = context.memory.repo, _ends(context)
    tips = _tips(context)
    beyond = repo.oids(tips.values(), ends) if ends else set()
    said = {oid for oid in beyond if _speaks(context, oid)}
    if not said:
        return
    left = {name: oid for name, oid in tips.items() if oid in beyond}
    found = repo.holders(left, ends[0], said).values()
    for name in sorted({name for names in found for name in names}):
        for end in ends:
            for base in repo.run("merge-base", left[name], end, ok=(0, 1)).decode().split():
                yield Branch(name, left[name], base)


def _ends(context: Context) -> list[str]:
    """Where squashes are looked for: in the range; in the whole view, on HEAD and where work
    lands, for every branch is a tip of it."""
    heads = context.memory.tips.heads
    if not context.everything:
        return list(context.scope.new)
    ends = (Reach(context.memory).landing()[1], heads.get(context.memory.repo.head_name, ""))
    return [oid for oid in dict.fromkeys(ends) if oid]


def _tips(context: Context) -> dict[str, str]:
    """branch -> its commit, each commit under one name; a local one before a remote's."""
    names = sorted(context.memory.tips.heads.items(), reverse=True)
    by_oid = {oid: name for name, oid in names if name.startswith("refs/")}
    return {name: oid for oid, name in by_oid.items()}


def _speaks(context: Context, oid: str) -> bool:
    sql = "SELECT 1 FROM claims WHERE oid = ? LIMIT 1"
    return context.db.execute(sql, (oid,)).fetchone() is not None


def _squashes(context: Context, branch: Branch) -> Iterator[tuple[str, str]]:
    """(commit of the range that squashes the branch, the branch's commit up to which it does)."""
    there = _trees(context, [branch.tip], [branch.base])
    by_tree = {tree: oid for oid, (tree, _) in reversed(there.items())}
    by_tree.pop(_tree_of(context, branch.base), None)
    rows = _trees(context, _ends(context), [branch.base, *context.scope.old])
    alike = {oid for oid, (tree, _) in rows.items() if tree in by_tree}
    for oid in alike:
        tree, parent = rows[oid]
        if parent and tree != _tree_of(context, parent):
            yield oid, by_tree[tree]
    for oid in _same_patch(
        context, branch, {oid: rows[oid][1] for oid in rows if oid not in alike}
    ):
        yield oid, branch.tip


def _same_patch(context: Context, branch: Branch, parents: dict[str, str]) -> Iterator[str]:
    """Those of the commits (with their parents) that change what the branch changes."""
    repo = context.memory.repo
    try:
        paths = _paths(context, branch.base, branch.tip)
        if not paths or not parents:
            return
        said = repo.run(
            "rev-list",
            "--no-merges",
            "--full-history",
            *_ends(context),
            f"^{branch.base}",
            "--",
            f":(top,literal){os.fsdecode(paths[0])}",
        )
        near = [oid for oid in said.decode().split() if parents.get(oid)]
        patch = _patch(context, branch.base, branch.tip) if near else b""
        for oid in near:
            parent = parents[oid]
            if _paths(context, parent, oid) == paths and _patch(context, parent, oid) == patch:
                yield oid
    except GitFailed as error:
        raise Cannot(
            f"whether {short(branch.name)} was squashed cannot be told: {error.message}",
            "this clone lacks objects: `git fetch --refetch --no-filter` brings them;"
            " `git config cmos.verify.squash-lost off` does without",
            "partial",
        ) from None


def _trees(context: Context, new: Iterable[str], old: Iterable[str]) -> dict[str, tuple[str, str]]:
    """commit -> (its tree, its parent), newest first, of those that are no merges."""
    names = [*new, *(f"^{oid}" for oid in old), ""]
    args = ("rev-list", "--no-merges", "--format=%H %T %P", "--stdin")
    said = context.memory.repo.run(*args, stdin="\n".join(names).encode()).decode()
    rows = (line.split() for line in said.splitlines() if not line.startswith("commit "))
    return {
        oid: (tree, parents[0] if parents else "")
        for oid, tree, *parents in rows
        if context.scope.holds(oid)
    }


def _tree_of(context: Context, oid: str) -> str:
    return context.memory.repo.run("rev-parse", f"{oid}^{{tree}}").decode().strip()


def _paths(context: Context, before: str, after: str) -> list[bytes]:
    args = ("diff-tree", "-r", "-z", "--name-only", before, after)
    return sorted(context.memory.repo.run(*args).split(b"\0")[:-1])


def _patch(context: Context, before: str, after: str) -> bytes:
    """The patch id of what lies between two commits, as `git patch-id --stable` has it."""
    repo = context.memory.repo
    said = repo.run("diff-tree", "-r", "-p", before, after)
    return repo.run("patch-id", "--stable", stdin=said).partition(b" ")[0]


def _is_reverted(context: Context, oid: str) -> bool:
    """Whether the range takes the commit back; one without trailers is in no table of ours."""
    words = f"--grep=This reverts commit {oid}"
    args = ("rev-list", "-n", "1", "--fixed-strings", words, *_ends(context), f"^{oid}")
    return bool(context.memory.repo.run(*args))


def _dropped(context: Context, branch: Branch, oid: str, reached: str) -> list[Trailer]:
    """The trailers of ours on the branch that the squash does not bear."""
    repo = context.memory.repo
    order = repo.run("rev-list", "--reverse", "--topo-order", reached, f"^{branch.base}")
    wanted = order.decode().split()
    content = dict(repo.raw_commits([oid], _LARGEST)).get(oid, b"")
    kept = trailers.parse(content.partition(b"\n\n")[2], context.words.rules)
    there = {(key.lower(), text) for key, text in kept}
    missions = {mission for key, text in kept for mission in _ids(context, key, text)}
    return [
        (key, text)
        for key, text in squashing.merged(context.memory, wanted)
        if key.lower() in context.words.keys
        and (key.lower(), text) not in there
        and not (_is_work(context, key) and set(_ids(context, key, text)) <= missions)
    ]


def _is_work(context: Context, key: str) -> bool:
    return context.words.keys.get(key.lower()) in ("mission", "agent")


def _ids(context: Context, key: str, text: str) -> list[str]:
    return ids_in(context.words.keys.get(key.lower(), ""), text)


def _remark(context: Context, branch: Branch, oid: str, dropped: list[Trailer]) -> Remark:
    name = short(branch.name)
    missions = [mission for key, text in dropped for mission in _ids(context, key, text)]
    more = f" and {len(dropped) - 1} more" if len(dropped) > 1 else ""
    key, text = dropped[0]
    return Remark(
        commit=oid,
        mission=missions[0] if missions else None,
        message=f"squashes {name}, and drops {quote(key, text)}{more}: lost when {name} is deleted",
        hint=f"`git cmos squash-message {branch.base[:9]}..{name}` prints what to say: amend the"
        " commit, or once it is pushed say it in a new one (`git commit --allow-empty`)",
        line=1,
    )
