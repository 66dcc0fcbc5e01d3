"""A made-up history as a stream for `git fast-import`: the same for the same numbers.

It has what makes reading histories hard: topic branches and merges, branches left behind long
ago, clocks that stand still or run wrong, reverts, tags, bodies of several lines, trailers of
others on many commits and trailers of ours on one in `every`.
"""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

EPOCH = 1_500_000_000
TOPICS = 4
STALE = ("refs/heads/release-1", "refs/heads/release-2")  # left behind at 1/4 and 1/2
_NAMES = [f"{first} {last}" for first in ("Ada", "Bo", "Cy", "Di") for last in ("Ek", "Fox", "Gil")]
_WORDS = re.findall(
    "[a-z]+",
    "parse index cache when the of and a to with branch remove add fix refactor handle error "
    "case empty path config buffer test avoid leak return value before after pointer lookup "
    "object walk merge commit message allow option default rename move split document why",
)


@dataclass
class Lane:
    """A branch that grows. left: commits until it is merged; fork: it begins at this mark."""

    ref: str
    tip: int
    left: int
    fork: bool = True


def write(git: str, folder: Path, env: dict[str, str], commits: int, every: int) -> None:
    """Import a history of `commits` commits; every=0: none speaks of missions."""
    process = subprocess.Popen(
        [git, "fast-import", "--quiet", "--date-format=raw"],
        cwd=folder,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    history = History(process, commits, every)
    history.write()
    process.communicate()
    assert process.returncode == 0, "git fast-import failed"


class History:
    """The generator; one random source decides everything."""

    def __init__(self, process: subprocess.Popen[bytes], commits: int, every: int) -> None:
        assert process.stdin
        assert process.stdout
        self.out, self.answers = process.stdin, process.stdout
        self.random = random.Random(f"git cmos {commits} {every}")
        self.commits, self.every = commits, every
        self.count, self.clock = 0, EPOCH
        self.bodies = [self._words(8, 13) for _ in range(2000)]
        self.open = [self._mission(number) for number in range(8)]
        self.missions = len(self.open)
        self.main = Lane("refs/heads/main", 0, 0, fork=False)
        self.topics: list[Lane] = []

    def write(self) -> None:
        self._commit(self.main, "start\n")
        self.topics = [self._topic(number) for number in range(TOPICS)]
        while self.count < self.commits:
            self._grow()
            if self.count % 1000 == 0:
                self._tag()
            if self.count in (self.commits // 4, self.commits // 2):
                self._leave_behind()

    # -- branches --------------------------------------------------------------------------

    def _topic(self, number: int) -> Lane:
        length = self.random.randint(3, 30)
        return Lane(f"refs/heads/topic-{number}", self.main.tip, length)

    def _grow(self) -> None:
        number = self.random.randrange(TOPICS + 2)
        if number >= TOPICS:
            self._commit(self.main, self._message())
        elif self.topics[number].left:
            self.topics[number].left -= 1
            self._commit(self.topics[number], self._message())
        else:
            merge = f"Merge branch 'topic-{self.count}'\n"
            self._commit(self.main, merge, other=self.topics[number].tip)
            self.topics[number] = self._topic(number)

    def _leave_behind(self) -> None:
        """A maintenance branch: forked here, ten commits, never merged."""
        ref = STALE[self.count > self.commits // 4]
        lane = Lane(ref, self.main.tip, 0)
        for _ in range(min(10, self.commits - self.count)):
            self._commit(lane, self._message())

    def _tag(self) -> None:
        name = f"v0.{self.count // 1000}"
        if self.count % 2000:
            self.out.write(f"reset refs/tags/{name}\nfrom :{self.main.tip}\n\n".encode())
            return
        head = f"tag {name}\nfrom :{self.main.tip}\ntagger {self._who()} {self.clock} +0000\n"
        self.out.write(f"{head}data {len(name)}\n{name}\n".encode())

    # -- commits ---------------------------------------------------------------------------

    def _commit(self, lane: Lane, message: str, other: int = 0) -> None:
        self.count += 1
        ident = f"{self._who()} {self._date()} +0000"
        data = message.encode()
        if lane.fork:
            self.out.write(f"reset {lane.ref}\nfrom :{lane.tip}\n\n".encode())
        head = f"commit {lane.ref}\nmark :{self.count}\nauthor {ident}\ncommitter {ident}\n"
        self.out.write(f"{head}data {len(data)}\n".encode() + data)
        self.out.write(f"\nmerge :{other}\n".encode() if other else b"\n")
        if self.random.random() < 0.125:
            self._change_a_file()
        lane.tip, lane.fork = self.count, False

    def _change_a_file(self) -> None:
        number = self.random.randrange(400)
        content = f"{self.count}\n{self.random.choice(self.bodies)}\n"
        path = f"src/part{number // 20}/file{number}.txt"
        self.out.write(f"M 100644 inline {path}\ndata {len(content)}\n{content}\n".encode())

    def _who(self) -> str:
        name = self.random.choice(_NAMES)
        return f"{name} <{name.split()[0].lower()}@example.com>"

    def _date(self) -> int:
        """One in ten as the commit before, one in 500 up to a month early."""
        if self.random.random() > 0.1:
            self.clock += self.random.randint(1, 600)
        skewed = self.random.random() < 0.002
        return self.clock - self.random.randint(1, 2_600_000) * skewed

    # -- messages --------------------------------------------------------------------------

    def _message(self) -> str:
        if self.random.random() < 0.005:
            return self._revert()
        parts = [self._words(3, 9)]
        if self.random.random() < 0.8:
            lines = self.random.choices(self.bodies, k=self.random.randint(1, 10))
            parts.append("\n".join(lines))
        trailers = self._trailers()
        return "\n\n".join([*parts, *filter(None, [trailers])]) + "\n"

    def _revert(self) -> str:
        """What `git revert` writes of a recent commit; fast-import is asked for its name."""
        mark = self.random.randint(max(1, self.count - 2000), self.count)
        self.out.write(f"get-mark :{mark}\n".encode())
        self.out.flush()
        oid = self.answers.readline().decode().strip()
        return f'Revert "{self._words(3, 9)}"\n\nThis reverts commit {oid}.\n'

    def _trailers(self) -> str:
        lines = self._ours() if self.every and self.random.random() < 1 / self.every else []
        if self.random.random() < 0.1:
            lines.append(f"Reviewed-by: {self._who()}")
        if self.random.random() < 1 / 3:
            lines.append(f"Signed-off-by: {self._who()}")
        return "\n".join(lines)

    def _ours(self) -> list[str]:
        place = self.random.randrange(len(self.open))
        mission = self.open[place]
        chance = self.random.random()
        if chance < 0.2:
            self.open[place] = self._mission(self.missions)
            self.missions += 1
            return [f"Mission-Complete: {mission} {self._words(2, 6)}", "Validation-Score: 0.9"]
        if chance < 0.25:
            return [f"Mission-Block: {mission} {self._words(3, 6)}"]
        if chance < 0.3:
            return [f"Mission-Unblock: {mission}"]
        if chance < 0.35:
            return [f"Mission: {mission}", f"Decision: {self._words(4, 8)}"]
        return [f"Mission: {mission}", *self.random.choice(([], ["Agent: codex"]))]

    def _mission(self, number: int) -> str:
        return f"H{number // 40}.{number}"

    def _words(self, least: int, most: int) -> str:
        return " ".join(self.random.choices(_WORDS, k=self.random.randint(least, most)))
