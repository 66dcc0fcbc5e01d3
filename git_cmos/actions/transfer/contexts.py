"""PROJECT_CONTEXT.json and MASTER_CONTEXT.json -> records.

Everything in them comes as entries of the context, key by key. Decisions, facts and learnings
that are listed there come as such besides, so that they can be searched.
"""

from __future__ import annotations

from git_cmos.actions.transfer.records import (
    DecisionRecord,
    EntryRecord,
    FactRecord,
    Place,
    SnapshotRecord,
    words,
)
from git_cmos.events import compact
from git_cmos.formats import Unreadable
from git_cmos.formats import json as strict_json
from git_cmos.model import CONSTRAINT, CONTEXTS, LEARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.actions.transfer.records import Found

_FACTS = {
    "critical_facts": "fact",
    "constraints": CONSTRAINT,
    "learnings": LEARNING,
    "learnings_and_facts": "fact",
}
_DECISIONS = ("decisions_made", "key_decisions_log", "decisions")
LARGEST = 4_000_000  # bytes


def name_of(file: str) -> str | None:
    """Which context a file holds, by its name."""
    base = file.replace("\\", "/").rpartition("/")[2].lower()
    return next((name for name in CONTEXTS if base == f"{name}.json"), None)


def read(text: str, file: str, context: str, found: Found) -> None:
    """Take in a context document."""
    document = strict_json.read(text)
    if not isinstance(document, dict):
        raise Unreadable("it is no JSON object", 1)
    places = _Places(text, file)
    add(found, context, document, places)


class _Places:
    """Where the entries of a document stand: its keys are looked for from the top."""

    def __init__(self, text: str, file: str) -> None:
        self.file, self.text = file, text

    def of(self, word: str) -> Place:
        at = self.text.find(compact(word)) if self.text else -1
        return Place(self.file, self.text.count("\n", 0, at) + 1 if at >= 0 else 0)


def add(found: Found, context: str, document: dict[str, Any], places: _Places) -> None:
    """Take in what a context holds."""
    for key, content in document.items():
        place = places.of(key)
        if not key or "." in key:
            found.set_aside("context entries", place, f"the key {key[:40]!r} cannot be a path")
            continue
        found.add("context entries", EntryRecord(context, key, compact(content), place))
    for key, items in _lists(document):
        for item in items:
            if key in _DECISIONS:
                _decision(found, item, places)
            else:
                _fact(found, _FACTS[key], item, places)


def add_document(found: Found, context: str, text: str, place: Place) -> None:
    """Take in a context that stands in a table."""
    document = strict_json.read(text)
    if not isinstance(document, dict):
        raise Unreadable("its content is no JSON object")
    add(found, context, document, _Places("", place.file))


def add_snapshot(found: Found, row: dict[str, Any], place: Place) -> None:
    """Take in a snapshot of a context."""
    context = words(row.get("context_id")) or "master_context"
    content = strict_json.read(words(row.get("content"), LARGEST))
    at = found.moment(words(row.get("created_at")), place, "a snapshot's time")
    source = words(row.get("source"), 1000)
    found.add("snapshots", SnapshotRecord(context, compact(content), source, at, place))


def _lists(document: Any) -> Iterator[tuple[str, list[Any]]]:
    """Every list under a name that we know, however deep."""
    if isinstance(document, dict):
        for key, content in document.items():
            if isinstance(content, list) and (key in _FACTS or key in _DECISIONS):
                yield key, content
            else:
                yield from _lists(content)


def _decision(found: Found, item: Any, places: _Places) -> None:
    entry = item if isinstance(item, dict) else {"decision": item}
    title = next((t for k in ("decision", "title", "content") if (t := words(entry.get(k)))), "")
    if not title:
        found.set_aside("decisions", places.of("decisions_made"), "a decision says nothing")
        return
    place = places.of(title)
    reasons = [words(entry.get("rationale"))]
    reasons += [f"Impact: {it}" for it in [words(entry.get("impact"))] if it]
    at = found.moment(entry.get("date") or entry.get("created_at"), place, "a decision's date")
    title = " ".join(title.split())[:1000]
    rationale = "\n".join(it for it in reasons if it)
    found.add("decisions", DecisionRecord(title, rationale, at, "", None, place))


def _fact(found: Found, kind: str, item: Any, places: _Places) -> None:
    entry = item if isinstance(item, dict) else {"fact": item}
    content = next((t for k in ("fact", "content", "learning") if (t := words(entry.get(k)))), "")
    if not content:
        found.set_aside("facts", places.of("learnings_and_facts"), "a fact says nothing")
        return
    place = places.of(content)
    named = words(entry.get("category") or entry.get("kind"), 60)
    at = found.moment(entry.get("captured") or entry.get("date"), place, "a fact's date")
    kind = "-".join(named.lower().split()) or kind
    found.add("facts", FactRecord(kind, content, at, "", None, place))
