"""The only source of time and of randomness."""

from __future__ import annotations

import os
import time

from git_cmos.lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos import digests
else:
    digests = lazy("git_cmos.digests")

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case


def now() -> int:
    """Microseconds since 1970, from the machine's clock.

    `CMOS_CLOCK_OFFSET` (seconds) shifts it, so that tests can set two machines apart.
    """
    shift = float(os.environ.get("CMOS_CLOCK_OFFSET") or 0)
    return time.time_ns() // 1000 + int(shift * 1_000_000)


def new_id(at: int, key: str = "") -> str:
    """26 characters, 128 bits: 48 of milliseconds, 80 of randomness; sorts by time (as a ULID).

    key: what stands for the randomness, so that the same thing gets the same id everywhere.
    """
    lot = _named(key) if key else os.urandom(10)
    number = ((at // 1000) & (1 << 48) - 1) << 80 | int.from_bytes(lot, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def _named(key: str) -> bytes:
    return bytes.fromhex(digests.named(key.encode())[:20])


def iso(at: int) -> str:
    """`at` as ISO 8601 in UTC, to the second; years beyond 1..9999 are clamped to them."""
    seconds = min(max(at // 1_000_000, -62_135_596_800), 253_402_300_799)
    # Not strftime: this runs for every event of a rebuild.
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % time.gmtime(seconds)[:6]  # noqa: UP031 - takes a tuple
