"""YAML, strictly: only pyyaml's parser of events is used, and nothing of its constructors.

Plain scalars are read as JSON has them (true, null, 12, 1.5); whatever else YAML 1.1 makes of
words (`no`, dates, `1:30`) stays text. No merge keys, no tags, no key twice; an alias is the value
it names, as long as all of them together do not grow beyond bounds.
"""

from __future__ import annotations

import re
from functools import cache

from git_cmos.formats import DEEPEST, Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

LARGEST = 4_000_000  # bytes
_MOST_NODES = 300_000  # with aliases written out
_MOST_DOCUMENTS = 100
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
# 21: what Python shows of a number at most, 0.0001 and on with 17 digits that count.
_REAL = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,21}|\.[0-9]{1,21})(?:[eE][-+]?[0-9]{1,3})?\Z")
_CORE = "tag:yaml.org,2002:"


class Map(dict[str, "Any"]):
    """A mapping that knows where it stands. line: from 1; lines: of each key; texts: scalars as
    they are written, so that an id like 1.10 is not taken for a number."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.texts: dict[str, str] = {}


def read(text: str) -> list[Any]:
    """All documents of a stream; Unreadable with the line where it is not one, or not harmless."""
    import yaml

    loader = _loader()(text)
    try:
        return list(_documents(loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise Unreadable(f"it is not YAML: {reason}", mark.line + 1 if mark else 0) from None
    finally:
        loader.dispose()


@cache
def _loader() -> Any:
    """libyaml's parser where pyyaml has it: it keeps its state on the heap, however deep."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Only its events are asked for."""

    return Loader


def _documents(loader: Any) -> Iterator[Any]:
    import yaml

    count = 0
    while not loader.check_event(yaml.StreamEndEvent):
        if not loader.check_event(yaml.DocumentStartEvent):
            loader.get_event()
            continue
        count += 1
        if count > _MOST_DOCUMENTS:
            raise Unreadable(f"it has more than {_MOST_DOCUMENTS} documents")
        loader.get_event()
        yield _Composer(loader).value(loader.get_event(), 0)[0]
        loader.get_event()


