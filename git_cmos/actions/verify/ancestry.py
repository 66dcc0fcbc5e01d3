"""Which of a few commits reach which: one walk of git for all of them together."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_cmos.git import Repo


class Ancestry:
    """Reachability among the commits of interest, as sets of bits.

    order: the commits by date; bits: commit -> 1 << its place in that order; reached: commit ->
    the bits of those that it reaches, itself included.
    """

    def __init__(self, repo: Repo, dates: Mapping[str, int]) -> None:
        """dates: corrected dates (never before an ancestor's) of the commits of interest."""
        self.order = sorted(dates, key=lambda oid: (dates[oid], oid))
        self.bits = {oid: 1 << place for place, oid in enumerate(self.order)}
        self.reached = self._walk(repo) if len(self.order) > 1 else dict(self.bits)

    def _walk(self, repo: Repo) -> dict[str, int]:
        """Parents first, each commit takes over what its parents reach. The walk stops at the
        oldest: no other commit of interest lies below it."""
        bits, oldest = self.bits, self.order[0]
        lines = [*self.order[1:], f"^{oldest}", ""]
        args = ("rev-list", "--parents", "--topo-order", "--reverse", "--stdin")
        reached = {oldest: bits[oldest]}
        for line in repo.run(*args, stdin="\n".join(lines).encode()).decode().splitlines():
            oid, *parents = line.split()
            below = _union([reached[parent] for parent in parents if parent in reached])
            reached[oid] = below | bits[oid] if oid in bits else below
        return {oid: reached[oid] for oid in bits}


def _union(sets: list[int]) -> int:
    """All bits of `sets`; along a straight line the same object, so that it costs no memory."""
    if len(sets) == 1:
        return sets[0]
    found = 0
    for bits in sets:
        found |= bits
    return found
