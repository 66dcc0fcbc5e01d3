"""The tables: `journal/` is only ever added to, the rest is derived and dropped at will."""

from __future__ import annotations

import os

_HERE = os.path.dirname(__file__)


def read(name: str) -> str:
    """The text of one schema file."""
    with open(os.path.join(_HERE, name), encoding="utf-8") as file:
        return file.read()


def journal() -> list[str]:
    """The journal's migrations in order; the number of them is the format's version."""
    names = sorted(os.listdir(os.path.join(_HERE, "journal")))
    return [read(os.path.join("journal", name)) for name in names if name.endswith(".sql")]


def projection() -> tuple[str, str]:
    """(tables and views, indexes): what makes the projection; an index is one line."""
    lines = (read("projection.sql") + read("views.sql")).splitlines(keepends=True)
    indexes = [line for line in lines if line.startswith("CREATE INDEX")]
    return "".join(line for line in lines if line not in indexes), "".join(indexes)


JOURNAL_VERSION = 1  # the number of files in journal/
# Changes with seen.sql, projection.sql, views.sql or the fold: then all is refolded.
DERIVED_VERSION = "9"