class _Composer:
    """One document. A value comes with its weight: how many nodes it stands for."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.nodes = 0

    def value(self, event: Any, depth: int) -> tuple[Any, int]:
        import yaml

        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, line)
        self._count(1, line)
        _check_tag(event, line)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            found: tuple[Any, int] = (_scalar(event), 1)
        elif depth >= DEEPEST:
            raise Unreadable(f"it is nested deeper than {DEEPEST} levels", line)
        elif isinstance(event, yaml.SequenceStartEvent):
            found = self._sequence(depth)
        else:
            found = self._mapping(line, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = found
        return found

    def _alias(self, name: str | None, line: int) -> tuple[Any, int]:
        found = self.anchors.get(name or "")
        if found is None:
            raise Unreadable(f"the alias *{(name or '')[:40]} names nothing, or itself", line)
        self._count(found[1], line)
        return found

    def _count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > _MOST_NODES:
            raise Unreadable(f"it grows beyond {_MOST_NODES:,} values", line)

    def _sequence(self, depth: int) -> tuple[list[Any], int]:
        import yaml

        found: list[Any] = []
        weight = 1
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            item, heavy = self.value(event, depth + 1)
            found.append(item)
            weight += heavy
        return found, weight

    def _mapping(self, line: int, depth: int) -> tuple[Map, int]:
        import yaml

        found, weight = Map(line), 1
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            at = event.start_mark.line + 1
            key = self._key(event, at)
            if key in found:
                raise Unreadable(f"the key {key[:60]!r} is there twice", at)
            event = self.loader.get_event()
            found[key], heavy = self.value(event, depth + 1)
            found.lines[key] = at
            if isinstance(event, yaml.ScalarEvent):
                found.texts[key] = event.value
            weight += heavy + 1
        return found, weight

    def _key(self, event: Any, line: int) -> str:
        import yaml

        if not isinstance(event, yaml.ScalarEvent):
            raise Unreadable("a key is not text", line)
        _check_tag(event, line)
        if event.anchor is not None:
            raise Unreadable("a key has an anchor", line)
        if event.value == "<<" and not event.style:
            raise Unreadable("merge keys (<<) are not read", line)
        self._count(1, line)
        return str(event.value)


def _check_tag(event: Any, line: int) -> None:
    tag = event.tag
    kind = type(event).__name__.removesuffix("Event").removesuffix("Start")
    core = {"Scalar": ("str",), "Sequence": ("seq",), "Mapping": ("map",)}[kind]
    if tag not in (None, "!", *(_CORE + name for name in core)):
        raise Unreadable(f"the tag {str(tag)[:60]!r} is not read", line)


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style or event.tag is not None:
        return text
    if text.lower() in _WORDS and (text.islower() or text.istitle() or not text.isalpha()):
        return _WORDS[text.lower()]
    if _INTEGER.match(text):
        return int(text)
    real = float(text) if _REAL.match(text) else None
    return text if real is None or abs(real) == float("inf") else real


# -- writing -----------------------------------------------------------------------------------

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./()+&;@%$^*=<>!?~'\u00c0-\u024f\u2010-\u2026,-]*\Z")
_NOT_TEXT = re.compile(r"(?:y|n|yes|no|on|off|true|false|null)\Z", re.IGNORECASE)
_UNSEEN = (  # controls, and what steers or hides text
    "\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
)
_ESCAPED = re.compile(f'[\x00-\x1f"\\\\{_UNSEEN}]')
_SHORT = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_BLOCK = re.compile(rf"[^\s#\x00-\x1f{_UNSEEN}][^\x00-\x09\x0b-\x1f{_UNSEEN}]*\Z")


def write(found: Any) -> str:
    """A document, without its `---`: the same bytes for the same value, and read by any YAML."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Any) -> Iterator[str]:
    if isinstance(found, dict) and found:
        for key, value in found.items():
            yield from _entry(f"{_inline(key)}:", value, "" if isinstance(value, list) else "  ")
    elif isinstance(found, (list, tuple)) and found:
        for item in found:
            nested = list(_lines(item)) if isinstance(item, (dict, list, tuple)) and item else []
            if nested:
                yield f"- {nested[0]}"
                yield from (f"  {line}".rstrip() for line in nested[1:])
            else:
                yield from _entry("-", item, "  ")
    else:
        yield _inline(found)


def _entry(head: str, found: Any, indent: str) -> Iterator[str]:
    if isinstance(found, (dict, list, tuple)) and found:
        yield head
        yield from (f"{indent}{line}".rstrip() for line in _lines(found))
    elif isinstance(found, str) and "\n" in found and _is_block(found):
        yield f"{head} |" + ("" if found.endswith("\n") else "-")
        yield from (f"  {line}".rstrip() for line in found.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_inline(found)}"


def _is_block(text: str) -> bool:
    """Whether it can be written line by line: nothing at the ends of its lines, and no empty
    line at its end."""
    lines = text.removesuffix("\n").split("\n")
    ends = all(line == line.rstrip() for line in lines)
    return ends and bool(lines[-1]) and _BLOCK.match(text) is not None


def _inline(found: Any) -> str:
    if found is None or isinstance(found, bool):
        return {None: "null", True: "true", False: "false"}[found]
    if isinstance(found, (int, float)):
        mantissa, exponent, power = repr(found).partition("e")
        return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else repr(found)
    if isinstance(found, (dict, list, tuple)):
        return "{}" if isinstance(found, dict) else "[]"
    plain = _PLAIN.match(found) and found == found.strip() and not _NOT_TEXT.match(found)
    if plain and len(found) <= 300:
        return str(found)
    return '"' + _ESCAPED.sub(_escape, found) + '"'


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    return _SHORT.get(found[0]) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")
