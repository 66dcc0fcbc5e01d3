"""Scenario 7 at random: whatever is done to history, catching up by difference ends where reading
everything from nothing ends, and a small oracle that only knows `git log` agrees."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.scenarios import Look, anew, look

STEPS = 30
STEADY = (0, 1, 60, 3600)  # by how many seconds the clock goes on from one move to the next
WILD = (*STEADY, -30, -7200)
MISSIONS = [f"B{number}" for number in range(1, 9)]
_FORMAT = "--format=%H%x00%(trailers:only,unfold)%x00%an %ad%x00%s%x00%B%x01"
_REVERT = re.compile(
    r"^This reverts commit ([0-9a-f]{7,40})(?:, reversing\nchanges made to ([0-9a-f]{40}))?", re.M
)


class Oracle:
    """Which commits in view name which missions, and which of these commits are taken back."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.claims: dict[str, set[str]] = {}
        self.strikers: dict[str, set[str]] = {}
        said = repo.git("log", "--branches", "HEAD", _FORMAT)
        bodies = {}
        self.authors: dict[str, str] = {}  # of commits that say anything of ours
        self.titles: dict[str, str] = {}
        for record in filter(None, said.split("\x01")):
            oid, block, author, self.titles[oid], body = record.strip("\n").split("\0", 4)
            named = re.findall(r"(?m)^Mission(?:-\w+)?: (\S+)", block)
            if named:
                self.claims[oid] = set(named)
            if block or _REVERT.search(body):
                self.authors[oid] = author
            bodies[oid] = body
        for oid, body in bodies.items():
            for target, base in _REVERT.findall(body):
                if target in bodies:  # what is not in view takes nothing else with it
                    for struck in self._brought(target, base):
                        self.strikers.setdefault(struck, set()).add(oid)
                for struck in set() if base else self._renamed(oid, target):
                    self.strikers.setdefault(struck, set()).add(oid)

    def _brought(self, target: str, base: str) -> set[str]:
        return self._reached(target) - self._reached(base) if base else {target}

    def _reached(self, oid: str) -> set[str]:
        return set(self.repo.git("rev-list", oid).split())

    def _renamed(self, revert: str, target: str) -> set[str]:
        """What a rebased or cherry-picked revert means: one commit, by the subject it quotes."""
        reached = self._reached(revert)
        quoted = self.titles[revert].removeprefix('Revert "').removesuffix('"')
        alike = {oid for oid in reached - {revert} if self.titles[oid] == quoted}
        ours = alike & self.authors.keys()
        if target in reached or len({self.authors[oid] for oid in ours}) != 1:
            return set()
        before = set().union(*(self._reached(oid) for oid in ours))
        return set() if alike - before else ours

    def is_struck(self, oid: str) -> bool:
        return any(not self.is_struck(striker) for striker in self.strikers.get(oid, ()))

    def missions(self) -> set[str]:
        return {m for oid, named in self.claims.items() if not self.is_struck(oid) for m in named}

    def carriers(self, mission: str) -> dict[str, bool]:
        """commit that names the mission -> whether it is taken back."""
        return {oid: self.is_struck(oid) for oid, named in self.claims.items() if mission in named}


