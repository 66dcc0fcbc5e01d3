"""What one commit says."""

from __future__ import annotations

import pytest

from git_cmos import claims
from git_cmos.claims import RawCommit, Said, vocabulary
from git_cmos.events import (
    CommitSeen,
    DecisionMade,
    FactStated,
    Happening,
    MissionBlocked,
    MissionCompleted,
    MissionStarted,
    MissionUnblocked,
    MissionWorked,
)
from git_cmos.trailers import DEFAULT

WORDS = vocabulary({}, DEFAULT)
IDENT = b"A U Thor <author@example.com> 1700000000 +0000"


def raw(message: str | bytes, ident: bytes = IDENT, encoding: str = "") -> RawCommit:
    body = message if isinstance(message, bytes) else message.encode()
    return RawCommit(oid="a" * 40, parents=(), at=0, ident=ident, encoding=encoding, message=body)


def said(*trailers: str, subject: str = "subject") -> Said:
    found = claims.read(raw(f"{subject}\n\n" + "\n".join(trailers) + "\n"), WORDS)
    assert found is not None
    return found


def made(*trailers: str) -> list[Happening]:
    return [h for h in said(*trailers).happenings if not isinstance(h, CommitSeen)]


def test_a_commit_without_our_trailers_says_nothing() -> None:
    assert claims.read(raw("subject\n\nbody\n\nSigned-off-by: A <a@b.c>\n"), WORDS) is None


def test_the_subject_is_never_a_trailer() -> None:
    assert claims.read(raw("Mission: B1.1\n"), WORDS) is None


def test_missions_repeat_and_take_commas() -> None:
    worked = made("Mission: B1.1, B1.2", "mission: s95-m04")
    assert worked == [MissionWorked(mission=m) for m in ("B1.1", "B1.2", "s95-m04")]


@pytest.mark.parametrize("value", ["none", "None", "see below", "../x", "-x", "B1.lock", ""])
def test_what_is_no_id_claims_nothing(value: str) -> None:
    assert made(f"Mission: {value}", "Agent: x") == []


def test_status_claims_take_text_after_the_id() -> None:
    assert made(
        "Mission-Start: B1.1",
        "Mission-Complete: B1.2 all done",
        "Mission-Block: B1.3: no keys",
        "Mission-Unblock: B1.4 - keys came",
    ) == [
        MissionStarted(mission="B1.1"),
        MissionCompleted(mission="B1.2", notes="all done"),
        MissionBlocked(mission="B1.3", reason="no keys"),
        MissionUnblocked(mission="B1.4", resolution="keys came"),
    ]


def test_the_score_belongs_to_the_completions_of_the_commit() -> None:
    assert made("Mission-Complete: B1.1", "Validation-Score: 0.85") == [
        MissionCompleted(mission="B1.1", score=0.85)
    ]
    assert made("Mission-Complete: B1.1", "Validation-Score: 7") == [
        MissionCompleted(mission="B1.1")
    ]


def test_a_decision_is_a_title_and_folded_lines_of_rationale() -> None:
    (decision,) = made("Decision: Use PostgreSQL. It is known", "  and it", "  scales")
    assert isinstance(decision, DecisionMade)
    assert (decision.title, decision.rationale) == ("Use PostgreSQL. It is known", "and it scales")


def test_facts_and_captures_know_their_kind_and_missions() -> None:
    facts = made("Mission: B1.1", "Fact: risk: slow", "Fact: it rains", "Learning: x")
    assert [(f.kind, f.content, f.missions) for f in facts if isinstance(f, FactStated)] == [
        ("risk", "slow", ["B1.1"]),
        ("fact", "it rains", ["B1.1"]),
        ("learning", "x", ["B1.1"]),
    ]


@pytest.mark.parametrize(
    ("trailers", "agent"),
    [
        (["Mission: B1"], "A U Thor"),
        (["Mission: B1", "Agent: codex"], "codex"),
        (["Mission: B1", "Co-authored-by: Claude <x@y.z>"], "Claude"),
        (["Mission: B1", "Co-authored-by: Jane Doe <x@y.z>"], "A U Thor"),
        (["Mission: B1", "Assisted-by: gemini:2.5"], "gemini"),
        (["Co-authored-by: Claude <x@y.z>", "Mission: B1", "Agent: codex"], "codex"),
    ],
)
def test_who_did_it(trailers: list[str], agent: str) -> None:
    assert said(*trailers).agent == agent


def test_reverts_are_read_in_the_words_of_git() -> None:
    oid, side = "b" * 40, "c" * 40
    found = claims.read(raw(f'Revert "x"\n\nThis reverts commit {oid}.\n'), WORDS)
    assert found is not None
    assert found.strikes == [(oid, "")]
    text = f'Revert "m"\n\nThis reverts commit {oid}, reversing\nchanges made to {side}.\n'
    found = claims.read(raw(text), WORDS)
    assert found is not None
    assert found.strikes == [(oid, side)]
    assert claims.read(raw(f"x\n\n> This reverts commit {oid}.\n"), WORDS) is None


def test_messages_are_read_in_their_encoding() -> None:
    text = "s\u00fc\u00df\n\nMission-Complete: B1.1 sch\u00f6n\n"
    found = claims.read(raw(text.encode("latin-1"), encoding="ISO-8859-1"), WORDS)
    assert found is not None
    assert found.subject == "s\u00fc\u00df"
    assert MissionCompleted(mission="B1.1", notes="sch\u00f6n") in found.happenings
    assert claims.read(raw(text.encode(), encoding="no-such-code"), WORDS) is not None


def test_a_renamed_key_takes_the_place_of_ours() -> None:
    words = vocabulary({"mission": "Task"}, DEFAULT)
    found = claims.read(raw("s\n\nTask: B1.1\n"), words)
    assert found is not None
    assert MissionWorked(mission="B1.1") in found.happenings
    assert claims.read(raw("s\n\nMission: B1.1\n"), words) is None


def test_a_rebase_keeps_the_change_and_another_author_line_does_not() -> None:
    one, other = raw("s\n\nMission: B1\n"), raw("s\n\nMission: B1\n\n")
    changes = [claims.read(commit, WORDS) for commit in (one, other)]
    assert changes[0]
    assert changes[1]
    assert changes[0].change == changes[1].change
    third = claims.read(raw("s\n\nMission: B1\n", ident=IDENT.replace(b"17", b"18")), WORDS)
    assert third
    assert third.change != changes[0].change
