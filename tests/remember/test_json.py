"""docs/reference/json.md says what `--json` prints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository
from tests.remember.test_sessions import ask, begin, tell

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
SHAPES: dict[str, dict[str, Any]] = {
    name: json.loads(text)
    for name, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
}


@pytest.fixture
def printed(repo: Repository) -> dict[str, Any]:
    begun = begin(repo)
    tell(repo, "session", "capture", "context", "x")
    tell(repo, "fact", "add", "f")
    repo.commit("work", f"Session: {begun['id']}", "Next-Step: go on", "Decision: so")
    session = ask(repo, "session", "show", begun["id"])
    return {
        "session": session,
        "capture": session["captures"][-1],
        "commit": session["commits"][0],
        "step": ask(repo, "session", "steps")[0],
        "decision": ask(repo, "decision", "show", "so"),
        "fact": ask(repo, "fact", "list", "--kind", "fact")[0],
        "line": ask(repo, "session", "log", "--summary", "s", "--details", "d"),
    }


def test_every_shape_has_the_keys_that_are_printed(printed: dict[str, Any]) -> None:
    assert {name: list(it) for name, it in printed.items()} == {
        name: list(shape) for name, shape in SHAPES.items()
    }


def test_what_may_be_missing_is_said(printed: dict[str, Any]) -> None:
    for name, it in printed.items():
        for key, content in it.items():
            if content is None:
                assert str(SHAPES[name][key]).endswith("|null"), f"{name}.{key}"
            else:
                said = SHAPES[name][key]
                assert isinstance(content, type(said)), f"{name}.{key}"
