"""move-illegal against an oracle: each commit's claims, folded in a memory of its own view."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from git_cmos import fold
from git_cmos.events import Event, MissionStarted, MissionWorked
from git_cmos.fold import missions as folding
from git_cmos.memory import Memory
from git_cmos.model import MOVES, QUEUED
from tests.actions.test_verify import findings, inside, plan
from tests.conftest import EPOCH, Repository

LINES = (
    *("Mission: {m}", "Mission-Start: {m}", "Mission-Complete: {m}", "Mission-Block: {m} why"),
    *("Mission-Unblock: {m}", "Mission-Complete: {m} with notes", "Mission-Start: {m}"),
)


def grow(repo: Repository, chance: random.Random, size: int) -> None:
    """Random commits with random parents, dates, claims, reverts and copies; three branches."""
    tree = repo.git("write-tree")
    commits = [repo.git("rev-parse", "HEAD")]
    messages = ["start\n"]
    for number in range(size):
        kind = chance.random()
        lines = [line.format(m=f"M{chance.randint(1, 2)}") for line in chance.choices(LINES, k=2)]
        message = f"c{number}\n\n" + "\n".join(lines[: chance.randint(1, 2)]) + "\n"
        if kind < 0.15:
            message = f"r{number}\n\nThis reverts commit {chance.choice(commits)}.\n"
        elif kind < 0.35:
            message = chance.choice(messages)
        elif kind < 0.4:
            message = f"r{number}\n\nThis reverts commit {chance.choice(commits)}.\n\n{lines[0]}\n"
        parents = dict.fromkeys(chance.choices(commits[-5:], k=chance.choice((1, 1, 2))))
        repo.clock = EPOCH + chance.randint(0, 40)  # skewed clocks and equal dates
        arguments = [word for parent in parents for word in ("-p", parent)]
        commits.append(repo.git("commit-tree", tree, *arguments, stdin=message))
        messages.append(message)
    for name, oid in zip(("main", "topic", "other"), commits[::-2], strict=False):
        repo.git("update-ref", f"refs/heads/{name}", oid)


def expected(memory: Memory) -> Iterator[tuple[str, str, str]]:
    """(commit, mission, kind) of every illegal claim, each judged in a memory of its own view."""
    rows = memory.db.execute(
        "SELECT DISTINCT k.oid, k.subject FROM claims k JOIN commits c ON c.oid = k.oid"
        " WHERE k.subject LIKE 'mission:%' AND c.struck IS NULL"
    ).fetchall()
    for oid in sorted({oid for oid, _ in rows}):
        with memory.at(oid) as view:
            for subject in sorted(subject for known, subject in rows if known == oid):
                events = fold.of_subject(view.db, subject)
                for place, event in enumerate(events):
                    if event.commit == oid and is_illegal(events[:place], event):
                        yield oid, subject.partition(":")[2], type(event.what).__name__


def is_illegal(before: list[Event], event: Event) -> bool:
    move = {"MissionStarted": "start", "MissionCompleted": "complete"}
    move |= {"MissionBlocked": "block", "MissionUnblocked": "unblock"}
    kind = type(event.what).__name__
    while (
        isinstance(event.what, MissionStarted)
        and before
        and before[-1].commit == event.commit
        and isinstance(before[-1].what, MissionWorked)
    ):
        before = before[:-1]
    row = folding.status_after(before)
    return kind in move and (row["status"] if row else QUEUED) not in MOVES[move[kind]]


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_are_judged_as_each_view_folds(repo: Repository, seed: int) -> None:
    plan(repo, "M1", "M2")
    grow(repo, random.Random(seed), 25)
    found = [f for f in findings(repo, everything=True) if f.rule == "move-illegal"]
    kinds = {"Start": "MissionStarted", "Complete": "MissionCompleted"}
    kinds |= {"Block": "MissionBlocked", "Unblock": "MissionUnblocked"}
    told = [(f.commit, f.mission, kinds[f.message[9:].partition(":")[0]]) for f in found]
    assert sorted(told) == sorted(inside(repo, lambda memory: list(expected(memory))))
