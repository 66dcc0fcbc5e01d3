"""What is attacked: each function is one row, and returns what it counted."""

from __future__ import annotations

import itertools
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks import environment
from benchmarks.reliability.world import Answer, Clone, World, small_disk
from git_cmos import failpoints

Progress = Callable[[int, int], object]
HALF_A_DAY = 43_200


@dataclass
class Count:
    """many: in words; lost: acknowledged and not there; errors: what else was wrong, in words;
    note: what the row really ran, where it is less than it says."""

    many: str
    lost: int = 0
    errors: list[str] = field(default_factory=list)
    note: str = ""

    def hold(self, answer: Answer, *, said: bool = False) -> bool:
        """Whether a command succeeded, without a word of error; else it is counted."""
        fine = answer.status == 0 and (said or not answer.err)
        if not fine:
            self.errors.append(f"{answer.status}: {answer.err.strip()[:200]}")
        return fine


@dataclass(frozen=True)
class Figures:
    """How much of each."""

    writers: int
    commands: int
    first_runs: int
    rounds: int
    kills: int
    sizes: int
    agents: int
    races: int
    remote_races: int
    clones: int
    events: int
    gc_writes: int
    removals: int
    turns: int


FULL = Figures(32, 100, 32, 20, 500, 100, 16, 100, 100, 8, 100, 400, 400, 50)
SHORT = Figures(6, 2, 6, 1, 6, 4, 5, 1, 1, 3, 3, 6, 6, 1)


# -- many at once --------------------------------------------------------------------------


def writers(world: World, figures: Figures, progress: Progress) -> Count:
    clone = world.repository("writers")
    total = figures.writers * figures.commands
    count = Count(f"{figures.writers} processes x {figures.commands} commands")
    _write(clone, count, figures.writers, total, progress)
    return count


def _write(
    clone: Clone, count: Count, processes: int, total: int, progress: Progress, name: str = "W"
) -> set[str]:
    """So many processes at a time add missions; all that they acknowledged."""
    done = itertools.count(1)

    def work(writer: int) -> set[str]:
        kept = set()
        for number in range(writer, total, processes):
            mission = f"{name}{writer}.{number}"
            if count.hold(clone.cmos("mission", "add", mission, "a word")):
                kept.add(mission)
            progress(next(done), total)
        return kept

    jobs = [lambda writer=writer: work(writer) for writer in range(processes)]
    acknowledged = set().union(*clone.world.at_once(jobs))
    count.lost += len(acknowledged - clone.ids())
    count.errors += clone.faults()
    count.lost += len(acknowledged - clone.ids())
    return acknowledged


def first_runs(world: World, figures: Figures, progress: Progress) -> Count:
    clone = world.repository("first")
    for number in range(20):
        clone.commit(f"step {number}", f"Mission-Complete: S{number}")
    count = Count(f"{figures.first_runs} at once x {figures.rounds}")
    for number in range(figures.rounds):
        clone.forget()
        started = [clone.start("mission", "list", "--json") for _ in range(figures.first_runs)]
        answers = [world.finish(process) for process in started]
        said = {answer.out for answer in answers if count.hold(answer)}
        if len(said) != 1:
            count.errors.append(f"{len(said)} different answers")
        count.lost += 20 - len(clone.ids())
        progress(number + 1, figures.rounds)
    return count


# -- kill -9 -------------------------------------------------------------------------------


