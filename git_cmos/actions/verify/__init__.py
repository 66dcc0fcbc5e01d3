"""verify: the truth about claims, for people and CI (SPEC §5).

A rule looks at every message of the range, or once at the range as a whole, and yields remarks;
its name and its level (`git config cmos.verify.<rule>` off, warn or error) are added here.
"""

from __future__ import annotations

import re

from git_cmos.actions.verify import (
    claims_rules,
    graph_rules,
    held_rules,
    lines,
    memory_rules,
    moves_rules,
    plan_rules,
    scope,
    squash_rules,
    trailers_rules,
)
from git_cmos.actions.verify.context import Context, Message
from git_cmos.actions.verify.scope import Scope
from git_cmos.errors import Cannot
from git_cmos.git import history
from git_cmos.model import Finding, Verdict
from git_cmos.values import fields_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from git_cmos.actions.verify.context import Remark
    from git_cmos.memory import Memory

    Look = Callable[..., Iterable[Remark]]
    Progress = Callable[[int], object]
    Levels = dict[str, str]

_MESSAGE, _WHOLE, _REBUILD = "each message", "the whole", "the whole, with --rebuild"


@value
class Rule:
    """level: the default one; at: what it looks at, one of the three above."""

    level: str
    at: str
    look: Look


RULES: dict[str, Rule] = {
    "trailer-misspelt": Rule("error", _MESSAGE, trailers_rules.misspelt),
    "trailer-stranded": Rule("error", _MESSAGE, trailers_rules.stranded),
    "mission-unknown": Rule("error", _MESSAGE, claims_rules.unknown),
    "mission-missing": Rule("off", _MESSAGE, claims_rules.missing),
    "squash-lost": Rule("error", _WHOLE, squash_rules.lost),
    "date-future": Rule("warn", _MESSAGE, claims_rules.future),
    "move-illegal": Rule("error", _WHOLE, moves_rules.illegal),
    "dependency-open": Rule("error", _WHOLE, moves_rules.incomplete_needs),
    "claim-foreign": Rule("warn", _WHOLE, held_rules.foreign),
    "graph-cycle": Rule("error", _WHOLE, graph_rules.cycle),
    "graph-dangling": Rule("warn", _WHOLE, graph_rules.dangling),
    "field-missing": Rule("warn", _WHOLE, plan_rules.field_missing),
    "status-contradiction": Rule("warn", _WHOLE, plan_rules.contradiction),
    "events-set-aside": Rule("warn", _WHOLE, memory_rules.set_aside),
    "parity": Rule("error", _REBUILD, memory_rules.parity),
}
_OF_A_DRAFT = ("trailer-misspelt", "trailer-stranded", "mission-unknown")
_OF_THE_PAST = ("move-illegal", "dependency-open")


def verify(
    memory: Memory,
    range_: str | Sequence[str] | Scope | None = None,
    *,
    everything: bool = False,
    rebuild: bool = False,
    allow_empty: bool = False,
    progress: Progress = lambda count: None,
) -> Verdict:
    """Hold what the commits of a range claim against history and plan.

    range_: as git writes it, in one word or several, or a `Scope` (what is about to be pushed);
    by default what HEAD has and its upstream, or else the default branch, has not. everything:
    the whole view. rebuild: compare with a fold from nothing, too. allow_empty: pass where there
    is nothing to hold against anything.

    Cannot (128) where the answer would be a guess, or empty: a range that does not resolve, or
    holds no commit; a shallow clone that lacks what is asked for; no mission at all; claims
    without any plan to hold them against; a level that is none. Misused (129) where both a range
    and everything are asked for, or an option of the range is none.
    """
    levels = _levels(memory, (_MESSAGE, _WHOLE, *([_REBUILD] if rebuild else [])))
    looked_at = scope.of(memory, range_, everything)
    scope.refuse_cut_range(memory, looked_at)
    with scope.reaching(memory, looked_at) as view:
        context = Context(view, looked_at, everything)
        checked, findings = _examine(context, levels, progress)
        if not allow_empty and not findings:
            scope.refuse_nothing(looked_at, checked, bool(context.known))
        findings = lines.located(view, findings)
    empty = ", which is empty" if looked_at.new and not checked else ""
    return Verdict(
        range=looked_at.words + empty,
        checked=checked,
        findings=findings,
        ok=all(finding.level != "error" for finding in findings),
    )


