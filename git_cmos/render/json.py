"""model -> JSON: one document, stable keys (SPEC §3). It may only grow."""

from __future__ import annotations

import json
import re

from git_cmos.values import fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Legal in JSON, but a terminal would obey them: written as escapes of the same value.
_DANGEROUS = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def dump(shape: Any) -> str:
    """The document, one line, without its newline."""
    text = json.dumps(shape, ensure_ascii=False, default=plain)
    text = _DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.encode("utf-8", "replace").decode()


def plain(shape: Any) -> Any:
    """A value of the model as a dict of its fields, in their order."""
    if hasattr(type(shape), "_fields"):
        return fields_of(shape)
    return list(shape)
