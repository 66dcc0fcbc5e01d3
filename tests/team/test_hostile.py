"""Ledgers that somebody else wrote, and meant no good with: capped, set aside event by event, the
same verdict on every clone, other writers unaffected (SCENARIO 28)."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable

import pytest

from git_cmos import batch, journal
from tests.conftest import Repository
from tests.storage import database, digest, ids, ok
from tests.team import added, ask, clone, everywhere, plant, refs, sync

EVIL = "refs/cmos/ledger/evil"
FINE = added("E1", "evil")

# What is planted, and which missions of it are taken in.
LINES: dict[str, tuple[Callable[[], str], set[str]]] = {
    "no JSON": (lambda: f"garbage\n{FINE}", {"E1"}),
    "no object": (lambda: f"[]\n5\nnull\n{FINE}", {"E1"}),
    "half a line": (lambda: FINE + added("E2", "evil")[:40], {"E1"}),
    "another writer's": (lambda: added("E2", "good") + FINE, {"E1"}),
    "a bad id": (lambda: added("E2", "evil", id="x") + FINE, {"E1"}),
    "far in the future": (lambda: added("E2", "evil", at=1 << 61) + FINE, {"E1"}),
    "beyond numbers": (lambda: added("E2", "evil", at=10**400) + FINE, {"E1"}),
    "a truth for a time": (lambda: added("E2", "evil", at=True) + FINE, {"E1"}),
    "no position": (lambda: added("E2", "evil", seq=0) + FINE, {"E1"}),
    "a long line": (lambda: added("E2", "evil", actor="x" * 2_000_000) + FINE, {"E1"}),
    "nested deeply": (lambda: f'{{"body":{"[" * 200_000}\n{FINE}', {"E1"}),
    "no UTF-8": (lambda: f'{{"id":"\udcff\udcfe"}}\n{FINE}', {"E1"}),
    "a bad mission id": (lambda: added("../x", "evil") + FINE, {"E1"}),
    "too many": (lambda: FINE + "x\n" * batch.MOST, {"E1"}),
}


@pytest.mark.parametrize("what", LINES)
def test_a_bad_line_is_set_aside_and_the_rest_is_taken_in(
    ada: Repository, bob: Repository, bare: Repository, what: str
) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    make, taken = LINES[what]
    plant(bare, EVIL, make())
    everywhere(ada, bob)
    assert ids(ada) == ids(bob) == {"B1", *taken}
    assert digest(ada) == digest(bob)
    assert verdicts(ada) == verdicts(bob)
    problems = " ".join(ask(bob, "status")["problems"])
    if what == "a bad mission id":
        assert "1 events of a later version are set aside" in problems
    else:
        assert "of the ledger of evil are set aside" in problems
        assert len(verdicts(bob)) >= 1
    ok("mission", "add", "B2", "goes on", at=bob)
    everywhere(bob, ada)
    assert "B2" in ids(ada)


def verdicts(repo: Repository) -> list[tuple[str, str, str, int]]:
    db = sqlite3.connect(database(repo))
    found = db.execute("SELECT * FROM ledger_refusals ORDER BY 1, 2, 3").fetchall()
    db.close()
    return found


def test_a_huge_batch_is_left_out_whole(ada: Repository, bob: Repository, bare: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    plant(bare, EVIL, FINE + " " * 60_000_000 + "\n")
    everywhere(ada, bob)
    assert ids(ada) == ids(bob) == {"B1"}
    assert verdicts(ada) == verdicts(bob)
    assert "larger than" in ask(bob, "status")["problems"][0]


def test_a_time_in_the_future_moves_nobodys_clock_beyond_reach(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    """The latest that is believed, planted: what is told after it can still be read anywhere."""
    at = journal.HORIZON + journal.ROOM - 1
    plant(bare, EVIL, added("E1", "evil", at=at) + added("E2", "evil", at=journal.HORIZON))
    everywhere(ada, bob)
    for number in range(3):
        ok("mission", "add", f"B{number}", "after it", at=ada)
        ok("mission", "start", f"B{number}", at=ada)
        ok("mission", "complete", f"B{number}", at=ada)
    everywhere(ada, bob)
    assert {m["id"]: m["status"] for m in bob.json("mission", "list")}["B2"] == "Completed"
    assert digest(ada) == digest(bob)
    fresh = clone(bare, "fresh")
    ok("init", at=fresh)
    assert digest(fresh) == digest(bob)


def test_a_replay_and_a_forgery_of_an_id(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    """The same event again does nothing; other words under its id get one verdict everywhere."""
    first, second = added("E1", "evil"), added("E2", "evil", id="0" * 26)
    plant(bare, EVIL, first * 3 + second)
    sync(ada)
    plant(bare, f"{EVIL}.again", first + added("E3", "evil", id="0" * 26))
    everywhere(ada, bob)
    fresh = clone(bare, "fresh")
    ok("init", at=fresh)
    assert ids(ada) == ids(bob) == ids(fresh) == {"E1", "E2"}
    assert digest(ada) == digest(bob) == digest(fresh)


def test_what_a_later_version_says_is_kept_and_folded_after_the_upgrade(
    ada: Repository, bob: Repository, bare: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    future = added("E1", "evil", kind="MissionTeleported") + FINE.replace("E1", "E2")
    plant(bare, EVIL, future)
    everywhere(ada, bob)
    assert ids(ada) == {"E2"}
    assert "1 events of a later version are set aside" in ask(ada, "status")["problems"][0]
    from git_cmos import events
    from git_cmos.schema import DERIVED_VERSION

    monkeypatch.setitem(events.KINDS, "MissionTeleported", events.KINDS["MissionAdded"])
    for room in ("schema", "settings"):
        monkeypatch.setattr(f"git_cmos.{room}.DERIVED_VERSION", f"{DERIVED_VERSION}+1")
    assert ids(ada) == {"E1", "E2"}


def test_a_future_format_is_passed_over_and_read_after_the_upgrade(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    plant(bare, EVIL, "\0\1\2", file="events.v9")
    ok("mission", "add", "B1", "one", at=ada)
    everywhere(ada, bob)
    assert ids(bob) == {"B1"}
    assert EVIL in refs(bare)


def test_objects_that_git_would_not_make_stop_nobody_else(
    ada: Repository, bob: Repository, bare: Repository
) -> None:
    """A path `..` in the tree of one ledger: that one is left out, with a word, and no other."""
    blob = bare.git("hash-object", "-w", "--stdin", stdin=FINE)
    entry = b"100644 events.jsonl\0" + bytes.fromhex(blob) + b"40000 ..\0" + bytes.fromhex(blob)
    tree = write_object(bare, b"tree", entry)
    bare.git("update-ref", EVIL, bare.git("commit-tree", tree, "-m", "bad"))
    for each, mission in ((ada, "B1"), (bob, "B2")):
        ok("mission", "add", mission, "x", at=each)
        ok("sync", "--push", at=each)
    found = sync(ada)
    assert ids(ada) == {"B1", "B2"}
    assert "the ledger of evil there is left out: " in found["problems"][0]
    assert not (ada.path.parent / "events.jsonl").exists()


def write_object(repo: Repository, kind: bytes, content: bytes) -> str:
    """Any bytes as an object, checked by nobody."""
    import hashlib

    whole = kind + b" %d\0" % len(content) + content
    oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    path = repo.path / "objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(whole))
    return oid


def test_a_ledger_that_is_no_ledger(ada: Repository, bob: Repository, bare: Repository) -> None:
    """Refs that point at the project's own history, at a blob, at a tag."""
    bare.git("update-ref", "refs/cmos/ledger/history", "main")
    blob = bare.git("hash-object", "-w", "--stdin", stdin="x")
    bare.git("update-ref", "refs/cmos/ledger/blob", blob)
    bare.git("tag", "-a", "-m", "t", "v1", "main")
    bare.git("update-ref", "refs/cmos/ledger/tag", "v1")
    ok("mission", "add", "B1", "one", at=ada)
    everywhere(ada, bob)
    assert ids(bob) == {"B1"}
    assert digest(ada) == digest(bob)


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_a_multitude_of_tiny_events_is_taken_in_in_time(
    ada: Repository, bare: Repository, count: int
) -> None:
    parent = ""
    for start in range(0, count, 50_000):
        lines = [added(f"E{number}", "evil") for number in range(start, min(count, start + 50_000))]
        made = plant(bare, EVIL, "".join(lines))
        if parent:
            tree = bare.git("rev-parse", f"{made}^{{tree}}")
            made = bare.git("commit-tree", tree, "-p", parent, "-m", "more")
            bare.git("update-ref", EVIL, made)
        parent = made
    assert sync(ada)["received"] == count
    assert sync(ada)["received"] == 0
