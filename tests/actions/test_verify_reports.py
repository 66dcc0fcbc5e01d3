"""Verdicts for machines, held against the published schemas and by the parsers that CI uses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from tests.actions.test_verify import plan
from tests.conftest import Repository

ODD = 'a "b" <c> & %0A ]]> \x1b]52;c;x\x07 \x01 \ufffe é 日本 ::error::'


@pytest.fixture
def faulty(repo: Repository) -> Repository:
    """An error, a warning, and one whose words could break any format."""
    plan(repo, "B1.1", "B1.2")
    repo.git("config", "cmos.verify.trailer-stranded", "warn")
    repo.commit("typo\n\nMission-Complete: B1.1 done\n\nprose", "Misson: B1.1")
    repo.commit("odd", f"Mission: {ODD}")
    repo.commit("unknown", "Mission: B1.11")
    return repo


def report(repo: Repository, name: str, status: int = 1) -> str:
    return repo.cmos("verify", "--format", name, "HEAD~3..", status=status)


def test_sarif(faulty: Repository) -> None:
    said = report(faulty, "sarif")
    Sarif.model_validate_json(said)
    found = json.loads(said)["runs"][0]
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    results = found["results"]
    assert [it["ruleId"] for it in results] == ["trailer-misspelt", "trailer-stranded"] + [
        "mission-unknown"
    ] * (len(results) - 2)
    assert all(rules[it["ruleIndex"]] == it["ruleId"] for it in results)
    assert {it["level"] for it in results} == {"error", "warning"}
    oid = faulty.git("rev-parse", "HEAD~2")
    place = results[1]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": f"commit/{oid}"}, "region": {"startLine": 3}}
    prints = [it["partialFingerprints"]["finding/v1"] for it in results]
    assert len(set(prints)) == len(prints)
    assert prints == [
        it["partialFingerprints"]["finding/v1"]
        for it in json.loads(report(faulty, "sarif"))["runs"][0]["results"]
    ]
    assert all("To mend it: " in it["message"]["text"] for it in results)


def test_junit(faulty: Repository, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(report(faulty, "junit"), encoding="utf-8")
    found = JUnitXml.fromfile(str(path))
    [suite] = list(found)
    failed = [case for case in suite if any(it.type for it in case.result if it._tag == "failure")]
    assert suite.tests == len(list(suite))
    assert suite.failures == len(failed) >= 3
    names = {case.name: case for case in suite if case.classname == "git-cmos.verify"}
    assert "mission-unknown" not in names
    assert [it._tag for it in names["mission-missing"].result] == ["skipped"]  # it is off
    assert names["graph-cycle"].result == []
    [stranded] = [case for case in suite if case.classname.endswith("trailer-stranded")]
    assert "warning" in stranded.system_out


def test_github(faulty: Repository) -> None:
    lines = report(faulty, "github").splitlines()
    commands = [re.fullmatch(r"::(error|warning|notice) title=([^:,]*)::(.*)", it) for it in lines]
    assert all(commands), lines
    kinds: list[Any] = [it[1] for it in commands if it]
    assert kinds[:2] == ["error", "warning"]
    assert kinds[-1] == "notice"
    assert "\x1b" not in "".join(lines)


def test_a_verdict_without_findings(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("work", "Mission: B1.1")
    said = repo.cmos("verify", "--format", "sarif", "HEAD^!")
    Sarif.model_validate_json(said)
    assert json.loads(said)["runs"][0]["results"] == []
    assert repo.cmos("verify", "--format", "github", "HEAD^!").count("\n") == 1
    assert repo.cmos("verify", "--format", "json", "HEAD^!") == repo.cmos(
        "verify", "--json", "HEAD^!"
    )
    assert repo.process("verify", "--json", "--format", "sarif").returncode == 129
    assert repo.process("verify", "--format", "csv").returncode == 129
