"""What an import tells: happenings of another time, the same events in every clone."""

from __future__ import annotations

from pathlib import Path

from git_cmos import api, events, journal, mending
from git_cmos.memory import Memory
from tests.conftest import Repository

DAY = 86_400_000_000


def told(memory: Memory, at: int) -> list[str]:
    past = [
        journal.Dated(
            what=events.MissionAdded(mission="B1.1", name="Old", fields={}),
            at=at,
            actor="codex",
            key="backlog.yaml B1.1 added",
        ),
        journal.Dated(
            what=events.MissionCompleted(mission="B1.1", notes="done"),
            at=at + DAY,
            actor="codex",
            key="backlog.yaml B1.1 completed",
        ),
    ]
    return [event.id for event in memory.change(lambda db: [*past, *past], "importer")]


def test_it_keeps_its_time_and_its_agent_and_comes_once(repo: Repository) -> None:
    with Memory.open(str(repo.path)) as memory:
        first = told(memory, at=1_600_000_000 * 1_000_000)
        assert len(first) == 2
        assert told(memory, at=1_600_000_000 * 1_000_000) == []
        _, before, after = mending.rebuild(memory)
        assert before == after
    with api.open(str(repo.path)) as cmos:
        mission = cmos.mission("B1.1")
        assert (mission.created_at, mission.completed_at) == (
            "2020-09-13T12:26:40Z",
            "2020-09-14T12:26:40Z",
        )
        assert {line.agent for line in cmos.log()} == {"codex"}


def test_it_is_the_same_event_in_another_clone(repo: Repository, tmp_path: Path) -> None:
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "other"))
    with Memory.open(str(repo.path)) as one, Memory.open(str(tmp_path / "other")) as other:
        assert told(one, at=DAY) == told(other, at=DAY)


def test_two_clones_that_tell_it_exchange_their_ledgers(repo: Repository, tmp_path: Path) -> None:
    """The same event in two ledgers is no clash, and takes nobody's place in a ledger."""
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "other"))
    other = Repository(tmp_path / "other")
    for clone in (repo, other):
        with Memory.open(str(clone.path)) as memory:
            told(memory, at=DAY)
    refs = "+refs/cmos/ledger/*:refs/cmos/ledger/*"
    for here, there in ((repo, other), (other, repo)):
        here.git("fetch", "-q", str(there.path), refs)
        for name in ("X1", "X2", "X3"):
            here.cmos("mission", "add", f"{name}-{here.path.name}", "after the exchange")
    repo.git("fetch", "-q", str(other.path), refs)
    assert repo.digest() == other.digest()
    assert repo.json("db", "health")["told"] == 8
    for clone in (repo, other):
        (clone.path / ".cmos" / "memory.db").unlink()
        assert clone.json("db", "health")["told"] == 8  # all of it is in the ledgers


def test_what_was_said_since_stands(repo: Repository) -> None:
    with api.open(str(repo.path)) as cmos:
        cmos.add("B1.1", "New")
        cmos.start("B1.1")
    with Memory.open(str(repo.path)) as memory:
        told(memory, at=DAY)
    with api.open(str(repo.path)) as cmos:
        assert cmos.mission("B1.1").name == "Old"  # the earlier word comes first
        assert cmos.mission("B1.1").status == "Completed"
