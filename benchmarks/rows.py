"""The rows of SPEC §7: what is run, against what, and how much it may cost.

A new row is a function that returns a `Duel`, and an entry in `ROWS`.
"""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import environment, histories, libraries, telling
from benchmarks.repositories import Repositories, Repository
from benchmarks.timing import Side

SMALL = 1000
EVENTS = 100_000
MEGABYTES = 50
Facts = dict[str, int | str]


@dataclass(frozen=True)
class Bench:
    """What rows build on. scale: commits of the large history."""

    repositories: Repositories
    scale: int


@dataclass(frozen=True)
class Duel:
    """Ours and what it is held against (None: the clock; the figure is then in seconds)."""

    ours: Side
    reference: Side | None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """bound: what the ratio may be at most (SPEC §7); goal: what it should be; heavy: one run
    takes seconds, so fewer of them do; informative: measured, not judged."""

    name: str
    about: str
    build: Callable[[Bench], Duel]
    bound: float
    goal: float | None = None
    heavy: bool = False
    informative: bool = False


def cmos(repository: Repository, *args: str, units: float = 1.0) -> Side:
    argv = [environment.CMOS, *args]
    return Side(folder=repository.path, command=lambda: argv, units=units)


def python(repository: Repository) -> Side:
    """The unit of most bounds: the same interpreter doing nothing, in the same place."""
    argv = [environment.PYTHON, "-c", "pass"]
    return Side(folder=repository.path, command=lambda: argv)


def held(repository: Repository, *wanted: str) -> Facts:
    """What the memory holds, counted by itself."""
    found = json.loads(repository.cmos("db", "health", "--json"))
    return {name: found[name] for name in wanted or ("missions", "told", "claims")}


# -- ingest --------------------------------------------------------------------------------


def ingest(bench: Bench, every: int) -> Duel:
    repository = bench.repositories.history(bench.scale, every)
    commits = int(repository.git("rev-list", "--all", "--count"))
    ours = Side(
        folder=repository.path,
        command=lambda: [environment.CMOS, "init"],
        before=repository.reset,
    )
    log = [environment.git(), "log", "--all", "--format=%H %(trailers:only)"]
    reference = Side(folder=repository.path, command=lambda: log)
    return Duel(ours, reference, {"commits": commits, **held(repository, "missions", "claims")})


# -- nothing moved -------------------------------------------------------------------------


def next_of_many(bench: Bench, *options: str) -> Duel:
    repository = bench.repositories.told(10_000)
    ours = cmos(repository, "next", *options)
    return Duel(ours, python(repository), held(repository))


def next_flat(bench: Bench) -> Duel:
    many, few = bench.repositories.told(10_000), bench.repositories.told(10)
    return Duel(cmos(many, "next"), cmos(few, "next"), held(many, "missions"))


def many_refs(bench: Bench, packed: bool) -> Duel:
    repository = bench.repositories.many_refs(20_000, packed)
    return Duel(cmos(repository, "next"), python(repository), {"refs": 20_000, **held(repository)})


# -- one commit more -----------------------------------------------------------------------


def catch_up(bench: Bench, stale: bool) -> Duel:
    large = bench.repositories.history(bench.scale, 50)
    small = bench.repositories.history(SMALL, 50)
    if not stale:
        for repository in (large, small):
            _without_stale(repository)
    facts = {"commits": bench.scale, "against": SMALL, **held(large, "missions")}
    return Duel(_after_a_commit(large), _after_a_commit(small), facts)


def _without_stale(repository: Repository) -> None:
    for ref in histories.STALE:
        repository.git("update-ref", "-d", ref)


def _after_a_commit(repository: Repository) -> Side:
    """`next` when one commit came since; each is a minute later, after all that is there."""
    newest = int(repository.git("log", "-1", "--format=%ct", "main"))
    numbers = itertools.count(1)
    mission = json.loads(repository.cmos("next", "--json"))["mission"]["id"]

    def before() -> None:
        number = next(numbers)
        repository.commit(f"work {number}\n\nMission: {mission}", newest + 60 * number)

    argv = [environment.CMOS, "next"]
    return Side(folder=repository.path, command=lambda: argv, before=before)


# -- telling and folding -------------------------------------------------------------------


def mission_start(bench: Bench) -> Duel:
    missions = 10_000
    repository = bench.repositories.told(missions)
    queued = (n for n in range(missions - 1, 0, -1) if not telling.is_completed(n))
    ours = Side(
        folder=repository.path,
        command=lambda: [
            *(environment.CMOS, "mission", "start"),
            telling.mission_id(next(queued), missions),
        ],
    )
    return Duel(ours, python(repository), held(repository))


def rebuild(bench: Bench) -> Duel:
    return Duel(*_rebuilding(bench, 20_000, None))


def rebuild_linear(bench: Bench) -> Duel:
    small, _, _ = _rebuilding(bench, 4000, None)
    return Duel(*_rebuilding(bench, 20_000, small))


def _rebuilding(
    bench: Bench, missions: int, reference: Side | None
) -> tuple[Side, Side | None, Facts]:
    """A rebuild of five events for each mission, in seconds for each 100,000 events."""
    repository = bench.repositories.told(missions, events=5)
    events = int(json.loads(repository.cmos("db", "rebuild", "--json"))["events"])
    side = cmos(repository, "db", "rebuild", units=events / EVENTS)
    return side, reference, {"events": events, "missions": missions}


# -- syncing -------------------------------------------------------------------------------

_REFS = "+refs/cmos/ledger/*:refs/cmos/remotes/origin/ledger/*"


