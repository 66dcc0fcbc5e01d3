"""Contexts: tell an entry, take a snapshot, compare two; a prompt within a budget."""

from __future__ import annotations

import json
from difflib import unified_diff
from hashlib import sha256

from git_cmos import events as ev
from git_cmos.actions.agents import who
from git_cmos.clock import new_id, now
from git_cmos.errors import Misused, Refused
from git_cmos.events import compact
from git_cmos.model import DEEPEST_PATH, check_text
from git_cmos.queries import contexts, sessions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import Any

    from git_cmos.memory import Memory
    from git_cmos.remembered import Snapshot

LONGEST_KEY = 200
_NAMES = ("project", "master", "project_context", "master_context")


def tell(
    memory: Memory, name: str, path: str, content: Any, *, agent: str | None = None
) -> dict[str, Any]:
    """Set the entry at a dotted path of a context; None takes it away. Returns the context."""
    context = contexts.name_of(name)
    keys = path.split(".")
    if not all(key.strip() for key in keys) or len(keys) > DEEPEST_PATH:
        raise Misused(
            f"{path[:80]!r} is no path", "keys joined by dots, such as working_memory.active_domain"
        )
    if any(len(key) > LONGEST_KEY for key in keys):
        raise Misused(f"a key has at most {LONGEST_KEY} characters")
    try:
        text = "" if content is None else compact(content)
    except (ValueError, TypeError, RecursionError) as error:
        raise Misused(f"that is no JSON: {error}") from None
    said = ev.ContextSet(context=context, path=path, value=text)
    memory.change(lambda db: [said], who(memory, agent))
    return contexts.document(memory, context)


def snapshot(
    memory: Memory,
    name: str,
    *,
    source: str,
    session: str | None = None,
    agent: str | None = None,
) -> tuple[Snapshot, bool]:
    """(the snapshot, whether it is new): a context that did not change since its last snapshot
    gets no other."""
    context = contexts.name_of(name)
    source = check_text(source, "source", 500)
    kept: list[str] = []

    def decide(db: sqlite3.Connection) -> list[ev.Happening]:
        content = compact(contexts.document(memory, context))
        digest = sha256(content.encode()).hexdigest()
        last = contexts.snapshots(memory, context, 1)
        if last and last[0].hash == digest:
            kept.append(last[0].id)
            return []
        kept.extend([new_id(now()), "new"])
        taken = ev.ContextSnapshotTaken(
            snapshot=kept[0],
            context=context,
            hash=digest,
            content=content,
            source=source,
            session=sessions.get(memory, session).key if session else None,
        )
        return [taken]

    memory.change(decide, who(memory, agent))
    return contexts.snapshot(memory, kept[0]), len(kept) > 1


def diff(memory: Memory, before: str, after: str | None = None) -> list[str]:
    """The lines that differ between two contexts: each a snapshot, or `project` or `master` for
    the context as it is now. after: left out, the context that `before` is or names, as it is;
    where `before` names one, its last snapshot is meant."""
    if after is None:
        if before in _NAMES:
            after, before = before, _last(memory, before)
        else:
            after = contexts.snapshot(memory, before).context
    old, new = _content(memory, before), _content(memory, after)
    return list(unified_diff(_lines(old), _lines(new), before, after, lineterm="", n=2))


def _last(memory: Memory, name: str) -> str:
    found = contexts.snapshots(memory, contexts.name_of(name), 1)
    if not found:
        hint = f"`git cmos context snapshot {name} --source …` takes one"
        raise Refused(f"{name} has no snapshot yet", hint, "unknown-snapshot")
    return found[0].id


def _content(memory: Memory, name: str) -> Any:
    if name in _NAMES:
        return contexts.document(memory, contexts.name_of(name))
    return contexts.snapshot(memory, name).content


def _lines(content: Any) -> list[str]:
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True).splitlines()
