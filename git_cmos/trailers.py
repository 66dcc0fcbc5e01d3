"""git's own trailer rules, on bytes: which lines of a commit message git calls trailers.

The reference is what git 2.39 prints for ``%(trailers:only,unfold)`` and, for the divider, what
``git interpret-trailers --parse`` prints; tests/test_trailers_differential.py compares with both.
Each function names the place in git's source whose rule it follows.

Inside, bytes are text in Latin-1, one character for each byte: patterns then yield ``str`` at once,
and only the values that are not ASCII need decoding. Every step is one linear scan in C.
"""

import re
from functools import lru_cache

_SPACE = " \t\r\n"  # all that git's isspace() knows (ctype.c): neither form feed nor vertical tab
_KEY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
_GENERATED = r"Signed-off-by: |\(cherry picked from commit "
_SCISSORS = " ------------------------ >8 ------------------------\n"

_LEADING_BLANK_LINES = re.compile(r"[ \t\r\n]*\n")
_DIVIDER = re.compile(r"(?m:^)---[ \t\r\n]")
_FOLD = re.compile(r"\n[ \t\r\n]*")


class Rules:
    """What of git's configuration changes the meaning of a message. Immutable, hashable.

    ``recognized`` holds, in lower case, the ``<name>`` of every ``trailer.<name>.*`` and every
    value of ``trailer.<name>.key``. git compares with strncasecmp over the length of the
    message's key, so a key that is the *beginning* of one of these counts too.
    """

    # Not a dataclass: importing dataclasses costs more than all the rest of this module.
    __slots__ = ("comment", "divider", "recognized", "separators")

    separators: bytes  # trailer.separators: each byte is one
    comment: bytes  # core.commentChar; git 2.45 and later allow several bytes
    recognized: frozenset[str]  # these keys count like Signed-off-by in the 25 % rule
    divider: bool  # a line '---' ends the message: as interpret-trailers reads its input

    def __init__(
        self,
        separators: bytes = b":",
        comment: bytes = b"#",
        recognized: frozenset[str] = frozenset(),
        divider: bool = False,
    ) -> None:
        values = comment, divider, recognized, separators
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Rules are immutable: cannot set {name!r}")

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Rules) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        named = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"Rules({', '.join(named)})"


DEFAULT = Rules()


def parse(message: bytes, rules: Rules = DEFAULT) -> list[tuple[str, str]]:
    """Every trailer git would see, in order, keys as written, values unfolded.

    git, trailer.c: trailer_info_get, format_trailer_info. In one thing git does otherwise: where
    ``trailer.<name>.key`` is configured it prints that spelling for a key it recognizes.
    """
    return [(key, _unfold(value)) for key, value in _found(message, rules)]


def parse_lines(message: bytes, rules: Rules = DEFAULT) -> list[tuple[str, list[str]]]:
    """The same, each value as the lines it was folded into, trimmed; never an empty list."""
    return [
        (key, [_unfold(line) for line in value.strip(_SPACE).split("\n")])
        for key, value in _found(message, rules)
    ]


def _found(message: bytes, rules: Rules) -> list[tuple[str, str]]:
    start, end = block(message, rules)
    if start == end:
        return []
    pattern = _grammar(rules.separators, rules.comment).trailer[rules.divider]
    return pattern.findall(message[start:end].decode("latin-1"))


def block(message: bytes, rules: Rules = DEFAULT) -> tuple[int, int]:
    """Byte offsets (start, end) of the trailer block; start == end where there is none.

    Then both are the end of the message proper: where git would add a new block.
    """
    grammar = _grammar(rules.separators, rules.comment)
    skipped, text = _text(message, rules.divider)
    end = grammar.end(text)
    first, last = grammar.last_paragraph(text, end)
    start = first if grammar.is_block(text[first:last], rules.recognized) else end
    return skipped + start, skipped + end


def appended(message: bytes, key: str, text: str, rules: Rules = DEFAULT) -> bytes | None:
    """The message with one more trailer, where `git interpret-trailers --no-divider` adds it: at
    the end of the block, or of the text, before comments and what follows them. None where that
    would change what git sees of it (a block that ends in odd white space): git knows more."""
    if not message.endswith(b"\n"):
        message += b"\n"
    start, end = block(message, rules)
    before, rest = message[:end], message[end:]
    last = before[:-1].rpartition(b"\n")[2]
    gap = b"\n" if start == end and last.strip() else b""
    made = b"".join((before, gap, f"{key}: {text}\n".encode(), rest))
    return made if parse(made, rules) == [*parse(message, rules), (key, text)] else None


def _text(message: bytes, divider: bool) -> tuple[int, str]:
    """What git hands to its trailer code, and how many bytes it skipped before that.

    git, pretty.c: parse_commit_message skips blank lines that lead, interpret-trailers does not;
    trailer.c: find_patch_start. All of them work on C strings: a NUL ends the message.
    """
    text = message.partition(b"\0")[0].decode("latin-1")
    if divider:
        patch = _DIVIDER.search(text)
        return 0, text[: patch.start()] if patch else text
    skipped = _end(_LEADING_BLANK_LINES.match(text))
    return skipped, text[skipped:]


