"""Native hooks, run by real git."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from git_cmos import cli
from git_cmos.actions import drafts, verify
from git_cmos.memory import Memory
from tests.conftest import Repository

NAMES = (
    *("prepare-commit-msg", "commit-msg", "post-commit", "post-merge"),
    *("post-checkout", "post-rewrite", "pre-push"),
)


@pytest.fixture
def hooked(repo: Repository) -> Repository:
    tell(repo, "mission", "add", "B1.1", "Schema")
    tell(repo, "mission", "add", "B1.2", "Mail")
    tell(repo, "hook", "install")
    return repo


def tell(repo: Repository, *args: str) -> str:
    answer = repo.run(*args)
    assert answer.status == 0, answer
    return answer.out


def states(repo: Repository) -> dict[str, str]:
    answer = repo.run("hook", "status", "--json")
    return {it["name"]: it["state"] for it in json.loads(answer.out)}


def git(repo: Repository, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    repo.clock += 60
    dates = {f"GIT_{who}_DATE": f"{repo.clock} +0000" for who in ("AUTHOR", "COMMITTER")}
    return subprocess.run(
        ["git", *args],
        cwd=repo.path,
        env={**os.environ, **dates, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def commit(repo: Repository, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return git(repo, "commit", "--allow-empty", *args, **env)


def message(repo: Repository, rev: str = "HEAD") -> str:
    return repo.git("log", "-1", "--format=%B", rev)


def editor(tmp_path: Path, script: str) -> str:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


# -- installing -----------------------------------------------------------------------------


def test_install_and_uninstall(repo: Repository) -> None:
    assert set(states(repo).values()) == {"absent"}
    tell(repo, "hook", "install")
    assert states(repo) == dict.fromkeys(NAMES, "live")
    tell(repo, "hook", "install")
    assert states(repo) == dict.fromkeys(NAMES, "live")
    tell(repo, "hook", "uninstall")
    assert set(states(repo).values()) == {"absent"}


def test_what_was_there_is_chained_with_all_it_gets_and_restored(
    repo: Repository, tmp_path: Path
) -> None:
    folder = repo.path / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    before = {}
    for name in ("commit-msg", "pre-push", "post-rewrite"):
        path = folder / name
        path.write_bytes(f'#!/bin/sh\nprintf "%s|" {name} "$@" >> ../ran\ncat >> ../ran\n'.encode())
        path.chmod(0o750)
        before[name] = (path.read_bytes(), path.stat().st_mode)
    tell(repo, "hook", "install")
    assert commit(repo, "-m", "one").returncode == 0
    assert commit(repo, "--amend", "-m", "two").returncode == 0
    repo.git("init", "-q", "--bare", str(tmp_path / "remote"))
    assert git(repo, "push", "-q", str(tmp_path / "remote"), "main").returncode == 0
    ran = (repo.path.parent / "ran").read_text()
    assert "commit-msg|.git/COMMIT_EDITMSG|" in ran
    assert "post-rewrite|amend|" + repo.git("rev-parse", "HEAD@{1}") in ran
    assert f"pre-push|{tmp_path}/remote|" in ran
    assert "refs/heads/main " + repo.git("rev-parse", "HEAD") in ran
    tell(repo, "hook", "uninstall")
    after = {n: ((folder / n).read_bytes(), (folder / n).stat().st_mode) for n in before}
    assert after == before
    assert not list(folder.glob("*.before-cmos"))


def test_a_chained_hook_may_refuse(repo: Repository) -> None:
    path = repo.path / ".git" / "hooks" / "commit-msg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho no >&2\nexit 3\n")
    path.chmod(0o755)
    tell(repo, "hook", "install")
    assert commit(repo, "-m", "one").returncode == 1
    assert message(repo) == "start"


def test_a_stale_a_foreign_and_a_disabled_hook_are_told(hooked: Repository) -> None:
    tell(hooked, "hook", "install", "--files")
    folder = hooked.path / ".git" / "hooks"
    (folder / "post-merge").write_text((folder / "post-merge").read_text() + "# older\n")
    (folder / "post-commit").write_text("#!/bin/sh\n")
    (folder / "commit-msg").chmod(0o644)
    found = states(hooked)
    assert (found["post-merge"], found["post-commit"], found["commit-msg"]) == (
        *("stale", "shadowed", "shadowed"),
    )
    tell(hooked, "hook", "install", "--files")
    assert states(hooked) == dict.fromkeys(NAMES, "live")


def test_two_that_would_have_to_be_chained_are_both_kept(repo: Repository) -> None:
    path = repo.path / ".git" / "hooks" / "commit-msg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n# the first\n")
    tell(repo, "hook", "install", "--files")
    path.write_text("#!/bin/sh\n# the second\n")
    answer = repo.run("hook", "install", "--files")
    assert answer.status == 1
    assert "are both kept" in answer.err
    assert "the first" in path.with_name("commit-msg.before-cmos").read_text()
    assert "the second" in path.read_text()


def test_core_hookspath_and_linked_worktrees(hooked: Repository, tmp_path: Path) -> None:
    tell(hooked, "hook", "uninstall")
    hooked.git("config", "core.hooksPath", ".githooks")
    tell(hooked, "hook", "install", "--files")
    assert (hooked.path / ".githooks" / "commit-msg").exists()
    hooked.git("add", ".githooks")
    hooked.git("commit", "-q", "-m", "hooks")
    hooked.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Repository(tmp_path / "side", hooked.clock)
    tell(side, "mission", "start", "B1.1")
    assert commit(side, "-m", "there").returncode == 0
    assert message(side) == "there\n\nMission: B1.1"


def test_a_shared_hooks_folder_is_not_touched_by_accident(repo: Repository, tmp_path: Path) -> None:
    repo.git("config", "core.hooksPath", str(tmp_path / "everybody"))
    answer = repo.run("hook", "install", "--files")
    assert (answer.status, "--force" in answer.err) == (1, True)
    assert not (tmp_path / "everybody").exists()
    tell(repo, "hook", "install", "--files", "--force")
    assert (tmp_path / "everybody" / "commit-msg").exists()


def test_without_git_cmos_on_the_path_git_goes_on(hooked: Repository, tmp_path: Path) -> None:
    os.symlink("/usr/bin/git", tmp_path / "git") if os.path.exists("/usr/bin/git") else None
    done = commit(hooked, "-m", "no cmos", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert message(hooked) == "no cmos"


def test_a_gui_with_little_of_a_path_is_credited_all_the_same(hooked: Repository) -> None:
    tell(hooked, "hook", "install", "--files")
    tell(hooked, "mission", "start", "B1.1")
    assert commit(hooked, "-m", "work", PATH="/usr/bin:/bin").returncode == 0
    assert message(hooked) == "work\n\nMission: B1.1"


def test_where_what_installed_it_is_gone_another_will_do(hooked: Repository) -> None:
    tell(hooked, "hook", "install", "--files")
    tell(hooked, "mission", "start", "B1.1")
    hook = hooked.path / ".git" / "hooks" / "commit-msg"
    hook.write_text(hook.read_text().replace(sys.executable, "/gone/bin/python"))
    assert commit(hooked, "-m", "work").returncode == 0
    assert message(hooked) == "work\n\nMission: B1.1"
    assert commit(hooked, "-m", "neither", PATH="/usr/bin:/bin").returncode == 0
    assert message(hooked) == "neither"
    assert states(hooked)["commit-msg"] == "stale"


HEAVY = {"pygit2", "click", "yaml", "rich", "subprocess", "dataclasses", "datetime", "_hashlib"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("prepare-commit-msg", ["MSG"]),
        ("commit-msg", ["MSG"]),
        ("post-commit", []),
        ("post-checkout", ["0", "0", "1"]),
    ],
)
def test_a_body_imports_nothing_heavy(hooked: Repository, name: str, given: list[str]) -> None:
    tell(hooked, "mission", "start", "B1.1")
    (hooked.path / "MSG").write_text("work\n\nMission: B1.1\n\n# a comment\n")
    hooked.commit("elsewhere", "Mission: B1.1")
    entry = Path(cli.__file__).with_name("entry.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", str(entry), "hook", name, *given],
        cwd=hooked.path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "git_cmos.memory" in loaded
    assert loaded & HEAVY == set()


# -- commit-msg -----------------------------------------------------------------------------


def test_the_active_mission_is_credited(hooked: Repository) -> None:
    assert commit(hooked, "-m", "nothing active").returncode == 0
    assert message(hooked) == "nothing active"
    tell(hooked, "mission", "start", "B1.1")
    assert commit(hooked, "-m", "work").returncode == 0
    assert message(hooked) == "work\n\nMission: B1.1"
    assert commit(hooked, "-m", "work\n\nSigned-off-by: A <a@b>").returncode == 0
    assert message(hooked) == "work\n\nSigned-off-by: A <a@b>\nMission: B1.1"
    assert commit(hooked, "-m", "other\n\nMission-Block: B1.2 x").returncode == 0
    assert message(hooked) == "other\n\nMission-Block: B1.2 x"
    assert commit(hooked, "-m", "none\n\nMission: none").returncode == 0
    assert message(hooked) == "none\n\nMission: none"


def test_amend_never_doubles_a_trailer(hooked: Repository) -> None:
    tell(hooked, "mission", "start", "B1.1")
    commit(hooked, "-m", "work")
    for _ in range(2):
        assert commit(hooked, "--amend", "--no-edit").returncode == 0
    assert message(hooked) == "work\n\nMission: B1.1"


def test_of_several_active_missions_only_ones_own_is_credited(hooked: Repository) -> None:
    tell(hooked, "mission", "start", "B1.1", "--agent", "codex")
    tell(hooked, "mission", "start", "B1.2")
    commit(hooked, "-m", "mine")
    assert message(hooked) == "mine\n\nMission: B1.2"
    tell(hooked, "mission", "add", "B1.3", "More")
    tell(hooked, "mission", "start", "B1.3")
    commit(hooked, "-m", "which?")
    assert message(hooked) == "which?"


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("work\n\nMission-Complete: B1.11", "did you mean B1.1"),
        ("work\n\nMision: B1.1", "Mission"),
        ("work\n\nMission-Complete: B1.1\n\nA last word.", "last paragraph"),
    ],
)
def test_what_would_not_be_understood_is_refused(
    hooked: Repository, said: str, way_out: str
) -> None:
    done = commit(hooked, "-m", said)
    assert done.returncode == 1
    assert way_out in done.stderr
    assert "your message is kept" in done.stderr
    assert message(hooked) == "start"
    assert commit(hooked, "-F", ".git/COMMIT_EDITMSG", "--no-verify").returncode == 0


def test_an_aborted_commit_stays_aborted(hooked: Repository) -> None:
    tell(hooked, "mission", "start", "B1.1")
    assert commit(hooked, GIT_EDITOR="true").returncode == 1
    assert message(hooked) == "start"


def test_the_editor_shows_who_is_credited(hooked: Repository, tmp_path: Path) -> None:
    tell(hooked, "mission", "start", "B1.1")
    keep = editor(tmp_path, f'cp "$1" {tmp_path}/seen; (echo "said"; cat "$1") > x; mv x "$1"')
    for extra in ([], ["-v"], ["--cleanup=scissors"]):
        done = commit(hooked, *extra, GIT_EDITOR=keep)
        assert done.returncode == 0, done.stderr
        assert "# Mission B1.1 (Schema) will be credited" in (tmp_path / "seen").read_text()
    hooked.git("reset", "-q", "--soft", "HEAD~1")
    assert message(hooked) == "said\n\nMission: B1.1"


@pytest.mark.parametrize("char", [";", "auto"])
def test_comment_characters(hooked: Repository, tmp_path: Path, char: str) -> None:
    tell(hooked, "mission", "start", "B1.1")
    hooked.git("config", "core.commentChar", char)
    say = editor(tmp_path, '(echo "said"; echo; echo "# no comment"; cat "$1") > x; mv x "$1"')
    assert commit(hooked, GIT_EDITOR=say).returncode == 0
    expected = "said\n\n# no comment\n\nMission: B1.1" if char == ";" else None
    assert message(hooked).startswith("said")
    assert message(hooked).endswith("Mission: B1.1")
    assert expected in (None, message(hooked))


@pytest.mark.parametrize("cleanup", ["verbatim", "whitespace", "scissors", "strip", "default"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cleanup_and_line_ends(hooked: Repository, cleanup: str, end: str) -> None:
    """What git keeps of the message is the message and one trailer that git sees."""
    tell(hooked, "mission", "start", "B1.1")
    hooked.git("config", "commit.cleanup", cleanup)
    text = end.join(["work", "", "why it is", "", "Signed-off-by: A <a@b>", ""])
    (hooked.path / "said").write_bytes(text.encode())
    assert commit(hooked, "-F", "said").returncode == 0
    seen = hooked.git("log", "-1", "--format=%(trailers:only,unfold)").split("\n")
    assert [line.strip() for line in seen if line] == ["Signed-off-by: A <a@b>", "Mission: B1.1"]
    assert hooked.json("where", "B1.1")["commits"][0]["claims"] == ["work"]


def test_a_verbose_commit_keeps_its_diff_out(hooked: Repository, tmp_path: Path) -> None:
    tell(hooked, "mission", "start", "B1.1")
    (hooked.path / "f").write_text("Mission-Complete: B1.1\n")
    hooked.git("add", "f")
    say = editor(tmp_path, '(echo "said"; cat "$1") > x; mv x "$1"')
    assert commit(hooked, "-v", GIT_EDITOR=say).returncode == 0
    assert message(hooked) == "said\n\nMission: B1.1"


def test_copies_and_fixups_are_left_alone(hooked: Repository) -> None:
    tell(hooked, "mission", "start", "B1.1")
    git(hooked, "switch", "-q", "-c", "side", "HEAD")
    commit(hooked, "--no-verify", "-m", "to pick")
    commit(hooked, "-m", "fixup! to pick")
    assert message(hooked) == "fixup! to pick"
    git(hooked, "switch", "-q", "main")
    assert git(hooked, "cherry-pick", "--allow-empty", "side~1").returncode == 0
    assert message(hooked) == "to pick"
    assert git(hooked, "merge", "--no-ff", "--no-edit", "side").returncode == 0
    assert message(hooked) == "Merge branch 'side'"


def test_a_squash_merge_carries_the_trailers(hooked: Repository, tmp_path: Path) -> None:
    git(hooked, "switch", "-q", "-c", "side")
    for said in (
        "one\n\nMission: B1.1\nCo-authored-by: Bo <bo@x>",
        "two\n\nMission-Complete: B1.1 all\nDecision: Use it",
        "three\n\nMission: B1.2",
    ):
        commit(hooked, "-m", said)
        (hooked.path / "f").write_text(said)
        hooked.git("add", "f")
        hooked.git("commit", "-q", "--amend", "--no-edit")
    git(hooked, "switch", "-q", "main")
    assert git(hooked, "merge", "--squash", "side").returncode == 0
    assert git(hooked, "commit", "-q", "--no-edit").returncode == 0
    trailers = hooked.git("log", "-1", "--format=%(trailers:only,unfold)").splitlines()
    assert trailers == [
        "Co-authored-by: Bo <bo@x>",
        "Mission-Complete: B1.1 all",
        "Decision: Use it",
        "Mission: B1.2",
    ]
    hooked.git("branch", "-D", "side")
    found = json.loads(hooked.run("mission", "list", "--json").out)
    assert {m["id"]: m["status"] for m in found} == {"B1.1": "Completed", "B1.2": "In Progress"}


# -- pre-push -------------------------------------------------------------------------------


@pytest.fixture
def remote(hooked: Repository, tmp_path: Path) -> Repository:
    hooked.git("init", "-q", "--bare", str(tmp_path / "remote"))
    hooked.git("remote", "add", "origin", str(tmp_path / "remote"))
    return hooked


def test_what_is_not_true_is_not_pushed(remote: Repository) -> None:
    assert git(remote, "push", "-q", "origin", "main").returncode == 0
    commit(remote, "--no-verify", "-m", "x\n\nMission-Complete: B9.9")
    done = git(remote, "push", "origin", "main")
    assert done.returncode == 1
    assert "mission-unknown" in done.stderr
    tell(remote, "mission", "add", "B9.9", "Planned after all")
    assert git(remote, "push", "-q", "origin", "main").returncode == 0


def test_deleting_and_tags_are_pushed(remote: Repository) -> None:
    remote.git("tag", "-a", "-m", "one", "v1")
    assert git(remote, "push", "-q", "origin", "main", "v1", "main:other").returncode == 0
    assert git(remote, "push", "-q", "origin", ":other").returncode == 0


def test_a_push_takes_the_ledger_along(remote: Repository, tmp_path: Path) -> None:
    there = Repository(tmp_path / "remote")
    ledgers = "refs/cmos/ledger"
    tell(remote, "mission", "add", "B5", "Told")
    remote.git("remote", "add", "fork", str(tmp_path / "fork"))
    remote.git("init", "-q", "--bare", str(tmp_path / "fork"))
    assert git(remote, "push", "-q", "fork", "main").returncode == 0
    assert Repository(tmp_path / "fork").git("for-each-ref", ledgers) == "", "it may be public"
    assert git(remote, "push", "-q", "origin", "main").returncode == 0
    told = remote.git("for-each-ref", "--format=%(objectname)", ledgers)
    assert there.git("for-each-ref", "--format=%(objectname)", ledgers) == told


def test_a_ledger_that_is_refused_stops_no_push(remote: Repository, tmp_path: Path) -> None:
    there = Repository(tmp_path / "remote")
    there.git("config", "receive.hideRefs", "refs/cmos")
    tell(remote, "mission", "add", "B5", "Told")
    done = git(remote, "push", "-q", "origin", "main")
    assert done.returncode == 0
    assert "the ledger was not pushed: origin refused the ledger" in done.stderr
    assert there.git("rev-parse", "main") == remote.git("rev-parse", "main")


# -- all of it ------------------------------------------------------------------------------


def walk(repo: Repository, tmp_path: Path) -> list[Any]:
    """Through everything that runs hooks; the state after each."""
    found: list[Any] = []

    def look() -> None:
        answer = repo.run("mission", "list", "--json")
        found.append({m["id"]: m["status"] for m in json.loads(answer.out)})

    def did(*args: str, **env: str) -> None:
        done = git(repo, *args, **env)
        assert done.returncode == 0, (args, done.stderr)
        look()

    def change(name: str, said: str) -> None:
        (repo.path / name).write_text(said)
        repo.git("add", name)
        did("commit", "-q", "-m", said)

    change("a", "begin\n\nMission: B1.1")
    did("switch", "-q", "-c", "side")
    change("b", "more\n\nMission: B1.2")
    change("c", "end\n\nMission-Complete: B1.2")
    did("commit", "-q", "--amend", "-m", "ended\n\nMission-Complete: B1.2 well")
    (repo.path / "dirty").write_text("x")
    did("stash", "-q", "-u")
    did("stash", "pop", "-q")
    todo = editor(tmp_path, "sed -i -e '2s/^pick/squash/' \"$1\"")
    did("rebase", "-q", "-i", "HEAD~2", GIT_SEQUENCE_EDITOR=todo, GIT_EDITOR="true")
    did("switch", "-q", "main")
    did("merge", "-q", "--no-ff", "--no-edit", "side")
    did("revert", "--no-edit", "-m", "1", "HEAD")
    did("revert", "--no-edit", "HEAD")
    did("switch", "-q", "-c", "picked", "HEAD~3")
    did("cherry-pick", "side")
    did(
        "worktree",
        "add",
        "-q",
        str(tmp_path / f"tree-{len(list(tmp_path.iterdir()))}"),
        "-b",
        "tree",
    )
    return found


def test_with_and_without_hooks_the_state_is_the_same(
    repo: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tell(repo, "mission", "add", "B1.1", "Schema")
    tell(repo, "mission", "add", "B1.2", "Mail")
    other = Repository(tmp_path_factory.mktemp("other") / "repo", repo.clock)
    subprocess.run(["cp", "-r", str(repo.path), str(other.path)], check=True)
    tell(repo, "hook", "install")
    with_hooks = walk(repo, tmp_path_factory.mktemp("one"))
    without = walk(other, tmp_path_factory.mktemp("two"))
    assert with_hooks == without
    assert with_hooks[-1]["B1.2"] == "Completed"


WORDS = (
    *("Mission: B1.1", "Mission: B1.1, B1.2", "Mission: none", "Mission: B1.1 B1.2", "Mission: B9"),
    *("Mission-Complete: B1.1 done", "Mission-Complete: B9", "Misson: B1.1", "Mission-Done: B1.1"),
    *(
        "Decision: Use it",
        "Signed-off-by: A <a@b>",
        "Fixes: #1",
        "prose",
        "note: of it",
        " folded: x",
    ),
    *("Mission-Complete: ", "Mission_Complete: B1.1", "Mission: B1.1,", "Mission-Start: b1.1", ""),
)


def test_what_is_taken_for_plain_has_no_findings(hooked: Repository) -> None:
    """Random messages: the short cut never passes what the rules would refuse."""
    chance = random.Random(7)
    plain = 0
    with Memory.open(str(hooked.path)) as memory:
        for _ in range(600):
            lines = [chance.choice(WORDS) for _ in range(chance.randrange(1, 5))]
            blank = chance.randrange(len(lines))
            message = "\n".join(["Subject", "", *lines[:blank], "", *lines[blank:]]).encode()
            if drafts.is_plain(memory, message):
                plain += drafts.speaks(message)
                assert verify.of_draft(memory, message) == [], message
    assert plain > 30
