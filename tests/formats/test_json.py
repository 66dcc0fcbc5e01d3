"""JSON: what is refused, where."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_cmos import formats
from git_cmos.formats import Unreadable, json


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[" * 100_000, 0, "deep"),
        ('{"a":' * 100_000, 0, "deep"),
        ("[" * 60 + "]" * 60, 0, "deeper than 40"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', 0, "'c' is there twice"),
        ("[NaN]", 0, "NaN"),
        ("[-Infinity]", 0, "Infinity"),
        ("9" * 5000, 0, "5,000 digits"),
        ("1e999", 0, "too large"),
        ('"\\ud800"', 0, "surrogate"),
        ("[1,\n2,\n]", 3, "not JSON"),
        ("", 1, "not JSON"),
    ],
)
def test_what_is_refused_and_where(text: str, line: int, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as caught:
        json.read(text)
    assert caught.value.line == line


def test_what_is_read() -> None:
    assert json.read('{"a": [1, 2.5, null, true, "\\u00e4"]}') == {"a": [1, 2.5, None, True, "ä"]}


def test_only_regular_files_of_bounded_size(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_bytes(b"x" * 11)
    (tmp_path / "latin").write_bytes(b"\xe4")
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbfa")
    for name, reason in (
        ("pipe", "regular"),
        ("long", "11 bytes"),
        ("latin", "UTF-8"),
        ("none", "No such file"),
        ("", "regular"),
    ):
        with pytest.raises(Unreadable, match=reason):
            formats.text(str(tmp_path / name), 10)
    assert formats.text(str(tmp_path / "marked"), 10) == "a"
