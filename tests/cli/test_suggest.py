"""What was meant: the nearest right word for commands, options, choices and ids."""

from __future__ import annotations

import pytest

from tests.conftest import Repository

MEANT = [
    ("statsu", "'statsu' is not a command of `git cmos`", "status"),
    ("mission strat B1.1", "'strat' is not a command of `git cmos mission`", "start"),
    ("mission comp", "'comp' is not a command of `git cmos mission`", "complete"),
    ("mission list --sprnt x", "'--sprnt' is not an option of `git cmos mission list`", "--sprint"),
    ("next --jsn", "'--jsn' is not an option of `git cmos next`", "--json"),
    (
        "sprint list --status Curent",
        "'Curent' is no --status: one of Planned, Current, Completed",
        "Current",
    ),
    ("mission depends A B --type blok", "'blok' is no --type: one of", "Blocks"),
]


@pytest.mark.parametrize(("words", "message", "meant"), MEANT)
def test_what_was_meant(repo: Repository, words: str, message: str, meant: str) -> None:
    answer = repo.run(*words.split())
    assert answer.status == 129
    first, second = answer.err.splitlines()
    assert first.startswith(f"error: {message}")
    assert second.startswith("hint: did you mean ")
    assert meant in second.removesuffix("?").replace(",", "").split()


def test_what_nobody_can_have_meant(repo: Repository) -> None:
    for words, hint in (("xyzzy", "git cmos"), ("next --xyzzy", "git cmos next")):
        assert repo.run(*words.split()).err.endswith(f"hint: see `{hint} -h`\n")


def test_ids(repo: Repository) -> None:
    repo.run("mission", "add", "B1.1", "x")
    repo.run("sprint", "add", "sprint-01")
    for words, meant in (
        ("mission show b1.1", "B1.1"),
        ("mission start B1.2", "B1.1"),
        ("where B11", "B1.1"),
        ("log B1.11", "B1.1"),
        ("mission depends B1.1 B1.3", "B1.1"),
        ("sprint show sprint-1", "sprint-01"),
        ("mission audit sprint-1", "sprint-01"),
    ):
        answer = repo.run(*words.split())
        assert answer.status == 1, words
        assert f"did you mean {meant}?" in answer.err, words
