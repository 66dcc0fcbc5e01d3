"""Ranges as git writes them: `A..B`, `A...B`, `A ^B`, `B --not A`, `A^!`, `@{u}..`, `-n 3`."""

from __future__ import annotations

import re

from git_cmos.errors import Cannot, GitFailed, Misused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.memory import Memory

# Words that name revisions, and those that leave out some of what is walked; no others reach git.
_NAMING = re.compile(r"--not\Z|--(branches|tags|remotes)(=.*)?\Z|--glob=.")
_LEAVING = re.compile(
    r"-n?\d+\Z|--(max-count|skip)=\d+\Z|--(since|after|until|before|author|committer|grep)=."
    r"|--(no-merges|merges|first-parent)\Z"
)
_WITH_NUMBER = ("-n", "--max-count", "--skip")
_NAME = re.compile(r"\^?[0-9a-f]{40,64}\Z")
_WAY = "git's own words are wanted, e.g. main..HEAD, v1.0...v1.1, HEAD ^origin/main, -n 10"


def read(
    memory: Memory, words: Sequence[str]
) -> tuple[str, tuple[str, ...], tuple[str, ...], frozenset[str] | None]:
    """The fields of a `Scope`. Misused (129) for an option that is none of these; Cannot (128)
    where a word names no commit."""
    naming, leaving = _apart(words)
    if not any(word for word in naming if word != "--not"):
        naming.append("HEAD")
    rows = _commits(memory, naming)
    new = tuple(dict.fromkeys(row for row in rows if not row.startswith("^")))
    old = tuple(dict.fromkeys(row[1:] for row in rows if row.startswith("^")))
    only = None
    if leaving:
        said = memory.repo.run("rev-list", *leaving, *new, *(f"^{oid}" for oid in old))
        only = frozenset(said.decode().split())
    return _shown(words), new, old, only


def _apart(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """(words that name revisions, words that leave some out)."""
    naming: list[str] = []
    leaving: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in _WITH_NUMBER:
            word = f"{'--max-count' if word == '-n' else word}={next(rest, '')}"
        if word.startswith("-") and _LEAVING.match(word):
            leaving.append(word)
        elif not word.startswith("-") or _NAMING.match(word):
            naming.append(word)
        else:
            raise Misused(f"no such option: {word[:80]}", _WAY)
    return naming, leaving


def _commits(memory: Memory, naming: list[str]) -> list[str]:
    """The commits that the words name, `^` before those that are left out."""
    if any("\0" in word for word in naming):
        raise Cannot("no revision holds a NUL", _WAY, "bad-range")
    try:
        rows = _parsed(memory, naming)
        marked = [row.startswith("^") for row in rows]
        peeled = _parsed(memory, [f"{row.lstrip('^')}^{{commit}}" for row in rows]) if rows else []
    except GitFailed:
        raise _wrong(memory, naming) from None
    return [f"^{oid}" if mark else oid for mark, oid in zip(marked, peeled, strict=True)]


def _parsed(memory: Memory, words: list[str]) -> list[str]:
    said = memory.repo.run("rev-parse", *words, "--").decode("utf-8", "replace")
    return [row for row in said.splitlines() if _NAME.match(row)]


def _wrong(memory: Memory, naming: list[str]) -> Cannot:
    """Which of the words names no commit."""
    for word in naming:
        for end in re.split(r"\.\.\.?", word):
            rev = re.sub(r"\^[!@]$|\^-\d*$", "", end.removeprefix("^"))
            if rev and not rev.startswith("-"):
                try:
                    memory.repo.objects.resolve(rev)
                except Cannot as error:
                    return error
    return Cannot(f"{' '.join(naming)[:80]!r} is no range", _WAY, "bad-range")


def _shown(words: Sequence[str]) -> str:
    """The range for a person: an end that was left out is HEAD."""
    shown = []
    for word in words:
        first, dots, second = re.match(r"(.*?)(\.{2,3}|\Z)(.*)", word, re.DOTALL).groups()  # type: ignore[union-attr]
        ends = dots and not word.startswith("-")
        shown.append(f"{first or 'HEAD'}{dots}{second or 'HEAD'}" if ends else word)
    return " ".join(shown)
