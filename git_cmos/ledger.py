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

from git_cmos import batch, chains, clock, fold, journal
from git_cmos.chains import FILE
from git_cmos.db import careless
from git_cmos.errors import GitFailed
from git_cmos.events import encode
from git_cmos.failpoints import reach
from git_cmos.kept import keep, keep_self, note, number, self_note

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from git_cmos.config import Config
    from git_cmos.events import Event
    from git_cmos.git import Repo
    from git_cmos.git.refs import Tips

_TRIES = 3
_LOCAL = "refs/cmos/ledger/"
_OTHERS = ("/claims/", "refs/cmos/held/", "refs/cmos/packing")
_LARGEST = 16_000_000  # bytes in one batch; a larger one is not read


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
    for _ in range(_TRIES):
        try:
            return _write(db, repo, config, name)
        except GitFailed:  # not as noted: look at the ref itself, and write all that it lacks
            _look_again(db, repo, name)
    return _write(db, repo, config, name)


def _write(db: sqlite3.Connection, repo: Repo, config: Config, name: str) -> None:
    tip, seq = _noted(db, name)
    events = journal.since(db, name, seq)
    if events:
        reach("ledger-writing")
        if tip and not chains.whole(repo, [tip])[0]:
            raise GitFailed("the last batch of the ledger is not there any more", 0)
        made = written(repo, config, f"{_LOCAL}{name}", tip, batches(events))
        reach("ledger-written")
        _note(db, name, made, events[-1].seq)


def written(
    repo: Repo,
    config: Config,
    ref: str,
    tip: str,
    parts: Iterable[list[Event]],
    words: Callable[[list[Event]], str] = batch.message,
) -> str:
    """Commits on top of `tip` ("" for none), one for each part, each with its message; the last
    of them, where `ref` stands now."""
    stream, mark, start, who = b"", 0, tip, identity(config)
    for mark, events in enumerate(parts, 1):
        stream += _commit(ref, start, events, words(events), who, mark)
        start = f":{mark}"
    stream += b"get-mark :%d\n" % mark
    return repo.run("fast-import", "--quiet", "--date-format=raw", stdin=stream).decode().strip()


def batches(events: list[Event]) -> Iterator[list[Event]]:
    """One commit's worth at a time: all of a reader's limit is never used."""
    together: list[Event] = []
    size = 0
    for event in events:
        length = len(batch.line(event))
        if together and size + length > _LARGEST // 4:
            yield together
            together, size = [], 0
        together.append(event)
        size += length
    if together:
        yield together


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
    tip = chains.sound(repo, ref, said.decode().strip())
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
    known, now = _known(db), ledgers(tips)
    moved = {ref: oid for ref, oid in now.items() if known.get(ref) != oid}
    fresh: list[Event] = []
    clash = False
    for ref, oid in moved.items():
        aside = SetAside(db, writer_of(ref))
        found = list(read(repo, writer_of(ref), [oid], known.values(), aside))
        new, clashed = journal.merge(db, found)
        fresh += new
        clash = clash or clashed
    name = self_note(db, "writer")
    own = f"{_LOCAL}{name}"
    if name and (own in moved or (own in known and own not in now)):
        tip = now.get(own, "")
        keep(db, f"ledger:{name}", f"{tip} {_held(db, repo, name, tip) if tip else 0}")
    if now != known:
        keep(db, "ledger", json.dumps(now))
    if clash or len(fresh) > 100:
        fold.rebuild(db)
    else:
        for event in fresh:
            fold.extend(db, event)
    return fresh


def ledgers(tips: Tips) -> dict[str, str]:
    """Every ref that may hold a ledger: our own, what was seen of remotes, wherever it is kept."""
    return {ref: oid for ref, oid in tips.ledger.items() if not any(it in ref for it in _OTHERS)}


def writer_of(ref: str) -> str:
    """Whose ledger a ref holds: `<writer>`, or `<writer>.<chain>` for a further chain of his."""
    return ref.rpartition("/")[2].partition(".")[0]


class SetAside:
    """Keeps count of what a writer's ledger holds and cannot be taken in, by the reason."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self.db, self.name = db, name

    def __call__(self, blob: str, reason: str, count: int = 1) -> None:
        self.db.execute(
            "INSERT INTO ledger_refusals VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET lines = ?",
            (self.name, blob, reason, count, count),
        )


def read(
    repo: Repo,
    name: str,
    new: Iterable[str],
    old: Iterable[str],
    aside: Callable[[str, str, int], object] = lambda blob, reason, count: None,
) -> Iterator[Event]:
    """The events of writer `name` in the ledger commits that `new` reach and `old` do not.

    What is no event, or speaks for another writer, or exceeds a bound, is passed over; aside is
    told (blob, why, how many lines). The verdict depends on the blob alone.
    """
    try:
        commits = repo.oids(new, old)
    except GitFailed:  # an old tip was pruned
        commits = repo.oids(new, [])
    wanted = "".join(f"{oid}:{FILE}\n" for oid in sorted(commits)).encode()
    too_large = f"it is larger than {_LARGEST:,} bytes"
    beyond = lambda blob: aside(blob, too_large, 1)  # noqa: E731 - one line
    for blob, content in repo.named_blobs(wanted, _LARGEST, beyond):
        found, reasons = batch.events_in(content, name)
        yield from found
        for reason, count in reasons.items():
            aside(blob, reason, count)


def everything(repo: Repo) -> Iterator[Event]:
    """All events of all writers whose ledgers are here; what cannot be read is passed over."""
    with suppress(GitFailed):
        for ref, oid in ledgers(repo.tips()).items():
            yield from read(repo, writer_of(ref), [oid], [])


def differences(db: sqlite3.Connection, repo: Repo) -> int:
    """How many events the journal and the ledgers that are here do not tell in the same words."""
    told = {event.id: _words_of(event) for event in journal.everything(db)}
    found: dict[str, set[tuple[int, str, str, str]]] = {}
    for event in everything(repo):  # one that two clones imported has two tellers
        found.setdefault(event.id, set()).add(_words_of(event))
    return sum(told.get(id_) not in found.get(id_, ()) for id_ in told.keys() | found.keys())


def _words_of(event: Event) -> tuple[int, str, str, str]:
    return (event.at, event.actor, *encode(event.what))


def _commit(ref: str, start: str, events: list[Event], words: str, who: str, mark: int) -> bytes:
    lines = b"".join(batch.line(event) for event in events)
    message = words.encode()
    seconds = max(0, events[-1].at // 1_000_000)
    head = f"commit {ref}\nmark :{mark}\ncommitter {who} {seconds} +0000\n"
    parent = f"from {start}\n" if start else ""
    parts = [head.encode(), b"data %d\n" % len(message), message, b"\n", parent.encode()]
    parts += [f"M 100644 inline {FILE}\n".encode(), b"data %d\n" % len(lines), lines]
    return b"".join([*parts, b"\n"])


def identity(config: Config) -> str:
    """`name <email>`, as git writes it before a date."""
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


def standing(db: sqlite3.Connection) -> dict[str, str]:
    """Where all refs of ours stood at the last catch-up: ledgers and claims."""
    return {**_known(db), **dict(db.execute("SELECT ref, oid FROM leases"))}


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


def keep_tip(db: sqlite3.Connection, name: str, tip: str, seq: int) -> None:
    """This writer's ledger stands at `tip` now, and holds his events up to `seq`."""
    _note(db, name, tip, seq)
