"""The floors of the house (ARCHITECTURE.md): imports go downward only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from git_cmos import fold

ROOT = Path(__file__).resolve().parent.parent / "git_cmos"

GROUND = (
    "errors",
    "values",
    "lazy",
    "digests",
    "model",
    "remembered",
    "patterns",
    "adoption",
    "events",
    "trailers",
    "claims",
    "schema",
)
FIRST = ("clock", "disk", "failpoints", "config", "db", "cells", "cache", "formats", "git")
SECOND = (
    "kept",
    "journal",
    "reverts",
    "merges",
    "rebased",
    "seen",
    "fold",
    "batch",
    "chains",
    "ledger",
    "packing",
    "leases",
    "releases",
    "standpoints",
    "adopted",
    "catchup",
    "opening",
    "settings",
    "looking",
    "memory",
    "mending",
    "kb",
    "queries",
)
THIRD = ("actions", "api")
ROOF = ("render", "cli")
FLOORS = (GROUND, FIRST, SECOND, THIRD, ROOF)

# Rooms on one floor that may know each other, in this direction only.
NEIGHBOURS = {
    "ground": (
        "errors",
        "values",
        "lazy",
        "digests",
        "model",
        "remembered",
        "patterns",
        "adoption",
        "trailers",
        "events",
        "claims",
        "schema",
    ),
    "first": ("clock", "disk", "failpoints", "git", "config", "db", "cells", "cache", "formats"),
    "second": SECOND,
    "third": ("actions", "api"),
    "roof": ("render", "cli"),
}
GROUND_MAY_USE = {
    *("__future__", "re", "json", "hashlib", "functools", "sys", "os", "collections", "typing"),
    *("warnings", "_sha1"),
}
# The libraries of the outside world, and the only rooms that know them.
KEEPERS = {
    "sqlite3": ("db", "cache", "journal", "opening", "memory", "mending"),
    "pygit2": ("git",),
    "click": ("cli",),
    "yaml": ("formats",),
    "subprocess": (),
}

FILES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(level for level, rooms in enumerate(FLOORS) if name in rooms)


def typed_only(tree: ast.AST) -> set[int]:
    """Lines inside `if TYPE_CHECKING:`: they do not run, but the floors hold for them too,
    except that a room may name the type of the value it is handed."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for child in node.body:
                lines.update(range(child.lineno, (child.end_lineno or 0) + 1))
    return lines


def imports(path: Path) -> list[str]:
    """Every module that a file loads, at once or lazily."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = typed_only(tree)
    found: list[str] = []
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and is_module_name(node.value):
            found.append(str(node.value))  # lazy("git_cmos.fold")
    return found


def is_module_name(text: object) -> bool:
    return isinstance(text, str) and text.startswith("git_cmos.") and " " not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_downward(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for name in imports(path):
        if not name.startswith("git_cmos."):
            continue
        there = name.split(".")[1]
        if there == here or there.startswith("__"):
            continue
        assert floor(there) <= floor(here), f"{path.name} looks up to {there}"
        if floor(there) == floor(here):
            order = tuple(NEIGHBOURS.values())[floor(here)]
            assert order.index(there) < order.index(here), f"{here} may not know {there}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_outside_world_has_one_room_a_library(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        if library in KEEPERS:
            assert room(path) in KEEPERS[library], f"{path.name} imports {library}"
        if room(path) in GROUND and library != "git_cmos":
            assert library in GROUND_MAY_USE, f"the ground floor imports {library}"


def test_only_the_fold_writes_projection_tables() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if room(path) == "fold":
            continue
        for table in fold.TABLES:
            for verb in ("INSERT INTO", "INSERT OR REPLACE INTO", "UPDATE", "DELETE FROM"):
                assert f"{verb} {table} " not in text, f"{path.name}: {verb} {table}"


def test_files_and_functions_stay_small() -> None:
    lengths = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, f"{path.name} is crowded"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                lengths.append(length)
                assert length <= 60, f"{path.name}: {node.name} has {length} lines"
    lengths.sort()
    assert lengths[len(lengths) * 9 // 10] <= 30
    assert lengths[len(lengths) // 2] <= 12
