"""The clone: which git, and whether all of history is here."""

from __future__ import annotations

from git_cmos.actions.doctor.symptom import hint, wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.doctor.symptom import Symptom
    from git_cmos.memory import Memory

OLDEST = (2, 34)


def version(memory: Memory) -> Iterator[Symptom]:
    """A git that is too old."""
    found = memory.repo.git_version()
    if found < OLDEST:
        number, oldest = (".".join(map(str, it)) for it in (found, OLDEST))
        yield wrong(f"git {number} is older than {oldest}", "upgrade git")


def shallow(memory: Memory) -> Iterator[Symptom]:
    """A history that is cut off: what its missing part says is not known here."""
    if memory.repo.is_shallow():
        yield hint(
            "this clone is shallow: what older commits say is not known here",
            "`git fetch --unshallow`",
        )


def partial(memory: Memory) -> Iterator[Symptom]:
    """A clone without all of its objects: commits are all there, files may not be."""
    said = memory.repo.run(
        *("config", "--type=bool", "--get-regexp", r"^remote\..*\.promisor$"), ok=(0, 1)
    )
    if b" true" in said:
        yield hint(
            "this clone is partial: files that git has not fetched yet are not searched by `kb`,"
            " nothing else needs them",
            "`git checkout` fetches what it checks out",
        )


def grafts(memory: Memory) -> Iterator[Symptom]:
    """Parents that are said to be others than commits say."""
    if memory.repo.has_grafts():
        yield hint(
            "grafts change what git shows of history here; they are not followed, since other"
            " clones do not have them",
            "look into .git/info/grafts",
        )


def replaced(memory: Memory) -> Iterator[Symptom]:
    """Objects that stand for others."""
    count = len(memory.repo.refs("refs/replace/"))
    if count:
        yield hint(
            f"{count} replaced objects change what git shows of history here; they are not"
            " followed, since other clones do not have them",
            "`git replace --list`",
        )
