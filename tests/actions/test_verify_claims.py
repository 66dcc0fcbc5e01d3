"""mission-unknown, mission-missing, date-future."""

from __future__ import annotations

import time

from git_cmos import mending
from tests.actions.test_verify import findings, inside, only, plan, rules, setting, verdict
from tests.actions.test_verify_trailers import said_of
from tests.conftest import Repository


def test_an_unplanned_mission_is_reported_with_the_nearest(repo: Repository) -> None:
    plan(repo, "B1.1", "schema-login")
    oid = repo.commit("work", "Mission-Complete: schema-logn all")
    found = only(repo, "mission-unknown")
    assert (found.level, found.commit, found.mission) == ("error", oid, "schema-logn")
    assert found.message == "'Mission-Complete: schema-logn all': nobody has planned schema-logn"
    assert found.hint.startswith("did you mean schema-login? else `git cmos mission add")


def test_case_decides_and_the_hint_says_so(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    repo.commit("work", "Mission: b1.1")
    assert only(repo, "mission-unknown").hint.startswith("did you mean B1.1? ")


def test_nothing_near_is_no_suggestion(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: zzz")
    assert only(repo, "mission-unknown").hint == (
        "`git cmos mission add zzz 'what it is'` plans it"
    )


def test_each_mission_of_a_commit_once(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: B1.1, X1, X2", "Mission-Block: X1 why", "Mission: X1")
    assert [finding.mission for finding in findings(repo)] == ["X1", "X2"]


def test_a_plan_made_later_settles_it(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: B1.2")
    assert rules(repo) == ["mission-unknown"]
    plan(repo, "B1.2")
    assert rules(repo) == []


def test_a_reverted_claim_is_settled_and_its_return_is_not(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: B1.2", file="a")
    repo.git("revert", "--no-edit", "HEAD")
    assert rules(repo) == []
    assert rules(repo, "HEAD~1") == ["mission-unknown"]  # where the revert is not in view
    repo.git("revert", "--no-edit", "HEAD")
    assert rules(repo) == ["mission-unknown"]


NAMELESS = {
    "Mission: see below": "write 'Mission: <id>' or 'Mission: none'",
    "Mission:": "write 'Mission: <id>' or 'Mission: none'",
    "Mission: $(id)": "write 'Mission: <id>' or 'Mission: none'",
    "Mission: ../x": "write 'Mission: <id>' or 'Mission: none'",
    "Mission: B1.1,": "write 'Mission: B1.1': ids only, with commas between them",
    "Mission: B1.1 B1.2": "write 'Mission: B1.1, B1.2': ids only, with commas between them",
    "Mission: B1.1 the rest": "write 'Mission: B1.1': ids only, with commas between them",
    "Mission-Complete: -x": "write 'Mission-Complete: <id>'",
    "Mission-Block:": "write 'Mission-Block: <id>'",
    "mission-start: (B1.1)": "write 'mission-start: <id>'",
}


def test_what_names_no_mission(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    said = said_of(repo, *(f"subject\n\n{line}\n" for line in NAMELESS))
    for (line, hint), found in zip(NAMELESS.items(), said, strict=True):
        assert [(f.rule, f.mission, f.hint) for f in found] == [("mission-unknown", None, hint)]
        assert found[0].message.startswith(f"'{line}' names ")
    repo.commit("work", "Mission: see below")
    assert rules(repo) == ["mission-unknown"]


def test_none_and_lists_are_fine(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    repo.commit("no mission", "Mission: none")
    repo.commit("no mission", "mission : NONE")
    repo.commit("two", "Mission: B1.1, B1.2", "Mission: B1.1")
    assert rules(repo) == []


def test_long_values_are_quoted_in_part(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: " + "see below and above " * 500)
    assert len(only(repo, "mission-unknown").message) < 100


# -- mission-missing -----------------------------------------------------------------------


def test_a_mission_may_be_demanded_of_every_commit(repo: Repository) -> None:
    plan(repo, "B1.1")
    silent = repo.commit("work")
    assert rules(repo) == []
    setting(repo, "cmos.verify.mission-missing", "error")
    repo.commit("work", "Mission: B1.1")
    repo.commit("tidy", "Mission: none")
    repo.commit("end", "Mission-Complete: B1.1")
    found = only(repo, "mission-missing", "HEAD~4..")
    assert (found.commit, found.level) == (silent, "error")
    assert "'Mission: none'" in found.hint


def test_merges_need_no_mission(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.switch("topic", "-c")
    repo.commit("work", "Mission: B1.1")
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    setting(repo, "cmos.verify.mission-missing", "warn")
    assert rules(repo, "HEAD~1..") == []
    assert verdict(repo, "HEAD~1..").checked == 2


# -- date-future ---------------------------------------------------------------------------


def test_a_commit_of_ours_from_the_future_is_a_warning(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.clock = int(time.time()) + 3 * 86_400
    repo.commit("not ours")
    oid = repo.commit("ours", "Mission: B1.1")
    found = only(repo, "date-future")
    assert (found.level, found.commit) == ("warn", oid)
    assert "3 days ahead" in found.message or "2 days ahead" in found.message
    assert verdict(repo).ok
    setting(repo, "cmos.date.future", str(30 * 86_400))
    assert rules(repo) == []


def test_only_the_commit_that_is_misdated_is_named(repo: Repository) -> None:
    plan(repo, "B1.1")
    now, repo.clock = repo.clock, int(time.time()) + 3 * 86_400
    oid = repo.commit("ours", "Mission: B1.1")
    repo.clock = now
    repo.commit("after it, with a right clock", "Mission: B1.1")
    assert only(repo, "date-future").commit == oid


def test_dates_beyond_all_years_do_no_harm(repo: Repository) -> None:
    plan(repo, "B1.1")
    tree = repo.git("write-tree")
    raw = (
        f"tree {tree}\nparent {repo.git('rev-parse', 'HEAD')}\n"
        "author A <a@b> 9223372036854775000 +0000\ncommitter A <a@b> 9223372036854775000 +0000\n"
        "\nx\n\nMission: B1.1\n"
    )
    oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw)
    repo.git("update-ref", "refs/heads/main", oid)
    assert only(repo, "date-future").commit == oid
    inside(repo, lambda memory: mending.rebuild(memory))
