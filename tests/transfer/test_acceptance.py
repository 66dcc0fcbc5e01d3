"""The legacy folder of a real project, named by GIT_CMOS_LEGACY: parity, twice, next, and home.

GIT_CMOS_LEGACY=/path/to/legacy pytest -m long tests/transfer/test_acceptance.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.conftest import Repository
from tests.transfer import bring, counts

FOLDER = os.environ.get("GIT_CMOS_LEGACY", "")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not FOLDER, reason="GIT_CMOS_LEGACY names no folder"),
]


def plan() -> dict[str, dict[str, str]]:
    """Every mission of the backlog, read by pyyaml itself."""
    (file,) = Path(FOLDER).rglob("backlog.yaml")
    *_, document = yaml.safe_load_all(file.read_text(encoding="utf-8"))
    sprints = document["domainFields"]["sprints"]
    return {m["id"]: {**m, "sprint": s["sprintId"]} for s in sprints for m in s["missions"]}


def test_parity_twice_and_next(repo: Repository) -> None:
    found = bring(repo, FOLDER)
    rows = counts(found)
    assert all(aside == there == 0 for _, _, there, aside in rows.values())
    log = [json.loads(it) for it in Path(FOLDER, "SESSIONS.jsonl").read_text().splitlines()]
    assert rows["log lines"][0] == len(log)
    missions = plan()
    assert repo.statuses() == {id_: it["status"] for id_, it in missions.items()}
    for id_, it in missions.items():
        mission = repo.mission(id_)
        assert (mission["name"], mission["sprint_id"]) == (it["name"], it["sprint"])
        assert mission["notes"] == it.get("notes")
    said = {(it["ts"], it["agent"], it["summary"]) for it in log}
    assert said <= {(it["at"], it["agent"], it["summary"]) for it in repo.json("log")}
    moves = [
        (it["mission_id"], it["action"]) for it in repo.json("log") if it["action"] != "commit"
    ]
    assert len(moves) == len(set(moves))
    digest = repo.digest()
    assert bring(repo, FOLDER)["told"] == 0
    assert repo.digest() == digest
    current = [id_ for id_, it in missions.items() if it["status"] == "Current"]
    assert [repo.json("next")["mission"]["id"]] == current
    repo.run("mission", "complete", current[0])
    queued = [id_ for id_, it in missions.items() if it["status"] == "Queued"]
    assert repo.json("next")["mission"]["id"] == queued[0]
    assert repo.process("verify", "--all").returncode == 0
    assert bring(repo, FOLDER)["told"] == 0


def test_home_again(repo: Repository, tmp_path: Path) -> None:
    bring(repo, FOLDER)
    assert repo.run("export", "--output", str(tmp_path / "out")).status == 0
    other = Repository.create(tmp_path / "other")
    other.commit("start")
    bring(other, str(tmp_path / "out"))
    assert other.digest() == repo.digest()
