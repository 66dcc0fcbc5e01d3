"""JSON, strictly: no key twice, no NaN, no endless numbers or depths."""

from __future__ import annotations

import json

from git_cmos.formats import Unreadable, check_depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST_NUMBER = 40  # characters


def read(text: str) -> Any:
    """The document; Unreadable with its line where it is none."""
    try:
        found = _DECODER.decode(text)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is not JSON: {error.msg.lower()}", error.lineno) from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except UnicodeEncodeError:
        raise Unreadable("it holds half of a surrogate pair") from None
    except ValueError as error:
        raise Unreadable(str(error)) from None
    return check_depth(found)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} is there twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number has {len(digits):,} digits")
    return int(digits)


def _real(digits: str) -> float:
    found = float(digits)
    if found in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:20]} is too large")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_mapping,
    parse_int=_integer,
    parse_float=_real,
    parse_constant=_constant,
)
