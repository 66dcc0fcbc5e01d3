"""git_cmos.trailers against git itself: random messages, real commits, no difference allowed.

The messages come from a small grammar that is biased to the places where trailer parsers go wrong.
All of them become commits of one repository through one ``git fast-import``; one ``git log`` (or
one ``git interpret-trailers``) per variant of the configuration reads every trailer back. Another
seed: ``CMOS_TEST_SEED=7 pytest -m long tests/test_trailers_differential.py``.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from git_cmos.trailers import Rules, block, parse

SEED = int(os.environ.get("CMOS_TEST_SEED", "20240229"))

KEYS = b"""Mission Mission mission MISSION Mission-Complete Mission-Start Fact Signed-off-by
signed-off-by Signed-Off-By Co-authored-by Bug bug A M Mis missions - -- -x x- 1 4711 key2 2key
X_y Cl\xc3\xa9 \xff http Conflicts (cherry . # * Mission.""".split()
GAPS = [b""] * 12 + [b" ", b" ", b"\t", b"  ", b" \t", b"\r", b"\x0b", b"\x0c", b"\xc2\xa0", b" x "]
SEPARATORS = [b":"] * 16 + [b"=", b"#", b" #", b";", b"-", b" ", b"", b"::", b"\xef\xbc\x9a"]
VALUES = b"""B1.1||x|a: b|http://host/p?q=1#f|na\xc3\xafve|\xff\xfe|\xe2\x82|#3|= y|  wide  |\tv\t
|\x0bv\x0c|v\r|\r|\x85|Ann <ann@example.org>|0.5|none|B1, B2 ; see: C|\xf0\x9f\x9a\x80|\x1b[31m
|-|:|Mission: B2|\\n|"q"|\xc2\xa0nb\xc2\xa0|---""".replace(b"\n", b"").split(b"|")
PROSE = b"""Some prose.|And more of it|see: not a key here|Two words: prose|Mission control says
|- a point|* another|1. first|http://host/path|This is it: x|x|(cherry picked from commit|--|----
|---x|Signed-off-by|: empty key|=|(see Mission: B1)|\xc3\xa9t\xc3\xa9: x|Mission\xc2\xa0: B1
|Signed-off-by:x|\x0cMission: B1|\x0b|\xff|Conflicts|Conflicts: |commit 12: x""".replace(
    b"\n", b""
).split(b"|")
BLANKS = [b""] * 8 + [b" ", b"\t", b"  \t ", b"\r", b" \r", b"\x0c", b"\x0b", b"\xc2\xa0"]
COMMENTS = b"""#|# comment|#Mission: B1|# Mission: B1|#\t| # no comment|;|; x: y|;Mission: B1|% x|#:
|# Conflicts:|#\tpath|(|# ------------------------ >8 ------------------------
|M:|#x: y""".replace(b"\n", b"").split(b"|")
DIVIDERS = [b"---", b"--- ", b"---\t", b"---\r", b"--- a/file", b"---a", b"----", b" ---", b"--"]
GENERATED = b"""Signed-off-by: Ann <ann@example.org>|(cherry picked from commit 1234567)
|(cherry picked from commit |Signed-off-by: |Signed-off-by:|signed-off-by: x| Signed-off-by: x
|(Cherry picked from commit 1)|(cherry picked from commit: 2)""".replace(b"\n", b"").split(b"|")
KNOWN = [b"Mission", b"mission", b"Fact", b"Bug", b"Co-authored-by", b"A-"]
PATHS = [b"\tpath", b"\tM: p", b"\t", b"\ta b"]
SPOILERS = [b"\0", b"\n", b"\r", b"\xff", b":", b" ", b"#", b"", b"\n\n"]


class Grammar:
    """Makes messages; every choice comes from one Random, so a seed is a test."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.prose = self.of(PROSE)
        rare = [self.of(choices) for choices in (BLANKS, DIVIDERS, PATHS, [b"Conflicts:"])]
        self.line_kinds = [self.trailer] * 12 + [self.prose] * 5 + [self.folded] * 4 + rare
        self.line_kinds += [self.of(GENERATED)] * 3 + [self.of(COMMENTS)] * 2
        self.tail_kinds = [self.of(COMMENTS), self.of([b""]), self.line, *rare]

    def of(self, choices: list[bytes]) -> Callable[[], bytes]:
        return lambda: self.random.choice(choices)

    def chance(self, percent: int) -> bool:
        return self.random.random() * 100 < percent

    def several(self, make: Callable[[], bytes], most: int, least: int = 0) -> list[bytes]:
        return [make() for _ in range(self.random.randint(least, most))]

    def trailer(self) -> bytes:
        choice = self.random.choice
        return choice(KEYS) + choice(GAPS) + choice(SEPARATORS) + choice(GAPS) + choice(VALUES)

    def plain_trailer(self) -> bytes:
        choice = self.random.choice
        key = choice(KNOWN) + choice([b""] * 8 + [b" ", b"\t", b" \t "])
        return key + b":" + choice([b" ", b"", b"\t"]) + choice(VALUES)

    def folded(self) -> bytes:
        indent = self.random.choice([b" ", b"\t", b"  ", b"\r", b" \t ", b"\x0c"])
        return indent + self.random.choice([*VALUES, *PROSE, b"Mission: B1", b"# x"])

    def line(self) -> bytes:
        return self.random.choice(self.line_kinds)()

    def clean_block(self) -> list[bytes]:
        lines: list[bytes] = []
        for _ in range(self.random.choice([1, 2, 2, 3, 5])):
            lines.append(self.plain_trailer() if self.chance(92) else self.trailer())
            lines += self.several(self.folded, 2) if self.chance(25) else []
        return lines

    def quarter_block(self) -> list[bytes]:
        """Trailers and prose at the border of one to three, in any order."""
        trailers = self.several(self.plain_trailer, 2) + self.several(self.of(GENERATED), 2)
        prose = 3 * len(trailers) + self.random.randint(-2, 2)
        lines = trailers + [self.prose() for _ in range(prose)]
        self.random.shuffle(lines)
        for extra in self.several(self.random.choice([self.folded, self.of(COMMENTS)]), 2):
            lines.insert(self.random.randint(0, len(lines)), extra)
        return lines

    def paragraph(self) -> list[bytes]:
        prose, soup = self.several(self.prose, 4, 1), self.several(self.line, 6, 1)
        return self.random.choice([prose, prose, soup, self.clean_block(), self.quarter_block()])

    def tail(self) -> list[bytes]:
        return [kind() for kind in self.random.choices(self.tail_kinds, k=self.random.randrange(7))]

    def messages(self, number: int) -> list[bytes]:
        return [self.message() for _ in range(number)]

    def message(self) -> bytes:
        lines = self.several(self.of(BLANKS), 2) if self.chance(10) else []
        lines += self.paragraph() if self.chance(20) else [self.prose()]
        lines = [b"Conflicts:", *self.tail()] if self.chance(3) else lines
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 2, 3])):
            lines += [self.random.choice(BLANKS) for _ in range(self.random.choice([1, 1, 1, 2]))]
            lines += self.paragraph()
        lines += [b"", *self.clean_block()] if self.chance(35) else []
        lines += self.tail() if self.chance(35) else []
        return self.spoil(lines)

    def spoil(self, lines: list[bytes]) -> bytes:
        newline = b"\r\n" if self.chance(8) else b"\n"
        text = newline.join(lines) + (b"" if self.chance(20) else newline)
        while text and self.chance(12):
            at = self.random.randrange(len(text))
            text = text[:at] + self.random.choice(SPOILERS) + text[at + self.chance(50) :]
        return text


@dataclass(frozen=True)
class Variant:
    """The same rules told twice: to git by ``-c`` and to us."""

    rules: Rules
    config: tuple[str, ...] = ()
    spellings: tuple[tuple[bytes, bytes], ...] = ()  # (name, key) of each trailer.<name>.key
    before: tuple[int, ...] = (99,)  # git changed this case in that version

    @property
    def options(self) -> list[str]:
        return [option for setting in self.config for option in ("-c", setting)]

    def expected(self, message: bytes) -> bytes:
        found = [(self.spelling(key.encode()), value) for key, value in parse(message, self.rules)]
        return b"".join(key + b": " + value.encode() + b"\n" for key, value in found)

    def spelling(self, key: bytes) -> bytes:
        """git prints the configured key for any beginning of it (trailer.c: parse_trailer)."""
        known = key.rstrip(b"-").lower()
        for name, spelling in self.spellings:
            if name.lower().startswith(known) or spelling.lower().startswith(known):
                return spelling
        return key


VARIANTS = {
    "default": Variant(Rules()),
    "separators": Variant(Rules(separators=b":="), ("trailer.separators=:=",)),
    "separator not colon": Variant(Rules(separators=b"="), ("trailer.separators==",)),
    "separator is comment": Variant(Rules(separators=b"#:"), ("trailer.separators=#:",)),
    "separator in keys": Variant(Rules(separators=b" -M;"), ("trailer.separators= -M;",)),
    "separator not ASCII": Variant(Rules(b":\xef\xbc\x9a"), ("trailer.separators=:\uff1a",)),
    "no separator": Variant(Rules(separators=b""), ("trailer.separators=",)),
    "key": Variant(
        Rules(recognized=frozenset({"mission", "mission:"})),
        ("trailer.mission.key=Mission:",),
        ((b"mission", b"Mission:"),),
    ),
    "two keys": Variant(
        Rules(b":#", recognized=frozenset({"bug", "bug #", "fact", "a-fact"})),
        ("trailer.separators=:#", "trailer.bug.key=Bug #", "trailer.a-fact.key=Fact"),
        ((b"bug", b"Bug #"), (b"a-fact", b"Fact")),
    ),
    "comment": Variant(Rules(comment=b";"), ("core.commentChar=;",)),
    "comment is separator": Variant(Rules(comment=b":"), ("core.commentChar=:",)),
    "comment is space": Variant(Rules(comment=b" "), ("core.commentChar= ",)),
    "comment is bracket": Variant(Rules(comment=b"("), ("core.commentChar=(",)),
    "comment is tab": Variant(Rules(comment=b"\t"), ("core.commentChar=\t",)),
    "comment is letter": Variant(
        Rules(comment=b"M", recognized=frozenset({"fact", "mission"})),
        ("core.commentChar=M", "trailer.fact.key=Mission"),
        ((b"fact", b"Mission"),),
        before=(2, 45),
    ),
    "comment is C": Variant(Rules(comment=b"C"), ("core.commentChar=C",), before=(2, 45)),
}


class Git:
    """git with nothing of this machine's configuration; every commit in one chain."""

    def __init__(self, home: Path) -> None:
        self.home = home
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        self.env = inherited | {
            "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C.UTF-8", "TZ": "UTC",
        }  # fmt: skip
        self.run("init", "--quiet")
        self.version = tuple(map(int, self.run("version").split()[2].split(b".")[:2]))

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        command = ["git", "-C", str(self.home), *arguments]
        done = subprocess.run(command, input=stdin, env=self.env, capture_output=True, timeout=600)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    def commit_all(self, messages: list[bytes]) -> None:
        head = b"commit refs/heads/all\ncommitter A <a@example.org> 1700000000 +0000\ndata "
        stream = b"".join(head + b"%d\n%b\n" % (len(text), text) for text in messages)
        self.run("fast-import", "--quiet", "--date-format=raw", stdin=stream)

    def trailers(self, options: list[str]) -> list[bytes]:
        """What git log prints for every commit, oldest first."""
        # Only newer gits put trailer.separators' first byte instead of ": " if not told what.
        form = "%(trailers:only,unfold,key_value_separator=%x3A%x20)%x00"
        out = self.run(*options, "log", "--reverse", f"--format=tformat:{form}", "all")
        return out.split(b"\0\n")[:-1]

    def interpreted(self, messages: list[bytes], options: list[str], *flags: str) -> list[bytes]:
        """What interpret-trailers prints for every message, in one process."""
        (self.home / "end").write_bytes(b"END\n\nEnd-of-message: 1\n")
        for number, message in enumerate(messages):
            (self.home / str(number)).write_bytes(message)
        files = [name for number in range(len(messages)) for name in (str(number), "end")]
        out = self.run(*options, "interpret-trailers", *flags, *files)
        return out.split(b"End-of-message: 1\n")[:-1]


def same(messages: list[bytes], ours: Iterator[bytes], theirs: list[bytes]) -> None:
    """Fail with the first few messages that git reads otherwise."""
    replaced = (text.decode("utf-8", "replace").encode() for text in theirs)
    rows = zip(messages, ours, replaced, strict=True)
    different = [row for row in rows if row[1] != row[2]]
    told = "".join(f"\nmessage {m!r}\n   ours {o!r}\n    git {t!r}" for m, o, t in different[:5])
    assert not different, f"{len(different)} differ (seed {SEED}); the first:{told}"


def uncut(seed: int) -> list[bytes]:
    """Messages without scissors: where they follow a divider git before 2.45 never returns."""
    texts = [text for text in Grammar(seed).messages(4_000) if b" >8 " not in text]
    return [text.removesuffix(b"\n") + b"\n" for text in texts]  # as newer gits complete them


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Git:
    return Git(tmp_path_factory.mktemp("trailers"))


@pytest.fixture(scope="module")
def messages(git: Git) -> list[bytes]:
    """10,000 messages, committed; both with and without trailers there are many."""
    texts = Grammar(SEED).messages(10_000)
    assert 3_000 < sum(bool(parse(text)) for text in texts) < 7_000
    git.commit_all(texts)
    return texts


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest, git: Git) -> Variant:
    chosen = VARIANTS[request.param]
    if git.version >= chosen.before:
        pytest.skip("this git reads such comments as interpret-trailers does")
    return chosen


