"""How commits are read here: the trailer keys of git's settings, the patterns that were adopted."""

from __future__ import annotations

from git_cmos.adoption import Rule
from git_cmos.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.claims import Vocabulary
    from git_cmos.config import Config


def vocabulary(db: sqlite3.Connection, config: Config) -> Vocabulary:
    """The words in force. Patterns are told: every clone reads a history in the same way."""
    return replace(config.vocabulary(), adopted=tuple(rules(db)))


def rules(db: sqlite3.Connection) -> list[Rule]:
    """The adopted patterns, in an order that every clone has."""
    rows = db.execute("SELECT pattern, claim, within FROM adoptions ORDER BY pattern")
    return [Rule(pattern=pattern, claim=claim, within=within) for pattern, claim, within in rows]
