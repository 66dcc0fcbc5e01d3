"""Who acts: SPEC §1, in this order."""

from __future__ import annotations

import os

from git_cmos.errors import Misused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory

LONGEST_NAME = 200
# Environment variables by which known agents mark the processes they start.
_MARKERS = (
    ("CLAUDECODE", "claude"),
    ("CODEX_SANDBOX", "codex"),
    ("CODEX_THREAD_ID", "codex"),
    ("CURSOR_AGENT", "cursor"),
    ("GEMINI_CLI", "gemini"),
    ("OPENCODE", "opencode"),
    ("AIDER_MODEL", "aider"),
    ("COPILOT_AGENT_SESSION_ID", "copilot"),
)


def who(memory: Memory, named: str | None = None) -> str:
    """The acting agent: named here, CMOS_AGENT, `cmos.agent`, a known agent's marker, and last
    git's own author name (environment before configuration, as `git var` has it)."""
    config = memory.config
    if named and len(named) > LONGEST_NAME:
        raise Misused(f"an agent's name has at most {LONGEST_NAME} characters")
    for name in (named, os.environ.get("CMOS_AGENT"), config.get("cmos.agent")):
        if name and name.strip():
            return _storable(name.strip())
    for marker, agent in _MARKERS:
        if os.environ.get(marker):
            return agent
    return author(memory)


def author(memory: Memory) -> str:
    """git's own author name: the environment before configuration, as `git var` has it."""
    config = memory.config
    name = os.environ.get("GIT_AUTHOR_NAME") or config.get("author.name")
    return _storable(name or config.get("user.name") or _login())


def _storable(name: str) -> str:
    """The name in UTF-8, whatever bytes the environment held, and of a length to live with."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:LONGEST_NAME]


def _login() -> str:
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "unknown"
