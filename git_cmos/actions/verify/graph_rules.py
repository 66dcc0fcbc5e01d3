"""The plan as a whole: circles that two clones closed together, ends that lead nowhere."""

from __future__ import annotations

from git_cmos.actions.verify.context import Remark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.verify.context import Context

    Needs = dict[str, set[str]]

_HARD = "SELECT needer, needed FROM mission_dependencies WHERE hard"
_EDGES = "SELECT from_id, type, to_id, needer FROM mission_dependencies ORDER BY 1, 2, 3"
_BETWEEN = """
    SELECT d.from_id, d.type, d.to_id, max(e.at) AS at FROM mission_dependencies d
    LEFT JOIN events e ON e.subject = 'dependency:' || d.from_id || ' ' || d.type || ' ' || d.to_id
    WHERE d.hard AND d.needer = ? AND d.needed = ? GROUP BY 1, 2, 3
"""


def cycle(context: Context) -> Iterator[Remark]:
    """Missions that wait for each other in a circle. A single clone refuses to close one."""
    needs: Needs = {}
    for needer, needed in context.db.execute(_HARD):
        needs.setdefault(needer, set()).add(needed)
    for path in cycles(needs):
        edges = [
            edge
            for pair in zip(path, [*path[1:], path[0]], strict=True)
            for edge in context.db.execute(_BETWEEN, pair)
        ]
        youngest = max(edges, key=lambda edge: (edge[3] or 0, edge[:3]))
        yield Remark(
            commit=None,
            mission=path[0],
            message=f"a circle: {' needs '.join([*path, path[0]])}",
            hint=f"`{_removal(*youngest[:3])}` takes out the youngest of these dependencies",
        )


def cycles(needs: Needs) -> Iterator[list[str]]:
    """Circles that have no mission in common, each from its least id on; every knot of circles
    yields one at least."""
    needs = {mission: set(others) for mission, others in needs.items()}
    needers: Needs = {}
    for mission, others in needs.items():
        for other in others:
            needers.setdefault(other, set()).add(mission)
    ends = [other for other in needers if not needs.get(other)]
    _peel(ends, needs, needers)
    for start in sorted(needs):
        if needs.get(start):
            path = _circle_from(start, needs)
            least = path.index(min(path))
            yield path[least:] + path[:least]
            _peel(path, needs, needers)


def _peel(ends: list[str], needs: Needs, needers: Needs) -> None:
    """Take out these missions, and all that then need nothing that is left."""
    queue = list(ends)
    while queue:
        mission = queue.pop()
        needs.pop(mission, None)
        for needer in needers.pop(mission, ()):
            others = needs.get(needer)
            if others is not None:
                others.discard(mission)
                if not others:
                    queue.append(needer)


def _circle_from(start: str, needs: Needs) -> list[str]:
    """Each mission here needs another one here: walking on must come back somewhere."""
    places: dict[str, int] = {}
    path: list[str] = []
    mission = start
    while mission not in places:
        places[mission] = len(path)
        path.append(mission)
        mission = min(needs[mission])
    return path[places[mission] :]


def dangling(context: Context) -> Iterator[Remark]:
    """A dependency on a mission, or of one, that nobody has added or claimed."""
    for source, kind, target, needer in context.db.execute(_EDGES).fetchall():
        for mission in dict.fromkeys((source, target)):
            if mission not in context.known:
                near = context.near(mission)
                asked = f"did you mean {' or '.join(near)}? " if near else ""
                yield Remark(
                    commit=None,
                    mission=needer,
                    message=f"'{source} {kind} {target}': nobody has added or claimed {mission}",
                    hint=f"{asked}`git cmos mission add {mission} 'what it is'` adds it,"
                    f" `{_removal(source, kind, target)}` drops the dependency",
                )


def _removal(source: str, kind: str, target: str) -> str:
    return f"git cmos mission depends {source} {target} --type {kind} --remove"
