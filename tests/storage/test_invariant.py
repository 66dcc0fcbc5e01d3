"""The central invariant: the tables are a function of the events in view, however they arrived.

In process and without git: a made-up history answers in git's place, record by record.
"""

from __future__ import annotations

import heapq
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from importlib import import_module
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_cmos import adopted, db, events, fold, journal, reverts, schema
from git_cmos.catchup import CatchUp
from git_cmos.config import Config
from git_cmos.errors import GitFailed
from git_cmos.git.dates import SECOND
from git_cmos.git.refs import Tips
from git_cmos.kept import keep, note

history = import_module("git_cmos.git.history")  # not what stands for it until it is used
CONFIG = Config(values={"init.defaultbranch": "main"})
AUTHORS = (b"A U Thor <a@example.com> 10 +0000", b"B <b@example.com> 11 +0000")
MISSIONS = ("B1", "B2", "B3")
PATTERNS = (r"\[(B\d)\]", r"^\[B[12]\] (?P<id>subject) 1")
TRAILERS = (
    "Mission: B1",
    "Mission: B1, B2",
    "Mission: none",
    "Mission-Start: B2 begin",
    "Mission-Complete: B1 done",
    "Mission-Complete: B2: done",
    "Mission-Block: B1 no keys",
    "Mission-Unblock: B1 got them",
    "Decision: use SQLite. It is everywhere.",
    "Fact: port: 8080",
    "Learning: measure first",
    "Agent: codex\nMission-Complete: B3",
    "Validation-Score: 0.7\nMission-Complete: B3",
    "Session: PS-2024-01-01-001\nMission: B3",
    "Mission: B1\nMission: B1\nMission-Complete: B1\nMission-Complete: B1",
    "Nothing-Of-Ours: here",
)


def name_of(*content: object) -> str:
    return sha256(repr(content).encode()).hexdigest()[:40]


class Commit:
    """One commit of the made-up history; its name is the digest of what it holds."""

    def __init__(self, parents: list[str], date: int, author: bytes, message: str, salt: int):
        self.parents, self.date, self.author, self.message = parents, date, author, message
        self.oid = name_of(parents, date, author, message, salt)

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]

    def record(self, mark: str = "") -> bytes:
        """As `rev-list --header` prints it."""
        head = [f"{mark}{self.oid}", f"tree {'0' * 40}", *(f"parent {p}" for p in self.parents)]
        head += [f"author {self.author.decode()}", f"committer C <c@example.com> {self.date} +0000"]
        body = "\n".join(f"    {line}" for line in self.message.split("\n"))
        return ("\n".join(head) + "\n\n" + body + "\n").encode()


