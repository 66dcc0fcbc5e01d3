"""The ledger is the journal's copy: whatever becomes of the one, the other brings it back
(SCENARIOS 25, 26, 29, 36)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from git_cmos import ledger as product
from git_cmos.actions import missions
from git_cmos.errors import GitFailed
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.storage import (
    assert_agreement,
    database,
    digest,
    finish,
    ids,
    journal,
    ledger,
    ok,
    start,
    warmed,
)


def forget(repo: Repository) -> None:
    shutil.rmtree(repo.path / ".cmos")


def refs(repo: Repository) -> list[str]:
    return repo.git("for-each-ref", "--format=%(refname)", "refs/cmos").split()


def survives(repo: Repository) -> None:
    """The state is the same after the memory was deleted."""
    before, shown = digest(repo), ids(repo)
    forget(repo)
    assert ids(repo) == shown
    assert digest(repo) == before


# -- the memory is deleted -----------------------------------------------------------------


def test_deleting_the_memory_between_commands_loses_nothing(repo: Repository) -> None:
    warmed(repo)
    for number in range(4):
        survives(repo)
        ok("mission", "add", f"A{number}", "again", at=repo)
        ok("mission", "start", f"A{number}", at=repo)
        ok("mission", "block", f"A{number}", "--reason", "r", at=repo)
    survives(repo)
    assert_agreement(repo)


def test_git_clean_takes_the_memory_and_loses_nothing(repo: Repository) -> None:
    warmed(repo)
    repo.git("clean", "-fdq")
    assert database(repo).exists(), "the memory ignores itself"
    before = digest(repo)
    repo.git("clean", "-fdxq")
    assert not database(repo).exists()
    assert digest(repo) == before


CLEANERS: dict[str, Callable[[Repository], object]] = {
    "git clean": lambda repo: repo.git("clean", "-fdxq"),
    "the file alone": lambda repo: database(repo).unlink(),
    "renamed": lambda repo: (repo.path / ".cmos").rename(repo.path / "gone"),
}


@pytest.mark.parametrize("cleaner", CLEANERS)
def test_a_server_that_holds_a_deleted_memory_loses_nothing(repo: Repository, cleaner: str) -> None:
    warmed(repo, 1)
    with Memory.open(str(repo.path), lives_on=True) as server:
        CLEANERS[cleaner](repo)
        missions.add(server, "H1", "told to a deleted file")
        assert "H1" in ids(repo), "a new process sees what was acknowledged"
        ok("mission", "add", "H2", "told to the new file", at=repo)
        missions.add(server, "H3", "told once more")
        assert {row[0] for row in server.db.execute("SELECT id FROM missions")} >= {"H2", "H3"}
    assert ids(repo) == {"S1", "T1", "H1", "H2", "H3"}
    assert_agreement(repo)


def test_a_server_notices_a_deleted_memory_before_it_commits(repo: Repository) -> None:
    warmed(repo, 1)
    with Memory.open(str(repo.path), lives_on=True) as server:
        repo.git("clean", "-fdxq")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("git_cmos.memory.ledger.append", lambda *args: None)  # dies here
            missions.add(server, "H1", "committed, so acknowledged")
    assert "H1" in ids(repo)


def test_the_memory_deleted_while_processes_write_loses_nothing_acknowledged(
    repo: Repository,
) -> None:
    warmed(repo, 1)
    acknowledged = {"S1", "T1"}
    for number in range(6):
        process = start(repo, "mission", "add", f"R{number}", "raced")
        shutil.rmtree(repo.path / ".cmos", ignore_errors=True)
        status, _, err = finish([process])[0]
        assert "this is a bug" not in err
        if status == 0:
            acknowledged.add(f"R{number}")
    assert ids(repo) >= acknowledged
    ok("mission", "add", "Z", "heals", at=repo)
    assert_agreement(repo)


def test_the_memory_ignores_itself_again(repo: Repository) -> None:
    warmed(repo, 1)
    (repo.path / ".cmos" / ".gitignore").unlink()
    ids(repo)
    assert repo.git("status", "--porcelain") == ""


# -- the ledger is harmed ------------------------------------------------------------------


def test_garbage_collection_keeps_the_ledger(repo: Repository) -> None:
    warmed(repo)
    for command in (("gc", "-q", "--prune=now"), ("pack-refs", "--all"), ("repack", "-adq")):
        repo.git(*command)
        ok("mission", "add", command[0], "after", at=repo)
    repo.git("reflog", "expire", "--expire=all", "--all")
    repo.git("gc", "-q", "--prune=now")
    assert_agreement(repo)
    survives(repo)


def test_garbage_collection_beside_writers_loses_nothing(repo: Repository) -> None:
    warmed(repo, 1)
    for number in range(3):
        writers = [start(repo, "mission", "add", f"G{number}.{n}", "w") for n in range(4)]
        repo.git("gc", "-q", "--prune=now", check=False)
        assert {status for status, _, _ in finish(writers)} == {0}
    assert_agreement(repo)
    survives(repo)


def test_a_deleted_ledger_is_written_anew(repo: Repository) -> None:
    warmed(repo)
    repo.git("update-ref", "-d", refs(repo)[0])
    ok("mission", "add", "A1", "after", at=repo)
    assert_agreement(repo)
    survives(repo)


@pytest.mark.parametrize("steps", [1, 2])
def test_a_rewound_ledger_gets_back_what_it_lost(repo: Repository, steps: int) -> None:
    """As `git fetch origin +refs/cmos/*:refs/cmos/*` does with what was not pushed yet."""
    warmed(repo)
    ref = refs(repo)[0]
    repo.git("update-ref", ref, f"{ref}~{steps}")
    ids(repo)
    ok("mission", "add", "A1", "after", at=repo)
    assert_agreement(repo)
    survives(repo)


@pytest.mark.parametrize("content", ["", "garbage\n"])
def test_a_ledger_ref_that_a_crash_emptied_is_written_anew(repo: Repository, content: str) -> None:
    warmed(repo)
    (repo.path / ".git" / refs(repo)[0]).write_text(content)
    assert ids(repo) == {"S1", "T1", "T2", "T3"}
    status, _, err = repo.run("mission", "add", "A1", "after")
    assert (status, err) == (0, "")
    survives(repo)


def vanish(repo: Repository, spec: str) -> None:
    oid = repo.git("rev-parse", refs(repo)[0] + spec)
    (repo.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    repo.commit("refs moved")
    assert ids(repo) == {"S1", "T1", "T2", "T3"}


def test_a_ledger_commit_that_vanished_stops_nothing(repo: Repository) -> None:
    warmed(repo)
    vanish(repo, "")
    ok("mission", "add", "A1", "after", at=repo)
    survives(repo)


def test_a_ledger_blob_that_vanished_is_noticed_and_told_again(repo: Repository) -> None:
    """Commands look at the ledger's commits only; health reads every word."""
    warmed(repo)
    vanish(repo, ":events.jsonl")
    assert repo.run("db", "health").status == 1
    ok("db", "rebuild", at=repo)
    ok("mission", "add", "A1", "after", at=repo)
    assert repo.run("db", "health").status == 0
    survives(repo)


