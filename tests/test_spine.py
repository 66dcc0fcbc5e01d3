"""The first promise: plain commits with trailers, `git cmos init`, and the state is right."""

from __future__ import annotations

import shutil

from tests.conftest import Repository


def story(repo: Repository) -> None:
    """Nineteen commits on two branches, with the first, by plain git."""
    for number in range(1, 9):
        repo.commit(f"prepare {number}")
    repo.commit("begin the schema", "Mission: B1.1", file="schema.sql")
    repo.commit("finish the schema", "Mission-Complete: B1.1 all tables", file="schema.sql")
    repo.commit("wait for keys", "Mission-Block: B1.3 no credentials")
    repo.switch("feat/x", "-c")
    repo.commit("login", "Mission: B1.2", file="login.py")
    for number in range(1, 5):
        repo.commit(f"login step {number}", "Mission: B1.2", file="login.py")
    repo.commit("login works", "Mission-Complete: B1.2", file="login.py")
    repo.switch("main")
    repo.commit("elsewhere", file="README")


def test_a_completion_on_a_branch_is_completed_but_not_landed(repo: Repository) -> None:
    story(repo)
    repo.cmos("init")
    assert repo.statuses() == {"B1.1": "Completed", "B1.2": "Completed", "B1.3": "Blocked"}
    mission = repo.mission("B1.2")
    assert (mission["reach"], mission["refs"]) == ("unlanded", ["feat/x"])
    assert repo.mission("B1.1")["reach"] == "landed"


def test_merging_lands_it_and_a_tag_releases_it(repo: Repository) -> None:
    story(repo)
    repo.cmos("init")
    repo.git("merge", "-q", "--no-ff", "-m", "merge login", "feat/x")
    mission = repo.mission("B1.2")
    assert (mission["reach"], mission["refs"]) == ("landed", ["main"])
    repo.git("tag", "v1.0")
    mission = repo.mission("B1.2")
    assert (mission["reach"], mission["refs"]) == ("released", ["v1.0"])


def test_a_revert_reopens_and_its_revert_completes_again(repo: Repository) -> None:
    story(repo)
    repo.cmos("init")
    repo.git("revert", "--no-edit", repo.git("log", "-1", "--format=%H", "--grep=finish"))
    mission = repo.mission("B1.1")
    assert (mission["status"], mission["reach"]) == ("In Progress", "reverted")
    repo.git("revert", "--no-edit", "HEAD")
    assert repo.status_of("B1.1") == "Completed"


def test_deleting_the_unmerged_branch_takes_its_claims_away(repo: Repository) -> None:
    story(repo)
    repo.cmos("init")
    repo.git("branch", "-q", "-D", "feat/x")
    assert repo.statuses() == {"B1.1": "Completed", "B1.3": "Blocked"}


def test_at_shows_the_past(repo: Repository) -> None:
    story(repo)
    repo.cmos("init")
    assert repo.statuses("--at", "HEAD~2") == {"B1.1": "Completed"}
    assert repo.statuses("--at", "HEAD~3") == {"B1.1": "In Progress"}
    assert repo.statuses("--at", "HEAD~4") == {}
    assert repo.status_of("B1.2", "--at", "feat/x~1") == "In Progress"


def test_deleting_the_memory_loses_nothing(repo: Repository) -> None:
    story(repo)
    repo.cmos("init")
    repo.cmos("mission", "add", "B1.3", "Credentials", "--objective", "get the keys")
    repo.cmos("mission", "unblock", "B1.3")
    before = repo.digest()
    shutil.rmtree(repo.path / ".cmos")
    repo.cmos("status")
    assert repo.digest() == before
    assert repo.mission("B1.3")["objective"] == "get the keys"


def test_no_setup_at_all_is_needed_to_read(repo: Repository) -> None:
    story(repo)
    assert repo.json("next")["mission"] is None
    assert repo.statuses() == {"B1.1": "Completed", "B1.2": "Completed", "B1.3": "Blocked"}


def test_init_says_what_it_found_and_what_to_do(repo: Repository) -> None:
    story(repo)
    said = repo.cmos("init")
    assert "read 19 commits" in said
    assert "3 missions, 2 completed" in said
    assert said.count("  git cmos ") == 2
    assert repo.git("config", "trailer.mission.key") == "Mission"
    repo.git("commit", "--allow-empty", "-m", "x", "--trailer", "mission=B1.4")
    assert repo.status_of("B1.4") == "In Progress"
