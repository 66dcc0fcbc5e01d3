"""Claims: one winner, however many ask, on one clone and through one remote (SCENARIOS 19-23)."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.storage import assert_clean_refusal, finish, ids, ok, start
from tests.team import ask, clone, everywhere, hook, refs, sync

HOUR = 3600


@pytest.fixture
def team(ada: Repository, bob: Repository) -> tuple[Repository, Repository]:
    """Two clones that know three missions."""
    for number in (1, 2, 3):
        ok("mission", "add", f"B{number}", f"mission {number}", at=ada)
    everywhere(ada, bob)
    return ada, bob


def claim(
    repo: Repository, mission: str, agent: str, *args: str, status: int = 0
) -> dict[str, str]:
    found = ask(repo, "claim", mission, "--agent", agent, *args, status=status)
    return dict(found)


def claims(repo: Repository, agent: str = "x") -> dict[str, tuple[str, str]]:
    """mission -> (holder, state)."""
    found = ask(repo, "claim", "--agent", agent)
    return {each["mission"]: (each["holder"], each["state"]) for each in found}


def loser(repo: Repository, mission: str, agent: str) -> str:
    answer = repo.run("claim", mission, "--agent", agent)
    assert_clean_refusal(answer, 1)
    return answer.err


# -- the register here --------------------------------------------------------------------------


def test_without_a_remote_this_repository_is_the_register(repo: Repository) -> None:
    ok("mission", "add", "B1", "one", at=repo)
    assert claim(repo, "B1", "ann")["state"] == "held"
    assert "B1 is claimed by ben" not in loser(repo, "B1", "ben")
    assert ask(repo, "mission", "show", "B1")["claimed_by"] == "ann"
    assert claim(repo, "B1", "ann")["mine"]
    assert "only who made a claim" in repo.run("release", "B1", "--agent", "ben").err
    assert ok("release", "B1", "--agent", "ann", at=repo) == "B1 is free again\n"
    assert refs(repo, "refs/cmos/claims") == refs(repo, "refs/cmos/held") == {}
    assert ok("release", "B1", at=repo) == "nobody holds B1\n"
    assert claim(repo, "B1", "ben")["holder"] == "ben"


def test_a_claim_on_what_is_completed_leaves_nothing_behind(repo: Repository) -> None:
    for mission in ("B1", "B2"):
        ok("mission", "add", mission, "x", at=repo)
    claim(repo, "B1", "ann")
    repo.commit("done", "Mission-Complete: B1")
    assert claims(repo) == {}
    claim(repo, "B2", "ann")
    assert list(refs(repo, "refs/cmos/claims")) == ["refs/cmos/claims/B2"]
    assert list(refs(repo, "refs/cmos/held")) == ["refs/cmos/held/B2"]


def test_what_cannot_be_claimed(repo: Repository) -> None:
    ok("mission", "add", "B1", "one", at=repo)
    ok("mission", "complete", "B1", at=repo)
    assert "it is Completed" in loser(repo, "B1", "ann")
    assert "no mission" in loser(repo, "B9", "ann")
    for ttl in ("", "2", "h", "-1h", "1y", "59s", "31d", "1e3h", "9" * 30 + "h"):
        assert repo.run("claim", "B1", f"--ttl={ttl}").status in (1, 129)
    ok("mission", "add", "B2", "two", at=repo)
    assert repo.run("claim", "B2", "--ttl", "31d").status == 129


@pytest.mark.parametrize("names", ["each another", "all the same"])
def test_sixteen_ask_at_once_on_one_clone(repo: Repository, tmp_path: Path, names: str) -> None:
    """Those of one name stand in worktrees of their own."""
    ok("mission", "add", "B1", "one", at=repo)
    places = [repo] * 16
    if names == "all the same":
        places = []
        for number in range(16):
            repo.git("worktree", "add", "-q", "--detach", str(tmp_path / f"w{number}"))
            places.append(Repository(tmp_path / f"w{number}"))
    agent = (lambda n: "claude") if names == "all the same" else (lambda n: f"a{n}")
    done = finish(
        [start(p, "claim", "B1", "--json", "--agent", agent(n)) for n, p in enumerate(places)]
    )
    one_winner(done)


def one_winner(done: list[tuple[int, str, str]]) -> str:
    """The winner's name, which every loser was told."""
    assert sorted(status for status, _, _ in done) == [0] + [1] * (len(done) - 1), done
    winner = next(str(json.loads(out)["holder"]) for status, out, _ in done if not status)
    errors = [json.loads(err)["error"] for status, _, err in done if status]
    assert all(error["code"] == "lost-claim" for error in errors)
    assert all(f"claimed by {winner}" in error["message"] for error in errors), errors
    return winner


