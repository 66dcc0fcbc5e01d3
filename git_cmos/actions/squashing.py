"""Squashes: one message for several commits that says what they said."""

from __future__ import annotations

from git_cmos import claims, trailers
from git_cmos.actions.verify import scope
from git_cmos.errors import Refused
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_cmos.claims import Vocabulary
    from git_cmos.memory import Memory

    Trailer = tuple[str, str]

_HELPERS = ("co-authored-by", "assisted-by")
_MOVES = ("mission-start", "mission-complete", "mission-block", "mission-unblock")
_NOT_ITS_OWN = ("fixup! ", "squash! ", "amend! ", "Merge branch ", "Merge remote-tracking ")
_LARGEST = 16_000_000  # bytes of a commit


@value
class Squash:
    """A message for a squash. range: the commits in words; title: its subject; message: all of
    it, with a newline at its end; trailers: its last paragraph; commits: how many."""

    range: str
    title: str
    message: str
    trailers: list[Trailer]
    commits: int


def message(memory: Memory, words: Sequence[str], title: str = "") -> Squash:
    """What one commit should say in place of those of a range (as git writes it; by default
    what HEAD has and the default branch has not): a title, by default the oldest one's, a line
    for each, and one block of all their trailers.

    Refused (1) where there is no commit; Cannot (128) where an end of the range names none.
    """
    looked_at = scope.of(memory, words, False)
    commits = _commits(memory, _oldest_first(memory, looked_at))
    if not commits:
        raise Refused(f"{looked_at.words} holds no commit", "BASE..HEAD is wanted", "empty-range")
    subjects = list(_subjects(commits.values()))
    first = title or (subjects[0] if subjects else "Squash")
    block = _merged(memory.vocabulary(), commits)
    body = [f"* {subject}" for subject in subjects] if len(subjects) > 1 else []
    ending = [f"{key}: {text}" for key, text in block]
    parts = ["\n".join(part) for part in ([first], body, _taken_back(commits), ending) if part]
    return Squash(
        range=looked_at.words,
        title=first,
        message="\n\n".join(parts) + "\n",
        trailers=block,
        commits=len(commits),
    )


def merged(memory: Memory, oids: Iterable[str]) -> list[Trailer]:
    """One block from the trailers of several commits, oldest first: ours and who helped, each
    once; a mission that is completed need not be named as worked on. What one of them takes back
    is left out; of the moves of a mission the last stays the last."""
    return _merged(memory.vocabulary(), _commits(memory, list(oids)))


def _oldest_first(memory: Memory, looked_at: scope.Scope) -> list[str]:
    names = [*looked_at.new, *(f"^{oid}" for oid in looked_at.old), ""]
    if not looked_at.new:
        return []
    args = ("rev-list", "--reverse", "--topo-order", "--stdin")
    said = memory.repo.run(*args, stdin="\n".join(names).encode()).decode().split()
    return [oid for oid in said if looked_at.holds(oid)]


def _commits(memory: Memory, oids: Sequence[str]) -> dict[str, str]:
    """commit -> its message, in the order given; merges have none of their own to carry on."""
    raw = dict(memory.repo.raw_commits(oids, _LARGEST))
    heads = {oid: raw[oid].partition(b"\n\n") for oid in oids if oid in raw}
    return {oid: body.decode("utf-8", "replace") for oid, (_, _, body) in heads.items()}


def _subjects(messages: Iterable[str]) -> Iterator[str]:
    """What each commit is about; merges and what was meant for another commit are passed over."""
    for subject in dict.fromkeys(map(claims.subject_of, messages)):
        if subject and not subject.startswith(_NOT_ITS_OWN):
            yield subject


def _merged(words: Vocabulary, commits: dict[str, str]) -> list[Trailer]:
    found = [
        pair
        for oid in _standing(commits)
        for pair in trailers.parse(commits[oid].encode(), words.rules)
        if pair[1] and _is_carried(words, pair[0])
    ]
    return list(_without_work(words, _each_once(words, found)))


def _taken_back(commits: dict[str, str]) -> list[str]:
    """What the commits say that they revert, of commits that are none of them."""
    found = (strike for oid in _standing(commits) for strike in claims.reverts(commits[oid]))
    outside = [(name, base) for name, base in found if not _is_named(name, commits)]
    merge = ", reversing\nchanges made to "
    return [f"This reverts commit {name}{merge + base if base else ''}." for name, base in outside]


def _is_named(name: str, commits: Iterable[str]) -> bool:
    return any(oid.startswith(name) for oid in commits)


def _is_carried(words: Vocabulary, key: str) -> bool:
    return key.lower() in words.keys or key.lower() in _HELPERS


def _standing(commits: dict[str, str]) -> list[str]:
    """The commits that no other of them takes back; a revert that was reverted strikes nothing."""
    struck: set[str] = set()
    standing = []
    for oid in reversed(commits):
        if not any(oid.startswith(name) for name in struck):
            standing.append(oid)
            struck |= {name for name, _ in claims.reverts(commits[oid])}
    return standing[::-1]


def _each_once(words: Vocabulary, found: Iterable[Trailer]) -> Iterator[Trailer]:
    """Without repetitions; a move may come again after another move of its mission."""
    last: dict[str, Trailer] = {}
    known: set[Trailer] = set()
    for key, text in found:
        name = words.keys.get(key.lower(), key.lower())
        pair = (name, text)
        mission = claims.id_and_text(text)[0] if name in _MOVES else ""
        if pair in known and (not mission or last.get(mission) == pair):
            continue
        known.add(pair)
        last[mission] = pair
        yield key, text


def _without_work(words: Vocabulary, found: Iterable[Trailer]) -> Iterator[Trailer]:
    """Any other word about a mission says that it was worked on, too."""
    pairs = list(found)
    moved = {
        claims.id_and_text(text)[0]
        for key, text in pairs
        if words.keys.get(key.lower()) == "mission-complete"
    }
    for key, text in pairs:
        is_work = words.keys.get(key.lower()) == "mission"
        if not (is_work and set(claims.mission_ids(text)) <= moved):
            yield key, text
