"""Hostile words in every argument: literal, harmless, or refused; nothing is run, nothing is lost
(SCENARIOS 40-43, 47, 48)."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from git_cmos.actions import missions, sprints
from git_cmos.errors import CmosError
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.storage import (
    assert_agreement,
    assert_clean_refusal,
    digest,
    ids,
    ok,
    warmed,
)

BAD_IDS = (
    "$(touch run)",
    "`touch run`",
    ";touch run;",
    "-x",
    "--output=x",
    "a\nb",
    "../x",
    "..",
    "a..b",
    "B1.lock",
    "B1.",
    ".B1",
    "B1/x",
    "B" * 300,
    "",
    " ",
    "B 1",
    "B1\x1b[31m",
    "B1\u202e",
    "é",
    "B1'--",
    "' OR 1=1 --",
    "x'); DROP TABLE events; --",
    "%",
    "*",
    "?",
    ":id",
)
SQL = (
    "'; DROP TABLE missions; --",
    "' OR '1'='1",
    '" OR ""="',
    "%",
    "_",
    "?",
    ":a",
    "\\",
    "\0"[:0],
)
SHELL = ("$(touch run)", "`touch run`", "; touch run", "| touch run", "&& touch run", "> run", "*")
CONTROL = ("\x1b]52;c;eA==\x07", "\x9b31m", "a\rb", "\u202eevil\u202c", "z\u200bw", "\x7f\x08")
WORDS = (*SQL, *SHELL, *CONTROL, "{0} {x} %s %d", "C++", "a:b", '"', "--help", "-h", "\ufffd")


def nothing_ran(repo: Repository) -> None:
    assert not list(repo.path.parent.rglob("run"))
    assert repo.git("status", "--porcelain") == ""


def test_bad_ids_are_refused(repo: Repository) -> None:
    for bad in BAD_IDS:
        assert_clean_refusal(repo.run("mission", "add", "--", bad, "name"), 1)
    assert ids(repo) == set()
    assert not repo.git("for-each-ref", "refs/cmos")
    nothing_ran(repo)


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("mission", "show", "--", "?"),
    ("mission", "start", "--", "?"),
    ("mission", "complete", "--", "?"),
    ("mission", "block", "--reason", "r", "--", "?"),
    ("mission", "unblock", "--", "?"),
    ("mission", "reopen", "--", "?"),
    ("mission", "update", "--notes", "n", "--", "?"),
    ("mission", "depends", "--", "?", "T1"),
    ("mission", "depends", "--", "T1", "?"),
    ("where", "--", "?"),
    ("log", "--", "?"),
    ("sprint", "show", "--", "?"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command))
def test_unknown_ids_of_any_kind_are_answered_with_no(
    repo: Repository, command: tuple[str, ...]
) -> None:
    before = digest(warmed(repo, 1))
    for bad in BAD_IDS:
        args = [bad if word == "?" else word for word in command]
        answer = repo.run(*args)
        assert answer.status in (1, 129), (bad, answer)
        assert "bug" not in answer.err.split("\n")[0], answer.err
    assert digest(repo) == before
    nothing_ran(repo)


def test_words_of_any_kind_are_kept_as_they_are(repo: Repository) -> None:
    for number, word in enumerate(filter(None, WORDS)):
        fields = [f"--{name}={word}" for name in ("objective", "context", "notes", "criterion")]
        ok("mission", "add", f"W{number}", f"name {word}", *fields, f"--agent=a {word}", at=repo)
        ok("mission", "block", f"W{number}", f"--reason={word}", f"--need={word}", at=repo)
        found = json.loads(ok("mission", "show", f"W{number}", "--json", at=repo))
        assert (found["objective"], found["notes"]) == (word, word)
        assert (found["success_criteria"], found["blocked_reason"]) == ([word], word)
    before = digest(repo)
    assert_agreement(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert digest(repo) == before
    nothing_ran(repo)


def test_no_control_byte_reaches_the_output(repo: Repository) -> None:
    for number, word in enumerate(CONTROL):
        ok("mission", "add", f"C{number}", f"n{word}", f"--objective={word}", at=repo)
        ok("mission", "block", f"C{number}", f"--reason={word}", f"--agent={word}x", at=repo)
    shown = [ok(*words, at=repo) for words in (("status",), ("log",), ("mission", "list"))]
    for number in range(len(CONTROL)):
        shown.append(ok("mission", "show", f"C{number}", at=repo))
        shown.append(ok("mission", "show", f"C{number}", "--json", at=repo))
    raw = {char for text in shown for char in text if unicodedata.category(char) in ("Cc", "Cf")}
    assert raw <= {"\n"}, [hex(ord(char)) for char in raw]


def test_filters_are_literal(repo: Repository) -> None:
    warmed(repo)
    for word in filter(None, (*SQL, *SHELL)):
        assert json.loads(ok("log", "--json", f"--agent={word}", at=repo)) == []
        assert json.loads(ok("mission", "list", "--json", f"--sprint={word}", at=repo)) == []
        assert repo.run("mission", "list", f"--status={word}").status == 129
    nothing_ran(repo)


@pytest.mark.parametrize("rev", ["--output=run", "-x", "$(touch run)", "HEAD\nHEAD", "", "@{", "^"])
def test_revisions_are_no_options(repo: Repository, rev: str) -> None:
    warmed(repo, 1)
    assert_clean_refusal(repo.run("mission", "list", f"--at={rev}"))
    assert_clean_refusal(repo.run("diff", "--", f"{rev}..{rev}x"))
    nothing_ran(repo)


NOT_UTF8 = b"J\xf6rg \xff".decode("utf-8", "surrogateescape")


NOT_UTF8_AT: dict[str, tuple[str, ...]] = {
    "name": ("mission", "add", "N1", NOT_UTF8),
    "objective": ("mission", "add", "N1", "n", "--objective", NOT_UTF8),
    "agent": ("mission", "add", "N1", "n", "--agent", NOT_UTF8),
    "id": ("mission", "add", NOT_UTF8, "n"),
    "mission": ("mission", "show", NOT_UTF8),
    "filter": ("log", "--agent", NOT_UTF8),
    "sprint": ("sprint", "add", NOT_UTF8),
}


@pytest.mark.parametrize(
    "place",
    list(NOT_UTF8_AT),
)
def test_words_that_are_not_utf8_are_refused_or_read_as_such(repo: Repository, place: str) -> None:
    warmed(repo, 1)
    answer = repo.run(*NOT_UTF8_AT[place])
    assert "this is a bug" not in answer.err, answer.err
    assert answer.status in (0, 1, 129), answer


@pytest.mark.parametrize("name", ["CMOS_AGENT", "GIT_AUTHOR_NAME", "USER"])
def test_a_name_in_the_environment_that_is_not_utf8_stops_nothing(
    repo: Repository, name: str
) -> None:
    without = {"GIT_AUTHOR_NAME": ""} if name == "USER" else {}
    done = repo.process("mission", "add", "N1", "n", env={**without, name: NOT_UTF8})
    assert (done.returncode, done.stderr) == (0, "")
    assert ids(repo) == {"N1"}


# -- sizes -----------------------------------------------------------------------------------


def test_long_texts_are_kept_or_refused(repo: Repository) -> None:
    longest = "ü" * 60_000  # 120 kB: about what one argument can hold
    assert repo.process("mission", "add", "L1", "n", "--objective", longest).returncode == 0
    assert repo.mission("L1")["objective"] == longest
    done = repo.process("mission", "add", "L2", "n", "--objective", "x" * 120_000)
    assert done.returncode == 129
    assert len(done.stderr) < 1000
    many = [word for _ in range(20) for word in ("--criterion", "x" * 50_000)]
    if repo.process("mission", "add", "L3", "n", *many).returncode == 0:
        before = digest(repo)
        shutil.rmtree(repo.path / ".cmos")
        assert digest(repo) == before
        assert len(repo.mission("L3")["success_criteria"]) == 20


HUGE = "x" * 10_000_000
Call = Callable[[Memory], object]
HUGE_CALLS: dict[str, Call] = {
    "id": lambda memory: missions.add(memory, HUGE, "n"),
    "name": lambda memory: missions.add(memory, "H1", HUGE),
    "objective": lambda memory: missions.add(memory, "H1", "n", objective=HUGE),
    "update": lambda memory: missions.update(memory, "T1", notes=HUGE),
    "criterion": lambda memory: missions.add(memory, "H1", "n", success_criteria=[HUGE]),
    "criteria": lambda memory: missions.add(memory, "H1", "n", success_criteria=["x"] * 5_000_000),
    "metadata": lambda memory: missions.add(memory, "H1", "n", metadata={"x": HUGE}),
    "sprint of a mission": lambda memory: missions.add(memory, "H1", "n", sprint_id=HUGE[:99_999]),
    "reason": lambda memory: missions.block(memory, "T1", reason=HUGE),
    "summary": lambda memory: missions.start(memory, "T1", summary=HUGE),
    "notes": lambda memory: missions.complete(memory, "T1", notes=HUGE),
    "resolution": lambda memory: missions.unblock(memory, "T1", resolution=HUGE),
    "agent": lambda memory: missions.start(memory, "T1", agent=HUGE),
    "sprint": lambda memory: sprints.add(memory, HUGE),
    "focus": lambda memory: sprints.add(memory, "s1", focus=HUGE),
}


@pytest.mark.parametrize(
    "call",
    list(HUGE_CALLS),
)
def test_huge_arguments_are_refused(repo: Repository, call: str) -> None:
    warmed(repo, 1)
    with Memory.open(str(repo.path)) as memory, pytest.raises(CmosError) as refused:
        HUGE_CALLS[call](memory)
    assert len(str(refused.value)) < 1000
    assert ids(repo) == {"S1", "T1"}


WRONG_CALLS: dict[str, Call] = {
    "name": lambda memory: missions.update(memory, "T1", name=5),
    "objective": lambda memory: missions.update(memory, "T1", objective={"a": 1}),
    "notes": lambda memory: missions.update(memory, "T1", notes=["a"]),
    "metadata": lambda memory: missions.update(memory, "T1", metadata={"a": object()}),
    "NaN": lambda memory: missions.update(memory, "T1", metadata={"a": float("nan")}),
    "score": lambda memory: missions.update(memory, "T1", validation_score="high"),
    "deep": lambda memory: missions.update(memory, "T1", metadata=deep(100_000)),
    "surrogate": lambda memory: missions.update(memory, "T1", notes="\ud800"),
}


def deep(levels: int) -> dict[str, object]:
    made: dict[str, object] = {}
    for _ in range(levels):
        made = {"a": made}
    return made


@pytest.mark.parametrize(
    "call",
    list(WRONG_CALLS),
)
def test_arguments_of_the_wrong_shape_are_refused(repo: Repository, call: str) -> None:
    before = digest(warmed(repo, 1))
    with Memory.open(str(repo.path)) as memory, pytest.raises(CmosError):
        WRONG_CALLS[call](memory)
    assert digest(repo) == before


def test_a_repository_in_an_odd_place_works(tmp_path: Path) -> None:
    for name in ("with space", "with'quote\"", "with\nnewline", "ünï", "per%20cent?x#y", "-dash"):
        made = Repository.create(tmp_path / "odd" / name)
        made.commit("start")
        warmed(made, 1)
        made.commit("more", "Mission-Start: T1")
        assert ids(made) == {"S1", "T1"}
        before = digest(made)
        shutil.rmtree(made.path / ".cmos")
        assert digest(made) == before
