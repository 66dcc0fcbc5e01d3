"""Adopt a history that names missions in its own way: look first, then say so for every clone."""

from __future__ import annotations

from git_cmos import adopted, adoption, claims, events, trailers
from git_cmos.actions.adopting import suggesting
from git_cmos.actions.agents import who
from git_cmos.adoption import Rule
from git_cmos.clock import iso
from git_cmos.errors import Misused, Refused
from git_cmos.git import history
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from git_cmos.claims import RawCommit, Vocabulary
    from git_cmos.memory import Memory

    Progress = Callable[[int], object]

_SAMPLE = 5
_MOST_SUGGESTED = 6


@value
class Match:
    """One commit in which a pattern finds missions."""

    commit: str
    missions: list[str]
    subject: str


@value
class Preview:
    """What one pattern claims in this view. commits: with such claims; missions, planned: how
    many they name, and how many of these somebody has planned; first, last: dates (YYYY-MM-DD)
    or ""; sample: a few, spread over time, newest first; adopted: whether it is in force."""

    pattern: str
    claim: str
    within: str
    commits: int
    missions: int
    planned: int
    first: str
    last: str
    sample: list[Match]
    adopted: bool


def previews(
    memory: Memory, rules: Sequence[Rule], progress: Progress = lambda count: None
) -> list[Preview]:
    """What each rule claims, each by itself; nothing is changed. Misused (129) for a bad one."""
    for rule in rules:
        adoption.check(rule)
    found: dict[Rule, list[tuple[int, Match]]] = {rule: [] for rule in rules}
    words = memory.vocabulary()
    for commit in _commits(memory, progress):
        for rule, match in _matches(commit, words, rules):
            found[rule].append((commit.at, match))
    return [_preview(memory, rule, rows) for rule, rows in found.items()]


def suggest(memory: Memory, progress: Progress = lambda count: None) -> list[Preview]:
    """Patterns that the history itself suggests, the one that tells most first."""
    shapes = suggesting.Shapes()
    for commit in _commits(memory, progress):
        shapes.take(claims.subject_of(_text(commit)))
    known = {rule.pattern for rule in adopted.rules(memory.db)}
    patterns = [pattern for pattern in shapes.patterns() if pattern not in known]
    found = previews(memory, [Rule(pattern=p) for p in patterns[:_MOST_SUGGESTED]], progress)
    return [preview for preview in found if preview.missions > 1]


def adopt(
    memory: Memory,
    rules: Sequence[Rule],
    *,
    agent: str | None = None,
    progress: Progress = lambda count: None,
) -> list[Preview]:
    """Read history by these patterns from now on, in every clone; what they claim.

    Misused (129) for a bad pattern; Refused (1) where one is in force already, or matches
    nothing that could be a mission.
    """
    found = previews(memory, rules, progress)
    for preview in found:
        if not preview.commits:
            raise Refused(
                f"no commit here matches {preview.pattern!r}",
                "look first: git cmos adopt --suggest",
                "no-match",
            )

    def decide(db: sqlite3.Connection) -> list[events.Happening]:
        known = adopted.rules(db)
        for rule in rules:
            if rule in known:
                raise Refused(f"{rule.pattern!r} is adopted already", code="known-pattern")
        return [events.PatternAdopted(**vars(rule)) for rule in rules]

    memory.change(decide, who(memory, agent), progress)
    return found


def drop(
    memory: Memory,
    pattern: str,
    *,
    agent: str | None = None,
    progress: Progress = lambda count: None,
) -> list[Rule]:
    """Read history without this pattern again; those that are left. Refused (1) if unknown."""

    def decide(db: sqlite3.Connection) -> list[events.Happening]:
        if pattern not in {rule.pattern for rule in adopted.rules(db)}:
            hint = "`git cmos adopt --list` shows those that are"
            raise Refused(f"{pattern[:80]!r} is not adopted", hint, "unknown-pattern")
        return [events.PatternDropped(pattern=pattern)]

    memory.change(decide, who(memory, agent), progress)
    return adopted.rules(memory.db)


def rules_of(patterns: Sequence[str], claim: str, within: str) -> list[Rule]:
    """Rules of one kind, each pattern once; Misused (129) for bad ones."""
    if not patterns:
        raise Misused("no pattern is named", "--pattern REGEX, or --suggest to be shown some")
    return [Rule(pattern, claim, within) for pattern in dict.fromkeys(patterns)]


def _commits(memory: Memory, progress: Progress) -> Iterator[RawCommit]:
    reading = history.Reading(
        memory.repo.git_dir, history.each(lambda record: True), lambda oid: None, progress
    )
    return reading.between(dict.fromkeys(memory.tips.heads.values()), ())


def _text(commit: RawCommit) -> str:
    return claims.reencode(commit.message, commit.encoding).decode("utf-8", "replace")


def _matches(
    commit: RawCommit, words: Vocabulary, rules: Sequence[Rule]
) -> Iterator[tuple[Rule, Match]]:
    text = _text(commit)
    subject = claims.subject_of(text)
    for rule in rules:
        missions = [mission for _, mission in adoption.said([rule], subject, text)]
        if missions and not _names_missions(commit, words):
            yield rule, Match(commit=commit.oid, missions=missions, subject=subject)


def _names_missions(commit: RawCommit, words: Vocabulary) -> bool:
    message = claims.reencode(commit.message, commit.encoding)
    keys = (words.keys.get(key.lower(), "") for key, _ in trailers.parse(message, words.rules))
    return any(name.startswith("mission") for name in keys)


def _preview(memory: Memory, rule: Rule, rows: list[tuple[int, Match]]) -> Preview:
    missions = {mission for _, match in rows for mission in match.missions}
    sql = "SELECT id FROM missions WHERE planned"
    planned = {mission for (mission,) in memory.db.execute(sql)} & missions
    days = sorted(iso(at)[:10] for at, _ in rows)
    step = max(1, len(rows) // _SAMPLE)
    return Preview(
        **vars(rule),
        commits=len(rows),
        missions=len(missions),
        planned=len(planned),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        sample=[match for _, match in rows[::step][:_SAMPLE]],
        adopted=rule in adopted.rules(memory.db),
    )
