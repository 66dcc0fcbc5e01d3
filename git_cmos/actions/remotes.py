"""Which remote told events and claims go to. All clones of a team have to agree on one."""

from __future__ import annotations

from git_cmos.errors import Cannot
from git_cmos.git import transport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.git.transport import Remote
    from git_cmos.memory import Memory


def chosen(
    memory: Memory, name: str | None = None, *, asking: bool = True, seconds: int = 0
) -> Remote:
    """The remote of that name, or else the usual one; Cannot (128) where there is none.

    asking, seconds: as `Remote` has them.
    """
    known = _known(memory, name)
    found = name or _usual(memory, known)
    if not found and not known:
        hint = "`git remote add origin URL` makes one; alone, everything works without"
        raise Cannot("this repository has no remote", hint, "no-remote")
    if not found:
        hint = f"`git config cmos.remote {known[0]}` says which is the team's"
        raise Cannot(f"which remote? there are {', '.join(known)}", hint, "no-remote")
    if found not in known:
        hint = f"there {'is' if len(known) == 1 else 'are'} {', '.join(known) or 'none'}"
        raise Cannot(f"no remote {found[:80]!r} is configured", hint, "no-remote")
    return transport.Remote(memory.repo.git_dir, found, asking=asking, seconds=seconds)


def usual(memory: Memory) -> Remote | None:
    """The remote that keeps the register of claims; None where the repository stands alone."""
    if not memory.config.get("cmos.remote") and not _known(memory):
        return None
    return chosen(memory)


def is_usual(memory: Memory, name: str) -> bool:
    """Whether the register of claims is kept there."""
    return _usual(memory, _known(memory)) == name


def _known(memory: Memory, name: str | None = None) -> list[str]:
    """The remotes, by the settings as they were read; git is asked where these know none, or not
    that one: it may have been added while this process lived."""
    known = memory.config.remotes()
    wanted = name or memory.config.get("cmos.remote")
    if known and (not wanted or wanted in known):
        return known
    return transport.remotes(memory.repo.git_dir)


def _usual(memory: Memory, known: list[str]) -> str:
    """`cmos.remote`, else origin, else the only one."""
    configured = memory.config.get("cmos.remote")
    if configured or "origin" in known:
        return configured or "origin"
    return known[0] if len(known) == 1 else ""
