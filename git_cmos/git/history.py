"""Reading history: which commits lie between two sets of tips, and what ours among them say.

One `git rev-list --header` streams the commits newest first; a bytes prefilter passes over those
that cannot concern us. The same reader serves the first ingest and a difference of one commit.
"""

from __future__ import annotations

import re

from git_cmos.claims import RawCommit
from git_cmos.git import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SECOND = 1_000_000  # `at` counts microseconds
_FAR = 8_000_000_000_000  # seconds; beyond it `at` would leave SQLite's 64 bits

_HEADER = re.compile(
    rb"(-?)([0-9a-f]+)\n(?:tree [0-9a-f]+\n)?((?:parent [0-9a-f]+\n)*)"
    rb"(?:author ([^\n]*)\n)?(?:committer (?:[^\n]*> *(-?\d+))?)?"
)
_INDENT = b"\n    "


class Dates:
    """Corrected commit dates (git, Documentation/technical/commit-graph: never before any
    parent's), in microseconds and one microsecond apart, so that displayed times stay true.

    Fed newest first; keeps what is needed to correct the few that a skewed clock misdated.
    """

    def __init__(self, known: Callable[[str], int | None]) -> None:
        self._known = known
        self.own: dict[bytes, int] = {}
        self.boundaries: set[bytes] = set()
        self._children: dict[bytes, list[bytes] | bytes] = {}
        self._suspects: list[tuple[bytes, int]] = []

    def boundary(self, oid: bytes, own: int) -> None:
        """A commit read before: its corrected date is known, or its own."""
        self.boundaries.add(oid)
        self.add(oid, self._known(oid.decode()) or own, [])

    def add(self, oid: bytes, own: int, parents: list[bytes]) -> None:
        """One commit, its own date and its parents."""
        dates = self.own
        dates[oid] = own
        if oid in self._children:
            for child in self._children_of(oid):
                if dates[child] <= own:
                    self._suspects.append((child, own))
        for parent in parents:
            self._link(parent, oid)
            if parent in dates and dates[parent] >= own:
                self._suspects.append((oid, dates[parent]))

    def _link(self, parent: bytes, child: bytes) -> None:
        known = self._children.get(parent)
        if known is None:
            self._children[parent] = child
        elif isinstance(known, list):
            known.append(child)
        else:
            self._children[parent] = [known, child]

    def _children_of(self, oid: bytes) -> list[bytes]:
        known = self._children.get(oid)
        return [] if known is None else known if isinstance(known, list) else [known]

    def edges(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """(parent, children) of all that was told."""
        return ((parent, self._children_of(parent)) for parent in self._children)

    def corrected(self) -> dict[str, int]:
        """oid -> corrected date of each commit whose own date is too early.

        Only descendants of misdated commits can be affected; they are visited parents first,
        each once.
        """
        own, late = self.own, self._floors()
        waiting = self._affected(late)
        ready = [oid for oid, parents in waiting.items() if not parents]
        while ready:
            oid = ready.pop()
            date = late.get(oid, own[oid]) + 1
            for child in self._children_of(oid):
                if child in waiting:
                    if date > late.get(child, own[child]):
                        late[child] = date
                    waiting[child] -= 1
                    if not waiting[child]:
                        ready.append(child)
        return {oid.decode(): date for oid, date in late.items()}

    def _floors(self) -> dict[bytes, int]:
        """The earliest date that each misdated commit may have, given its parents' own dates."""
        floors: dict[bytes, int] = {}
        for oid, date in self._suspects:
            floors[oid] = max(floors.get(oid, date), date + 1)
        return floors

    def _affected(self, floors: dict[bytes, int]) -> dict[bytes, int]:
        """commit -> how many of its parents are affected too, for all that may have to move.

        A misdated commit can push a descendant no further than its own floor and one
        microsecond for each commit in between.
        """
        slack = len(self.own)
        limits: dict[bytes, int] = {}
        queue = [(oid, floor + slack) for oid, floor in floors.items()]
        while queue:
            oid, limit = queue.pop()
            known = limits.get(oid)
            if known is None or limit > known:
                limits[oid] = limit
                children = self._children_of(oid)
                queue += [(child, limit) for child in children if self.own[child] <= limit]
        parents = dict.fromkeys(limits, 0)
        for oid in limits:
            for child in self._children_of(oid):
                if child in parents:
                    parents[child] += 1
        return parents


def prefilter(keys: Iterable[str]) -> Callable[[bytes], object]:
    """A test of one raw record: may it hold one of `keys`, or a revert?"""
    words = "|".join(re.escape(key.lower()) for key in keys)
    pattern = rf"\n    (?:(?:{words})[ \t]*[^a-z0-9-]|this reverts commit )"
    search = re.compile(pattern.encode()).search
    return lambda record: search(record.lower())


class Watch:
    """Which of the commits that matter one commit does not reach; told newest first, so that a
    commit is known to be reached before it comes. `sound` is False where a skewed clock broke
    that order."""

    def __init__(self, oid: str) -> None:
        self.reached = {oid.encode()}
        self.unreached: list[str] = []
        self.sound = True

    def pass_by(self, oid: bytes, parents: list[bytes], seen: dict[bytes, int]) -> bool:
        """Whether `oid` is reached; then its parents are."""
        if oid not in self.reached:
            return False
        self.reached.remove(oid)
        self.reached.update(parents)
        self.sound = self.sound and not any(parent in seen for parent in parents)
        return True


class Reading:
    """The commits reachable from `new` and not from `old` that `wanted` lets through, newest
    first, each with its own date; all else is complete once all were read.

    known: corrected date of a commit read earlier, where it differs from its own; progress is
    told the number of commits read, now and then. watches: commit -> what it does not reach.
    """

    def __init__(
        self,
        git_dir: str,
        wanted: Callable[[bytes], object],
        known: Callable[[str], int | None],
        progress: Callable[[int], object] = lambda count: None,
    ) -> None:
        self.git_dir, self.wanted, self.progress = git_dir, wanted, progress
        self.dates = Dates(known)
        self.watches: dict[str, Watch] = {}
        self.count = 0

    def between(self, new: Iterable[str], old: Iterable[str]) -> Iterator[RawCommit]:
        add, wanted, match, far = self.dates.add, self.wanted, _HEADER.match, _FAR
        watches, seen = list(self.watches.values()), self.dates.own
        for record in _records(self.git_dir, new, old):
            header = match(record)
            if header is None:
                continue
            mark, oid, parent_lines, ident, seconds = header.groups()
            own = max(-far, min(int(seconds or 0), far)) * SECOND
            if mark:
                self.dates.boundary(oid, own)
                continue
            parents = parent_lines.split()[1::2]
            hit = wanted(record)
            for watch in watches:
                if not watch.pass_by(oid, parents, seen) and hit:
                    watch.unreached.append(oid.decode())
            add(oid, own, parents)
            self.count += 1
            if not self.count & 0x3FF:
                self.progress(self.count)
            if hit:
                yield _raw(oid, parents, own, ident or b"", record)

    def reached_from(self, oid: str) -> tuple[set[str], set[str]]:
        """(commits that came and that `oid` reaches, their parents that did not come)."""
        parents: dict[bytes, list[bytes]] = {}
        for parent, children in self.dates.edges():
            for child in children:
                parents.setdefault(child, []).append(parent)
        inside, beyond, queue = set(), set(), [oid.encode()]
        while queue:
            commit = queue.pop()
            if commit in self.dates.boundaries or commit not in self.dates.own:
                beyond.add(commit.decode())
            elif commit not in inside:
                inside.add(commit)
                queue += parents.get(commit, [])
        return {commit.decode() for commit in inside}, beyond


def _raw(oid: bytes, parents: list[bytes], own: int, ident: bytes, record: bytes) -> RawCommit:
    return RawCommit(
        oid=oid.decode(),
        parents=tuple(parent.decode() for parent in parents),
        at=own,
        ident=ident,
        encoding=_encoding(record),
        message=_message(record),
    )


def _records(git_dir: str, new: Iterable[str], old: Iterable[str]) -> Iterator[bytes]:
    excluded = list(old)
    # With --boundary git holds everything back until the walk has ended.
    options = ["--boundary"] if excluded else []
    args = ["--git-dir", git_dir, "rev-list", "--header", "--encoding=none", *options, "--stdin"]
    rest = b""
    for block in command.stream(args, _revisions(new, excluded)):
        records = (rest + block).split(b"\0")
        rest = records.pop()
        yield from records
    if rest.strip():
        yield rest


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


def _encoding(record: bytes) -> str:
    head = record.partition(b"\n\n")[0]
    _, found, rest = head.partition(b"\nencoding ")
    return rest.partition(b"\n")[0].decode("ascii", "replace") if found else ""


def _message(record: bytes) -> bytes:
    """The message, without the four spaces by which `--header` sets each line of it in.

    git strips white space at line ends there; no trailer rule looks at that.
    """
    body = record.partition(b"\n\n")[2]
    return (b"\n" + body).replace(_INDENT, b"\n")[1:]
