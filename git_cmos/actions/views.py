"""What differs between two commits: the missions whose state is not the same in both views."""

from __future__ import annotations

from git_cmos.errors import Cannot
from git_cmos.model import Difference
from git_cmos.queries import missions
from git_cmos.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory
    from git_cmos.model import Mission


def diff(memory: Memory, range_: str) -> list[Difference]:
    """Missions whose state differs between the views from A and from B of `A..B`.

    An end left out is HEAD, as in git. Cannot (128) where one names no commit.
    """
    first, dots, second = range_.partition("..")
    if not dots or second.startswith("."):
        raise Cannot(f"{range_[:80]!r} is no range", "A..B is wanted, e.g. v1.0..HEAD", "bad-range")
    before = _states(memory, first or "HEAD")
    after = _states(memory, second or "HEAD")
    ids = [*after, *(mission for mission in before if mission not in after)]
    return [
        Difference(mission=mission, before=before.get(mission), after=after.get(mission))
        for mission in ids
        if _essence(before.get(mission)) != _essence(after.get(mission))
    ]


def _states(memory: Memory, rev: str) -> dict[str, Mission]:
    view = memory.at(rev)
    try:
        return {mission.id: mission for mission in missions.listed(view)}
    finally:
        view.close()


def _essence(mission: Mission | None) -> Mission | None:
    """The state alone: how far its commit has travelled, and what is Current by derivation, do
    not make a difference between two views."""
    if mission is None:
        return None
    status = "Queued" if mission.status == "Current" else mission.status
    return replace(mission, reach=None, refs=[], status=status)
