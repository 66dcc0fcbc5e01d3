"""Where every branch, tag and worktree stands; and whether that moved, without asking git.

`signature` looks at the ref store's files only (loose refs, packed-refs, HEADs, reftable): no
process, no pygit2. As in git's index, a file that changed within the clock's grain of our look
is "racy": such a signature is never trusted.
"""

from __future__ import annotations

import os
import time

from git_cmos.errors import GitFailed
from git_cmos.git import command
from git_cmos.lazy import lazy
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos import digests
else:
    digests = lazy("git_cmos.digests")

# A change after our look is stamped later than what we saw if that is older than a jiffy (10 ms).
_RACY_NS = 15_000_000
_COARSE_NS = 2_000_000_000  # file systems that stamp whole seconds
_SHORT = 10_000
_REFTABLE = os.path.join("reftable", "tables.list")
# What an annotated tag says it points at, not what lies there: a partial clone may lack that.
_FORMAT = "%(refname)%00%(objectname)%00%(objecttype)%00%(object)%00%(type)%00%(symref)%00"
_TAGS = "refs/tags/"
_OTHERS = ("refs/heads/", "refs/remotes/", "refs/cmos/")


@value
class Tips:
    """All that can make a commit reachable, and what its name is.

    heads: full name -> commit, of branches, remote branches and worktree HEADs; tags: full name
    -> commit; symrefs: full name -> full name; ledger: refs/cmos/* -> commit.
    """

    heads: dict[str, str]
    tags: dict[str, str]
    symrefs: dict[str, str]
    ledger: dict[str, str]


def signature(common_dir: str, git_dir: str, racy: bool = False) -> str:
    """A name for the state of the ref store; "" when it changed too recently to be sure, unless
    a racy one will do."""
    seen: list[tuple[str, int, int, int]] = []
    for name in ("HEAD", "packed-refs", _REFTABLE, "shallow"):
        _look(os.path.join(common_dir, name), seen)
    _walk(os.path.join(common_dir, "refs"), seen)
    _worktrees(os.path.join(common_dir, "worktrees"), seen)
    if git_dir != common_dir:
        _look(os.path.join(git_dir, "HEAD"), seen)
    return _named(seen, racy)


def tags_signature(common_dir: str) -> str:
    """The same for what can hold tags: to read them costs an object each, and they rarely move."""
    seen: list[tuple[str, int, int, int]] = []
    for name in ("packed-refs", _REFTABLE):
        _look(os.path.join(common_dir, name), seen)
    _walk(os.path.join(common_dir, "refs", "tags"), seen)
    return _named(seen)


def _named(seen: list[tuple[str, int, int, int]], racy: bool = False) -> str:
    newest = max((entry[1] for entry in seen), default=0)
    coarse = all(entry[1] % 1_000_000_000 == 0 for entry in seen)
    if not racy and time.time_ns() - newest < (_COARSE_NS if coarse else _RACY_NS):
        return ""
    text = "\n".join(
        sorted(f"{mtime} {inode} {size} {path!r}" for path, mtime, inode, size in seen)
    )
    if len(text) < _SHORT:
        return text
    return digests.named(text.encode("utf-8", "surrogateescape"))


def _look(path: str, seen: list[tuple[str, int, int, int]]) -> None:
    try:
        stat = os.stat(path)
    except OSError:
        return
    seen.append((path, stat.st_mtime_ns, stat.st_ino, stat.st_size))


def _walk(folder: str, seen: list[tuple[str, int, int, int]]) -> None:
    """Every file below `folder`; a stack, since ref names may nest deeply."""
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif not entry.name.endswith(".lock"):
                        _look(entry.path, seen)
        except OSError:
            continue


def _worktrees(folder: str, seen: list[tuple[str, int, int, int]]) -> None:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        _look(os.path.join(folder, name, "HEAD"), seen)


def read_tips(git_dir: str, common_dir: str, tags: dict[str, str] | None = None) -> Tips:
    """Every ref and every worktree's HEAD, peeled to commits; refs to other objects are left out.

    tags: those of the last time, where they did not move. Broken refs are passed over, as git
    does with a warning.
    """
    tips = Tips(heads={}, tags=dict(tags or {}), symrefs={}, ledger={})
    args = ["--git-dir", git_dir, "for-each-ref"]
    patterns = _OTHERS if tags is not None else ()
    try:
        rows = _rows(command.run([*args, f"--format={_FORMAT}", *patterns]), 6)
    except GitFailed:  # a ref names an object that is not there: git would not say the others
        rows = _rows_singly(git_dir, patterns)
    for row in _unnested(git_dir, rows):
        _file_ref(tips, row)
    _add_worktree_heads(tips, common_dir)
    return tips


def step(held: Tips, before: str, now: str, common_dir: str) -> Tips | None:
    """The tips, where two signatures say that since `held` one branch moved, by its own file, and
    nothing else did: then git need not be asked. Without those of the ledger. None otherwise."""
    changed = set(before.split("\n")) ^ set(now.split("\n"))
    paths = {line.split(" ", 3)[-1] for line in changed}
    if len(changed) != 2 or len(paths) != 1:
        return None
    path = paths.pop().strip("'")  # as repr has it: any bytes may be in it
    ref = os.path.relpath(path, common_dir)
    oid = _loose(path)
    if not oid or ref not in held.heads or ref in held.symrefs or ref in held.symrefs.values():
        return None
    heads = {name: tip for name, tip in held.heads.items() if not name.startswith("HEAD:")}
    tips = Tips(heads=heads | {ref: oid}, tags=held.tags, symrefs=held.symrefs, ledger={})
    _add_worktree_heads(tips, common_dir)
    return tips


