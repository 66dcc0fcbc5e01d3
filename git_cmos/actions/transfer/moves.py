"""A mission's log lines and what the backlog says of it -> its moves, each once.

The log has the moves, with their times and words. What it does not have comes from the backlog's
status. Where the two contradict each other the backlog wins, as the later word, and it is said.
"""

from __future__ import annotations

from git_cmos import events as ev
from git_cmos.clock import iso, new_id
from git_cmos.journal import Dated
from git_cmos.model import BLOCKED, COMPLETED, CURRENT, IN_PROGRESS, MOVES, QUEUED
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.actions.transfer.records import LineRecord

SAME = 600_000_000  # microseconds within which log and backlog mean the same completion
IMPORTER = "import"  # who did what the sources name nobody for
_MOVE_OF = {"start": "start", "complete": "complete", "blocked": "block", "unblocked": "unblock"}


def dated(what: ev.Happening, at: int, actor: str = IMPORTER) -> Dated:
    """A happening whose name is its content."""
    kind, body = ev.encode(what)
    return Dated(what=what, at=at, actor=actor, key=f"{kind} {actor} {body}")


@value
class Move:
    """Something that happened to a mission. line: the log line that says it, or None."""

    what: ev.Happening
    at: int
    actor: str
    line: LineRecord | None = None


@value
class Wanted:
    """How a mission stands, as the backlog has it. reason: its reason or notes. Times:
    microseconds since 1970, or None."""

    status: str
    started_at: int | None = None
    completed_at: int | None = None
    reason: str = ""