def test_a_ledger_tree_that_vanished_is_noticed_and_told_again(repo: Repository) -> None:
    """git itself cannot build upon it."""
    warmed(repo)
    vanish(repo, "^{tree}")
    assert repo.run("db", "health").status == 1
    ok("db", "rebuild", at=repo)
    answer = repo.run("mission", "add", "A1", "after")
    assert (answer.status, answer.err) == (0, "")
    assert repo.run("db", "health").status == 0
    survives(repo)


def test_a_write_that_the_ledger_did_not_take_says_so(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object) -> None:
        raise GitFailed("cannot lock ref", 128)

    monkeypatch.setattr("git_cmos.memory.ledger.append", fails)
    answer = repo.run("mission", "add", "A1", "in the journal alone")
    assert answer.status == 0
    assert "warning: " in answer.err


# -- what is written can be read again -------------------------------------------------------

ODD = {
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "next line": "a\x85b",
    "vertical tab": "a\x0bb",
    "file separator": "a\x1cb",
    "escape": "\x1b]52;c;eA==\x07",
    "newlines": "a\r\nb\n\nc\x0c",
    "astral": "\U0001f680\u202e\u200b",
    "json": '{"id": "x"}\n"]}\\',
    "replacement": "\ufffd\ufeff",
}


@pytest.mark.parametrize(
    "name",
    list(ODD),
)
def test_every_text_survives_the_ledger(repo: Repository, name: str) -> None:
    ok("mission", "add", "A1", "odd", "--objective", ODD[name], "--notes", ODD[name], at=repo)
    ok("mission", "block", "A1", "--reason", ODD[name], "--need", ODD[name], at=repo)
    before = journal(repo)
    forget(repo)
    assert ids(repo) == {"A1"}
    assert journal(repo) == before


def test_nothing_is_acknowledged_that_the_ledger_cannot_give_back(repo: Repository) -> None:
    with Memory.open(str(repo.path)) as memory:
        try:
            missions.add(memory, "A1", "big", success_criteria=["x" * 17_000_000])
        except Exception:
            return  # refused is fine
    forget(repo)
    assert ids(repo) == {"A1"}


