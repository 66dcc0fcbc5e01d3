"""Completion: what is offered, and that real shells offer it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_cmos.cli import words
from git_cmos.cli.completion import SHELLS, script
from tests.cli.terminal import Terminal
from tests.conftest import Repository

GIT_COMPLETION = [
    Path("/usr/share/bash-completion/completions/git"),
    Path("/usr/local/share/bash-completion/completions/git"),
    Path("/opt/homebrew/share/bash-completion/completions/git"),
]


@pytest.fixture
def shop(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for line in (
        ("sprint", "add", "sprint-01", "--title", "Open the shop"),
        ("mission", "add", "B1.1", "Schema", "--sprint", "sprint-01", "--agent", "ada"),
        ("mission", "add", "B1.2", "Log in"),
        ("mission", "add", "C1", "Mail"),
        ("mission", "complete", "C1", "--agent", "ada"),
        ("decision", "add", "Use SQLite"),
        ("session", "start", "--type", "planning", "--title", "Plan", "--agent", "ada"),
    ):
        assert repo.run(*line).status == 0
    repo.run("mission", "update", "B1.2", "--sprint", "X$(touch pwned) `x`;")
    repo.git("branch", "feat/login")
    repo.git("tag", "v1.0")
    monkeypatch.chdir(repo.path)
    return repo


def offered(line: str) -> list[str]:
    *before, begin = line.split(" ")
    return [word for word, _ in words.candidates(before, begin)]


def test_commands_and_subcommands(shop: Repository) -> None:
    assert {"init", "mission", "verify", "help"} <= set(offered(""))
    assert offered("mis") == ["mission"]
    assert offered("mission sh") == ["show"]
    assert offered("help mission sh") == ["show"]
    assert offered("help verify ") == []
    assert offered("nonsense ") == offered("mission nonsense ") == []


def test_options_and_their_values(shop: Repository) -> None:
    assert offered("mission list --st") == ["--status"]
    assert offered("mission list --status In") == ["In Progress"]
    assert offered("mission list --status=b") == ["--status=Blocked"]
    assert offered("log --action com") == ["complete", "commit"]
    assert offered("mission depends B1.1 B1.2 --type R") == ["Requires"]
    assert offered("log --agent a") == ["ada"]
    assert offered("mission list --sprint s")[-1] == "sprint-01"
    assert offered("next ") == offered("next --")
    assert "--help" in offered("status --h")
    assert offered("where -- -") == []


def test_ids(shop: Repository) -> None:
    assert offered("mission show ") == ["B1.1", "B1.2", "C1"]
    assert offered("mission show b1") == ["B1.1", "B1.2"]
    assert offered("where --at v1.0 B1.1") == ["B1.1"]
    assert offered("mission depends B1.1 B") == ["B1.1", "B1.2"]
    assert offered("sprint show sp")[-1] == "sprint-01"
    assert offered("mission add ") == offered("mission add B1.9 ") == []
    assert offered("mission complete ") == ["B1.1", "B1.2"]
    assert offered("mission reopen ") == ["C1"]


def test_what_else_has_a_name(shop: Repository) -> None:
    (decision,) = shop.json("decision", "list")
    assert words.candidates(["decision", "show"], "") == [(decision["id"], "Use SQLite")]
    assert [title for _, title in words.candidates(["session", "show"], "PS-")] == ["Plan"]
    assert offered("context view ") == ["project", "master"]
    assert offered("decision list --mission B1.1") == ["B1.1"]


def test_revisions(shop: Repository) -> None:
    assert offered("status --at ") == ["HEAD", "feat/login", "main", "v1.0"]
    assert offered("diff v1.0..f") == ["v1.0..feat/login"]
    assert offered("verify main...v") == ["main...v1.0"]


def test_another_folder(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert offered(f"-C {shop.path} mission reopen ") == ["C1"]


def test_every_command_can_be_completed(shop: Repository) -> None:
    """No parameter anywhere makes the completer stumble."""
    import click

    from git_cmos.cli.app import cmos

    def walk(command: click.Command, path: list[str]) -> Iterator[list[str]]:
        yield path
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                below = command.get_command(click.Context(command), name)
                assert below is not None
                yield from walk(below, [*path, name])

    paths = list(walk(cmos, []))
    assert ["mission", "depends"] in paths
    for path in paths:
        assert "--help" in [word for word, _ in words.candidates(path, "--")]
        words.candidates(path, "")


@pytest.mark.parametrize("line", [["mission", "show", ""], ["--at", ""], ["\udcff", ""], []])
def test_nothing_is_ever_said_of_errors(tmp_path: Path, line: list[str]) -> None:
    done = Repository(tmp_path).process("__complete", *line)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "repo").mkdir()
    broken = Repository.create(tmp_path / "repo")
    (broken.path / ".cmos").mkdir()
    (broken.path / ".cmos" / "memory.db").write_bytes(b"no database at all" * 1000)
    done = broken.process("__complete", *line)
    assert (done.returncode, done.stderr) == (0, "")


def test_completing_makes_and_loads_nothing(repo: Repository) -> None:
    repo.cmos("__complete", "mission", "show", "")
    assert not (repo.path / ".cmos").exists()
    probe = (
        "import sys; from git_cmos.cli import words; words.candidates(['mission', 'show'], '');"
        "print(sorted({'pygit2', 'yaml', 'subprocess'} & set(sys.modules)))"
    )
    done = subprocess.run(
        ["python", "-c", probe], cwd=repo.path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_scripts_are_printed_and_parse(repo: Repository, tmp_path: Path, shell: str) -> None:
    assert repo.run("completion", shell).out == script(shell)
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    path = tmp_path / "script"
    path.write_text(script(shell))
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def in_bash(folder: Path, line: str, bash: str = "bash") -> list[str]:
    """COMPREPLY of a real bash for `line`, with git's own completion for `git …`."""
    git = next((path for path in GIT_COMPLETION if path.exists()), None)
    if shutil.which(bash) is None or git is None:
        pytest.skip("no bash here, or not git's completion")
    program = line.split(" ")[0]
    # readline splits at = and : where they stand within a word
    split = " ".join(line.replace("=", " = ").replace(":", " : ").split(" ")).split()
    if line.endswith((" ", "=")):
        split.append("")
    setting = "\n".join(
        (
            f"source {git}",
            "source /dev/stdin <<'SCRIPT'\n" + script("bash") + "SCRIPT",
            f"COMP_WORDS=({' '.join(quoted(word) for word in split)})",
            f"COMP_CWORD={len(split) - 1}",
            f"COMP_LINE={quoted(line)} COMP_POINT={len(line)}",
            f"function=$(complete -p {program} | sed 's/.*-F \\([^ ]*\\).*/\\1/')",
            f"$function {program}",
            "printf '%s\\n' \"${COMPREPLY[@]}\"",
        )
    )
    done = subprocess.run([bash, "-c", setting], cwd=folder, capture_output=True, text=True)
    assert done.stderr == ""
    return [word for word in done.stdout.split("\n") if word]


def quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


@pytest.mark.parametrize("program", ["git cmos", "git-cmos", "cmosctl", "git -C . cmos"])
def test_bash(shop: Repository, program: str) -> None:
    assert in_bash(shop.path, f"{program} mis") == ["mission "]
    assert in_bash(shop.path, f"{program} mission sh") == ["show "]
    assert in_bash(shop.path, f"{program} mission show B") == ["B1.1 ", "B1.2 "]
    assert in_bash(shop.path, f"{program} mission list --status=In") == ["In\\ Progress "]
    assert in_bash(shop.path, f"{program} mission list --status=") != []
    assert in_bash(shop.path, f"{program} diff v1.0..f") == ["v1.0..feat/login "]
    assert in_bash(shop.path, f"{program} nonsense ") == []
    hostile = in_bash(shop.path, f"{program} mission list --sprint X")
    assert "X\\$\\(touch\\ pwned\\)\\ \\`x\\`\\; " in hostile
    assert not (shop.path / "pwned").exists()


def test_bash_through_an_alias(shop: Repository) -> None:
    shop.git("config", "alias.c", "cmos")
    assert in_bash(shop.path, "git c mission reopen ") == ["C1 "]


@pytest.fixture
def home(sealed: Path) -> Path:
    return sealed


def typed(argv: list[str], folder: Path, line: str, until: str) -> None:
    """`line`, then TAB and return: the shell runs what it made of it, and `until` is shown."""
    terminal = Terminal(*argv, folder=folder, env={"PS1": "ready> "})
    try:
        terminal.wait_for("ready> ")
        terminal.type(line + "\t")
        terminal.wait_for(until)
    finally:
        terminal.close()
    assert not (folder / "pwned").exists()


