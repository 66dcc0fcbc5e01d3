"""How an answer comes out: colour, pager, progress, a reader that goes away."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.conftest import Repository

COLOUR = "\x1b["
COLOURFUL = {"NO_COLOR": ""}


@pytest.fixture
def shop(repo: Repository) -> Repository:
    for number in range(1, 10):
        repo.run("mission", "add", f"B1.{number}", f"Mission {number}")
    repo.run("mission", "start", "B1.1")
    return repo


def shown(repo: Repository, *argv: str, env: dict[str, str] | None = None, status: int = 0) -> str:
    """What `argv` shows on a terminal."""
    terminal = Terminal(*argv, folder=repo.path, env={**COLOURFUL, **(env or {})})
    ended, text = terminal.finish()
    assert ended == status, text
    return text


def say(*words: str) -> dict[str, str]:
    """Settings of one command, as `git -c` hands them on."""
    env = {"GIT_CONFIG_COUNT": str(len(words) // 2)}
    for number in range(len(words) // 2):
        env[f"GIT_CONFIG_KEY_{number}"] = words[2 * number]
        env[f"GIT_CONFIG_VALUE_{number}"] = words[2 * number + 1]
    return env


# -- colour --------------------------------------------------------------------------------------

ON_A_TERMINAL: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"NO_COLOR": "1"}, False),
    ({"TERM": "dumb"}, False),
    (say("color.ui", "false"), False),
    (say("color.ui", "never"), False),
    (say("color.ui", "auto"), True),
    (say("color.ui", "true"), True),
    (say("color.ui", "never", "color.cmos", "auto"), True),
    (say("color.ui", "always", "color.cmos", "no"), False),
    ({**say("color.cmos", "always"), "NO_COLOR": "1"}, True),
]


@pytest.mark.parametrize(("env", "expected"), ON_A_TERMINAL)
def test_colour_on_a_terminal(shop: Repository, env: dict[str, str], expected: bool) -> None:
    assert (COLOUR in shown(shop, "git-cmos", "next", env=env)) is expected


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, False),
        (say("color.ui", "true"), False),
        (say("color.ui", "always"), True),
        (say("color.ui", "always", "color.cmos", "auto"), False),
        ({"GIT_PAGER_IN_USE": "true", "TERM": "xterm"}, True),
        ({"GIT_PAGER_IN_USE": "true", "TERM": "xterm", **say("color.pager", "false")}, False),
        ({"GIT_PAGER_IN_USE": "false", "TERM": "xterm"}, False),
    ],
)
def test_colour_into_a_pipe(shop: Repository, env: dict[str, str], expected: bool) -> None:
    assert (COLOUR in shop.cmos("mission", "list", env={**COLOURFUL, **env})) is expected


def test_json_is_never_in_colour(shop: Repository) -> None:
    assert COLOUR not in shown(shop, "git-cmos", "status", "--json", env=say("color.ui", "always"))


def test_a_setting_without_a_value_is_gits_yes(shop: Repository) -> None:
    with (shop.path / ".git" / "config").open("a") as file:
        file.write("[color]\n\tcmos\n")
    assert COLOUR in shown(shop, "git-cmos", "next", env={})


def test_a_colour_that_git_does_not_know(shop: Repository) -> None:
    shop.git("config", "color.cmos", "sometimes")
    done = shop.process("status")
    assert done.returncode == 128
    assert done.stderr == (
        "fatal: bad value 'sometimes' of color.cmos\n"
        "hint: git config color.cmos auto|always|never\n"
    )
    assert shop.process("status", "--json").returncode == 0


# -- pager ---------------------------------------------------------------------------------------


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that leaves a trace and marks what it shows."""
    path = tmp_path / "my pager"
    path.write_text("#!/bin/sh\necho \"paged LESS=$LESS LV=$LV\"\nexec sed 's/^/| /'\n")
    path.chmod(0o755)
    return f"'{path}'"


def test_nothing_is_paged_unasked(shop: Repository, pager: str) -> None:
    assert "paged" not in shown(shop, "git-cmos", "log", env={"GIT_PAGER": pager})


@pytest.mark.parametrize("program", [["git-cmos"], ["cmosctl"], ["git", "cmos"]])
def test_pager_cmos(shop: Repository, pager: str, program: list[str]) -> None:
    env = {"PAGER": pager, **say("pager.cmos", "true")}
    text = shown(shop, *program, "mission", "list", env=env)
    assert text.startswith("paged LESS=FRX LV=-c\n")
    assert text.count("paged") == 1  # not by git and once more by us
    assert "9" in text.split("| ")[-1]
    assert COLOUR in text
    plain = shown(shop, *program, "mission", "list", env={**env, **say("pager.cmos", "false")})
    assert "paged" not in plain


@pytest.mark.parametrize("program", [["git-cmos"], ["git", "cmos"]])
def test_pager_of_one_command(shop: Repository, pager: str, program: list[str]) -> None:
    env = {"PAGER": pager, **say("pager.cmos.log", "true", "pager.cmos.mission.list", "yes")}
    assert "paged" in shown(shop, *program, "log", env=env)
    assert "paged" in shown(shop, *program, "mission", "list", env=env)
    assert "paged" not in shown(shop, *program, "status", env=env)
    assert "paged" not in shown(shop, *program, "mission", "show", "B1.1", env=env)
    assert "paged" not in shown(shop, "git", "--no-pager", "cmos", "log", env=env)


def test_next_is_paged_too(shop: Repository, pager: str) -> None:
    env = {"PAGER": pager, **say("pager.cmos.next", "true")}
    assert "paged" in shown(shop, "git-cmos", "next", env=env)
    assert "paged" in shown(shop, "git-cmos", "next", "--json", env=env)


