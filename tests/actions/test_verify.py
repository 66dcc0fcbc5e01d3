"""verify as a whole: levels, statuses, what it refuses to guess; and the helpers of its tests."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from git_cmos import mending
from git_cmos.actions import dependencies, missions
from git_cmos.actions import verify as checking
from git_cmos.errors import Cannot, Misused
from git_cmos.memory import Memory
from git_cmos.model import Finding, Verdict
from tests.conftest import EPOCH, Repository

# -- helpers, for all tests of verify ------------------------------------------------------


def inside(repo: Repository, work: Callable[[Memory], Any]) -> Any:
    """What `work` makes of the repository's memory, in this process: a new one costs 100 ms."""
    with Memory.open(str(repo.path)) as memory:
        return work(memory)


def verdict(repo: Repository, range_: str | None = None, **options: bool) -> Verdict:
    options.setdefault("allow_empty", True)
    found: Verdict = inside(repo, lambda memory: checking.verify(memory, range_, **options))
    return found


def findings(repo: Repository, range_: str | None = None, **options: bool) -> list[Finding]:
    return verdict(repo, range_, **options).findings


def rules(repo: Repository, range_: str | None = None, **options: bool) -> list[str]:
    """The rules that have something to say, each time that they do."""
    return [finding.rule for finding in findings(repo, range_, **options)]


def only(repo: Repository, rule: str, range_: str | None = None) -> Finding:
    """The one finding there is, which must be of `rule`."""
    found = findings(repo, range_)
    assert [finding.rule for finding in found] == [rule]
    return found[0]


def plan(repo: Repository, *ids: str) -> None:
    """Add missions that lack nothing."""

    def add(memory: Memory) -> None:
        for mission in ids:
            fields = {"success_criteria": ["it works"], "deliverables": ["code"]}
            missions.add(memory, mission, f"The mission {mission}", objective="Do it", **fields)

    inside(repo, add)


def tell(repo: Repository, move: str, mission: str, **options: str) -> None:
    """Move a mission with a command; what is committed from here on comes after that."""
    inside(repo, lambda memory: getattr(missions, move)(memory, mission, **options))
    repo.clock = max(repo.clock, int(time.time()) + 60)


def need(repo: Repository, needer: str, needed: str) -> None:
    inside(repo, lambda memory: dependencies.depends(memory, needer, needed))


def setting(repo: Repository, key: str, text: str) -> None:
    repo.git("config", key, text)


# -- the whole -----------------------------------------------------------------------------


