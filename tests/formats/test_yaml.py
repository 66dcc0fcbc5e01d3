"""YAML: what is refused, where; what is written is read again, by us and by pyyaml."""

from __future__ import annotations

import string
import time

import pytest
import yaml as pyyaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from git_cmos.formats import Unreadable, yaml

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (LAUGHS, 6, "grows beyond"),
        ("[" * 100_000, 1, "deeper than"),
        ("{a: " * 100_000, 1, "deeper than"),
        ("".join(" " * depth + "a:\n" for depth in range(2000)), 41, "deeper than"),
        ("- a\n" * 1_250_000, 300_000, "grows beyond"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' is there twice"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", 3, "merge keys"),
        ("a: !!python/object/apply:os.system [id]\n", 1, "tag"),
        ("a: !!timestamp 2025-01-01\n", 1, "tag"),
        ("!!python/name:os.system x: 1\n", 1, "tag"),
        ("x: &x [*x]\n", 1, "itself"),
        ("x: *y\n", 1, "names nothing"),
        ("? [a, b]\n: c\n", 1, "a key is not text"),
        ("&x a: 1\n", 1, "a key has an anchor"),
        ("---\n" * 200, 0, "documents"),
        ("a: 1\nb: c: d\n", 2, "not YAML"),
        ("a: \0\n", 0, "not YAML"),
    ],
)
def test_what_is_refused_and_where(text: str, line: int, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable, match=reason) as caught:
        yaml.read(text)
    assert caught.value.line == line
    assert time.monotonic() - began < 30


def test_plain_words_are_what_json_has() -> None:
    (found,) = yaml.read(
        "a: true\nb: null\nc: ~\nd:\ne: 12\nf: -1.5\ng: no\nh: 2025-01-27\ni: 1:30\n"
        "j: 0x1f\nk: 012\nl: '12'\nm: !!str 12\nn: .inf\no: " + "9" * 5000 + "\n"
    )
    assert [found[key] for key in "abcdef"] == [True, None, None, None, 12, -1.5]
    words = ["no", "2025-01-27", "1:30", "0x1f", "012", "12", "12", ".inf", "9" * 5000]
    assert [found[key] for key in "ghijklmno"] == words


def test_a_mapping_knows_where_it_stands() -> None:
    (found,) = yaml.read("# first\nmissions:\n- id: 1.10\n  name: x\n- {id: B2}\n")
    one, two = found["missions"]
    assert (one.line, two.line, one.lines["name"]) == (3, 5, 4)
    assert (one["id"], one.texts["id"]) == (1.1, "1.10")


def test_an_alias_is_the_value_it_names() -> None:
    assert yaml.read("a: &x [1, 2]\nb: *x\n") == [{"a": [1, 2], "b": [1, 2]}]
    assert yaml.read("--- 1\n--- {}\n...\n") == [1, {}]
    assert yaml.read("") == []


TEXTS = st.one_of(
    st.text(max_size=40).filter(lambda it: it.isprintable() or max(it, default="a") < "\ud800"),
    st.text(alphabet=string.printable, max_size=60),
    st.sampled_from(["yes", "No", "null", "~", "1", "1.5", "- a", "a: b", "a #b", "=", "<<", "|"]),
    st.text(alphabet="ab \n#:-'\"", max_size=30),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**17), 10**17), TEXTS)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def storable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@settings(max_examples=300, deadline=None)
@given(VALUES)
@example(0.00010000000000000002)
@example(["\x1b\n"])
def test_what_is_written_is_read_again(found: object) -> None:
    if not storable(repr(found)) or "\\ud" in repr(found):
        return
    text = yaml.write(found)
    assert yaml.read(text) == [found]
    assert pyyaml.safe_load(text) == found
    assert yaml.write(yaml.read(text)[0]) == text


def test_it_is_written_for_people() -> None:
    found = {"name": "It works", "notes": "one\n\n  two\n", "when": "2025-01-27", "list": ["a", 1]}
    assert yaml.write(found) == (
        'name: It works\nnotes: |\n  one\n\n    two\nwhen: "2025-01-27"\nlist:\n- a\n- 1\n'
    )
