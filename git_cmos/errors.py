"""What can go wrong, said once: a message, the way out, a stable code, an exit status."""

from __future__ import annotations

OK = 0
ANSWER_IS_NO = 1
CANNOT = 128
USAGE = 129
INTERRUPTED = 130
BROKEN_PIPE = 141


class CmosError(Exception):
    """An error that a person or a program can act on.

    message: one line, no final full stop; hint: what to do next, or ""; code: a stable slug for
    programs; status: the exit status a door ends with.
    """

    status = CANNOT
    code = "cannot"

    def __init__(self, message: str, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code


class Refused(CmosError):
    """The answer is no: an illegal move, an unknown id, a lost claim (status 1)."""

    status = ANSWER_IS_NO
    code = "refused"


class Cannot(CmosError):
    """Not a repository, storage, a newer format, a remote (status 128)."""


class Misused(CmosError):
    """The command line itself is wrong (status 129)."""

    status = USAGE
    code = "usage"


class GitFailed(Cannot):
    """git itself ended with an error; `message` is git's own first line."""

    code = "git"

    def __init__(self, message: str, returncode: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.returncode = returncode
