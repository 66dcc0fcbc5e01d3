"""The Python API of sessions and what is remembered."""

from __future__ import annotations

import pytest

import git_cmos
from git_cmos.errors import CmosError, Refused
from tests.conftest import Repository


def test_a_session_and_what_it_leaves(repo: Repository) -> None:
    repo.commit("choose", "Decision: Use SQLite", "Next-Step: Write the docs")
    with git_cmos.open(str(repo.path)) as cmos:
        cmos.add("B1.1", "Parser")
        begun = cmos.start_session("planning", "Sprint 01", sprint="s1", agent="codex")
        with pytest.raises(Refused, match="codex is in session"):
            cmos.start_session("review", "Another", agent="codex")
        cmos.capture("decision", "Use C++", context="speed", missions=["B1.1"], agent="codex")
        cmos.capture("learning", "Builds are slow", session=begun.id)
        done = cmos.complete_session("Scoped", next_steps=["Add B1.2"], agent="codex")
        assert (done.status, done.next_steps) == ("completed", ["Add B1.2"])
        assert cmos.session(begun.id) == done
        assert cmos.sessions(status="completed") == [done]
        assert cmos.sessions(type="review") == []
        assert [d.title for d in cmos.decisions("B1.1")] == ["Use C++"]
        assert [d.title for d in cmos.decisions(session=done.id)] == ["Use C++"]
        assert [f.content for f in cmos.facts(kind="learning", sprint="s1")] == ["Builds are slow"]
        cmos.start_session("custom", "Dropped")
        assert cmos.cancel_session("no time").status == "canceled"
    repo.digest()


def test_steps_are_ticked_and_decisions_superseded(repo: Repository) -> None:
    repo.commit("choose", "Decision: Use SQLite", "Next-Step: Write the docs")
    repo.commit("more", "Fact: port: 8080")
    with git_cmos.open(str(repo.path)) as cmos:
        assert [s.content for s in cmos.next_steps()] == ["Write the docs"]
        assert cmos.tick("Write the docs").done_at
        assert cmos.next_steps() == []
        assert not cmos.tick("Write the docs", done=False).done_at
        new = cmos.decide("Use LMDB", supersedes="Use SQLite", missions=[])
        assert cmos.decision("Use SQLite").superseded_by == new.id
        assert cmos.decisions(superseded=False) == [new]
        fact = cmos.state_fact("It holds", kind="finding")
        assert cmos.search("holds") == [fact]
        assert [f.content for f in cmos.facts(kind="finding", at="HEAD~1")] == ["It holds"]
        assert cmos.search("8080", at="HEAD~1") == []
        assert len(cmos.search("8080")) == 1
        with pytest.raises(CmosError, match="no decision"):
            cmos.decision("nothing")
    repo.digest()
