"""Claims on missions: one winner, however many ask at once, on this clone and through a remote.

Within a clone git's own update of one ref from an expected value decides, between clones the
same on the remote. What cannot be asked of the remote is tentative until a sync settles it.
"""

from __future__ import annotations

import os
from zlib import crc32

from git_cmos import clock, db, leases
from git_cmos.actions import remotes
from git_cmos.actions.agents import author, who
from git_cmos.actions.missions import refuse_illegal
from git_cmos.actions.register import Register
from git_cmos.errors import Cannot, Misused, Refused
from git_cmos.leases import Lease
from git_cmos.model import COMPLETED
from git_cmos.queries import leases as asking
from git_cmos.queries import missions
from git_cmos.queries.next import next_mission

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.git.transport import Remote
    from git_cmos.memory import Memory
    from git_cmos.model import Next
    from git_cmos.queries.leases import Claim

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ROUNDS = 5


def claim(
    memory: Memory, mission_id: str, *, agent: str | None = None, ttl: str | None = None
) -> Claim:
    """Take the mission, or renew the claim on it; ttl: as `2h`, by default `cmos.claimTtl`.

    Refused (1) where somebody else holds it, or it is completed. The answer's state is `held`,
    or `tentative` where the remote could not be reached.
    """
    if memory.why_frozen:
        raise db.unwritable(memory.why_frozen)
    actor, length = who(memory, agent), duration(ttl or memory.config.get("cmos.claimttl"))
    if missions.require(memory, mission_id)["status"] == COMPLETED:
        hint = f"`git cmos mission reopen {mission_id}` first"
        raise Refused(f"cannot claim {mission_id}: it is Completed", hint, "illegal-move")
    _sweep(memory)
    # Agents of one clone wait for each other here: who comes second is told who won in the end.
    with db.lock(_lock_of(memory), crc32(mission_id.encode())):
        memory.catch_up()
        found = _take(memory, mission_id, actor, length, ttl is None)
    if found is None:
        raise Cannot(f"the claim on {mission_id} did not last", "try again", "remote")
    if not found.mine:
        raise lost(found)
    return found


def _sweep(memory: Memory) -> None:
    """Where this repository is the register, what is completed needs no claim any more (with a
    remote, sync sees to that)."""
    ended = memory.db.execute(
        "SELECT l.mission FROM leases l JOIN leases h ON h.nonce = l.nonce AND h.remote = '.'"
        " JOIN missions m ON m.id = l.mission WHERE l.remote = '' AND m.status = ?",
        (COMPLETED,),
    ).fetchall()
    for (mission,) in ended:
        Register(memory, None, mission).drop()


def _lock_of(memory: Memory) -> str:
    return os.path.join(memory.repo.place.common_dir, "cmos-claims.lock")


def _take(memory: Memory, mission_id: str, actor: str, ttl: int, lazy: bool) -> Claim | None:
    """The claim as it stands in the end; lazy: one's own that is fresh will do."""
    register = Register(memory, remotes.usual(memory), mission_id)
    for _ in range(_ROUNDS):
        known = asking.claims(memory, actor, mission_id).get(mission_id)
        if known and known.live and not known.mine:
            if known.elsewhere and register.look():
                continue  # what we knew of the remote was old
            raise lost(known)
        if known and lazy and _is_fresh(known, ttl):
            return known
        if register.take(_lease(memory, mission_id, actor, ttl, known)):
            break
    return asking.claims(memory, actor, mission_id).get(mission_id)


def _is_fresh(known: Claim, length: int) -> bool:
    """Whether one's own claim was registered so lately that nothing would be won by renewing."""
    return known.state == asking.HELD and known.age * 1_000_000 < length // 4