class History:
    """Commits and refs, asked as `Repo` is asked; `prune` forgets what no ref reaches."""

    head_name = "HEAD:"

    def __init__(self) -> None:
        self.git_dir = f"history-{id(self)}"
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.head = "main"
        self.salt = count()

    def tips(self) -> Tips:
        heads = {f"refs/heads/{name}": oid for name, oid in self.branches.items()}
        if self.head in self.branches:
            heads["HEAD:"] = self.branches[self.head]
        tags = {f"refs/tags/{name}": oid for name, oid in self.tags.items()}
        return Tips(heads=heads, tags=tags, symrefs={}, ledger={})

    def reach(self, oids: Iterable[str]) -> set[str]:
        found: set[str] = set()
        queue = list(oids)
        while queue:
            oid = queue.pop()
            if oid not in self.commits:
                raise GitFailed(f"bad object {oid}", 128)
            if oid not in found:
                found.add(oid)
                queue += self.commits[oid].parents
        return found

    def commits_named(self, beginning: str) -> list[str]:
        return [oid for oid in self.commits if oid.startswith(beginning)]

    def with_subject(self, subject: str, new: str, old: Iterable[str]) -> set[str]:
        return {oid for oid in self.oids([new], old) if self.commits[oid].subject == subject}

    def parents(self, oid: str) -> list[str]:
        return list(self.commits[oid].parents)

    def reaches(self, new: str, old: str) -> bool:
        return old in self.commits and old in self.reach([new])

    def oids_exactly(self, new: Iterable[str], old: Iterable[str]) -> set[str]:
        return self.oids(new, old)

    def oids(self, new: Iterable[str], old: Iterable[str]) -> set[str]:
        return self.reach(new) - self.reach(old)

    def sides(self, left: str, right: str) -> tuple[set[str], set[str]]:
        return self.oids([left], [right]), self.oids([right], [left])

    def records(self, new: Iterable[str], old: Iterable[str]) -> Iterator[bytes]:
        """In the order of rev-list: by date, a parent once it was reached; the boundary last."""
        new = list(new)
        wanted = self.oids(new, old)
        queue = [(-self.commits[oid].date, place, oid) for place, oid in enumerate(new)]
        heapq.heapify(queue)
        met, places, boundary = set(new), count(len(new)), []
        while queue:
            oid = heapq.heappop(queue)[2]
            if oid not in wanted:
                boundary.append(oid)
                continue
            yield self.commits[oid].record()
            for parent in self.commits[oid].parents:
                if parent not in met:
                    met.add(parent)
                    date = self.commits[parent].date
                    heapq.heappush(queue, (-date, next(places), parent))
        yield from (self.commits[oid].record("-") for oid in boundary)

    def is_shallow(self) -> bool:
        return False

    def shallow(self) -> set[str]:
        return set()

    def prune(self) -> None:
        kept = self.reach([*self.branches.values(), *self.tags.values()])
        self.commits = {oid: self.commits[oid] for oid in self.commits if oid in kept}

    def add(
        self, branch: str, parents: list[str], date: int, author: bytes, message: str, oid: str = ""
    ) -> str:
        made = Commit(parents, date, author, message, next(self.salt))
        made.oid = oid or made.oid
        self.commits[made.oid] = made
        self.branches[branch] = made.oid
        return made.oid


HISTORIES: dict[str, History] = {}


