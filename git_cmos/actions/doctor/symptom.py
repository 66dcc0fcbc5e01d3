"""What a check says."""

from __future__ import annotations

from git_cmos.values import value

WRONG, HINT, FINE = STATES = ("wrong", "hint", "fine")


@value
class Symptom:
    """state: wrong (something does not do what it should), hint (good to know), fine (as it
    should be, where that has details); hint: the way out, a command where there is one; check:
    the name of what was looked at."""

    state: str
    message: str
    hint: str
    check: str = ""


@value
class Checkup:
    """findings: wrong ones first; checked: the names of all that was looked at."""

    ok: bool
    findings: list[Symptom]
    checked: list[str]


def wrong(message: str, hint: str = "") -> Symptom:
    return Symptom(state=WRONG, message=message, hint=hint)


def hint(message: str, hint: str = "") -> Symptom:
    return Symptom(state=HINT, message=message, hint=hint)


def fine(message: str) -> Symptom:
    return Symptom(state=FINE, message=message, hint="")
