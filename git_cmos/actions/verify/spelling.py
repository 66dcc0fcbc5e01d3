"""Which of our keys was meant by a key that is none of ours."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL = """
    acked-by approved-by assisted-by author bug bugs cc change-id claude-session closes co-author
    co-authored-by co-committed-by co-developed-by commit-queue cr-commit-position date depends-on
    differential-revision fix fixes from generated-by git-svn-id github-pr helped-by issue issues
    jira link links mentored-by message-id nacked-by on-behalf-of original-author part-of
    permission pr rebased-by ref refs related related-to release-note relates-to reported-by
    requested-by requires resolves reviewed-by reviewed-on reviewers revert reverts see see-also
    session-id signed-off-by skip-checks stable submission suggested-by supersedes task tasks
    test-plan tested-by thanks-to ticket todo topic transmission type upstream url version
"""
_PROSE = "earning emission facet fission missing omission passion permission remission vision"

USUAL = frozenset(_USUAL.split())  # trailers in use elsewhere: never a misspelling of ours
_WORDS = frozenset(_PROSE.split())  # words of English that lie next to our keys
# What people write for one of the mission family.
_SYNONYMS = {
    "start": ("begin", "begins", "began", "begun", "starting"),
    "complete": ("done", "finish", "finished", "finishes", "close", "closes", "closed", "end"),
    "block": ("stop", "stopped", "wait", "waits", "blocker"),
    "unblock": ("resume", "resumed", "resumes", "continue"),
}
_FAR = 99


class Spelling:
    """The keys in force (lower case -> trailer name), and what lies near them."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self._near: dict[str, tuple[str, int]] = {}
        self._concerns: dict[bytes, bool] = {}

    def concerns(self, key: bytes) -> bool:
        """Whether a key, as it stands in a message, is one of ours or may be meant as one."""
        if key not in self._concerns:
            text = key.decode("ascii").lower()
            self._concerns[key] = text in self._keys or bool(self.meant(text, True))
        return self._concerns[key]

    def meant(self, key: str, names_a_mission: bool) -> str:
        """The trailer name that `key` was meant to be, or "". names_a_mission: its value begins
        with the id of one, so that a bolder guess is right."""
        key = key.lower().replace("_", "-").replace(" ", "-")
        if key in USUAL or (key in _WORDS and not names_a_mission):
            return ""
        if key not in self._near:
            self._near[key] = self._nearest(key)
        name, far = self._near[key]
        if name and far <= _allowed(key, self._key_of(name), names_a_mission):
            return name
        return self._relative(key) if names_a_mission else ""

    def _key_of(self, name: str) -> str:
        return next(key for key, known in self._keys.items() if known == name)

    def _nearest(self, key: str) -> tuple[str, int]:
        """(trailer name, distance) of the key that lies nearest; the first where two do."""
        near = ((distance(key, known), name) for known, name in self._keys.items())
        best, name = min(near, key=lambda pair: pair[0], default=(_FAR, ""))
        return (name, best) if best <= 2 else ("", _FAR)

    def _relative(self, key: str) -> str:
        """`Mission-Done` and its like: the family's first word, and another after it."""
        family = self._key_of("mission")
        if not key.startswith(f"{family}-"):
            return ""
        word = key.removeprefix(f"{family}-")
        meant = (f"mission-{move}" for move, words in _SYNONYMS.items() if word in words)
        return next(meant, "mission")


def _allowed(key: str, ours: str, names_a_mission: bool) -> int:
    """How far a key may lie from ours: short ones have too many neighbours among words."""
    if len(ours) < 4:
        return 0
    if len(ours) < 6:
        return int(len(key) > len(ours) or sorted(key) == sorted(ours))
    return 2 if names_a_mission or len(ours) >= 10 else 1


def distance(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour; `_FAR` beyond 2."""
    if abs(len(one) - len(other)) > 2:
        return _FAR
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > 2:
            return _FAR
    return row[-1] if row[-1] <= 2 else _FAR
