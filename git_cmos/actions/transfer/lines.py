"""SESSIONS.jsonl, our events.jsonl, and lines of a log wherever they stand -> records."""

from __future__ import annotations

import re

from git_cmos import formats
from git_cmos.actions.transfer.records import (
    EventRecord,
    LineRecord,
    Place,
    SessionRecord,
    moment,
    words,
)
from git_cmos.events import Event, Unknown, compact, decode
from git_cmos.formats import Unreadable
from git_cmos.formats import json as strict_json
from git_cmos.model import ACTIVE, CANCELED, CATEGORIES, DONE, SESSION_TYPES, is_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.actions.transfer.records import Found

FORMAT = "git-cmos-events"
VERSION = 1
_LARGEST = 256_000_000  # bytes of a file
_LONGEST = 2_000_000  # bytes of a line
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}\Z")
ACTIONS = {
    "start": "start",
    "started": "start",
    "complete": "complete",
    "completed": "complete",
    "blocked": "blocked",
    "block": "blocked",
    "unblocked": "unblocked",
    "unblock": "unblocked",
    "commit": "commit",
}
_NOBODY = ("", "unknown", "none", "null", "-")
_LINE = {"ts", "timestamp", "agent", "mission", "mission_id", "action", "type", "status"}
_LINE |= {"summary", "next_hint", "details", "raw_event", "id", "commit"}


def read(path: str, file: str, found: Found) -> None:
    """Take in a file of JSON lines; what a line cannot be read for is said of that line."""
    content = formats.content(path, _LARGEST).removeprefix(b"\xef\xbb\xbf")
    ours, promised = False, None
    before = found.rows["events"]
    for number, raw in enumerate(content.split(b"\n"), 1):
        if not raw.strip():
            continue
        place = Place(file, number)
        kind = "events" if ours else "log lines"
        try:
            entry = _entry(raw)
            if number == 1 and entry.get("format") == FORMAT:
                ours, promised = _is_readable(entry), entry.get("events")
            elif ours:
                found.add("events", EventRecord(_event(entry, found), place))
            elif entry.get("started_at") and entry.get("title"):
                kind = "sessions"
                add_session(found, entry, place)
            else:
                add_line(found, entry, place)
        except Unreadable as error:
            if number == 1 and "format" in error.reason:
                raise
            found.set_aside(kind, place, error.reason)
    if ours and found.rows["events"] - before != promised:
        found.remark(Place(file, 1), f"it promises {promised} events; it is cut short or mixed")


def _entry(raw: bytes) -> dict[str, Any]:
    if len(raw) > _LONGEST:
        raise Unreadable(f"it has {len(raw):,} bytes; at most {_LONGEST:,} are read")
    try:
        entry = strict_json.read(raw.decode())
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None
    if not isinstance(entry, dict):
        raise Unreadable("it is no JSON object")
    return entry


def _is_readable(head: dict[str, Any]) -> bool:
    if head.get("version") != VERSION:
        raise Unreadable(f"its format {head.get('version')!r} is of a later git cmos: upgrade", 1)
    return True


def _event(entry: dict[str, Any], found: Found) -> Event:
    """One told event as our export wrote it."""
    id_, at, actor, kind = (entry.get(key) for key in ("id", "at", "actor", "kind"))
    if not (isinstance(id_, str) and _ID.match(id_)):
        raise Unreadable("it has no id of an event")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < 1 << 62:
        raise Unreadable("its time is none")
    if at > found.horizon:
        raise Unreadable("it lies in the future")
    if not isinstance(actor, str) or not isinstance(kind, str):
        raise Unreadable("it names nobody, or no kind")
    what = decode(kind, compact(entry.get("body")))
    if isinstance(what, Unknown):
        raise Unreadable(f"this version cannot read {kind[:40]!r} with such fields: upgrade first")
    return Event(id=id_, at=at, actor=actor, what=what)


