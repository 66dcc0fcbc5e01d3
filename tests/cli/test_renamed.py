"""Old spellings say what they are called here."""

from __future__ import annotations

import pytest

from git_cmos.cli.suggest import RENAMED
from tests.conftest import Repository

OLD = [(*group, word) for group, words in RENAMED.items() for word in words]


@pytest.mark.parametrize("words", OLD, ids=" ".join)
def test_what_was_renamed_says_so(repo: Repository, words: tuple[str, ...]) -> None:
    answer = repo.run(*words)
    assert answer.status == 129
    assert "hint: here it is `git " in answer.err
