"""dependency-open: completed before what it needs, as seen from the commit that says so."""

from __future__ import annotations

from git_cmos.actions import dependencies
from tests.actions.test_verify import findings, inside, need, only, plan, rules, tell
from tests.actions.test_verify_graph import join
from tests.conftest import Repository


def test_completed_before_what_it_needs(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    need(repo, "B1.3", "B1.1")
    oid = repo.commit("end", "Mission-Complete: B1.3 early")
    found = only(repo, "dependency-open")
    assert (found.level, found.commit, found.mission) == ("error", oid, "B1.3")
    assert found.message == "'Mission-Complete: B1.3', but it needs B1.1, which is Queued here"
    assert found.hint.startswith("complete B1.1 first; or, if it needs no B1.1, `git cmos mission")
    assert found.hint.endswith("depends B1.3 B1.1 --type Requires --remove`")


def test_completed_after_what_it_needs_or_with_it(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2", "B1.3", "B1.4")
    need(repo, "B1.3", "B1.1")
    need(repo, "B1.4", "B1.2")
    repo.commit("first", "Mission-Complete: B1.1")
    repo.commit("then", "Mission-Complete: B1.3")
    repo.commit("together", "Mission-Complete: B1.4", "Mission-Complete: B1.2")
    assert rules(repo) == []


def test_completed_elsewhere_is_not_completed_here(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    need(repo, "B1.3", "B1.1")
    repo.switch("topic", "-c")
    carrier = repo.commit("first", "Mission-Complete: B1.1")
    repo.switch("main")
    early = repo.commit("then", "Mission-Complete: B1.3")
    found = findings(repo, everything=True)
    assert [(f.rule, f.commit) for f in found] == [("dependency-open", early)]
    assert f"let what completes B1.1 ({carrier[:9]}) come before it" in found[0].hint
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    repo.commit("then", "Mission-Complete: B1.3")
    assert rules(repo, everything=True) == []


def test_a_told_completion_counts_for_what_comes_after_it(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3", "B1.4")
    need(repo, "B1.3", "B1.1")
    need(repo, "B1.4", "B1.1")
    early = repo.commit("early", "Mission-Complete: B1.3")
    tell(repo, "complete", "B1.1")
    repo.commit("late", "Mission-Complete: B1.4")
    found = only(repo, "dependency-open")
    assert found.commit == early
    assert found.hint.startswith("commit it anew: B1.1 was told Completed after that; or")


def test_a_reverted_need_is_open_again(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    need(repo, "B1.3", "B1.1")
    repo.commit("first", "Mission-Complete: B1.1", file="a")
    repo.git("revert", "--no-edit", "HEAD")
    repo.commit("then", "Mission-Complete: B1.3")
    assert rules(repo) == ["dependency-open"]


def test_soft_dependencies_do_not_gate(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    inside(repo, lambda memory: dependencies.depends(memory, "B1.1", "B1.3", type="Enables"))
    repo.commit("end", "Mission-Complete: B1.3")
    assert rules(repo) == []


def test_two_words_for_one_dependency_are_one_finding(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    need(repo, "B1.3", "B1.1")
    inside(repo, lambda memory: dependencies.depends(memory, "B1.1", "B1.3", type="Blocks"))
    repo.commit("end", "Mission-Complete: B1.3")
    assert rules(repo) == ["dependency-open"]


def test_a_need_that_nobody_has_added(repo: Repository) -> None:
    plan(repo, "B1.3")
    join(repo, "B1.3 Requires B9.9")
    repo.commit("end", "Mission-Complete: B1.3")
    found = findings(repo)
    assert [f.rule for f in found] == ["dependency-open", "graph-dangling"]
    assert found[0].message.endswith("it needs B9.9, which nobody has added")


def test_only_the_completion_that_counts_is_asked_for_its_needs(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    repo.commit("end", "Mission-Complete: B1.3")
    repo.commit("end again", "Mission-Complete: B1.3 more")
    need(repo, "B1.3", "B1.1")
    assert rules(repo) == ["dependency-open", "move-illegal"]
