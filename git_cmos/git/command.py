"""git's own executable: one careful way to run it.

`subprocess` costs a whole `python -c pass` to import, so processes start by posix_spawn. Input
and error output go through anonymous files, so that no pipe can fill and block.
"""

from __future__ import annotations

import os
import sys
import time

from git_cmos.errors import Cannot, GitFailed
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Reading history must be quiet, the same on every clone, and must never reach for the network.
_SETTINGS = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ADVICE": "0",
    "GIT_FLUSH": "0",  # else rev-list writes each commit by itself, to a pipe
}
_BLOCK = 1 << 16
_NO_REMOTE = "fatal: Could not read from remote repository"
_executable = ""


def run(
    args: Sequence[str],
    stdin: bytes = b"",
    ok: Sequence[int] = (0,),
    env: dict[str, str] | None = None,
) -> bytes:
    """Standard output of `git args`; GitFailed unless the exit status is in `ok`."""
    return b"".join(stream(args, stdin, ok, env))


def stream(
    args: Sequence[str],
    stdin: bytes = b"",
    ok: Sequence[int] = (0,),
    env: dict[str, str] | None = None,
) -> Iterator[bytes]:
    """Standard output of `git args` in blocks, as it comes; the process ends with the iterator."""
    errors = anonymous_file()
    reading, writing = os.pipe()
    feed = anonymous_file(stdin) if stdin else os.open(os.devnull, os.O_RDONLY)
    try:
        pid = _spawn(args, feed, writing, errors, {**os.environ, **_SETTINGS, **(env or {})})
    except BaseException:
        os.close(reading)
        os.close(errors)
        raise
    finally:
        os.close(writing)
        os.close(feed)
    try:
        while block := os.read(reading, _BLOCK):
            yield block
    finally:
        os.close(reading)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        said = _read_back(errors)
    if status not in ok:
        raise GitFailed(_first_line(said) or f"git {args[0]} ended with {status}", status)


@value
class Outcome:
    """How a process ended. said: its error output, text."""

    status: int
    out: bytes
    said: str

    @property
    def reason(self) -> str:
        """The one line of the error output that says most."""
        return _first_line(self.said.encode())


def over_network(
    args: Sequence[str], stdin: bytes = b"", *, asking: bool = True, seconds: int = 0
) -> Outcome:
    """`git args`, free to reach other repositories by the protocols that the user allows.

    asking: git may prompt for a password. seconds: after so many the process is ended, and its
    status is that of a signal; 0: never.
    """
    env = {**os.environ, **_SETTINGS}
    for name in ("GIT_ALLOW_PROTOCOL", *(["GIT_TERMINAL_PROMPT"] if asking else [])):
        env.pop(name)
        if name in os.environ:
            env[name] = os.environ[name]
    output, errors = anonymous_file(), anonymous_file()
    feed = anonymous_file(stdin) if stdin else os.open(os.devnull, os.O_RDONLY)
    try:
        pid = _spawn(args, feed, output, errors, env, group=bool(seconds))
        status = _await(pid, seconds)
    finally:
        os.close(feed)
    return Outcome(
        status=status, out=_read_back(output), said=_read_back(errors).decode("utf-8", "replace")
    )


def _await(pid: int, seconds: int) -> int:
    """The exit status; a process that takes too long is ended with all that it started."""
    if seconds:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (ended := os.waitpid(pid, os.WNOHANG))[0]:
                return os.waitstatus_to_exitcode(ended[1])
            time.sleep(0.02)
        from signal import SIGTERM  # half a millisecond that only this needs

        os.killpg(pid, SIGTERM)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _spawn(
    args: Sequence[str],
    stdin: int,
    stdout: int,
    stderr: int,
    env: dict[str, str],
    group: bool = False,
) -> int:
    actions = [
        (os.POSIX_SPAWN_DUP2, stdin, 0),
        (os.POSIX_SPAWN_DUP2, stdout, 1),
        (os.POSIX_SPAWN_DUP2, stderr, 2),
    ]
    try:
        if group:  # of its own, so that what it starts can be ended with it
            return os.posix_spawn(
                executable(), ["git", *args], env, file_actions=actions, setpgroup=0
            )
        return os.posix_spawn(executable(), ["git", *args], env, file_actions=actions)
    except ValueError as error:  # a NUL inside an argument
        raise Cannot(f"git cannot be asked that: {error}", code="bad-argument") from None


def pager() -> str:
    """The pager that git would use here: GIT_PAGER, core.pager, PAGER, git's own; "" for none."""
    said = os.fsdecode(run(["var", "GIT_PAGER"], ok=(0, 1, 128))).removesuffix("\n")
    return "" if said == "cat" else said


def edit(git_dir: str, path: str) -> int:
    """Open a file in the editor that git would use (`git var GIT_EDITOR`); its exit status."""
    editor = os.fsdecode(run(["--git-dir", git_dir, "var", "GIT_EDITOR"])).strip()
    shell = ["sh", "-c", f'{editor} "$@"', editor, path]
    pid = os.posix_spawn("/bin/sh", shell, os.environ)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def executable() -> str:
    """The path of git, found once on PATH."""
    global _executable
    if not _executable:
        for folder in os.get_exec_path():
            path = os.path.join(folder, "git")
            if os.access(path, os.X_OK) and not os.path.isdir(path):
                _executable = path
                break
        else:
            raise Cannot("git is not on the PATH", "install git 2.34 or later", "no-git")
    return _executable


def version() -> tuple[int, ...]:
    """git's version, as numbers: `git version 2.39.5 (Apple Git-154)` is (2, 39, 5)."""
    words = run(["version"]).decode("utf-8", "replace").split()
    numbers: list[int] = []
    for part in words[2].split(".") if len(words) > 2 else ():
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


def anonymous_file(content: bytes = b"") -> int:
    """A descriptor of a file without a name, holding `content`, placed at its beginning."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("cmos")
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _read_back(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb") as file:
        return file.read()


def _first_line(said: bytes) -> str:
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("hint: ")]
    fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    if fatal and fatal[0].startswith(_NO_REMOTE):  # what went before it says why
        fatal = []
    line = (fatal or lines or [""])[0]
    return line.removeprefix("fatal: ").removeprefix("error: ")
