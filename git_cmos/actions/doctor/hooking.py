"""Hooks: whether git runs ours, and who keeps it from that."""

from __future__ import annotations

from git_cmos.actions import installing
from git_cmos.actions.doctor.symptom import fine, hint, wrong
from git_cmos.actions.installing import managers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.doctor.symptom import Symptom
    from git_cmos.memory import Memory

_INSTALL = "`git cmos hook install`"


def states(memory: Memory) -> Iterator[Symptom]:
    """Which hooks are live, which are not run although somebody installed them, and by whom."""
    found = installing.status(memory)
    if not installing.is_installed(memory, found):
        yield hint("no hooks are installed; none is needed for truth", _INSTALL)
        return
    groups: dict[tuple[str, str], list[str]] = {}
    for it in found:
        groups.setdefault((it.state, it.by), []).append(it.name)
    for (state, by), names in groups.items():
        are = "all are" if len(names) == len(found) else f"{', '.join(names)} {_be(names)}"
        said = f"{are} {state}" + (f" by {by}" if by and state != "stale" else "")
        if state == "live":
            yield fine(said)
        else:
            yield (hint if state == "absent" else wrong)(said, _way_out(by))


def _be(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _way_out(by: str) -> str:
    if by in managers.KNOWN:  # they may write theirs anew
        return f"{_INSTALL}; docs/hooks.md has what lasts beside {by}"
    if by.startswith("hook.") and not by.startswith("hook.cmos-"):
        return f"`git config --unset-all {by.partition(' ')[0]}`"
    return _INSTALL
