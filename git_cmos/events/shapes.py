"""What the fields of a happening may hold: what comes from elsewhere may be anything."""

from __future__ import annotations

from functools import cache

from git_cmos.adoption import Rule
from git_cmos.adoption import is_sound as is_sound_rule
from git_cmos.events.adoptions import PatternAdopted
from git_cmos.events.base import Happening, compact
from git_cmos.events.plans import DependencyAdded, edge
from git_cmos.model import DICTS, LISTS, is_id
from git_cmos.values import names_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


# What the fields of a happening may hold, by the words of their annotations.
_SHAPES: dict[str, Callable[[Any], bool]] = {
    "str": lambda it: type(it) is str and (it.isascii() or _is_text(it)),
    "str | None": lambda it: it is None or _is_text(it),
    "float | None": lambda it: it is None or (_is_number(it) and 0 <= it <= 1),
    "list[str]": lambda it: isinstance(it, (list, tuple)) and all(map(_is_text, it)),
    "dict[str, Any]": lambda it: isinstance(it, dict) and all(map(_is_field, it.items())),
}


def _is_text(it: object) -> bool:
    """Text that can be stored: JSON may hold halves of surrogate pairs, UTF-8 may not."""
    return isinstance(it, str) and (it.isascii() or not any("\ud800" <= c <= "\udfff" for c in it))


def _is_number(it: object) -> bool:
    return isinstance(it, (int, float)) and not isinstance(it, bool)


def _is_field(field: tuple[str, Any]) -> bool:
    """Whether a mission's or sprint's field has the shape that its column wants."""
    name, it = field
    if name in LISTS:
        return _SHAPES["list[str]"](it)
    if name in DICTS:
        return isinstance(it, dict) and _is_text(compact(it))
    if name == "name":
        return _is_text(it)
    return _SHAPES["float | None" if name == "validation_score" else "str | None"](it)


def is_sound(what: Happening) -> bool:
    """Whether every field has its shape; what comes from elsewhere may be anything."""
    if isinstance(what, DependencyAdded) and what.edge != edge(what.source, what.type, what.target):
        return False
    fields = vars(what)
    if what.noun == "mission" and not is_id(str(fields["mission"])):
        return False  # it would become the name of a ref, of a file
    checks = _checks(type(what))  # type: ignore[arg-type] # a class can be hashed
    if not all(check(fields[name]) for name, check in checks):
        return False
    return not isinstance(what, PatternAdopted) or is_sound_rule(Rule(**fields))


@cache
def _checks(cls: type) -> list[tuple[str, Callable[[Any], bool]]]:
    return [(name, _SHAPES[cls.__annotations__[name]]) for name in names_of(cls)]
