"""Who holds which mission, in which state, as far as this clone knows."""

from __future__ import annotations

from git_cmos.clock import iso, now
from git_cmos.leases import of_row
from git_cmos.model import COMPLETED
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.leases import Lease
    from git_cmos.memory import Memory

    Row = dict[str, Any]

HELD, TENTATIVE, EXPIRED = "held", "tentative", "expired"


@value
class Claim:
    """A claim on a mission. state: held (the register says so), tentative (asked for, but the
    remote has not been reached), expired (another may take it); since, expires_at: ISO 8601;
    age: seconds; mine: this agent's, in this worktree of this clone; elsewhere: of another
    clone; remote: where it is registered, "" for here; oid: the lease."""

    mission: str
    holder: str
    state: str
    since: str
    expires_at: str
    age: int
    mine: bool
    elsewhere: bool
    remote: str
    oid: str

    @property
    def live(self) -> bool:
        return self.state != EXPIRED


def claims(memory: Memory, agent: str = "", mission: str | None = None) -> dict[str, Claim]:
    """mission -> the claim on it, of missions that are not completed; none in views of the past."""
    if memory.view:
        return {}
    found: dict[str, list[Row]] = {}
    for row in rows(memory, mission):
        found.setdefault(row["mission"], []).append(row)
    done = [name for name in found if _is_completed(memory, name)]
    for name in done:
        del found[name]
    moment = now()
    made = {name: _claim(memory, rows, agent, moment) for name, rows in found.items()}
    return {name: claim for name, claim in made.items() if claim is not None}


def others(memory: Memory, agent: str) -> dict[str, Claim]:
    """mission -> the live claim of somebody else."""
    found = claims(memory, agent)
    return {name: claim for name, claim in found.items() if claim.live and not claim.mine}


def words(claim: Claim) -> str:
    """The claim in a sentence: holder, age, state."""
    place = " (in another clone)" if claim.elsewhere else ""
    state = {
        HELD: f"until {claim.expires_at}",
        TENTATIVE: "tentatively: the remote has not been reached",
        EXPIRED: f"expired on {claim.expires_at}",
    }[claim.state]
    return f"claimed by {claim.holder}{place}, {span(claim.age)} ago, {state}"


def span(seconds: int) -> str:
    """A stretch of time in one unit."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(0, seconds)} s"


def rows(memory: Memory, mission: str | None = None) -> list[Row]:
    """The table's rows, of one mission or all, oldest first."""
    cursor = memory.db.execute(
        "SELECT * FROM leases WHERE mission != '' AND (? IS NULL OR mission = ?) ORDER BY at, ref",
        (mission, mission),
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _is_completed(memory: Memory, mission: str) -> bool:
    sql = "SELECT 1 FROM missions WHERE id = ? AND status = ?"
    return memory.db.execute(sql, (mission, COMPLETED)).fetchone() is not None


def _claim(memory: Memory, said: list[Row], agent: str, moment: int) -> Claim | None:
    """What the registers say comes first, then what this clone asked for; a live one before one
    that expired."""
    own = next((row for row in said if row["remote"] == "."), None)
    registered = [row for row in said if row["remote"] != "."]
    for row in said:
        row["until"] = until(memory, of_row(row), moment)
    live = [row for row in registered if row["until"] > moment]
    if live:
        chosen, state = live[0], HELD
    elif own and own["until"] > moment:
        chosen, state = own, TENTATIVE
    elif registered:
        chosen, state = registered[-1], EXPIRED
    else:
        return None
    ours = own is not None and own["nonce"] == chosen["nonce"]
    mine = ours and chosen["holder"] == agent and chosen["place"] == memory.repo.head_name
    return Claim(
        mission=chosen["mission"],
        holder=chosen["holder"],
        state=state,
        since=iso(chosen["at"]),
        expires_at=iso(chosen["until"]),
        age=(moment - chosen["at"]) // 1_000_000,
        mine=mine,
        elsewhere=not ours,
        remote="" if chosen["remote"] == "." else chosen["remote"],
        oid=chosen["oid"],
    )


def until(memory: Memory, lease: Lease, moment: int) -> int:
    """When the lease ends: its time after the holder's last sign of life, a commit or a command
    on the mission. One that is dated ahead of every clock never began."""
    if lease.at > moment + memory.config.seconds("cmos.date.future") * 1_000_000:
        return 0
    active = memory.db.execute(
        "SELECT max(at) FROM session_events WHERE agent IN (?, ?) AND at BETWEEN ? AND ? AND"
        " (mission_id = ? OR id IN (SELECT event_id FROM event_missions WHERE mission_id = ?))",
        (lease.holder, lease.author, lease.at, moment, lease.mission, lease.mission),
    ).fetchone()[0]
    return max(lease.at, int(active or 0)) + lease.ttl
