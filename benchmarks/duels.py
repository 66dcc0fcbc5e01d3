"""What is run, and against what: a function for each row of `rows.ROWS`."""

from __future__ import annotations

import itertools
import json
import shlex
from dataclasses import dataclass, field

from benchmarks import environment, histories, telling
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


# -- hooks ---------------------------------------------------------------------------------


def through_pre_commit(bench: Bench) -> Duel:
    """`git commit` with a message, three stages, against the same stages with `true`."""
    ours = bench.repositories.hooked("ours", "git-cmos hook {}")
    nothing = bench.repositories.hooked("nothing", "'true'")
    return Duel(_committing(ours), _committing(nothing), held(ours))


def _committing(repository: Repository) -> Side:
    argv = [environment.git(), "commit", "-q", "--allow-empty", "-m", "work"]
    return Side(folder=repository.path, command=lambda: argv)


def commit_with_hooks(bench: Bench) -> Duel:
    """`git commit` with all hooks installed, against what the bound allows: the same without
    hooks, and seven starts of python."""
    ours, bare = bench.repositories.shimmed(True), bench.repositories.shimmed(False)
    argv = [environment.git(), "commit", "-q", "--allow-empty", "-m", "work"]
    line = _shell(argv, *[[environment.PYTHON, "-c", "pass"]] * 7)
    return Duel(_committing(ours), Side(bare.path, lambda: line), held(ours))


def one_hook(bench: Bench, name: str, *given: str) -> Duel:
    """One hook through its shim, as git calls it, with nothing new in the repository."""
    repository = bench.repositories.shimmed(True)

    def before() -> None:
        (repository.path / ".git" / "COMMIT_EDITMSG").write_text("Do it\n\n# a comment\n")

    argv = [str(repository.path / ".git" / "hooks" / name), *given]
    return Duel(Side(repository.path, lambda: argv, before), python(repository), held(repository))
