"""Scenarios 13 to 17: the right memory and the right view, wherever one stands and whoever asks."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.scenarios import anew, look, memory_of, settled, statuses

DONE, BUSY, BLOCKED = "Completed", "In Progress", "Blocked"
NOBODY = 65534


# -- 13: linked worktrees --------------------------------------------------------------------


@pytest.fixture
def linked(repo: Repository, tmp_path: Path) -> Repository:
    """A worktree of `repo` on branch feat, where B1.2 was completed; B1.1 is begun on main."""
    repo.commit("begin", "Mission: B1.1")
    repo.git("worktree", "add", "-q", "-b", "feat", str(tmp_path / "linked"))
    other = Repository(tmp_path / "linked", repo.clock)
    other.commit("end", "Mission-Complete: B1.2")
    return other


def test_worktrees_share_one_memory(repo: Repository, linked: Repository) -> None:
    linked.cmos("mission", "add", "T1", "told over there")
    assert memory_of(linked) == memory_of(repo) == repo.path / ".cmos"
    assert not (linked.path / ".cmos").exists()
    here, there = settled(repo), settled(linked)
    assert here == there
    assert here.statuses == {"B1.1": BUSY, "B1.2": DONE, "T1": "Queued"}


def test_each_worktree_stands_on_its_own_head(repo: Repository, linked: Repository) -> None:
    repo.cmos("mission", "add", "T1", "needs B1.2")
    repo.cmos("mission", "depends", "T1", "B1.2")
    linked.cmos("mission", "complete", "B1.1")
    assert linked.json("next")["mission"]["id"] == "T1"
    waiting = repo.json("next")
    assert waiting["mission"] is None
    assert "feat" in waiting["waiting"][0]["reason"]
    assert linked.json("next")["mission"]["id"] == "T1"
    assert look(linked, "HEAD").statuses["B1.2"] == DONE
    assert "B1.2" not in look(repo, "HEAD").statuses


def test_the_detached_head_of_another_worktree_is_in_view(
    repo: Repository, linked: Repository
) -> None:
    linked.git("switch", "-q", "--detach")
    repo.git("branch", "-q", "-D", "feat")
    found = settled(repo)
    assert found.statuses == {"B1.1": BUSY, "B1.2": DONE}
    assert found.reach("B1.2") == ("unlanded", ["HEAD"])
    repo.git("worktree", "remove", "--force", str(linked.path))
    assert statuses(repo) == {"B1.1": BUSY}


def test_a_worktree_whose_folder_is_gone_is_in_view_until_pruned(
    repo: Repository, linked: Repository
) -> None:
    linked.git("switch", "-q", "--detach")
    repo.git("branch", "-q", "-D", "feat")
    shutil.rmtree(linked.path)
    assert statuses(repo) == {"B1.1": BUSY, "B1.2": DONE}
    repo.git("worktree", "prune")
    assert statuses(repo) == {"B1.1": BUSY}


def test_a_worktree_that_was_moved_keeps_its_memory(
    repo: Repository, linked: Repository, tmp_path: Path
) -> None:
    before = settled(linked)
    repo.git("worktree", "move", str(linked.path), str(tmp_path / "moved"))
    assert settled(Repository(tmp_path / "moved")) == before


def test_worktrees_of_a_bare_repository(repo: Repository, tmp_path: Path) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    bare = tmp_path / "project.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.path), str(bare)], check=True)
    Repository(bare).git("worktree", "add", "-q", "-b", "feat", str(tmp_path / "tree"))
    tree = Repository(tmp_path / "tree", repo.clock)
    tree.commit("more", "Mission: B1.2")
    assert memory_of(tree) == memory_of(Repository(bare)) == bare / "cmos"
    assert settled(tree) == settled(Repository(bare))
    assert statuses(tree) == {"B1.1": DONE, "B1.2": BUSY}


# -- 13: other shapes ------------------------------------------------------------------------


def test_a_submodule_has_a_memory_of_its_own(repo: Repository, tmp_path: Path) -> None:
    outer = Repository.create(tmp_path / "outer")
    outer.commit("outer", "Mission: O1")
    repo.commit("inner", "Mission: I1")
    outer.git(
        *("-c", "protocol.file.allow=always", "submodule", "--quiet", "add"),
        *(str(repo.path), "libs/inner"),
    )
    outer.git("commit", "-q", "-m", "add the submodule")
    inner = Repository(outer.path / "libs" / "inner", repo.clock)
    assert statuses(outer) == {"O1": BUSY}
    assert statuses(inner) == {"I1": BUSY}
    inner.commit("more", "Mission-Complete: I2")
    assert statuses(inner) == {"I1": BUSY, "I2": DONE}
    assert statuses(outer) == {"O1": BUSY}
    assert memory_of(inner) == inner.path / ".cmos"
    assert outer.git("status", "--porcelain", "--ignore-submodules=none") == (
        " M libs/inner"  # a new commit in it, and no untracked file
    )
    assert inner.git("status", "--porcelain") == ""


def test_a_bare_repository_keeps_its_memory_inside(repo: Repository, tmp_path: Path) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    here = settled(repo)
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.path), "b.git"], check=True)
    bare = Repository(Path.cwd() / "b.git")
    assert settled(bare).digest == here.digest
    assert settled(bare).reach("B1.1") == ("landed", ["main"])
    assert memory_of(bare) == bare.path / "cmos"
    bare.cmos("mission", "add", "T1", "told")
    assert statuses(Repository(bare.path / "objects")) == {"B1.1": DONE, "T1": "Current"}


def test_a_push_into_a_bare_repository_is_seen(repo: Repository, tmp_path: Path) -> None:
    bare = Repository.create(tmp_path / "b.git", "--bare")
    assert statuses(bare) == {}
    repo.commit("end", "Mission-Complete: B1.1")
    repo.git("push", "-q", str(bare.path), "main")
    assert statuses(bare) == {"B1.1": DONE}


def test_a_git_directory_elsewhere(tmp_path: Path) -> None:
    away = tmp_path / "away.git"
    repo = Repository.create(tmp_path / "here", f"--separate-git-dir={away}")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.cmos("mission", "add", "T1", "told")
    assert statuses(repo) == {"B1.1": DONE, "T1": "Current"}
    assert statuses(Repository(away)) == {"B1.1": DONE, "T1": "Current"}


def test_a_sparse_checkout_sees_everything(repo: Repository) -> None:
    repo.commit("in", "Mission-Complete: B1.1", file="in/a")
    repo.commit("out", "Mission-Complete: B1.2", file="out/a")
    before = settled(repo)
    repo.git("sparse-checkout", "set", "in")
    assert not (repo.path / "out").exists()
    assert settled(repo) == before
    assert repo.json("log", "B1.2")[0]["files"] == ["out/a"]
    assert repo.git("status", "--porcelain") == ""


def test_an_unborn_head_is_an_empty_view(tmp_path: Path) -> None:
    repo = Repository.create(tmp_path / "new")
    assert statuses(repo) == {}
    repo.cmos("init")
    repo.cmos("mission", "add", "T1", "told before the first commit")
    assert repo.json("next")["mission"]["id"] == "T1"
    assert statuses(repo) == {"T1": "Current"}
    assert "names no commit" in repo.process("status", "--at", "HEAD").stderr
    repo.commit("first", "Mission-Complete: T1")
    assert settled(repo).reach("T1") == ("landed", ["main"])


def test_an_orphan_branch_stands_on_nothing(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    repo.cmos("mission", "add", "T1", "needs B1.1")
    repo.cmos("mission", "depends", "T1", "B1.1")
    assert repo.json("next")["mission"]["id"] == "T1"
    repo.git("switch", "-q", "--orphan", "empty")
    assert repo.json("next")["mission"] is None
    assert statuses(repo) == {"B1.1": DONE, "T1": "Queued"}


@pytest.mark.parametrize(
    "name",
    ["with spaces", "new\nline", "\n", "h\u00e9llo \u4f60\u597d", "-dash", "%20?#'\"\\", "a:b"],
)
def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    repo = Repository.create(tmp_path / "x")
    repo.path = repo.path.rename(tmp_path / name)
    repo.commit("end", "Mission-Complete: B1.1", file="a")
    (repo.path / "deep er").mkdir()
    below = Repository(repo.path / "deep er")
    below.cmos("mission", "add", "T1", "told")
    assert below.statuses() == {"B1.1": DONE, "T1": "Current"}
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / f"{name} tree"))
    assert Repository(tmp_path / f"{name} tree").statuses() == below.statuses()
    assert memory_of(repo) == repo.path / ".cmos"


def test_a_path_of_bytes_that_are_no_text_will_do(tmp_path: Path) -> None:
    repo = Repository.create(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    repo.commit("end", "Mission-Complete: B1.1")
    assert repo.process("mission", "add", "T1", "told").returncode == 0
    assert repo.statuses() == {"B1.1": DONE, "T1": "Current"}
    repo.digest()


@pytest.mark.parametrize("kind", ["branch", "tag"])
def test_a_ref_whose_name_is_no_text_is_a_ref(repo: Repository, kind: str) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    subprocess.run([b"git", kind.encode(), b"caf\xe9"], cwd=repo.path, check=True)
    assert repo.process("status").returncode == 0
    assert statuses(repo) == {"B1.1": DONE}


def test_a_broken_ref_is_passed_over(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    (repo.path / ".git" / "refs" / "heads" / "empty").write_text("")
    (repo.path / ".git" / "refs" / "heads" / "rubbish").write_text("what?\n")
    assert statuses(repo) == {"B1.1": DONE}


@pytest.mark.parametrize("head", ["rubbish\n", "--all\n"])
def test_a_broken_head_of_another_worktree_is_passed_over(
    repo: Repository, linked: Repository, head: str
) -> None:
    (repo.path / ".git" / "worktrees" / linked.path.name / "HEAD").write_text(head)
    subprocess.run(["git", "log", "--all"], cwd=repo.path, capture_output=True, check=True)
    assert look(repo).statuses == {"B1.1": BUSY, "B1.2": DONE}


def test_branches_that_stand_for_others_count_once(repo: Repository) -> None:
    repo.switch("feat", "-c")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/feat")
    repo.git("symbolic-ref", "refs/heads/dangling", "refs/heads/nowhere")
    assert settled(repo).reach("B1.1") == ("unlanded", ["alias", "feat"])
    repo.git("symbolic-ref", "HEAD", "refs/heads/alias")
    assert settled(repo).statuses == {"B1.1": DONE}


def test_names_of_refs_may_look_like_anything(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    names = ("HEAD", "refs/heads/main", "--all", "-x", "v1 ", "@", "a'b", "\u4f60/\u597d")
    for name in names:
        repo.git("update-ref", f"refs/heads/{name}", "HEAD", check=False)
        repo.git("update-ref", f"refs/tags/{name}", "HEAD", check=False)
    assert "refs/heads/HEAD" in repo.git("for-each-ref", "--format=%(refname)")
    found = settled(repo)
    assert found.statuses == {"B1.1": DONE}
    assert found.reach("B1.1")[0] == "released"


# -- 14: a hook's environment ----------------------------------------------------------------


def test_a_hook_in_a_linked_worktree_touches_only_its_repository(
    repo: Repository, linked: Repository, tmp_path: Path
) -> None:
    bystander = Repository.create(tmp_path / "bystander")
    bystander.commit("not me", "Mission: X1")
    hook = repo.path / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nset -e\nenv | grep '^GIT_' >'{tmp_path}/env'\ncd '{bystander.path}'\n"
        f"git-cmos mission list --json >'{tmp_path}/listed'\n"
        "git-cmos mission add T1 'told by a hook' >/dev/null\n"
    )
    hook.chmod(0o755)
    index = (linked.path / ".git").read_text()
    linked.commit("more", "Mission-Complete: B1.3", file="new")
    hook.unlink()
    seen = (tmp_path / "env").read_text()
    assert "GIT_DIR=" in seen
    assert "GIT_INDEX_FILE=" in seen
    assert '"B1.3"' in (tmp_path / "listed").read_text()
    assert "X1" not in (tmp_path / "listed").read_text()
    assert not (bystander.path / ".cmos").exists()
    assert (linked.path / ".git").read_text() == index
    assert linked.git("status", "--porcelain") == ""
    assert set(statuses(repo)) == {"B1.1", "B1.2", "B1.3", "T1"}
    assert statuses(bystander) == {"X1": BUSY}


def test_git_dir_is_obeyed_from_anywhere(repo: Repository, tmp_path: Path) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    elsewhere = Repository(tmp_path)
    for place in (str(repo.path / ".git"), "repo/.git"):
        done = elsewhere.process("mission", "list", "--json", env={"GIT_DIR": place})
        assert '"B1.1"' in done.stdout, done.stderr
    assert elsewhere.process("status").returncode == 128
    assert memory_of(repo) == repo.path / ".cmos"
    assert not (tmp_path / ".cmos").exists()


def test_git_passes_its_options_on(repo: Repository, tmp_path: Path) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    (repo.path / "sub").mkdir()
    for args in (
        ("-C", str(repo.path), "cmos"),
        ("-C", str(repo.path / "sub"), "cmos"),
        (f"--git-dir={repo.path}/.git", "cmos"),
        (f"--git-dir={repo.path}/.git", f"--work-tree={repo.path}", "cmos"),
        ("cmos", "-C", str(repo.path)),
    ):
        said = subprocess.run(
            ["git", *args, "mission", "show", "B1.1", "--json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert '"Completed"' in said.stdout, (args, said.stderr)


def test_ceilings_are_respected(repo: Repository) -> None:
    (repo.path / "a" / "b").mkdir(parents=True)
    below = Repository(repo.path / "a" / "b")
    assert below.process("status").returncode == 0
    env = {"GIT_CEILING_DIRECTORIES": str(repo.path / "a")}
    assert below.process("status", env=env).returncode == 128


# -- 15: identity and settings by environment ------------------------------------------------


def test_who_acts_is_whom_git_would_name(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_AUTHOR_NAME")
    repo.git("config", "user.name", "From The File")
    repo.cmos("mission", "add", "T1", "one")
    repo.cmos("mission", "start", "T1")
    repo.cmos("mission", "complete", "T1", env={"GIT_AUTHOR_NAME": "From The Environment"})
    repo.cmos("mission", "reopen", "T1", env=by_count("user.name", "From The Count"))
    assert [line["agent"] for line in reversed(repo.json("log"))] == [
        "From The File",
        "From The Environment",
        "From The Count",
    ]


def by_count(key: str, value: str) -> dict[str, str]:
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": value}


def test_a_key_renamed_for_one_command_holds_for_that_command(repo: Repository) -> None:
    repo.commit("ours", "Mission: B1.1")
    repo.commit("theirs", "Task: B1.2")
    repo.cmos("mission", "add", "T1", "told")
    usual, renamed = {"B1.1": BUSY, "T1": "Queued"}, {"B1.2": BUSY, "T1": "Queued"}
    assert repo.statuses() == usual
    said = repo.git("-c", "cmos.trailer.mission=Task", "cmos", "mission", "list", "--json")
    assert '"B1.2"' in said
    assert '"B1.1"' not in said
    assert repo.statuses() == usual
    listed = repo.process(
        "mission", "list", "--json", env=by_count("cmos.trailer.mission", "Task")
    ).stdout
    assert '"B1.1"' not in listed
    repo.git("config", "cmos.trailer.mission", "Task")
    assert repo.statuses() == renamed
    repo.git("config", "--unset", "cmos.trailer.mission")
    assert repo.statuses() == usual
    settled(repo)


def test_a_key_renamed_for_one_command_forgets_no_release(repo: Repository) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    repo.git("tag", "v1")
    repo.commit("more", "Mission: B1.2")
    assert repo.mission("B1.1")["reach"] == "released"
    repo.git("-c", "cmos.trailer.mission=Task", "cmos", "status")
    assert repo.mission("B1.1")["reach"] == "released"


def test_settings_are_kept_between_commands_and_followed_when_they_change(
    repo: Repository, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without GIT_CONFIG* in the environment, as at most people's desks."""
    monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
    repo.commit("work", "Mission: B1.1", "Task: B1.2", "Job: B1.3", "Todo: B1.4")
    key = "cmos.trailer.mission"
    assert statuses(repo) == {"B1.1": BUSY}
    repo.git("config", "--global", key, "Task")
    assert statuses(repo) == {"B1.2": BUSY}
    repo.git("config", key, "Job")
    assert statuses(repo) == {"B1.3": BUSY}
    repo.git("config", "--unset", key)
    assert statuses(repo) == {"B1.2": BUSY}


