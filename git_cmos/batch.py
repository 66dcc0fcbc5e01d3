"""One batch of the ledger: a command's events as JSON lines, and as a message in plain words.

What comes from another clone may be anything: a line that is no event, or exceeds a bound, is
set aside by itself, and the verdict depends on the line alone, so that it is the same everywhere.
"""

from __future__ import annotations

import json
import re

from git_cmos import journal
from git_cmos.events import Event, Unknown, compact, decode, encode

MOST = 100_000  # events in one batch; what follows them is not read
LONGEST = journal.LARGEST + 100_000  # characters of one line
LONGEST_GIST = 100  # characters of what was said, in the message
_GISTS = ("name", "title", "content", "summary", "reason", "notes", "resolution")
_FOREIGN = "it speaks for another writer"
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}\Z")
_SUBJECT_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def events_in(content: bytes, name: str) -> tuple[list[Event], dict[str, int]]:
    """(the events of writer `name`, how many lines are none for which reason)."""
    lines = [line for line in content.split(b"\n") if line]
    events: list[Event] = []
    reasons: dict[str, int] = {}
    for line in lines[:MOST]:
        event = parse(line.decode("utf-8", "replace"))
        if event is not None and event.writer == name:
            events.append(event)
        else:
            reason = _FOREIGN if event else "it is no event, or out of bounds"
            reasons[reason] = reasons.get(reason, 0) + 1
    if len(lines) > MOST:
        reasons[f"there are more than {MOST:,} at once"] = len(lines) - MOST
    return events, reasons


def parse(line: str) -> Event | None:
    """One line of a ledger, or None where it is not of the form of an event."""
    try:
        if len(line) > LONGEST:
            return None
        found = json.loads(line)
        at, seq = found["at"], found["seq"]
        texts = {key: found[key] for key in ("id", "actor", "writer", "batch", "kind")}
        body = _storable(found["body"])
        "".join(texts.values()).encode()
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = all(isinstance(text, str) for text in texts.values()) and _ID.match(texts["id"])
    numbers = type(at) is int and type(seq) is int and 0 < seq < 1 << 62
    if not (sound and numbers and abs(at) < journal.HORIZON + journal.ROOM):
        return None
    kind = texts.pop("kind")
    texts |= {"commit": None, "title": ""}  # all fields by name: half the time of some of them
    return Event(at=at, seq=seq, what=decode(kind, body, found["body"]), **texts)


def _storable(body: object) -> str:
    """As JSON that can be stored; infinities and halves of surrogate pairs as plain ASCII, for
    the event to be set aside rather than dropped."""
    try:
        text = compact(body)
        text.encode()
    except ValueError:
        return json.dumps(body)
    return text


def line(event: Event) -> bytes:
    """The event as one line of JSON."""
    kind, body = encode(event.what)
    found = {"id": event.id, "at": event.at, "actor": event.actor, "writer": event.writer}
    found |= {"seq": event.seq, "batch": event.batch, "kind": kind, "body": json.loads(body)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def message(events: list[Event]) -> str:
    """The batch in plain words, so that `git log` on the ledger is an audit trail."""
    lines = [
        " ".join(f"{_words(event)} by {event.actor}{_gist(event)}".split()) for event in events
    ]
    return lines[0] + "\n" + ("\n" + "\n".join(lines) + "\n" if len(lines) > 1 else "")


def _words(event: Event) -> str:
    kind = event.what.kind if isinstance(event.what, Unknown) else type(event.what).__name__
    about = event.what.subject.partition(":")[2]
    noun, *verb = _SUBJECT_WORDS.split(kind)
    return f"{noun} {about} {' '.join(verb)}".lower().replace(about.lower(), about)


def _gist(event: Event) -> str:
    fields = vars(event.what)
    found = (fields.get(name) for name in _GISTS)
    text = next((it for it in found if isinstance(it, str) and it), "")
    return f": {text[:LONGEST_GIST]}" if text else ""
