"""Histories that name missions in their own way: `s95-m04: …`, `[B1.1] …`, `PROJ-12 …`.

Pure. A rule is a told event, so that every clone reads the same history in the same way; what it
finds in a message counts as if a trailer said it.
"""

from __future__ import annotations

import re
from functools import cache

from git_cmos.errors import Misused
from git_cmos.lazy import lazy
from git_cmos.model import is_id
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_cmos import patterns
else:
    patterns = lazy("git_cmos.patterns")

CLAIMS = {"work": "mission", "start": "mission-start", "complete": "mission-complete"}
SUBJECT, MESSAGE = "subject", "message"
WITHIN = (SUBJECT, MESSAGE)
_LONGEST_LINE = 200  # characters of a line that are looked at: bounds what any pattern costs
_MOST_LINES = 500
_TAKES_BACK = ('Revert "', 'Reapply "')  # the subject is another commit's


@value
class Rule:
    """pattern: a regular expression, searched for in each line; its group `id`, or first group,
    or all of it is the mission. claim: what it says, one of CLAIMS. within: `subject` or
    `message` (every line)."""

    pattern: str
    claim: str = "work"
    within: str = SUBJECT


def is_sound(rule: Rule) -> bool:
    """Whether the rule can be kept: a rule from elsewhere may be anything."""
    try:
        check(rule)
    except Misused:
        return False
    return True


def check(rule: Rule) -> None:
    """Misused (129) for a pattern that is none, or could take long, and for unknown words."""
    if rule.claim not in CLAIMS:
        raise Misused(f"no claim {rule.claim[:40]!r}", f"one of {', '.join(CLAIMS)}")
    if rule.within not in WITHIN:
        raise Misused(f"nothing to look at: {rule.within[:40]!r}", f"one of {', '.join(WITHIN)}")
    patterns.check(rule.pattern)


def said(rules: Iterable[Rule], subject: str, text: str) -> Iterator[tuple[str, str]]:
    """(trailer name, mission) of what the rules find in a message; each mission once by each
    rule. A revert repeats another commit's subject, and says nothing by it."""
    if subject.startswith(_TAKES_BACK):
        return
    for rule in rules:
        found = dict.fromkeys(_ids(rule, subject, text))
        yield from ((CLAIMS[rule.claim], mission) for mission in found)


def _ids(rule: Rule, subject: str, text: str) -> Iterator[str]:
    find = compiled(rule.pattern)
    lines = [subject] if rule.within == SUBJECT else text.splitlines()[:_MOST_LINES]
    for line in lines:
        for match in find.finditer(line[:_LONGEST_LINE]):
            mission = named(match)
            if is_id(mission):
                yield mission


def named(match: re.Match[str]) -> str:
    """The mission that a match names; "" where the group took no part in it."""
    groups = match.re.groupindex
    if "id" in groups:
        return match["id"] or ""
    return (match[1] if match.re.groups else match[0]) or ""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """ASCII: what \\d and \\w are must not depend on a version of Unicode."""
    return re.compile(pattern, re.ASCII)
