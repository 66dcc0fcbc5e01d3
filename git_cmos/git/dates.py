"""Corrected commit dates: an order of commits that no clone's clock can upset."""

from __future__ import annotations

SECOND = 1_000_000  # `at` counts microseconds
# A commit's date has no fraction of a second, a command's has. A commit counts as made in the
# middle of its second, and a child in that second comes a millisecond later: so a commit follows
# what was told before it, and what is told next (a microsecond on) falls between the two.
HALF = 500_000
_STEP = 1_000
_DAY = 86_400 * SECOND
FARTHEST = 1 << 61  # microseconds (75,000 years): sums of it stay within SQLite's 64 bits


class Dates:
    """Corrected commit dates (git, Documentation/technical/commit-graph: never before any
    parent's), in microseconds and a millisecond apart, so that displayed times stay true.

    own: commit -> its own date; edges: (commit, parents) of each that was read; misdated:
    commits that are not older than some child of theirs; youngest: commit not read yet -> the
    earliest date of its children.
    """

    def __init__(self) -> None:
        self.own: dict[bytes, int] = {}
        self.edges: list[tuple[bytes, tuple[bytes, ...]]] = []
        self.youngest: dict[bytes, int] = {}
        self.misdated: set[bytes] = set()
        self.skewed = False  # whether a clock was wrong by more than the grain of dates
        self.backdated = 0  # the last corrected date of a commit that was a day early or more

    def corrected(self) -> dict[str, int]:
        """oid -> corrected date of each commit whose own date is too early.

        Only descendants of misdated commits can be affected; they are visited parents first,
        each once.
        """
        if not self.misdated:
            return {}
        own, children = self.own, self._children()
        late: dict[bytes, int] = {}
        waiting = self._affected(children)
        ready = [oid for oid, parents in waiting.items() if not parents]
        while ready:
            oid = ready.pop()
            date = late.get(oid, own[oid]) + _STEP
            for child in children.get(oid, ()):
                if date > late.get(child, own[child]):
                    late[child] = date
                if child in waiting:
                    waiting[child] -= 1
                    if not waiting[child]:
                        ready.append(child)
        self.skewed = any(date - own[oid] > SECOND for oid, date in late.items())
        far = (date for oid, date in late.items() if date - own[oid] >= _DAY)
        self.backdated = max(far, default=0)
        return {oid.decode(): date for oid, date in late.items()}

    def _children(self) -> dict[bytes, list[bytes]]:
        children: dict[bytes, list[bytes]] = {}
        for oid, parents in self.edges:
            for parent in parents:
                children.setdefault(parent, []).append(oid)
        return children

    def _affected(self, children: dict[bytes, list[bytes]]) -> dict[bytes, int]:
        """commit -> how many of its parents are affected too, for all that may move another.

        A misdated commit can push a descendant no further than its own date and one step
        for each commit in between.
        """
        own, slack = self.own, (len(self.own) + 1) * _STEP
        limits: dict[bytes, int] = {}
        queue = [(oid, own[oid] + slack) for oid in self.misdated]
        while queue:
            oid, limit = queue.pop()
            known = limits.get(oid)
            if known is None or limit > known:
                limits[oid] = limit
                queue += [(c, limit) for c in children.get(oid, ()) if own[c] <= limit]
        parents = dict.fromkeys(limits, 0)
        for oid in limits:
            for child in children.get(oid, ()):
                if child in parents:
                    parents[child] += 1
        return parents
