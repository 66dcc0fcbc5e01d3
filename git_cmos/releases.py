"""The first tag that holds a commit. Asked for when somebody wants to know, then kept until tags
move: walking from every tag costs as much as reading the whole history."""

from __future__ import annotations

from git_cmos.errors import GitFailed
from git_cmos.kept import keep, note

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from git_cmos.git import Repo
    from git_cmos.git.refs import Tips

_AT_ONCE = 5000  # names on one command line


def forget_stale(db: sqlite3.Connection, tips: Tips) -> None:
    """Drop what is kept once any tag came, went or moved."""
    tags = "\n".join(f"{name} {oid}" for name, oid in sorted(tips.tags.items()))
    if tags != (note(db, "tags") or ""):
        db.execute("DELETE FROM releases")
        keep(db, "tags", tags)


def first_tags(db: sqlite3.Connection, repo: Repo, oids: Iterable[str]) -> dict[str, str]:
    """commit -> full name of the oldest tag that holds it, "" where none does."""
    if not note(db, "tags"):
        return {}
    known = dict(db.execute("SELECT oid, tag FROM releases"))
    missing = sorted(set(oids) - known.keys())
    for start in range(0, len(missing), _AT_ONCE):
        known |= _ask(repo, missing[start : start + _AT_ONCE])
    if note(db, "skewed"):
        known |= _ask_closely(repo, [oid for oid in missing if not known[oid]])
    return known


def _ask_closely(repo: Repo, oids: list[str]) -> dict[str, str]:
    """Where clocks were wrong: name-rev passes over tags dated a day before what it is asked for
    (builtin/name-rev.c, CUTOFF_DATE_SLOP)."""
    args = ("for-each-ref", "--sort=creatordate", "--format=%(refname)", "--count=1")
    found = ((oid, repo.run(*args, f"--contains={oid}", "refs/tags/")) for oid in oids)
    return {oid: said.decode("utf-8", "replace").strip() for oid, said in found}


def _ask(repo: Repo, oids: list[str]) -> dict[str, str]:
    """git name-rev prefers the tag with the oldest date (builtin/name-rev.c, is_better_name)."""
    try:
        answer = repo.run("name-rev", "--tags", "--name-only", *oids)
    except GitFailed:  # a tag of what a partial clone lacks stops it
        odd = [f"--exclude={ref}" for ref in repo.tags_of_no_commit()]
        answer = repo.run("name-rev", "--tags", "--name-only", *odd, *oids)
    said = answer.decode("utf-8", "replace")
    names = [line.partition("^")[0].partition("~")[0] for line in said.splitlines()]
    return {
        oid: "" if name == "undefined" else f"refs/tags/{name}"
        for oid, name in zip(oids, names, strict=False)
    }


def remember(db: sqlite3.Connection, tags: dict[str, str]) -> None:
    """Keep what `first_tags` learned, until tags move."""
    db.executemany("INSERT OR IGNORE INTO releases VALUES (?,?)", tags.items())
