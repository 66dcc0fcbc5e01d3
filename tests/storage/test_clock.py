"""The clock goes back a day or forward ten years: the order of what was told stays causal, and
somebody is warned (SCENARIO 38)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.storage import digest, ids, journal, ok

DAY = 86_400
CLOCKS = {
    "back a day": ("0", str(-DAY)),
    "back ten years": ("0", str(-3650 * DAY)),
    "forward ten years": (str(3650 * DAY), "0"),
    "to and fro": (str(DAY), str(-DAY)),
}


def tell(repo: Repository, patch: pytest.MonkeyPatch, offset: str, *args: str) -> str:
    patch.setenv("CMOS_CLOCK_OFFSET", offset)
    return ok("mission", *args, at=repo)


def status_of(repo: Repository, mission: str) -> str:
    return str(json.loads(ok("mission", "show", mission, "--json", at=repo))["status"])


@pytest.mark.parametrize("clock", CLOCKS)
def test_what_is_told_later_counts_later(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    first, then = CLOCKS[clock]
    tell(repo, monkeypatch, first, "add", "B1", "one")
    tell(repo, monkeypatch, first, "start", "B1")
    tell(repo, monkeypatch, then, "block", "B1", "--reason", "r")
    tell(repo, monkeypatch, first, "unblock", "B1", "--to", "In Progress")
    tell(repo, monkeypatch, then, "complete", "B1")
    assert status_of(repo, "B1") == "Completed"
    told = sorted(journal(repo).values(), key=lambda event: event[1])
    assert [event[4] for event in told] == [1, 2, 3, 4, 5]
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert digest(repo) == before


@pytest.mark.parametrize("clock", CLOCKS)
def test_somebody_is_warned(repo: Repository, monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    first, then = CLOCKS[clock]
    tell(repo, monkeypatch, first, "add", "B1", "one")
    monkeypatch.setenv("CMOS_CLOCK_OFFSET", then)
    said = repo.run("mission", "start", "B1").err + ok("status", at=repo)
    assert "future" in said or "clock" in said


def test_clones_with_skewed_clocks_keep_each_others_order(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = Repository(tmp_path / "other", repo.clock)
    repo.git("clone", "-q", str(repo.path), str(other.path))

    def exchange() -> None:
        for one, two in ((repo, other), (other, repo)):
            one.git("fetch", "-q", str(two.path), "refs/cmos/*:refs/cmos/*", check=False)
        assert digest(repo) == digest(other)

    tell(repo, monkeypatch, str(DAY), "add", "B1", "one")
    exchange()
    tell(other, monkeypatch, str(-DAY), "start", "B1")
    exchange()
    tell(repo, monkeypatch, str(DAY), "block", "B1", "--reason", "r")
    exchange()
    tell(other, monkeypatch, "0", "unblock", "B1")
    exchange()
    assert status_of(repo, "B1") == status_of(other, "B1") == "Current", "unblocked last"


def test_a_clock_before_1970_or_beyond_9999_is_no_traceback(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, years in enumerate((-100, 9000)):
        tell(repo, monkeypatch, str(years * 365 * DAY), "add", f"B{number}", "odd clock")
    ok("status", at=repo)
    ok("log", at=repo)
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert ids(repo) == {"B0", "B1"}
    assert digest(repo) == before