# -- the register of a remote -------------------------------------------------------------------


@pytest.mark.parametrize("races", [1, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.parametrize("names", ["each another", "all the same"])
def test_many_ask_at_once_through_one_remote(
    ada: Repository, bare: Repository, names: str, races: int
) -> None:
    clones = [ada, *(clone(bare, f"c{number}") for number in range(5))]
    for number in range(races):
        ok("mission", "add", f"B{number}", "one", at=ada)
    everywhere(ada, *clones[1:])
    for number in range(races):
        agents = ["claude" if names == "all the same" else f"a{n}" for n in range(6)]
        started = [
            start(repo, "claim", f"B{number}", "--json", "--agent", agent)
            for repo, agent in zip(clones, agents, strict=True)
        ]
        winner = one_winner(finish(started))
        assert len(refs(bare, f"refs/cmos/claims/B{number}")) == 1
        for repo in clones[:2]:
            sync(repo, "--fetch")
            assert claims(repo)[f"B{number}"] == (winner, "held")


def test_agents_of_one_clone_and_of_another(team: tuple[Repository, Repository]) -> None:
    ada, bob = team
    started = [
        start(repo, "claim", "B1", "--json", "--agent", f"{repo.path.name}{n}")
        for repo in (ada, bob)
        for n in range(5)
    ]
    one_winner(finish(started))


def test_ten_agents_take_ten_missions(team: tuple[Repository, Repository]) -> None:
    """The loop that agents run: each gets another mission, and nothing is left over."""
    ada, bob = team
    for number in range(4, 11):
        ok("mission", "add", f"B{number}", "more", at=ada)
    everywhere(ada, bob)
    started = [
        start(repo, "next", "--claim", "--json", "--agent", f"{repo.path.name}{n}")
        for repo in (ada, bob)
        for n in range(5)
    ]
    done = finish(started)
    assert {status for status, _, _ in done} == {0}, done
    assert sorted(json.loads(out)["mission"]["id"] for _, out, _ in done) == sorted(
        f"B{number}" for number in range(1, 11)
    )
    sync(ada)
    answer = ada.run("next", "--claim", "--agent", "late")
    assert answer.status == 1
    assert "every open mission waits, is taken or is blocked" in answer.out
    assert "git cmos claim " in answer.out


def test_next_claim_goes_on_with_ones_own(team: tuple[Repository, Repository]) -> None:
    ada, _ = team
    for _ in range(2):
        assert ask(ada, "next", "--claim", "--agent", "ann")["mission"]["id"] == "B1"
    ok("mission", "start", "B1", "--agent", "ann", at=ada)
    assert ask(ada, "next", "--claim", "--agent", "ann")["mission"]["id"] == "B1"
    assert ask(ada, "next", "--claim", "--agent", "ben")["mission"]["id"] == "B2"
    ok("mission", "complete", "B1", "--agent", "ann", at=ada)
    assert ask(ada, "next", "--claim", "--agent", "ann")["mission"]["id"] == "B3"
    assert ada.run("next", "--claim", "--at", "HEAD").status == 129


def test_ready_honours_the_claims_of_others(team: tuple[Repository, Repository]) -> None:
    ada, bob = team
    claim(bob, "B1", "bob")
    sync(ada, "--fetch")
    found = ask(ada, "next", "--agent", "ann")
    assert found["mission"]["id"] == "B2"
    assert [(w["id"], w["reason"].partition(",")[0]) for w in found["waiting"]] == [
        ("B1", "is claimed by bob (in another clone)")
    ]
    assert ask(bob, "next", "--agent", "bob")["mission"]["id"] == "B1"
    assert "B1 is claimed by you" in ok("next", "--agent", "bob", at=bob)
    assert "claimed    by bob" in ok("mission", "show", "B1", at=ada)
    assert ask(ada, "mission", "show", "B1", "--at", "HEAD", status=0)["claimed_by"] is None


def test_an_enabler_that_is_held_does_not_come_first(team: tuple[Repository, Repository]) -> None:
    ada, _ = team
    ok("mission", "depends", "B2", "B1", "--type", "Enables", at=ada)
    assert ask(ada, "next", "--agent", "ann")["mission"]["id"] == "B2"
    claim(ada, "B2", "ben")
    assert ask(ada, "next", "--agent", "ann")["mission"]["id"] == "B1"


def test_start_with_a_claim(team: tuple[Repository, Repository]) -> None:
    ada, bob = team
    assert ask(ada, "mission", "start", "B1", "--claim", "--agent", "ann")["claimed_by"] == "ann"
    lost = bob.run("mission", "start", "B1", "--claim", "--agent", "bob")
    assert_clean_refusal(lost, 1)
    assert ask(bob, "mission", "show", "B1")["status"] == "Current", "it was not started"
    ok("mission", "complete", "B2", at=bob)
    assert "cannot start B2" in bob.run("mission", "start", "B2", "--claim").err
    assert "B2" not in claims(bob)


# -- offline --------------------------------------------------------------------------------------


def offline(bare: Repository) -> Path:
    return bare.path.rename(bare.path.with_name("unplugged"))


def test_what_cannot_be_asked_is_tentative_never_won(
    team: tuple[Repository, Repository], bare: Repository
) -> None:
    ada, bob = team
    gone = offline(bare)
    assert claim(ada, "B1", "ann")["state"] == "tentative"
    assert "B1 is yours tentatively" in ok("claim", "B1", "--agent", "ann", at=ada)
    assert "tentatively: the remote" in loser(ada, "B1", "ben"), "one clone agrees with itself"
    assert claim(bob, "B1", "bob")["state"] == "tentative"
    gone.rename(bare.path)
    assert sync(bob)["claims"] == ["B1 is claimed by bob: it was tentative until now"]
    assert sync(ada)["claims"] == ["B1 is claimed by bob, not by ann"]
    assert claims(ada) == claims(bob) == {"B1": ("bob", "held")}
    assert refs(ada, "refs/cmos/held") == {}


def test_the_same_command_makes_a_tentative_claim_good(
    team: tuple[Repository, Repository], bare: Repository
) -> None:
    ada, bob = team
    gone = offline(bare)
    claim(ada, "B1", "ann")
    gone.rename(bare.path)
    assert claim(ada, "B1", "ann")["state"] == "held"
    assert "claimed by ann" in loser(bob, "B1", "bob")


def test_a_kill_between_the_push_and_the_answer(
    team: tuple[Repository, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, _ = team
    from git_cmos.git.transport import Remote

    real = Remote.swap

    def deadly(self: Remote, ref: str, old: str, new: str) -> str:
        real(self, ref, old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr(Remote, "swap", deadly)
    assert ada.run("claim", "B1", "--agent", "ann").status == 130
    monkeypatch.setattr(Remote, "swap", real)
    assert claims(ada, "ann") == {"B1": ("ann", "tentative")}
    assert claim(ada, "B1", "ann")["state"] == "held"


def test_a_release_needs_the_remote(team: tuple[Repository, Repository], bare: Repository) -> None:
    ada, bob = team
    claim(ada, "B1", "ann")
    gone = offline(bare)
    assert_clean_refusal(ada.run("release", "B1", "--agent", "ann"))
    claim(ada, "B2", "ann")
    assert ada.run("release", "B2", "--agent", "ann").status == 0, "it was tentative only"
    gone.rename(bare.path)
    ok("release", "B1", "--agent", "ann", at=ada)
    assert refs(bare, "refs/cmos/claims") == refs(ada, "refs/cmos/held") == {}
    assert claim(bob, "B1", "bob")["state"] == "held"


def test_a_remote_that_keeps_what_it_has_keeps_the_claim(
    team: tuple[Repository, Repository], bare: Repository
) -> None:
    ada, bob = team
    hook(bare, "update", 'case "$3" in *[1-9a-f]*) ;; *) exit 1; esac')
    claim(ada, "B1", "ann")
    refused = ada.run("release", "B1", "--agent", "ann")
    assert_clean_refusal(refused)
    assert "does not let go of B1: hook declined" in refused.err
    assert "claimed by ann" in loser(bob, "B1", "bob")


# -- time -----------------------------------------------------------------------------------------


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    monkeypatch.setenv("CMOS_CLOCK_OFFSET", str(hours * HOUR))


def test_an_expired_claim_may_be_taken_over_by_one(
    team: tuple[Repository, Repository], bare: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead holder; two stealers; the owner returns (SCENARIO 23)."""
    ada, bob = team
    third = clone(bare, "third")
    ok("init", at=third)
    claim(ada, "B1", "ann")
    sync(bob)
    assert "claimed by ann" in loser(bob, "B1", "bob")
    later(monkeypatch, 2.1)
    assert claims(bob) == {"B1": ("ann", "expired")}
    assert ask(bob, "mission", "show", "B1")["claimed_by"] is None
    assert "it was claimed by ann" in ask(bob, "next")["reason"]
    done = finish(
        [start(repo, "claim", "B1", "--json", "--agent", repo.path.name) for repo in (bob, third)]
    )
    winner = one_winner(done)
    assert f"claimed by {winner}" in loser(ada, "B1", "ann")
    done_late = ada.run("mission", "complete", "B1", "--agent", "ann")
    assert done_late.status == 0
    assert f"B1 is claimed by {winner}" in done_late.err
    everywhere(ada, bob, third)
    assert f"completed while {winner} held it" in ok("log", "B1", at=third)
    found = [(f["rule"], f["mission"]) for f in ask(third, "verify", "--all")["findings"]]
    assert [it for it in found if it[0] != "field-missing"] == [("claim-foreign", "B1")]
    assert refs(bare, "refs/cmos/claims") == {}


def test_commits_and_commands_of_the_holder_renew(
    team: tuple[Repository, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = team
    claim(ada, "B1", "ann")
    claim(ada, "B2", "ann")
    later(monkeypatch, 1.5)
    ok("mission", "start", "B1", "--agent", "ann", at=ada)
    later(monkeypatch, 2.5)
    assert claims(ada) == {"B1": ("ann", "held"), "B2": ("ann", "expired")}
    assert sync(ada)["claims"] == ["the claim of ann on B2 has expired"]
    assert loser(bob, "B1", "bob"), "the register was renewed"
    later(monkeypatch, 3.6)
    assert claims(bob)["B1"] == ("ann", "expired")


def test_a_commit_renews(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    ok("mission", "add", "B1", "one", at=repo)
    now = int(ask(repo, "claim", "B1", "--ttl", "1h")["age"])
    assert now == 0
    repo.clock = int(time.time()) + HOUR // 2 - 60
    repo.commit("work", "Mission: B1")
    later(monkeypatch, 1.2)
    assert claims(repo) == {"B1": ("A U Thor", "held")}
    later(monkeypatch, 1.6)
    assert claims(repo) == {"B1": ("A U Thor", "expired")}


def test_somebody_elses_work_renews_nothing(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok("mission", "add", "B1", "one", at=repo)
    claim(repo, "B1", "ann")
    later(monkeypatch, 1.5)
    started = repo.run("mission", "start", "B1", "--agent", "ben")
    assert "B1 is claimed by ann" in started.err
    later(monkeypatch, 2.1)
    assert claims(repo) == {"B1": ("ann", "expired")}


# -- verify ---------------------------------------------------------------------------------------


def test_a_commit_that_completes_what_another_holds_is_reported(
    team: tuple[Repository, Repository],
) -> None:
    ada, bob = team
    claim(ada, "B1", "ann")
    claim(ada, "B2", "ann")
    claim(bob, "B3", "bob")
    sync(bob)
    bob.clock = int(time.time()) + 60
    bad = bob.commit("done", "Mission-Complete: B1", "Agent: bob")
    bob.commit("mine", "Mission-Complete: B3", "Agent: bob")
    bob.commit("hers", "Mission-Complete: B2", "Agent: ann")
    found = ask(bob, "verify")["findings"]
    assert [(f["rule"], f["level"], f["commit"]) for f in found] == [("claim-foreign", "warn", bad)]
    assert found[0]["message"].startswith("B1 was completed by bob while ann held it")
    bob.git("config", "cmos.verify.claim-foreign", "error")
    assert ask(bob, "verify", status=1)["ok"] is False


# -- what a claim may be --------------------------------------------------------------------------

GOOD = {"mission": "B1", "holder": "m", "author": "m", "place": "", "nonce": "n", "at": 1, "ttl": 9}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        '{"mission":"B2","holder":"m","author":"m","place":"","nonce":"n","at":1,"ttl":1}',
        '{"mission":"B1","holder":5,"author":"m","place":"","nonce":"n","at":1,"ttl":1}',
        '{"mission":"B1","holder":"m","author":"m","place":"","nonce":"n","at":1,"ttl":1e99}',
        json.dumps({**GOOD, "at": 1 << 59}),
        json.dumps({**GOOD, "holder": "m" * 200_000}),
        "[" * 100_000,
    ],
    ids=[
        "empty",
        "no fields",
        "a list",
        "another's",
        "a number",
        "endless",
        "to come",
        "long",
        "deep",
    ],
)
def test_a_claim_that_is_none_stops_nobody(
    team: tuple[Repository, Repository], bare: Repository, body: str
) -> None:
    ada, _ = team
    tree = bare.git("rev-parse", "main^{tree}")
    made = bare.git("commit-tree", tree, stdin=f"a claim\n\n{body}\n")
    bare.git("update-ref", "refs/cmos/claims/B1", made)
    sync(ada)
    assert ask(ada, "next")["mission"]["id"] == "B1"
    assert claim(ada, "B1", "ann")["state"] == "held"


def test_odd_names_of_claims_harm_nobody(
    team: tuple[Repository, Repository], bare: Repository
) -> None:
    ada, _ = team
    for name in ("claims/a/b/c", "claims/x", "claims", "ledger/a/b"):
        bare.git("update-ref", f"refs/cmos/{name}", "main", check=False)
    sync(ada)
    assert ids(ada) == {"B1", "B2", "B3"}
    assert claims(ada) == {}


def test_the_names_of_holders_are_tamed(repo: Repository) -> None:
    ok("mission", "add", "B1", "one", at=repo)
    ok("claim", "B1", "--agent", "\x1b]52;c;x\x07 e\u202evil\nB1", at=repo)
    for words in (["claim"], ["next", "--agent", "y"], ["mission", "show", "B1"]):
        out = ok(*words, at=repo)
        assert all(c.isprintable() or c == "\n" for c in out), words
        assert max(map(len, out.splitlines())) <= 80
    said = repo.git("log", "-1", "--format=%s", "refs/cmos/claims/B1")
    assert "\n" not in said


def test_gc_keeps_claims(repo: Repository) -> None:
    ok("mission", "add", "B1", "one", at=repo)
    claim(repo, "B1", "ann")
    repo.git("gc", "-q", "--prune=now")
    assert claims(repo) == {"B1": ("ann", "held")}
    (repo.path / ".cmos" / "memory.db").unlink()
    assert claims(repo) == {"B1": ("ann", "held")}
    assert ask(repo, "claim", "--agent", "ann")[0]["mine"]
