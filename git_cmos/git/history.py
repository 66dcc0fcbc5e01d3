"""Reading history: which commits lie between two sets of tips, and what ours among them say.

One `git rev-list --header` streams the commits newest first; a bytes prefilter passes over those
that cannot concern us. The same reader serves the first ingest and a difference of one commit.
"""

from __future__ import annotations

import re

from git_cmos import adoption, claims
from git_cmos.claims import RawCommit
from git_cmos.git import command
from git_cmos.git.dates import FARTHEST, HALF, SECOND, Dates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_cmos.claims import Vocabulary

_HEADER = re.compile(
    rb"\0(-?)([0-9a-f]+)\n(?:tree [0-9a-f]+\n)?(?:parent ([0-9a-f]+)\n)?((?:parent [0-9a-f]+\n)*)"
    rb"(?:author [^\n]*\n)?(?:committer (?:[^\n]*> *(-?\d+))?)?"
)
_AUTHOR = re.compile(rb"\nauthor ([^\n]*)")
_PARENT = re.compile(rb"\nparent ([0-9a-f]+)")
_INDENT = b"\n    "
_CONFLICTS = b"\n    Conflicts:\n"


def prefilter(keys: Iterable[str]) -> Callable[[bytes], Iterator[int]]:
    """Where in a block of raw records one of `keys` may stand, or a revert."""
    words = "|".join(re.escape(key.lower()) for key in keys)
    pattern = rf"\n    (?:(?:{words})[ \t]*[^a-z0-9-]|this reverts commit )"
    find = re.compile(pattern.encode()).finditer
    return lambda block: (found.start() for found in find(block.lower()))


def places(words: Vocabulary) -> Callable[[bytes], Iterator[int]]:
    """The same for a whole vocabulary. Where patterns were adopted, each record is looked at by
    itself: what its message says can be told once it is read as a message."""
    keyed = prefilter(words.keys)
    if not words.adopted:
        return keyed
    return each(lambda record: any(keyed(record)) or _may_be_adopted(record, words))


def _may_be_adopted(record: bytes, words: Vocabulary) -> bool:
    head = record.partition(b"\n\n")[0]
    text = claims.reencode(_message(record), _encoding(head)).decode("utf-8", "replace")
    return any(adoption.said(words.adopted, claims.subject_of(text), text))


def each(wanted: Callable[[bytes], object]) -> Callable[[bytes], Iterator[int]]:
    """The same from a test of one record: where in a block those begin that pass it."""

    def places(block: bytes) -> Iterator[int]:
        place = 1  # a record follows the NUL before it
        for record in block.split(b"\0")[1:]:
            if wanted(record):
                yield place
            place += len(record) + 1

    return places


class Reading:
    """The commits reachable from `new` and not from `old` that `wanted` finds a place in, newest
    first, each with its own date; all else is complete once all were read.

    known: corrected date of a commit read earlier, where it differs from its own; progress is
    told the number of commits read, now and then.
    """

    def __init__(
        self,
        git_dir: str,
        wanted: Callable[[bytes], Iterable[int]],
        known: Callable[[str], int | None],
        progress: Callable[[int], object] = lambda count: None,
    ) -> None:
        self.git_dir, self.wanted = git_dir, wanted
        self.known, self.progress = known, progress
        self.dates = Dates()

    @property
    def count(self) -> int:
        """Commits read so far."""
        return len(self.dates.edges)

    def forget(self) -> None:
        """Begin again, as if nothing was read."""
        self.dates = Dates()

    def names(self) -> Iterator[str]:
        """The commits that were read, and the parents of some of them."""
        return (oid.decode() for oid in self.dates.own)

    def reaches(self, oid: str) -> bool:
        """Whether `oid` is among what was read, or a parent of some of it."""
        return oid.encode() in self.dates.own

    def between(self, new: Iterable[str], old: Iterable[str]) -> Iterator[RawCommit]:
        """In blocks of many records: what is done for each is done beside git's own walk."""
        for block in _blocks(self.git_dir, new, old):
            self._enter(block)
            self.progress(self.count)
            records = list(self._records(block))
            whole = self._whole([record for record in records if _CONFLICTS in record])
            for record in records:
                yield self._raw(record, whole)

    def _records(self, block: bytes) -> Iterator[bytes]:
        end = 0
        for place in self.wanted(block):
            if place >= end:
                begin = block.rindex(b"\0", 0, place) + 1
                end = block.find(b"\0", place)
                end = len(block) if end < 0 else end
                if not block.startswith(b"-", begin):
                    yield block[begin:end]

    def _whole(self, records: list[bytes]) -> dict[bytes, bytes]:
        """commit -> its message with the white space at line ends that `--header` strips. That
        matters to one rule only, which looks for a line `Conflicts:` and nothing more."""
        names = b"".join(record.partition(b"\n")[0] + b"\n" for record in records)
        if not names:
            return {}
        said = command.run(["--git-dir", self.git_dir, "cat-file", "--batch"], names)
        return {oid: raw.partition(b"\n\n")[2].partition(b"\0")[0] for oid, raw in _objects(said)}

    def _enter(self, block: bytes) -> None:
        """One loop without calls: it runs for every commit there is."""
        own, misdated, append = self.dates.own, self.dates.misdated, self.dates.edges.append
        youngest = self.dates.youngest
        for mark, oid, parent, others, seconds in _HEADER.findall(block):
            date = int(seconds or 0) * SECOND + HALF
            if not -FARTHEST < date < FARTHEST:
                date = FARTHEST if date > 0 else -FARTHEST
            if mark:
                date = self.known(oid.decode()) or date
            own[oid] = date
            if oid in youngest and youngest.pop(oid) <= date:
                misdated.add(oid)
            if mark:
                continue
            parents = (parent, *others.split()[1::2]) if others else (parent,) if parent else ()
            append((oid, parents))
            for parent in parents:
                if parent in own:
                    if own[parent] >= date:
                        misdated.add(parent)
                elif parent not in youngest or date < youngest[parent]:
                    youngest[parent] = date

    def _raw(self, record: bytes, whole: dict[bytes, bytes]) -> RawCommit:
        head = record.partition(b"\n\n")[0]
        oid = head.partition(b"\n")[0]
        ident = _AUTHOR.search(head)
        return RawCommit(
            oid=oid.decode(),
            parents=tuple(parent.decode() for parent in _PARENT.findall(head)),
            at=self.dates.own[oid],
            ident=ident[1] if ident else b"",
            encoding=_encoding(head),
            message=whole[oid] if oid in whole else _message(record),
        )

    def reached_from(self, oid: str) -> tuple[set[bytes], set[bytes]]:
        """(commits that were read and that `oid` reaches, their parents that were not read)."""
        parents = dict(self.dates.edges)
        inside: set[bytes] = set()
        beyond: set[bytes] = set()
        queue = [oid.encode()]
        while queue:
            commit = queue.pop()
            while commit not in inside:
                above = parents.get(commit)
                if above is None:
                    beyond.add(commit)
                    break
                inside.add(commit)
                if not above:
                    break
                commit = above[0]
                queue += above[1:]
        return inside, beyond


