"""The manual: made from the commands, readable by every `man`, found where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.metadata import files
from pathlib import Path

import click
import pytest

from git_cmos.cli import line as line_reader
from git_cmos.cli import manual
from git_cmos.cli.app import COMMANDS, cmos
from git_cmos.cli.manual import prose, roff, text
from git_cmos.cli.manual.page import Code, Head, Page, Section, Terms, Text
from git_cmos.render.style import Style
from tests.cli.terminal import Terminal, plain
from tests.conftest import PROJECT, Repository


def test_the_reference_is_current() -> None:
    committed = (PROJECT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    command = "python -m git_cmos.cli.manual reference docs/reference/commands.md"
    assert committed == manual.reference(), f"run {command}"


def leaves(command: click.Command, words: str) -> list[tuple[str, click.Command]]:
    """Every command that can be run, by its words."""
    if not isinstance(command, click.Group):
        return [(words, command)]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        found += leaves(below, f"{words} {name}".strip())
    return found


def test_every_command_and_option_is_told() -> None:
    told = manual.reference()
    for words, command in leaves(cmos, ""):
        if command.hidden:
            continue
        assert f"git cmos {words}" in told
        for param in command.params:
            if isinstance(param, click.Option) and not param.hidden:
                assert param.opts[-1] in told, (words, param.opts)


def test_examples_belong_to_commands_and_can_be_parsed() -> None:
    import shlex

    known = {words for words, _ in leaves(cmos, "")} | {"", *COMMANDS}
    assert set(prose.EXAMPLES) <= known
    assert set(prose.MORE) <= known
    for examples in prose.EXAMPLES.values():
        for _, *lines in examples:
            for line in "\n".join(lines).replace("\\\n", " ").splitlines():
                words = shlex.split(line.split(" > ")[0].split(" && ")[0], comments=True)
                if words[:2] == ["git", "cmos"]:
                    found = line_reader.read(cmos, words[2:]).context
                    rest = words[2 + len(line_reader.path_of(found)) :]
                    found.command.make_context(found.info_name, rest, parent=found.parent).close()


NASTY = Page(
    name="git-cmos-nasty",
    brief="back\\slash and `code -x`",
    sections=(
        Section("DESCRIPTION", (Text(".starts with a stop"), Text("'quote' \\fB ^~ — é"))),
        Section("COMMANDS", (Head('say "x"'), Terms((("--a-b", ".so /etc/passwd"),)))),
        Section("EXAMPLES", (Code((".ex", "", "a  b", "'c")),)),
    ),
)


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    """All pages as files, and one that is hard to write."""
    folder = tmp_path / "man" / "man1"
    (folder).mkdir(parents=True)
    (folder / "git-cmos-nasty.1").write_text(roff.page(NASTY), encoding="ascii")
    manual.write_man(str(folder))
    return sorted(folder.iterdir())


def test_there_is_a_page_for_every_command(pages: list[Path]) -> None:
    names = {path.name for path in pages}
    assert {"git-cmos.1", "cmosctl.1", *(f"git-cmos-{name}.1" for name in COMMANDS)} <= names


def test_groff_has_nothing_to_say(pages: list[Path]) -> None:
    if shutil.which("groff") is None:
        pytest.skip("no groff here")
    for path in pages:
        done = subprocess.run(
            ["groff", "-man", "-ww", "-z", "-Tutf8", str(path)],
            cwd=path.parent.parent,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), path.name


def test_mandoc_has_nothing_to_say(pages: list[Path]) -> None:
    if shutil.which("mandoc") is None:
        pytest.skip("no mandoc here")
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", *map(str, pages)],
        cwd=pages[0].parent.parent,
        capture_output=True,
        text=True,
    )
    # A page carries no date: it is the same whenever it is built.
    said = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert said == []


@pytest.mark.parametrize(
    "reader", [["groff", "-man", "-Tutf8", "-P-c", "-P-b", "-P-u"], ["mandoc"]]
)
def test_what_is_hard_to_write_can_be_read(pages: list[Path], reader: list[str]) -> None:
    if shutil.which(reader[0]) is None:
        pytest.skip(f"no {reader[0]} here")
    path = next(path for path in pages if path.name == "git-cmos-nasty.1")
    done = subprocess.run([*reader, str(path)], capture_output=True, text=True, check=True)
    shown = re.sub(".\b", "", done.stdout)
    for words in ("back\\slash and code -x", ".starts with a stop", "'quote' \\fB ^~ — é"):
        assert words in shown
    for words in ('say "x"', "--a-b", ".so /etc/passwd", ".ex", "a  b", "'c"):
        assert words in shown


def test_plain_text_says_the_same() -> None:
    shown = "\n".join(text.lines(NASTY, Style(False, 80)))
    for words in ("back\\slash", ".starts with a stop", 'say "x"', ".so /etc/passwd", "a  b"):
        assert words in shown
    for page in manual.pages():
        blocks = [block for section in page.sections for block in section.blocks]
        code = {
            f"    {line}" for block in blocks if isinstance(block, Code) for line in block.lines
        }
        lines = set(text.lines(page, Style(False, 80))) - code
        assert max(map(len, lines)) <= 84, page.name  # a long option is not broken


# -- showing -------------------------------------------------------------------------------------


def test_help_into_a_pipe(repo: Repository) -> None:
    page = repo.run("help", "mission").out
    assert page.startswith("NAME\n    git-cmos-mission - ")
    assert "--deliverable TEXT" in page
    assert repo.run("help", "mission", "add").out == page
    assert repo.run("mission", "--help").out == page
    assert repo.run("mission", "add", "--help").out == page
    assert repo.run("mission", "add", "B1.1", "--sprint", "x", "--help").out == page
    assert repo.run("--help").out == repo.run("help").out != page


def test_the_manual_leaves_the_commands_as_they_were(repo: Repository) -> None:
    manual.reference()
    for words in (["-h"], ["init", "-h"], ["mission", "list", "-h"]):
        assert repo.run(*words).status == 0, words


def test_help_needs_no_repository(tmp_path: Path) -> None:
    place = Repository(tmp_path)
    assert place.run("help").status == place.run("next", "--help").status == 0


def test_a_value_that_reads_help_is_a_value(repo: Repository) -> None:
    repo.run("mission", "add", "B1.1", "x", "--notes", "--help")
    assert repo.mission("B1.1")["notes"] == "--help"
    assert repo.run("mission", "add", "B1.2", "--", "--help").status == 0
    assert repo.mission("B1.2")["name"] == "--help"


@pytest.mark.parametrize("words", ["help misson", "misson --help", "help mission strat"])
def test_help_for_what_does_not_exist(repo: Repository, words: str) -> None:
    answer = repo.run(*words.split())
    assert answer.status == 129
    assert "did you mean mission" in answer.err or "did you mean start" in answer.err


def shown(folder: Path, *words: str, env: dict[str, str]) -> str:
    terminal = Terminal(*words, folder=folder, env=env)
    status, said = terminal.finish()
    assert status == 0, said
    return plain(said)


def tools(folder: Path, **scripts: str) -> str:
    """A PATH with only python, sh, git, our program and these."""
    folder.mkdir()
    for name in ("git-cmos", "sh", "git", "cat", "sed"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    for name, body in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_on_a_terminal_man_shows_the_page(tmp_path: Path) -> None:
    path = tools(tmp_path / "bin", man='echo "man $1"; cat "$1"')
    said = shown(tmp_path, "git-cmos", "mission", "--help", env={"PATH": path})
    assert re.match(r"man /\S*/git-cmos-mission\.1\n\.TH ", said)


@pytest.mark.parametrize("scripts", [{}, {"man": "exit 16"}])
def test_without_man_the_pager_shows_text(tmp_path: Path, scripts: dict[str, str]) -> None:
    path = tools(tmp_path / "bin", **scripts)
    env = {"PATH": path, "GIT_PAGER": "sed 's/^/| /'"}
    said = shown(tmp_path, "git-cmos", "help", "mission", env=env)
    assert said.startswith("| NAME\n|     git-cmos-mission - ")


def test_the_real_man_shows_the_page(tmp_path: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("no man here")
    env = {"MANPAGER": "cat", "PAGER": "cat"}
    said = shown(tmp_path, "git-cmos", "help", "verify", env=env)
    assert "GIT-CMOS-VERIFY(1)" in said or "git-cmos-verify - " in said


# -- installed -----------------------------------------------------------------------------------


@pytest.fixture
def installed() -> Path:
    """The page that came with the installation, editable or not."""
    found = [file for file in files("git-cmos") or () if file.name == "git-cmos.1"]
    assert found, "the build hook made no pages: install again with pip"
    return Path(os.path.realpath(str(found[0].locate())))


def test_the_pages_are_installed(installed: Path, repo: Repository) -> None:
    assert installed.read_text(encoding="ascii").startswith('.TH "GIT\\-CMOS" 1 ')
    assert str(installed).endswith("/share/man/man1/git-cmos.1")
    assert repo.run("help", "--man-path").out == f"{installed.parent.parent}\n"
    share = installed.parent.parent.parent
    assert (share / "bash-completion" / "completions" / "git-cmos").exists()
    assert (share / "zsh" / "site-functions" / "_git-cmos").exists()
    assert (share / "fish" / "vendor_conf.d" / "git-cmos.fish").exists()


@pytest.mark.parametrize(
    "words",
    [["git", "cmos", "--help"], ["git", "help", "cmos"], ["man", "git-cmos"], ["man", "cmosctl"]],
)
@pytest.mark.parametrize("told", [True, False], ids=["by MANPATH", "by PATH"])
def test_man_finds_them(installed: Path, tmp_path: Path, words: list[str], told: bool) -> None:
    if shutil.which("man") is None:
        pytest.skip("no man here")
    env = {
        **os.environ,
        "MANPAGER": "cat",
        "PAGER": "cat",
        "MANPATH": f"{installed.parent.parent}:",
    }
    if not told:
        del env["MANPATH"]
        version = subprocess.run(["man", "--version"], capture_output=True, text=True).stdout
        if not version.startswith("man 2"):
            pytest.skip("this man does not look beside the folders of PATH")
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "git-cmos - mission state as a function of git history" in re.sub(".\b", "", done.stdout)
