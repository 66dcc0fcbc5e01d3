"""Modules that are imported when something of them is first used.

`next` and the hooks are measured against `python -c pass`; what they need only when a ref moved
or something is written must not cost them anything. A module says at its top, in one place, what
it loads lazily; type checkers see an ordinary import there.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class lazy:
    """`fold = lazy("git_cmos.fold")` is the module, imported at the first attribute."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        module = sys.modules.get(self._name) or __import__(self._name, fromlist=["_"])
        found = getattr(module, attribute)
        setattr(self, attribute, found)
        return found
