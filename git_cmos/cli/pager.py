"""Through a pager, as git does it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from git_cmos.git import command as git

_NOT_RUN = (126, 127)  # the shell's word that there is no such program


def command(wish: str = "") -> str:
    """The pager to use where the settings name `wish`; "" for none. GIT_PAGER goes before all."""
    told = os.environ.get("GIT_PAGER") if wish else None
    chosen = git.pager() if not wish else wish if told is None else told
    return "" if chosen.strip() in ("", "cat") else chosen


def page(text: str, pager: str) -> bool:
    """Show `text` and wait until the reader has done; False where the pager cannot be run.

    Raises BrokenPipeError when the pager was left before it had read everything.
    """
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", pager],
        {"LESS": "FRX", "LV": "-c", **os.environ},
        file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0)],
    )
    os.close(reading)
    left = _feed(writing, text.encode("utf-8", "replace"))
    if wait(pid) in _NOT_RUN:
        return False
    if left:
        raise BrokenPipeError
    return True


def _feed(writing: int, content: bytes) -> bool:
    """Whether the reader went away before the end."""
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
    except BrokenPipeError:
        return True
    except KeyboardInterrupt:  # meant for the pager, which decides itself when it is done
        return False
    return False


def wait(pid: int) -> int:
    """The exit status of a program that has the terminal: an interrupt is meant for it."""
    while True:
        with suppress(KeyboardInterrupt):
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