def test_which_pager(shop: Repository, pager: str) -> None:
    mark = "sed s/^/{}:/".format
    ours = say("pager.cmos.log", mark("ours"), "core.pager", mark("core"))
    yes = say("pager.cmos.log", "1", "core.pager", mark("core"))
    log = ("git-cmos", "log")
    assert "ours:" in shown(shop, *log, env={**ours, "PAGER": mark("plain")})
    assert "first:" in shown(shop, *log, env={**ours, "GIT_PAGER": mark("first")})
    assert "core:" in shown(shop, *log, env={**yes, "PAGER": mark("plain")})
    assert "first:" in shown(shop, *log, env={**yes, "GIT_PAGER": mark("first")})
    assert ":" + COLOUR not in shown(shop, *log, env={**yes, "GIT_PAGER": "cat"})


def test_a_pipe_is_never_paged(shop: Repository, pager: str) -> None:
    env = {"GIT_PAGER": pager, **say("pager.cmos", "true")}
    assert "paged" not in shop.cmos("log", env=env)


def test_git_paginate(shop: Repository, pager: str) -> None:
    text = shown(shop, "git", "-p", "cmos", "log", env={"GIT_PAGER": pager})
    assert text.count("paged") == 1
    assert COLOUR in text


def test_a_pager_that_cannot_be_run_hides_nothing(shop: Repository) -> None:
    env = {"GIT_PAGER": "no-such-pager", **say("pager.cmos", "true")}
    assert "Mission 9" in shown(shop, "git-cmos", "mission", "list", env=env)


def test_a_pager_that_is_left_early(shop: Repository) -> None:
    for number in range(300):
        shop.clock += 1
        shop.commit(f"work {number} " + "x" * 300, "Mission: B1.1", f"Fact: note: {'y' * 300}")
    env = {"GIT_PAGER": "true", **say("pager.cmos", "true")}
    assert shown(shop, "git-cmos", "log", "--json", env=env, status=141) == ""


def test_errors_are_not_paged(shop: Repository, pager: str) -> None:
    env = {"GIT_PAGER": pager, **say("pager.cmos", "true")}
    text = shown(shop, "git-cmos", "mission", "show", "B7", env=env, status=1)
    assert text.startswith("error: no mission 'B7'")


def test_less_shows_and_leaves(shop: Repository) -> None:
    if shutil.which("less") is None:
        pytest.skip("no less here")
    env = {"GIT_PAGER": "less", **say("pager.cmos", "true")}
    text = shown(shop, "git-cmos", "mission", "list", env=env)  # F: it fits, so less ends by itself
    assert "Mission 9" in text
    assert COLOUR in text


def test_the_width_is_the_terminals(shop: Repository) -> None:
    shop.run("mission", "add", "L", "word " * 60)
    lines = shown(shop, "git-cmos", "mission", "list", env={"NO_COLOR": "1"}).splitlines()
    assert 75 < max(map(len, lines)) <= 80
    env = {"NO_COLOR": "1", "COLUMNS": "60"}
    lines = shown(shop, "git-cmos", "mission", "list", env=env).splitlines()
    assert 55 < max(map(len, lines)) <= 60


# -- progress ------------------------------------------------------------------------------------

EVERY_WAY_IN = [["next"], ["status"], ["hook", "post-commit"]]


@pytest.mark.parametrize("words", EVERY_WAY_IN)
def test_reading_shows_progress_on_a_terminal(repo: Repository, words: list[str]) -> None:
    assert "reading history: " in shown(repo, "git-cmos", *words, env={"GIT_PROGRESS_DELAY": "0"})


@pytest.mark.parametrize("words", EVERY_WAY_IN)
def test_short_reading_shows_none(repo: Repository, words: list[str]) -> None:
    assert "reading history" not in shown(
        repo, "git-cmos", *words, env={"GIT_PROGRESS_DELAY": "60"}
    )


@pytest.mark.parametrize("words", EVERY_WAY_IN)
def test_no_progress_into_a_pipe(repo: Repository, words: list[str]) -> None:
    done = repo.process(*words, env={"GIT_PROGRESS_DELAY": "0"})
    assert (done.returncode, done.stderr) == (0, "")


def test_progress_leaves_no_trace_on_the_line(repo: Repository) -> None:
    text = shown(repo, "git-cmos", "status", env={"GIT_PROGRESS_DELAY": "0", "NO_COLOR": "1"})
    assert text.partition("\r\x1b[K")[2].startswith("all branches")


# -- readers that go away ------------------------------------------------------------------------


ANSWERS = [
    "next",
    "log",
    "-h",
    "mission -h",
    "status --json",
    "help",
    "completion bash",
    "--version",
]


@pytest.mark.parametrize("words", ANSWERS)
def test_a_closed_pipe_is_141_without_a_word(shop: Repository, words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            ["git-cmos", *words.split()], cwd=shop.path, stdout=gone, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_error_that_nobody_reads_keeps_its_status(shop: Repository) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(["git-cmos", "mission", "show", "B7"], cwd=shop.path, stderr=gone)
    assert done.returncode == 1


@pytest.mark.parametrize("words", ["next", "status", "-h"])
def test_streams_that_came_closed(shop: Repository, words: str) -> None:
    closed = f"git-cmos {words} <&- >&-"
    done = subprocess.run(["sh", "-c", closed], cwd=shop.path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", ["next", "status", "-h"])
def test_a_full_disk_behind_standard_output(shop: Repository, words: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            ["git-cmos", words], cwd=shop.path, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 128
    assert done.stderr == "fatal: cannot write the output: No space left on device\n"


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", "rmdir ../gone && git-cmos status"], cwd=gone, capture_output=True, text=True
    )
    assert done.returncode == 128
    assert done.stderr.startswith("fatal: the current folder does not exist any more\n")
