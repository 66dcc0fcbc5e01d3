"""The one place that catches: an error becomes one line, the way out, and an exit status."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from git_cmos import db
from git_cmos.errors import ANSWER_IS_NO, BROKEN_PIPE, CANNOT, INTERRUPTED, CmosError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def guard(args: list[str], run: Callable[[list[str]], int]) -> int:
    """`run(args)`, and nothing but a status, whatever happens in it.

    A memory that turns out to be damaged halfway (nothing was written then) is mended, and the
    command begins again, once.
    """
    before = db.acknowledged
    try:
        folder = os.getcwd()
    except OSError:
        lost = CmosError("the current folder does not exist any more", "go to another", "no-folder")
        return report(lost, args)
    try:
        return _caught(args, run)
    except db.DatabaseError as error:
        damage = error
    if db.acknowledged != before:  # never say a thing twice
        return _caught(args, lambda words: _again(damage, words, lambda _: 0, folder))
    try:
        return _caught(args, lambda words: _again(damage, words, run, folder))
    except db.DatabaseError as error:
        return _bug(error, args)


def _again(
    damage: db.DatabaseError, args: list[str], run: Callable[[list[str]], int], folder: str
) -> int:
    from git_cmos import opening
    from git_cmos.git import Repo

    print(f"warning: {opening.mend(Repo.find(), damage)}", file=sys.stderr)
    os.chdir(folder)
    return run(args)


def _caught(args: list[str], run: Callable[[list[str]], int]) -> int:
    try:
        status = run(args)
        write("")  # what is still in the buffer
        return status
    except CmosError as error:
        return report(_unwritten() or error, args)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _flush_to_nowhere()
        return BROKEN_PIPE
    except OSError as error:
        return report(_unwritten() or _by_system(error), args)
    except RecursionError:
        return report(CmosError("the input is nested too deeply", code="too-deep"), args)
    except db.DatabaseError:
        raise
    except Exception as error:  # no traceback ever reaches a user
        return _bug(error, args)


def _unwritten() -> CmosError | None:
    """What keeps standard output from being written, if anything does; it is given up then."""
    try:
        write("")
    except BrokenPipeError:
        _flush_to_nowhere()
    except CmosError as error:
        _flush_to_nowhere()
        return error
    return None


def _flush_to_nowhere() -> None:
    """Python flushes standard output once more at exit: that must not fail, too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def write(text: str) -> None:
    """Onto standard output, at once. BrokenPipeError where the reader is gone; CmosError (128)
    where the words do not fit onto the disk, and the like."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CmosError(f"cannot write the output: {error.strerror}", code="output") from None


def report(error: CmosError, args: list[str]) -> int:
    """Say it on standard error, as text or, where --json was asked for, as JSON."""
    from git_cmos.render.style import safe

    if "--json" in args:
        from git_cmos.render.json import dump

        shape = {"code": error.code, "message": error.message, "hint": error.hint}
        lines = [dump({"error": shape})]
    else:
        prefix = "fatal" if error.status == CANNOT else "error"
        lines = [f"{prefix}: {safe(error.message)}"]
        lines += [f"hint: {safe(error.hint)}"] if error.hint else []
    with suppress(OSError):  # nobody listens: the status says it
        print("\n".join(lines), file=sys.stderr, flush=True)
    return error.status


def _by_system(error: OSError) -> CmosError:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return db.unwritable(db.FULL)
    place = f"{error.filename}: " if error.filename else ""
    return CmosError(f"{place}{error.strerror or error}", code="system")


def _bug(error: Exception, args: list[str]) -> int:
    """A bug: one line, and where the details are kept."""
    import tempfile
    import traceback

    details = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="git-cmos-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"{args!r}\n\n{details}")
            kept = f"the details are in {file.name}"
    except OSError:
        kept = "the details could not be kept"
    summary = f"this is a bug in git cmos: {type(error).__name__}: {error}"
    report(CmosError(summary.splitlines()[0], kept, "bug"), args)
    return CANNOT


__all__ = ["ANSWER_IS_NO", "guard", "report", "write"]
