"""Which commits are looked at: a range as git writes it, the usual one, or all there is."""

from __future__ import annotations

from contextlib import contextmanager

from git_cmos.actions.verify import ranges
from git_cmos.catchup import CatchUp
from git_cmos.errors import Cannot, Misused
from git_cmos.memory import Memory
from git_cmos.opening import copy_of
from git_cmos.queries.reach import Reach, short
from git_cmos.values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEN = "fetch all of it: `git fetch --unshallow`, or `fetch-depth: 0` in CI"


@value
class Scope:
    """The commits reachable from `new` and not from `old`; words: the same for a person. only:
    the names of those that are meant, where not all are (`-n 3`)."""

    words: str
    new: tuple[str, ...]
    old: tuple[str, ...]
    only: frozenset[str] | None = None

    def holds(self, oid: str) -> bool:
        """Whether a commit between `new` and `old` is meant."""
        return self.only is None or oid in self.only


def of(memory: Memory, range_: str | Sequence[str] | Scope | None, everything: bool) -> Scope:
    """The commits that were asked for; by default what HEAD has and its upstream (or else the
    default branch) has not. A scope is taken as it is, words as git's own.

    Misused (129) where both a range and everything are wanted, or for an option that is none of
    a range's; Cannot (128) where an end of the range names no commit.
    """
    if everything and range_ not in (None, ()):
        raise Misused("a range and --all exclude each other", "leave one of them out")
    if everything:
        heads = tuple(sorted(set(memory.tips.heads.values())))
        return Scope(words="the whole view", new=heads, old=())
    if isinstance(range_, Scope):
        return range_
    if range_ is None or range_ == ():
        return _usual(memory)
    return Scope(*ranges.read(memory, [range_] if isinstance(range_, str) else range_))


def _usual(memory: Memory) -> Scope:
    heads, branch = memory.tips.heads, memory.repo.branch()
    head = heads.get(memory.repo.head_name)
    if head is None:
        return Scope(words="HEAD, which has no commits yet", new=(), old=())
    default, _ = Reach(memory).landing()
    for name in (_upstream(memory, branch), "" if default == branch else default):
        if name in heads:
            return Scope(words=f"{short(name)}..HEAD", new=(head,), old=(heads[name],))
    if branch:
        return Scope(words=f"all of {short(branch)}, which has no upstream", new=(head,), old=())
    return Scope(words="all of HEAD, for want of a default branch", new=(head,), old=())


def _upstream(memory: Memory, branch: str) -> str:
    """The full name of what `branch` is set to follow, or ""; it may be gone."""
    if not branch:
        return ""
    said = memory.repo.run("for-each-ref", "--format=%(upstream)", branch)
    return said.decode("utf-8", "surrogateescape").partition("\n")[0]


@contextmanager
def reaching(memory: Memory, scope: Scope) -> Iterator[Memory]:
    """A memory whose view holds every commit of the scope: the one given, or, where the range
    lies outside of every branch (a lone tag, a detached commit), a copy that looks there too."""
    tips = memory.tips
    loose = set(scope.new) - set(tips.heads.values())
    if not loose or not memory.repo.oids(loose, set(tips.heads.values())):
        yield memory
        return
    heads = {**tips.heads, **{f"verify:{oid}": oid for oid in sorted(loose)}}
    with Memory(memory.repo, copy_of(memory.db), why_frozen="a look from elsewhere") as wider:
        CatchUp(wider.db, memory.repo, memory.config).to(replace(tips, heads=heads))
        yield wider


def refuse_cut_range(memory: Memory, scope: Scope) -> None:
    """Cannot (128) where a shallow clone lacks commits that may belong to the range."""
    edge = memory.repo.shallow()
    if edge and edge & memory.repo.oids(scope.new, scope.old):
        raise Cannot(
            f"this clone is shallow: {scope.words} ends where its history was cut off",
            _DEEPEN,
            "shallow",
        )


def refuse_cut_past(memory: Memory, scope: Scope) -> None:
    """Cannot (128) where a shallow clone lacks what led up to the commits of the range: whether
    a move was legal cannot be told then."""
    edge = memory.repo.shallow()
    if edge and edge & memory.repo.oids(scope.new, ()):
        raise Cannot(
            f"this clone is shallow: how missions stood before {scope.words} cannot be told",
            _DEEPEN,
            "shallow",
        )


def refuse_nothing(scope: Scope, checked: int, any_mission: bool) -> None:
    """Cannot (128) where there was nothing to hold against anything: that is no verdict."""
    if not checked:
        raise Cannot(
            f"nothing to verify: {scope.words} holds no commit",
            "name a range (`git cmos verify HEAD~10..`), or `--all`; `--allow-empty` passes",
            "empty-range",
        )
    if not any_mission:
        raise Cannot(
            "nothing to verify against: no mission is known here",
            "`git cmos sync --fetch` brings the plan of others, `git cmos mission add` makes one;"
            " `--allow-empty` passes",
            "no-missions",
        )
