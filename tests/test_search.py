"""The text index answers as a plain look through all texts would."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from git_cmos.git import Repo
from git_cmos.kb import TextIndex
from tests.conftest import Repository

# What tokenisers stumble over: signs, case that changes length, marks, scripts without spaces,
# letters younger than the index, halves of emoji.
PIECES = [
    *("a", "B", "C++", "B1.1", "foo_bar", "1", "-", "*", '"', "'", "(", ":", "^", "#", "\\", "%"),
    *("é", "e\u0301", "ß", "SS", "ς", "Σ", "İ", "ı", "ſ", "µ", "½", "²", "\u037f", "\u0300", "ԩ"),
    *("数据", "库", "ひ", "カ", "한국", "ไทย", "हिन्", "עב", "عر", "\U0001e900"),
    *("🚀", "👩\u200d💻", "\u200b", "\ufffd", "\x01"),
    *("AND", "NOT", "NEAR", "title:"),
]
TOKEN = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
ANY = st.text(st.characters(exclude_categories=("Cs", "Zs", "Zl", "Zp", "Cc")), min_size=1)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextIndex]:
    repo = Repository.create(tmp_path_factory.mktemp("search") / "repo")
    made = TextIndex(Repo.find(str(repo.path)))
    yield made
    made.close()


def found(index: TextIndex, texts: list[str], query: str) -> list[str]:
    held = {str(n): text for n, text in enumerate(texts)}
    index.bring("d", set(), lambda keys: iter(()), tidy=True)
    index.bring("d", set(held), lambda keys: ((key, held[key]) for key in keys))
    return [text for _, _, text, _ in index.search("d", query)]


@settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(TOKEN | ANY, min_size=1, max_size=6), st.integers(0, 5))
@example(["e\u0301t\u00e9"], 0)
def test_every_word_of_a_text_finds_it(index: TextIndex, words: list[str], which: int) -> None:
    text, word = " ".join(words), words[which % len(words)]
    if '"' in word or not word.strip():
        return
    assert text in found(index, [text, "something else"], word)
    shouted = "".join(c.upper() if c.isascii() else c for c in word)
    assert text in found(index, [text, "something else"], shouted)


@settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(TOKEN | ANY, max_size=6), st.lists(TOKEN, min_size=1, max_size=3))
def test_nothing_else_is_found(index: TextIndex, words: list[str], query: list[str]) -> None:
    """And no query is a syntax error."""
    text, asked = " ".join(words), " ".join(query).replace('"', "")
    if found(index, [text], asked):
        seen = f"{text} {normalize('NFC', text)}".casefold()
        assert all(normalize("NFC", word).casefold() in seen for word in asked.split())


@pytest.mark.parametrize(
    "query",
    [
        " ".join(f"w{n}" for n in range(3000)),
        "x" * 100_000,
        '"' * 1001,
        "\0",
        "a\0b",
        "(" * 5000,
        "-- ; DROP TABLE texts",
        "{a b} : c ^d NEAR(e f, 2)",
    ],
)
def test_no_query_is_too_much(index: TextIndex, query: str) -> None:
    assert found(index, ["w1 w2"], query) == []


def test_letters_are_found_however_they_are_composed(index: TextIndex) -> None:
    assert found(index, ["un caf\u00e9"], "cafe\u0301") == ["un caf\u00e9"]
    assert found(index, ["un cafe\u0301"], "CAF\u00c9") == ["un cafe\u0301"]
    assert found(index, ["un caf\u00e9"], "cafe") == []
