"""Folding a long ledger: the same events in as few commits as they fit into.

The folded chain shares no commit with the long one, so that a clone which takes it in need not
have the long one. Events have their ids, so clones that have both lose and double nothing.
"""

from __future__ import annotations

from git_cmos import batch, journal, ledger
from git_cmos.clock import iso
from git_cmos.errors import Cannot
from git_cmos.failpoints import reach
from git_cmos.kept import self_note

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.config import Config
    from git_cmos.events import Event
    from git_cmos.git import Repo

_MAKING = "refs/cmos/packing"


def pack(db: sqlite3.Connection, repo: Repo, config: Config) -> tuple[int, int]:
    """(commits before, commits after) of this writer's ledger; under the write lock.

    Cannot (128) where the folded chain would not say all that the long one says.
    """
    name = self_note(db, "writer")
    ref = f"refs/cmos/ledger/{name}"
    tip = repo.tips({}).ledger.get(ref, "") if name else ""
    if not name or not tip:
        return 0, 0
    before = repo.oids([tip], [])
    parts = list(ledger.batches(journal.since(db, name, 0)))
    if len(parts) >= len(before):
        return len(before), len(before)
    repo.run("update-ref", "-d", _MAKING)
    made = ledger.written(repo, config, _MAKING, "", parts, _heading)
    reach("pack-written")
    _check(repo, name, tip, made)
    swap = f"update {ref} {made} {tip}\ndelete {_MAKING} {made}\n"
    repo.run("update-ref", "--stdin", stdin=swap.encode())
    reach("pack-swapped")
    ledger.keep_tip(db, name, made, parts[-1][-1].seq)
    reach("pack-noted")
    return len(before), len(parts)


def _heading(events: list[Event]) -> str:
    first, last = (iso(events[place].at)[:10] for place in (0, -1))
    return f"{len(events):,} events from {first} to {last}, packed\n\n{batch.message(events)}"


def _check(repo: Repo, name: str, tip: str, made: str) -> None:
    lost = held(repo, name, [tip]) - held(repo, name, [made])
    if lost:
        repo.run("update-ref", "-d", _MAKING)
        raise Cannot(
            f"the ledger holds {len(lost)} events that the journal lacks; it stays as it is",
            "`git cmos db rebuild` and try again",
            "not-packed",
        )


def held(repo: Repo, name: str, tips: list[str]) -> set[str]:
    """The ids of the events of one writer that some chains hold."""
    return {event.id for event in ledger.read(repo, name, tips, [])}
