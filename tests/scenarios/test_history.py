"""Scenarios 6 and 7: whatever happens to history, a claim counts while a commit that carries it
can be reached, and only then. No hook is installed anywhere here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from git_cmos.memory import Memory
from git_cmos.queries.readiness import Standing
from tests.conftest import Repository
from tests.scenarios import clone, look, settled, statuses

DONE, BUSY, BLOCKED = "Completed", "In Progress", "Blocked"


def test_amending_the_message_replaces_the_claim(repo: Repository) -> None:
    repo.commit("work", "Mission: B1.1")
    assert statuses(repo) == {"B1.1": BUSY}
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "work\n\nMission-Complete: B1.2")
    assert statuses(repo) == {"B1.2": DONE}


def test_amending_the_content_changes_nothing(repo: Repository) -> None:
    repo.commit("work", "Mission-Complete: B1.1 all of it", file="a")
    before = look(repo)
    (repo.path / "a").write_text("again\n")
    repo.clock += 600
    repo.git("commit", "-q", "-a", "--amend", "--no-edit")
    after = settled(repo)
    assert after.statuses == before.statuses == {"B1.1": DONE}
    assert after.actions("B1.1") == ["complete"]


def on_a_branch(repo: Repository) -> None:
    """main is one commit ahead of where feat, with three commits of claims, left it."""
    repo.switch("feat", "-c")
    repo.commit("begin", "Mission: B1.1", file="a")
    repo.commit("wait", "Mission-Block: B1.2 no key", file="b")
    repo.commit("end", "Mission-Complete: B1.1 both", file="c")
    repo.switch("main")
    repo.commit("elsewhere", file="m")
    repo.switch("feat")


def rebase(repo: Repository, *args: str) -> None:
    repo.clock += 3600
    repo.git("rebase", "-q", *args)


def edit(monkeypatch: pytest.MonkeyPatch, *commands: str) -> None:
    """The todo list of the next `rebase -i`, by the place of each commit in the old one."""
    script = "; ".join(commands)
    monkeypatch.setenv("GIT_SEQUENCE_EDITOR", f"sed -i -e '{script}'")
    monkeypatch.setenv("GIT_EDITOR", "true")


def test_a_rebase_neither_loses_nor_doubles(repo: Repository) -> None:
    on_a_branch(repo)
    before = settled(repo)
    rebase(repo, "main")
    after = settled(repo)
    assert after.statuses == before.statuses == {"B1.1": DONE, "B1.2": BLOCKED}
    assert after.actions("B1.1") == ["complete"]
    assert len(after.log) == len(before.log)
    assert after.reach("B1.1") == ("unlanded", ["feat"])


def test_old_and_rebased_commits_side_by_side_count_once(repo: Repository) -> None:
    on_a_branch(repo)
    repo.git("branch", "old")
    before = settled(repo)
    rebase(repo, "main")
    both = settled(repo)
    assert both.digest == before.digest
    assert both.reach("B1.1") == ("unlanded", ["feat", "old"])
    assert len(both.carriers["B1.1"]) == 4
    repo.git("branch", "-q", "-D", "old")
    assert len(settled(repo).carriers["B1.1"]) == 2


def test_squash_keeps_the_claims_of_both_messages_last_block(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_branch(repo)
    settled(repo)
    edit(monkeypatch, "2s/^pick/squash/", "3s/^pick/squash/")
    rebase(repo, "-i", "main")
    assert "Mission-Block: B1.2" in repo.git("log", "-1", "--format=%B")
    # The blocks of the first two messages are in the middle now: git sees only the last one.
    assert statuses(repo) == {"B1.1": DONE}


def test_fixup_takes_the_fixed_up_claim_away(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_branch(repo)
    settled(repo)
    edit(monkeypatch, "3s/^pick/fixup/")
    rebase(repo, "-i", "main")
    assert statuses(repo) == {"B1.1": BUSY, "B1.2": BLOCKED}


def test_dropping_a_commit_drops_its_claim(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_branch(repo)
    settled(repo)
    edit(monkeypatch, "2s/^pick/drop/")
    rebase(repo, "-i", "main")
    assert statuses(repo) == {"B1.1": DONE}


def test_reordering_commits_keeps_the_state(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_branch(repo)
    before = settled(repo)
    edit(monkeypatch, "1{h;d}", "2G")
    rebase(repo, "-i", "main")
    assert repo.git("log", "-3", "--format=%s").split() == ["end", "begin", "wait"]
    assert settled(repo).statuses == before.statuses


def test_rewording_replaces_the_claim(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_branch(repo)
    settled(repo)
    edit(monkeypatch, "3s/^pick/reword/")
    monkeypatch.setenv("GIT_EDITOR", "sed -i -e s/B1.1/B1.9/")
    rebase(repo, "-i", "main")
    assert statuses(repo) == {"B1.1": BUSY, "B1.2": BLOCKED, "B1.9": DONE}


def test_in_the_middle_of_a_rebase_nothing_is_lost(repo: Repository) -> None:
    on_a_branch(repo)
    repo.switch("main")
    repo.commit("in the way", file="c")
    repo.switch("feat")
    before = settled(repo)
    repo.git("rebase", "-q", "main", check=False)
    assert (repo.path / ".git" / "rebase-merge").exists()
    assert settled(repo).statuses == before.statuses
    repo.git("rebase", "--abort")
    assert settled(repo).digest == before.digest


def test_reset_hard_takes_back_and_the_reflog_gives_again(repo: Repository) -> None:
    repo.commit("begin", "Mission: B1.1")
    begun = settled(repo)
    repo.commit("end", "Mission-Complete: B1.1")
    done = settled(repo)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    assert settled(repo) == begun
    repo.git("reset", "-q", "--hard", "HEAD@{1}")
    assert settled(repo) == done


def test_switching_branches_changes_where_one_stands_and_no_state(repo: Repository) -> None:
    on_a_branch(repo)
    with_feat = settled(repo)
    repo.switch("main")
    assert settled(repo).digest == with_feat.digest
    assert look(repo, "HEAD").statuses == {}
    repo.switch("feat")
    assert look(repo, "HEAD").statuses == with_feat.statuses


def test_deleting_a_branch_takes_its_claims_and_making_it_again_brings_them(
    repo: Repository,
) -> None:
    on_a_branch(repo)
    before = settled(repo)
    tip = repo.git("rev-parse", "HEAD")
    repo.switch("main")
    repo.git("branch", "-q", "-D", "feat")
    assert statuses(repo) == {}
    repo.git("branch", "feat", tip)
    assert settled(repo) == before


def test_a_detached_head_holds_its_claims_until_it_leaves(repo: Repository) -> None:
    repo.git("switch", "-q", "--detach")
    repo.commit("loose", "Mission-Complete: B1.1")
    found = settled(repo)
    assert found.reach("B1.1") == ("unlanded", ["HEAD"])
    repo.switch("main")
    assert statuses(repo) == {}


def test_a_merge_brings_claims_and_says_its_own(repo: Repository) -> None:
    on_a_branch(repo)
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge\n\nMission-Unblock: B1.2 got it", "feat")
    repo.git("branch", "-q", "-d", "feat")
    found = settled(repo)
    assert found.statuses == {"B1.1": DONE, "B1.2": "Current"}  # promoted: nothing is in progress
    assert found.reach("B1.1") == ("landed", ["main"])


def test_a_fast_forward_lands_without_a_new_commit(repo: Repository) -> None:
    repo.switch("feat", "-c")
    repo.commit("done", "Mission-Complete: B1.1")
    before = settled(repo)
    repo.switch("main")
    repo.git("merge", "-q", "--ff-only", "feat")
    after = settled(repo)
    assert after.digest == before.digest
    assert before.reach("B1.1") == ("unlanded", ["feat"])
    assert after.reach("B1.1") == ("landed", ["main"])


def test_an_octopus_merge_brings_each_arm_once(repo: Repository) -> None:
    for number in range(1, 5):
        repo.git("switch", "-q", "-c", f"arm{number}", "main")
        repo.commit(f"arm {number}", f"Mission-Complete: B1.{number}", file=f"{number}")
    repo.switch("main")
    apart = settled(repo)
    repo.git("merge", "-q", "-m", "octopus", "arm1", "arm2", "arm3", "arm4")
    together = settled(repo)
    assert together.digest == apart.digest
    assert together.statuses == {f"B1.{number}": DONE for number in range(1, 5)}
    assert {together.reach(name)[0] for name in together.missions} == {"landed"}


def test_criss_cross_merges_count_once(repo: Repository) -> None:
    repo.switch("left", "-c")
    left = repo.commit("left", "Mission-Complete: B1.1", file="l")
    repo.git("switch", "-q", "-c", "right", "main")
    right = repo.commit("right", "Mission-Complete: B1.2", file="r")
    repo.git("merge", "-q", "-m", "left into right", left)
    repo.switch("left")
    repo.git("merge", "-q", "-m", "right into left", right)
    apart = settled(repo)
    repo.git("merge", "-q", "-m", "again", "right")
    found = settled(repo)
    assert found.digest == apart.digest
    assert found.statuses == {"B1.1": DONE, "B1.2": DONE}
    assert len(found.log) == 4


def test_the_same_claim_by_two_people_keeps_the_first_and_logs_both(repo: Repository) -> None:
    repo.git("branch", "right")
    repo.commit("mine", "Mission-Complete: B1.1 mine", "Agent: ann")
    repo.switch("right")
    repo.commit("yours", "Mission-Complete: B1.1 yours", "Agent: bob")
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "-m", "both", "right")
    found = settled(repo)
    assert found.missions["B1.1"]["notes"] == "mine"
    assert found.actions("B1.1") == ["complete", "complete"]


def test_a_cherry_pick_counts_once_and_holds_after_the_original_is_gone(repo: Repository) -> None:
    repo.switch("feat", "-c")
    oid = repo.commit("done", "Mission-Complete: B1.1 well", file="a")
    before = settled(repo)
    repo.switch("main")
    repo.commit("elsewhere")
    repo.clock += 60
    repo.git("cherry-pick", oid)
    picked = settled(repo)
    assert picked.digest == before.digest
    assert picked.reach("B1.1") == ("landed", ["main"])
    repo.git("branch", "-q", "-D", "feat")
    alone = settled(repo)
    assert alone.statuses == {"B1.1": DONE}
    assert alone.actions("B1.1") == ["complete"]


def test_a_cherry_pick_with_x_says_its_claim_once(repo: Repository) -> None:
    repo.switch("feat", "-c")
    oid = repo.commit("done", "Mission-Complete: B1.1 well", file="a")
    repo.switch("main")
    repo.commit("elsewhere")
    repo.git("cherry-pick", "-x", oid)
    found = settled(repo)
    assert found.actions("B1.1") == ["complete"]
    assert found.reach("B1.1") == ("landed", ["main"])


def test_the_revert_of_one_carrier_leaves_the_other(repo: Repository) -> None:
    repo.switch("release", "-c")
    oid = repo.commit("done", "Mission-Complete: B1.1", file="a")
    repo.switch("main")
    repo.commit("elsewhere")
    repo.git("cherry-pick", oid)
    repo.git("revert", "--no-edit", "HEAD")
    found = settled(repo)
    assert found.statuses == {"B1.1": DONE}
    assert found.reach("B1.1") == ("unlanded", ["release"])
    assert look(repo, "main").statuses == {}


def test_reverts_of_reverts_alternate(repo: Repository) -> None:
    repo.commit("begin", "Mission: B1.1")
    repo.commit("end", "Mission-Complete: B1.1", file="a")
    for expected in (BUSY, DONE, BUSY, DONE):
        repo.clock += 60
        repo.git("revert", "--no-edit", "HEAD")
        assert statuses(repo) == {"B1.1": expected}
    assert look(repo, "HEAD~1").statuses == {"B1.1": BUSY}
    repo.git("reset", "-q", "--hard", "HEAD~3")
    found = settled(repo)
    assert found.statuses == {"B1.1": BUSY}
    assert found.reach("B1.1") == ("reverted", [])


def test_a_revert_on_another_branch_strikes_only_where_it_is(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1", file="a")
    repo.switch("back", "-c")
    repo.git("revert", "--no-edit", "HEAD")
    assert statuses(repo) == {}  # the whole view reaches the revert
    assert look(repo, "main").statuses == {"B1.1": DONE}
    repo.switch("main")
    repo.git("branch", "-q", "-D", "back")
    assert statuses(repo) == {"B1.1": DONE}


def test_a_revert_by_reference_with_an_abbreviated_name_strikes(repo: Repository) -> None:
    repo.commit("begin", "Mission: B1.1")
    oid = repo.commit("end", "Mission-Complete: B1.1", file="a")
    repo.commit(f"back out\n\nThis reverts commit {oid[:7]} (end, 2023-11-14).")
    assert statuses(repo) == {"B1.1": BUSY}


def test_one_revert_may_name_several_commits(repo: Repository) -> None:
    first = repo.commit("one", "Mission-Complete: B1.1")
    second = repo.commit("two", "Mission-Complete: B1.2")
    repo.commit("three", "Mission-Complete: B1.3")
    repo.commit(f"out\n\nThis reverts commit {first}.\nThis reverts commit {second}.")
    assert statuses(repo) == {"B1.3": DONE}


def merged(repo: Repository) -> None:
    repo.commit("before", "Mission: B1.1")
    on_a_branch(repo)
    repo.switch("main")
    repo.clock += 60
    repo.git("merge", "-q", "--no-ff", "-m", "merge\n\nMission-Complete: B1.3", "feat")


def test_the_revert_of_a_merge_takes_back_all_that_it_brought(repo: Repository) -> None:
    merged(repo)
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BLOCKED, "B1.3": DONE}
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert statuses(repo) == {"B1.1": BUSY}
    repo.git("revert", "--no-edit", "HEAD")
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BLOCKED, "B1.3": DONE}


def test_the_revert_of_a_merge_by_reference_takes_back_all_that_it_brought(
    repo: Repository,
) -> None:
    merged(repo)
    repo.git("revert", "--no-edit", "--reference", "-m", "1", "HEAD")
    assert "reversing" in repo.git("log", "-1", "--format=%b")
    assert statuses(repo) == {"B1.1": BUSY}
    repo.git("reset", "-q", "--hard", "HEAD~1")
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BLOCKED, "B1.3": DONE}


def test_a_reverted_merge_takes_nothing_along_where_it_is_not(repo: Repository) -> None:
    """release has the branch by a merge of its own, and the revert of the other merge."""
    repo.git("branch", "release")
    merged(repo)
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    revert = repo.git("rev-parse", "HEAD")
    repo.switch("release")
    repo.git("merge", "-q", "--no-ff", "-m", "own merge", "feat")
    repo.git("cherry-pick", "--allow-empty", "--keep-redundant-commits", revert)
    repo.cmos("mission", "add", "T1", "what waits for it")
    repo.cmos("mission", "depends", "T1", "B1.1", "--type", "Requires")
    assert look(repo).statuses["B1.1"] == BUSY
    assert look(repo, "HEAD").statuses["B1.1"] == DONE
    with Memory.open(str(repo.path)) as memory:
        assert Standing(memory).unmet("T1") == []
    settled(repo)


def test_a_merge_reverted_towards_what_is_no_parent_of_it_brings_nothing_else(
    repo: Repository,
) -> None:
    """What is not in view must not decide, however much of it lies in this clone."""
    start = repo.git("rev-parse", "HEAD")
    merged(repo)
    merge = repo.git("rev-parse", "HEAD")
    repo.commit(f"out\n\nThis reverts commit {merge}, reversing\nchanges made to {start}.")
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BLOCKED}


def test_a_merge_reverted_towards_its_second_parent_takes_back_the_first_side(
    repo: Repository,
) -> None:
    repo.switch("feat", "-c")
    repo.commit("theirs", "Mission-Complete: B1.1", file="a")
    repo.switch("main")
    repo.commit("ours", "Mission-Complete: B1.2", file="b")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "feat")
    repo.git("revert", "--no-edit", "-m", "2", "HEAD")
    assert statuses(repo) == {"B1.1": DONE}


def test_a_revert_of_a_merge_holds_when_the_merge_comes_later(
    repo: Repository, tmp_path: Path
) -> None:
    repo.git("branch", "release")
    merged(repo)
    repo.git("branch", "merged")
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    revert = repo.git("rev-parse", "HEAD")
    repo.switch("release")
    repo.git("cherry-pick", "--allow-empty", "--keep-redundant-commits", revert)
    other = clone(repo, tmp_path / "other", "--single-branch", "-b", "release")
    assert statuses(other) == {}
    other.git("fetch", "-q", "origin", "merged:merged")
    assert statuses(other) == {"B1.1": BUSY}


def test_a_reverted_merge_that_is_gone_is_gone(repo: Repository, tmp_path: Path) -> None:
    repo.git("branch", "release")
    merged(repo)
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    revert = repo.git("rev-parse", "HEAD")
    repo.switch("release")
    repo.git("cherry-pick", "--allow-empty", "--keep-redundant-commits", revert)
    assert statuses(repo) == {"B1.1": BUSY}
    repo.git("branch", "-q", "-D", "main")
    there = settled(clone(repo, tmp_path / "other", "--mirror"))
    assert settled(repo).digest == there.digest
    prune(repo)
    assert settled(repo).digest == there.digest


def reverted_on_a_branch(repo: Repository) -> None:
    """main is one commit ahead of where feat left it; feat reverts its last claim."""
    repo.switch("feat", "-c")
    repo.commit("begin", "Mission: B1.1", file="a")
    repo.commit("end", "Mission-Complete: B1.1", file="b")
    repo.clock += 60
    repo.git("revert", "--no-edit", "HEAD")
    repo.switch("main")
    repo.commit("elsewhere", file="m")
    repo.switch("feat")


@pytest.mark.parametrize("old", ["gone", "kept"])
def test_a_reverted_claim_stays_reverted_after_a_rebase(repo: Repository, old: str) -> None:
    """The revert still names the commit that was; the one that it reaches has the subject."""
    reverted_on_a_branch(repo)
    if old == "kept":  # as origin/feat does, until the rebased branch is pushed
        repo.git("branch", "old")
    assert statuses(repo) == {"B1.1": BUSY}
    rebase(repo, "main")
    found = settled(repo)
    assert found.statuses == {"B1.1": BUSY}
    assert found.reach("B1.1")[0] == "reverted"
    assert look(repo, "feat").statuses == {"B1.1": BUSY}


def test_a_rebased_revert_of_a_revert_restores(repo: Repository) -> None:
    reverted_on_a_branch(repo)
    repo.git("revert", "--no-edit", "HEAD")
    assert statuses(repo) == {"B1.1": DONE}
    rebase(repo, "main")
    assert statuses(repo) == {"B1.1": DONE}
    said = repo.git("log", "-1", "--format=%B")
    later = said.replace('Revert "Revert "end""', 'Reapply "end"')  # as git 2.43 and later say it
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", later)
    assert repo.git("log", "-1", "--format=%s") == 'Reapply "end"'
    assert statuses(repo) == {"B1.1": DONE}


def test_a_cherry_picked_revert_takes_back_the_cherry_picked_commit(repo: Repository) -> None:
    repo.git("branch", "release")
    end = repo.commit("end", "Mission-Complete: B1.1", file="b")
    repo.git("revert", "--no-edit", "HEAD")
    revert = repo.git("rev-parse", "HEAD")
    repo.switch("release")
    repo.commit("elsewhere", file="m")
    repo.git("cherry-pick", "-x", end)
    assert look(repo, "release").statuses == {"B1.1": DONE}
    repo.git("cherry-pick", revert)
    assert look(repo, "release").statuses == {}
    assert statuses(repo) == {}


def test_a_revert_of_a_plain_commit_takes_back_no_namesake(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1", file="a")
    repo.commit("end", file="b")
    repo.git("revert", "--no-edit", "HEAD")
    assert statuses(repo) == {"B1.1": DONE}


@pytest.mark.parametrize("said", ["Mission-Complete: B1.2", "Nothing-Of-Ours: here"])
def test_a_rebased_revert_that_may_mean_two_commits_means_none(repo: Repository, said: str) -> None:
    """docs/limits.md: nothing is guessed."""
    repo.switch("feat", "-c")
    repo.commit("wip", "Mission-Complete: B1.1", file="a")
    repo.commit("wip", said, file="b")
    repo.git("revert", "--no-edit", "HEAD")
    repo.switch("main")
    repo.commit("elsewhere", file="m")
    repo.switch("feat")
    assert statuses(repo) == {"B1.1": DONE}
    rebase(repo, "main")
    assert statuses(repo) == {"B1.1": DONE, **({"B1.2": DONE} if "B1.2" in said else {})}


def test_filter_branch_rewrites_the_claims(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_branch(repo)
    settled(repo)
    monkeypatch.setenv("FILTER_BRANCH_SQUELCH_WARNING", "1")
    repo.git("filter-branch", "-f", "--msg-filter", "sed s/B1.1/C1.1/", "main..feat")
    # refs/original keeps the old commits, and is no branch.
    assert statuses(repo) == {"C1.1": DONE, "B1.2": BLOCKED}


def test_am_brings_the_claims_of_a_mailed_patch(repo: Repository, tmp_path: Path) -> None:
    on_a_branch(repo)
    other = clone(repo, tmp_path / "other", "--single-branch", "-b", "main")
    assert statuses(other) == {}
    repo.git("format-patch", "-q", "-o", str(tmp_path / "mail"), "main..feat")
    other.git("am", "-q", *map(str, sorted((tmp_path / "mail").iterdir())))
    assert statuses(other) == {"B1.1": DONE, "B1.2": BLOCKED}
    other.git("fetch", "-q", "origin", "feat:refs/remotes/origin/feat")
    found = settled(other)
    assert found.actions("B1.1") == ["complete"]  # the same author line: said once


def test_fetching_a_force_pushed_branch_forgets_what_it_dropped(
    repo: Repository, tmp_path: Path
) -> None:
    on_a_branch(repo)
    repo.switch("main")
    other = clone(repo, tmp_path / "other")
    found = settled(other)
    assert found.statuses == {"B1.1": DONE, "B1.2": BLOCKED}
    assert found.reach("B1.1") == ("unlanded", ["origin/feat"])
    repo.git("branch", "-q", "-f", "feat", "feat~2")
    other.git("fetch", "-q")
    assert statuses(other) == {"B1.1": BUSY}
    repo.git("branch", "-q", "-D", "feat")
    other.git("fetch", "-q", "--prune")
    assert statuses(other) == {}


@pytest.mark.parametrize("how", ["deleted", "rewound", "forced"])
def test_old_tips_that_gc_pruned_do_not_matter(repo: Repository, how: str) -> None:
    on_a_branch(repo)
    repo.switch("main")
    repo.git("tag", "v1")
    repo.commit("later", "Mission-Complete: B2.1")
    repo.cmos("mission", "add", "T1", "told")
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BLOCKED, "B2.1": DONE, "T1": "Current"}
    moves: dict[str, Callable[[], str]] = {
        "deleted": lambda: repo.git("branch", "-q", "-D", "feat"),
        "rewound": lambda: repo.git("branch", "-q", "-f", "feat", "feat~2"),
        "forced": lambda: repo.git("branch", "-q", "-f", "feat", "main"),
    }
    moves[how]()
    prune(repo)
    claimed = {"B1.1": BUSY} if how == "rewound" else {}
    told = {"T1": "Queued" if claimed else "Current"}
    assert statuses(repo) == {**claimed, "B2.1": DONE, **told}


def prune(repo: Repository) -> None:
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")


def test_a_release_is_known_after_old_tips_were_pruned(repo: Repository) -> None:
    repo.commit("done", "Mission-Complete: B1.1")
    repo.git("tag", "v1")
    on_a_branch(repo)
    assert settled(repo).reach("B1.1") == ("released", ["v1"])
    repo.switch("main")
    repo.commit("later", "Mission: B2.1")
    repo.git("branch", "-q", "-D", "feat")
    prune(repo)
    assert settled(repo).reach("B1.1") == ("released", ["v1"])


def test_a_branch_that_returns_is_released_as_before(repo: Repository) -> None:
    repo.switch("feat", "-c")
    repo.commit("done", "Mission-Complete: B1.1")
    repo.git("tag", "v1")
    tip = repo.commit("more", "Mission: B1.2")
    repo.switch("main")
    assert settled(repo).reach("B1.1") == ("released", ["v1"])
    repo.git("branch", "-q", "-D", "feat")
    assert statuses(repo) == {}
    repo.git("branch", "feat", tip)
    assert settled(repo).reach("B1.1") == ("released", ["v1"])


BACKDATED = "rev-list A ^B lists ancestors of B that lie below six commits dated before them"


def go_on_with_a_clock_that_is_behind(repo: Repository) -> None:
    """Another machine goes on; its clock is a day late."""
    repo.clock -= 86400
    for number in range(8):
        repo.commit(f"later {number}")


def test_a_claim_below_backdated_commits_is_not_forgotten(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    repo.commit("a slip", "Mission: B1.2")
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BUSY}
    repo.git("reset", "-q", "--hard", "HEAD~1")
    go_on_with_a_clock_that_is_behind(repo)
    assert statuses(repo) == {"B1.1": DONE}


def test_what_landed_below_backdated_commits_is_landed(repo: Repository) -> None:
    repo.switch("feat", "-c")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "feat")
    go_on_with_a_clock_that_is_behind(repo)
    assert "main" in repo.git("branch", "--contains", "feat")
    assert settled(repo).reach("B1.1") == ("landed", ["main"])


def test_tags_release_and_their_removal_takes_it_back(repo: Repository) -> None:
    repo.commit("done", "Mission-Complete: B1.1")
    repo.git("tag", "-a", "-m", "second", "v2")
    repo.commit("more", "Mission-Complete: B1.2")
    assert settled(repo).reach("B1.1") == ("released", ["v2"])
    assert settled(repo).reach("B1.2") == ("landed", ["main"])
    repo.git("tag", "v1", "HEAD~1")
    assert settled(repo).reach("B1.1") == ("released", ["v1"])
    repo.git("tag", "-d", "v1", "v2")
    assert settled(repo).reach("B1.1") == ("landed", ["main"])


def test_the_first_release_is_the_one_that_a_clock_days_behind_made(repo: Repository) -> None:
    repo.commit("done", "Mission-Complete: B1.1")
    repo.clock -= 5 * 86400
    repo.commit("release")
    repo.git("tag", "v1")
    repo.clock += 9 * 86400
    repo.commit("release again", "Mission-Complete: B1.2")
    repo.git("tag", "-a", "-m", "two", "v2")
    repo.commit("next", "Mission-Complete: B1.3")
    found = settled(repo)
    assert found.reach("B1.1") == ("released", ["v1"])
    assert found.reach("B1.2") == ("released", ["v2"])
    assert found.reach("B1.3") == ("landed", ["main"])


def test_a_tag_dated_before_what_it_holds_is_a_release(repo: Repository) -> None:
    """A machine whose clock was days behind made the release."""
    repo.commit("done", "Mission-Complete: B1.1")
    repo.clock -= 5 * 86400
    repo.commit("release")
    repo.git("tag", "v1")
    assert repo.git("tag", "--contains", "HEAD~1") == "v1"
    assert settled(repo).reach("B1.1") == ("released", ["v1"])


def test_a_tag_of_a_tree_or_a_blob_is_no_release(repo: Repository) -> None:
    repo.commit("done", "Mission-Complete: B1.1", file="a")
    repo.git("tag", "-a", "-m", "tree", "tree", "HEAD^{tree}")
    repo.git("tag", "blob", "HEAD:a")
    assert settled(repo).reach("B1.1") == ("landed", ["main"])


def test_notes_and_the_stash_are_no_view(repo: Repository) -> None:
    repo.commit("done", "Mission-Complete: B1.1", file="a")
    (repo.path / "a").write_text("half\n")
    repo.git("stash", "push", "-q", "-m", "x\n\nMission-Complete: B9.1")
    repo.git("notes", "add", "-m", "Mission-Complete: B9.2")
    repo.git("update-ref", "refs/backup/x", repo.git("rev-parse", "stash@{0}"))
    assert statuses(repo) == {"B1.1": DONE}


def test_deleting_the_memory_in_the_middle_of_it_all_loses_nothing(repo: Repository) -> None:
    on_a_branch(repo)
    repo.cmos("mission", "add", "B1.1", "told name", "--objective", "why")
    before = settled(repo)
    shutil.rmtree(repo.path / ".cmos")
    rebase(repo, "main")
    after = settled(repo)
    assert after.missions["B1.1"]["objective"] == "why"
    assert after.statuses == before.statuses


def test_merge_squash_without_a_hook_says_nothing_and_the_branch_still_does(
    repo: Repository,
) -> None:
    on_a_branch(repo)
    repo.switch("main")
    repo.git("merge", "-q", "--squash", "feat")
    repo.git("commit", "-q", "--no-verify", "--no-edit")
    assert "Mission-Complete: B1.1" in repo.git("log", "-1", "--format=%B")
    found = settled(repo)
    assert found.reach("B1.1") == ("unlanded", ["feat"])
    repo.git("branch", "-q", "-D", "feat")
    assert statuses(repo) == {}


def test_a_hosted_squash_counts_its_final_block_only(repo: Repository) -> None:
    repo.commit(
        "Add login (#7)\n\n* begin\n\nMission: B1.1\n\n* end\n\nMission-Complete: B1.2\n\n"
        "---------\n\nMission-Complete: B1.3"
    )
    assert statuses(repo) == {"B1.3": DONE}
