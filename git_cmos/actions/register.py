"""The register of one mission's claim: looked at, set from the value that was expected, settled.

Every write is a compare-and-swap, first of this clone's own ref (agents of one clone), then of
the remote's. What was expected is read before the claim is judged, so that a change in between
makes the swap fail and never the judgement wrong.
"""

from __future__ import annotations

from git_cmos import leases, ledger
from git_cmos.clock import now
from git_cmos.errors import Cannot
from git_cmos.failpoints import reach
from git_cmos.leases import Lease
from git_cmos.model import COMPLETED
from git_cmos.queries import leases as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.git.transport import Remote
    from git_cmos.memory import Memory

_TRIES = 3  # swaps that a remote may refuse although nothing changed there


class Register:
    """remote: None where this repository is its own register."""

    def __init__(self, memory: Memory, remote: Remote | None, mission: str) -> None:
        self.memory, self.repo, self.remote, self.mission = memory, memory.repo, remote, mission
        self.ref = f"{memory.config.ledger_prefix()}claims/{mission}"
        self.local = leases.seen(remote.name, mission) if remote else self.ref
        self.held = leases.HELD + mission
        self._looked, self._refusals = False, 0
        self.expect()

    def expect(self) -> None:
        """Read what the refs are taken to be; before the claim is judged."""
        sql = "SELECT ref, oid FROM leases WHERE ref IN (?, ?)"
        known: dict[str, str] = dict(self.memory.db.execute(sql, (self.local, self.held)))
        self.old, self.old_held = known.get(self.local, ""), known.get(self.held, "")

    # -- asking the remote -----------------------------------------------------------------

    def look(self) -> bool:
        """Ask the remote, once, what it says now; whether that is news."""
        if self.remote is None or self._looked:
            return False
        self._looked = True
        before = self.old
        try:
            self._ask(self.remote)
        except Cannot:
            return False
        return self.old != before

    def _ask(self, remote: Remote) -> str:
        """What the remote's register is at now; kept here. Cannot where it cannot be reached."""
        oid = remote.listed(self.ref).get(self.ref, "")
        here = self.repo.refs(self.local).get(self.local, "")
        if oid and oid != here:
            why = remote.fetch([f"+{self.ref}:{self.local}"])
            if why and remote.listed(self.ref):
                raise Cannot(f"cannot fetch the claim from {remote.name}: {why}", code="remote")
        elif here and not oid:
            self.repo.move_refs((self.local, here, ""))
        self._see()
        return oid

    def _see(self) -> None:
        self.memory.catch_up()
        self.expect()

    # -- taking ----------------------------------------------------------------------------

    def take(self, lease: Lease) -> bool:
        """Set the register to this lease; False where it was not as expected: judge again.

        True also where the remote cannot be reached: the claim is tentative then. Cannot (128)
        where the remote refuses although nothing changed there.
        """
        identity = ledger.identity(self.memory.config)
        made = leases.written(self.repo, lease, identity, self.old)
        reach("claim-written")
        if self.remote is None:
            moves = [(self.ref, self.old, made), (self.held, self.old_held, made)]
        else:
            moves = [(self.held, self.old_held, made)]
        if not self.repo.move_refs(*moves):
            self._see()
            return False
        reach("claim-held")
        if self.remote is None:
            self._see()
            return True
        return self._take_there(self.remote, made)

    def _take_there(self, remote: Remote, made: str) -> bool:
        before, held = self.old, self.old_held
        try:
            why = remote.swap(self.ref, before, made)
        except Cannot as error:
            why = error.message  # the reply may be lost, and the push not
        reach("claim-pushed")
        if not why:
            self.repo.move_refs((self.local, before, made))
            reach("claim-noted")
            self._see()
            return True
        try:
            there = self._ask(remote)
        except Cannot:
            self._see()
            return True
        if there == made:
            return True
        self.repo.move_refs((self.held, made, held))
        self._see()
        self._refusals += there == before
        if self._refusals >= _TRIES:
            raise Cannot(
                f"{remote.name} refuses the claim on {self.mission}: {why}",
                "a host that takes branches only: `git config cmos.ledgerPrefix refs/heads/cmos/`",
                "refused",
            )
        return False

    # -- letting go ------------------------------------------------------------------------

    def drop(self) -> None:
        """Take our lease out of the register; Cannot (128) where the remote does not let go."""
        if self.remote is None:
            moves = [(ref, oid, "") for ref, oid in self._both() if oid]
            self.repo.move_refs(*moves)
        else:
            self._drop_there(self.remote)
            self.expect()
            self.repo.move_refs((self.held, self.old_held, ""))
        self._see()

    def _both(self) -> list[tuple[str, str]]:
        return [(self.ref, self.old), (self.held, self.old_held)]

    def _drop_there(self, remote: Remote) -> None:
        if not self._is_ours():
            self.look()
        for _ in range(_TRIES):
            if not self._is_ours():
                return
            before = self.old
            why = remote.swap(self.ref, before, "")
            if not why:
                reach("release-pushed")
                self.repo.move_refs((self.local, before, ""))
                return
            self._ask(remote)
        raise Cannot(
            f"{remote.name} does not let go of {self.mission}: {why}",
            "the claim ends by itself when its time is over",
            "refused",
        )

    def _is_ours(self) -> bool:
        """Whether the register holds what this clone asked for."""
        own, registered = self._leases()
        return own is not None and registered is not None and own.nonce == registered.nonce

    def _leases(self) -> tuple[Lease | None, Lease | None]:
        """(what this clone asked for, what the register says)."""
        found = {row["ref"]: row for row in asking.rows(self.memory, self.mission)}
        rows = [found.get(self.held), found.get(self.local)]
        made = [leases.of_row(row) if row else None for row in rows]
        return made[0], made[1]

    # -- settling --------------------------------------------------------------------------

    def settle(self) -> str:
        """After a sync: what became of this clone's claim, in a sentence, or "".

        Completed: given back. Somebody else's by now: forgotten. Tentative: registered. Registered
        and worked on since: renewed.
        """
        own, registered = self._leases()
        if own is None:
            return ""
        moment = now()
        if self._is_completed():
            self.drop()
            return f"{self.mission} is completed: the claim on it has ended"
        theirs = registered if registered and registered.nonce != own.nonce else None
        if theirs and asking.until(self.memory, theirs, moment) > moment:
            self.repo.move_refs((self.held, self.old_held, ""))
            return f"{self.mission} is claimed by {theirs.holder}, not by {own.holder}"
        ends = asking.until(self.memory, own, moment)
        if ends <= moment:
            self.repo.move_refs((self.held, self.old_held, ""))
            return f"the claim of {own.holder} on {self.mission} has expired"
        if registered and not theirs:
            return self._renew(own, ends)
        return self._register(own)

    def _is_completed(self) -> bool:
        sql = "SELECT 1 FROM missions WHERE id = ? AND status = ?"
        return self.memory.db.execute(sql, (self.mission, COMPLETED)).fetchone() is not None

    def _renew(self, own: Lease, ends: int) -> str:
        """Where the holder showed life for more than a quarter of its time since."""
        if ends - own.ttl - own.at > own.ttl // 4:
            self.take(leases.later(own, ends - own.ttl))
        return ""

    def _register(self, own: Lease) -> str:
        if self.take(own) and self._is_ours():
            return f"{self.mission} is claimed by {own.holder}: it was tentative until now"
        return f"the claim of {own.holder} on {self.mission} is still tentative"
