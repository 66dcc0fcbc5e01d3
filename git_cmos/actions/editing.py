"""A mission in an editor, as YAML: what does not validate is refused, and the text is kept."""

from __future__ import annotations

import os

from git_cmos.actions import missions
from git_cmos.errors import Cannot, CmosError, Refused
from git_cmos.formats import Unreadable, text, yaml
from git_cmos.model import DICTS, LISTS, SETTABLE
from git_cmos.queries import missions as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.model import Mission

LARGEST = 1_000_000  # bytes
_HEAD = """\
# Mission {id} ({status}). Save and close to change it; an empty text changes nothing.
# Its status is moved by commands and commits, not here.
"""


def edit(
    memory: Memory, mission_id: str, editor: Callable[[str], int], *, agent: str | None = None
) -> tuple[Mission, list[str]]:
    """(the mission, the names of the fields that changed). editor: opens the file of a path and
    returns its exit status.

    Refused (1) where the text does not validate: it is kept, and the next edit begins with it.
    """
    mission = asking.get(memory, mission_id)
    path = os.path.join(memory.repo.git_dir, f"CMOS_EDIT_{mission.id}.yaml")
    before = document(mission)
    if not os.path.exists(path):
        _write(path, _HEAD.format(id=mission.id, status=mission.status) + yaml.write(before))
    status = editor(path)
    if status:
        raise Refused(f"the editor ended with {status}", f"the text is kept: {path}", "editor")
    try:
        changed = _changes(path, before)
        if changed:
            missions.update(memory, mission.id, agent=agent, **changed)
    except (Unreadable, CmosError) as error:
        line = f" (line {error.line})" if isinstance(error, Unreadable) and error.line else ""
        reason = error.reason if isinstance(error, Unreadable) else error.message
        hint = f"the text is kept; `git cmos mission edit {mission.id}` goes on with it"
        raise Refused(f"{reason}{line}", hint, "invalid") from None
    os.unlink(path)
    return asking.get(memory, mission.id), sorted(changed)


def document(mission: Mission) -> dict[str, Any]:
    """What can be edited of a mission; empty fields are there to be filled in."""
    empty: dict[str, Any] = {name: [] for name in LISTS} | {name: {} for name in DICTS}
    fields = {name: getattr(mission, name) for name in SETTABLE}
    return {
        name: found if found not in (None, (), "") else empty.get(name)
        for name, found in fields.items()
    }


def _changes(path: str, before: dict[str, Any]) -> dict[str, Any]:
    """The fields that the text changes: what it leaves out stays as it is."""
    said = text(path, LARGEST)
    if not any(line.strip() and not line.startswith("#") for line in said.splitlines()):
        return {}
    documents = yaml.read(said)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise Unreadable("one mapping of fields is wanted")
    after = dict(documents[0])
    unknown = [name for name in after if name not in SETTABLE]
    if unknown:
        raise Unreadable(f"a mission has no field {unknown[0]!r}: {', '.join(SETTABLE)}")
    return {
        name: _filled(name, after[name])
        for name in SETTABLE
        if name in after and (after[name] or None) != (before[name] or None)
    }


def _filled(name: str, found: Any) -> Any:
    """A field that was emptied: its own kind of nothing."""
    if found not in (None, "", [], {}):
        return found
    if name == "name":
        raise Unreadable("a mission needs a name")
    if name in LISTS:
        return []
    return {} if name in DICTS else ""


def _write(path: str, said: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(said)
    except OSError as error:
        raise Cannot(f"cannot write {path}: {error.strerror}", code="unwritable") from None