@pytest.fixture(scope="module", autouse=True)
def _made_up_history() -> Iterator[None]:
    def blocks(git_dir: str, new: Iterable[str], old: Iterable[str]) -> Iterator[bytes]:
        records = list(HISTORIES[git_dir].records(new, old))
        half = len(records) // 2
        return (b"".join(b"\0" + it for it in part) for part in (records[:half], records[half:]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "_blocks", blocks)
        yield


def empty() -> sqlite3.Connection:
    """A memory as `opening.derive_anew` begins it."""
    made = db.connect_in_memory()
    db.run_script(made, schema.read("seen.sql"))
    fold.rebuild(made)
    return made


def tell(into: sqlite3.Connection, told: Iterable[events.Event]) -> None:
    for event in journal.append(into, told):
        fold.extend(into, event)


def catch_up(of: sqlite3.Connection, repo: History) -> None:
    """As `Memory` does it: all is read anew where a pattern was adopted or dropped."""
    words = repr(adopted.vocabulary(of, CONFIG))
    changed = words != (note(of, "words") or words)
    CatchUp(of, repo, CONFIG).to(repo.tips(), everything=changed)  # type: ignore[arg-type]
    keep(of, "words", words)


def refolded(of: sqlite3.Connection) -> str:
    """The digest of a fold from nothing; the tables are left alone."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    of.backup(copy)
    fold.rebuild(copy)
    found = fold.digest(copy)
    copy.close()
    return found


SEEN = (
    "SELECT oid, at, agent, ident, subject, struck FROM commits ORDER BY oid",
    "SELECT * FROM claims ORDER BY oid, place",
    "SELECT * FROM strikes ORDER BY oid, target, via",
    "SELECT name, oid FROM unreached ORDER BY name, oid",
    "SELECT name, oid FROM standpoints ORDER BY name",
)


def seen_tables(of: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    return [of.execute(sql).fetchall() for sql in SEEN]


class World:
    """A clone under random steps: told events that come late or twice, branches that move."""

    def __init__(self) -> None:
        self.repo = History()
        HISTORIES[self.repo.git_dir] = self.repo
        self.memory = empty()
        self.told: list[events.Event] = []
        self.late: list[events.Event] = []
        self.seqs = {"w1": 0, "w2": 0}
        self.repo.add("main", [], 20, AUTHORS[0], "start")

    def pick(self, kind: str, a: int) -> str:
        """The a-th branch or commit, in a stable order."""
        names = list(self.repo.branches if kind == "branch" else self.repo.commits)
        return names[a % len(names)]

    def step(self, name: str, a: int, b: int, c: int) -> None:
        STEPS[name](self, a, b, c)

    # -- told ------------------------------------------------------------------------------

    def say(self, a: int, b: int, c: int) -> None:
        writer = ("w1", "w2")[b % 2]
        self.seqs[writer] += 1
        event = events.Event(
            id=name_of(writer, self.seqs[writer])[:26],
            at=(20 + b % 40) * SECOND,
            actor=("ann", "bob")[c % 2],
            what=happening(a, c),
            writer=writer,
            seq=self.seqs[writer],
            batch="x",
        )
        self.told.append(event)
        if c % 3:
            tell(self.memory, [event])
        else:
            self.late.append(event)

    def hear(self, a: int, b: int, c: int) -> None:
        """Late ones arrive, out of order, and one that is known already arrives again."""
        self.late.sort(key=lambda event: (event.seq * (a + 1)) % 7)
        again = [self.told[b % len(self.told)]] if self.told else []
        tell(self.memory, [*self.late, *again])
        self.late.clear()

    # -- seen ------------------------------------------------------------------------------

    def commit(self, a: int, b: int, c: int) -> None:
        branch = self.pick("branch", a)
        subject = f"[B{c % 4}] subject {c % 2}" if c % 5 == 0 else f"subject {c % 2}"
        message = f"{subject}\n\n{TRAILERS[c % len(TRAILERS)]}"
        tip = self.repo.branches[branch]
        self.repo.add(branch, [tip], 20 + b % 40, AUTHORS[b % 2], message)

    def merge(self, a: int, b: int, c: int) -> None:
        branch, other = self.pick("branch", a), self.pick("branch", b)
        ours, theirs = self.repo.branches[branch], self.repo.branches[other]
        if ours != theirs:
            message = f"merge\n\n{TRAILERS[c % len(TRAILERS)]}" if c % 2 else "merge"
            self.repo.add(branch, [ours, theirs], 20 + c % 40, AUTHORS[0], message)

    def twin(self, a: int, b: int, c: int) -> None:
        """A cherry-pick or a rebase: the same author line and words on another parent."""
        branch, like = self.pick("branch", a), self.repo.commits[self.pick("commit", b)]
        tip = self.repo.branches[branch]
        self.repo.add(branch, [tip], 20 + c % 40, like.author, like.message)

    def revert(self, a: int, b: int, c: int) -> None:
        branch = self.pick("branch", a)
        tip = self.repo.branches[branch]
        there = sorted(self.repo.reach([tip]))
        target = self.repo.commits[there[b % len(there)]]
        words = f"This reverts commit {target.oid}"
        if len(target.parents) > 1:
            words += f", reversing\nchanges made to {target.parents[0]}"
        message = f'Revert "{target.subject}"\n\n{words}.\n'
        message += f"\n{TRAILERS[c % 7]}" if c % 2 else ""
        self.repo.add(branch, [tip], 20 + c % 40, AUTHORS[0], message)

    def branch(self, a: int, b: int, c: int) -> None:
        self.repo.branches[f"b{c % 4}"] = self.pick("commit", a)

    def delete(self, a: int, b: int, c: int) -> None:
        if len(self.repo.branches) > 1:
            del self.repo.branches[self.pick("branch", a)]

    def switch(self, a: int, b: int, c: int) -> None:
        self.repo.head = self.pick("branch", a)

    def tag(self, a: int, b: int, c: int) -> None:
        self.repo.tags[f"v{c % 3}"] = self.pick("commit", a)

    def untag(self, a: int, b: int, c: int) -> None:
        self.repo.tags.pop(f"v{c % 3}", None)

    def prune(self, a: int, b: int, c: int) -> None:
        self.repo.prune()

    def look(self, a: int, b: int, c: int) -> None:
        catch_up(self.memory, self.repo)

    # -- what must hold --------------------------------------------------------------------

    def check(self) -> None:
        """Equal to a rebuild, and to a clone that heard and read everything at once."""
        self.look(0, 0, 0)
        tell(self.memory, self.late)
        self.look(0, 0, 0)
        digest = fold.digest(self.memory)
        assert digest == refolded(self.memory)
        other = empty()
        tell(other, reversed(self.told))
        catch_up(other, self.repo)
        assert seen_tables(self.memory) == seen_tables(other)
        assert digest == fold.digest(other)
        assert digest == refolded(other)
        other.close()

    def close(self) -> None:
        del HISTORIES[self.repo.git_dir]
        self.memory.close()


def happening(a: int, c: int) -> events.Happening:
    """Any kind that can be told (commits alone make CommitSeen)."""
    mission, other = MISSIONS[a % 3], MISSIONS[c % 3]
    edge = {"source": mission, "type": ("Requires", "Blocks", "Enables")[c % 3], "target": other}
    made: tuple[Callable[[], events.Happening], ...] = (
        lambda: events.MissionAdded(mission, f"name {c}", {"sprint_id": "s1", "notes": "n"}),
        lambda: events.MissionUpdated(mission, {"objective": f"o{c}", "deliverables": ["d"]}),
        lambda: events.MissionWorked(mission),
        lambda: events.MissionStarted(mission, f"s{c}"),
        lambda: events.MissionCompleted(mission, "", f"n{c}", (None, 0.9, 0.5)[c % 3]),
        lambda: events.MissionBlocked(mission, f"r{c}", ["x"]),
        lambda: events.MissionUnblocked(mission, "ok", ("Queued", "Current", "In Progress")[c % 3]),
        lambda: events.MissionReopened(mission, "why", ("Queued", "Current")[c % 2]),
        lambda: events.MissionPromoted(mission),
        lambda: events.MissionDemoted(mission),
        lambda: events.DependencyAdded(edge=" ".join(edge.values()), **edge),
        lambda: events.DependencyRemoved(" ".join(edge.values())),
        lambda: events.SprintAdded(f"s{c % 2}", {"title": f"t{c}"}),
        lambda: events.SprintUpdated(f"s{c % 2}", {"focus": f"f{c}"}),
        lambda: events.DecisionMade("d1", f"t{c}", "r", [mission]),
        lambda: events.FactStated("f1", "fact", f"c{c}", []),
        lambda: events.Unknown(f"Later{c % 2}", f'{{"x":{c}}}'),
        *remembered(mission, c),
    )
    return made[a // 3 % len(made)]()


def remembered(mission: str, c: int) -> tuple[Callable[[], events.Happening], ...]:
    session, step = f"k{c % 2}", ("n1", "f1", "x9")[c % 3]
    category = ("decision", "next-step", "context")[c % 3]
    context = ("project_context", "master_context")[c % 2]
    path, value = (
        ("a", "a.b", "a.b.c", "", "a..b")[c % 5],
        ('"t"', "{}", "[1]", "", "{")[c // 5 % 5],
    )
    return (
        lambda: events.DecisionMade(f"d{c % 2}", f"t{c}", "r", [mission], session),
        lambda: events.DecisionSuperseded(f"d{c % 2}", f"d{c}"),
        lambda: events.FactStated(f"f{c % 2}", "next-step", f"c{c}", [mission]),
        lambda: events.SessionStarted(session, "PS-2026-01-01-001", "review", f"t{c}", "s1"),
        lambda: events.SessionCaptured(session, f"n{c % 3}", category, f"c{c}"),
        lambda: events.SessionCompleted(session, f"s{c}", ["one", "two"]),
        lambda: events.SessionCanceled(session, f"r{c}"),
        lambda: events.NextStepDone(step),
        lambda: events.NextStepReopened(step),
        lambda: events.Noted(f"o{c}", "note", f"s{c}", mission, "", ("", "text", '{"n":1}')[c % 3]),
        lambda: events.ContextSet(context, path, value),
        lambda: events.PatternAdopted(PATTERNS[c % 2], ("work", "complete")[c // 2 % 2]),
        lambda: events.PatternDropped(PATTERNS[c % 2]),
        lambda: events.ContextSnapshotTaken(f"p{c % 2}", context, "0" * 64, "{}", f"s{c}", None),
    )


def test_every_kind_that_can_be_told_is_thrown_in() -> None:
    made = {type(happening(3 * place, 0)).__name__ for place in range(100)}
    assert made >= set(events.KINDS) - {"CommitSeen"}


STEPS: dict[str, Callable[[World, int, int, int], None]] = {
    "say": World.say,
    "hear": World.hear,
    "commit": World.commit,
    "merge": World.merge,
    "twin": World.twin,
    "revert": World.revert,
    "branch": World.branch,
    "delete": World.delete,
    "switch": World.switch,
    "tag": World.tag,
    "untag": World.untag,
    "prune": World.prune,
    "look": World.look,
}
OFTEN = [*STEPS, *["say", "commit", "look"] * 3, "revert", "branch", "twin"]
NUMBER = st.integers(0, 5000)
STEP = st.tuples(st.sampled_from(OFTEN), NUMBER, NUMBER, NUMBER)


def live(steps: list[tuple[str, int, int, int]]) -> None:
    world = World()
    try:
        for place, (name, a, b, c) in enumerate(steps):
            world.step(name, a, b, c)
            if name == "look" and place % 4 == 0:
                assert fold.digest(world.memory) == refolded(world.memory)
        world.check()
    finally:
        world.close()


QUICK = settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
LONG = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(st.lists(STEP, min_size=8, max_size=40))
def test_tables_are_a_function_of_the_events_in_view(
    steps: list[tuple[str, int, int, int]],
) -> None:
    live(steps)


@pytest.mark.long
@LONG
@given(st.lists(STEP, min_size=50, max_size=50))
def test_tables_are_a_function_of_the_events_in_view_over_long_lives(
    steps: list[tuple[str, int, int, int]],
) -> None:
    live(steps)


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_gives_one_digest(seed: int) -> None:
    shuffled_arrivals(seed, 30)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_orders_of_arrival_give_one_digest(seed: int) -> None:
    shuffled_arrivals(seed, 100)


def shuffled_arrivals(seed: int, shuffles: int) -> None:
    """One story, heard in many orders: branches one by one, told events in handfuls, twice."""
    chance = random.Random(seed)
    world = World()
    for _ in range(60):
        name = chance.choice(["say", "commit", "commit", "merge", "revert", "branch", "twin"])
        world.step(name, *(chance.randrange(5000) for _ in range(3)))
    world.check()
    digest = fold.digest(world.memory)
    branches = dict(world.repo.branches)
    for _ in range(shuffles):
        other = empty()
        told, names = world.told * 2, sorted(branches)
        chance.shuffle(told)
        chance.shuffle(names)
        while told or names:
            if names and chance.random() < 0.5:
                names.pop()
                world.repo.branches = {n: o for n, o in branches.items() if n not in names}
                catch_up(other, world.repo)
            tell(other, [told.pop() for _ in range(min(len(told), chance.randrange(1, 9)))])
        assert fold.digest(other) == digest
        other.close()
    world.close()


WORDS = st.tuples(
    st.integers(0, len(remembered("B1", 0)) - 1),
    st.sampled_from(MISSIONS),
    st.integers(20, 60),  # when
    st.integers(0, 5),
)


@QUICK
@given(st.lists(WORDS, min_size=4, max_size=25), st.randoms(use_true_random=False))
def test_sessions_and_what_they_leave_are_the_same_for_any_order(
    words: list[tuple[int, str, int, int]], chance: random.Random
) -> None:
    """Few names, so that two sessions capture under one id, and ends come before beginnings."""
    said = [(20 + 9 * c, events.SessionStarted(f"k{c}", "PS-1", "review", "t")) for c in range(2)]
    said += [(at, remembered(mission, c)[kind]()) for kind, mission, at, c in words]
    events_ = [told(what, seq, at=at * SECOND) for seq, (at, what) in enumerate(said, 1)]
    in_order = heard(*events_)
    chance.shuffle(events_)
    assert heard(*events_) == in_order


# -- reverts of every shape ----------------------------------------------------------------------


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def said(world: World, branch: str, message: str, oid: str = "") -> str:
    """A commit on the branch, a second after the last one."""
    tip = world.repo.branches[branch]
    date = 21 + len(world.repo.commits)
    return world.repo.add(branch, [tip], date, AUTHORS[0], message, oid)


def revert_of(*oids: str) -> str:
    return "Revert\n\n" + "\n".join(f"This reverts commit {oid}." for oid in oids)


def test_a_revert_of_a_merge_strikes_the_same_commits_whenever_the_merge_arrives(
    world: World,
) -> None:
    """The revert was picked to a branch that is fetched before the one that has the merge."""
    repo = world.repo
    start = repo.branches["main"]
    repo.branches["feature"] = repo.branches["picked"] = start
    said(world, "feature", "work\n\nMission-Complete: B1")
    merge = repo.add("main", [start, repo.branches["feature"]], 60, AUTHORS[0], "merge")
    del repo.branches["feature"]
    words = f"Revert\n\nThis reverts commit {merge}, reversing\nchanges made to {start}."
    said(world, "picked", words)
    main = repo.branches.pop("main")
    world.look(0, 0, 0)
    repo.branches["main"] = main
    world.check()


def test_a_revert_of_a_merge_that_left_the_view_does_not_depend_on_what_git_pruned(
    world: World,
) -> None:
    """The objects of the merge are still there in one clone, and were never in another."""
    repo = world.repo
    start = repo.branches["main"]
    repo.branches["feature"] = repo.branches["picked"] = start
    said(world, "feature", "work\n\nMission-Complete: B1")
    merge = repo.add("main", [start, repo.branches["feature"]], 60, AUTHORS[0], "merge")
    words = f"Revert\n\nThis reverts commit {merge}, reversing\nchanges made to {start}."
    said(world, "picked", words)
    del repo.branches["main"]
    world.look(0, 0, 0)
    repo.commits = {oid: c for oid, c in repo.commits.items() if oid != merge}
    world.check()


def test_an_ambiguous_name_strikes_the_same_commits_for_any_order(world: World) -> None:
    """`git revert --reference` writes seven digits; another commit may begin with them too."""
    one = said(world, "main", "one\n\nMission-Complete: B1", "abcdef1" + "0" * 33)
    said(world, "main", revert_of(one[:7]))
    world.look(0, 0, 0)
    said(world, "main", "two\n\nMission-Complete: B2", "abcdef1" + "1" * 33)
    world.check()


def test_an_ambiguous_name_that_comes_last_strikes_the_same_commits(world: World) -> None:
    one = said(world, "main", "one\n\nMission-Complete: B1", "abcdef1" + "0" * 33)
    said(world, "main", "two\n\nMission-Complete: B2", "abcdef1" + "1" * 33)
    world.look(0, 0, 0)
    said(world, "main", revert_of(one[:7]))
    world.check()


def test_a_commit_that_reverts_itself_by_a_short_name_harms_nobody(world: World) -> None:
    """Twenty-eight bits are found in minutes."""
    said(world, "main", "one\n\nMission-Complete: B1")
    message = revert_of("abcdef1") + "\n\nMission-Complete: B2"
    said(world, "main", message, "abcdef1" + "0" * 33)
    world.check()


def test_a_long_chain_of_reverts_is_followed(world: World) -> None:
    names = [f"{n:040x}" for n in range(1200)]
    chain = list(zip(names[1:], names, strict=False))
    row = "INSERT INTO commits (oid, at, agent, ident, subject) VALUES (?, ?, 'a', 'i', 's')"
    world.memory.executemany(row, [(oid, at) for at, oid in enumerate(names)])
    world.memory.executemany("INSERT INTO strikes VALUES (?, ?, '')", chain)
    assert reverts.reverter(world.memory, names[0]) == names[1]
    assert reverts.reverter(world.memory, names[1]) is None


def test_reverts_of_several_commits_cost_no_more_than_their_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = reverts.reverter, count()

    def counted(*given: Any) -> str | None:
        assert next(calls) < 20_000, "exponential in the depth of the reverts"
        return real(*given)

    monkeypatch.setattr(reverts, "reverter", counted)
    level = [said(world, "main", f"{n}\n\nMission-Complete: B{n}") for n in (1, 2)]
    for _ in range(20):
        level = [said(world, "main", f"{n}{revert_of(*level)}") for n in (1, 2)]
    world.look(0, 0, 0)


# -- told events of odd shapes ---------------------------------------------------------------------


def told(what: events.Happening, seq: int, id_: str = "", at: int = 0) -> events.Event:
    return events.Event(
        id=id_ or name_of(seq)[:26],
        at=at or seq,
        actor="ann",
        what=what,
        writer="w1",
        seq=seq,
        batch="x",
    )


def heard(*events_: events.Event) -> str:
    made = empty()
    for event in events_:
        fresh, clashed = journal.merge(made, [event])
        for one in fresh:
            fold.extend(made, one)
        if clashed:
            fold.rebuild(made)
    digest = fold.digest(made)
    assert digest == refolded(made)
    made.close()
    return digest


FORKS = {
    "one position, two events": (
        told(events.MissionAdded("B1", "one", {}), 1, "a" * 26),
        told(events.MissionAdded("B2", "two", {}), 1, "b" * 26),
    ),
    "one id, two words": (
        told(events.MissionAdded("B1", "one", {}), 1, "a" * 26),
        told(events.MissionAdded("B1", "two", {}), 2, "a" * 26),
    ),
}


@pytest.mark.parametrize("fork", FORKS)
def test_a_forked_writer_is_judged_alike_for_any_order(fork: str) -> None:
    one, two = FORKS[fork]
    assert heard(one, two) == heard(two, one)


def test_an_edge_whose_name_is_not_its_ends_leaves_nothing_behind() -> None:
    edge = {"source": "B1", "type": "Requires", "target": "B2"}
    added = told(events.DependencyAdded(edge="B8 Requires B9", **edge), 1)
    heard(added, told(events.DependencyRemoved("B8 Requires B9"), 2))


def test_two_edges_of_one_pair_do_not_share_a_row() -> None:
    edge = {"source": "B1", "type": "Requires", "target": "B2"}
    one = told(events.DependencyAdded(edge="B1 Requires B2", **edge), 1)
    two = told(events.DependencyAdded(edge="other", **edge), 2)
    gone = told(events.DependencyRemoved("B1 Requires B2"), 3)
    assert heard(one, two, gone) == heard(gone, two, one)


def test_a_commit_of_many_trailers_is_folded_in_its_order(world: World) -> None:
    """The position in the commit is part of an event's id, four digits wide."""
    lines = [f"Fact: n{n}" for n in range(9998)]
    lines += ["Mission-Complete: B1", "Mission-Block: B1 too late to block"]
    said(world, "main", "many\n\n" + "\n".join(lines))
    world.look(0, 0, 0)
    assert world.memory.execute("SELECT status FROM missions").fetchall() == [("Completed",)]
    assert fold.digest(world.memory) == refolded(world.memory)
