"""Lines that were meant to be trailers of ours: misspelt, or where git does not look."""

from __future__ import annotations

import re
from functools import lru_cache

from git_cmos import trailers
from git_cmos.actions.verify.context import Remark, ids_in, is_mission, quote
from git_cmos.actions.verify.spelling import USUAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.verify.context import Context, Message

    Line = tuple[int, str]  # number in the message, text
    Paragraph = list[Line]

_AGAIN = "; what is pushed already can be said again in a new commit"
_PLACE = "put it into the last paragraph, after a blank line and with no prose beside it"
_BESIDES = ("decision", "fact")  # stranded only in the company of trailers: they are words too


def misspelt(context: Context, message: Message) -> Iterator[Remark]:
    """A trailer whose key is nearly one of ours; also one spelt with `_` or a space, which git
    does not take for a trailer at all."""
    ours = context.words.keys
    for key, text in message.trailers:
        if key.lower() not in ours:
            yield from _misspelt(context, message, key, text)
    for key, text in _odd_trailers(message):
        if context.looks_like_an_id(_first_word(text)):
            yield from _misspelt(context, message, key, text)


def _misspelt(context: Context, message: Message, key: str, text: str) -> Iterator[Remark]:
    mission = _first_word(text)
    known = mission in context.known
    name = context.spelling.meant(key, known)
    if name:
        right = context.key(name)
        yield Remark(
            commit=message.oid,
            mission=mission if known and is_mission(name) else None,
            message=f"{quote(key, text)} is not read: the key is '{right}'",
            hint=f"write {quote(right, text)}{_AGAIN}",
        )


def _first_word(text: str) -> str:
    return text.partition(",")[0].partition(" ")[0].rstrip(":,;.")


def _odd_trailers(message: Message) -> Iterator[tuple[str, str]]:
    """`Mission_Complete: B1.1` in the trailer block, or in a last paragraph that would be one."""
    patterns = _patterns(message.rules.separators)
    text = message.content.decode("utf-8", "replace")
    if patterns.odd.search(text) is None:
        return
    end = trailers.block(message.content, message.rules)[1]
    text = message.content[:end].decode("utf-8", "replace")
    _, blank, last = text.rstrip().rpartition("\n\n")
    lines = [line for line in last.split("\n") if blank and not line.startswith((" ", "\t"))]
    if all(patterns.trailer.match(line) or patterns.odd.match(line) for line in lines):
        odd = filter(None, map(patterns.odd.match, lines))
        yield from ((found[1], found[2]) for found in odd)


def stranded(context: Context, message: Message) -> Iterator[Remark]:
    """A line that reads like a trailer of ours, where git does not look for one."""
    keys = _keys(tuple(context.words.keys), message.rules.separators)
    if len(keys.findall(message.content)) == len(message.ours):
        return
    start, end = trailers.block(message.content, message.rules)
    said = {(name, i) for name, _, text in message.ours for i in ids_in(name, text)}
    for paragraph in _paragraphs(message.content, start, end):
        for number, key, text, mission in _lost(context, message, paragraph, said):
            yield Remark(
                commit=message.oid,
                mission=mission,
                message=f"line {number}: {quote(key, text)} stands where git sees no trailer",
                hint=_PLACE + _AGAIN,
                line=number,
            )


def _lost(
    context: Context, message: Message, paragraph: Paragraph, said: set[tuple[str, str]]
) -> Iterator[tuple[int, str, str, str | None]]:
    """(line number, key, text, mission) of what a paragraph loses."""
    pattern = _patterns(message.rules.separators).trailer
    found = [(number, pattern.match(line)) for number, line in paragraph]
    named = [(number, m[1], m[2]) for number, m in found if m]
    missions = []
    for number, key, text in named:
        name = context.words.keys.get(key.lower(), "")
        ids = _claimed(context, name, text)
        if ids and not all(_is_said(name, mission, said) for mission in ids):
            missions.append((number, key, text, ids[0]))
            said |= {(name, mission) for mission in ids}  # reported once
    yield from missions
    alone = all(m for _, m in found)
    if alone and (missions or any(key.lower() in USUAL for _, key, _ in named)):
        for number, key, text in named:
            if context.words.keys.get(key.lower()) in _BESIDES and text:
                yield number, key, text, None


def _claimed(context: Context, name: str, text: str) -> list[str]:
    """The ids that a line claims, where it can hardly be prose: every part of a `Mission:` is
    one, each is known or mixes letters and digits."""
    if not is_mission(name):
        return []
    ids = ids_in(name, text)
    whole = name != "mission" or len(ids) == len(text.split(","))
    return ids if whole and all(map(context.looks_like_an_id, ids)) else []


def _is_said(name: str, mission: str, said: set[tuple[str, str]]) -> bool:
    """Whether the message says it once more where git sees it; any claim is work, too."""
    if name == "mission":
        return any(known == mission for _, known in said)
    return (name, mission) in said


def _paragraphs(content: bytes, start: int, end: int) -> Iterator[Paragraph]:
    """The paragraphs outside of the trailer block [start:end], without fenced code."""
    paragraph: Paragraph = []
    offset, fenced = 0, False
    for number, line in enumerate(content.split(b"\n"), 1):
        inside = start <= offset < end
        offset += len(line) + 1
        fence = line.startswith((b"```", b"~~~"))
        fenced ^= fence
        if inside or fence or fenced or not line.strip():
            if paragraph:
                yield paragraph
            paragraph = []
        else:
            paragraph.append((number, line.decode("utf-8", "replace").rstrip("\r")))
    if paragraph:
        yield paragraph


class _Patterns:
    """trailer: `Key: text` as git has it; odd: the same with `_` or spaces in the key."""

    def __init__(self, separators: str) -> None:
        gap = f"[ \\t]*[{re.escape(separators)}][ \\t]*(.*)"
        self.trailer = re.compile(f"([A-Za-z0-9][A-Za-z0-9-]*){gap}")
        self.odd = re.compile(f"(?m:^)([A-Za-z0-9]+(?:[-_ ][A-Za-z0-9]+)*[_ ][A-Za-z0-9]+){gap}")


@lru_cache(maxsize=4)
def _patterns(separators: bytes) -> _Patterns:
    return _Patterns(separators.decode("latin-1"))


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...], separators: bytes) -> re.Pattern[bytes]:
    """A quick test of a whole message: may one of these stand at the beginning of a line?"""
    words = b"|".join(re.escape(key.encode()) for key in keys)
    return re.compile(b"(?im)^(?:" + words + b")[ \t]*[" + re.escape(separators) + b"]")


__all__ = ["misspelt", "stranded"]
