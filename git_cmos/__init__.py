"""git cmos: git-native work tracking and memory for people and coding agents.

    import git_cmos
    with git_cmos.open(".") as cmos:
        cmos.next_mission()
        cmos.start("B1.1", agent="codex")

The functions below act on the repository that git would use in the current folder. Nothing is
imported until it is used: the command line pays for the start of every process.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"
_API = ("Cmos", "open", "next_mission", "start", "complete", "block")


def __getattr__(name: str) -> Any:
    if name not in _API:
        raise AttributeError(f"module 'git_cmos' has no attribute {name!r}")
    from git_cmos import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return [*_API, "__version__"]
