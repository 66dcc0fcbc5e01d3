"""Values, events and ids: the ground that everything stands on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_cmos import clock
from git_cmos import events as ev
from git_cmos.errors import Refused
from git_cmos.model import DICTS, LISTS, check_id, is_id
from git_cmos.values import fields_of, names_of, replace, value


@value
class Pair:
    left: int
    right: str = "r"


def test_values_are_built_compared_and_shown_like_dataclasses() -> None:
    assert Pair(1) == Pair(left=1, right="r") == Pair(1, "r")
    assert Pair(1) != Pair(2)
    assert Pair(1) != (1, "r")
    assert repr(Pair(1)) == "Pair(left=1, right='r')"
    assert len({Pair(1), Pair(1), Pair(2)}) == 2
    assert replace(Pair(1), right="x") == Pair(1, "x")
    assert names_of(Pair) == ("left", "right")
    assert list(fields_of(Pair(right="b", left=2))) == ["left", "right"]


def test_values_are_frozen_and_want_all_their_fields() -> None:
    with pytest.raises(AttributeError):
        Pair(1).left = 2  # type: ignore[misc]
    for wrong in ({}, {"left": 1, "nope": 2}):
        with pytest.raises(TypeError):
            Pair(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["B1.1", "s95-m04", "R1.1", "a", "x" * 64, "A_b-c.d"])
def test_ids(name: str) -> None:
    assert check_id(name) == name


@pytest.mark.parametrize("name", ["", "-x", ".x", "a..b", "a.", "a.lock", "A.LOCK", "x" * 65, "é"])
def test_what_is_no_id(name: str) -> None:
    assert not is_id(name)
    with pytest.raises(Refused):
        check_id(name)


TEXT = st.text(max_size=20)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
FIELDS = TEXT.filter(lambda name: name not in (*LISTS, *DICTS, "validation_score"))
HAPPENINGS = st.one_of(
    st.builds(ev.MissionAdded, mission=IDS, name=TEXT, fields=st.dictionaries(FIELDS, TEXT)),
    st.builds(ev.MissionCompleted, mission=IDS, notes=TEXT, score=st.none() | st.floats(0, 1)),
    st.builds(ev.MissionBlocked, mission=IDS, reason=TEXT, needs=st.lists(TEXT)),
    st.builds(lambda a, b: ev.DependencyAdded(f"{a} Blocks {b}", a, "Blocks", b), TEXT, TEXT),
    st.builds(ev.FactStated, statement=TEXT, kind=TEXT, content=TEXT, missions=st.lists(TEXT)),
)


@given(HAPPENINGS)
def test_what_is_written_down_is_read_again(what: ev.Happening) -> None:
    assert ev.decode(*ev.encode(what)) == what
    assert ev.decode(*ev.encode(what)).subject == what.subject


@pytest.mark.parametrize("name", ["", "../x", "a b", "x.lock"])
def test_a_mission_that_could_be_no_ref_is_set_aside(name: str) -> None:
    what = ev.decode(*ev.encode(ev.MissionStarted(mission=name)))
    assert isinstance(what, ev.Unknown)


def test_what_a_later_version_says_is_kept_word_for_word() -> None:
    for kind, body in (("MissionTeleported", '{"to":"Mars"}'), ("MissionStarted", '{"who":1}')):
        kept = ev.decode(kind, body)
        assert isinstance(kept, ev.Unknown)
        assert ev.encode(kept) == (kind, body)


def test_ids_of_events_sort_by_time() -> None:
    moments = [0, 1_000, 1_700_000_000_000_000, 4_000_000_000_000_000]
    ids = [clock.new_id(at) for at in moments]
    assert ids == sorted(ids)
    assert all(len(name) == 26 for name in ids)
    assert len({clock.new_id(0) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_700_000_000_999_999, "2023-11-14T22:13:20Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (10**19, "9999-12-31T23:59:59Z"),
        (-(10**19), "0001-01-01T00:00:00Z"),
    ],
)
def test_moments_are_written_in_utc(at: int, text: str) -> None:
    assert clock.iso(at) == text
