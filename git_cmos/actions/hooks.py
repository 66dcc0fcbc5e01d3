"""What hooks do. The post-* hooks are doorbells: they make the catch-up happen at once."""

from __future__ import annotations

from git_cmos.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

DOORBELLS = ("post-commit", "post-merge", "post-checkout", "post-rewrite")


def ring(progress: Callable[[int], object] | None = None) -> None:
    """Catch up with whatever moved."""
    Memory.open(progress=progress).close()
