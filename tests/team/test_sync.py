"""git cmos sync: union of ledgers through a remote, whatever the remote did (SCENARIOS 24, 25)."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from git_cmos.actions import sync as exchanging
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.storage import assert_agreement, assert_clean_refusal, digest, ids, ok, python
from tests.team import (
    added,
    ask,
    clone,
    everywhere,
    hook,
    origin,
    plant,
    refs,
    sync,
    told,
    writer,
)


def test_what_one_tells_the_other_hears(ada: Repository, bob: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    assert sync(ada) == {
        "remote": "origin",
        "received": 0,
        "sent": 1,
        "claims": [],
        "problems": [],
        "packed": None,
    }
    ok("mission", "add", "B2", "two", at=bob)
    assert (sync(bob)["received"], sync(ada)["received"]) == (1, 1)
    assert ids(ada) == ids(bob) == {"B1", "B2"}
    assert digest(ada) == digest(bob)
    assert "up to date with origin" in ok("sync", at=ada)


def test_one_way_only(ada: Repository, bob: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    ok("mission", "add", "B2", "two", at=bob)
    sync(bob)
    assert (sync(ada, "--push")["received"], ids(ada)) == (0, {"B1"})
    assert (sync(bob, "--fetch")["sent"], ids(bob)) == (0, {"B1", "B2"})
    assert (sync(ada, "--fetch")["received"], ids(ada)) == (1, {"B1", "B2"})


def test_only_new_objects_travel(
    ada: Repository, bare: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(5):
        ok("mission", "add", f"B{number}", "one", at=ada)
    sync(ada)
    before = objects(bare)
    ok("mission", "add", "C1", "one more", at=ada)
    sync(ada)
    assert objects(bare) - before == 3, "a commit, a tree, a blob"
    still(ada, monkeypatch)
    started = asked(tmp_path, monkeypatch, lambda: sync(ada))
    assert [words[0] for words in started] == ["fetch"], "what is new is not known before"


def still(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that come by environment are read each time, and refs that moved just now twice."""
    monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
    time.sleep(0.1)
    ok("next", at=repo)


def asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> list[list[str]]:
    """The git commands that were started, without the settings before them; not those that git
    itself starts."""
    trace = tmp_path / "trace"
    trace.unlink(missing_ok=True)
    with monkeypatch.context() as patch:
        patch.setenv("GIT_TRACE2_EVENT", str(trace))
        act()
    events = [json.loads(line) for line in trace.read_text().splitlines()]
    starts = [it for it in events if it["event"] == "start" and "/" not in it["sid"]]
    named = {it["sid"]: it["name"] for it in events if it["event"] == "cmd_name"}
    return [it["argv"][it["argv"].index(named[it["sid"]]) :] for it in starts]


@pytest.mark.parametrize("prefix", ["refs/cmos/", "refs/heads/cmos/"])
def test_a_sync_with_nothing_new_is_one_fetch_and_nothing_else(
    ada: Repository,
    bob: Repository,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    prefix: str,
) -> None:
    for repo in (ada, bob):
        repo.git("config", "cmos.ledgerPrefix", prefix)
        ok("mission", "add", f"B{repo.path.name}", "one", at=repo)
        ok("claim", f"B{repo.path.name}", "--ttl", "1d", at=repo)
    everywhere(ada, bob)
    still(ada, monkeypatch)
    started = asked(tmp_path, monkeypatch, lambda: ok("sync", at=ada))
    assert [words[0] for words in started] == ["fetch"], started
    assert started[0][-1] == "origin"


def test_the_remotes_are_those_that_git_has(ada: Repository, sealed: Path) -> None:
    with (sealed / ".gitconfig").open("a") as file:
        file.write('[remote]\n\tpushDefault = x\n[remote "Up.Stream"]\n\tprune = true\n')
    ada.git("remote", "add", "b-side", "/nowhere")
    with Memory.open(str(ada.path)) as memory:
        assert memory.config.remotes() == ada.git("remote").splitlines()


def test_a_remote_that_was_added_meanwhile_is_found(ada: Repository, bare: Repository) -> None:
    with Memory.open(str(ada.path), lives_on=True) as memory:
        assert memory.config.remotes() == ["origin"]
        ada.git("remote", "rename", "origin", "team")
        assert exchanging.sync(memory, "team").remote == "team"


