"""Import: read, plan, tell what is new; or, for a dry run, do all that to a copy."""

from __future__ import annotations

import os

from git_cmos import clock, db, fold, journal
from git_cmos.actions.agents import who
from git_cmos.actions.storage import told_digest
from git_cmos.actions.transfer import sources
from git_cmos.actions.transfer.plan import Planner
from git_cmos.actions.transfer.records import EventRecord, Problem
from git_cmos.actions.transfer.sifting import Differs, Sieve
from git_cmos.memory import Memory
from git_cmos.opening import copy_of
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_cmos.actions.transfer.plan import Step
    from git_cmos.actions.transfer.records import Found
    from git_cmos.events import Event
    from git_cmos.memory import Decide

# The names of our own export's files, which show what its events tell.
_SHOWN = (
    *("backlog.yaml", "sessions.jsonl", "ps_sessions.jsonl"),
    *("project_context.json", "master_context.json"),
)


@value
class Count:
    """How many rows of one kind the sources hold, and what became of them."""

    rows: int
    imported: int
    already_there: int
    set_aside: int


@value
class Imported:
    """What an import did, or would do. told: events; told_digest: see `storage.told_digest`; None
    unless our own events were imported."""

    files: list[str]
    dry_run: bool
    told: int
    kinds: dict[str, Count]
    set_aside: list[Problem]
    remarks: list[Problem]
    differs: list[Differs]
    told_digest: str | None


def bring(
    memory: Memory,
    paths: Sequence[str],
    *,
    dry_run: bool = False,
    update: bool = False,
    agent: str | None = None,
) -> Imported:
    """Import files, and what folders hold. update: what differs from what is known here is told
    as of now.

    What cannot be read is listed; the rest comes in. A second time adds nothing.
    """
    horizon = clock.now() + memory.config.seconds("cmos.date.future") * 1_000_000
    found = sources.read(paths, horizon)
    steps = Planner(found).steps()
    actor = who(memory, agent)
    if not dry_run:
        return _tell(memory, memory.change, found, steps, update, actor)
    with Memory(memory.repo, copy_of(memory.db), why_frozen="a dry run") as copy:
        return _tell(copy, _Rehearsal(copy).change, found, steps, update, actor)


def _tell(
    memory: Memory,
    change: Callable[[Decide, str], Sequence[object]],
    found: Found,
    steps: list[Step],
    update: bool,
    actor: str,
) -> Imported:
    """Our own events first: what stands beside them is compared with what they tell."""
    told, sieves = 0, []
    own = [step for step in steps if step.kind == "events"]
    for part in (own, [step for step in steps if step.kind != "events"]):
        sieve = Sieve(memory, found, update, _views(found))
        sieves.append(sieve)
        if part:
            told += len(change(lambda db, part=part, sieve=sieve: sieve.sift(part), actor))  # type: ignore[misc]
    digest = told_digest(memory) if own else None
    return _summary(found, sieves, told, bool(memory.why_frozen), digest)


class _Rehearsal:
    """What `Memory.change` does, on a copy that goes away."""

    def __init__(self, copy: Memory) -> None:
        self.db = copy.db
        self.ahead = copy.config.seconds("cmos.date.future") * 1_000_000

    def change(self, decide: Decide, actor: str) -> list[Event]:
        with db.transaction(self.db):
            told = journal.storable(decide(self.db))
            stamped = journal.stamp(self.db, "rehearsal", told, actor, self.ahead)
            for event in journal.append(self.db, stamped):
                fold.extend(self.db, event)
        return stamped


def _views(found: Found) -> set[str]:
    """Files that our own export wrote beside its events."""
    folders = {
        os.path.dirname(record.place.file)
        for record in found.records
        if isinstance(record, EventRecord) and record.place.line
    }
    return {
        file
        for file in found.files
        if os.path.dirname(file) in folders and os.path.basename(file).lower() in _SHOWN
    }


def _summary(
    found: Found, sieves: list[Sieve], told: int, dry_run: bool, digest: str | None
) -> Imported:
    kinds = {}
    for kind, rows in found.rows.items():
        imported = sum(sieve.imported[kind] for sieve in sieves)
        aside = found.aside[kind]
        if rows:
            kinds[kind] = Count(rows, imported, rows - imported - aside, aside)
    problems = sorted(found.problems, key=lambda it: (it.file, it.line))
    return Imported(
        files=found.files,
        dry_run=dry_run,
        told=told,
        kinds=kinds,
        set_aside=[it for it in problems if it.aside],
        remarks=[it for it in problems if not it.aside],
        differs=[it for sieve in sieves for it in sieve.differs],
        told_digest=digest,
    )
