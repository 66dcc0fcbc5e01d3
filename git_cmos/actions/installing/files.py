"""Hooks as files: put our shims where git looks, keep what was there, give it back."""

from __future__ import annotations

import filecmp
import os

from git_cmos.actions.hooks import HOOKS
from git_cmos.actions.installing import managers
from git_cmos.actions.installing.hook import Hook
from git_cmos.actions.installing.managers import MARK
from git_cmos.errors import Cannot, Refused
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory

_BEFORE = ".before-cmos"


@value
class Folders:
    """live: where git looks for hooks in this worktree; usual: where it would without
    `core.hooksPath`; top: the worktree's top folder, or the repository."""

    live: str
    usual: str
    top: str


def folders(memory: Memory) -> Folders:
    """Where hooks are, and where they may have been left."""
    said = memory.repo.run("rev-parse", "--git-path", "hooks")
    path = os.fsdecode(said).removesuffix("\n")
    top = memory.repo.toplevel() or memory.repo.git_dir
    return Folders(
        live=os.path.abspath(os.path.join(top, path)),
        usual=os.path.join(memory.repo.place.common_dir, "hooks"),
        top=top,
    )


def are_left(where: Folders) -> bool:
    """Whether a shim of ours lies anywhere about, run or not."""
    places = (os.path.join(it, name) for it in (where.live, where.usual) for name in HOOKS)
    endings = ("", ".old", ".legacy")
    return any(MARK in (managers.read(path + it) or "") for path in places for it in endings)


def look(where: Folders, name: str) -> Hook:
    """How the file of a hook stands."""
    path = os.path.join(where.live, name)
    state, by = _judge(where, name, path)
    return Hook(name=name, state=state, before=os.path.lexists(path + _BEFORE), path=path, by=by)


def _judge(where: Folders, name: str, path: str) -> tuple[str, str]:
    text = managers.read(path)
    if text is None:
        left = managers.read(os.path.join(where.usual, name)) or ""
        return ("shadowed", "core.hooksPath") if MARK in left else ("absent", "")
    if MARK not in text:
        by = managers.whose(path) or "another hook"
        state = managers.runs_ours(where.top, path, name)
        return (state, by) if state else ("shadowed", by)
    if not os.access(path, os.X_OK):
        return "shadowed", "its mode: it is not executable"
    return ("live" if managers.is_current(text, managers.text(name)) else "stale"), ""


def place(memory: Memory, force: bool) -> None:
    """Write our shims; Refused and Cannot as `install` has them."""
    where = folders(memory)
    if not force and not _is_own(memory, where.live):
        raise Refused(
            f"git looks for hooks in {where.live}, outside of this repository",
            "--force installs there, for every repository that looks there",
            "shared-hooks",
        )
    try:
        os.makedirs(where.live, exist_ok=True)
        for name in HOOKS:
            _place(where, name)
        _sweep(where)
    except OSError as error:
        raise Cannot(f"cannot write {error.filename}: {error.strerror}", code="hooks") from None


def take_away(memory: Memory, *, shared: bool = True) -> None:
    """Remove our shims wherever they are, and put back what was there. shared: from a folder that
    other repositories use, too."""
    where = folders(memory)
    try:
        if shared or _is_own(memory, where.live):
            for name in HOOKS:
                _take_away(os.path.join(where.live, name))
        _sweep(where)
    except OSError as error:
        raise Cannot(f"cannot change {error.filename}: {error.strerror}", code="hooks") from None


def _sweep(where: Folders) -> None:
    """What was left where git looked before `core.hooksPath` was set."""
    if os.path.realpath(where.usual) != os.path.realpath(where.live):
        for name in HOOKS:
            _take_away(os.path.join(where.usual, name))


def _is_own(memory: Memory, where: str) -> bool:
    tops = [memory.repo.place.common_dir, memory.repo.toplevel()]
    real = os.path.realpath(where) + os.sep
    return any(top and real.startswith(os.path.realpath(top) + os.sep) for top in tops)


def _place(where: Folders, name: str) -> None:
    path = os.path.join(where.live, name)
    text = managers.read(path)
    managers.forget_old(path)
    if text is not None and MARK not in text:
        if managers.runs_ours(where.top, path, name) == "live":
            return
        if os.path.lexists(path + _BEFORE) and not _is_written_anew(path):
            raise Refused(
                f"another hook took the place of ours: {path}",
                f"it and {name}{_BEFORE} are both kept; put one of them away first",
                "two-hooks",
            )
        os.replace(path, path + _BEFORE)
    beside = f"{path}.{os.getpid()}.tmp"
    with open(beside, "w", encoding="utf-8") as file:
        file.write(managers.text(name))
    os.chmod(beside, 0o755)  # noqa: S103 - as git makes its own hooks
    os.replace(beside, path)


def _is_written_anew(path: str) -> bool:
    """Whether what stands in our place is what we keep from before, written anew by its maker."""
    kept = path + _BEFORE
    if not (os.path.isfile(path) and os.path.isfile(kept)):
        return False
    owner = managers.whose(path)
    return bool(owner and owner == managers.whose(kept)) or filecmp.cmp(path, kept, shallow=False)


def _take_away(path: str) -> None:
    text = managers.read(path)
    managers.forget_old(path)
    if MARK in (managers.read(path + ".legacy") or ""):
        os.unlink(path + ".legacy")
    if text is not None and MARK not in text:
        if os.path.lexists(path + _BEFORE) and _is_written_anew(path):
            os.unlink(path + _BEFORE)
        return
    if text is not None:
        os.unlink(path)
    if os.path.lexists(path + _BEFORE):
        os.rename(path + _BEFORE, path)
