"""The ledger: told events as an append-only chain of commits, one ref per writer.

`refs/cmos/ledger/<writer>`: each commit is one command's batch; its message says in plain words
what was told, its tree holds `events.jsonl`. The journal in memory.db and the ledger are each
other's copy: whichever is behind is healed by the next command.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress

from git_cmos import clock, fold, journal
from git_cmos.db import careless
from git_cmos.errors import GitFailed
from git_cmos.events import Event, Unknown, compact, decode, encode
from git_cmos.kept import keep, keep_self, note, number, self_note

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


def writer(db: sqlite3.Connection) -> str:
    """This clone's name as a writer (a copied folder is another clone: see `opening`)."""
    name = self_note(db, "writer")
    if name is None:
        name = clock.new_id(clock.now())[-16:]
        keep_self(db, "writer", name)
    return name


def append(db: sqlite3.Connection, repo: Repo, config: Config) -> None:
    """Write what the ledger lacks of this writer's events; under the write lock.

    Raises GitFailed; the events are safe in the journal then, and a later command repeats this.
    """
    name = self_note(db, "writer")
    if name is None or not journal.since(db, name, _noted(db, name)[1]):
        return
    _unlock(repo, name)
    try:
        _write(db, repo, config, name)
    except GitFailed:  # not as noted: look at the ref itself, and write all that it lacks
        _look_again(db, repo, name)
        _write(db, repo, config, name)


def _write(db: sqlite3.Connection, repo: Repo, config: Config, name: str) -> None:
    tip, seq = _noted(db, name)
    events = journal.since(db, name, seq)
    stream, mark = b"", 0
    for mark, batch in enumerate(_batches(events), 1):
        start = f":{mark - 1}" if mark > 1 else tip
        stream += _commit(name, start, batch, _identity(config), mark)
    if not mark:
        return
    stream += b"get-mark :%d\n" % mark
    said = repo.run("fast-import", "--quiet", "--date-format=raw", stdin=stream)
    _note(db, name, said.decode().strip(), events[-1].seq)


def _batches(events: list[Event]) -> Iterator[list[Event]]:
    """One commit's worth at a time: all of a reader's limit is never used."""
    batch: list[Event] = []
    size = 0
    for event in events:
        length = len(_line(event))
        if batch and size + length > _LARGEST // 4:
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    if batch:
        yield batch


def _unlock(repo: Repo, name: str) -> None:
    """A lock that a killed git left on our own ref; nobody else writes it, and we hold the lock
    under which it is written."""
    with suppress(OSError):
        os.unlink(os.path.join(repo.place.common_dir, f"{_LOCAL}{name}.lock"))


def _look_again(db: sqlite3.Connection, repo: Repo, name: str) -> None:
    """Note what the ref really is; one that names nothing is removed, to be written anew."""
    ref = f"{_LOCAL}{name}"
    _sweep(repo)
    said = repo.run("rev-parse", "-q", "--verify", f"{ref}^{{commit}}", ok=(0, 1, 128))
    tip = said.decode().strip()
    if not tip:
        with suppress(OSError):
            os.unlink(os.path.join(repo.place.common_dir, ref))
    _note(db, name, tip, _held(db, repo, name, tip) if tip else 0)


def _sweep(repo: Repo) -> None:
    """What a failed fast-import leaves behind."""
    for file in os.listdir(repo.place.common_dir):
        if file.startswith("fast_import_crash_"):
            with suppress(OSError):
                os.unlink(os.path.join(repo.place.common_dir, file))


def _held(db: sqlite3.Connection, repo: Repo, name: str, tip: str) -> int:
    """The position up to which the chain holds all of this writer's events."""
    ids = {event.id for event in read(repo, name, [tip], [])}
    seq = 0
    for event in journal.since(db, name, 0):
        if event.id not in ids:
            break
        seq = event.seq
    return seq


def heal(db: sqlite3.Connection, repo: Repo, tips: Tips) -> list[Event]:
    """Take in what the ledger has and the journal lacks; the events that were new. Inside a
    transaction. What our own ref lost is noted, so that the next append writes it anew."""
    known = _known(db)
    moved = {ref: oid for ref, oid in tips.ledger.items() if known.get(ref) != oid}
    fresh: list[Event] = []
    clash = False
    for ref, oid in moved.items():
        found = list(read(repo, ref.rpartition("/")[2], [oid], known.values()))
        new, clashed = journal.merge(db, found)
        fresh += new
        clash = clash or clashed
    name = self_note(db, "writer")
    own = f"{_LOCAL}{name}"
    if name and (own in moved or (own in known and own not in tips.ledger)):
        tip = tips.ledger.get(own, "")
        keep(db, f"ledger:{name}", f"{tip} {_held(db, repo, name, tip) if tip else 0}")
    if moved:
        keep(db, "ledger", json.dumps(tips.ledger))
    if clash or len(fresh) > 100:
        fold.rebuild(db)
    else:
        for event in fresh:
            fold.extend(db, event)
    return fresh


