"""A push as pre-commit tells of it: by environment, and only the first ref that is pushed; a
hook's input is empty there."""

from __future__ import annotations

from git_cmos.actions import hooks, verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_cmos.memory import Memory
    from git_cmos.model import Verdict


def before_push(memory: Memory, said: Mapping[str, str]) -> tuple[str, Verdict | None]:
    """(the remote, the verdict on what is pushed there), as `hooks.before_push` has it. Where
    nothing is pushed (the stage `manual`): ("", the verdict on the usual range).

    said: the environment.
    """
    remote = said.get("PRE_COMMIT_REMOTE_NAME", "")
    if not remote:
        return "", verify.verify(memory, allow_empty=True)
    local = said.get("PRE_COMMIT_LOCAL_BRANCH", "HEAD")
    new = said.get("PRE_COMMIT_TO_REF", "")
    if not new:  # a whole history, down to its root
        new = str(memory.repo.objects.resolve(local))
    old = said.get("PRE_COMMIT_FROM_REF", "") or "0" * len(new)
    there = said.get("PRE_COMMIT_REMOTE_BRANCH", local)
    return remote, hooks.before_push(memory, remote, f"{local} {new} {there} {old}\n")
