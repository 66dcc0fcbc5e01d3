"""Where the project stands: sprints, counts, what is wrong."""

from __future__ import annotations

from git_cmos import disk
from git_cmos.clock import iso, now
from git_cmos.errors import Refused
from git_cmos.model import BLOCKED, COMPLETED, CURRENT, IN_PROGRESS, QUEUED, Sprint, Status
from git_cmos.queries import log, missions, sessions
from git_cmos.queries.reach import short
from git_cmos.queries.readiness import promoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory

_SPRINTS = """
    SELECT s.id, s.title, s.focus, s.status, s.start_date, s.end_date, count(m.id),
      count(CASE WHEN m.status = 'Completed' THEN 1 END),
      count(CASE WHEN m.status = 'Blocked' THEN 1 END),
      count(CASE WHEN m.status = 'In Progress' THEN 1 END)
    FROM sprints s LEFT JOIN missions m ON m.sprint_id = s.id
"""


def sprints(memory: Memory, status: str | None = None) -> list[Sprint]:
    """All sprints in the order in which they were added."""
    rows = memory.db.execute(_SPRINTS + "GROUP BY s.id ORDER BY s.added_at, s.added_id")
    return [s for s in map(_sprint, rows) if status is None or s.status == status]


def sprint(memory: Memory, sprint_id: str) -> Sprint:
    """One sprint; Refused (1) where there is none."""
    row = memory.db.execute(_SPRINTS + "WHERE s.id = ? GROUP BY s.id", (sprint_id,)).fetchone()
    if row is None:
        from difflib import get_close_matches

        known = [name for (name,) in memory.db.execute("SELECT id FROM sprints")]
        near = get_close_matches(sprint_id, known, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "`git cmos sprint list` shows all"
        raise Refused(f"no sprint {sprint_id[:80]!r}", hint, "unknown-sprint")
    return _sprint(row)


def _sprint(row: tuple[object, ...]) -> Sprint:
    names = ("id", "title", "focus", "status", "start_date", "end_date")
    counts = ("missions", "completed", "blocked", "in_progress")
    return Sprint(**dict(zip((*names, *counts), row, strict=True)))  # type: ignore[arg-type]


def view_name(memory: Memory) -> str:
    """What is looked at, in words."""
    if memory.view:
        return f"at {memory.view}"
    branch = short(memory.repo.branch()) or "a detached HEAD"
    return f"all branches, standing on {branch}"


def status(memory: Memory, recent: int = 5) -> Status:
    """The whole picture, small enough to read."""
    counts = dict(memory.db.execute("SELECT status, count(*) FROM missions GROUP BY status"))
    active = missions.by_status(memory, IN_PROGRESS)
    current = missions.by_status(memory, CURRENT, 1)
    if not active and not current and counts.get(QUEUED):
        name = promoted(memory)
        current = [missions.get(memory, name)] if name else []
    return Status(
        view=view_name(memory),
        sprint=_sprint_now(memory, [m.sprint_id for m in [*active, *current]]),
        active=active,
        current=current[0] if current else None,
        blocked=missions.by_status(memory, BLOCKED),
        queued=counts.get(QUEUED, 0) + counts.get(CURRENT, 0),
        completed=counts.get(COMPLETED, 0),
        recent=log.entries(memory, limit=recent),
        problems=problems(memory),
    )


def _sprint_now(memory: Memory, busy: list[str | None]) -> Sprint | None:
    """The sprint that says it is Current, else the one of the active work, else the first open."""
    known = sprints(memory)
    for candidates in (
        [s for s in known if s.status == "Current"],
        [s for s in known if s.id in busy],
        [s for s in known if s.status == "Planned" and s.missions > s.completed],
    ):
        if candidates:
            return candidates[0]
    return None


def problems(memory: Memory) -> list[str]:
    """What a person should know of before trusting the picture."""
    found = list(memory.warnings)
    if memory.why_frozen and not memory.view:
        found.append(f"read-only: {memory.why_frozen}")
    if memory.repo.is_shallow():
        found.append("partial history: this is a shallow clone (`git fetch --unshallow`)")
    if memory.repo.has_grafts():
        found.append("grafts change this clone's history (.git/info/grafts)")
    if disk.on_network(memory.repo.place.memory):
        found.append(
            "the memory lies on a network file system: SQLite is slower and less safe there"
        )
    aside = memory.db.execute("SELECT count(*) FROM set_aside").fetchone()[0]
    if aside:
        found.append(f"{aside} events of a later version are set aside")
    found += _refusals(memory)
    found += _dates(memory)
    for session, agent, at in sessions.stale(memory):
        found.append(f"session {session} of {agent} has been open since {at[:10]}")
    for agent, names in sessions.doubled(memory):
        found.append(f"{agent} is in several sessions: {', '.join(names)}")
    unplanned = memory.db.execute("SELECT count(*) FROM missions WHERE NOT planned").fetchone()[0]
    planned = memory.db.execute("SELECT 1 FROM missions WHERE planned LIMIT 1").fetchone()
    if unplanned and planned:
        found.append(f"{unplanned} missions are named in commits only (`git cmos verify --all`)")
    return found


def _refusals(memory: Memory) -> list[str]:
    """One line for all that ledgers hold and that is not taken in."""
    rows = memory.db.execute(
        "SELECT reason, sum(lines), count(DISTINCT writer), min(writer) FROM ledger_refusals"
        " GROUP BY reason ORDER BY 2 DESC, 1"
    ).fetchall()
    if not rows:
        return []
    reason, _, writers, writer = rows[0]
    total = sum(row[1] for row in rows)
    others = f" and {writers - 1} more" if writers > 1 else ""
    more = f", or {len(rows) - 1} more reasons" if len(rows) > 1 else ""
    whose = f"the ledger of {writer[:40]}{others}"
    return [f"{total} lines of {whose} are set aside ({reason}{more}); the rest is taken in"]


def _dates(memory: Memory) -> list[str]:
    return [
        f"something was {words} at {iso(at)}, but this clock says {iso(now())}"
        for words, at in ahead(memory)
    ]


def ahead(memory: Memory) -> list[tuple[str, int]]:
    """("told" or "committed", when) of the latest dates, where they are ahead of this clock: of
    commits by more than git allows itself, of what was told by more than an hour, since that
    means that a clock is wrong, perhaps this one."""
    most = memory.config.seconds("cmos.date.future") * 1_000_000
    found = []
    for words, table, horizon in (("told", "events", _HOUR), ("committed", "commits", most)):
        latest = memory.db.execute(f"SELECT max(at) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        if latest and latest > now() + horizon:
            found.append((words, latest))
    return found


_HOUR = 3600 * 1_000_000
