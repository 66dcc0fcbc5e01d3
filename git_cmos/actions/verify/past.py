"""How missions stood at a commit: folded from what that commit reaches and was told before it."""

from __future__ import annotations

from bisect import bisect_left
from itertools import groupby

from git_cmos import journal, reverts, seen
from git_cmos.actions.verify.ancestry import Ancestry
from git_cmos.events import (
    MissionBlocked,
    MissionCompleted,
    MissionStarted,
    MissionUnblocked,
    MissionWorked,
    encode,
)
from git_cmos.fold import missions as folding
from git_cmos.model import MOVES, QUEUED, STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container, Iterable, Iterator
    from typing import Any

    from git_cmos.events import Event, Happening
    from git_cmos.memory import Memory

    Row = dict[str, Any]
    Order = tuple[int, str]
    Words = tuple[str, str, str]  # author line, kind, body: what a cherry-pick keeps
    Said = tuple[Words, Event]

_CLAIMS = """
    SELECT c.oid, c.at, c.agent, c.ident, c.subject, k.place, k.kind, k.body
    FROM claims k JOIN commits c ON c.oid = k.oid
    WHERE k.subject = ? ORDER BY c.at, c.oid, k.place
"""
_REVERTS = """
    SELECT c.oid, s.oid FROM strikes s JOIN commits c ON c.oid >= s.target
    AND c.oid < s.target || 'g'
"""
_BEGINNING: Order = (-(1 << 63), "")
_FROM: dict[type[Happening], Container[str]] = {
    MissionWorked: MOVES["start"],
    MissionStarted: MOVES["start"],
    MissionCompleted: MOVES["complete"],
    MissionBlocked: MOVES["block"],
    MissionUnblocked: MOVES["unblock"],
}


class Past:
    """Some missions, each to be looked at from any commit that claims one of them."""

    def __init__(self, memory: Memory, missions: Iterable[str]) -> None:
        db = memory.db
        said = {mission: _said(db, mission) for mission in dict.fromkeys(missions)}
        by = reverters(db)
        strikers = {mission: _strikers(claims, by) for mission, claims in said.items()}
        oids = {oid for mission in said for oid in (*said[mission], *strikers[mission])}
        ancestry = Ancestry(memory.repo, _dates(db, oids))
        self.stories = {
            mission: Story(db, mission, claims, ancestry, strikers[mission])
            for mission, claims in said.items()
        }


