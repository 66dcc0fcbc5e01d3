"""doctor: what is amiss in this clone, worst first, each with what mends it. Nothing is changed.

A check is a question about one thing; it yields symptoms, or nothing where all is well.
"""

from __future__ import annotations

from git_cmos.actions.doctor import clone, hooking, ledgers, storing, wording
from git_cmos.actions.doctor.symptom import FINE, HINT, STATES, WRONG, Checkup, Symptom
from git_cmos.errors import CmosError
from git_cmos.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_cmos.memory import Memory

    Look = Callable[[Memory], Iterable[Symptom]]

# name -> what it looks for. Several may bear one name: they are one line where all is well.
CHECKS: tuple[tuple[str, Look], ...] = (
    ("git", clone.version),
    ("history", clone.shallow),
    ("history", clone.partial),
    ("history", clone.grafts),
    ("history", clone.replaced),
    ("memory", storing.frozen),
    ("memory", storing.health),
    ("memory", storing.filesystem),
    ("memory", storing.kept_damage),
    ("clock", storing.clock),
    ("ledger", ledgers.behind),
    ("ledger", ledgers.unsent),
    ("ledger", ledgers.refused),
    ("ledger", ledgers.later_kinds),
    ("ledger", ledgers.same_writer),
    ("settings", wording.unknown),
    ("settings", wording.bad),
    ("settings", wording.trailers),
    ("hooks", hooking.states),
)
# Only these ask another repository.
ASKING: tuple[tuple[str, Look], ...] = (("remote", ledgers.lost_there),)


def examine(memory: Memory, *, asking: bool = True) -> Checkup:
    """Every check, or without asking those that no remote has to answer."""
    asked = CHECKS + (ASKING if asking else ())
    found = [symptom for name, look in asked for symptom in _seen(memory, name, look)]
    found.sort(key=lambda symptom: STATES.index(symptom.state))
    return Checkup(
        ok=all(symptom.state != WRONG for symptom in found),
        findings=found,
        checked=list(dict.fromkeys(name for name, _ in asked)),
    )


def _seen(memory: Memory, name: str, look: Look) -> Iterator[Symptom]:
    try:
        for symptom in look(memory):
            yield replace(symptom, check=name)
    except CmosError as error:  # a check that could not be made is a symptom itself
        yield Symptom(state=WRONG, message=error.message, hint=error.hint, check=name)


__all__ = ["CHECKS", "FINE", "HINT", "WRONG", "Checkup", "Symptom", "examine"]
