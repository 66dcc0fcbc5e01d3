"""Work on what another holds: it counts, and it is said."""

from __future__ import annotations

import json

from git_cmos.actions.verify.context import Remark
from git_cmos.clock import iso, now
from git_cmos.leases import of_row
from git_cmos.queries import leases as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.verify.context import Context
    from git_cmos.leases import Lease

_COMPLETED = """
    SELECT c.oid, c.agent FROM claims k JOIN commits c ON c.oid = k.oid
    WHERE k.subject = ? AND k.kind = 'MissionCompleted' AND c.at BETWEEN ? AND ? ORDER BY c.at
"""
_NOTED = """
    SELECT mission_id, agent, ts, details FROM session_events
    WHERE action = 'note' AND details LIKE '%"held_by"%' ORDER BY at, id
"""


def foreign(context: Context) -> Iterator[Remark]:
    """A mission was completed by one while another held the claim on it: by a commit of the
    range, or, where all of a history is looked at, by a command."""
    said = set()
    for row in asking.rows(context.memory):
        lease = of_row(row)
        for oid, agent in _completions(context, lease):
            if (oid, lease.holder) not in said:
                said.add((oid, lease.holder))
                yield _remark(oid, lease.mission, agent, lease.holder, iso(lease.at))
    if not context.scope.old:
        for mission, agent, ts, details in context.db.execute(_NOTED).fetchall():
            held = json.loads(details)
            yield _remark(None, mission, agent, str(held["held_by"]), f"{ts[:10]} or before")


def _completions(context: Context, lease: Lease) -> Iterator[tuple[str, str]]:
    ends = asking.until(context.memory, lease, now())
    rows = context.db.execute(_COMPLETED, (f"mission:{lease.mission}", lease.at, ends)).fetchall()
    for oid, agent in rows:
        if oid in context.ours and context.holds(oid) and agent not in (lease.holder, lease.author):
            yield oid, agent


def _remark(oid: str | None, mission: str, agent: str, holder: str, since: str) -> Remark:
    return Remark(
        commit=oid,
        mission=mission,
        message=f"{mission} was completed by {agent} while {holder} held it (since {since})",
        hint=f"ask {holder} whether his work on it still has to be merged;"
        " `git cmos claim` shows who holds what",
    )
