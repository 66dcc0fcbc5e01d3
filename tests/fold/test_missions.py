"""The moves of a mission, with values only."""

from __future__ import annotations

from typing import Any

import pytest

from git_cmos import events as ev
from git_cmos.fold.missions import approval, status_after, step
from git_cmos.model import MOVES, STATUSES

REACH_STATUS: dict[str, list[ev.Happening]] = {
    "Queued": [],
    "Current": [ev.MissionPromoted(mission="M")],
    "In Progress": [ev.MissionStarted(mission="M")],
    "Blocked": [ev.MissionBlocked(mission="M", reason="r")],
    "Completed": [ev.MissionCompleted(mission="M")],
}
MOVE: dict[str, tuple[ev.Happening, str]] = {
    "start": (ev.MissionStarted(mission="M"), "In Progress"),
    "complete": (ev.MissionCompleted(mission="M"), "Completed"),
    "block": (ev.MissionBlocked(mission="M", reason="x"), "Blocked"),
    "unblock": (ev.MissionUnblocked(mission="M"), "Queued"),
    "reopen": (ev.MissionReopened(mission="M"), "Queued"),
    "promote": (ev.MissionPromoted(mission="M"), "Current"),
    "demote": (ev.MissionDemoted(mission="M"), "Queued"),
}
ADDED = ev.MissionAdded(mission="M", name="Name", fields={"objective": "o", "deliverables": ["d"]})


def told(*happenings: ev.Happening) -> list[ev.Event]:
    """Events a second apart, by `ada`."""
    return [
        ev.Event(id=f"{place:026}", at=place * 1_000_000, actor="ada", what=what)
        for place, what in enumerate(happenings)
    ]


def state(*happenings: ev.Happening) -> dict[str, Any]:
    row = status_after(told(*happenings))
    assert row is not None
    return row


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("move", MOVE)
def test_each_move_from_each_status(move: str, status: str) -> None:
    happening, leads_to = MOVE[move]
    row = state(ADDED, *REACH_STATUS[status], happening)
    assert row["status"] == (leads_to if status in MOVES[move] else status)


def test_an_illegal_move_changes_nothing_and_stays_in_the_log() -> None:
    events = told(ADDED, ev.MissionCompleted(mission="M"), ev.MissionCompleted(mission="M"))
    row = status_after(events[:2])
    after, extra = step(row, events[2])
    assert after is not None
    assert row is not None
    moved = {"last_at", "last_id"}
    assert {k: v for k, v in after.items() if k not in moved} == {
        k: v for k, v in row.items() if k not in moved
    }
    assert [(table, line["action"], line["legal"]) for table, line in extra] == [
        ("session_events", "complete", 0)
    ]


def test_a_completion_implies_its_start() -> None:
    row = state(ADDED, ev.MissionCompleted(mission="M", notes="n", score=0.9))
    assert row["started_at"] == row["completed_at"] == "1970-01-01T00:00:01Z"
    assert (row["notes"], row["validation_score"]) == ("n", 0.9)
    assert row["approval_state"] == "auto_approved"


def test_notes_of_completions_are_added_not_overwritten() -> None:
    row = state(
        ADDED,
        ev.MissionUpdated(mission="M", fields={"notes": "plan"}),
        ev.MissionCompleted(mission="M", notes="done"),
    )
    assert row["notes"] == "plan\ndone"


def test_work_starts_what_waits_and_nothing_else() -> None:
    work = ev.MissionWorked(mission="M")
    assert state(ADDED, work)["status"] == "In Progress"
    for status in ("Blocked", "Completed"):
        assert state(ADDED, *REACH_STATUS[status], work)["status"] == status


def test_a_claim_alone_makes_an_unplanned_mission_named_after_its_commit() -> None:
    event = ev.Event(
        id="c" * 40 + ".0001",
        at=5,
        actor="ada",
        what=ev.MissionWorked(mission="M"),
        commit="c" * 40,
        title="Begin it",
    )
    row = status_after([event])
    assert row is not None
    assert (row["name"], row["planned"], row["decided_commit"]) == ("Begin it", 0, "c" * 40)
    planned, _ = step(row, told(ADDED)[0])
    assert planned is not None
    assert (planned["name"], planned["planned"]) == ("Name", 1)
    assert planned["status"] == "In Progress"


def test_the_first_to_add_a_mission_names_it() -> None:
    other = ev.MissionAdded(mission="M", name="Other", fields={})
    row = state(ADDED, other)
    assert (row["name"], row["objective"], row["deliverables"]) == ("Name", "o", '["d"]')


def test_a_block_is_forgotten_once_it_is_over() -> None:
    assert state(ADDED, *REACH_STATUS["Blocked"])["blocked_reason"] == "r"
    row = state(ADDED, *REACH_STATUS["Blocked"], ev.MissionUnblocked(mission="M", to="In Progress"))
    assert (row["status"], row["blocked_reason"]) == ("In Progress", None)


def test_one_step_at_a_time_is_the_same_as_all_at_once() -> None:
    events = told(ADDED, *(happening for happening, _ in MOVE.values()))
    row: dict[str, Any] | None = None
    for event in events:
        row, _ = step(row, event)
    assert row == status_after(events)


@pytest.mark.parametrize(
    ("score", "gate"),
    [
        (None, None),
        (1.0, "auto_approved"),
        (0.8, "auto_approved"),
        (0.79, "needs_review"),
        (0.6, "needs_review"),
        (0.59, "human_required"),
        (0.0, "human_required"),
    ],
)
def test_the_confidence_gate_of_the_seeds(score: float | None, gate: str | None) -> None:
    assert approval(score) == gate
