"""doctor: each thing that can be amiss, made so; what it says, and that what it says mends it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EPOCH, Repository
from tests.storage import database, ok
from tests.team import added, clone, origin, plant, sync, writer


@pytest.fixture
def well(repo: Repository) -> Repository:
    """A clone in which nothing is amiss."""
    ok("mission", "add", "B1", "one", at=repo)
    ok("init", at=repo)
    ok("hook", "install", at=repo)
    return repo


@pytest.fixture
def bare(tmp_path: Path) -> Repository:
    return origin(tmp_path)


@pytest.fixture
def ada(bare: Repository) -> Repository:
    made = clone(bare, "ada")
    ok("mission", "add", "B1", "one", at=made)
    ok("init", at=made)
    ok("hook", "install", at=made)
    sync(made)
    return made


def examine(repo: Repository, *options: str, env: dict[str, str] | None = None) -> Any:
    """The checkup, in a process of its own; its exit status says the same."""
    done = repo.process("doctor", "--json", *options, env=env)

    found = json.loads(done.stdout)
    assert done.returncode == (0 if found["ok"] else 1), done
    states = [it["state"] for it in found["findings"]]
    assert found["ok"] == ("wrong" not in states)
    assert states == sorted(states, key=("wrong", "hint", "fine").index)
    found["findings"] = [it for it in found["findings"] if it["state"] != "fine"]
    return found


def only(repo: Repository, *options: str, env: dict[str, str] | None = None) -> tuple[str, str]:
    """(state, message) of the only finding."""
    found = examine(repo, *options, env=env)["findings"]
    assert len(found) == 1, found
    return found[0]["state"], f"{found[0]['check']}: {found[0]['message']} {found[0]['hint']}"


def nothing(repo: Repository, *options: str) -> None:
    assert examine(repo, *options)["findings"] == []


def says(repo: Repository, *parts: str, state: str = "hint", **given: Any) -> None:
    was, words = only(repo, **given)
    assert was == state, words
    for part in parts:
        assert part in words


def test_all_is_well(well: Repository) -> None:
    nothing(well)
    answer = well.run("doctor")
    assert answer.status == 0
    hooks, rest = answer.out.splitlines()
    assert hooks.startswith("fine   hooks: all are live")
    assert rest == "fine   git, history, memory, clock, ledger, settings, remote"


def test_it_changes_nothing(ada: Repository) -> None:
    ok("mission", "add", "B2", "two", at=ada)
    before = ada.git("for-each-ref"), (ada.path / ".git" / "config").read_bytes()
    ada.run("doctor")
    assert (ada.git("for-each-ref"), (ada.path / ".git" / "config").read_bytes()) == before


def test_a_fresh_repository_has_hints_only(repo: Repository) -> None:
    found = examine(repo)
    assert found["ok"]
    assert {it["check"] for it in found["findings"]} == {"hooks", "settings"}
    answer = repo.run("doctor")
    assert "`git cmos hook install`" in answer.out
    assert "`git cmos init`" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


# -- git and history ----------------------------------------------------------------------------


def test_an_old_git(well: Repository, tmp_path: Path) -> None:
    path = tmp_path / "old" / "git"
    path.parent.mkdir()
    real = shutil.which("git")
    path.write_text(
        f'#!/bin/sh\ntest "$1" = version && echo git version 2.30.2 && exit\nexec {real} "$@"\n'
    )
    path.chmod(0o755)
    ok("hook", "install", "--files", at=well)
    env = {"PATH": f"{path.parent}{os.pathsep}{os.environ['PATH']}"}
    says(well, "git 2.30.2 is older than 2.34", state="wrong", env=env)


def test_a_shallow_and_a_partial_clone(bare: Repository) -> None:
    seed = clone(bare, "more")
    seed.commit("second")
    seed.git("push", "-q")
    bare.git("config", "uploadpack.allowFilter", "true")
    shallow = clone(bare, "shallow", "--depth=1")
    partial = clone(bare, "partial", "--filter=blob:none")
    for each in (shallow, partial):
        ok("init", at=each)
        ok("hook", "install", at=each)
    says(shallow, "history: this clone is shallow", "git fetch --unshallow")
    shallow.git("fetch", "-q", "--unshallow")
    nothing(shallow)
    says(partial, "history: this clone is partial")


def test_grafts_and_replaced_objects(well: Repository) -> None:
    first = well.git("rev-parse", "HEAD")
    second = well.commit("second")
    well.git("replace", first, second)
    says(well, "1 replaced objects", "git replace --list")
    well.git("replace", "-d", first)
    (well.path / ".git" / "info").mkdir(exist_ok=True)
    (well.path / ".git" / "info" / "grafts").write_text(f"{second}\n")
    says(well, "grafts change what git shows")


# -- memory and clock ---------------------------------------------------------------------------


def test_tables_that_differ_from_their_events(well: Repository) -> None:
    with sqlite3.connect(database(well)) as db:
        db.execute("UPDATE missions SET name = 'forged'")
    db.close()
    says(well, "the tables are not what a fold", "git cmos db rebuild", state="wrong")
    well.run("db", "rebuild")
    says(well, "kept in .cmos from an earlier damage", "memory.db.damaged-1")


def test_a_memory_that_cannot_be_written(well: Repository) -> None:
    with sqlite3.connect(database(well)) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    says(well, "nothing can be written here", "newer git cmos", state="wrong")


def test_a_clock_that_is_behind_what_was_told(well: Repository) -> None:
    ahead = {"CMOS_CLOCK_OFFSET": str(10 * 86_400)}
    well.cmos("mission", "add", "B2", "later", env=ahead)
    says(well, "clock: something was told at", "but this clock says", state="wrong")
    nothing_then = examine(well, env=ahead)["findings"]
    assert nothing_then == []


def test_a_commit_of_the_future(well: Repository) -> None:
    well.clock = EPOCH + 20 * 365 * 86_400
    well.commit("from far away", "Mission: B1")
    says(well, "clock: something was committed at 2043")


# -- ledgers ------------------------------------------------------------------------------------


def test_what_was_not_sent_yet(ada: Repository, bare: Repository) -> None:
    nothing(ada)
    ok("mission", "add", "B2", "two", at=ada)
    ok("mission", "start", "B2", at=ada)
    says(ada, "origin has not been given 2 events told here", "git cmos sync")
    sync(ada)
    nothing(ada)


def test_what_others_sent(ada: Repository, bare: Repository) -> None:
    bob = clone(bare, "bob")
    ok("mission", "add", "B9", "bob's", at=bob)
    sync(bob)
    says(ada, "origin has events that are not here yet", "git cmos sync")
    assert examine(ada, "--offline")["findings"] == []
    sync(ada)
    nothing(ada)


def test_a_ledger_that_the_remote_lost(ada: Repository, bare: Repository) -> None:
    ref = f"refs/cmos/ledger/{writer(ada)}"
    before = bare.git("rev-parse", ref)
    ok("mission", "add", "B2", "two", at=ada)
    sync(ada)
    bare.git("update-ref", ref, before)
    says(ada, f"remote: origin has lost some of the ledger of {writer(ada)}", state="wrong")
    bare.git("update-ref", "-d", ref)
    says(ada, f"remote: origin has lost the ledger of {writer(ada)}", state="wrong")
    sync(ada)
    nothing(ada)


def test_a_packed_ledger_is_not_lost(ada: Repository, bare: Repository) -> None:
    for number in range(2, 6):
        ok("mission", "add", f"B{number}", "more", at=ada)
    sync(ada)
    bob = clone(bare, "bob")
    ok("init", at=bob)
    ok("hook", "install", at=bob)
    sync(ada, "--pack")
    nothing(ada)
    assert not [it for it in examine(bob)["findings"] if it["state"] == "wrong"]


def test_a_remote_that_is_not_there(ada: Repository, bare: Repository) -> None:
    bare.path.rename(bare.path.with_name("away"))
    says(ada, "cannot reach origin", "--offline")
    nothing(ada, "--offline")


def test_no_remote_of_several_is_the_team_s(well: Repository) -> None:
    for name in ("one", "two"):
        well.git("remote", "add", name, "/nowhere")
    says(well, "which remote? there are one, two", "git config cmos.remote")


def test_what_is_set_aside(ada: Repository, bare: Repository) -> None:
    plant(bare, "refs/cmos/ledger/evil", "garbage\n" + added("E1", "evil", kind="OfTomorrow"))
    sync(ada)
    found = examine(ada)["findings"]
    assert [it["state"] for it in found] == ["hint", "hint"]
    assert "1 line of the ledger of evil set aside: " in found[0]["message"]
    assert "1 event of the kind OfTomorrow set aside: " in found[1]["message"]
    problems = ada.json("status")["problems"]
    assert len([line for line in problems if "set aside" in line]) == 2


def test_two_clones_with_one_writer(ada: Repository, bare: Repository) -> None:
    name = writer(ada)
    plant(bare, f"refs/cmos/ledger/{name}.fork", added("E1", name))
    sync(ada)
    says(ada, f"two clones have written as {name}", "both are kept")


def test_events_that_the_ledger_lacks(well: Repository) -> None:
    lock = well.path / ".git" / "refs" / "cmos" / "ledger"
    shutil.rmtree(lock)
    lock.write_text("")  # no ref can be written below a file
    well.run("mission", "add", "B2", "two")
    found = [it["message"] for it in examine(well)["findings"] if it["state"] == "wrong"]
    assert any("not in the ledger yet" in it for it in found), found


# -- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("cmos.verify.mission-unknwon", "off", "did you mean cmos.verify.mission-unknown"),
        ("cmos.colour", "off", "no setting is called cmos.colour"),
        ("cmos.verify.parity", "loud", "bad level 'loud' of cmos.verify.parity"),
        ("cmos.claimTtl", "soon", "cmos.claimttl: 'soon' is no stretch of time"),
        ("cmos.date.future", "soon", "bad value 'soon' of cmos.date.future"),
        ("cmos.remote", "nobody", "cmos.remote names 'nobody'"),
        ("cmos.defaultBranch", "trunk", "cmos.defaultBranch names 'trunk'"),
        ("color.cmos", "mauve", "bad value 'mauve' of color.cmos"),
        ("trailer.mission.key", "Task", "makes git write 'Task', but 'mission' is what is read"),
    ],
)
def test_settings(well: Repository, key: str, text: str, words: str) -> None:
    well.git("config", key, text)
    found = [it for it in examine(well, "--offline")["findings"] if it["check"] == "settings"]
    assert [it["state"] for it in found] == ["wrong"], found
    assert words in f"{found[0]['message']} {found[0]['hint']}"


def test_trailers_that_init_sets(well: Repository) -> None:
    well.git("config", "--unset", "trailer.mission-block.key")
    says(well, "not set up here for mission-block", "git cmos init")
    ok("init", at=well)
    nothing(well)


# -- hooks --------------------------------------------------------------------------------------


def test_hooks_out_of_reach(well: Repository) -> None:
    ok("hook", "install", "--files", at=well)
    folder = well.path / ".git" / "hooks"
    (folder / "commit-msg").write_text("#!/bin/sh\ncall_lefthook run\n")
    says(well, "commit-msg is shadowed by lefthook", "git cmos hook install", state="wrong")
    well.git("config", "core.hooksPath", "elsewhere")
    found = examine(well)["findings"]
    assert "shadowed by core.hooksPath" in found[0]["message"]
    well.git("config", "--unset", "core.hooksPath")
    (folder / "commit-msg").unlink()
    says(well, "hooks: commit-msg is absent")
    ok("hook", "install", "--files", at=well)
    nothing(well)


def test_hooks_of_another_version(well: Repository) -> None:
    ok("hook", "install", "--files", at=well)
    for name in ("commit-msg", "pre-push"):
        path = well.path / ".git" / "hooks" / name
        path.write_text(path.read_text() + "# older\n")
    says(well, "commit-msg, pre-push are stale", state="wrong")


def test_hooks_that_call_what_is_gone(well: Repository) -> None:
    ok("hook", "install", "--files", at=well)
    path = well.path / ".git" / "hooks" / "commit-msg"
    path.write_text(re.sub("entry='.*'", "entry='/gone/away.py'", path.read_text()))
    says(well, "commit-msg is stale", state="wrong")
    path.write_text(path.read_text().replace("/gone/away.py", __file__))
    nothing(well)  # another installation of this version


def test_outside_of_a_repository(tmp_path: Path) -> None:
    done = subprocess.run(["git-cmos", "doctor"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr[:7]) == (128, "fatal: ")
