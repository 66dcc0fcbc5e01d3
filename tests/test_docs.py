"""The documents: every command in them is run, with the output that they show; Python too."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Repository

RUN = sorted(
    [
        *(
            PROJECT / "docs" / name
            for name in (
                *("tutorial.md", "hooks.md", "doctor.md", "team.md"),
                *("adopt.md", "verify.md"),
            )
        ),
        *(PROJECT / "docs" / "how-to").glob("*.md"),
    ]
)
MARKDOWN = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.M | re.S)


class Shell:
    """One after another in one folder, as somebody types them."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def run(self, command: str) -> str:
        script = f"cd '{self.folder}' || exit 1\n{command}\nstatus=$?\npwd >&3\nexit $status\n"
        reading, writing = os.pipe()
        done = subprocess.run(
            ["bash", "-c", f"exec 3>&{writing}\n{script}"],
            capture_output=True,
            text=True,
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as said:
            self.folder = said.read().strip() or self.folder
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 1), (command, done.stdout, done.stderr)
        return done.stdout + done.stderr


def steps(block: str) -> list[tuple[str, list[str]]]:
    """(command, lines shown below it)."""
    found: list[tuple[str, list[str]]] = []
    typing = False
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
            typing = True
        elif typing and (line.startswith("> ") or line == ">"):
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
        else:
            found[-1][1].append(line)
            typing = False
    return found


def shown(lines: list[str]) -> re.Pattern[str]:
    """What is shown, as a pattern: `…` stands for anything, a line of its own for any lines."""
    parts = []
    for line in lines:
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        elif line:
            words = re.split(r"\s*…\s*|\s{2,}", line.strip())
            parts.append(r"[ ]*" + r".*?".join(map(re.escape, words)) + r".*\n")
            parts.append(r"\n*")
    return re.compile(r"\n*" + "".join(parts))


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_what_a_document_shows_happens(
    path: Path, repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(repo.path)
    for kind, block in _BLOCK.findall(path.read_text()):
        if kind == "python":
            monkeypatch.chdir(shell.folder)
            exec(compile(block, str(path), "exec"), {})  # noqa: S102 - our own words
            continue
        for command, lines in steps(block):
            said = shell.run(command)
            assert shown(lines).match(said + "\n"), f"{command}\n{said}\nis not\n" + "\n".join(
                lines
            )


def test_the_readme_s_python_runs(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("done", "Mission-Complete: B1.1")
    monkeypatch.chdir(repo.path)
    blocks = _BLOCK.findall((PROJECT / "README.md").read_text())
    assert blocks
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own words


def test_the_readme_s_commands_exist(repo: Repository) -> None:
    text = "\n".join(path.read_text() for path in MARKDOWN if path.name != "CHANGELOG.md")
    named = set(re.findall(r"(?:^|`|[$] )git cmos ([a-z-]+)(?: ([a-z]+))?(?![a-z…])", text, re.M))
    unknown = []
    for first, second in sorted(named):
        answer = repo.run(first, "-h")
        ok = answer.status == 0
        if ok and second and "COMMAND" in answer.out.partition("\n")[0]:
            ok = repo.run(first, second, "-h").status == 0
        unknown += [] if ok else [f"{first} {second}"]
    assert unknown == []


def test_no_link_between_documents_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    from git_cmos.actions.documents import Documents

    documents = Documents(str(PROJECT))
    names = [str(path.relative_to(PROJECT)) for path in MARKDOWN]
    assert [link for name in names for link in documents.broken(name)] == []


def test_every_setting_and_every_trailer_has_its_line() -> None:
    from git_cmos.claims import NAMES
    from git_cmos.config import SETTINGS

    folder = PROJECT / "docs" / "reference"
    settings = (folder / "configuration.md").read_text()
    for key, _, default, meaning in SETTINGS:
        assert f"| `{key}` |" in settings
        assert default in settings
        assert meaning in settings
    trailers = (folder / "trailers.md").read_text().lower()
    assert [name for name in NAMES if f"`{name}`" not in trailers] == []