def read(repo: Repo, name: str, new: Iterable[str], old: Iterable[str]) -> Iterator[Event]:
    """The events of writer `name` in the ledger commits that `new` reach and `old` do not; what
    is no event, or speaks for another writer, is passed over."""
    try:
        commits = repo.oids(new, old)
    except GitFailed:  # an old tip was pruned
        commits = repo.oids(new, [])
    wanted = "".join(f"{oid}:{FILE}\n" for oid in sorted(commits)).encode()
    for content in repo.blobs(wanted, _LARGEST):
        for line in content.split(b"\n"):
            event = parse(line.decode("utf-8", "replace")) if line else None
            if event is not None and event.writer == name:
                yield event


def everything(repo: Repo) -> Iterator[Event]:
    """All events of all writers whose ledgers are here; what cannot be read is passed over."""
    with suppress(GitFailed):
        for ref, oid in repo.tips().ledger.items():
            yield from read(repo, ref.rpartition("/")[2], [oid], [])


def differences(db: sqlite3.Connection, repo: Repo) -> int:
    """How many events the journal and the ledgers that are here do not tell in the same words."""
    told = {event.id: _words_of(event) for event in journal.everything(db)}
    found: dict[str, set[tuple[int, str, str, str]]] = {}
    for event in everything(repo):  # one that two clones imported has two tellers
        found.setdefault(event.id, set()).add(_words_of(event))
    return sum(told.get(id_) not in found.get(id_, ()) for id_ in told.keys() | found.keys())


def _words_of(event: Event) -> tuple[int, str, str, str]:
    return (event.at, event.actor, *encode(event.what))


def parse(line: str) -> Event | None:
    """One line of a ledger, or None where it is not of the form of an event."""
    try:
        found = json.loads(line)
        at, seq = found["at"], found["seq"]
        texts = {key: found[key] for key in ("id", "actor", "writer", "batch", "kind")}
        body = _storable(found["body"])
        "".join(texts.values()).encode()
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


def _storable(body: object) -> str:
    """As JSON that can be stored; infinities and halves of surrogate pairs as plain ASCII, for
    the event to be set aside rather than dropped."""
    try:
        text = compact(body)
        text.encode()
    except ValueError:
        return json.dumps(body)
    return text


def _commit(name: str, start: str, events: list[Event], identity: str, mark: int) -> bytes:
    lines = b"".join(_line(event) for event in events)
    message = _message(events).encode()
    ref = f"{_LOCAL}{name}"
    seconds = max(0, events[-1].at // 1_000_000)
    head = f"commit {ref}\nmark :{mark}\ncommitter {identity} {seconds} +0000\n"
    parent = f"from {start}\n" if start else ""
    parts = [head.encode(), b"data %d\n" % len(message), message, b"\n", parent.encode()]
    parts += [f"M 100644 inline {FILE}\n".encode(), b"data %d\n" % len(lines), lines]
    return b"".join([*parts, b"\n"])


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


def _known(db: sqlite3.Connection) -> dict[str, str]:
    """Every ledger ref as last taken in."""
    try:
        return dict(json.loads(note(db, "ledger") or "{}"))
    except (ValueError, TypeError):
        return {}


def _noted(db: sqlite3.Connection, name: str) -> tuple[str, int]:
    """(tip, seq) of this writer's ledger as last known; ("", 0) where there is none."""
    tip, _, seq = (note(db, f"ledger:{name}") or " 0").partition(" ")
    return tip, number(seq)


def _note(db: sqlite3.Connection, name: str, tip: str, seq: int) -> None:
    """Only to spare work: losing it costs a look at the ledger, so it need not reach the disk."""
    known = _known(db)
    known[f"{_LOCAL}{name}"] = tip
    with careless(db):
        keep(db, "ledger", json.dumps(known))
        keep(db, f"ledger:{name}", f"{tip} {seq}")
