"""The plan as it stands: what it lacks, and what contradicts itself."""

from __future__ import annotations

from tests.actions.test_verify import findings, plan, rules, setting
from tests.conftest import Repository


def test_missions_that_lack_fields(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.cmos("mission", "add", "B1.2", "Bare", "--objective", "o")
    repo.cmos("mission", "add", "B1.3", "Barer")
    repo.commit("work", "Mission: B1.2")
    found = findings(repo, everything=True)
    assert [(it.rule, it.level, it.mission) for it in found] == [
        ("field-missing", "warn", "B1.2"),
        ("field-missing", "warn", "B1.3"),
    ]
    assert found[0].hint == ("`git cmos mission update B1.2 --criterion '…' --deliverable '…'`")
    assert rules(repo, "HEAD~1..") == []
    setting(repo, "cmos.verify.field-missing", "error")
    assert [it.mission for it in findings(repo, "HEAD~1..")] == ["B1.2"]
    setting(repo, "cmos.verify.field-missing", "off")
    assert rules(repo, everything=True) == []


def test_statuses_that_contradict_each_other(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2", "B1.3")
    repo.cmos("sprint", "add", "S1", "--status", "Completed")
    repo.cmos("mission", "update", "B1.1", "--sprint", "S1")
    repo.cmos("mission", "complete", "B1.2")
    repo.cmos("mission", "depends", "B1.2", "B1.3")
    found = findings(repo, everything=True)
    assert {(it.rule, it.mission) for it in found} == {
        ("status-contradiction", None),
        ("status-contradiction", "B1.2"),
    }
    assert all(it.hint.startswith("`git cmos ") for it in found)
    repo.commit("work", "Mission: B1.1")
    assert rules(repo, "HEAD^!") == []