@pytest.mark.parametrize("there", [True, False])
def test_an_included_file_is_followed(
    repo: Repository, sealed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: bool
) -> None:
    monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
    repo.commit("work", "Mission: B1.1", "Task: B1.2")
    more = tmp_path / "more"
    if there:
        more.write_text("[user]\n\tname = Somebody\n")
    with (sealed / ".gitconfig").open("a") as file:
        file.write(f"[include]\n\tpath = {more}\n")
    assert statuses(repo) == {"B1.1": BUSY}
    more.write_text('[cmos "trailer"]\n\tmission = Task\n')
    assert statuses(repo) == {"B1.2": BUSY}


def landing(repo: Repository) -> None:
    repo.switch("dev", "-c")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.switch("main")


def test_the_default_branch_follows_its_setting(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
    landing(repo)
    assert settled(repo).reach("B1.1") == ("unlanded", ["dev"])
    repo.git("config", "cmos.defaultBranch", "dev")
    assert settled(repo).reach("B1.1") == ("landed", ["dev"])
    repo.git("config", "cmos.defaultBranch", "main")
    assert settled(repo).reach("B1.1") == ("unlanded", ["dev"])


def test_the_default_branch_may_be_named_for_one_command(repo: Repository) -> None:
    landing(repo)
    assert repo.mission("B1.1")["reach"] == "unlanded"
    wait_for_a_settled_clock(repo)
    said = repo.git("-c", "cmos.defaultBranch=dev", "cmos", "mission", "show", "B1.1", "--json")
    assert '"reach": "landed"' in said
    assert repo.mission("B1.1")["reach"] == "unlanded"


def wait_for_a_settled_clock(repo: Repository) -> None:
    """Until the refs are old enough for their signature to be trusted, and it is kept."""
    for path in (repo.path / ".git").rglob("*"):
        if path.is_file():
            os.utime(path, ns=(1_600_000_000_123_456_789,) * 2)
    repo.cmos("status")


def in_bytes(repo: Repository, *args: bytes, **env: bytes) -> subprocess.CompletedProcess[bytes]:
    settings = {**os.environb, **{name.encode(): text for name, text in env.items()}}
    return subprocess.run(
        [b"git-cmos", *args], cwd=repo.path, env=settings, capture_output=True, check=False
    )


def test_an_author_in_latin_1_may_act(repo: Repository) -> None:
    done = in_bytes(repo, b"mission", b"add", b"T1", b"told", GIT_AUTHOR_NAME=b"J\xfcrgen")
    assert done.returncode == 0, done.stderr
    assert statuses(repo) == {"T1": "Current"}


def test_words_that_are_no_text_are_no_bug(repo: Repository) -> None:
    for args in (
        [b"mission", b"add", b"T1", b"caf\xe9"],
        [b"mission", b"add", b"T2", b"x", b"--notes", b"caf\xe9"],
        [b"mission", b"show", b"caf\xe9"],
        [b"status", b"--at", b"caf\xe9"],
        [b"log", b"--agent", b"caf\xe9"],
    ):
        done = in_bytes(repo, *args)
        assert b"bug" not in done.stderr, args
        assert done.returncode in (0, 1, 128, 129)
    settled(repo)


# -- 16: another owner -----------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("what", ["all of it", "the worktree", "the git directory"])
def test_another_owner_is_gits_to_judge(
    repo: Repository, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("end", "Mission-Complete: B1.1")
    given = {
        "all of it": [repo.path, *repo.path.rglob("*")],
        "the worktree": [repo.path],
        "the git directory": [repo.path / ".git"],
    }[what]
    for path in given:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    verdict = subprocess.run(["git", "status"], cwd=repo.path, capture_output=True, text=True)
    done = repo.process("status")
    assert done.returncode == verdict.returncode
    if verdict.returncode:
        assert done.returncode == 128
        assert "dubious ownership" in done.stderr
        assert "safe.directory" in done.stderr
        assert not (repo.path / ".cmos").exists()
    repo.git("config", "--global", "--add", "safe.directory", str(repo.path))
    repo.cmos("status")
    assert repo.statuses() == {"B1.1": DONE}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_given_away_is_distrusted_from_then_on(repo: Repository) -> None:
    repo.cmos("status")
    os.chown(repo.path / ".git", NOBODY, NOBODY)
    os.chown(repo.path, NOBODY, NOBODY)
    assert repo.process("next").returncode == 128
    os.chown(repo.path / ".git", 0, 0)
    os.chown(repo.path, 0, 0)
    assert repo.process("next").returncode == 0


# -- 17: commits by others -------------------------------------------------------------------


def test_commits_by_libgit2_are_seen_by_the_next_command(repo: Repository) -> None:
    import pygit2

    library = pygit2.Repository(str(repo.path))
    tree = library.index.write_tree()
    who = pygit2.Signature("Lib", "lib@example.com", 1_700_001_000, 0)
    parents = [library.head.target]
    for number in (1, 2):
        message = f"by libgit2\n\nMission-Complete: L{number}"  # no final newline
        oid = library.create_commit("refs/heads/main", who, who, message, tree, parents)
        parents = [oid]
        found = settled(repo)
        assert found.missions[f"L{number}"]["status"] == DONE
        assert found.log[0]["agent"] == "Lib"
    library.references.create("refs/heads/by-lib", parents[0])
    library.references.delete("refs/heads/by-lib")
    assert statuses(repo) == {"L1": DONE, "L2": DONE}


def test_commits_past_failing_hooks_are_seen(repo: Repository) -> None:
    folder = repo.path / ".husky"
    folder.mkdir()
    for name in ("pre-commit", "commit-msg", "post-commit", "prepare-commit-msg"):
        (folder / name).write_text("#!/bin/sh\nexit 1\n")
        (folder / name).chmod(0o755)
    repo.git("config", "core.hooksPath", ".husky")
    message = "past them\n\nMission-Complete: B1.1"
    repo.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message, check=False)
    (folder / "prepare-commit-msg").unlink()
    repo.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
    repo.git("commit", "-q", "--allow-empty", "-m", "stopped\n\nMission: B9", check=False)
    assert statuses(repo) == {"B1.1": DONE}


def test_plumbing_and_fast_import_are_seen(repo: Repository) -> None:
    tree = repo.git("rev-parse", "HEAD^{tree}")
    oid = repo.git("commit-tree", "-p", "HEAD", tree, stdin="plumbing\n\nMission: B1.1\n")
    repo.git("update-ref", "refs/heads/plumbing", oid)
    message = "imported\n\nMission-Complete: B1.2\n"
    repo.git(
        *("fast-import", "--quiet"),
        stdin="commit refs/heads/imported\ncommitter I <i@e> 1700001000 +0000\n"
        f"data {len(message)}\n{message}\nfrom refs/heads/main\n",
    )
    assert statuses(repo) == {"B1.1": BUSY, "B1.2": DONE}
    repo.git("pack-refs", "--all")
    assert statuses(repo) == {"B1.1": BUSY, "B1.2": DONE}
    repo.git("branch", "-q", "-D", "imported")
    assert statuses(repo) == {"B1.1": BUSY}


def test_a_ref_written_by_hand_within_the_clocks_grain_is_seen(repo: Repository) -> None:
    """The same file, the same size, the same moment: what git calls racy."""
    oids = [repo.commit("one", "Mission: B1.1"), repo.commit("two", "Mission: B1.2")]
    ref = repo.path / ".git" / "refs" / "heads" / "main"
    for number in range(20):
        with ref.open("r+") as file:
            file.write(oids[number % 2])
        expected = {"B1.1": BUSY} if number % 2 == 0 else {"B1.1": BUSY, "B1.2": BUSY}
        assert look(repo).statuses == expected
    assert anew(repo).statuses == look(repo).statuses
