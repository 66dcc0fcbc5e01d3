"""What cells of the memory hold, read with care: a flipped bit must not look like a bug."""

from __future__ import annotations

import json

from git_cmos.db import Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def unpacked(text: str) -> Any:
    """What a cell of JSON holds; Malformed where it is none: somebody or something altered it."""
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed(f"a cell holds no JSON ({error})") from None
