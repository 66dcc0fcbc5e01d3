"""Hooks in a repository: in git's configuration where git runs them from there, else files."""

from __future__ import annotations

from git_cmos.actions.hooks import HOOKS
from git_cmos.actions.installing import configured, files
from git_cmos.actions.installing.hook import Hook
from git_cmos.errors import Cannot, GitFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from git_cmos.memory import Memory


def status(memory: Memory) -> list[Hook]:
    """Every hook that we know, and how it stands."""
    where = files.folders(memory)
    entries = configured.entries(memory)
    version = memory.repo.git_version()
    found = []
    for name in HOOKS:
        file = files.look(where, name)
        entry = configured.look(entries, name, version)
        found.append(entry if entry and (entry.state == "live" or file.state != "live") else file)
    return found


def install(memory: Memory, *, force: bool = False, as_files: bool = False) -> list[Hook]:
    """Have git run ours. From its configuration (git 2.54 and later): what stands in folders is
    not touched then, whoever else writes there. Else, or where files are asked for, by shims:
    what stands in their place is renamed, and chained.

    Refused (1) where git looks in a folder that other repositories share, unless force; where two
    foreign hooks would have to be chained. Cannot (128) where nothing can be written.
    """
    if not as_files and memory.repo.git_version() >= configured.SINCE:
        files.take_away(memory, shared=False)
        where = files.folders(memory)
        mine = [name for name in HOOKS if files.look(where, name).state != "live"]
        _writing(lambda memory: configured.write(memory, mine), memory)
    else:
        files.place(memory, force)
        _writing(configured.remove, memory)
    return status(memory)


def is_installed(memory: Memory, found: list[Hook]) -> bool:
    """Whether somebody had ours installed here, and whatever became of it since. found: what
    `status` says."""
    return any(it.state in ("live", "stale") or it.before for it in found) or (
        files.are_left(files.folders(memory)) or configured.are_there(configured.entries(memory))
    )


def uninstall(memory: Memory) -> list[Hook]:
    """Take ours away, and put back what was there, byte for byte and mode for mode."""
    _writing(configured.remove, memory)
    files.take_away(memory)
    return status(memory)


def _writing(change: Callable[[Memory], None], memory: Memory) -> None:
    try:
        change(memory)
    except GitFailed as error:
        raise Cannot(f"cannot change git's configuration: {error}", code="hooks") from None


__all__ = ["Hook", "install", "status", "uninstall"]
