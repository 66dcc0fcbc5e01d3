"""Moments as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from git_cmos.clock import now
from git_cmos.errors import Misused

_AGO = re.compile(r"(\d{1,6})[ .]?(minute|hour|day|week|month|year)s?(?:[ .]ago)?\Z")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def moment(text: str) -> int:
    """Microseconds since 1970 of an ISO date or time (UTC unless it says otherwise), `3 days
    ago`, `yesterday` or `today`; Misused (129) for anything else."""
    words = text.strip().lower()
    found = _AGO.match({"yesterday": "1 day ago"}.get(words, words))
    if found:
        amount, unit = int(found[1]), found[2]
        span = {"minute": 60, "hour": 3600}.get(unit) or _DAYS[unit] * 86400
        return now() - amount * span * 1_000_000
    if words == "today":
        return now() // 86_400_000_000 * 86_400_000_000
    try:
        date = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Misused(f"{text[:40]!r} is no date", "2026-01-31, or '3 days ago'") from None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return (date - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
