from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Repository
from tests.team import clone, origin


@pytest.fixture
def bare(tmp_path: Path) -> Repository:
    """The team's remote."""
    return origin(tmp_path)


@pytest.fixture
def ada(bare: Repository) -> Repository:
    return clone(bare, "ada")


@pytest.fixture
def bob(bare: Repository) -> Repository:
    return clone(bare, "bob")