def of_draft(memory: Memory, message: bytes) -> list[Finding]:
    """What the rules say of a message that is not committed yet: for `commit-msg`."""
    levels = _levels(memory, (_MESSAGE,))
    context = Context(memory, Scope(words="a message", new=(), old=()))
    draft = Message(message, context.words)
    asked = {rule: level for rule, level in levels.items() if rule in _OF_A_DRAFT}
    return list(_look_at(context, asked, draft))


def _levels(memory: Memory, at: tuple[str, ...]) -> Levels:
    """rule -> warn or error, for the rules that look at one of these and are not off."""
    found = {name: memory.config.level(name, rule.level) for name, rule in RULES.items()}
    return {n: level for n, level in found.items() if level != "off" and RULES[n].at in at}


def _examine(context: Context, levels: Levels, progress: Progress) -> tuple[int, list[Finding]]:
    """(commits looked at, what there is to say): by commit, oldest first, then of the whole."""
    each = {name: level for name, level in levels.items() if RULES[name].at == _MESSAGE}
    whole = {name: level for name, level in levels.items() if RULES[name].at != _MESSAGE}
    found: list[tuple[int, Finding]] = []
    wanted = _all if "mission-missing" in each else _concerning(context)
    places = history.each(wanted)
    reading = history.Reading(context.memory.repo.git_dir, places, lambda oid: None, progress)
    commits = reading.between(context.scope.new, context.scope.old)
    for place, commit in enumerate(commits, 1):
        if not context.scope.holds(commit.oid):
            continue
        message = Message.of(commit, context.words)
        context.take(message, place)
        found += [(place, finding) for finding in _look_at(context, each, message)]
    _refuse_to_guess(context, levels)
    for name, level in whole.items():
        for remark in RULES[name].look(context):
            place = context.ours.get(remark.commit or "", 0)
            found.append((place, _finding(name, level, remark)))
    found.sort(key=lambda pair: -pair[0])
    only = context.scope.only
    checked = reading.count if only is None else len(only)
    return checked, [finding for _, finding in found]


def _look_at(context: Context, levels: Levels, message: Message) -> Iterator[Finding]:
    for name, level in levels.items():
        for remark in RULES[name].look(context, message):
            yield _finding(name, level, remark)


def _finding(rule: str, level: str, remark: Remark) -> Finding:
    return Finding(rule=rule, level=level, **fields_of(remark))


def _refuse_to_guess(context: Context, levels: Levels) -> None:
    """Cannot (128) where a rule that is not off lacks what it would have to know."""
    if context.claiming and not context.planned and "mission-unknown" in levels:
        commits = (
            "1 commit claims" if context.claiming == 1 else f"{context.claiming} commits claim"
        )
        raise Cannot(
            f"{commits} missions, and there is no plan here to hold them against",
            "`git cmos sync --fetch` brings the plan of others, `git cmos mission add` makes one;"
            " `git config cmos.verify.mission-unknown off` does without",
            "no-plan",
        )
    if context.moving and any(rule in levels for rule in _OF_THE_PAST):
        scope.refuse_cut_past(context.memory, context.scope)


def explained(memory: Memory, rebuild: bool = False) -> dict[str, tuple[str, str]]:
    """rule -> (what it looks for, its level), of every rule there is; the level is off for one
    that is not asked."""
    levels = _levels(memory, (_MESSAGE, _WHOLE, *([_REBUILD] if rebuild else [])))
    return {
        name: (sentence(rule.look.__doc__ or ""), levels.get(name, "off"))
        for name, rule in RULES.items()
    }


def sentence(doc: str) -> str:
    """The first sentence of a docstring."""
    return " ".join(doc.split()).partition(". ")[0].rstrip(".") + "."


def _all(record: bytes) -> bool:
    return True


def _concerning(context: Context) -> Callable[[bytes], object]:
    """A quick test of a raw record: has it a line like a trailer of ours, however misspelt?"""
    key = rb"([A-Za-z0-9][A-Za-z0-9_-]*(?:[ ][A-Za-z0-9_-]+)*)[ \t]*"
    separator = b"[" + re.escape(context.words.rules.separators) + b"]"
    keys = re.compile(rb"\n    " + key + separator).findall
    return lambda record: any(map(context.spelling.concerns, keys(record)))