def kills(world: World, figures: Figures, progress: Progress) -> Count:
    mortal = Mortal(world)
    for number in itertools.count():
        if mortal.kills() >= figures.kills or number > 3 * figures.kills:
            break
        if number % 2:
            mortal.at_random(number)
        else:
            names = list(failpoints.POINTS)
            mortal.at_point(number, names[number // 2 % len(names)])
        if number % 50 == 49:
            mortal.look()
        progress(mortal.kills(), figures.kills)
    mortal.look()
    return mortal.end()


class Mortal:
    """A clone whose commands are killed. Each is repeated, and then has to be there once."""

    def __init__(self, world: World) -> None:
        self.clone, self.other = world.team(2)
        self.count = Count("")
        self.chance = random.Random(9)
        self.acknowledged: set[str] = set()
        self.dead = {"at random": 0, "at a step": 0}
        began = time.monotonic()
        self.add("usual")
        self.usual = time.monotonic() - began

    def add(self, mission: str) -> None:
        """As somebody does who got no answer: once more, and it may be there already."""
        answer = self.clone.cmos("mission", "add", mission, "a word")
        if (answer.status and "exists already" in answer.err) or self.count.hold(answer, said=True):
            self.acknowledged.add(mission)

    def at_random(self, number: int) -> None:
        mission = f"R{number}"
        process = self.clone.start("mission", "add", mission, "to be killed")
        time.sleep(self.chance.uniform(0.1, 1.3) * self.usual)
        process.kill()
        answer = self.clone.world.finish(process)
        self.dead["at random"] += answer.status == -signal.SIGKILL
        if answer.status == 0:
            self.acknowledged.add(mission)
        self.add(mission)

    def at_point(self, number: int, point: str) -> None:
        """The command that passes the step, killed there; then once more."""
        mission = f"P{number}"
        family = point.partition("-")[0]
        before, words = self._life(family, mission)
        for each in before:
            self.count.hold(self.clone.cmos(*each), said=True)
        if family == "mend":
            (self.clone.path / ".cmos" / "memory.db").write_bytes(b"no database\n" * 999)
        elif family == "memory":
            self.clone.forget()
        elif family == "catchup":
            self.clone.commit("seen", f"Mission-Complete: {mission}")
        answer = self.clone.cmos(*words, **{failpoints.VARIABLE: point})
        if answer.status != -signal.SIGKILL:
            self.count.errors.append(f"{words} did not die at {point}: {answer.err}")
        self.dead["at a step"] += answer.status == -signal.SIGKILL
        if words[:2] == ("mission", "add"):
            return self.add(mission)
        self.count.hold(self.clone.cmos(*words), said=True)
        return None

    def _life(self, family: str, mission: str) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
        """(what comes before, the command that passes steps of that name)."""
        add = ("mission", "add", mission, "a word")
        more = ("mission", "update", mission, "--notes", "another word")
        claim, sync = ("claim", mission), ("sync",)
        lives: dict[str, tuple[list[tuple[str, ...]], tuple[str, ...]]] = {
            "claim": ([add], claim),
            "release": ([add, claim], ("release", mission)),
            "sync": ([add], sync),
            "pack": ([add, more], ("sync", "--pack")),  # a memory made anew has a new ledger
            "catchup": ([], ("next",)),
        }
        before, words = lives.get(family, ([], add))
        self.acknowledged |= {mission} if add in before or family == "catchup" else set()
        return before, words

    def look(self) -> None:
        self.count.lost += len(self.acknowledged - self.clone.ids())
        self.count.errors += self.clone.faults()
        self.count.lost += len(self.acknowledged - self.clone.ids())

    def end(self) -> Count:
        for clone in (self.clone, self.other):
            self.count.hold(clone.cmos("sync"), said=True)
        told = {id_ for id_, _, _ in self.clone.journal()}
        self.count.lost += len(told - {id_ for id_, _, _ in self.other.journal()})
        words = ", ".join(f"{times} {where}" for where, times in self.dead.items())
        self.count.many = f"{self.kills()} kill -9: {words}"
        return self.count

    def kills(self) -> int:
        """How many died; the others had ended before."""
        return sum(self.dead.values())


# -- a full disk ---------------------------------------------------------------------------


def disk_full(world: World, figures: Figures, progress: Progress) -> Count:
    with small_disk(world, 4096) as disk:
        count = Count(f"{figures.sizes} sizes")
        if disk is None:
            count.note = "no tmpfs could be mounted: by RLIMIT_FSIZE"
        clone = Clone(world, (disk or world.folder) / "repo")
        world.ok(["git", "init", "-q", "--template=", str(clone.path)], world.folder)
        clone.commit("start", "Mission-Complete: S1")
        known = clone.ids()
        for number in range(figures.sizes):
            mission, room = f"F{number}", 4096 * (number * 100 // figures.sizes)
            answer = (_with_room if disk else _with_limit)(clone, mission, room)
            _judge(count, answer)
            known |= {mission} if answer.status == 0 else set()
            count.lost += len(known - clone.ids())
            progress(number + 1, figures.sizes)
        count.hold(clone.cmos("mission", "add", "Z", "after"))
        count.errors += clone.faults()
        count.lost += len(known - clone.ids())
    return count


def _judge(count: Count, answer: Answer) -> None:
    """Acknowledged, or refused in one line."""
    refused = answer.status == 128 and answer.err.startswith("fatal: ")
    if (answer.status and not refused) or "this is a bug" in answer.err:
        count.errors.append(f"{answer.status}: {answer.err.strip()[:200]}")


def _add(mission: str) -> list[str]:
    words = ["mission", "add", mission, "a word", "--objective", "x" * 3000]
    return [environment.CMOS, *words]


def _with_room(clone: Clone, mission: str, room: int) -> Answer:
    """With so many bytes left on the disk."""
    filler = clone.path.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(max(0, file.tell() // 4096 * 4096 - room))
    try:
        return clone.world.run(_add(mission), clone.path)
    finally:
        filler.unlink()


def _with_limit(clone: Clone, mission: str, room: int) -> Answer:
    """With no file allowed to grow beyond so many bytes."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return clone.world.finish(clone.world.start(_add(mission), clone.path, first=limit))


# -- races for a claim ---------------------------------------------------------------------


def claims_here(world: World, figures: Figures, progress: Progress) -> Count:
    clone = world.repository("claims")
    count = Count(f"{figures.agents} agents x {figures.races} races")
    return _races(count, [clone] * figures.agents, figures.races, progress)


def claims_there(world: World, figures: Figures, progress: Progress) -> Count:
    clones = world.team(figures.agents)
    count = Count(f"{figures.agents} clones x {figures.remote_races} races")
    return _races(count, clones, figures.remote_races, progress)


def _races(count: Count, clones: list[Clone], races: int, progress: Progress) -> Count:
    """lost: races that did not have one winner, whom every loser was told."""
    first, world = clones[0], clones[0].world
    together = list({clone.path: clone for clone in clones}.values())
    for number in range(races):
        count.hold(first.cmos("mission", "add", f"B{number}", "a word"))
    if len(together) > 1:
        world.at_once([lambda: count.hold(first.cmos("sync"), said=True)])
        world.at_once([lambda c=c: count.hold(c.cmos("sync"), said=True) for c in together])
    for number in range(races):
        started = [
            clone.start("claim", f"B{number}", "--agent", f"a{place}")
            for place, clone in enumerate(clones)
        ]
        answers = [world.finish(process) for process in started]
        winners = [place for place, answer in enumerate(answers) if answer.status == 0]
        told = (
            [f"claimed by a{winners[0]}" in a.err for a in answers if a.status] if winners else []
        )
        if len(winners) != 1 or not all(told):
            count.lost += 1
        strange = [answer for answer in answers if answer.status not in (0, 1)]
        count.errors += [f"{answer.status}: {answer.err.strip()[:200]}" for answer in strange]
        progress(number + 1, races)
    count.note = "lost: races without one winner whom every loser was told"
    return count


# -- clones --------------------------------------------------------------------------------


def clones(world: World, figures: Figures, progress: Progress) -> Count:
    team = world.team(figures.clones)
    total = figures.clones * figures.events
    count = Count(f"{figures.clones} clones x {figures.events} events")
    done = itertools.count(1)

    def work(place: int) -> set[str]:
        chance, kept = random.Random(place), set()
        for number in range(figures.events):
            mission = f"C{place}.{number}"
            if count.hold(team[place].cmos("mission", "add", mission, "a word")):
                kept.add(mission)
            _exchange(team[place], chance, count)
            progress(next(done), total)
        return kept

    jobs = [lambda place=place: work(place) for place in range(figures.clones)]
    acknowledged = set().union(*world.at_once(jobs))
    for _ in range(2):
        for clone in team:
            count.hold(clone.cmos("sync"), said=True)
    count.lost += sum(len(acknowledged - clone.ids()) for clone in team)
    digests = {clone.digest() for clone in team}
    if len(digests) != 1:
        count.errors.append(f"{len(digests)} different digests")
    count.errors += team[0].faults()
    return count


def _exchange(clone: Clone, chance: random.Random, count: Count) -> None:
    """Push, fetch, both, nothing, or an attempt without a network."""
    way = chance.choice([(), (), (), ("--push",), ("--fetch",), ("sync",), ("offline",)])
    if way == ("offline",):
        nowhere = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "url./nowhere/.insteadOf"}
        answer = clone.cmos("sync", **nowhere, GIT_CONFIG_VALUE_0="file://")
        if answer.status != 128 or "cannot reach origin" not in answer.err:
            count.errors.append(f"offline: {answer.status}: {answer.err.strip()[:200]}")
    elif way:
        count.hold(clone.cmos("sync", *(word for word in way if word != "sync")), said=True)


# -- meanwhile -----------------------------------------------------------------------------


def gc(world: World, figures: Figures, progress: Progress) -> Count:
    """Writers, and `git gc --prune=now` again and again beside them."""
    clone = world.repository("gc")
    times = _meanwhile(
        clone,
        figures.gc_writes,
        progress,
        count := Count(""),
        lambda: world.run([environment.git(), "gc", "-q", "--prune=now"], clone.path),
    )
    count.many = f"{figures.gc_writes} writes, {times} x gc --prune=now"
    if "missing" in world.run([environment.git(), "fsck", "--full"], clone.path).err:
        count.errors.append("git fsck finds something missing")
    return count


def removed(world: World, figures: Figures, progress: Progress) -> Count:
    """Writers, one of them a process that lives on, and somebody who removes the memory."""
    clone = world.repository("removed")
    chance = random.Random(5)
    code = [sys.executable, "-c", _LIVES_ON, str(figures.removals // 2)]
    living = world.start(code, clone.path)

    def remove() -> None:
        time.sleep(chance.uniform(0.05, 0.4))
        if chance.random() < 0.5:
            clone.forget()
        else:
            (clone.path / ".cmos" / "memory.db").unlink(missing_ok=True)

    count = Count("")
    times = _meanwhile(clone, figures.removals, progress, count, remove, said=True)
    count.note = "the worst way of it, too: memory.db alone, and what lies beside it stays"
    answer = world.finish(living)
    count.hold(answer, said=True)
    count.lost += len(set(answer.out.split()) - clone.ids())
    count.errors += clone.faults()
    total = figures.removals + figures.removals // 2
    count.many = f"{total} writes, {times} removals"
    return count


_LIVES_ON = """
import sys, time
from git_cmos.actions import missions
from git_cmos.memory import Memory
with Memory.open(lives_on=True) as memory:
    for number in range(int(sys.argv[1])):
        missions.add(memory, f"L{number}", "a word")
        print(f"L{number}", flush=True)
        time.sleep(0.05)
"""


def _meanwhile(
    clone: Clone,
    total: int,
    progress: Progress,
    count: Count,
    act: Callable[[], object],
    said: bool = False,
) -> int:
    """Four processes at a time write while `act` is done again and again; how often it was."""
    done, times, writing = itertools.count(1), itertools.count(), [True]

    def write(writer: int) -> set[str]:
        kept = set()
        for number in range(writer, total, 4):
            answer = clone.cmos("mission", "add", f"M{number}", "a word")
            if count.hold(answer, said=said):
                kept.add(f"M{number}")
            progress(next(done), total)
        return kept

    def attack() -> int:
        while writing[0]:
            act()
            next(times)
        return 0

    def all_writers() -> set[str]:
        try:
            jobs = [lambda writer=writer: write(writer) for writer in range(4)]
            return set().union(*clone.world.at_once(jobs))
        finally:
            writing[0] = False

    acknowledged, _ = clone.world.at_once([all_writers, attack])
    count.lost += len(acknowledged - clone.ids())
    count.errors += clone.faults()
    count.lost += len(acknowledged - clone.ids())
    return next(times)


# -- clocks --------------------------------------------------------------------------------


def clocks(world: World, figures: Figures, progress: Progress) -> Count:
    """Two writers whose clocks are a day apart, in turns: what is told later counts later."""
    early, late = world.team(2)
    count = Count(f"{figures.turns} missions, 8 turns each")
    ahead, behind = str(HALF_A_DAY), str(-HALF_A_DAY)

    def tell(clone: Clone, offset: str, *words: str) -> None:
        for line in (("sync",), ("mission", *words), ("sync",)):
            count.hold(clone.cmos(*line, CMOS_CLOCK_OFFSET=offset), said=True)

    for number in range(figures.turns):
        mission = f"T{number}"
        tell(early, ahead, "add", mission, "a word")
        tell(late, behind, "start", mission)
        tell(early, ahead, "block", mission, "--reason", "r")
        tell(late, behind, "unblock", mission)
        for clone, offset in ((early, behind), (early, ahead)):  # and two on one clone
            verb = "start" if offset == behind else "complete"
            count.hold(clone.cmos("sync"), said=True)
            count.hold(clone.cmos("mission", verb, mission, CMOS_CLOCK_OFFSET=offset), said=True)
        progress(number + 1, figures.turns)
    for clone in (early, late):
        count.hold(clone.cmos("sync"), said=True)
        rows = clone.asked("mission", "list")
        count.lost += figures.turns - sum(row["status"] == "Completed" for row in rows)
    if early.digest() != late.digest():
        count.errors.append("two digests")
    count.errors += early.faults()
    return count


POINTS: dict[str, tuple[str, Callable[[World, Figures, Progress], Count]]] = {
    "writers": ("writers at once in one clone", writers),
    "first-runs": ("first runs at once", first_runs),
    "kills": ("kill -9, at random and at every step", kills),
    "disk-full": ("a full disk, at every size", disk_full),
    "claims": ("agents of one clone claim one mission", claims_here),
    "claims-remote": ("agents claim through one remote", claims_there),
    "clones": ("clones that push, fetch and are offline", clones),
    "gc": ("git gc --prune=now beside writers", gc),
    "removed": ("memory.db removed under live processes", removed),
    "clocks": ("two clocks a day apart", clocks),
}