def sync_idle(bench: Bench, start: bool) -> Duel:
    """Nothing new: against `git fetch` of the same refs; start: and the start of a command that
    does nothing, whose cost is none of sync's."""
    remote = bench.repositories.ledger(2000)
    (clone,) = bench.repositories.clones(remote, 1)
    bench.repositories.empty(clone, remote)
    clone.cmos("sync")
    fetch = [environment.git(), "fetch", "-q", "origin", _REFS]
    if start:
        fetch = _shell(fetch, [environment.CMOS, "mission", "show", telling.mission_id(0, 2000)])
    return Duel(cmos(clone, "sync"), Side(clone.path, lambda: fetch), held(clone, "told"))


def sync_fresh(bench: Bench) -> Duel:
    """All of a ledger into a fresh clone; the reference does what the bound allows: `git fetch`
    of the same refs into three fresh clones, and one fold of the same events."""
    remote = bench.repositories.ledger(2000)
    ours, *theirs = bench.repositories.clones(remote, 4)
    git = environment.git()
    fetches = [[git, "-C", str(clone.path), "fetch", "-q", "origin", _REFS] for clone in theirs]

    def before() -> None:
        for clone in (ours, *theirs):
            bench.repositories.empty(clone, remote)

    before()
    line = _shell(*fetches, [environment.CMOS, "db", "rebuild"])
    sync = [environment.CMOS, "sync"]
    return Duel(
        Side(ours.path, lambda: sync, before),
        Side(remote.path, lambda: line, before),
        held(remote, "told"),
    )


def _shell(*lines: list[str]) -> list[str]:
    """One command that runs them one after another."""
    return ["/bin/sh", "-ec", "\n".join(map(shlex.join, lines))]


# -- searching -----------------------------------------------------------------------------


def search(bench: Bench, word: str, *where: str) -> Duel:
    """A search of HEAD's documents against `git grep` of the same word, in HEAD or as checked
    out."""
    repository = bench.repositories.library(MEGABYTES)
    grep = [environment.git(), "grep", "-F", word, *where]
    reference = Side(folder=repository.path, command=lambda: grep)
    return Duel(cmos(repository, "kb", "search", word), reference, {"megabytes": MEGABYTES})


ROWS = (
    Row(
        "ingest",
        "`init`, one commit in 50 ours, against `git log --all --format='%H %(trailers:only)'`",
        lambda bench: ingest(bench, 50),
        bound=1.0,
        heavy=True,
    ),
    Row(
        "ingest-dense",
        "the same, one commit in 5 ours",
        lambda bench: ingest(bench, 5),
        bound=1.0,
        heavy=True,
        informative=True,
    ),
    Row("next-10000", "`next`, nothing moved, 10,000 missions, against python", next_of_many, 5, 3),
    Row("next-json", "`next --json`, the same", lambda b: next_of_many(b, "--json"), 5, 3),
    Row("next-flat", "`next`, 10,000 missions against 10", next_flat, 1.2),
    Row(
        "catchup",
        "`next` after one commit, the large history against 1,000 commits",
        lambda bench: catch_up(bench, stale=False),
        1.3,
    ),
    Row(
        "catchup-stale",
        "the same with two branches left behind at 1/4 and 1/2 of the history",
        lambda bench: catch_up(bench, stale=True),
        1.3,
        informative=True,
    ),
    Row("mission-start", "`mission start`, 10,000 missions, against python", mission_start, 10),
    Row("rebuild", "`db rebuild`, seconds for each 100,000 events", rebuild, 3, heavy=True),
    Row(
        "rebuild-linear",
        "time for one event: 100,000 events against 20,000",
        rebuild_linear,
        1.2,
        heavy=True,
    ),
    Row(
        "sync-idle",
        "`sync`, nothing new, against `git fetch` of the same refs and a start of the program",
        lambda bench: sync_idle(bench, start=True),
        1.0,
    ),
    Row(
        "sync-fetch",
        "the same, against `git fetch` alone",
        lambda bench: sync_idle(bench, start=False),
        1.0,
        informative=True,
    ),
    Row(
        "sync-fresh",
        "`sync` of 10,000 events into a fresh clone, against 3 x `git fetch` and one fold",
        sync_fresh,
        1.0,
        heavy=True,
    ),
    Row(
        "search",
        "`kb search` of a rare word in 50 MB, against `git grep -F` of it in HEAD",
        lambda bench: search(bench, libraries.RARE, "HEAD"),
        1.5,
    ),
    Row(
        "search-common",
        "the same, a word of nearly every passage",
        lambda bench: search(bench, libraries.COMMON, "HEAD"),
        1.5,
    ),
    Row(
        "search-signs",
        "the same, `C++`",
        lambda bench: search(bench, libraries.SIGNS, "HEAD"),
        1.5,
    ),
    Row(
        "search-han",
        "the same, a word that no index of words knows: all text is read",
        lambda bench: search(bench, libraries.HAN, "HEAD"),
        1.5,
    ),
    Row(
        "search-files",
        "a rare word against `git grep -F` of the files as checked out",
        lambda bench: search(bench, libraries.RARE),
        1.5,
        informative=True,
    ),
    Row(
        "refs-packed",
        "`next`, nothing moved, 20,000 packed refs, against python",
        lambda bench: many_refs(bench, packed=True),
        5,
        informative=True,
    ),
    Row(
        "refs-loose",
        "`next`, nothing moved, 20,000 loose refs, against python",
        lambda bench: many_refs(bench, packed=False),
        5,
        informative=True,
    ),
)
