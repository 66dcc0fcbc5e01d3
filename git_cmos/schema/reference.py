"""The tables as a page for people who write SQL: `python -m git_cmos.schema.reference`."""

from __future__ import annotations

import re

from git_cmos import schema

_BEGIN = re.compile(r"CREATE (VIRTUAL )?(TABLE|VIEW) (\w+)(?:.*?-- (.*))?")
_COLUMN = re.compile(r"^  (\w+) +(TEXT|INTEGER|REAL)\b([^\n-]*)(?:-- (.*))?", re.MULTILINE)
_ALIAS = re.compile(r" AS (\w+)\Z")

_HEAD = """# The tables of memory.db

Made from the schema by `python -m git_cmos.schema.reference`; a test holds them together.

Read them with `git cmos db shell`, which opens a copy: `git cmos db shell "SELECT * FROM
active_missions"`. A table is never written by hand. All but `events` and `meta` are derived, and
made anew from events and commits whenever that is needed (`git cmos db rebuild`); what you wrote
there would be gone, and no other clone would ever see it. `git cmos mission edit` and the other
commands tell an event instead, and that lasts.
"""
_PARTS = (
    ("The state", "Derived: the fold of all events in view.", ("projection.sql",)),
    ("Views", "Derived once more, for SQL that knows the older names.", ("views.sql",)),
    (
        "Told events",
        "The journal; its other copy is in `refs/cmos/ledger/*`.",
        ("journal/0001_journal.sql",),
    ),
    ("What commits say", "Derived from history, and what spares work.", ("seen.sql",)),
)


def page() -> str:
    """The page in markdown."""
    lines = [_HEAD]
    for title, about, files in _PARTS:
        lines += [f"## {title}", "", about, ""]
        for file in files:
            for statement in _statements(schema.read(file)):
                lines += _section(statement)
    return "\n".join(lines).rstrip() + "\n"


def _statements(sql: str) -> list[str]:
    return [it for it in re.split(r"(?<=;)\n", sql) if _BEGIN.search(it)]


def _section(statement: str) -> list[str]:
    found = _BEGIN.search(statement)
    assert found is not None  # noqa: S101 - only such statements come here
    _, kind, name, about = found.groups()
    lines = [f"### {name}", "", *([f"{about[0].upper()}{about[1:]}.", ""] if about else [])]
    body = statement[found.end() :]
    if kind == "VIEW":
        return [*lines, "Columns: " + ", ".join(f"`{it}`" for it in _columns_of_view(body)), ""]
    rows = [
        f"| `{column}` | {_shape(type_, rest)} | {words or ''} |".replace("  |", " |")
        for column, type_, rest, words in _COLUMN.findall(body)
    ]
    return [*lines, "| column | type | |", "|---|---|---|", *rows, ""]


def _shape(type_: str, rest: str) -> str:
    word = type_.lower()
    if "PRIMARY KEY" in rest:
        return f"{word}, key"
    return word if "NOT NULL" in rest or " AS " in rest else f"{word} or null"


def _columns_of_view(select: str) -> list[str]:
    """The names that the outermost (first) SELECT of a view gives its columns."""
    names, depth, piece = [], 0, ""
    for character in f"{_first_list(select)},":
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            words = " ".join(piece.split())
            alias = _ALIAS.search(words)
            names.append(alias[1] if alias else words.rpartition(".")[2])
            piece = ""
        else:
            piece += character
    return names


def _first_list(select: str) -> str:
    """What stands between SELECT and its FROM or UNION, outside of parentheses."""
    body = re.sub(r"--.*", "", select).partition("SELECT")[2]
    depth = 0
    for place, character in enumerate(body):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and re.match(r"\s(FROM|UNION)\b", body[place:]):
            return body[:place]
    return body


if __name__ == "__main__":
    print(page(), end="")
