"""What was meant by a name that nothing bears."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 5000  # names to compare with; more would take longer than reading a list


def hint(name: str, known: Iterable[str], otherwise: str) -> str:
    """`did you mean …?` with the names that lie nearest, case aside; else `otherwise`."""
    from difflib import get_close_matches

    folded = {it.casefold(): it for it in known}
    near = get_close_matches(name.casefold(), list(folded)[:MOST], n=3, cutoff=0.6)
    return f"did you mean {', '.join(folded[it] for it in near)}?" if near else otherwise
