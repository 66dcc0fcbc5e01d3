"""How one hook stands."""

from __future__ import annotations

from git_cmos.values import value

CONFIGURATION = "git's configuration"


@value
class Hook:
    """state: live (git runs ours), stale (ours, of another version), shadowed (git does not run
    ours: another stands in its place, or it is switched off), absent. by: who runs ours, or what
    keeps it from running; "" for git itself and its own file. before: whether another is chained.
    path: the file that git would run; "" where it runs none.
    """

    name: str
    state: str
    before: bool
    path: str
    by: str = ""
