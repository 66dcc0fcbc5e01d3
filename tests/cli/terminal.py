"""A terminal with a program in it: what it shows, as a person would see it typed into."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

PATIENCE = 20.0  # seconds until a program that says nothing more counts as stuck
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|.\x08")


def plain(shown: str) -> str:
    """What is left to read without colours, movements and characters that were typed over."""
    return _ESCAPES.sub("", shown)


class Terminal:
    """`argv` on a pseudo-terminal of 80 columns in `folder`."""

    def __init__(self, *argv: str, folder: Path, env: dict[str, str] | None = None) -> None:
        self.fd, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
        self.process = subprocess.Popen(
            argv,
            cwd=folder,
            env={**os.environ, "TERM": "xterm", **(env or {})},
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(other)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def wait_for(self, text: str) -> str:
        """All that was shown so far, once `text` is among it, whatever colour it is in."""
        end = time.monotonic() + PATIENCE
        while text not in plain(self.shown):
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} never came: {self.shown!r}")
        return self.shown

    def finish(self) -> tuple[int, str]:
        """(exit status, all that was shown) once the program has ended by itself."""
        while self._read():
            pass
        status = self.process.wait(PATIENCE)
        os.close(self.fd)
        return status, self.shown.replace("\r\n", "\n")

    def close(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self.fd)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.fd], [], [], PATIENCE)
        if not ready:
            raise AssertionError(f"nothing more came: {self.shown!r}")
        try:
            block = os.read(self.fd, 1 << 16)
        except OSError:  # Linux's word for: nobody has the other end open any more
            return False
        self.shown += block.decode("utf-8", "replace")
        return bool(block)
