"""kill -9 at every step that has a name: acknowledged is kept, a retry doubles nothing, the next
command heals what was left (SCENARIOS 21, 27, 32)."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from git_cmos import failpoints
from tests.conftest import PROJECT, Answer, Repository
from tests.storage import assert_agreement, database, digest, ids, journal, ok
from tests.team import refs, sync

# One life of a clone; whichever step is named, one of these passes it. A retry may be refused.
LIFE = (
    ("mission", "add", "K1", "first"),
    ("mission", "start", "K1"),
    ("a commit",),
    ("next",),
    ("mission", "add", "K2", "second"),
    ("claim", "K2", "--agent", "ann"),
    ("release", "K2", "--agent", "ann"),
    ("claim", "K2", "--agent", "ann"),
    ("sync",),
    ("mission", "complete", "K1"),
    ("sync", "--pack"),
    ("damage",),
    ("mission", "add", "K3", "third"),
)
# Where a step of such a name can only lie; those of another name are looked for in every command.
ONLY_IN = {"claim": "claim", "release": "release", "sync": "sync", "pack": "--pack", "mend": "K3"}
REFUSED = ("exists already", "cannot start", "cannot complete", "nobody holds")


class Mortal:
    """A clone whose commands die at one step, until the first of them did."""

    def __init__(self, repo: Repository, point: str) -> None:
        self.repo, self.point = repo, point
        self.killed: tuple[str, ...] = ()
        self.acknowledged: set[str] = set()

    def live(self) -> None:
        for words in LIFE:
            if words == ("a commit",):
                self.repo.commit("seen", "Mission-Complete: S1")
            elif words == ("damage",):
                database(self.repo).write_bytes(b"this is no database\n" * 99)
            elif self.killed or not self.may_pass(words):
                self.repeat(words)
            else:
                self.risk(words)

    def may_pass(self, words: tuple[str, ...]) -> bool:
        return ONLY_IN.get(self.point.partition("-")[0], words[0]) in words

    def risk(self, words: tuple[str, ...]) -> None:
        done = self.repo.process(*words, env={failpoints.VARIABLE: self.point})
        if done.returncode != -signal.SIGKILL:
            assert done.returncode == 0, (words, done.stderr)
            return self.note(words)
        self.killed = words
        assert done.stdout == "", "an answer is an acknowledgement"
        assert self.acknowledged <= ids(self.repo), "the next command is a read"
        return self.repeat(words)

    def repeat(self, words: tuple[str, ...]) -> None:
        """The command once more, or the ones that follow: nothing is left to trip over."""
        answer = self.repo.run(*words)
        again = words == self.killed and any(refusal in answer.err for refusal in REFUSED)
        assert answer.status == 0 or again, (words, answer)
        assert "this is a bug" not in answer.err
        self.note(words)

    def note(self, words: tuple[str, ...]) -> None:
        if words[:2] == ("mission", "add"):
            self.acknowledged.add(words[2])


def told_twice(repo: Repository) -> list[tuple[str, str]]:
    """(kind, mission) of what was told more than once; nothing in LIFE is."""
    said = Counter((event[6], str(event[-1].get("mission"))) for event in journal(repo).values())
    return [what for what, times in said.items() if times > 1]


@pytest.mark.parametrize("point", failpoints.POINTS)
def test_a_life_goes_on_after_a_death(
    bare: Repository, ada: Repository, bob: Repository, point: str
) -> None:
    mortal = Mortal(ada, point)
    mortal.live()
    assert mortal.killed, f"no command of LIFE passes {point}"
    assert mortal.acknowledged == {"K1", "K2", "K3"}
    assert ids(ada) == {"K1", "K2", "K3", "S1"}
    assert told_twice(ada) == []
    assert_agreement(ada)
    before = digest(ada)
    health = Answer(*ada.run("db", "health"))
    assert health.status == 0, health
    sync(ada)
    assert refs(ada, "refs/cmos/packing") == {}
    assert [claim["holder"] for claim in json.loads(ok("claim", "--json", at=ada))] == ["ann"]
    shutil.rmtree(ada.path / ".cmos")
    assert digest(ada) == before, "the ledger has it all"
    ada.git("push", "-q", "origin", "HEAD:main")
    bob.git("pull", "-q", "--ff-only", "origin", "main")
    sync(bob)
    assert {"K1", "K2", "K3", "S1"} <= ids(bob)
    assert set(journal(bob)) == set(journal(ada))
    assert "error" not in ada.git("fsck", "--full")


def test_a_failpoint_counts(repo: Repository) -> None:
    words = ("mission", "add", "K1", "x")
    assert repo.process(*words, env={failpoints.VARIABLE: "locked:99"}).returncode == 0
    done = repo.process("mission", "start", "K1", env={failpoints.VARIABLE: "write-told:1"})
    assert done.returncode == -signal.SIGKILL
    assert repo.status_of("K1") == "In Progress"


def test_a_failpoint_that_is_none_is_refused(repo: Repository) -> None:
    done = repo.process("mission", "add", "K1", "x", env={failpoints.VARIABLE: "write-comitted"})
    assert done.returncode == 129
    assert "no failpoint is called 'write-comitted'" in done.stderr
    assert ids(repo) == set()


def test_every_step_in_the_source_has_a_name_in_the_list() -> None:
    source = "".join(path.read_text() for path in (PROJECT / "git_cmos").rglob("*.py"))
    found = re.findall(r'\breach\("([^"]*)"\)', source)
    assert sorted(found) == sorted(failpoints.POINTS)
    page = (PROJECT / "docs" / "reliability.md").read_text()
    assert [name for name in failpoints.POINTS if f"| `{name}` |" not in page] == []


def test_without_a_failpoint_a_step_is_an_empty_function(tmp_path: Path) -> None:
    assert failpoints.reach is failpoints._pass
    env = {**os.environ, failpoints.VARIABLE: ""}
    code = "from git_cmos import failpoints as f; assert f.reach is f._pass; f.reach('locked')"
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
