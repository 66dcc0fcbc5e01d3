"""Run two commands in turns and keep how long each took: A, B, A, B.

Turns, since the machine is shared: what slows one down slows its neighbour down as well, and
the ratio of their medians stays.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

WIDE = 1.5  # max/min beyond this is noted: the machine was busy with something else


class Failed(Exception):
    """A command, measured or preparing, did not end with 0."""


@dataclass(frozen=True)
class Side:
    """One of the two commands. before: done ahead of each run, untimed; units: what the time is
    divided by (events, say), so that different sizes can be compared."""

    folder: Path
    command: Callable[[], list[str]]
    before: Callable[[], object] = lambda: None
    units: float = 1.0


@dataclass
class Samples:
    """What one side took. cpu: seconds on a processor, with the processes it waited for; peak_kb:
    the largest resident set among them, 0 where it was below our own, with which Linux lets a
    child's figure begin."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_kb: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        return max(self.seconds) / min(self.seconds)


class Stopwatch:
    """Starts commands in one environment; their output goes nowhere, their errors to a file."""

    def __init__(self, env: dict[str, str], errors: Path) -> None:
        self.env, self.errors = env, errors

    def run(self, side: Side, samples: Samples | None = None) -> None:
        """One run of one side; Failed where it did not end with 0."""
        side.before()
        argv = side.command()
        os.chdir(side.folder)
        start = time.perf_counter()
        pid = os.posix_spawn(argv[0], argv, self.env, file_actions=self._files())
        _, status, usage = os.wait4(pid, 0)
        took = time.perf_counter() - start
        if status:
            raise Failed(f"{argv[1:]}: {status}: {self.errors.read_text(errors='replace')}")
        if samples is not None:
            samples.seconds.append(took)
            samples.cpu.append(usage.ru_utime + usage.ru_stime)
            own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            samples.peak_kb = max(samples.peak_kb, usage.ru_maxrss * (usage.ru_maxrss > own))

    def _files(self) -> list[tuple[int, int, str, int, int]]:
        writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        return [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, str(self.errors), writing, 0o644),
        ]

    def in_turns(self, sides: list[Side], runs: int, warm: int) -> list[Samples]:
        """`warm` runs of each side that do not count, then `runs` that do."""
        kept = [Samples() for _ in sides]
        for number in range(warm + runs):
            for side, samples in zip(sides, kept, strict=True):
                self.run(side, samples if number >= warm else None)
        return kept
