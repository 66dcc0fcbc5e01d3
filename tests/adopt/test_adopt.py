"""`git cmos adopt` on real histories."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository

SUBJECTS = "^(s\\d+-m\\d+):"


@pytest.fixture
def old(repo: Repository) -> Repository:
    """A history that knows nothing of trailers."""
    for number in range(1, 7):
        repo.commit(f"s95-m0{number % 4}: Do it, part {number}")
    repo.commit("[B1.1] Draw the schema")
    repo.commit("[B1.2] Write it")
    repo.commit("[C2.1] Ship it")
    repo.commit("Release v1.2")
    return repo


def preview(repo: Repository, *args: str) -> Any:
    return repo.json("adopt", *args)


def test_a_dry_run_shows_what_each_pattern_would_claim_and_changes_nothing(old: Repository) -> None:
    old.cmos("mission", "add", "s95-m01", "Parse")
    before = old.digest()
    first, second = preview(old, "--pattern", SUBJECTS, "--pattern", r"\[(\w\d\.\d)\]")
    assert (first["commits"], first["missions"], first["planned"]) == (6, 4, 1)
    assert (second["commits"], second["missions"]) == (3, 3)
    assert first["sample"][0]["subject"].startswith("s95-m0")
    assert len(first["sample"]) == 5
    assert old.digest() == before
    assert list(old.statuses()) == ["s95-m01"]
    assert "nothing is changed yet" in old.cmos("adopt", "--pattern", SUBJECTS)


def test_applied_it_is_as_if_trailers_had_said_it(old: Repository, tmp_path: Path) -> None:
    old.cmos("adopt", "--pattern", SUBJECTS, "--apply")
    assert set(old.statuses().values()) == {"In Progress"}
    assert len(old.statuses()) == 4
    assert len(old.json("where", "s95-m01")["commits"]) == 2
    assert old.statuses("--at", "HEAD~9") == {"s95-m01": "In Progress"}
    old.commit("s95-m07: a later one is read so, too")
    assert "s95-m07" in old.statuses()
    old.git("reset", "-q", "--hard", "HEAD~1")
    assert "s95-m07" not in old.statuses()
    old.digest()


def test_a_clone_reads_history_in_the_same_way(old: Repository, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    old.git("init", "-q", "--bare", str(bare))
    old.git("remote", "add", "origin", str(bare))
    old.git("push", "-q", "origin", "main")
    old.git("clone", "-q", str(bare), str(tmp_path / "other"))
    other = Repository(tmp_path / "other")
    assert other.statuses() == {}
    old.cmos("adopt", "--pattern", r"\[(\w\d\.\d)\]", "--claims", "complete", "--apply")
    old.cmos("sync")
    other.cmos("sync")
    assert (
        other.statuses() == old.statuses() == dict.fromkeys(("B1.1", "B1.2", "C2.1"), "Completed")
    )
    assert other.digest() == old.digest()
    other.cmos("adopt", "--remove", r"\[(\w\d\.\d)\]")
    other.cmos("sync")
    old.cmos("sync")
    assert old.statuses() == {}
    assert other.digest() == old.digest()


def test_an_authors_own_word_stands(repo: Repository) -> None:
    repo.commit("[B1.1] Not this one", "Mission: none")
    repo.commit("[B1.2] Another", "Mission-Complete: B1.3")
    repo.commit("[B1.4] This one", "Fact: it is so")
    repo.commit("[B1.5] And this", file="a")
    repo.git("revert", "--no-edit", "HEAD")
    repo.cmos("adopt", "--pattern", r"\[(B\d\.\d)\]", "--apply")
    assert repo.statuses() == {"B1.3": "Completed", "B1.4": "In Progress"}


def test_a_revert_and_its_revert(repo: Repository) -> None:
    repo.commit("[B1.5] This", file="a")
    repo.git("revert", "--no-edit", "HEAD")
    repo.git("revert", "--no-edit", "HEAD")
    repo.cmos("adopt", "--pattern", r"\[(B\d\.\d)\]", "--apply")
    assert repo.statuses() == {"B1.5": "In Progress"}
    assert len(repo.json("where", "B1.5")["commits"]) == 1


def test_suggestions_work_when_they_are_typed(old: Repository) -> None:
    patterns = [it["pattern"] for it in preview(old, "--suggest")]
    assert patterns == [r"^(s\d+-m\d+):", r"\[([A-Z]+\d+\.\d+)\]"]
    page = old.cmos("adopt", "--suggest")
    line = next(line for line in page.splitlines() if line.startswith("  git cmos adopt"))
    assert "6 commits" in old.cmos(*shlex.split(line.rpartition("  ")[0])[2:])
    assert all(len(line) <= 80 for line in page.splitlines())


def test_nothing_to_suggest(repo: Repository) -> None:
    repo.commit("Release v1.2")
    repo.commit("Release v1.3")
    repo.commit("Use UTF-8 and SHA-256")
    assert "no pattern is to be seen" in repo.cmos("adopt")


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["--pattern", "(a+)+"], 129),
        (["--pattern", "["], 129),
        (["--pattern", "zzz", "--apply"], 1),
        (["--remove", "zzz"], 1),
        (["--apply"], 129),
        (["--suggest", "--list"], 129),
    ],
)
def test_what_cannot_be_is_said(old: Repository, args: list[str], status: int) -> None:
    answer = old.process("adopt", *args)
    assert answer.returncode == status, answer
    assert answer.stderr.count("\n") <= 2, answer
    assert json.loads(old.cmos("adopt", "--list", "--json")) == []


def test_twice_is_refused_and_the_list_shows_it(old: Repository) -> None:
    old.cmos("adopt", "--pattern", SUBJECTS, "--apply")
    assert "adopted already" in old.process("adopt", "--pattern", SUBJECTS, "--apply").stderr
    assert SUBJECTS in old.cmos("adopt", "--list")
    assert preview(old, "--pattern", SUBJECTS)[0]["adopted"] is True


def test_a_hostile_pattern_in_a_ledger_is_set_aside(old: Repository) -> None:
    from git_cmos import events
    from git_cmos.events import decode

    what = decode("PatternAdopted", '{"pattern":"(a+)+$","claim":"work","within":"subject"}')
    assert isinstance(what, events.Unknown)
    sound = decode("PatternAdopted", '{"pattern":"B1","claim":"work","within":"subject"}')
    assert isinstance(sound, events.PatternAdopted)
