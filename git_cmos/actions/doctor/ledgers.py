"""The ledgers: is what was told written down, given to others, still there, all taken in?"""

from __future__ import annotations

from git_cmos import ledger
from git_cmos.actions import remotes
from git_cmos.actions.doctor.symptom import hint, wrong
from git_cmos.actions.exchange import Exchange
from git_cmos.errors import CmosError
from git_cmos.kept import ledger_is_behind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.doctor.symptom import Symptom
    from git_cmos.memory import Memory

_PATIENCE = 10  # seconds that a remote has for its answer
_SYNC = "`git cmos sync`"


def behind(memory: Memory) -> Iterator[Symptom]:
    """Events that are in memory.db alone."""
    if ledger_is_behind(memory.db):
        yield wrong(
            "events are not in the ledger yet: the next command writes them, if it can",
            "`git cmos status` says why it could not",
        )


def unsent(memory: Memory) -> Iterator[Symptom]:
    """Events that no other clone can have yet."""
    try:
        remote = remotes.usual(memory)
    except CmosError as error:
        yield hint(f"nothing is sent to anyone: {error.message}", error.hint)
        return
    if remote is None:
        return
    seen = list(memory.repo.refs(f"refs/cmos/remotes/{remote.name}/ledger/").values())
    own = memory.repo.refs("refs/cmos/ledger/")
    count = sum(
        1
        for ref, oid in own.items()
        for _ in ledger.read(memory.repo, ledger.writer_of(ref), [oid], seen)
    )
    if count:
        yield hint(f"{remote.name} has not been given {_events(count)} told here", _SYNC)


def refused(memory: Memory) -> Iterator[Symptom]:
    """What ledgers hold and cannot be taken in, by its writer."""
    sql = (
        "SELECT writer, reason, sum(lines) FROM ledger_refusals"
        " GROUP BY writer, reason ORDER BY 3 DESC, 1, 2 LIMIT 20"
    )
    for writer, reason, count in memory.db.execute(sql).fetchall():
        lines = "1 line" if count == 1 else f"{count:,} lines"
        yield hint(
            f"{lines} of the ledger of {writer[:40]} set aside: {reason}",
            "nothing to do here: every clone gives this verdict, and takes in the rest",
        )


def later_kinds(memory: Memory) -> Iterator[Symptom]:
    """Events that this version cannot fold."""
    sql = "SELECT reason, kind, count(*) FROM set_aside GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20"
    for reason, kind, count in memory.db.execute(sql).fetchall():
        yield hint(
            f"{_events(count)} of the kind {kind[:60]} set aside: {reason}",
            "an upgrade of git cmos folds what it can read",
        )


def same_writer(memory: Memory) -> Iterator[Symptom]:
    """One place in one ledger taken by two events: a clone was copied with its memory."""
    sql = (
        "SELECT writer, count(*) FROM (SELECT writer FROM events GROUP BY writer, seq"
        " HAVING count(*) > 1) GROUP BY writer ORDER BY writer"
    )
    for writer, count in memory.db.execute(sql).fetchall():
        yield hint(
            f"two clones have written as {writer[:40]}: {count} places of that ledger hold two"
            " events, and both are kept",
            "copy with `git clone`, which makes a writer of its own",
        )


def lost_there(memory: Memory) -> Iterator[Symptom]:
    """What the remote had once and has no longer, or has and we lack."""
    try:
        remote = remotes.usual(memory)
    except CmosError:  # `unsent` says it
        return
    if remote is None:
        return
    remote = remotes.chosen(memory, remote.name, asking=False, seconds=_PATIENCE)
    prefix = memory.config.ledger_prefix()
    exchange = Exchange(memory, remote, prefix)
    try:
        exchange.look()
    except CmosError as error:
        yield hint(error.message, "`git cmos doctor --offline` does not ask")
        return
    for words in exchange.lost():
        yield wrong(words, f"{_SYNC} there, too: each clone gives back its own")
    there = (oid for ref, oid in exchange.there.items() if ref.startswith(f"{prefix}ledger/"))
    if not all(map(memory.repo.has, there)):
        yield hint(f"{remote.name} has events that are not here yet", _SYNC)


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"