class Story:
    """All that was ever said of one mission.

    claims: commit -> what it says, in order; strikers: commits that revert some of these, or each
    other, with those that they revert.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        mission: str,
        claims: dict[str, list[Said]],
        ancestry: Ancestry,
        strikers: dict[str, set[str]],
    ) -> None:
        self.db, self.claims, self.ancestry = db, claims, ancestry
        self.told = journal.of_subject(db, f"mission:{mission}")
        self._orders = [event.order for event in self.told]
        self._strikers = strikers
        self._reverted = sorted(claims.keys() & set().union(*strikers.values()))
        self._speakers = 0
        self._carriers: dict[Words, int] = {}
        for oid, said in claims.items():
            self._speakers |= ancestry.bits[oid]
            for words, _ in said:
                self._carriers[words] = self._carriers.get(words, 0) | ancestry.bits[oid]
        self._after: dict[int, tuple[Row | None, Order]] = {0: (None, _BEGINNING)}

    def met(self, wanted: Container[str]) -> Iterator[tuple[Event, Row | None]]:
        """Each claim of the wanted commits with the mission as it was when the claim met it; in
        order. What a commit repeats that it reaches (a cherry-pick brought home) is passed over.
        """
        for oid in self.claims:
            if oid in wanted:
                before = self._holding(oid) & ~self.ancestry.bits[oid]
                yield from self._follow(oid, before)

    def status(self, oid: str, limit: Order) -> str:
        """The status in the view from a commit, with what was told before `limit`."""
        row = self._until(*self._at(self._holding(oid)), limit)
        return str(row["status"]) if row else QUEUED

    def _at(self, held: int) -> tuple[Row | None, Order]:
        """The mission after the claims of these commits, and the last of their orders.

        Bits go by date: taking the highest away, one by one, leads to a set that was folded
        before, in a straight history at once.
        """
        later = []
        while held not in self._after:
            place = held.bit_length() - 1
            later.append(place)
            held ^= 1 << place
        for place in reversed(later):
            self._follow(self.ancestry.order[place], held)
            held |= 1 << place
        return self._after[held]

    def _follow(self, oid: str, before: int) -> list[tuple[Event, Row | None]]:
        """The claims of one commit on top of those of `before`, and what each of them met.

        The start that a `Mission:` of the same commit implies does not stand in the way of a
        `Mission-Start:` beside it: both say the same.
        """
        row, since = self._at(before)
        begun, met, repeated = row, [], set()
        for words, event in self.claims[oid]:
            if self._carriers[words] & before or words in repeated:
                continue
            repeated.add(words)
            told = self._until(row, since, event.order)
            begun, row, since = (begun if told is row else told), told, event.order
            met.append((event, begun if isinstance(event.what, MissionStarted) else row))
            row = _step(row, event)
            begun = begun if isinstance(event.what, MissionWorked) else row
        self._after[before | self.ancestry.bits[oid]] = row, since
        return met

    def _until(self, row: Row | None, since: Order, limit: Order) -> Row | None:
        """The mission after what was told between two moments, too."""
        for place in range(bisect_left(self._orders, since), len(self.told)):
            if self._orders[place] >= limit:
                break
            row = _step(row, self.told[place])
        return row

    def _holding(self, oid: str) -> int:
        """The bits of the commits with claims that `oid` reaches, without those that are
        reverted as seen from there."""
        view = self.ancestry.reached[oid]
        held, bits = view & self._speakers, self.ancestry.bits
        if self._reverted:
            hidden = frozenset(o for o in self._strikers if not bits[o] & view)
            for struck in self._reverted:
                if bits[struck] & held and reverts.reverter(self.db, struck, hidden) is not None:
                    held &= ~bits[struck]
        return held


def _step(row: Row | None, event: Event) -> Row | None:
    """The mission after one more event; the fold need not be asked of a move that is none."""
    if row and row["status"] not in _FROM.get(type(event.what), STATUSES):
        return row
    return folding.step(row, event)[0]


def _said(db: sqlite3.Connection, mission: str) -> dict[str, list[Said]]:
    """commit -> its claims on the mission, oldest first."""
    rows = db.execute(_CLAIMS, (f"mission:{mission}",)).fetchall()
    found: dict[str, list[Said]] = {}
    for oid, of_commit in groupby(rows, key=lambda row: str(row[0])):
        for row in of_commit:
            for event in seen.once([row]):
                found.setdefault(oid, []).append(((row[3], *encode(event.what)), event))
    return found


def reverters(db: sqlite3.Connection) -> dict[str, set[str]]:
    """commit -> those that say they revert it; more than in truth where a name is ambiguous."""
    found: dict[str, set[str]] = {}
    for struck, striker in db.execute(_REVERTS):
        found.setdefault(struck, set()).add(striker)
    return found


def _strikers(oids: Iterable[str], by: dict[str, set[str]]) -> dict[str, set[str]]:
    """Those that revert one of the commits, those that revert these, and so on: each with the
    commits that it reverts."""
    found: dict[str, set[str]] = {}
    queue = list(oids)
    while queue:
        struck = queue.pop()
        for striker in by.get(struck, ()):
            if striker not in found:
                queue.append(striker)
            found.setdefault(striker, set()).add(struck)
    return found


def _dates(db: sqlite3.Connection, oids: set[str]) -> dict[str, int]:
    sql = "SELECT at FROM commits WHERE oid = ?"
    return {oid: db.execute(sql, (oid,)).fetchone()[0] for oid in oids}