class Player:
    """Does things to a repository, as its seed says. Content never conflicts for long: what git
    refuses is aborted, and what it left is put right."""

    def __init__(self, repo: Repository, seed: int, ticks: tuple[int, ...]) -> None:
        self.repo, self.rng, self.ticks, self.number = repo, random.Random(seed), ticks, 0
        self.moves: list[tuple[int, Callable[[], object]]] = [
            (10, self.commit),
            (4, self.branch),
            (4, self.switch),
            (5, self.merge),
            (3, self.rebase),
            (3, self.cherry_pick),
            (4, self.revert),
            (2, self.amend),
            (2, self.reset),
            (2, self.delete),
            (1, self.tag),
            (1, self.untag),
            (1, self.detach),
            (1, self.octopus),
            (1, self.prune),
            (2, self.tell),
            (1, self.forget_the_memory),
        ]

    def move(self) -> str:
        weights, moves = zip(*self.moves, strict=True)
        move = self.rng.choices(moves, weights)[0]
        self.repo.clock += self.rng.choice(self.ticks)
        move()
        self._tidy()
        return str(move.__name__)

    def _git(self, *args: str) -> None:
        self.repo.git(*args, check=False)

    def _tidy(self) -> None:
        for what in ("rebase", "merge", "cherry-pick", "revert"):
            self._git(what, "--abort")
        self._git("reset", "-q", "--hard")

    def _other(self) -> str:
        """A branch that HEAD is not on, made where there is none."""
        names = self.repo.git("for-each-ref", "--format=%(refname)", "refs/heads").split()
        here = self.repo.git("rev-parse", "--symbolic-full-name", "HEAD")
        others = [name.removeprefix("refs/heads/") for name in names if name != here]
        if others:
            return self.rng.choice(others)
        self.number += 1
        self.repo.git("branch", f"b{self.number}", self._any_commit())
        return f"b{self.number}"

    def _any_commit(self) -> str:
        return self.rng.choice(self.repo.git("rev-list", "-n", "30", "--branches", "HEAD").split())

    def _merge_commit(self) -> str:
        merges = self.repo.git("rev-list", "--merges", "-n", "5", "HEAD").split()
        return self.rng.choice(merges or ["HEAD"])

    def _trailers(self) -> list[str]:
        kinds = ("Mission", "Mission-Start", "Mission-Complete", "Mission-Block", "Mission-Unblock")
        said = []
        for _ in range(self.rng.choice((0, 1, 1, 1, 2, 3))):
            notes = self.rng.choice(("", f" why {self.rng.randrange(3)}"))
            kind = self.rng.choice(kinds)
            said.append(f"{kind}: {self.rng.choice(MISSIONS)}{notes if '-' in kind else ''}")
        if self.rng.random() < 0.2:
            said.append(self.rng.choice(("Fact: x: y", "Decision: a. b", "Agent: z", "Session: s")))
        return said

    def commit(self) -> None:
        self.number += 1
        file = self.rng.choice((None, f"f{self.number}", "shared"))
        self.repo.commit(f"commit {self.number}", *self._trailers(), file=file)

    def branch(self) -> None:
        self.number += 1
        self._git("switch", "-q", "-c", f"b{self.number}", self._any_commit())

    def switch(self) -> None:
        self._git("switch", "-q", self._other())

    def detach(self) -> None:
        self._git("switch", "-q", "--detach", self._any_commit())

    def merge(self) -> None:
        message = "\n".join(["merge", "", *self._trailers()])
        self._git("merge", "-q", "--no-ff", "-X", "ours", "-m", message, self._other())

    def octopus(self) -> None:
        self._git("merge", "-q", "-m", "octopus", self._other(), self._other(), self._other())

    def rebase(self) -> None:
        option = self.rng.choice((["--onto", self._any_commit()], ["--force-rebase"], []))
        self._git("rebase", "-q", "--empty=keep", "-X", "theirs", *option, self._other())

    def cherry_pick(self) -> None:
        options = self.rng.choice(([], ["-x"], ["-m", "1"]))
        picked = ["--allow-empty", "--keep-redundant-commits", "-X", "theirs", *options]
        self._git("cherry-pick", *picked, self._any_commit())

    def revert(self) -> None:
        oid = self.rng.choice((self._any_commit(), self._merge_commit(), "HEAD"))
        parents = len(self.repo.git("rev-list", "-n", "1", "--parents", oid).split()) - 1
        mainline = ["-m", str(self.rng.randint(1, parents))] if parents > 1 else []
        before = self.repo.git("rev-parse", "HEAD")
        self._git("revert", "--no-edit", *mainline, oid)
        if self.repo.git("rev-parse", "HEAD") == before:  # nothing to undo: say it nevertheless
            self._tidy()
            full = self.repo.git("rev-parse", oid)
            self.repo.commit(f'Revert "it"\n\nThis reverts commit {full}.')

    def amend(self) -> None:
        said = self._trailers()
        message = ["-m", "\n".join(["amended", "", *said])] if said else ["--no-edit"]
        self._git("commit", "-q", "--amend", "--allow-empty", *message)

    def reset(self) -> None:
        self._git("reset", "-q", "--hard", self._any_commit())

    def delete(self) -> None:
        self._git("branch", "-q", "-D", self._other())

    def tag(self) -> None:
        self.number += 1
        self._git("tag", f"v{self.number}", self._any_commit())

    def untag(self) -> None:
        for name in self.repo.git("tag").split()[:1]:
            self._git("tag", "-d", name)

    def prune(self) -> None:
        self._git("reflog", "expire", "--expire=now", "--all")
        self._git("gc", "-q", "--prune=now")

    def tell(self) -> None:
        from git_cmos.actions import missions
        from git_cmos.errors import CmosError

        self.number += 1
        with Memory.open(str(self.repo.path)) as memory:
            try:
                missions.add(memory, f"T{self.number}", "told")
                missions.complete(memory, self.rng.choice(MISSIONS), notes="told")
            except CmosError:
                return

    def forget_the_memory(self) -> None:
        shutil.rmtree(self.repo.path / ".cmos", ignore_errors=True)