def test_a_sound_history_passes(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("begin", "Mission-Start: B1.1")
    repo.commit("work", "Mission: B1.1", "Signed-off-by: A <a@example.com>")
    repo.commit("end", "Mission-Complete: B1.1 all of it")
    assert verdict(repo) == Verdict(
        range="all of main, which has no upstream", checked=4, findings=[], ok=True
    )


def test_every_rule_of_the_table_has_a_level_that_config_knows(repo: Repository) -> None:
    for name, rule in checking.RULES.items():
        assert inside(repo, lambda m, n=name, r=rule: m.config.level(n, r.level)) == rule.level


@pytest.mark.parametrize(("level", "ok"), [("off", True), ("warn", True), ("error", False)])
def test_the_level_of_a_rule_is_a_setting(repo: Repository, level: str, ok: bool) -> None:
    repo.commit("typo", "Misson: B1.1")
    setting(repo, "cmos.verify.trailer-misspelt", level)
    found = verdict(repo)
    assert [f.level for f in found.findings] == ([] if level == "off" else [level])
    assert found.ok is ok


def test_a_level_that_is_none_is_refused(repo: Repository) -> None:
    setting(repo, "cmos.verify.move-illegal", "fatal")
    with pytest.raises(Cannot, match="bad level 'fatal'"):
        verdict(repo)


def test_findings_come_in_the_order_of_history(repo: Repository) -> None:
    plan(repo, "B1.1")
    commits = [
        repo.commit("unblock", "Mission-Unblock: B1.1"),
        repo.commit("typo", "Misson: B1.1"),
        repo.commit("unblock again", "Mission-Unblock: B1.1 really"),
    ]
    assert [finding.commit for finding in findings(repo)] == commits


def test_claims_without_any_plan_are_not_judged(repo: Repository) -> None:
    repo.commit("work", "Mission: B1.1")
    with pytest.raises(Cannot, match="1 commit claims missions, and there is no plan") as error:
        verdict(repo)
    assert error.value.code == "no-plan"
    assert "git cmos sync --fetch" in error.value.hint
    setting(repo, "cmos.verify.mission-unknown", "off")
    assert verdict(repo).ok


def test_without_claims_no_plan_is_needed(repo: Repository) -> None:
    repo.commit("a fact", "Fact: it is so", "Mission: none")
    assert verdict(repo).ok


def test_a_plan_without_missions_is_none(repo: Repository) -> None:
    from git_cmos.actions import sprints

    inside(repo, lambda memory: sprints.add(memory, "S1", "First"))
    repo.commit("work", "Mission: B1.1")
    with pytest.raises(Cannot, match="no plan"):
        verdict(repo)


def test_a_range_without_claims_needs_no_plan_in_an_unplanned_history(repo: Repository) -> None:
    repo.commit("work", "Mission: B1.1")
    repo.commit("more")
    assert verdict(repo, "HEAD^!").ok


def test_a_range_and_all_exclude_each_other(repo: Repository) -> None:
    with pytest.raises(Misused, match="exclude each other"):
        verdict(repo, "HEAD", everything=True)


def test_parity_is_looked_at_on_request_only(repo: Repository) -> None:
    plan(repo, "B1.1")
    assert rules(repo, rebuild=True) == []
    inside(repo, lambda memory: memory.db.execute("UPDATE missions SET name = 'forged'"))
    assert rules(repo) == []
    found = findings(repo, rebuild=True)
    assert [f.rule for f in found] == ["parity"]
    assert "git cmos db rebuild" in found[0].hint


def test_events_of_a_later_version_are_mentioned(repo: Repository) -> None:
    from git_cmos.events import Unknown

    plan(repo, "B1.1")
    later = [Unknown(kind="MissionTeleported", body="{}")]
    inside(repo, lambda memory: memory.change(lambda db: later, "tester"))
    inside(repo, lambda memory: mending.rebuild(memory))
    found = verdict(repo)
    assert found.ok
    assert [(f.rule, f.level) for f in found.findings] == [("events-set-aside", "warn")]
    assert "an event of the kind MissionTeleported" in found.findings[0].message


def test_a_shallow_clone_that_ends_within_the_range_is_refused(
    repo: Repository, tmp_path: Path
) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: B1.1")
    repo.commit("more")
    shallow = clone(repo, tmp_path / "shallow", "--depth=1")
    with pytest.raises(Cannot, match="shallow") as error:
        verdict(shallow, everything=True)
    assert "fetch-depth: 0" in error.value.hint
    shallow.git("fetch", "-q", "--unshallow")
    plan(shallow, "B1.1")
    assert verdict(shallow, everything=True).checked == 3


def test_a_shallow_clone_answers_where_its_commits_suffice(
    repo: Repository, tmp_path: Path
) -> None:
    repo.commit("begin", "Mission-Complete: B1.1")
    shallow = clone(repo, tmp_path / "shallow", "--depth=1")
    plan(shallow, "B1.1")
    shallow.commit("work", "Mission: B1.1", file="a")
    assert verdict(shallow).checked == 1
    shallow.commit("a move", "Mission-Complete: B1.1 twice, but that cannot be seen here")
    with pytest.raises(Cannot, match=r"how missions stood before origin/main\.\.HEAD"):
        verdict(shallow)
    setting(shallow, "cmos.verify.move-illegal", "off")
    setting(shallow, "cmos.verify.dependency-open", "off")
    assert verdict(shallow).ok


def clone(repo: Repository, path: Path, *options: str) -> Repository:
    subprocess.run(["git", "clone", "-q", *options, repo.path.as_uri(), str(path)], check=True)
    return Repository(path, repo.clock)


def test_a_draft_is_held_to_the_same_rules(repo: Repository) -> None:
    plan(repo, "B1.1")
    drafts = {
        b"subject\n\nMission: B1.1\n# a comment\n": [],
        b"subject\n\nMisson: B1.1\n": ["trailer-misspelt"],
        b"subject\n\nMission: B1.1\nand prose\n": ["trailer-stranded"],
        b"subject\n\nMission: B1.2\n": ["mission-unknown"],
        b"": [],
    }
    for draft, expected in drafts.items():
        found = inside(repo, lambda memory, text=draft: checking.of_draft(memory, text))
        assert [finding.rule for finding in found] == expected, draft


def test_a_draft_without_any_plan_is_not_refused_for_its_mission(repo: Repository) -> None:
    assert inside(repo, lambda m: checking.of_draft(m, b"subject\n\nMission: B1.1\n")) == []


# -- the command ---------------------------------------------------------------------------


def test_the_command_says_so_and_its_status_too(repo: Repository) -> None:
    repo.cmos("mission", "add", "B1.1", "First")
    repo.commit("work", "Mission: B1.1")
    assert repo.cmos("verify") == (
        "ok: 2 commits in all of main, which has no upstream: nothing to report\n"
    )
    oid = repo.commit("typo", "Mission: B1.11")
    said = repo.cmos("verify", "HEAD^!", status=1).splitlines()
    assert said[:2] == [
        "error: mission-unknown",
        f"  {oid[:9]} 'Mission: B1.11': nobody has planned B1.11",
    ]
    assert said[2].startswith("  did you mean B1.1?")
    assert max(map(len, said)) <= 80
    found = repo.json("verify", "HEAD^!", status=1)
    assert list(found) == ["range", "checked", "findings", "ok"]
    fields = ["rule", "level", "commit", "mission", "message", "hint", "line"]
    assert list(found["findings"][0]) == fields
    assert found["findings"][0]["line"] == 3
    assert (found["range"], found["checked"], found["ok"]) == ("HEAD^!", 1, False)


def test_the_command_has_statuses_for_what_it_cannot_do(repo: Repository) -> None:
    unknown = repo.process("verify", "nowhere..HEAD")
    assert unknown.returncode == 128
    assert unknown.stderr.startswith("fatal: 'nowhere' names no commit here\nhint: ")
    assert repo.process("verify", "HEAD", "--all").returncode == 129
    assert repo.process("verify", "--output=x").returncode == 129
    assert "RANGE" in repo.cmos("verify", "-h")


def test_all_in_a_bare_repository(repo: Repository, tmp_path: Path) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: B1.1")
    subprocess.run(
        ["git", "clone", "-q", "--mirror", str(repo.path), str(tmp_path / "bare")], check=True
    )
    bare = Repository(tmp_path / "bare", EPOCH)
    assert verdict(bare, everything=True).checked == 2
