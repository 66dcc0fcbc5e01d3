"""mission edit: git's editor on YAML; nothing is lost on an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository
from tests.remember.test_sessions import ask, tell


@pytest.fixture
def planned(repo: Repository) -> Repository:
    tell(repo, "mission", "add", "B1.1", "Schema", "--objective", "Tables", "--criterion", "loads")
    return repo


@pytest.fixture
def type_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An editor that runs a script of sed on the text, and keeps what it was shown."""

    def set_up(script: str, status: int = 0) -> Path:
        path = tmp_path / "editor"
        path.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/shown\n{script}\nexit {status}\n')
        path.chmod(0o755)
        monkeypatch.setenv("GIT_EDITOR", str(path))
        return tmp_path / "shown"

    return set_up


def test_what_is_typed_is_told(planned: Repository, type_: Any) -> None:
    shown = type_(
        'sed -i "s/^objective:.*/objective: Users and orders/; s/- loads/- loads fast/" "$1"'
    )
    assert "changed objective, success_criteria" in planned.cmos("mission", "edit", "B1.1")
    assert "# Mission B1.1 (Current)." in shown.read_text()
    found = ask(planned, "mission", "show", "B1.1")
    assert (found["objective"], found["success_criteria"]) == ("Users and orders", ["loads fast"])
    assert (found["name"], found["status"]) == ("Schema", "Current")
    assert not list((planned.path / ".git").glob("CMOS_EDIT*"))


@pytest.mark.parametrize("script", ["true", ': > "$1"', 'echo "# only a comment" > "$1"'])
def test_nothing_typed_changes_nothing(planned: Repository, type_: Any, script: str) -> None:
    before = ask(planned, "mission", "show", "B1.1")
    type_(script)
    assert planned.cmos("mission", "edit", "B1.1") == "nothing changed\n"
    assert ask(planned, "mission", "show", "B1.1") == before


def test_fields_are_emptied_and_filled(planned: Repository, type_: Any) -> None:
    said = "deliverables: [a, b]\\nmetadata: {k: 1}\\nobjective:\\nsuccess_criteria: []\\n"
    type_(f"printf '{said}' > \"$1\"")
    planned.cmos("mission", "edit", "B1.1")
    found = ask(planned, "mission", "show", "B1.1")
    assert (found["name"], found["deliverables"], found["metadata"]) == (
        "Schema",
        ["a", "b"],
        {"k": 1},
    )
    assert (found["objective"] or None, found["success_criteria"]) == (None, [])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("status: Completed", "no field"),
        ("success_criteria: text", "list of texts"),
        ("name: ''", "needs a name"),
        ("a: [", "line"),
        ("- a list", "one mapping"),
        ("name: !!python/object:os.system x", ""),
        ("name: a\nname: b", ""),
    ],
)
def test_what_does_not_validate_is_refused_and_kept(
    planned: Repository, type_: Any, said: str, why: str
) -> None:
    before = ask(planned, "mission", "show", "B1.1")
    type_(f"cat > \"$1\" <<'END'\n{said}\nEND")
    done = planned.process("mission", "edit", "B1.1")
    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr
    assert "the text is kept" in done.stderr
    assert ask(planned, "mission", "show", "B1.1") == before
    shown = type_('printf "name: Better\\n" > "$1"')
    assert "changed" in planned.cmos("mission", "edit", "B1.1")
    assert said in shown.read_text()


def test_an_editor_that_fails_changes_nothing(planned: Repository, type_: Any) -> None:
    type_('echo "name: Half" > "$1"', status=3)
    done = planned.process("mission", "edit", "B1.1")
    assert (done.returncode, "the text is kept" in done.stderr) == (1, True)
    assert ask(planned, "mission", "show", "B1.1")["name"] == "Schema"


def test_with_options_no_editor_is_opened(planned: Repository, type_: Any) -> None:
    shown = type_("true")
    tell(planned, "mission", "edit", "B1.1", "--objective", "At once")
    assert ask(planned, "mission", "show", "B1.1")["objective"] == "At once"
    assert not shown.exists()
