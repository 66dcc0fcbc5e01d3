"""Eight clones that push, fetch, stay offline, are told twice, meet a remote that was rewound,
pack and lose their memory: in the end one digest everywhere, and no event lost (SCENARIO 24)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from git_cmos.actions import missions, storage
from git_cmos.actions import sync as exchanging
from git_cmos.errors import CmosError
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.team import clone, refs, told

CLONES = 8


class Team:
    """Clones and their remote; everything that happens is drawn from one source of chance."""

    def __init__(self, bare: Repository, seed: int) -> None:
        self.bare, self.chance = bare, random.Random(seed)
        self.clones = [clone(bare, f"c{number}") for number in range(CLONES)]
        self.planned: list[str] = []
        self.acknowledged: set[str] = set()

    def step(self) -> None:
        act = self.chance.choice(ACTS)
        act(self, self.chance.choice(self.clones))

    def tell(self, repo: Repository) -> None:
        with Memory.open(str(repo.path)) as memory:
            if not self.planned or self.chance.random() < 0.4:
                name = f"B{len(self.planned)}"
                self.planned.append(name)
                missions.add(memory, name, f"mission {name}")
            else:
                self._move(memory, self.chance.choice(self.planned))
        self.acknowledged |= told(repo)

    def _move(self, memory: Memory, name: str) -> None:
        move: Callable[[], object] = self.chance.choice(
            [
                lambda: missions.start(memory, name),
                lambda: missions.complete(memory, name),
                lambda: missions.block(memory, name, reason="chance"),
                lambda: missions.update(memory, name, notes=str(self.chance.random())),
            ]
        )
        try:
            move()
        except CmosError:
            return  # not legal, or not heard of here

    def sync(self, repo: Repository) -> None:
        way = self.chance.choice([{}, {"push": False}, {"fetch": False}, {"pack": True}])
        with Memory.open(str(repo.path)) as memory:
            exchanging.sync(memory, **way)

    def twice(self, repo: Repository) -> None:
        """The same refs once more, under other names, by plain git."""
        copy = "+refs/cmos/ledger/*:refs/cmos/remotes/copy/*"
        repo.git("fetch", "-q", str(self.chance.choice(self.clones).path), copy)

    def rewind(self, repo: Repository) -> None:
        """The remote loses what it acknowledged: a backup was played back."""
        names = list(refs(self.bare))
        if not names:
            return
        ref = self.chance.choice(names)
        if self.chance.random() < 0.5:
            self.bare.git("update-ref", "-d", ref)
        else:
            self.bare.git("update-ref", ref, f"{ref}~1", check=False)

    def forget(self, repo: Repository) -> None:
        shutil.rmtree(repo.path / ".cmos", ignore_errors=True)

    def settle(self) -> set[str]:
        """Everybody syncs until nothing moves; the digests."""
        for _ in range(3):
            for repo in self.clones:
                with Memory.open(str(repo.path)) as memory:
                    exchanging.sync(memory)
        return {self.digest(repo) for repo in self.clones}

    def digest(self, repo: Repository) -> str:
        with Memory.open(str(repo.path)) as memory:
            found = storage.rebuild(memory)
            assert found["same"]
            return str(found["digest"])


ACTS = (Team.tell, Team.tell, Team.tell, Team.sync, Team.sync, Team.twice, Team.rewind, Team.forget)


def converge(bare: Repository, seed: int, steps: int) -> None:
    team = Team(bare, seed)
    for _ in range(steps):
        team.step()
    assert len(team.settle()) == 1
    for repo in team.clones:
        assert told(repo) >= team.acknowledged
    fresh = clone(bare, "fresh")
    with Memory.open(str(fresh.path)) as memory:
        exchanging.sync(memory)
    assert team.digest(fresh) == team.digest(team.clones[0])


def test_clones_converge(bare: Repository) -> None:
    converge(bare, 1, 60)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_clones_converge_in_the_long_run(bare: Repository, seed: int) -> None:
    converge(bare, seed, 800)


def test_one_push_for_each_word(bare: Repository, tmp_path: Path) -> None:
    """Writers do not get in each other's way: no push is ever refused, none is repeated."""
    team = Team(bare, 3)
    heard = tmp_path / "heard"
    hook = bare.path / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho push >> {heard}\n")
    hook.chmod(0o755)
    for number in range(24):
        repo = team.clones[number % CLONES]
        with Memory.open(str(repo.path)) as memory:
            missions.add(memory, f"P{number}", "a word")
            exchanging.sync(memory, fetch=False)
    assert len(heard.read_text().splitlines()) == 24
    assert len(team.settle()) == 1
