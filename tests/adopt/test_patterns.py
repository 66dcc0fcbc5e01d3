"""Patterns from elsewhere: those that could take long are refused, and the others do not."""

from __future__ import annotations

import random
import re
import time

import pytest

from git_cmos import adoption, patterns
from git_cmos.adoption import Rule
from git_cmos.errors import Misused

TAKEN = (
    r"^(s\d+-m\d+):",
    r"\[([A-Z]\d+(?:\.\d+)*)\]",
    r"\b([A-Z][A-Z0-9]+-\d+)\b",
    r"(?P<id>PROJ-\d+)",
    r"^(?:feat|fix|docs)\(([A-Z]+-\d+)\)!?: ",
    r"^\w+\(([A-Z]+-\d+)\)!?:",
    r"#(\d+)",
    r"é+(\d)",
    r"\[[^\]]*?(B\d)",
)
REFUSED = (
    *("", "(", "x" * 300, "[[a]", "(?P<id>a)(?P<id>b)"),
    *(r"(a+)+b", r"(a|a)*b", r"(a|ab)*c", r".*a.*b", r"a*a*a*a*c", r"(?:[a-z]+ ?)+x"),
    *(r"\w+\d+", r"\d+\w?\d+", r"(?:a?b?){1,9}", r"(?:a{1,3}){1,60}", r"[^x]+y*[^x]+z"),
    *("a?" * 7 + "a" * 7, "(x|y|z|ab|cd)" * 4, r"((?:ab)*a)*b"),
    *(r"(?i)x", r"(?=a)", r"(?<!b)a", r"(a)\1", r"(?>a+)a", "a*+a"),
)


@pytest.mark.parametrize("pattern", TAKEN)
def test_what_people_use_is_taken(pattern: str) -> None:
    patterns.check(pattern)


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_could_take_long_or_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(Misused):
        patterns.check(pattern)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_taken_is_quick_on_the_worst_of_lines(seed: int) -> None:
    """Random patterns of few letters: where the check lets one pass that explodes, this hangs."""
    chance = random.Random(seed)
    for _ in range(50):
        pattern = "".join(chance.choice(PIECES) for _ in range(chance.randrange(2, 14)))
        try:
            patterns.check(pattern)
        except Misused:
            continue
        find = re.compile(pattern, re.ASCII)
        for line in ("a" * 200, "ab" * 100, "a" * 100 + "b" * 100, "ab1" * 66):
            began = time.process_time()
            for _ in find.finditer(line):
                pass
            assert time.process_time() - began < 0.5, pattern


PIECES = (
    *("a", "b", "ab", "a*", "a+", "b?", "a?", "[ab]", "[ab]+", ".", "\\w", "\\w*", "a{1,3}"),
    *("(a|b)", "(?:a|ab)", "(?:ab)*", "(?:ba+)*", "(?:b\\d*)+", "\\d+", "1", "$", "\\b", "(a*b)"),
)


def test_what_a_rule_finds() -> None:
    def said(rule: Rule, text: str) -> list[tuple[str, str]]:
        return list(adoption.said([rule], text.partition("\n")[0], text))

    jira = Rule(pattern=r"\b(P-\d+)\b", claim="complete", within="message")
    assert said(jira, "Do P-1\n\nand P-2, P-1") == [
        ("mission-complete", "P-1"),
        ("mission-complete", "P-2"),
    ]
    assert said(Rule(pattern=r"B\d\.\d"), "B1.1, B1.2 and B1.1\n\nB9.9") == [
        ("mission", "B1.1"),
        ("mission", "B1.2"),
    ]
    assert said(Rule(pattern=r"(\w+) is (?P<id>B\d)"), "this is B3") == [("mission", "B3")]
    assert said(Rule(pattern=r"x(\d)?"), "x") == []
    assert said(Rule(pattern=r"(\.\.)"), "a .. b") == []  # no mission has such a name
    assert said(Rule(pattern=r"B\d"), 'Revert "B1"') == []
    assert said(Rule(pattern=r"B\d"), "x" * 200 + "B1") == []