def _loose(path: str) -> str:
    """The object that a loose ref's file names; "" where it names another ref, or nothing."""
    try:
        with open(path, encoding="ascii") as file:
            oid = file.read().strip()
    except (OSError, ValueError):
        return ""
    return oid if len(oid) in (40, 64) and not oid.strip("0123456789abcdef") else ""


def _rows(said: bytes, width: int) -> list[list[str]]:
    fields = said.decode("utf-8", "backslashreplace").split("\0")
    starts = range(0, len(fields) - width, width)
    return [[field.lstrip("\n") for field in fields[at : at + width]] for at in starts]


def _rows_singly(git_dir: str, patterns: Sequence[str]) -> list[list[str]]:
    """The same, asking for the objects apart; refs to missing ones are left out."""
    listing = "--format=%(refname)%00%(objectname)%00%(symref)%00"
    refs = _rows(command.run(["--git-dir", git_dir, "for-each-ref", listing, *patterns]), 3)
    commits = _peeled(git_dir, [oid for _, oid, _ in refs])
    return [
        [name, commit, "commit", "", "", symref]
        for (name, _, symref), commit in zip(refs, commits, strict=True)
        if commit
    ]


def _unnested(git_dir: str, rows: list[list[str]]) -> list[list[str]]:
    """Tags of tags, rare as they are, with the commit that they lead to in the end."""
    nested = [row for row in rows if row[4] == "tag"]
    commits = _peeled(git_dir, [row[1] for row in nested]) if nested else []
    for row, commit in zip(nested, commits, strict=True):
        row[3:5] = [commit, "commit"]
    return rows


def _peeled(git_dir: str, oids: list[str]) -> list[str]:
    """The commit that each object leads to; "" where there is none, or it is not here."""
    names = "".join(f"{oid}^{{commit}}\n" for oid in oids).encode()
    args = ["--git-dir", git_dir, "cat-file", "--batch-check"]
    try:
        said = command.run(args, names).decode().splitlines()
    except GitFailed:  # a partial clone that cannot ask for what it lacks
        if len(oids) == 1:
            return [""]
        half = len(oids) // 2
        return [*_peeled(git_dir, oids[:half]), *_peeled(git_dir, oids[half:])]
    words = [line.split() for line in said]
    return [found[0] if found[1:2] == ["commit"] else "" for found in words]


def _file_ref(tips: Tips, fields: list[str]) -> None:
    name, oid, kind, peeled, peeled_kind, symref = fields
    commit = oid if kind == "commit" else peeled if peeled_kind == "commit" else ""
    if symref and not name.startswith(_TAGS):
        tips.symrefs[name] = symref
    if not commit:
        return
    if name.startswith(("refs/heads/", "refs/remotes/")):
        tips.heads[name] = commit
    elif name.startswith(_TAGS):
        tips.tags[name] = commit
    elif name.startswith("refs/cmos/"):
        tips.ledger[name] = commit


def apart(tips: Tips, prefix: str) -> Tips:
    """The same where our own refs are kept as branches, below `prefix` (`cmos.ledgerPrefix`):
    they belong to the ledger, not to the view, as do what was fetched of them."""
    below = prefix.removeprefix("refs/heads/")
    if below == prefix or not below:
        return tips
    ours = {
        name: oid
        for name, oid in tips.heads.items()
        if name.startswith(prefix) or (name.startswith("refs/remotes/") and f"/{below}" in name)
    }
    heads = {name: oid for name, oid in tips.heads.items() if name not in ours}
    return Tips(heads=heads, tags=tips.tags, symrefs=tips.symrefs, ledger={**tips.ledger, **ours})


def _add_worktree_heads(tips: Tips, common_dir: str) -> None:
    """HEAD of every worktree, under `HEAD:` and its git directory's name ("" for the main one)."""
    folders = {"": common_dir}
    parent = os.path.join(common_dir, "worktrees")
    if os.path.isdir(parent):
        folders |= {name: os.path.join(parent, name) for name in os.listdir(parent)}
    for name, folder in folders.items():
        target = _head_file(folder)
        oid = tips.heads.get(target, "") if target.startswith("refs/") else target
        if target == "refs/heads/.invalid":  # reftable keeps HEAD elsewhere
            oid = head_oid(folder)
        if oid:
            tips.heads[f"HEAD:{name}"] = oid


def head_oid(git_dir: str) -> str:
    """What HEAD resolves to, or "" where it is unborn."""
    said = command.run(
        ["--git-dir", git_dir, "rev-parse", "--verify", "-q", "HEAD"], ok=(0, 1, 128)
    )
    return said.decode().strip()


def _head_file(git_dir: str) -> str:
    """What HEAD says: a full ref name or an object name; "" where it cannot be read."""
    try:
        with open(os.path.join(git_dir, "HEAD"), encoding="utf-8", errors="surrogateescape") as f:
            said = f.read().strip()
    except OSError:
        return ""
    target = said.removeprefix("ref:").strip()
    is_oid = len(target) in (40, 64) and not target.strip("0123456789abcdef")
    return target if is_oid or target.startswith("refs/") else ""


def branch(git_dir: str) -> str:
    """The branch that HEAD is on, in full (refs/heads/...); "" when detached."""
    target = _head_file(git_dir)
    if target == "refs/heads/.invalid":
        said = command.run(["--git-dir", git_dir, "symbolic-ref", "-q", "HEAD"], ok=(0, 1, 128))
        target = os.fsdecode(said).strip()
    return target if target.startswith("refs/") else ""


def worktree_name(git_dir: str, common_dir: str) -> str:
    """The name under which this worktree's HEAD stands in `Tips.heads`."""
    return "HEAD:" if git_dir == common_dir else f"HEAD:{os.path.basename(git_dir)}"
