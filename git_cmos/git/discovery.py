"""Where the repository is, as git finds it.

The ordinary case (a `.git` directory of ours upward from here, nothing in the environment) is
read off the file system, since a process would cost a third of `python -c pass`; every other
case is git's to judge: worktrees, submodules, bare, GIT_DIR, another owner, ceilings.
"""

from __future__ import annotations

import os

from git_cmos.errors import Cannot, GitFailed
from git_cmos.git import command
from git_cmos.values import value

# Any of these may move what git calls "the repository here".
_STEERING = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
)
_PATHS = ("--absolute-git-dir", "--path-format=absolute", "--git-common-dir")


@value
class Place:
    """Absolute paths. top is None in a bare repository (or inside `.git`); `memory` is the
    folder that holds memory.db, shared by all worktrees of a clone."""

    git_dir: str
    common_dir: str
    top: str | None
    memory: str


def find(start: str) -> Place:
    """The repository that git would use in `start`; Cannot where there is none."""
    return _ordinary(start) or _ask_git(start)


def _ordinary(start: str) -> Place | None:
    if any(name in os.environ for name in _STEERING):
        return None
    folder = os.path.realpath(start)
    while True:
        git_dir = os.path.join(folder, ".git")
        if os.path.lexists(git_dir):
            break
        if os.path.exists(os.path.join(folder, "HEAD")):  # perhaps a bare repository
            return None
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return _plain(folder, git_dir)


def _plain(folder: str, git_dir: str) -> Place | None:
    try:
        owned = os.lstat(git_dir).st_uid == os.stat(folder).st_uid == os.geteuid()
        with open(os.path.join(git_dir, "config"), "rb") as file:
            config = file.read().lower()
    except OSError:
        return None
    plain = os.path.isdir(git_dir) and not os.path.islink(git_dir)
    parts = all(os.path.exists(os.path.join(git_dir, p)) for p in ("HEAD", "objects", "refs"))
    # Extensions and a moved worktree are git's to interpret, as is `include`d configuration.
    odd = any(word in config for word in (b"worktree", b"bare = true", b"format = 1", b"[include"))
    if not (owned and plain and parts) or odd:
        return None
    return Place(
        git_dir=git_dir, common_dir=git_dir, top=folder, memory=os.path.join(folder, ".cmos")
    )


def _ask_git(start: str) -> Place:
    try:
        said = command.run(["-C", start, "rev-parse", "--is-bare-repository", *_PATHS])
    except GitFailed as error:
        raise Cannot(str(error), _hint(str(error), start), "not-a-repository") from None
    # A path may hold a newline; the first line is a word, the two paths share their beginning.
    bare, _, rest = os.fsdecode(said).removesuffix("\n").partition("\n")
    git_dir, common_dir = _two_paths(rest)
    top = None if bare == "true" else _top(start)
    return Place(git_dir=git_dir, common_dir=common_dir, top=top, memory=_memory(common_dir, start))


def _two_paths(text: str) -> tuple[str, str]:
    pieces = text.split("\n")
    for cut in range(1, len(pieces)):
        first, second = "\n".join(pieces[:cut]), "\n".join(pieces[cut:])
        if os.path.isdir(first) and os.path.isdir(second):
            return first, second
    raise Cannot(f"git names no repository that exists: {text!r}", code="not-a-repository")


def _top(start: str) -> str | None:
    said = command.run(["-C", start, "rev-parse", "--show-toplevel"], ok=(0, 128))
    return os.fsdecode(said).removesuffix("\n") or None


def _memory(common_dir: str, start: str) -> str:
    """Beside the main worktree's `.git`; in a submodule at the top of its worktree; else inside."""
    if os.path.basename(common_dir) == ".git":
        return os.path.join(os.path.dirname(common_dir), ".cmos")
    said = command.run(
        ["-C", start, "config", "--file", os.path.join(common_dir, "config"), "core.worktree"],
        ok=(0, 1),
    )
    worktree = os.fsdecode(said).removesuffix("\n")
    if worktree:
        return os.path.join(os.path.normpath(os.path.join(common_dir, worktree)), ".cmos")
    return os.path.join(common_dir, "cmos")


def _hint(said: str, start: str) -> str:
    if "safe.directory" in said or "dubious" in said:
        return "git does not trust this folder's owner: see safe.directory in `git help config`"
    if not os.path.isdir(start):
        return "the folder does not exist"
    return "go to a repository, or make one here with `git init`"