def test_a_long_ledger_written_anew_can_be_read(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product, "_LARGEST", 2_000)  # in place of 16 MB, to be quick
    warmed(repo, 10)
    repo.git("update-ref", "-d", refs(repo)[0])
    ok("mission", "add", "A1", "after", at=repo)
    survives(repo)


def test_what_is_told_after_a_commit_of_the_far_future_is_kept(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@5000000000000 +0000")
    repo.commit("from the year 160413", "Mission: S1")
    ok("mission", "add", "A1", "told after it", at=repo)
    survives(repo)


# -- several writers -------------------------------------------------------------------------


def test_a_copied_folder_is_another_writer_and_both_are_kept(
    repo: Repository, tmp_path: Path
) -> None:
    warmed(repo, 1)
    other = Repository(tmp_path / "copy", repo.clock)
    shutil.copytree(repo.path, other.path, symlinks=True)
    ok("mission", "add", "A1", "here", at=repo)
    ok("mission", "add", "A2", "there", at=other)
    assert len(refs(other)) == 2
    repo.git("fetch", "-q", str(other.path), "refs/cmos/*:refs/cmos/*", check=False)
    other.git("fetch", "-q", str(repo.path), "refs/cmos/*:refs/cmos/*", check=False)
    assert ids(repo) == ids(other) == {"S1", "T1", "A1", "A2"}
    assert digest(repo) == digest(other)
    assert_agreement(repo)
    assert_agreement(other)


def test_a_writer_that_forked_loses_neither_branch(repo: Repository, tmp_path: Path) -> None:
    """Two machines that hold one writer's name: a disk image that was started twice."""
    warmed(repo, 1)
    other = Repository(tmp_path / "copy", repo.clock)
    shutil.copytree(repo.path, other.path, symlinks=True)
    stat = (other.path / ".git").stat()
    _execute(other, "UPDATE meta SET value = ? WHERE key = 'home'", f"{stat.st_dev}:{stat.st_ino}")
    ok("mission", "add", "A1", "here", at=repo)
    ok("mission", "add", "A2", "there", at=other)
    repo.git("fetch", "-q", str(other.path), "refs/cmos/ledger/*:refs/cmos/remotes/other/*")
    assert ids(repo) == {"S1", "T1", "A1", "A2"}


def test_a_ledger_cannot_speak_for_another_writer(repo: Repository) -> None:
    warmed(repo, 1)
    name = refs(repo)[0].rpartition("/")[2]
    event = f'"id":"{"0" * 25}1","at":1,"actor":"x","writer":"{name}","seq":7,"batch":"b"'
    line = "{" + event + ',"kind":"MissionAdded","body":{"mission":"F1","name":"f","fields":{}}}\n'
    plant(repo, "refs/cmos/ledger/stranger", line)
    assert "F1" not in ids(repo)


@pytest.mark.parametrize(
    "body",
    [
        '{"mission":"F1","fields":{"name":null}}',
        '{"mission":"F1","fields":{"objective":["a"]}}',
        '{"mission":"F1","fields":"none"}',
        '{"mission":["F1"],"fields":{}}',
        '{"mission":"F1","fields":{"objective":"\\ud800"}}',
        '{"mission":"F1","fields":{"validation_score":1e999}}',
        '{"mission":"F1","fields":{"validation_score":' + "9" * 30 + "}}",
    ],
)
def test_an_event_of_the_wrong_shape_is_set_aside_and_harms_nobody(
    repo: Repository, body: str
) -> None:
    warmed(repo, 1)
    event = f'"id":"{"0" * 25}1","at":1,"actor":"x","writer":"stranger","seq":1,"batch":"b"'
    plant(
        repo,
        "refs/cmos/ledger/stranger",
        "{" + event + ',"kind":"MissionUpdated","body":' + body + "}\n",
    )
    status, out, err = repo.run("mission", "list", "--json")
    assert status == 0, err
    assert '"T1"' in out
    assert not list((repo.path / ".cmos").glob("*damaged*"))
    assert ids(repo) >= {"S1", "T1"}
    assert "set aside" in ok("status", at=repo)
    digest(repo)


def plant(repo: Repository, ref: str, lines: str) -> None:
    """A ledger commit that another clone pushed."""
    blob = repo.git("hash-object", "-w", "--stdin", stdin=lines)
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tevents.jsonl\n")
    repo.git("update-ref", ref, repo.git("commit-tree", tree, "-m", "told elsewhere"))


def _execute(repo: Repository, sql: str, *values: str) -> None:
    db = sqlite3.connect(database(repo))
    db.execute(sql, values)
    db.commit()
    db.close()


def test_the_helpers_of_these_tests_read_what_is_there(repo: Repository) -> None:
    warmed(repo, 2)
    assert len(journal(repo)) == len(ledger(repo)) == 2
