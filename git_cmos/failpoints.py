"""Named points at which a process can be made to die, so that tests see what a crash leaves.

`CMOS_FAILPOINT=write-committed git cmos mission add …` kills itself with SIGKILL where the point
is reached, `write-committed:3` where it is reached for the third time. Unset, a point is a call
of a function that does nothing; which of the two it is, is settled at import.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "CMOS_FAILPOINT"

# name -> where it lies; docs/reliability.md shows this table, and a test dies at each of them.
POINTS = {
    "locked": "the lock between writers is held, and nothing is begun",
    "memory-making": "the tables of a new memory.db are made, not committed",
    "memory-made": "a new memory.db is committed, and not yet known as this clone's",
    "mend-set-aside": "a damaged memory.db is set aside, and nothing stands in its place",
    "mend-filled": "what could be saved of it is in the new one, not committed",
    "catchup-folded": "history is taken in, not committed",
    "catchup-committed": "a catch-up is committed, and nothing is answered",
    "write-caught-up": "a write has caught up with history",
    "write-journaled": "its first event is in the journal, not folded",
    "write-folded": "all its events are folded, not committed",
    "write-committed": "they are committed (acknowledged), and not in the ledger",
    "ledger-writing": "the ledger is about to be appended to",
    "ledger-written": "its commit is made and its ref moved, which is not noted",
    "write-told": "the ledger has them, and nothing is answered",
    "claim-written": "a lease is written that no ref holds",
    "claim-held": "this clone's ref holds it; the remote was not asked",
    "claim-pushed": "the remote's register holds it, which is not noted here",
    "claim-noted": "it is noted here, and nothing is answered",
    "release-pushed": "the remote has let a claim go, which is not noted here",
    "sync-fetched": "the remote's ledgers are fetched, not taken in",
    "sync-taken-in": "their events are taken in, and nothing is pushed",
    "sync-pushed": "the remote has our ledger, which is not noted here",
    "sync-given": "what is pushed is noted, and claims are not settled",
    "pack-written": "the packed chain is written beside the long one",
    "pack-swapped": "it has taken the long one's place, which is not noted",
    "pack-noted": "that is noted, and nothing is synced",
}


def _pass(name: str) -> None:
    """What a point costs where no failpoint is set."""


def _armed(setting: str) -> Callable[[str], None]:
    wanted, _, times = setting.partition(":")
    left = int(times) if times.isdecimal() else 1

    def reached(name: str) -> None:
        nonlocal left
        if wanted not in POINTS or name not in POINTS:
            from git_cmos.errors import Misused

            odd = name if wanted in POINTS else wanted
            raise Misused(f"no failpoint is called {odd!r}", f"{VARIABLE} names one, or nothing")
        left -= name == wanted
        if not left:
            os.kill(os.getpid(), 9)

    return reached


_setting = os.environ.get(VARIABLE, "")
reach = _armed(_setting) if _setting else _pass
