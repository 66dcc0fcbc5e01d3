"""The Python API's words for working together."""

from __future__ import annotations

import pytest

import git_cmos
from git_cmos.errors import Refused
from tests.conftest import Repository
from tests.storage import ok


def test_claim_release_sync(ada: Repository, bob: Repository) -> None:
    ok("mission", "add", "B1", "one", at=ada)
    with git_cmos.open(str(ada.path)) as hers, git_cmos.open(str(bob.path)) as his:
        assert hers.sync().sent == 1
        assert his.sync().received == 1
        assert hers.claim("B1", agent="ann").state == "held"
        with pytest.raises(Refused, match="B1 is claimed by ann"):
            his.claim("B1", agent="bob")
        assert hers.mission("B1").claimed_by == "ann"
        assert his.next_mission(agent="bob").mission is None
        assert hers.release("B1", agent="ann") == "B1 is free again"
        assert his.claim("B1", agent="bob", ttl="30m").mine