def _unfold(value: str) -> str:
    """git, trailer.c: parse_trailer trims the value, unfold_value joins its lines."""
    value = value.strip(_SPACE)
    if "\n" in value:
        value = _FOLD.sub(" ", value)
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "replace")


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _one_of(characters: frozenset[str]) -> str:
    """A character class, which matches nothing where it is empty."""
    return "[" + re.escape("".join(sorted(characters))) + "]" if characters else "(?!)"


@lru_cache(maxsize=16)
def _grammar(separators: bytes, comment: bytes) -> "_Grammar":
    return _Grammar(separators.decode("latin-1"), comment.decode("latin-1"))


class _Grammar:
    """The patterns that one pair of trailer.separators and core.commentChar makes.

    Character classes that follow each other are disjoint, so no pattern can backtrack for long;
    a leading ``(?s:.*)`` finds the last match by going backwards from the end.
    """

    def __init__(self, separators: str, comment: str) -> None:
        marked = re.escape(comment) if comment else "(?!)"
        line = rf"(?m:^)(?!{marked})"  # the start of a line that is no comment
        separator = _one_of(frozenset(separators))
        key = _one_of(_KEY - frozenset(separators)) + "+"
        gap = _one_of(frozenset(" \t") - frozenset(separators)) + "*"

        self._scissors = comment + _SCISSORS
        self._up_to_text = re.compile(rf"(?s:.*){line}(?!Conflicts:\n)[^\t\n][^\n]*\n?")
        self._conflicts = re.compile(rf"{line}Conflicts:\n")
        self._up_to_path = re.compile(rf"(?s:.*){line}\t[^\n]*\n?")
        self._ignorable = re.compile(rf"(?m:^)(?:{marked}|\n|Conflicts:\n)")

        self._up_to_words = re.compile(rf"(?s:.*){line}[ \t\r]*[^{_SPACE}]")
        self._up_to_blank = re.compile(rf"(?s:.*){line}[ \t\r]*\n")
        folded = rf"[^\n]*(?:\n(?!{marked})[ \t\r][^\n]*)*\n?"
        self._unit = re.compile(rf"{line}(?:{_GENERATED}|{key}{gap}{separator}){folded}")
        self._line = re.compile(rf"{line}[^\n]")
        self._generated = re.compile(rf"{line}(?:{_GENERATED})")
        self._key = re.compile(rf"{line}({key}{gap}){separator}")

        trailer = rf"({key}){gap}{separator}([^\n]*(?:\n(?![^{_SPACE}])[^\n]*)*)"
        # A comment that looks like a trailer (core.commentChar a letter) is one to git log, not to
        # interpret-trailers; since git 2.45 to neither.
        self.trailer = re.compile(rf"(?m:^){trailer}"), re.compile(line + trailer)

    def end(self, text: str) -> int:
        """Where the log message ends and comments, blank lines, a diff or conflicts begin.

        git, commit.c: ignore_non_trailer (later ignored_log_message_bytes) and wt-status.c:
        wt_status_locate_end. A blank line is here only "\\n"; one with spaces in it is text.
        With both a divider and scissors after it, git before 2.45 never returns: this is 2.45.
        """
        if text.startswith(self._scissors):
            return 0
        cut = text.find("\n" + self._scissors) + 1 or len(text)
        tail = _end(self._up_to_text.match(text, 0, cut))
        return cut if tail == cut else self._tail(text, tail, cut)

    def _tail(self, text: str, start: int, cut: int) -> int:
        """The start of what git ignores in text[start:cut], where no line is plain text.

        A line with a tab is a path after "Conflicts:" and text elsewhere. Two oddities are git's:
        nothing at offset 0 is ignored, and "Conflicts:" there holds on until something is.
        """
        if self._conflicts.match(text):
            ignored = self._ignorable.search(text, 1, cut)
            if not ignored or ignored.start() >= start:
                return ignored.start() if ignored else cut
        conflicts = self._conflicts.search(text, start, cut)
        last_path = self._up_to_path.match(text, start, conflicts.start() if conflicts else cut)
        return _end(last_path) or start or text.find("\n", 0, cut) + 1 or cut

    def last_paragraph(self, text: str, end: int) -> tuple[int, int]:
        """The last paragraph of text[:end]; an empty one where that is the title.

        git, trailer.c: find_trailer_start. A comment line is neither blank nor text; trailing
        blank lines and comments do not end the paragraph. What no blank line precedes is the title.
        """
        words = _end(self._up_to_words.match(text, 0, end))
        blank = self._up_to_blank.match(text, 0, words)
        if not blank:
            return end, end
        return blank.end(), text.find("\n", words, end) + 1 or end

    def is_block(self, paragraph: str, recognized: frozenset[str]) -> bool:
        """Is it all trailers, or a quarter of it with one that git itself or the user vouches for?

        git, trailer.c: find_trailer_start. A folded line counts only where it follows no trailer.
        """
        rest, trailers = self._unit.subn("", paragraph)
        others = len(self._line.findall(rest)) if trailers else 0
        if not (trailers and others):
            return bool(trailers)
        return trailers * 3 >= others and self._vouched(paragraph, recognized)

    def _vouched(self, paragraph: str, recognized: frozenset[str]) -> bool:
        """git, trailer.c: git_generated_prefixes and token_matches_item."""
        if self._generated.search(paragraph):
            return True
        keys = {key.lower() for key in self._key.findall(paragraph)} if recognized else ()
        return any(name.startswith(key) for key in keys for name in recognized)
