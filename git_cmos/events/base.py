"""What every happening is, and how it is written as JSON."""

from __future__ import annotations

import json

from git_cmos.values import names_of, value


class Happening:
    """Base of all happenings. `subject` names what is refolded when this one comes or goes: the
    noun and the first field."""

    noun = "mission"

    @property
    def subject(self) -> str:
        return f"{self.noun}:{vars(self)[names_of(type(self))[0]]}"


@value
class Unknown(Happening):
    """A kind that this version cannot read: kept word for word, folded after an upgrade."""

    kind: str
    body: str
    noun = "unknown"


# One encoder for all: json.dumps makes a new one for each call that is not its default.
compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode
raw_decode = json.JSONDecoder().raw_decode