class Course:
    """What happened to one mission, in order. last: when what has no time is taken to have
    happened; remarks: what the sources do not agree on."""

    def __init__(self, mission: str, last: int) -> None:
        self.mission, self.last = mission, last
        self.status, self.at = QUEUED, -1
        self.moves: list[Move] = []
        self.remarks: list[str] = []

    def follow(self, lines: Sequence[LineRecord], wanted: Wanted | None) -> Course:
        """Go along the log, and then to where the backlog says it ended."""
        for line in lines:
            self._line(line)
        if wanted is not None:
            self._settle(wanted)
        return self

    # -- the log ---------------------------------------------------------------------------

    def _line(self, line: LineRecord) -> None:
        move = _MOVE_OF.get(line.action)
        at = max(line.at, self.at + 1)
        if move == "complete" and self.status == BLOCKED:
            unblocked = ev.MissionUnblocked(mission=self.mission, to=IN_PROGRESS)
            self._go(unblocked, IN_PROGRESS, at, line.agent, line)
            at += 1
        if move is None or self.status not in MOVES[move] or (move, self.status) in _AGAIN:
            self.moves.append(Move(note_of(line), line.at, line.agent, line))
            return
        what, status = self._happening(line)
        self._go(what, status, at, line.agent, line)

    def _happening(self, line: LineRecord) -> tuple[ev.Happening, str]:
        mission, summary, hint = self.mission, line.summary, line.next_hint
        if line.action == "start":
            return ev.MissionStarted(mission=mission, summary=summary, next_hint=hint), IN_PROGRESS
        if line.action == "complete":
            done = ev.MissionCompleted(mission=mission, summary=summary, next_hint=hint)
            return done, COMPLETED
        if line.action == "unblocked":
            return ev.MissionUnblocked(mission=mission, resolution=summary), QUEUED
        needs = line.details.get("needs")
        reason = line.details.get("reason")
        blocked = ev.MissionBlocked(
            mission=mission,
            reason=reason if isinstance(reason, str) and reason else summary,
            needs=[str(it) for it in needs] if isinstance(needs, list) else [],
            summary=summary,
            next_hint=hint,
        )
        return blocked, BLOCKED

    def _go(
        self,
        what: ev.Happening,
        status: str,
        at: int,
        actor: str = IMPORTER,
        line: LineRecord | None = None,
    ) -> None:
        self.moves.append(Move(what, at, actor, line))
        self.status, self.at = status, at

    # -- the backlog -----------------------------------------------------------------------

    def _settle(self, wanted: Wanted) -> None:
        if self.status == wanted.status:
            self._compare(wanted)
            return
        if self.moves and self.at >= 0:
            self._contradiction(wanted)
        if wanted.status in (QUEUED, CURRENT) and self.status == IN_PROGRESS:
            self._take_back()
        {
            QUEUED: self._queue,
            CURRENT: self._queue,
            IN_PROGRESS: self._start,
            BLOCKED: self._block,
            COMPLETED: self._complete,
        }[wanted.status](wanted)

    def _later(self, at: int | None) -> int:
        return max(self.last if at is None else at, self.at + 1)

    def _compare(self, wanted: Wanted) -> None:
        """Both say that it is completed: do they say when?"""
        said = wanted.completed_at
        if wanted.status == COMPLETED and said is not None and abs(said - self.at) > SAME:
            self.remarks.append(
                f"{self.mission} was completed at {iso(self.at)} in the log, at {iso(said)} in the"
                " backlog; the log's time is kept"
            )

    def _contradiction(self, wanted: Wanted) -> None:
        """A log that merely stops short of a completion contradicts nobody."""
        if wanted.status == COMPLETED and self.status == IN_PROGRESS:
            return
        self.remarks.append(
            f"{self.mission} is {self.status} in the log, {wanted.status} in the backlog; the"
            " backlog's word is taken"
        )

    def _take_back(self) -> None:
        """A start that the backlog does not know stays in the log as a line that moves nothing."""
        place = max(i for i, it in enumerate(self.moves) if isinstance(it.what, ev.MissionStarted))
        line = self.moves[place].line
        if line is not None:
            self.moves[place] = Move(note_of(line), line.at, line.agent, line)
            self.status = QUEUED

    def _queue(self, wanted: Wanted) -> None:
        to, at = wanted.status, self._later(None)
        if self.status == COMPLETED:
            self._go(ev.MissionReopened(mission=self.mission, to=to), to, at)
        elif self.status == BLOCKED:
            self._go(ev.MissionUnblocked(mission=self.mission, to=to), to, at)
        elif to == CURRENT:
            self._go(ev.MissionPromoted(mission=self.mission), to, at)

    def _start(self, wanted: Wanted) -> None:
        self._queue(Wanted(QUEUED))
        started = ev.MissionStarted(mission=self.mission)
        self._go(started, IN_PROGRESS, self._later(wanted.started_at))

    def _block(self, wanted: Wanted) -> None:
        if self.status == COMPLETED:
            self._queue(Wanted(QUEUED))
        reason = wanted.reason or "blocked in the backlog"
        blocked = ev.MissionBlocked(mission=self.mission, reason=reason)
        self._go(blocked, BLOCKED, self._later(None))

    def _complete(self, wanted: Wanted) -> None:
        at = self._later(wanted.completed_at)
        if self.status == BLOCKED:
            unblocked = ev.MissionUnblocked(mission=self.mission, to=IN_PROGRESS)
            self._go(unblocked, IN_PROGRESS, at)
        elif self.status == QUEUED and wanted.started_at is not None and wanted.started_at < at:
            started = ev.MissionStarted(mission=self.mission)
            self._go(started, IN_PROGRESS, max(wanted.started_at, self.at + 1))
        summary = " ".join(wanted.reason.split())[:200]
        completed = ev.MissionCompleted(mission=self.mission, summary=summary)
        self._go(completed, COMPLETED, max(at, self.at + 1))


_AGAIN = {("block", BLOCKED)}  # legal, but says nothing new in a log


def note_of(line: LineRecord) -> ev.Noted:
    """A line that moves nothing; its name is its content, so that it is the same everywhere."""
    details = ev.compact(line.details) if line.details else ""
    key = ev.compact([line.mission, line.action, line.agent, line.summary, line.next_hint, details])
    return ev.Noted(
        note=new_id(line.at, key),
        action=line.action,
        summary=line.summary,
        mission=line.mission,
        next_hint=line.next_hint,
        details=details,
    )