def _lease(memory: Memory, mission: str, actor: str, ttl: int, known: Claim | None) -> Lease:
    """A new lease; a renewed one keeps its nonce, by which this clone knows it again."""
    at = clock.now()
    sql = "SELECT nonce FROM leases WHERE remote = '.' AND mission = ?"
    row = memory.db.execute(sql, (mission,)).fetchone() if known and known.mine else None
    return Lease(
        mission=mission,
        holder=actor,
        author=author(memory),
        place=memory.repo.head_name,
        nonce=row[0] if row else clock.new_id(at),
        at=at,
        ttl=ttl,
    )


def lost(claim: Claim) -> Refused:
    """The refusal of one who came second."""
    return Refused(
        f"{claim.mission} is {asking.words(claim)}",
        "`git cmos next --claim` takes the next one that is free",
        "lost-claim",
    )


def release(memory: Memory, mission_id: str, *, agent: str | None = None) -> str:
    """Let the mission go; what was done, in a sentence.

    Refused (1) where somebody else holds it; Cannot (128) where the remote has to let go and
    cannot be reached: the claim ends by itself then.
    """
    if memory.why_frozen:
        raise db.unwritable(memory.why_frozen)
    actor = who(memory, agent)
    missions.require(memory, mission_id)
    known = asking.claims(memory, actor, mission_id).get(mission_id)
    if known is None:
        return f"nobody holds {mission_id}"
    if not known.mine:
        hint = "only who made a claim can let it go; another may take it once it has expired"
        raise Refused(f"{mission_id} is {asking.words(known)}", hint, "lost-claim")
    Register(memory, remotes.usual(memory), mission_id).drop()
    return f"{mission_id} is free again"


def claim_next(
    memory: Memory, *, agent: str | None = None, ttl: str | None = None
) -> tuple[Next, Claim | None]:
    """Take the next mission that is ready: (the answer of `next`, the claim, or None where
    nothing is ready). What one holds already, or has begun, comes first."""
    actor = who(memory, agent)
    while True:
        answer = next_mission(memory, actor, only_free=True)
        if answer.mission is None:
            return answer, None
        try:
            taken = claim(memory, answer.mission.id, agent=agent, ttl=ttl)
        except Refused as error:
            if error.code != "lost-claim":
                raise
            memory.catch_up()
            continue
        return next_mission(memory, actor, only_free=True), taken


def settle(memory: Memory, remote: Remote) -> list[str]:
    """After a sync: give back what is completed, register what was tentative, renew what saw
    work; a sentence for each that changed."""
    if not remotes.is_usual(memory, remote.name):
        return []
    sql = "SELECT mission FROM leases WHERE remote = '.' AND mission != '' ORDER BY 1"
    held = memory.db.execute(sql).fetchall()
    said = [Register(memory, remote, mission).settle() for (mission,) in held]
    return [words for words in said if words]


def to_start(
    memory: Memory, mission_id: str, *, agent: str | None = None, ttl: str | None = None
) -> Claim:
    """Take the mission to start it; Refused (1) where it cannot be started, or is another's."""
    refuse_illegal(missions.require(memory, mission_id), "start")
    return claim(memory, mission_id, agent=agent, ttl=ttl)


def listed(memory: Memory, agent: str | None = None) -> list[Claim]:
    """Every claim on a mission that is not completed, oldest first."""
    found = asking.claims(memory, who(memory, agent)).values()
    return sorted(found, key=lambda claim: (claim.since, claim.mission))


def duration(text: str) -> int:
    """`90s`, `30m`, `2h`, `1d` in microseconds; Misused (129) for what is none, or not between a
    minute and thirty days."""
    number, unit = text[:-1], text[-1:]
    if not number.isascii() or not number.isdigit() or unit not in _UNITS or len(number) > 9:
        raise Misused(f"{text[:40]!r} is no stretch of time", "30m, 2h or 1d")
    length = int(number) * _UNITS[unit] * 1_000_000
    if not 60_000_000 <= length <= leases.LONGEST:
        raise Misused(f"a claim holds for 1m to 30d, not {text}")
    return length
