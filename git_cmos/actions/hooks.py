"""What hooks do. The post-* hooks are doorbells: they make the catch-up happen at once. The two
message hooks help to say what is meant, and refuse what would not be understood."""

from __future__ import annotations

import os
import sys

from git_cmos.errors import CmosError
from git_cmos.lazy import lazy
from git_cmos.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from git_cmos.actions import drafts, remotes, sync, verify
    from git_cmos.actions.verify import scope
    from git_cmos.model import Finding, Verdict
else:
    drafts, verify = lazy("git_cmos.actions.drafts"), lazy("git_cmos.actions.verify")
    remotes, sync = lazy("git_cmos.actions.remotes"), lazy("git_cmos.actions.sync")
    scope = lazy("git_cmos.actions.verify.scope")

DOORBELLS = ("post-commit", "post-merge", "post-checkout", "post-rewrite")
MESSAGE_HOOKS = ("prepare-commit-msg", "commit-msg")
HOOKS = (*MESSAGE_HOOKS, *DOORBELLS, "pre-push")


def ring(progress: Callable[[int], object] | None = None) -> None:
    """Catch up with whatever moved."""
    Memory.open(progress=progress).close()


def prepare(path: str, source: str) -> None:
    """prepare-commit-msg: name the mission that will be credited, as a comment; after `merge
    --squash` end the message with the trailers of what was squashed."""
    with Memory.open(hasty=True) as memory:
        drafts.prepare(memory, path, source)


def check(path: str) -> tuple[list[Finding], str]:
    """commit-msg: (what is wrong with the message, the mission that was credited or "")."""
    with open(path, "rb") as file:
        message = file.read()
    with Memory.open(hasty=True) as memory:
        said = drafts.proper(message, memory.config)
        if not said.strip():
            return [], ""
        doubtful = drafts.speaks(said) and not drafts.is_plain(memory, said)
        found = verify.of_draft(memory, said) if doubtful else []
        if any(finding.level == "error" for finding in found):
            return found, ""
        return found, drafts.credit(memory, path, said)


def before_push(memory: Memory, remote: str, lines: str) -> Verdict | None:
    """pre-push: hold what is pushed against the plan; None where nothing of ours is pushed.

    lines: git's, `<local ref> <local oid> <remote ref> <remote oid>` each.
    """
    rows = [line.split() for line in lines.splitlines()]
    pushed = [row for row in rows if len(row) == 4 and not row[2].startswith("refs/cmos/")]
    new = tuple(dict.fromkeys(row[1] for row in pushed if row[1].strip("0")))
    if not new:
        return None
    heads = memory.tips.heads
    prefix = f"refs/remotes/{remote}/"
    old = {oid for name, oid in heads.items() if name.startswith(prefix)}
    old |= {row[3] for row in pushed if row[3].strip("0") and _is_here(memory, row[3])}
    words = f"what is pushed to {remote}"
    pushed_now = scope.Scope(words=words, new=new, old=tuple(sorted(old)))
    return verify.verify(memory, pushed_now, allow_empty=True)


def share(memory: Memory, remote: str) -> str:
    """pre-push: give the team's remote what was told here, too; why that failed, or "".

    No other remote gets it: a fork may be public. Where nothing is new, nobody is asked.
    """
    if memory.why_frozen or not remotes.is_usual(memory, remote):
        return ""
    seen = set(memory.repo.refs(f"refs/cmos/remotes/{remote}/").values())
    own = memory.repo.refs("refs/cmos/ledger/", "refs/cmos/held/").values()
    if seen >= set(own):
        return ""
    try:
        sync.push(memory, remote)
    except CmosError as error:
        return error.message
    return ""


def _is_here(memory: Memory, oid: str) -> bool:
    said = memory.repo.run("cat-file", "-t", oid, ok=(0, 128)).strip()
    return said in (b"commit", b"tag")


def shim() -> str:
    """The text of the shim that stands for every hook; it is packaged with us, and names us."""
    package, (python, entry) = _package(), program()
    for folder in (package, os.path.dirname(package)):  # a wheel; a checkout
        path = os.path.join(folder, "hooks", "shim")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            return text.replace("@PYTHON@", python).replace("@ENTRY@", entry)
    raise FileNotFoundError("hooks/shim")


def program() -> tuple[str, str]:
    """(the interpreter, the script) that run hooks in this installation, each a word for sh."""
    entry = os.path.join(_package(), "cli", "entry.py")
    return _quoted(sys.executable), _quoted(entry)


def _package() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _quoted(path: str) -> str:
    """A path as one word for sh."""
    return "'" + path.replace("'", "'\\''") + "'"