def told(repo: Repository) -> int:
    """How many events the ledger holds."""
    refs = repo.git("for-each-ref", "--format=%(refname)", "refs/cmos/ledger").split()
    oids = repo.git("rev-list", *refs).split() if refs else []
    return sum(len(repo.git("show", f"{oid}:events.jsonl").splitlines()) for oid in oids)


def agrees(found: Look, oracle: Oracle, known: set[str]) -> None:
    """known: missions of which a command spoke."""
    claimed = set(found.missions) - {name for name in found.missions if name.startswith("T")}
    assert claimed | known == oracle.missions() | known
    for mission in claimed:
        carriers = {c["oid"]: c["reverted_by"] is not None for c in found.carriers[mission]}
        assert carriers == oracle.carriers(mission), mission


def spoken_of(repo: Repository) -> set[str]:
    with Memory.open(str(repo.path)) as memory:
        rows = memory.db.execute("SELECT DISTINCT subject FROM events").fetchall()
    return {subject.removeprefix("mission:") for (subject,) in rows}


def same(found: Look, fresh: Look) -> None:
    assert found.missions == fresh.missions
    assert found.carriers == fresh.carriers
    assert found.log == fresh.log
    assert found.digest == fresh.digest


def play(repo: Repository, seed: int, steps: int, ticks: tuple[int, ...] = STEADY) -> None:
    player = Player(repo, seed, ticks)
    for _ in range(3):
        player.commit()
        player.branch()
    done: list[str] = []
    for number in range(steps):
        done.append(player.move())
        if player.rng.random() < 0.6:
            look(repo)
        if number % 6 == 5 or number == steps - 1:
            found = look(repo)
            known = spoken_of(repo)
            try:
                same(found, anew(repo))
                agrees(found, Oracle(repo), known)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, after {done}: {error}") from None


SEEDS = [pytest.param(n, marks=[pytest.mark.long] if n > 5 else []) for n in range(1, 21)]


@pytest.mark.parametrize("seed", SEEDS)
def test_by_difference_or_from_nothing_the_state_is_one(repo: Repository, seed: int) -> None:
    play(repo, seed, STEPS)
    by_difference, events = repo.digest(), told(repo)
    shutil.rmtree(repo.path / ".cmos")
    assert repo.digest() == by_difference
    assert told(repo) == events


def play_many(tmp_path: Path, seeds: range, steps: int, ticks: tuple[int, ...]) -> None:
    for seed in seeds:
        repo = Repository.create(tmp_path / str(seed))
        repo.commit("start")
        play(repo, seed, steps, ticks)


@pytest.mark.long
def test_twenty_seeds_of_two_hundred_moves(tmp_path: Path) -> None:
    play_many(tmp_path, range(320, 340), 200, STEADY)


@pytest.mark.long
def test_twenty_seeds_with_a_clock_that_jumps_back(tmp_path: Path) -> None:
    play_many(tmp_path, range(1, 21), STEPS, WILD)
