"""The rules of git_cmos.trailers one by one; test_trailers_differential.py asks git itself."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_cmos.trailers import DEFAULT, Rules, block, parse

MISSION = [("Mission", "B1")]
MISSION_KEY = Rules(recognized=frozenset({"mission"}))
SIGNED = "Signed-off-by: A"
CUT = "# ------------------------ >8 ------------------------\n"

# what the rule is, the message, its trailers
CASES: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("the last paragraph", "t\n\nbody\n\nMission: B1\n", MISSION),
    ("no final newline", "t\n\nMission: B1", MISSION),
    ("nothing at all", "", []),
    ("the title is never a block", "Mission: B1\n", []),
    ("nor is any line of its paragraph", "t\nMission: B1\n", []),
    ("not the last paragraph", "t\n\nMission: B1\n\nbody\n", []),
    ("only the last of two blocks", "t\n\nFact: x\n\nMission: B1\n", MISSION),
    ("keys as written, repeated", "t\n\nfact: a\nFACT: b\n", [("fact", "a"), ("FACT", "b")]),
    ("letters, digits and dashes", "t\n\n-2-b: x\n", [("-2-b", "x")]),
    ("no space within a key", "t\n\nMy Mission: B1\n", []),
    ("no other character in a key", "t\n\nMy_Mission: B1\n", []),
    ("no letter beyond ASCII in a key", "t\n\nMissi\u00f3n: B1\n", []),
    ("no empty key", "t\n\n: B1\n", []),
    ("blanks before the separator", "t\n\nMission \t: B1\n", MISSION),
    ("no blank before the key", "t\n\n Mission: B1\n", []),
    ("no blank needed after it", "t\n\nMission:B1\n", MISSION),
    ("an empty value", "t\n\nMission:\n", [("Mission", "")]),
    ("a URL is a trailer", "t\n\nhttp://host/\n", [("http", "//host/")]),
    ("values are trimmed", "t\n\nMission: \t B1 \t\n", MISSION),
    ("form feeds are no blanks", "t\n\nMission: \fB1\v\n", [("Mission", "\fB1\v")]),
    ("no-break spaces are none", "t\n\nMission: \u00a0B1\n", [("Mission", "\u00a0B1")]),
    ("folded lines are joined", "t\n\nFact: a\n  b\n\tc\n", [("Fact", "a b c")]),
    ("folding keeps inner blanks", "t\n\nFact: a \n  b\n", [("Fact", "a  b")]),
    ("a value may start folded", "t\n\nMission:\n B1\n", MISSION),
    ("a key may not be folded", "t\n\nMission\n : B1\n", []),
    ("CRLF", "t\r\n\r\nMission: B1\r\n", MISSION),
    ("CRLF stays in a folded value", "t\r\n\r\nFact: a\r\n b\r\n", [("Fact", "a\r b")]),
    ("a line of blanks is blank", "t\n \t\r\nMission: B1\n \n\t\n", MISSION),
    ("a line with a form feed is not", "t\n\f\nMission: B1\n", []),
    ("blank lines lead", "\n \n\nt\n\nMission: B1\n", MISSION),
    ("a title after blank lines", "\n\nMission: B1\n", []),
    ("a NUL ends the message", "t\n\nMission: B1\0\n\nbody\n", MISSION),
    ("one line of prose spoils", "t\n\nMission: B1\nprose\n", []),
    ("a folded line that follows none spoils", "t\n\n folded\nMission: B1\n", []),
    ("comments do not spoil", "t\n\n# c\nMission: B1\n# c\n", MISSION),
    ("a comment ends a fold", "t\n\nMission: B1\n# c\n folded\n", []),
    ("a comment is no blank line", "t\n\nbody\n#\nMission: B1\n", []),
    ("a comment is no title", "# c\n\nMission: B1\n", MISSION),
    ("a comment starts its line", "t\n\nMission: B1\n #c\n", [("Mission", "B1 #c")]),
    ("a quarter suffices when signed off", f"t\n\na\nb\nc\n{SIGNED}\n", [("Signed-off-by", "A")]),
    ("less than a quarter does not", f"t\n\na\nb\nc\nd\n{SIGNED}\n", []),
    ("folded prose counts", f"t\n\na\n b\n c\n d\n{SIGNED}\n", []),
    ("folded trailers do not", f"t\n\na\nb\nc\n{SIGNED}\n b\n c\n", [("Signed-off-by", "A b c")]),
    ("a quarter of other trailers does not", "t\n\na\nMission: B1\n", []),
    ("only git's own spelling signs off", "t\n\na\nsigned-off-by: A\n", []),
    ("with its space", "t\n\na\nSigned-off-by:A\n", []),
    ("a cherry-pick vouches", "t\n\na\nMission: B1\n(cherry picked from commit 1)\n", MISSION),
    ("and is a trailer line but no trailer", "t\n\n(cherry picked from commit 1)\n", []),
    ("a divider is prose", "t\n\nMission: B1\n---\n", []),
    ("what follows the scissors is not read", f"t\n\nMission: B1\n{CUT}diff\n\nx: y\n", MISSION),
    ("nor is anything if they come first", f"{CUT}\nMission: B1\n", []),
    ("a Conflicts block is not read", "t\n\nMission: B1\n\nConflicts:\n\ta b\n# c\n", MISSION),
    ("it has nothing but paths", "t\n\nMission: B1\n\nConflicts:\n\ta\nprose\n", []),
    ("a tab alone is no path", "t\n\nMission: B1\n\n\ta b\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("message", "trailers"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_by_default(message: str, trailers: list[tuple[str, str]]) -> None:
    assert parse(message.encode()) == trailers


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert parse(b"t\n\nFact: \xff\xc3\xa9\xe2\x82\n") == [("Fact", "\ufffd\u00e9\ufffd")]


def test_separators_are_bytes_of_which_any_will_do() -> None:
    message = b"t\n\nBug #43\nMission=B1\n"
    assert parse(message, Rules(separators=b"#=")) == [("Bug", "43"), ("Mission", "B1")]
    assert parse(message, Rules(separators=b":")) == []
    assert parse(b"t\n\nMission: B1\n", Rules(separators=b"")) == []


def test_another_comment_character_leaves_the_hash_to_prose() -> None:
    rules = Rules(comment=b";")
    assert parse(b"t\n\n; c\nMission: B1\n", rules) == MISSION
    assert parse(b"t\n\n# c\nMission: B1\n", rules) == []


@pytest.mark.parametrize("key", ["Mission", "mission", "MISS", "m"])
def test_a_recognized_key_or_its_beginning_vouches(key: str) -> None:
    assert parse(f"t\n\na\nb\nc\n{key}: B1\n".encode(), MISSION_KEY) == [(key, "B1")]


@pytest.mark.parametrize("key", ["Missions", "Mission ", "ission"])
def test_no_other_key_vouches(key: str) -> None:
    assert parse(f"t\n\na\nb\nc\n{key}: B1\n".encode(), MISSION_KEY) == []


@pytest.mark.parametrize("line", ["---", "--- a/file", "---\t", "---\r"])
def test_the_divider_ends_the_message(line: str) -> None:
    message = f"t\n\nMission: B1\n{line}\n\nFact: x\n".encode()
    assert parse(message, Rules(divider=True)) == MISSION
    assert parse(message) == [("Fact", "x")]


@pytest.mark.parametrize("line", ["----", " ---", "---a", "--"])
def test_other_lines_of_dashes_do_not(line: str) -> None:
    assert parse(f"t\n{line}\n\nMission: B1\n".encode(), Rules(divider=True)) == MISSION


def test_nor_does_a_divider_that_no_newline_ends() -> None:
    # interpret-trailers of git 2.47 and later completes the line before it looks.
    assert parse(b"t\n\nMission: B1\n---", Rules(divider=True)) == []


def test_scissors_after_a_divider_cut_nothing() -> None:
    assert parse(f"t\n\nMission: B1\n---\n{CUT}x\n".encode(), Rules(divider=True)) == MISSION


def test_the_divider_reads_blank_lines_that_lead() -> None:
    assert parse(b"\nMission: B1\n", Rules(divider=True)) == MISSION


@pytest.mark.parametrize(
    ("message", "inside"),
    [
        (b"t\n\nMission: B1\n\n# c\n", b"Mission: B1\n"),
        (b"\n\nt\n\na: b\n# c\nd: e\n", b"a: b\n# c\nd: e\n"),
        (b"t\n\n(cherry picked from commit 1)\n", b"(cherry picked from commit 1)\n"),
        (b"t\n\nMission: B1\n \n", b"Mission: B1\n \n"),
    ],
)
def test_the_block_is_the_bytes_of_the_last_paragraph(message: bytes, inside: bytes) -> None:
    start, end = block(message)
    assert message[start:end] == inside


@pytest.mark.parametrize("message", [b"", b"t", b"t\n", b"\n\nt\n\nbody\n", b"t\n\nbody\n\n# c\n"])
def test_without_a_block_both_offsets_are_where_one_would_go(message: bytes) -> None:
    start, end = block(message)
    assert start == end == len(message.removesuffix(b"\n# c\n"))


def test_conflicts_in_the_first_line_hold_until_something_is_ignored() -> None:
    message = b"Conflicts:\nprose\n \nMission: B1\n\n\tpath\n"
    assert parse(message) == MISSION
    assert parse(message, Rules(comment=b"C")) == []


def test_the_first_line_is_never_ignored() -> None:
    assert block(b"# a\n# b\n") == (4, 4)


def test_rules_are_values() -> None:
    assert Rules() == DEFAULT
    assert hash(Rules(comment=b";")) == hash(Rules(comment=b";"))
    assert Rules(comment=b";") != DEFAULT
    assert "separators=b':'" in repr(DEFAULT)
    with pytest.raises(AttributeError):
        DEFAULT.divider = True


LINES = [b"t", b"a: b", b" f", b"", b"#", b"---", b"Conflicts:", b"\tp", b"Signed-off-by: x", b"\0"]
ANY_MESSAGE = st.binary() | st.lists(st.sampled_from(LINES)).map(b"\n".join)
ANY_RULES = st.builds(
    Rules,
    separators=st.binary(max_size=3),
    comment=st.binary(max_size=1),
    recognized=st.frozensets(st.text(max_size=3), max_size=2),
    divider=st.booleans(),
)


@settings(deadline=None)
@given(message=ANY_MESSAGE, rules=ANY_RULES)
def test_any_bytes_have_trailers_inside_a_block_of_whole_lines(
    message: bytes, rules: Rules
) -> None:
    start, end = block(message, rules)
    found = parse(message, rules)
    assert 0 <= start <= end <= len(message)
    assert start == 0 or message[start - 1 : start] in (b"\n", b"\0") or start == end
    assert b"\0" not in message[start:end]
    assert bool(found) <= (start < end)
    for key, value in found:
        assert key.isascii()
        assert key.encode() in message[start:end]
        assert value == value.strip(" \t\r\n")
        assert "\n" not in value


@pytest.mark.parametrize(
    "unit",
    [b"Mission: B1\n", b" folded\n", b"prose\n", b"\n", b" \n", b"#\n", b"\tp\n", b"x", b" "],
)
def test_time_grows_with_the_size_only(unit: bytes) -> None:
    def seconds(times: int) -> float:
        message = b"t\n\nMission: B1\n" + unit * times + b"Signed-off-by: x\n"
        start = perf_counter()
        parse(message)
        return perf_counter() - start

    small = min(seconds(20_000) for _ in range(3))
    assert seconds(400_000) < 20 * 10 * small + 0.1
