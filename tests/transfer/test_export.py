"""git cmos export: files that people and older tools read; the way home through import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from git_cmos.actions.storage import told_digest
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.transfer import bring, counts


@pytest.fixture
def worked(repo: Repository) -> Repository:
    """A repository in which everything has happened once, by command and by commit."""
    for words in (
        ("sprint", "add", "s1", "--title", "Öpen: the “shop”", "--start", "2026-01-05"),
        ("mission", "add", "B1.1", "Schema", "--sprint", "s1", "--notes", "one\n\n  two: # 3\n"),
        ("mission", "add", "B1.2", "yes", "--sprint", "s1", "--criterion", "- it: works"),
        ("mission", "add", "B1.3", "Mail", "--objective", "'quoted' \"twice\" \\ 😀"),
        ("mission", "depends", "B1.1", "B1.2", "--type", "Blocks"),
        ("mission", "start", "B1.1", "--agent", "codex", "--summary", "go", "--next-hint", "ask"),
        ("mission", "complete", "B1.1", "--score", "0.9", "--notes", "done", "--agent", "codex"),
        ("mission", "block", "B1.3", "--reason", "no server", "--need", "a server"),
        ("session", "start", "--type", "planning", "--title", "Plan", "--sprint", "s1"),
        ("session", "capture", "decision", "Use SQLite"),
        ("session", "capture", "learning", "It is quick"),
        ("session", "complete", "--summary", "planned", "--next-steps", "Begin"),
        ("decision", "--title", "One file", "--rationale", "portable"),
        ("fact", "--kind", "risk", "--content", "one file"),
        ("context", "set", "project", "project.phase", "two"),
        ("context", "snapshot", "master", "--source", "now"),
    ):
        answer = repo.run(*words)
        assert answer.status == 0, (words, answer)
    repo.commit("log in", "Mission-Complete: B1.2", file="login.py")
    repo.commit("surprise", "Mission: X1", "Decision: By commit")
    return repo


def export(repo: Repository, folder: Path, what: str = "all", *args: str) -> Any:
    answer = repo.run("export", what, "--output", str(folder), "--json", *args)
    assert answer.status == 0, answer
    return json.loads(answer.out)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def told(repo: Repository) -> str:
    with Memory.open(str(repo.path)) as memory:
        return told_digest(memory)


def test_the_same_bytes_as_long_as_nothing_changes(worked: Repository, tmp_path: Path) -> None:
    first = export(worked, tmp_path / "a")
    assert [Path(it["path"]).name for it in first["files"]] == [
        *("backlog.yaml", "SESSIONS.jsonl", "PS_SESSIONS.jsonl"),
        *("PROJECT_CONTEXT.json", "MASTER_CONTEXT.json", "events.jsonl"),
    ]
    again = export(worked, tmp_path / "a")
    assert [it["changed"] for it in again["files"]] == [False] * 6
    worked.digest()
    (worked.path / ".cmos" / "memory.db").unlink()
    export(worked, tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")
    worked.run("mission", "add", "B9", "new")
    changed = {
        Path(it["path"]).name for it in export(worked, tmp_path / "a")["files"] if it["changed"]
    }
    assert {"backlog.yaml", "events.jsonl"} <= changed
    assert "SESSIONS.jsonl" not in changed


def test_all_of_it_in_an_empty_repository_is_the_same_told_state(
    worked: Repository, tmp_path: Path
) -> None:
    digest = export(worked, tmp_path / "out")["told_digest"]
    assert digest == told(worked)
    other = Repository.create(tmp_path / "other")
    other.commit("start")
    found = bring(other, str(tmp_path / "out"))
    assert found["told_digest"] == digest == told(other)
    assert [it["reason"] for it in found["remarks"]] == [
        "only commits speak of X1: it comes with them"
    ]
    assert counts(found)["events"][:2] == (found["told"], found["told"])
    again = bring(other, str(tmp_path / "out"))
    assert again["told"] == 0
    # What commits say comes with the commits; then all is the same.
    other.git("fetch", "-q", str(worked.path), "main:refs/heads/theirs")
    worked.git("branch", "theirs")
    assert other.digest() == worked.digest()
    assert bring(other, str(tmp_path / "out"))["told"] == 0
    export(other, tmp_path / "back", "events")
    assert content(tmp_path / "back")["events.jsonl"] == content(tmp_path / "out")["events.jsonl"]


def test_the_export_in_its_own_repository_adds_nothing(worked: Repository, tmp_path: Path) -> None:
    export(worked, tmp_path / "out")
    before = told(worked)
    assert bring(worked, str(tmp_path / "out"))["told"] == 0
    for name in ("backlog.yaml", "SESSIONS.jsonl"):
        (tmp_path / "alone").mkdir(exist_ok=True)
        (tmp_path / "alone" / name).write_bytes((tmp_path / "out" / name).read_bytes())
    found = bring(worked, str(tmp_path / "alone"))
    # the commit's own mission, which nobody planned, is planned now; nothing else is new
    assert [kind for kind, it in found["kinds"].items() if it["imported"]] == ["missions"]
    assert found["told"] == 1
    assert told(worked) != before
    assert bring(worked, str(tmp_path / "alone"))["told"] == 0
    assert "move-illegal" not in worked.process("verify", "--all").stdout


def test_the_backlog_is_what_the_older_tools_read(worked: Repository, tmp_path: Path) -> None:
    export(worked, tmp_path, "backlog")
    pack, plan = yaml.safe_load_all((tmp_path / "backlog.yaml").read_text(encoding="utf-8"))
    assert pack["name"] == plan["domainFields"]["type"] == "Planning.SprintPlan.v1"
    assert plan["missionId"] == "SP-MAIN-001"
    (sprint,) = plan["domainFields"]["sprints"]
    assert (sprint["sprintId"], sprint["title"]) == ("s1", "Öpen: the “shop”")
    one, two = sprint["missions"]
    assert (one["id"], one["status"]) == ("B1.1", "Completed")
    assert one["completed_at"] == worked.mission("B1.1")["completed_at"]
    assert one["notes"] == "one\n\n  two: # 3\n\ndone"
    assert (two["name"], two["successCriteria"]) == ("yes", ["- it: works"])
    loose = {it["id"]: it for it in plan["domainFields"]["missions"]}
    assert (loose["B1.3"]["status"], loose["B1.3"]["blocked_reason"]) == ("Blocked", "no server")
    assert loose["B1.3"]["objective"] == "'quoted' \"twice\" \\ 😀"
    assert plan["domainFields"]["missionDependencies"] == [
        {"from": "B1.1", "to": "B1.2", "type": "Blocks"}
    ]


def test_the_backlog_alone_brings_missions_home(worked: Repository, tmp_path: Path) -> None:
    export(worked, tmp_path / "out", "backlog")
    other = Repository.create(tmp_path / "other")
    other.commit("start")
    bring(other, str(tmp_path / "out"))
    assert other.statuses() == worked.statuses()
    for id_ in ("B1.1", "B1.2", "B1.3", "X1"):
        here, there = worked.mission(id_), other.mission(id_)
        for key in ("name", "sprint_id", "objective", "success_criteria", "notes", "needs"):
            assert here[key] == there[key], (id_, key)
        for key in ("started_at", "completed_at", "validation_score", "blocked_reason"):
            assert here[key] == there[key], (id_, key)


def test_the_log_and_the_sessions(worked: Repository, tmp_path: Path) -> None:
    export(worked, tmp_path, "sessions")
    lines = [json.loads(it) for it in (tmp_path / "SESSIONS.jsonl").read_text().splitlines()]
    told = [it for it in lines if "hash" not in it.get("details", {})]
    assert [(it["action"], it["status"], it["mission"]) for it in told] == [
        ("start", "in_progress", "B1.1"),
        ("complete", "completed", "B1.1"),
        ("blocked", "blocked", "B1.3"),
    ]
    assert next(it for it in lines if it["agent"] == "codex")["details"] == {"next_hint": "ask"}
    commit = next(it for it in lines if it["action"] == "commit")
    assert commit["details"]["files"] == ["login.py"]
    (session,) = map(json.loads, (tmp_path / "PS_SESSIONS.jsonl").read_text().splitlines())
    assert [it["category"] for it in session["captures"]] == ["decision", "learning"]
    other = Repository.create(tmp_path / "other")
    other.commit("start")
    bring(other, str(tmp_path / "SESSIONS.jsonl"), str(tmp_path / "PS_SESSIONS.jsonl"))
    (home,) = other.json("session", "list")
    for key in ("id", "title", "agent", "summary", "started_at", "next_steps", "status"):
        assert home[key] == session[key], key


def test_where_it_goes(worked: Repository, tmp_path: Path) -> None:
    assert worked.run("export", "backlog").status == 0
    path = worked.path / "cmos" / "export" / "backlog.yaml"
    out = worked.run("export", "backlog", "--output", "-").out
    assert path.read_text(encoding="utf-8") == out
    assert "unchanged" in worked.run("db", "export", "backlog").out
    (worked.path / "sub").mkdir()
    worked.run("-C", "sub", "export", "events")
    assert (worked.path / "cmos" / "export" / "events.jsonl").exists()
    worked.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    bare = Repository(tmp_path / "bare")
    assert "no place for an export" in bare.run("export").err
    assert bare.run("export", "--output", str(tmp_path / "x")).status == 0


def test_nothing_is_written_through_a_link(worked: Repository, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "backlog.yaml").symlink_to(victim)
    export(worked, folder, "backlog")
    assert victim.read_text() == "mine"
    assert not (folder / "backlog.yaml").is_symlink()
    (folder / "events.jsonl").mkdir()
    answer = worked.run("export", "all", "--output", str(folder))
    assert answer.status == 128
    assert "cannot write" in answer.err
    assert not list(folder.glob("*.tmp"))


def test_an_export_as_of_a_commit(worked: Repository, tmp_path: Path) -> None:
    export(worked, tmp_path, "backlog", "--at", "HEAD~2")
    assert "X1" not in (tmp_path / "backlog.yaml").read_text()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "MissionExploded"}, "cannot read 'MissionExploded'"),
        ({"body": {"mission": 7}}, "with such fields"),
        ({"body": {"mission": "A", "name": "x", "fields": {"notes": ["a"]}}}, "with such fields"),
        ({"id": "../../x"}, "no id"),
        ({"id": None}, "no id"),
        ({"at": "now"}, "its time is none"),
        ({"at": -1}, "its time is none"),
        ({"at": True}, "its time is none"),
        ({"at": 1 << 61}, "in the future"),
        ({"actor": 7}, "names nobody"),
        ({"id": "known", "actor": "mallory"}, "another event has the id"),
    ],
)
def test_a_hostile_export(
    worked: Repository, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    export(worked, tmp_path, "events")
    file = tmp_path / "events.jsonl"
    head, first, *_ = file.read_text().splitlines()
    event = {**json.loads(first), "id": "0" * 26} | change
    if event["id"] == "known":
        event["id"] = json.loads(first)["id"]
    good = {**json.loads(first), "id": "1" * 26, "kind": "FactStated"}
    good["body"] = {"statement": "s", "kind": "k", "content": "c", "missions": [], "session": None}
    file.write_text(f"{head}\n{json.dumps(event)}\n{json.dumps(good)}\n")
    found = bring(worked, str(file), status=1)
    (aside,) = found["set_aside"]
    assert reason in aside["reason"]
    assert aside["line"] == 2
    assert found["told"] == 1
    assert "cut short" in found["remarks"][0]["reason"]
    worked.digest()


def test_an_export_of_a_later_version(repo: Repository, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"format": "git-cmos-events", "version": 2}\n{"id": "x"}\n')
    (aside,) = bring(repo, str(file), status=1)["set_aside"]
    assert "of a later git cmos" in aside["reason"]
