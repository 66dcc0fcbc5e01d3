"""A verdict for machines: SARIF 2.1.0, JUnit XML, GitHub's workflow commands."""

from __future__ import annotations

import json
import re
from hashlib import sha256

from git_cmos.render.json import dump
from git_cmos.render.style import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from git_cmos.model import Finding, Verdict

    Rules = Mapping[str, tuple[str, str]]  # rule -> (what it looks for, off, warn or error)

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warn": "warning"}
# What XML 1.0 cannot hold at all.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sarif(verdict: Verdict, rules: Rules) -> str:
    """SARIF: one run, one result a finding.

    A commit message is no file: its place is `commit/<oid>`, the region is the message's line.
    """
    names = list(rules)
    shape = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(rules)},
                "invocations": [{"executionSuccessful": True}],
                "columnKind": "unicodeCodePoints",
                "properties": {"range": verdict.range, "checked": verdict.checked},
                "results": [_result(finding, names) for finding in verdict.findings],
            }
        ],
    }
    return json.dumps(json.loads(dump(shape)), indent=2, ensure_ascii=True) + "\n"


def _driver(rules: Rules) -> dict[str, Any]:
    return {
        "name": "git-cmos",
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": text},
                "help": {"text": f"`git config cmos.verify.{name} off|warn|error` sets its level."},
                "defaultConfiguration": {
                    "enabled": level != "off",
                    "level": _LEVELS.get(level, "none"),
                },
            }
            for name, (text, level) in rules.items()
        ],
    }


def _result(finding: Finding, names: list[str]) -> dict[str, Any]:
    place = f"commit/{finding.commit}" if finding.commit else "plan"
    same = "\0".join((finding.rule, finding.commit or "", finding.mission or "", finding.message))
    physical: dict[str, Any] = {"artifactLocation": {"uri": place}}
    physical["region"] = {"startLine": finding.line or 1}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.commit:
        name = f"{finding.commit[:9]}, line {finding.line or 1} of its message"
        location["logicalLocations"] = [{"name": name, "kind": "commit"}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": _LEVELS[finding.level],
        "message": {"text": _sentence(finding)},
        "locations": [location],
        "partialFingerprints": {"finding/v1": sha256(same.encode()).hexdigest()},
        "properties": {"mission": finding.mission, "commit": finding.commit, "mend": finding.hint},
    }


def _sentence(finding: Finding) -> str:
    place = f"{finding.commit[:9]}: " if finding.commit else ""
    mend = f". To mend it: {finding.hint}" if finding.hint else ""
    return safe(f"{place}{finding.message}{mend}")


def junit(verdict: Verdict, rules: Rules) -> str:
    """JUnit: a test case for each rule that found nothing, one for each finding; a rule that was
    not asked is skipped; a warning passes, and is told in its output."""
    found = {finding.rule for finding in verdict.findings}
    cases = [_quiet(name, level) for name, (_, level) in rules.items() if name not in found]
    cases += [_case(finding) for finding in verdict.findings]
    failures = sum(finding.level == "error" for finding in verdict.findings)
    skipped = sum(level == "off" for _, level in rules.values())
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}>",
        f"  <testsuite name={_xml(f'git cmos verify {verdict.range}')} {counts}>",
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _quiet(rule: str, level: str) -> str:
    head = f'    <testcase classname="git-cmos.verify" name={_xml(rule)} time="0"'
    return f"{head}><skipped/></testcase>" if level == "off" else f"{head}/>"


def _case(finding: Finding) -> str:
    place = f"{finding.commit[:9]} line {finding.line}: " if finding.commit else ""
    name = _xml(f"{place}{finding.message}")
    head = (
        f'    <testcase classname={_xml(f"git-cmos.verify.{finding.rule}")} name={name} time="0">'
    )
    if finding.level == "error":
        inner = f"<failure type={_xml(finding.rule)} message={_xml(finding.message)}>"
        return f"{head}\n      {inner}{_text(_sentence(finding))}</failure>\n    </testcase>"
    said = f"<system-out>warning: {_text(_sentence(finding))}</system-out>"
    return f"{head}\n      {said}\n    </testcase>"


def _text(text: str) -> str:
    clean = _NO_XML.sub("\ufffd", safe(text))
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _xml(text: str) -> str:
    """An attribute's value, in its quotes."""
    return '"' + _text(text).replace('"', "&quot;") + '"'


def github(verdict: Verdict, rules: Rules) -> str:
    """GitHub's workflow commands: an annotation a finding, and a line of summary."""
    lines = []
    for finding in verdict.findings:
        title = _property(f"{finding.rule}{f' ({finding.mission})' if finding.mission else ''}")
        lines.append(f"::{_LEVELS[finding.level]} title={title}::{_data(_sentence(finding))}")
    errors = sum(finding.level == "error" for finding in verdict.findings)
    warnings = len(verdict.findings) - errors
    words = f"{verdict.checked} commits in {verdict.range}: {errors} errors, {warnings} warnings"
    lines.append(f"::notice title=git cmos verify::{_data(safe(words))}")
    return "\n".join(lines) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Verdict, Rules], str]] = {
    "sarif": sarif,
    "junit": junit,
    "github": github,
}