LINES = [
    ("git cmos mission reo", "git cmos mission reopen "),
    ("git cmos mission reopen ", "reopen C1 "),
    ("git-cmos mission reopen ", "reopen C1 "),
    ("cmosctl mission list --status In", "--status In\\ Progress"),
    ("git cmos mission list --status=Blo", "--status=Blocked"),
    ("git cmos sprint show X", "X\\$\\(touch\\ pwned\\)\\ \\`x\\`\\;"),
]


@pytest.mark.parametrize(("line", "shown"), LINES)
def test_a_person_in_bash(shop: Repository, home: Path, line: str, shown: str) -> None:
    git = next((path for path in GIT_COMPLETION if path.exists()), None)
    if shutil.which("bash") is None or git is None:
        pytest.skip("no bash here, or not git's completion")
    (home / "cmos.bash").write_text(script("bash"))
    (home / "rc").write_text(f"source {git}\nsource ~/cmos.bash\nPS1='ready> '\n")
    typed(["bash", "--noprofile", "--rcfile", str(home / "rc"), "-i"], shop.path, line, shown)


@pytest.mark.parametrize("line", ["git cmos mission reopen ", "cmosctl mission reopen "])
def test_bash_completion_finds_the_file_by_its_name(
    shop: Repository, home: Path, line: str
) -> None:
    loader = Path("/usr/share/bash-completion/bash_completion")
    if shutil.which("bash") is None or not loader.exists():
        pytest.skip("no bash-completion here")
    folder = home / ".local" / "share" / "bash-completion" / "completions"
    folder.mkdir(parents=True)
    (folder / "git-cmos").write_text(script("bash"))
    (folder / "cmosctl").symlink_to("git-cmos")
    (home / "rc").write_text(f"source {loader}\nPS1='ready> '\n")
    shell = ["bash", "--noprofile", "--rcfile", str(home / "rc"), "-i"]
    typed(shell, shop.path, line, "reopen C1 ")


@pytest.mark.parametrize(("line", "shown"), LINES)
def test_a_person_in_zsh(shop: Repository, home: Path, line: str, shown: str) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("no zsh here")
    (home / "functions").mkdir()
    (home / "functions" / "_git-cmos").write_text(script("zsh"))
    (home / ".zshrc").write_text(
        "fpath=(~/functions $fpath)\nautoload -U compinit && compinit -u -D\nPS1='ready> '\n"
    )
    typed(["zsh", "-i"], shop.path, line, shown)


# How git's own git-completion.zsh calls the function of a command: with all words of the line,
# with CURRENT counted from the command, and with what ends in = cut off.
_AS_GIT_CALLS = r"""#compdef git
_git () {
	local curcontext="$curcontext" state line _ret=1
	typeset -A opt_args
	local -a all=( $words )
	_arguments -C '-C[path]: :_directories' '(-): :->command' '(-)*:: :->arg' && return
	words=( $all )
	compset -P '*[=:]'
	emulate ksh -c _git_cmos
	return _ret
}
_git
"""


@pytest.mark.parametrize(("line", "shown"), [case for case in LINES if case[0].startswith("git ")])
def test_zsh_with_the_completion_that_git_brings(
    shop: Repository, home: Path, line: str, shown: str
) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("no zsh here")
    (home / "functions").mkdir()
    (home / "functions" / "_git").write_text(_AS_GIT_CALLS)
    (home / "functions" / "_git-cmos").write_text(script("zsh"))
    (home / ".zshrc").write_text(
        "fpath=(~/functions $fpath)\nautoload -U compinit && compinit -u -D\n"
        "source ~/functions/_git-cmos\nPS1='ready> '\n"
    )
    typed(["zsh", "-i"], shop.path, line, shown)


@pytest.mark.parametrize(("line", "shown"), LINES)
def test_a_person_in_fish(shop: Repository, home: Path, line: str, shown: str) -> None:
    if shutil.which("fish") is None:
        pytest.skip("no fish here")
    folder = home / ".config" / "fish" / "conf.d"
    folder.mkdir(parents=True)
    (folder / "git-cmos.fish").write_text(script("fish"))
    asked = f"complete -C {quoted(line)}"
    done = subprocess.run(["fish", "-c", asked], cwd=shop.path, capture_output=True, text=True)
    assert done.stderr == ""
    word = shown.rstrip().replace("\\ ", "\0").split(" ")[-1].replace("\0", " ").replace("\\", "")
    assert [answer.split("\t")[0] for answer in done.stdout.splitlines()] == [word]