def objects(repo: Repository) -> int:
    counts = dict(line.split(": ") for line in repo.git("count-objects", "-v").splitlines())
    return int(counts["count"]) + int(counts["in-pack"])


def test_the_ledger_reads_as_a_log(ada: Repository) -> None:
    ok("mission", "add", "B1", "Log in", "--sprint", "s1", "--agent", "codex\n\nMission: X", at=ada)
    ok("mission", "block", "B1", "--reason", "no key", "--agent", "ada", at=ada)
    said = ada.git("log", "--format=%B", f"refs/cmos/ledger/{writer(ada)}").splitlines()
    assert said[0] == "mission B1 blocked by ada: no key"
    assert "mission B1 added by codex Mission: X: Log in" in said
    assert not [line for line in said if line.startswith("Mission:")]


def test_a_fresh_clone_has_the_ledger_after_init(ada: Repository, bare: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    fresh = clone(bare, "fresh")
    assert "took in 1 event from origin" in ok("init", at=fresh)
    assert ids(fresh) == {"B1"}
    assert ask(fresh, "init")["received"] == 0


def test_init_does_without_a_remote_that_is_gone(ada: Repository, bare: Repository) -> None:
    bare.path.rename(bare.path.with_name("moved"))
    answer = ada.run("init")
    assert answer.status == 0
    assert "warning: cannot reach origin" in answer.err
    assert "git cmos sync" in answer.err


def test_init_does_not_wait_for_a_remote_that_does_not_answer(
    ada: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.git("remote", "set-url", "origin", "ssh://example.invalid/x")
    monkeypatch.setenv("GIT_SSH_COMMAND", "sleep 60 #")
    monkeypatch.setattr("git_cmos.actions.sync._PATIENCE", 1)
    answer = ada.run("init")
    assert answer.status == 0
    assert "no answer within 1 seconds" in answer.err


def test_a_ledger_that_is_kept_in_branches(ada: Repository, bare: Repository) -> None:
    """For hosts that take nothing but refs/heads/*; the views pass over those branches."""
    ada.git("config", "cmos.ledgerPrefix", "refs/heads/cmos")
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    assert list(refs(bare, "refs/heads")) == [f"refs/heads/cmos/ledger/{writer(ada)}", MAIN]
    assert refs(bare) == {}
    ada.git("fetch", "-q")
    assert len(refs(ada, "refs/remotes/origin")) > 2
    with_it = digest(ada)
    ada.git("branch", "-rd", f"origin/cmos/ledger/{writer(ada)}")
    assert digest(ada) == with_it
    fresh = clone(bare, "fresh")
    assert "took in 1 event" in ok("init", at=fresh)
    assert fresh.git("config", "cmos.ledgerPrefix") == "refs/heads/cmos/"
    assert ids(fresh) == {"B1"}
    assert fresh.json("claim", "B1")["state"] == "held"
    sync(ada)
    assert ada.run("claim", "B1", "--agent", "x").status == 1
    assert all("cmos" not in ref for ref in ask(ada, "where", "B1")["mission"]["refs"])


MAIN = "refs/heads/main"


@pytest.mark.parametrize("prefix", ["refs/", "heads/x", "refs/heads/", "refs/a b/", "refs/../x"])
def test_a_prefix_that_is_none_is_refused(ada: Repository, prefix: str) -> None:
    ada.git("config", "cmos.ledgerPrefix", prefix)
    answer = ada.run("sync")
    assert_clean_refusal(answer)
    assert "cmos.ledgerPrefix" in answer.err


# -- remotes that are not there, or not willing ------------------------------------------------


def test_without_a_remote(repo: Repository) -> None:
    answer = repo.run("sync")
    assert_clean_refusal(answer)
    assert "no remote" in answer.err


def test_which_remote(ada: Repository, bare: Repository) -> None:
    for name in ("one", "two"):
        ada.git("remote", "add", name, str(bare.path))
    ok("mission", "add", "B1", "one", at=ada)
    assert sync(ada)["remote"] == "origin"
    ada.git("config", "cmos.remote", "two")
    assert sync(ada)["remote"] == "two"
    ada.git("config", "--unset", "cmos.remote")
    ada.git("remote", "remove", "origin")
    assert "which remote?" in ada.run("sync").err
    assert sync(ada, "one")["remote"] == "one"


@pytest.mark.parametrize("name", ["--upload-pack=touch run", "nope", "a\nb", "", "../origin.git"])
def test_a_remote_that_is_none_runs_nothing(ada: Repository, name: str) -> None:
    answer = ada.run("sync", "--", name)
    if name:
        assert_clean_refusal(answer)
    assert not list(ada.path.parent.rglob("run"))


def test_an_absent_remote_loses_nothing(ada: Repository, bare: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    gone = bare.path.with_name("gone")
    bare.path.rename(gone)
    assert_clean_refusal(ada.run("sync"))
    gone.rename(bare.path)
    assert sync(ada)["sent"] == 1


def test_an_unreachable_host_says_why(ada: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.git("remote", "set-url", "origin", "ssh://example.invalid/x")
    monkeypatch.setenv("GIT_SSH_COMMAND", "echo 'ssh: no route to host' >&2; false #")
    answer = ada.run("sync")
    assert_clean_refusal(answer)
    assert "ssh: no route to host" in answer.err


def test_a_remote_that_declines_says_why(ada: Repository, bare: Repository) -> None:
    hook(bare, "pre-receive", "echo 'closed for today' >&2; exit 1")
    ok("mission", "add", "B1", "one", at=ada)
    answer = ada.run("sync")
    assert_clean_refusal(answer)
    assert "pre-receive hook declined" in answer.err
    assert "cmos.ledgerPrefix" in answer.err
    (bare.path / "hooks" / "pre-receive").unlink()
    assert sync(ada)["sent"] == 1


def test_hidden_refs_are_a_clear_no(ada: Repository, bare: Repository) -> None:
    bare.git("config", "receive.hideRefs", "refs/cmos")
    ok("mission", "add", "B1", "one", at=ada)
    assert "refused the ledger: " in ada.run("sync").err


def test_the_users_own_hooks_do_not_run(ada: Repository) -> None:
    path = ada.path / ".git" / "hooks" / "pre-push"
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    ok("mission", "add", "B1", "one", at=ada)
    assert sync(ada)["sent"] == 1


SETTINGS = {
    "mirror": ("remote.origin.mirror", "true"),
    "prune": ("fetch.prune", "true"),
    "tags": ("push.followTags", "true"),
    "a refspec for all": ("remote.origin.fetch", "+refs/*:refs/*"),
    "a forced refspec of ours": ("remote.origin.fetch", "+refs/cmos/*:refs/cmos/*"),
    "a push refspec": ("remote.origin.push", "refs/heads/*:refs/heads/x/*"),
    "checks": ("transfer.fsckObjects", "true"),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_users_settings_do_not_steer_it(
    ada: Repository, bob: Repository, bare: Repository, setting: str
) -> None:
    ada.git("config", "--add", *SETTINGS[setting])
    ada.git("tag", "-a", "-m", "one", "v1")
    ok("mission", "add", "B1", "one", at=ada)
    ok("mission", "add", "B2", "two", at=bob)
    sync(bob)
    sync(ada)
    assert ids(ada) == {"B1", "B2"}
    others = [ref for ref in refs(bare, "refs") if not ref.startswith("refs/cmos/ledger/")]
    assert others == ["refs/heads/main"]


def test_a_partial_clone_takes_all_of_the_ledger(ada: Repository, bare: Repository) -> None:
    bare.git("config", "uploadpack.allowFilter", "true")
    part = clone(bare, "part", "--filter=tree:0", "--no-checkout")
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    sync(part)
    bare.path.rename(bare.path.with_name("gone"))
    assert ids(part) == {"B1"}
    assert_agreement_of_all(part)


def test_a_shallow_clone_takes_all_of_the_ledger(ada: Repository, bare: Repository) -> None:
    for number in range(3):
        ok("mission", "add", f"B{number}", "one", at=ada)
    sync(ada)
    shallow = clone(bare, "shallow", "--depth=1")
    ok("init", at=shallow)
    assert len(ids(shallow)) == 3


def assert_agreement_of_all(repo: Repository) -> None:
    """The memory can be made again from what git holds."""
    before = digest(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert digest(repo) == before


KILLS = {
    "after the fetch": ("git_cmos.actions.exchange", "Exchange.fetch", "after"),
    "before the push": ("git_cmos.git.transport", "Remote.push", "before"),
    "after the push": ("git_cmos.git.transport", "Remote.push", "after"),
    "while packing": ("git_cmos.ledger", "written", "after"),
    "before the packed chain takes its place": ("git_cmos.packing", "_check", "after"),
}
DEADLY = """
import importlib, os, sys
module, name, when, *args = sys.argv[1:]
place = importlib.import_module(module)
*path, name = name.split(".")
for step in path:
    place = getattr(place, step)
real = getattr(place, name)
def deadly(*given, **named):
    if when == "after":
        real(*given, **named)
    os.kill(os.getpid(), 9)
setattr(place, name, deadly)
from git_cmos.cli import main
sys.exit(main(args))
"""


@pytest.mark.parametrize("step", KILLS)
def test_a_kill_in_the_middle_loses_nothing(ada: Repository, bob: Repository, step: str) -> None:
    for number in range(3):
        ok("mission", "add", f"B{number}", "one", at=ada)
    ok("mission", "add", "C1", "other", at=bob)
    sync(bob)
    done = python(ada, DEADLY, *KILLS[step], "sync", "--pack")
    assert done.returncode == -9, done
    everywhere(ada, bob)
    assert ids(ada) == ids(bob) == {"B0", "B1", "B2", "C1"}
    assert digest(ada) == digest(bob)
    assert sync(ada, "--pack")["packed"][1] == 1
    assert not refs(ada, "refs/cmos/packing")


# -- remotes that change what they have --------------------------------------------------------


def test_what_the_remote_lost_it_gets_back(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    for number in range(3):
        ok("mission", "add", f"B{number}", "one", at=ada)
    everywhere(ada, bob)
    ref = f"refs/cmos/ledger/{writer(ada)}"
    bare.git("update-ref", "-d", ref)
    assert "has lost the ledger of" in " ".join(sync(bob)["problems"])
    assert ids(bob) == {"B0", "B1", "B2"}
    sync(ada)
    assert ref in refs(bare)
    bare.git("update-ref", ref, f"{ref}~2")
    assert "has lost some of the ledger of" in " ".join(sync(bob)["problems"])
    assert ids(bob) == {"B0", "B1", "B2"}
    sync(ada)
    assert sync(bob)["problems"] == []
    assert refs(bare)[ref] == refs(ada)[ref]


def test_a_second_chain_under_ones_name_is_united(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    """Somebody forced another history onto the ref: both are told, nothing is forced back."""
    ok("mission", "add", "B1", "one", at=ada)
    everywhere(ada, bob)
    name = writer(ada)
    plant(bare, f"refs/cmos/ledger/{name}", added("F1", name))
    assert "a second ledger" in " ".join(sync(bob)["problems"])
    ok("mission", "add", "B2", "two", at=ada)
    everywhere(ada, bob, ada)
    fresh = clone(bare, "fresh")
    ok("init", at=fresh)
    assert ids(ada) == ids(bob) == ids(fresh) == {"B1", "B2", "F1"}
    assert digest(ada) == digest(bob) == digest(fresh)
    assert sync(bob)["problems"] == []


def test_a_ledger_that_was_written_anew_here_reaches_the_others(
    ada: Repository, bob: Repository
) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    everywhere(ada, bob)
    ada.git("update-ref", "-d", f"refs/cmos/ledger/{writer(ada)}")
    ok("mission", "add", "B2", "two", at=ada)
    everywhere(ada, bob)
    assert ids(bob) == {"B1", "B2"}
    assert digest(ada) == digest(bob)


def test_a_memory_that_was_lost_goes_on_under_a_new_name(ada: Repository, bob: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    shutil.rmtree(ada.path / ".cmos")
    ok("mission", "add", "B2", "two", at=ada)
    assert len(refs(ada, "refs/cmos/ledger")) == 2
    everywhere(ada, bob)
    assert ids(bob) == {"B1", "B2"}


def test_a_mirror_pushes_no_old_copies(ada: Repository, bob: Repository, bare: Repository) -> None:
    """`refs/cmos/*:refs/cmos/*` brought the others' ledgers among one's own: they are not ours."""
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    bob.git("fetch", "-q", "origin", "refs/cmos/*:refs/cmos/*")
    ok("mission", "add", "B2", "two", at=ada)
    sync(ada)
    before = refs(bare)
    ok("mission", "add", "B3", "three", at=bob)
    sync(bob)
    assert {ref: oid for ref, oid in refs(bare).items() if ref in before} == before
    assert len(refs(bare)) == len(before) + 1


def test_a_mirror_pushed_by_force_loses_nothing(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    for each, mission in ((ada, "B1"), (bob, "B2")):
        ok("mission", "add", mission, "x", at=each)
    everywhere(ada, bob)
    ada.git("push", "-q", "--mirror", str(bare.path))
    everywhere(ada, bob)
    assert ids(ada) == ids(bob) == {"B1", "B2"}
    assert_agreement_of_all(bob)


# -- packing -----------------------------------------------------------------------------------


def test_packing_leaves_few_objects_and_every_event(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    for number in range(12):
        ok("mission", "add", f"B{number}", "one", at=ada)
    everywhere(ada, bob)
    before, words = digest(ada), told(ada)
    found = sync(ada, "--pack")
    assert found["packed"] == [12, 1]
    assert_agreement(ada)
    assert told(ada) == words
    tips = refs(bare)
    assert len(tips) == 1, "the long chain gave way to the short one"
    assert int(bare.git("rev-list", "--count", "--objects", *tips.values())) == 3
    ok("mission", "add", "C1", "after", at=ada)
    sync(ada)
    assert sync(bob)["problems"] == []
    fresh = clone(bare, "fresh")
    ok("init", at=fresh)
    assert ids(bob) == ids(fresh) == ids(ada)
    assert digest(bob) == digest(fresh) == digest(ada) != before
    assert_agreement_of_all(bob)
    said = ada.git("log", "--format=%B", f"refs/cmos/ledger/{writer(ada)}")
    assert "12 events from" in said
    assert "mission B7 added by A U Thor: one" in said


def test_packing_twice_and_meeting_a_clone_that_slept(ada: Repository, bob: Repository) -> None:
    for round_ in range(3):
        for number in range(3):
            ok("mission", "add", f"B{round_}.{number}", "one", at=ada)
        sync(ada, *(["--pack"] if round_ else []))
        if not round_:
            sync(bob)
    assert sync(ada, "--pack")["packed"] == [1, 1]
    everywhere(bob, ada)
    assert digest(bob) == digest(ada)
    assert sync(bob)["problems"] == sync(ada)["problems"] == []
    assert_agreement_of_all(bob)


def test_packing_where_the_remote_keeps_what_it_has(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    bare.git("config", "receive.denyDeletes", "true")
    bare.git("config", "receive.denyNonFastForwards", "true")
    for number in range(4):
        ok("mission", "add", f"B{number}", "one", at=ada)
    everywhere(ada, bob)
    sync(ada, "--pack")
    ok("mission", "add", "C1", "after", at=ada)
    everywhere(ada, bob)
    assert digest(ada) == digest(bob)


def test_text_tells_what_happened(ada: Repository, bob: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    assert ok("sync", at=ada) == "0 events from origin, 1 event to it\n"
    assert ok("sync", "--pack", at=ada) == (
        "up to date with origin\nthe ledger is short already: 1 commit\n"
    )
    assert ok("sync", at=bob) == "1 event from origin, 0 events to it\n"


def test_sha_256(tmp_path: Path) -> None:
    bare = origin(tmp_path, "--object-format=sha256")
    ada, bob = clone(bare, "ada"), clone(bare, "bob")
    ok("mission", "add", "B1", "one", at=ada)
    ok("mission", "add", "B2", "two", at=ada)
    assert ask(ada, "claim", "B1")["state"] == "held"
    sync(ada, "--pack")
    sync(bob)
    assert bob.run("claim", "B1", "--agent", "bob").status == 1
    assert digest(ada) == digest(bob)
    ok("release", "B1", at=ada)
    assert len(refs(bare)) == 1


def test_linked_worktrees_share_one_ledger(ada: Repository, tmp_path: Path) -> None:
    ada.git("worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    beside = Repository(tmp_path / "beside")
    ok("mission", "add", "B1", "one", at=ada)
    ok("mission", "add", "B2", "two", at=beside)
    assert len(refs(ada, "refs/cmos/ledger")) == 1
    assert sync(beside)["sent"] == 2
    assert sync(ada)["sent"] == 0
