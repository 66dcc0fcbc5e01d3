"""Hooks in a repository: put our shims where git looks, keep what was there, give it back."""

from __future__ import annotations

import os

from git_cmos.actions.hooks import HOOKS, shim
from git_cmos.errors import Cannot, Refused
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory

_MARK = "Made by `git cmos hook install`"
_BEFORE = ".before-cmos"


@value
class Hook:
    """One hook. state: live (git runs ours), stale (ours, of another version), shadowed (another
    stands in its place, or it may not be run), absent; before: whether another is chained."""

    name: str
    state: str
    before: bool
    path: str


def folder(memory: Memory) -> str:
    """Where git looks for hooks in this worktree: `core.hooksPath`, or the common directory's."""
    said = memory.repo.run("rev-parse", "--git-path", "hooks")
    path = os.fsdecode(said).removesuffix("\n")
    return os.path.abspath(os.path.join(memory.repo.toplevel() or memory.repo.git_dir, path))


def status(memory: Memory) -> list[Hook]:
    """Every hook that we know, and how it stands."""
    where = folder(memory)
    return [_look(where, name) for name in HOOKS]


def _look(where: str, name: str) -> Hook:
    path = os.path.join(where, name)
    text = _read(path)
    if text is None:
        state = "absent"
    elif _MARK not in text:
        state = "live" if _runs_ours(path) else "shadowed"
    elif not os.access(path, os.X_OK):
        state = "shadowed"
    else:
        state = "live" if text == _text(name) else "stale"
    return Hook(name=name, state=state, before=os.path.lexists(path + _BEFORE), path=path)


def install(memory: Memory, *, force: bool = False) -> list[Hook]:
    """Write our shims; what stands in their place is renamed, and chained. Refused (1) where git
    looks in a folder that other repositories share; Cannot (128) where it cannot be written."""
    where = folder(memory)
    if not force and not _is_own(memory, where):
        raise Refused(
            f"git looks for hooks in {where}, outside of this repository",
            "--force installs there, for every repository that looks there",
            "shared-hooks",
        )
    try:
        os.makedirs(where, exist_ok=True)
        for name in HOOKS:
            _place(where, name)
    except OSError as error:
        raise Cannot(f"cannot write {error.filename}: {error.strerror}", code="hooks") from None
    return status(memory)


def uninstall(memory: Memory) -> list[Hook]:
    """Take our shims away, and put back what was there, byte for byte and mode for mode."""
    where = folder(memory)
    try:
        for name in HOOKS:
            _take_away(os.path.join(where, name))
    except OSError as error:
        raise Cannot(f"cannot change {error.filename}: {error.strerror}", code="hooks") from None
    return status(memory)


def _is_own(memory: Memory, where: str) -> bool:
    tops = [memory.repo.place.common_dir, memory.repo.toplevel()]
    real = os.path.realpath(where) + os.sep
    return any(top and real.startswith(os.path.realpath(top) + os.sep) for top in tops)


def _place(where: str, name: str) -> None:
    path = os.path.join(where, name)
    text = _read(path)
    if text is not None and _MARK not in text:
        if _runs_ours(path):
            return
        if os.path.lexists(path + _BEFORE):
            raise Refused(
                f"another hook took the place of ours: {path}",
                f"it and {name}{_BEFORE} are both kept; put one of them away first",
                "two-hooks",
            )
        os.rename(path, path + _BEFORE)
    beside = f"{path}.{os.getpid()}.tmp"
    with open(beside, "w", encoding="utf-8") as file:
        file.write(_text(name))
    os.chmod(beside, 0o755)  # noqa: S103 - as git makes its own hooks
    os.replace(beside, path)


def _runs_ours(path: str) -> bool:
    """Whether ours is chained by what was installed over it: pre-commit keeps it as `.legacy`."""
    return _MARK in (_read(path + ".legacy") or "")


def _take_away(path: str) -> None:
    text = _read(path)
    if _runs_ours(path):
        os.unlink(path + ".legacy")
    if text is None or _MARK in text:
        if text is not None:
            os.unlink(path)
        if os.path.lexists(path + _BEFORE):
            os.rename(path + _BEFORE, path)


def _read(path: str) -> str | None:
    """The text of a hook; None where there is none. A link that leads nowhere is one."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(10_000)
    except FileNotFoundError:
        return "" if os.path.islink(path) else None
    except IsADirectoryError:
        return ""


def _text(name: str) -> str:
    return shim().replace("@NAME@", name)