def _message(record: bytes) -> bytes:
    """The message, without the four spaces by which `--header` sets each line of it in."""
    body = record.partition(b"\n\n")[2]
    return (b"\n" + body).replace(_INDENT, b"\n")[1:]


def _objects(said: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of each object that `cat-file --batch` printed."""
    start = 0
    while start < len(said):
        end = said.index(b"\n", start)
        oid, _, size = said[start:end].split()
        yield oid, said[end + 1 : end + 1 + int(size)]
        start = end + int(size) + 2


def _blocks(git_dir: str, new: Iterable[str], old: Iterable[str]) -> Iterator[bytes]:
    """Blocks of whole records, a NUL before each."""
    excluded = list(old)
    # With --boundary git holds everything back until the walk has ended.
    options = ["--boundary"] if excluded else []
    args = ["--git-dir", git_dir, "rev-list", "--header", "--encoding=none", *options, "--stdin"]
    rest = [b"\0"]  # the beginning of a record, in pieces: one may be very long
    for block in command.stream(args, _revisions(new, excluded)):
        cut = block.rfind(b"\0")
        if cut < 0:
            rest.append(block)
        else:
            yield b"".join([*rest, block[:cut]])
            rest = [block[cut:]]
    if any(last := b"".join(rest)):
        yield last


def oids(git_dir: str, new: Iterable[str], old: Iterable[str]) -> set[str]:
    """The names of the commits reachable from `new` and not from `old`."""
    said = command.run(["--git-dir", git_dir, "rev-list", "--stdin"], _revisions(new, old))
    return set(said.decode().split())


def holders(
    git_dir: str, heads: dict[str, str], base: str, wanted: set[str]
) -> dict[str, list[str]]:
    """commit -> the names in `heads` that reach it, for those of `wanted` beyond `base`.

    One walk, children before parents, each handing down the names that reach it.
    """
    reached: dict[str, set[str]] = {}
    for name, oid in heads.items():
        reached.setdefault(oid, set()).add(name)
    args = ["--git-dir", git_dir, "rev-list", "--parents", "--topo-order", "--stdin"]
    said = command.run(args, _revisions(set(heads.values()), [base] if base else []))
    found: dict[str, list[str]] = {}
    for line in said.decode().splitlines():
        oid, *parents = line.split()
        names = reached.pop(oid, set())
        if oid in wanted:
            found[oid] = sorted(names)
        for parent in parents:
            known = reached.get(parent)
            reached[parent] = names if known is None else known | names
    return found


def sides(git_dir: str, left: str, right: str) -> tuple[set[str], set[str]]:
    """(commits that only `left` reaches, commits that only `right` reaches)."""
    said = command.run(["--git-dir", git_dir, "rev-list", "--left-right", f"{left}...{right}"])
    lines = said.decode().split()
    return (
        {line[1:] for line in lines if line[0] == "<"},
        {line[1:] for line in lines if line[0] == ">"},
    )


def _revisions(new: Iterable[str], old: Iterable[str]) -> bytes:
    """As `rev-list --stdin` reads them (it knows `--not` only since git 2.42)."""
    return "".join([*(f"{oid}\n" for oid in new), *(f"^{oid}\n" for oid in old)]).encode()


def _encoding(head: bytes) -> str:
    _, found, rest = head.partition(b"\nencoding ")
    return rest.partition(b"\n")[0].decode("ascii", "replace") if found else ""
