"""SHA-1 without OpenSSL: `import hashlib` loads it, which costs a third of a `python -c pass`.

Not security: names for "the same change". What digests megabytes uses hashlib, which is faster.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha1
else:
    try:
        from _sha1 import sha1  # what hashlib itself falls back to
    except ImportError:
        from hashlib import sha1


def named(*parts: bytes) -> str:
    """The name of these parts: 40 hexadecimal digits of SHA-1."""
    return sha1(b"\0".join(parts), usedforsecurity=False).hexdigest()
