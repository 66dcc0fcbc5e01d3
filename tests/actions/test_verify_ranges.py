"""Which commits verify looks at."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from git_cmos.actions import verify as checking
from git_cmos.actions.verify.scope import Scope
from git_cmos.errors import Cannot, Misused
from tests.actions.test_verify import findings, inside, plan, rules, setting, tell, verdict
from tests.conftest import Repository


def looked_at(repo: Repository, range_: str | None = None, **options: bool) -> tuple[str, int]:
    found = verdict(repo, range_, **options)
    return found.range, found.checked


def fork(repo: Repository) -> None:
    """main: start, one, two; topic: start, one, three, four."""
    repo.commit("one")
    repo.switch("topic", "-c")
    repo.switch("main")
    repo.commit("two")
    repo.switch("topic")
    repo.commit("three")
    repo.commit("four")


def test_a_topic_is_held_against_the_default_branch(repo: Repository) -> None:
    fork(repo)
    assert looked_at(repo) == ("main..HEAD", 2)
    setting(repo, "cmos.defaultBranch", "topic")
    assert looked_at(repo) == ("all of topic, which has no upstream", 4)


def test_the_upstream_comes_first(repo: Repository) -> None:
    fork(repo)
    repo.git("branch", "seen", "HEAD~1")
    repo.git("branch", "-q", "--set-upstream-to=seen")
    assert looked_at(repo) == ("seen..HEAD", 1)
    repo.git("branch", "-q", "-D", "seen")
    assert looked_at(repo) == ("main..HEAD", 2)  # the upstream is gone


def test_a_clone_is_held_against_its_origin(repo: Repository, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(repo.path), str(tmp_path / "clone")], check=True)
    clone = Repository(tmp_path / "clone", repo.clock)
    assert looked_at(clone) == ("origin/main..HEAD, which is empty", 0)
    clone.commit("ahead")
    assert looked_at(clone) == ("origin/main..HEAD", 1)
    clone.git("branch", "--unset-upstream")
    assert looked_at(clone) == ("origin/main..HEAD", 1)  # by origin/HEAD


def test_a_detached_head(repo: Repository) -> None:
    fork(repo)
    repo.git("checkout", "-q", "--detach")
    assert looked_at(repo) == ("main..HEAD", 2)
    repo.git("branch", "-q", "-m", "main", "other")
    assert looked_at(repo) == ("all of HEAD, for want of a default branch", 4)


def test_an_unborn_head(tmp_path: Path) -> None:
    empty = Repository.create(tmp_path / "empty")
    assert looked_at(empty) == ("HEAD, which has no commits yet", 0)
    assert looked_at(empty, everything=True) == ("the whole view", 0)
    with pytest.raises(Cannot):
        verdict(empty, "HEAD")


WRITTEN = [
    ("main..topic", "main..topic", 2),
    ("topic..main", "topic..main", 1),
    ("main...topic", "main...topic", 3),
    ("main..", "main..HEAD", 2),
    ("..main", "HEAD..main", 1),
    ("main...", "main...HEAD", 3),
    ("HEAD", "HEAD", 4),
    ("HEAD~3..", "HEAD~3..HEAD", 3),
    ("HEAD^!", "HEAD^!", 1),
    ("HEAD~3^!", "HEAD~3^!", 1),
    ("HEAD..HEAD", "HEAD..HEAD, which is empty", 0),
    ("@~1..@", "@~1..@", 1),
]


def test_ranges_are_written_as_for_git(repo: Repository) -> None:
    fork(repo)
    for written, words, count in WRITTEN:
        assert looked_at(repo, written) == (words, count)
        assert count == int(repo.git("rev-list", "--count", written))


def test_a_merge_alone(repo: Repository) -> None:
    fork(repo)
    repo.git("merge", "-q", "--no-edit", "main")
    assert looked_at(repo, "HEAD^!") == ("HEAD^!", 1)
    assert looked_at(repo, "HEAD^1..") == ("HEAD^1..HEAD", 2)


def test_unrelated_histories(repo: Repository) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit("elsewhere")
    assert looked_at(repo, "main...other") == ("main...other", 2)


def test_all_is_every_branch_and_no_lone_tag(repo: Repository) -> None:
    fork(repo)
    repo.git("checkout", "-q", "--detach")
    repo.commit("lost soon")
    repo.git("tag", "lone")
    assert looked_at(repo, everything=True) == ("the whole view", 6)
    repo.switch("main")
    assert looked_at(repo, everything=True) == ("the whole view", 5)


def test_a_range_outside_of_every_branch_is_judged_all_the_same(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.git("checkout", "-q", "--detach")
    repo.commit("end", "Mission-Complete: B1.1")
    repo.commit("end again", "Mission-Complete: B1.1 twice")
    repo.git("tag", "lone")
    repo.switch("main")
    assert rules(repo, "main..lone") == ["move-illegal"]
    assert rules(repo, "lone~1") == []
    assert rules(repo, everything=True) == []
    assert inside(repo, lambda m: m.db.execute("SELECT count(*) FROM claims").fetchone()[0]) == 0


def test_a_scope_is_taken_as_it_is(repo: Repository) -> None:
    fork(repo)
    heads = repo.git("rev-parse", "main", "topic").split()
    pushed = Scope(words="what is pushed", new=(heads[1],), old=(heads[0],))
    found = inside(repo, lambda memory: checking.verify(memory, pushed, allow_empty=True))
    assert (found.range, found.checked) == ("what is pushed", 2)


def test_only_commits_of_the_range_are_reported(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("typo", "Misson: B1.1")
    repo.commit("illegal", "Mission-Unblock: B1.1")
    tell(repo, "complete", "B1.1")
    late = repo.commit("end", "Mission-Complete: B1.1")
    assert [finding.commit for finding in findings(repo, "HEAD~1..")] == [late]


HOSTILE = [
    "--output=x",
    "HEAD..--output=x",
    "--all..HEAD",
    "^HEAD",
    "^HEAD..HEAD",
    "HEAD..^HEAD",
    "HEAD ^HEAD",
    "HEAD\0x",
    "HEAD\n--all",
    "",
    "..",
    "...",
    "....",
    "A..B..C",
    "HEAD^@",
    "HEAD^{tree}",
    "HEAD:a",
    "-",
    "^!",
    "\x1b]52;c;x\x07",
    "$(touch x)",
    "x" * 100_000,
]


def test_what_names_no_commits_is_refused(repo: Repository) -> None:
    for range_ in HOSTILE:
        with pytest.raises((Cannot, Misused)) as error:
            verdict(repo, range_, allow_empty=False)
        assert len(error.value.message) < 200
    assert sorted(path.name for path in repo.path.iterdir()) == [".cmos", ".git"]


OPTIONS = [
    (("topic", "^main"), 2),
    (("--not", "main", "--not", "topic"), 2),
    (("HEAD", "--not", "--branches=mai*"), 2),
    (("topic", "-n", "3"), 3),
    (("-n1",), 1),
    (("-2", "topic"), 2),
    (("--max-count=1", "main..topic"), 1),
    (("topic", "main"), 5),
    (("topic", "--since=2100-01-01"), 0),
    (("--no-merges", "--first-parent", "topic"), 4),
    (("main@{u}..", "topic"), -1),
    (("--output=x",), -2),
    (("--exec", "x"), -2),
    (("-n", "--output=x"), -2),
]


@pytest.mark.parametrize(("words", "count"), OPTIONS)
def test_ranges_in_several_words(repo: Repository, words: tuple[str, ...], count: int) -> None:
    plan(repo, "B1.1")
    fork(repo)
    done = repo.process("verify", "--json", "--allow-empty", *words)
    if count < 0:
        assert done.returncode == {-1: 128, -2: 129}[count]
        assert done.stderr.count("\n") <= 2
        return
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["checked"] == count
    assert found["range"].startswith(words[0])


def test_the_upstream_by_its_own_name(repo: Repository) -> None:
    plan(repo, "B1.1")
    fork(repo)
    repo.git("branch", "-q", "--set-upstream-to=main")
    assert looked_at(repo, "@{u}..") == ("@{u}..HEAD", 2)


def test_a_count_leaves_the_others_out(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("typo", "Misson: B1.1")
    repo.commit("fine", "Mission: B1.1")
    assert repo.process("verify", "HEAD", "-n", "1").returncode == 0
    assert repo.process("verify", "HEAD", "-n", "2").returncode == 1


def test_nothing_to_verify_is_no_pass(repo: Repository, tmp_path: Path) -> None:
    for args, code in ((["HEAD..HEAD"], "empty-range"), (["HEAD"], "no-missions")):
        done = repo.process("verify", "--json", *args)
        assert (done.returncode, json.loads(done.stderr)["error"]["code"]) == (128, code)
        assert repo.process("verify", "--allow-empty", *args).returncode == 0
    unborn = Repository.create(tmp_path / "unborn")
    assert unborn.process("verify").returncode == 128
    plan(repo, "B1.1")
    repo.cmos("verify", "HEAD")
    assert repo.process("verify", "").returncode == 128