def test_10_000_messages_as_git_log_reads_them(
    git: Git, messages: list[bytes], variant: Variant
) -> None:
    same(messages, map(variant.expected, messages), git.trailers(variant.options))


@pytest.mark.long
def test_100_000_messages_as_git_log_reads_them(tmp_path: Path, variant: Variant) -> None:
    git, texts = Git(tmp_path), Grammar(SEED + 1 + len(repr(variant))).messages(100_000)
    git.commit_all(texts)
    same(texts, map(variant.expected, texts), git.trailers(variant.options))


@pytest.mark.parametrize(("comment", "divider"), [("#", True), ("M", True), ("#", False)])
def test_messages_as_interpret_trailers_reads_them(git: Git, comment: str, divider: bool) -> None:
    variant = Variant(
        Rules(b":", comment.encode(), divider=divider), (f"core.commentChar={comment}",)
    )
    flags = ["--parse"] if divider else ["--parse", "--no-divider"]
    # Only git log skips blank lines at the start.
    texts = [text for text in uncut(SEED - 1) if divider or text[:1] not in b" \t\r\n"]
    same(texts, map(variant.expected, texts), git.interpreted(texts, variant.options, *flags))


def test_interpret_trailers_writes_where_the_block_ends(git: Git) -> None:
    texts = uncut(SEED - 2)
    written = git.interpreted(texts, [], "--trailer", "Zzz: 1")
    for message, told in zip(texts, written, strict=True):
        start, end = block(message, Rules(divider=True))
        assert message[:start] in told
        assert told.endswith(b"Zzz: 1\n" + message[end:] + b"END\n\n")
