"""git cmos import: what comes in, once, with its times and agents."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository
from tests.transfer import BACKLOG, LOG, MISSION, bring, counts, write_all


@pytest.fixture
def legacy(tmp_path: Path) -> str:
    return str(write_all(tmp_path / "cmos"))


def ask(repo: Repository, *args: str) -> Any:
    return json.loads(repo.run(*args, "--json").out)


def test_parity_and_a_second_time(repo: Repository, legacy: str) -> None:
    found = bring(repo, legacy)
    assert counts(found) == {
        "sprints": (3, 3, 0, 0),
        "missions": (6, 6, 0, 0),
        "dependencies": (2, 2, 0, 0),
        "decisions": (3, 3, 0, 0),
        "facts": (3, 3, 0, 0),
        "log lines": (3, 3, 0, 0),
        "context entries": (5, 5, 0, 0),
    }
    assert found["set_aside"] == found["remarks"] == found["differs"] == []
    digest = repo.digest()
    again = bring(repo, legacy)
    assert (again["told"], repo.digest()) == (0, digest)
    assert all(it["already_there"] == it["rows"] for it in again["kinds"].values())


def test_missions_come_as_they_stood(repo: Repository, legacy: str) -> None:
    bring(repo, legacy)
    assert repo.statuses() == {
        "B1.1": "Completed",
        "B1.2": "Completed",
        "B2.1": "Current",
        "B2.2": "Blocked",
        "B3.1": "Queued",
    }
    one, two = (ask(repo, "mission", "show", id_) for id_ in ("B1.1", "B1.2"))
    assert (one["completed_at"], one["notes"]) == ("2025-10-31T20:27:04Z", "Oak, varnished")
    assert (two["name"], two["sprint_id"]) == ("Door", "Sprint 1")
    assert (two["objective"], two["success_criteria"]) == (
        "To build a door.",
        ["It opens", "It closes"],
    )
    assert two["domain_fields"]["handoffContext"]["nextMission"] == "B2.1: Prices"
    assert (two["started_at"], two["completed_at"]) == (
        "2025-10-31T21:08:20Z",
        "2025-10-31T21:41:21Z",
    )
    assert ask(repo, "mission", "show", "B2.2")["blocked_reason"] == "no coins"
    assert ask(repo, "mission", "show", "B2.2")["needs"] == ["B2.1"]
    sprints = {it["id"]: it["status"] for it in ask(repo, "sprint", "list")}
    assert sprints == {"Sprint 1": "Completed", "Sprint 2": "Current", "Sprint 3": "Planned"}
    assert ask(repo, "next")["mission"]["id"] == "B2.1"


def test_a_move_that_log_and_backlog_both_have_comes_once(repo: Repository, legacy: str) -> None:
    bring(repo, legacy)
    lines = list(reversed(ask(repo, "log", "B1.2")))
    assert [(it["at"], it["agent"], it["action"], it["summary"]) for it in lines] == [
        ("2025-10-31T21:08:20Z", "codex", "start", "Hang the door"),
        ("2025-10-31T21:15:16Z", "git-hook", "commit", "feat: hinges"),
        ("2025-10-31T21:41:21Z", "codex", "complete", "The door hangs"),
    ]
    assert lines[1]["details"] == {"files": ["door.py"], "hash": "0321adcd"}
    assert lines[2]["next_hint"] == "B2.1 promoted to Current"
    (only,) = ask(repo, "log", "B1.1")
    assert (only["agent"], only["summary"]) == ("import", "Oak, varnished")


@pytest.mark.parametrize("first", ["missions/backlog.yaml", "SESSIONS.jsonl"])
def test_one_file_after_the_other(repo: Repository, legacy: str, first: str) -> None:
    bring(repo, os.path.join(legacy, first))
    bring(repo, legacy)
    assert bring(repo, legacy)["told"] == 0
    assert repo.status_of("B1.2") == "Completed"
    actions = [it["action"] for it in ask(repo, "log", "B1.2")]
    assert sorted(actions) == ["commit", "complete", "start"]
    assert ask(repo, "mission", "show", "B1.2")["objective"] == "To build a door."
    shell = repo.run("db", "shell", "SELECT count(*) FROM session_events WHERE NOT legal").out
    assert shell.split()[-1] == "0"


def test_a_dry_run_tells_nothing_and_counts_the_same(repo: Repository, legacy: str) -> None:
    rehearsed = bring(repo, legacy, "--dry-run")
    assert rehearsed["dry_run"] is True
    assert ask(repo, "db", "health")["told"] == 0
    real = bring(repo, legacy)
    assert (rehearsed["kinds"], rehearsed["told"]) == (real["kinds"], real["told"])
    assert bring(repo, legacy, "-n")["told"] == 0


def test_two_clones_import_the_same_events(
    repo: Repository, legacy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository.create(tmp_path / "other")
    other.commit("start")
    bring(repo, legacy)
    monkeypatch.setenv("CMOS_AGENT", "somebody-else")
    monkeypatch.setenv("CMOS_CLOCK_OFFSET", "5000")
    bring(other, legacy)
    assert repo.digest() == other.digest()
    repo.git("fetch", "-q", str(other.path), "refs/cmos/ledger/*:refs/cmos/ledger/*")
    assert repo.digest() == other.digest()


def test_what_was_done_since_stands(repo: Repository, legacy: str) -> None:
    bring(repo, legacy)
    repo.run("mission", "complete", "B2.1", "--notes", "cheap")
    repo.run("mission", "unblock", "B2.2")
    assert bring(repo, legacy)["told"] == 0
    assert repo.status_of("B2.1") == "Completed"
    assert ask(repo, "next")["mission"]["id"] == "B2.2"


def test_a_mission_known_here_is_compared_and_updated_only_on_demand(
    repo: Repository, legacy: str
) -> None:
    repo.run("mission", "add", "B3.1", "Another name", "--sprint", "Sprint 3")
    repo.run("mission", "add", "b2.2", "case")
    found = bring(repo, legacy, status=1)
    assert found["differs"] == [
        {"id": "Sprint 3", "field": "title", "here": "Sprint 3", "there": "Grow"},
        {"id": "B3.1", "field": "name", "here": "Another name", "there": "Second shop"},
    ]
    (aside,) = (it for it in found["set_aside"] if "B2.2" in it["reason"])
    assert "by case only" in aside["reason"]
    assert aside["line"] == 34
    assert repo.mission("B3.1")["name"] == "Another name"
    bring(repo, legacy, "--update", status=1)
    assert repo.mission("B3.1")["name"] == "Second shop"
    assert bring(repo, legacy, "--update", status=1)["told"] == 0


def test_an_edited_export_comes_back(repo: Repository, legacy: str, tmp_path: Path) -> None:
    bring(repo, legacy)
    repo.run("export", "all", "--output", str(tmp_path / "out"))
    backlog = tmp_path / "out" / "backlog.yaml"
    text = backlog.read_text()
    backlog.write_text(
        text.replace("name: Second shop", "name: Third shop").replace(
            "    - id: B3.1", "    - id: B3.2\n      name: New\n    - id: B3.1"
        )
    )
    found = bring(repo, str(backlog))
    assert [(it["id"], it["there"]) for it in found["differs"]] == [("B3.1", "Third shop")]
    assert repo.mission("B3.2")["name"] == "New"
    bring(repo, str(backlog), "--update")
    assert repo.mission("B3.1")["name"] == "Third shop"


def test_a_mission_file_alone_tells_its_name_and_sprint(repo: Repository, legacy: str) -> None:
    bring(repo, os.path.join(legacy, "missions", "sprint-01"))
    mission = repo.mission("B1.2")
    assert (mission["name"], mission["sprint_id"]) == ("Front Door", "sprint-01")
    assert mission["status"] == "Current"  # by derivation: nobody says that it is done


def test_a_promotion_that_forgot_what_is_needed_is_left_out(
    repo: Repository, tmp_path: Path
) -> None:
    file = tmp_path / "backlog.yaml"
    file.write_text(
        "missions:\n- {id: A1, name: one, status: Queued}\n- {id: A2, name: two, status: Current}\n"
        "missionDependencies:\n- {from: A2, to: A1, type: Requires}\n"
    )
    (remark,) = bring(repo, str(file))["remarks"]
    assert remark["reason"] == "A2 is Current, but needs A1, which is Queued: left Queued"
    assert ask(repo, "next")["mission"]["id"] == "A1"


def test_the_one_document_form_and_words_of_other_hands(repo: Repository, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text(
        "sprints:\n- id: s1\n  name: First\n  missions:\n"
        "  - {missionId: 1.10, title: ten, status: in_progress, priority: high}\n"
        "  - {id: T2, name: yes, status: DONE, completedAt: 2025-02-03, validation_score: 0.9}\n"
    )
    bring(repo, str(file))
    ten, two = repo.mission("1.10"), repo.mission("T2")
    assert (ten["name"], ten["status"], ten["metadata"]) == (
        "ten",
        "In Progress",
        {"priority": "high"},
    )
    assert (two["name"], two["completed_at"], two["validation_score"]) == (
        "yes",
        "2025-02-03T00:00:00Z",
        0.9,
    )


def test_decisions_facts_and_contexts(repo: Repository, legacy: str) -> None:
    bring(repo, legacy)
    decisions = {it["title"]: it for it in ask(repo, "decision", "list")}
    assert set(decisions) == {"One counter", "Cash only", "Oak, not pine"}
    assert decisions["One counter"]["rationale"] == "There is room for one.\nImpact: Queues"
    assert decisions["One counter"]["at"] == "2025-01-27T00:00:00Z"
    facts = {(it["kind"], it["content"]) for it in ask(repo, "fact", "list")}
    assert facts == {
        ("fact", "The door opens inwards"),
        ("constraint", "No dogs"),
        ("user-requirements", "They want bread"),
    }
    context = repo.run("context", "view", "project", "--json").out
    assert '"Shop"' in context


def test_the_page_for_people(repo: Repository, legacy: str) -> None:
    out = repo.run("import", legacy).out
    assert "in all" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "git cmos next" in out
    assert "nothing new" in repo.run("db", "import", legacy).out
    assert "dry run" in repo.run("import", "--dry-run", legacy).out


def test_what_cannot_be_read_is_named_and_the_rest_comes_in(
    repo: Repository, tmp_path: Path
) -> None:
    log = tmp_path / "SESSIONS.jsonl"
    good = json.dumps(LOG[0])
    log.write_text(
        f"{good}\nnot json\n[1]\n"
        '{"ts": "yesterday", "action": "note", "summary": "x"}\n'
        '{"ts": "2999-01-01T00:00:00Z", "action": "note", "summary": "x"}\n'
        '{"action": "note"}\n\n{"ts": "2025-01-01", "mission": "../x", "action": "start"}\n'
        '{"ts": "2025-01-01"}\n{"ts": "2025-01-02", "summary": "fine", "action": "review"}\n'
    )
    backlog = tmp_path / "backlog.yaml"
    backlog.write_text(
        "missions:\n- {id: ok, name: fine}\n- {id: 'a b', name: no}\n- text\n"
        "- {id: odd, status: half-done, completed_at: soon, deliverables: {a: b}}\n"
        "missionDependencies:\n- {from: ok, to: odd, type: Likes}\n- {from: ok, to: '', type: x}\n"
        "- {from: ok, to: odd}\n- {from: odd, to: ok}\n"
    )
    found = bring(repo, str(tmp_path), status=1)
    assert counts(found) == {
        "missions": (4, 2, 0, 2),
        "dependencies": (4, 1, 0, 3),
        "log lines": (9, 2, 0, 7),
    }
    aside = {(os.path.basename(it["file"]), it["line"]): it["reason"] for it in found["set_aside"]}
    expected = {
        ("SESSIONS.jsonl", 2): "not JSON",
        ("SESSIONS.jsonl", 3): "no JSON object",
        ("SESSIONS.jsonl", 4): "'yesterday' is none",
        ("SESSIONS.jsonl", 5): "in the future",
        ("SESSIONS.jsonl", 6): "no time",
        ("SESSIONS.jsonl", 8): "'../x' is not a mission id",
        ("SESSIONS.jsonl", 9): "neither what was done nor",
        ("backlog.yaml", 3): "'a b' is not a mission id",
        ("backlog.yaml", 1): "no mapping",
        ("backlog.yaml", 7): "no dependency type 'Likes'",
        ("backlog.yaml", 8): "'' is not a mission id",
        ("backlog.yaml", 10): "would close a circle",
    }
    assert set(aside) == set(expected)
    for place, reason in expected.items():
        assert reason in aside[place], place
    remarks = [it["reason"] for it in found["remarks"]]
    assert [it.split(";")[0] for it in remarks] == [
        "deliverables has another shape than is known",
        "odd has the status 'half-done'",
        "odd's completed_at 'soon' is no time",
    ]
    assert bring(repo, str(tmp_path), status=1)["told"] == 0


def test_files_that_are_none(repo: Repository, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "some.json").write_text("{}")
    (tmp_path / "broken.yaml").write_text("a: [")
    (tmp_path / "telemetry").mkdir()
    (tmp_path / "telemetry" / "events.jsonl").write_text('{"ts": "2025-01-01", "x": 1}\n')
    assert bring(repo, str(tmp_path))["files"] == []
    assert "nothing to import" in repo.run("import", str(tmp_path)).out
    for name, reason in (
        ("notes.txt", "no kind of file"),
        ("some.json", "nothing in it"),
        ("broken.yaml", "not YAML"),
        ("nowhere", "No such file"),
    ):
        (aside,) = bring(repo, str(tmp_path / name), status=1)["set_aside"]
        assert reason in aside["reason"]


def test_nothing_outside_the_named_folder_is_read(repo: Repository, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "backlog.yaml").write_text(BACKLOG)
    named = tmp_path / "named"
    named.mkdir()
    (named / "backlog.yaml").symlink_to(elsewhere / "backlog.yaml")
    (named / "more").symlink_to(elsewhere)
    os.mkfifo(named / "SESSIONS.jsonl")
    (named / ".hidden").mkdir()
    (named / ".hidden" / "x.yaml").write_text(MISSION)
    found = bring(repo, str(named), status=1)
    reasons = [it["reason"] for it in found["set_aside"]]
    assert reasons == ["it is no regular file; not followed", "it is a symbolic link; not followed"]
    assert repo.statuses() == {}
