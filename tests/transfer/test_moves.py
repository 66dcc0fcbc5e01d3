"""Log and backlog of one mission -> its moves, with values."""

from __future__ import annotations

import pytest

from git_cmos import events as ev
from git_cmos.actions.transfer.moves import SAME, Course, Wanted
from git_cmos.actions.transfer.records import LineRecord, Place, moment
from git_cmos.fold.missions import step

DAY = 86_400_000_000
LAST = 100 * DAY


def line(day: int, action: str, **details: object) -> LineRecord:
    return LineRecord(
        at=day * DAY,
        agent="codex",
        mission="B1",
        action=action,
        summary=f"{action} on {day}",
        next_hint="",
        details=dict(details),
        place=Place("SESSIONS.jsonl", day),
    )


def go(lines: list[LineRecord], wanted: Wanted | None = None) -> Course:
    return Course("B1", LAST).follow(lines, wanted)


def folded(course: Course) -> tuple[str, list[tuple[str, int]]]:
    """(status, (action, legal) of every line) as the fold makes it of the moves."""
    added = ev.MissionAdded(mission="B1", name="x", fields={})
    row, log = step(None, ev.Event(id="0", at=0, actor="", what=added))
    for place, move in enumerate(sorted(course.moves, key=lambda it: it.at)):
        if not isinstance(move.what, ev.Noted):
            event = ev.Event(id=f"{place + 1:03}", at=move.at, actor=move.actor, what=move.what)
            row, more = step(row, event)
            log += more
    assert row is not None
    return row["status"], [(it["action"], it["legal"]) for _, it in log]


def notes(course: Course) -> list[str]:
    return [m.what.summary for m in course.moves if isinstance(m.what, ev.Noted)]


@pytest.mark.parametrize("status", ["Queued", "Current", "In Progress", "Blocked", "Completed"])
@pytest.mark.parametrize(
    "actions",
    [
        [],
        ["start"],
        ["start", "complete"],
        ["complete"],
        ["start", "blocked"],
        ["blocked", "complete"],
        ["start", "blocked", "unblocked"],
        ["start", "complete", "start"],
        ["start", "start", "complete", "complete"],
        ["commit", "note"],
        ["unblocked", "blocked", "blocked"],
    ],
)
def test_the_backlog_has_the_last_word_and_every_move_is_legal(
    actions: list[str], status: str
) -> None:
    lines = [line(day, action) for day, action in enumerate(actions, 1)]
    course = go(lines, Wanted(status))
    found, log = folded(course)
    assert found == status
    assert all(legal for _, legal in log), log
    assert {id(m.line) for m in course.moves if m.line} == {id(it) for it in lines}


def test_the_log_alone_moves_a_mission_that_no_backlog_knows() -> None:
    course = go([line(1, "start"), line(2, "blocked", reason="no wood", needs=["wood"])])
    assert folded(course)[0] == "Blocked"
    blocked = course.moves[-1].what
    assert isinstance(blocked, ev.MissionBlocked)
    assert (blocked.reason, blocked.needs) == ("no wood", ["wood"])
    assert course.remarks == []


def test_a_repeated_start_or_completion_is_a_line_and_no_move() -> None:
    course = go([line(1, "start"), line(2, "start"), line(3, "complete"), line(4, "complete")])
    assert folded(course) == ("Completed", [("start", 1), ("complete", 1)])
    assert notes(course) == ["start on 2", "complete on 4"]


def test_contradictions_are_reported() -> None:
    (remark,) = go([line(1, "start"), line(2, "complete")], Wanted("Queued")).remarks
    assert (
        remark == "B1 is Completed in the log, Queued in the backlog; the backlog's word is taken"
    )
    course = go([line(1, "start")], Wanted("Queued"))
    assert (notes(course), len(course.remarks)) == (["start on 1"], 1)
    assert go([line(1, "start")], Wanted("Completed", completed_at=2 * DAY)).remarks == []


def test_two_times_of_one_completion() -> None:
    lines = [line(2, "complete")]
    near = go(lines, Wanted("Completed", completed_at=2 * DAY - SAME))
    assert (near.remarks, [m.at for m in near.moves]) == ([], [2 * DAY])
    far = go(lines, Wanted("Completed", completed_at=1 * DAY))
    assert [m.at for m in far.moves] == [2 * DAY]
    assert "the log's time is kept" in far.remarks[0]


def test_what_has_no_time_comes_last() -> None:
    course = go([line(1, "start")], Wanted("Blocked", reason="why"))
    assert [m.at for m in course.moves] == [DAY, LAST]
    done = go([], Wanted("Completed", started_at=3 * DAY, completed_at=5 * DAY, reason="a\nb"))
    assert [(m.at, m.actor) for m in done.moves] == [(3 * DAY, "import"), (5 * DAY, "import")]
    assert isinstance(done.moves[-1].what, ev.MissionCompleted)
    assert done.moves[-1].what.summary == "a b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-31T21:08:20Z", 1_761_944_900_000_000),
        ("2025-10-31 21:08:20", 1_761_944_900_000_000),
        ("2025-10-31T23:08:20+02:00", 1_761_944_900_000_000),
        ("2025-10-31T21:08:20.123456Z", 1_761_944_900_123_456),
        ("2025-10-31", 1_761_868_800_000_000),
        ("1970-01-01", 0),
        ("1969-12-31", None),
        ("2025-13-01", None),
        ("2025-02-30T00:00:00Z", None),
        ("yesterday", None),
        ("20251031", None),
        ("", None),
        (12, None),
        (None, None),
    ],
)
def test_moments(text: object, expected: int | None) -> None:
    assert moment(text) == expected