def add_line(found: Found, entry: dict[str, Any], place: Place) -> None:
    """Take in one line of a work log; Unreadable where it has no time or says nothing."""
    text = entry.get("ts") or entry.get("timestamp")
    at = moment(text)
    if at is None:
        raise Unreadable(f"its time {str(text)[:40]!r} is none" if text else "it has no time")
    if at > found.horizon:
        raise Unreadable(f"its time {str(text)[:40]} lies in the future")
    said = words(entry.get("action") or entry.get("type"), 40).lower()
    summary, details = words(entry.get("summary"), 10_000), _details(entry)
    if not said and not summary:
        raise Unreadable("it says neither what was done nor a summary")
    mission = words(entry.get("mission") or entry.get("mission_id"))
    if mission.lower() in _NOBODY:
        mission = ""
    if mission and not is_id(mission):
        raise Unreadable(f"{mission[:60]!r} is not a mission id")
    action = ACTIONS.get(said, "note")
    if action == "note" and said not in ("note", ""):
        details["action"] = said
    hint = words(entry.get("next_hint") or details.pop("next_hint", ""), 10_000)
    found.add(
        "log lines",
        LineRecord(
            at=at,
            agent=words(entry.get("agent"), 200) or "unknown",
            mission=mission or None,
            action=action,
            summary=summary or said,
            next_hint=hint,
            details=details,
            place=place,
        ),
    )


def _details(entry: dict[str, Any]) -> dict[str, Any]:
    details = entry.get("details")
    if isinstance(details, str) and details.strip()[:1] == "{":
        try:
            details = strict_json.read(details)
        except Unreadable:
            details = {"text": details}
    if details in (None, "", [], {}):
        details = {}
    kept = dict(details) if isinstance(details, dict) else {"value": details}
    if kept.get("mission") == entry.get("mission"):
        kept.pop("mission", None)
    kept |= {key: entry[key] for key in entry if key not in _LINE and entry[key] is not None}
    return kept


def add_session(found: Found, entry: dict[str, Any], place: Place) -> None:
    """Take in a planning session; Unreadable where it lacks a name or a beginning."""
    name, title = words(entry.get("id"), 64), words(entry.get("title"), 200)
    begun = found.moment(entry.get("started_at"), place, "started_at")
    if not name or not title or begun is None:
        raise Unreadable("a session needs an id, a title and a time of beginning")
    said = words(entry.get("status")).lower()
    kind = words(entry.get("type")).lower()
    ended = found.moment(entry.get("completed_at"), place, "completed_at")
    status = {"cancelled": CANCELED, CANCELED: CANCELED, DONE: DONE}.get(said, ACTIVE)
    found.add(
        "sessions",
        SessionRecord(
            name=name,
            type=kind if kind in SESSION_TYPES else "custom",
            title=title,
            sprint=words(entry.get("sprint_id"), 100) or None,
            agent=words(entry.get("agent"), 200) or "unknown",
            status=status,
            started_at=begun,
            completed_at=ended,
            summary=words(entry.get("summary"), 10_000),
            captures=_captures(found, _list(entry.get("captures")), place),
            next_steps=[it for it in map(words, _list(entry.get("next_steps"))) if it],
            place=place,
        ),
    )


def _list(content: Any) -> list[Any]:
    """A list, or what a table keeps of one as JSON or lines of text."""
    if isinstance(content, str):
        try:
            content = strict_json.read(content)
        except Unreadable:
            content = [line.strip("- ").strip() for line in content.splitlines()]
    return content if isinstance(content, list) else []


def _captures(found: Found, items: list[Any], place: Place) -> list[tuple[str, str, int | None]]:
    captures = []
    for item in items:
        entry = item if isinstance(item, dict) else {"content": item}
        category = words(entry.get("category")).lower().replace("_", "-")
        content = words(entry.get("content"))
        if not content:
            found.remark(place, "a capture says nothing; left out")
            continue
        at = found.moment(entry.get("ts") or entry.get("timestamp"), place, "a capture's time")
        known = (
            category.replace("_", "-") if category.replace("_", "-") in CATEGORIES else "context"
        )
        captures.append((known, content, at))
    return captures
