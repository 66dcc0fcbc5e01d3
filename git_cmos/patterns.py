"""Regular expressions that cannot take long, whoever wrote them.

A pattern arrives with the ledger of others and is run over every message of the history. Python's
engine tries again wherever a piece of text could be split in two ways; a pattern is accepted where
that is bounded: two repeats that could take the same characters have one between them that
neither can take, and alternatives and options are few. Then a search of a line of n characters
costs at most n * n steps for each of the ways that the options leave.
"""

from __future__ import annotations

import re
import warnings
from re import _constants as op  # type: ignore[attr-defined] # what the engine itself compiles from
from re import _parser as parser  # type: ignore[attr-defined]

from git_cmos.errors import Misused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Node = tuple[Any, Any]
    Chars = frozenset[int]

_LONGEST = 200  # characters of a pattern
_MOST_WAYS = 64  # by alternatives and options together
_OTHER = 128  # stands for every character beyond ASCII
_ALL = frozenset(range(_OTHER + 1))
_NONE: Chars = frozenset()
_ONE = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
_WORD = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"))
_CATEGORIES = {
    op.CATEGORY_DIGIT: frozenset(map(ord, "0123456789")),
    op.CATEGORY_SPACE: frozenset(map(ord, " \t\n\r\f\v")),
    op.CATEGORY_WORD: _WORD,
}
_NEGATED = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}


def check(pattern: str) -> None:
    """Misused (129) for what is no pattern, or one that could take long."""
    if not pattern or len(pattern) > _LONGEST:
        raise Misused(f"a pattern has 1 to {_LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern, re.ASCII)
            re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise Misused(f"{pattern[:60]!r} is no pattern: {error}") from None
    if tree.state.flags & ~(re.ASCII | re.DEBUG):
        raise _Refusal("it sets a flag", "spell out both cases, e.g. [Pp]roj")
    _Walk().sequence(tree, _NONE)


class _Refusal(Misused):
    def __init__(self, why: str, way: str) -> None:
        super().__init__(f"the pattern is not taken: {why}", way, "bad-pattern")


class _Walk:
    """One look at a pattern; ways: in how many ways alternatives and options can be chosen."""

    def __init__(self) -> None:
        self.ways = 1

    def sequence(self, nodes: Iterable[Node], before: Chars) -> Chars:
        """The characters that a repeat before the end of these nodes could still take; before:
        the same for their beginning."""
        for node in nodes:
            before = self._node(node, before)
        return before

    def _node(self, node: Node, before: Chars) -> Chars:
        kind, given = node
        if kind in _ONE:
            return before if _chars(node) & before else _NONE
        if kind is op.AT:
            return before
        if kind is op.SUBPATTERN and not given[1] and not given[2]:
            return self.sequence(given[3], before)
        if kind is op.BRANCH:
            self._more_ways(len(given[1]))
            return frozenset().union(*(self.sequence(way, before) for way in given[1]))
        if kind in _REPEATS:
            least, most, inner = given
            return self._repeat(least, most, inner, before)
        raise _Refusal("it looks around or back", "only groups, sets, |, ?, *, + and {} are known")

    def _repeat(self, least: int, most: int, nodes: Any, before: Chars) -> Chars:
        if int(most) == 1:
            self._more_ways(2)
            return before | self.sequence(nodes, before)
        if len(nodes) == 1 and nodes[0][0] in _ONE:
            chars = _chars(nodes[0])
            if least == most:
                return before if chars & before else _NONE
            if chars & before:
                raise _too_long()
            return chars if least else before | chars
        return self._repeat_group(nodes, before)

    def _repeat_group(self, nodes: Any, before: Chars) -> Chars:
        """`(?:\\.\\d+)*`: a group may repeat that begins with what nothing before it can take."""
        while len(nodes) == 1 and nodes[0][0] is op.SUBPATTERN:
            nodes = nodes[0][1][3]
        ways = self.ways
        after = self.sequence(nodes, _NONE)
        begins = nodes[0][0] in _ONE and _chars(nodes[0])
        if not begins or begins & (before | after) or self.ways != ways:
            raise _too_long()
        return before | after

    def _more_ways(self, factor: int) -> None:
        self.ways *= factor
        if self.ways > _MOST_WAYS:
            raise _Refusal("it leaves too much open", "use fewer of | and ?")


def _too_long() -> _Refusal:
    return _Refusal(
        "two of its repeats could take the same text, which may take forever",
        "leave out .* (a pattern is searched for anywhere), or put between them what neither takes",
    )


def _chars(node: Node) -> Chars:
    """The characters that a node of one character takes."""
    kind, given = node
    if kind is op.ANY:
        return _ALL
    if kind is op.LITERAL:
        return frozenset([min(given, _OTHER)])
    if kind is op.NOT_LITERAL:
        return _ALL - ({given} if given < _OTHER else set())
    negated = given[0][0] is op.NEGATE
    found = frozenset().union(*(_of_set(item) for item in given if item[0] is not op.NEGATE))
    return (_ALL - found) | {_OTHER} if negated else found


def _of_set(item: Node) -> Chars:
    kind, given = item
    if kind is op.RANGE:
        return frozenset(min(char, _OTHER) for char in range(given[0], min(given[1], _OTHER) + 1))
    if kind is op.CATEGORY:
        if given in _CATEGORIES:
            return _CATEGORIES[given]
        return _ALL - _CATEGORIES[_NEGATED[given]]
    return frozenset([min(given, _OTHER)])
