"""The ledger: told events as an append-only chain of commits, one ref per writer.

`refs/cmos/ledger/<writer>`: each commit is one command's batch; its message says in plain words
what was told, its tree holds `events.jsonl`. The journal in memory.db and the ledger are each
other's copy: whichever is behind is healed by the next command.
"""

from __future__ import annotations

import json
import os
import re

from git_cmos import clock, fold, journal
from git_cmos.db import careless
from git_cmos.errors import GitFailed
from git_cmos.events import Event, Unknown, decode, encode
from git_cmos.kept import keep, keep_self, note, self_note

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from git_cmos.config import Config
    from git_cmos.git import Repo
    from git_cmos.git.refs import Tips

FILE = "events.jsonl"
_LOCAL = "refs/cmos/ledger/"
_LARGEST = 16_000_000  # bytes in one batch; a larger one is not read
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}\Z")
_SUBJECT_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def writer(db: sqlite3.Connection, repo: Repo) -> str:
    """This clone's name as a writer. A copied folder is another clone: it gets a new name."""
    stat = os.stat(repo.place.common_dir)
    home = f"{stat.st_dev}:{stat.st_ino}"
    name = self_note(db, "writer")
    if name is None or self_note(db, "home") != home:
        name = clock.new_id(clock.now())[-16:]
        keep_self(db, "writer", name)
        keep_self(db, "home", home)
    return name


def is_behind(db: sqlite3.Connection) -> bool:
    """Whether the journal holds events of ours that the ledger lacks (a crash in between)."""
    name = self_note(db, "writer")
    return name is not None and journal.last_seq(db, name) > _noted(db, name)[1]


def append(db: sqlite3.Connection, repo: Repo, config: Config) -> None:
    """Write what the ledger lacks of this writer's events, as one commit; under the write lock.

    Raises GitFailed; the events are safe in the journal then, and a later command repeats this.
    """
    name = self_note(db, "writer")
    if name is None:
        return
    tip, seq = _noted(db, name)
    events = journal.since(db, name, seq)
    if not events:
        return
    stream = _commit(name, tip, events, _identity(config))
    said = repo.run("fast-import", "--quiet", "--date-format=raw", stdin=stream)
    _note(db, name, said.decode().strip(), events[-1].seq)


def heal(db: sqlite3.Connection, repo: Repo, tips: Tips) -> list[Event]:
    """Take in what the ledger has and the journal lacks; the events that were new. Inside a
    transaction. A ref of ours that vanished is noted, so that the next append writes it anew."""
    known = json.loads(note(db, "ledger") or "{}")
    moved = {name: oid for name, oid in tips.ledger.items() if known.get(name) != oid}
    name = self_note(db, "writer")
    if name and f"{_LOCAL}{name}" not in tips.ledger and _noted(db, name)[1]:
        keep(db, f"ledger:{name}", " 0")
    if not moved:
        return []
    fresh = journal.append(db, read(repo, moved.values(), known.values()))
    keep(db, "ledger", json.dumps(tips.ledger))
    for ref, oid in moved.items():
        if ref.startswith(_LOCAL):
            own = ref.removeprefix(_LOCAL)
            keep(db, f"ledger:{own}", f"{oid} {journal.last_seq(db, own)}")
    _fold(db, fresh)
    return fresh


def _fold(db: sqlite3.Connection, fresh: list[Event]) -> None:
    if len(fresh) > 100:
        fold.rebuild(db)
    else:
        for event in fresh:
            fold.extend(db, event)


def read(repo: Repo, new: Iterable[str], old: Iterable[str]) -> Iterator[Event]:
    """The events in the ledger commits that `new` reach and `old` do not; what is no event of
    that writer is passed over."""
    try:
        commits = repo.oids(new, old)
    except GitFailed:  # an old tip was pruned
        commits = repo.oids(new, [])
    wanted = "".join(f"{oid}:{FILE}\n" for oid in sorted(commits)).encode()
    for content in repo.blobs(wanted, _LARGEST):
        for line in content.decode("utf-8", "replace").splitlines():
            event = parse(line)
            if event is not None:
                yield event


def parse(line: str) -> Event | None:
    """One line of a ledger, or None where it is not of the form of an event."""
    try:
        found = json.loads(line)
        at, seq = found["at"], found["seq"]
        texts = {key: found[key] for key in ("id", "actor", "writer", "batch", "kind")}
        body = json.dumps(found["body"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = all(isinstance(text, str) for text in texts.values()) and _ID.match(texts["id"])
    numbers = (
        isinstance(at, int) and isinstance(seq, int) and abs(at) < 1 << 62 and 0 < seq < 1 << 62
    )
    if not (sound and numbers):
        return None
    kind = texts.pop("kind")
    return Event(at=at, seq=seq, what=decode(kind, body), **texts)


def _commit(name: str, tip: str, events: list[Event], identity: str) -> bytes:
    lines = b"".join(_line(event) for event in events)
    message = _message(events).encode()
    ref = f"{_LOCAL}{name}"
    seconds = max(0, events[-1].at // 1_000_000)
    head = f"commit {ref}\nmark :1\ncommitter {identity} {seconds} +0000\n"
    start = f"from {tip}\n" if tip else ""
    parts = [head.encode(), b"data %d\n" % len(message), message, b"\n", start.encode()]
    parts += [f"M 100644 inline {FILE}\n".encode(), b"data %d\n" % len(lines), lines]
    return b"".join([*parts, b"\nget-mark :1\n"])


def _line(event: Event) -> bytes:
    kind, body = encode(event.what)
    found = {"id": event.id, "at": event.at, "actor": event.actor, "writer": event.writer}
    found |= {"seq": event.seq, "batch": event.batch, "kind": kind, "body": json.loads(body)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _message(events: list[Event]) -> str:
    """The batch in plain words, so that `git log` on the ledger is an audit trail."""
    lines = [f"{_words(event)} by {event.actor}" for event in events]
    return lines[0] + "\n" + ("\n" + "\n".join(lines) + "\n" if len(lines) > 1 else "")


def _words(event: Event) -> str:
    kind = event.what.kind if isinstance(event.what, Unknown) else type(event.what).__name__
    about = event.what.subject.partition(":")[2]
    noun, *verb = _SUBJECT_WORDS.split(kind)
    return f"{noun} {about} {' '.join(verb)}".lower().replace(about.lower(), about)


def _identity(config: Config) -> str:
    name = config.get("user.name") or "git cmos"
    email = config.get("user.email") or "git-cmos@localhost"
    clean = [re.sub(r"[<>\n\0]", "", text) for text in (name, email)]
    return f"{clean[0]} <{clean[1]}>"


def _noted(db: sqlite3.Connection, name: str) -> tuple[str, int]:
    """(tip, seq) of this writer's ledger as last known; ("", 0) where there is none."""
    tip, _, seq = (note(db, f"ledger:{name}") or " 0").partition(" ")
    return tip, int(seq)


def _note(db: sqlite3.Connection, name: str, tip: str, seq: int) -> None:
    """Only to spare work: losing it costs a look at the ledger, so it need not reach the disk."""
    known = json.loads(note(db, "ledger") or "{}")
    known[f"{_LOCAL}{name}"] = tip
    with careless(db):
        keep(db, "ledger", json.dumps(known))
        keep(db, f"ledger:{name}", f"{tip} {seq}")
