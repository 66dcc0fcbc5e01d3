"""The first tag that holds a commit. Asked for when somebody wants to know, then kept until tags
move: walking from every tag costs as much as reading the whole history."""

from __future__ import annotations

from git_cmos.errors import GitFailed
from git_cmos.kept import keep, note, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from git_cmos.git import Repo
    from git_cmos.git.refs import Tips

_AT_ONCE = 5000  # names on one command line
_DATE = "SELECT at FROM commits WHERE oid = ?"
_USAGE = 129


def forget_stale(db: sqlite3.Connection, tips: Tips, held: Tips) -> None:
    """Drop what is kept once any tag came, went or moved since `held`."""
    if tips.tags != held.tags:
        db.execute("DELETE FROM releases")
        keep(db, "tags", "some" if tips.tags else "")


def first_tags(db: sqlite3.Connection, repo: Repo, oids: Iterable[str]) -> dict[str, str]:
    """commit -> full name of the oldest tag that holds it, "" where none does."""
    if not note(db, "tags"):
        return {}
    known = dict(db.execute("SELECT oid, tag FROM releases"))
    missing = sorted(set(oids) - known.keys())
    doubtful = _below_backdated(db, missing)
    if doubtful:
        known |= _ask(repo, doubtful, to_the_root=True)
        missing = [oid for oid in missing if oid not in known]
    for start in range(0, len(missing), _AT_ONCE):
        known |= _ask(repo, missing[start : start + _AT_ONCE])
    return known


def _below_backdated(db: sqlite3.Connection, oids: list[str]) -> list[str]:
    """Those on top of which there may be a commit dated a day before them: there name-rev stops
    looking (builtin/name-rev.c, CUTOFF_DATE_SLOP)."""
    last = number(note(db, "backdated"))
    if not last:
        return []
    dates = ((oid, db.execute(_DATE, (oid,)).fetchone()) for oid in oids)
    return [oid for oid, row in dates if row and row[0] < last]


def _ask(repo: Repo, oids: list[str], to_the_root: bool = False) -> dict[str, str]:
    """git name-rev prefers the tag with the oldest date (builtin/name-rev.c, is_better_name)."""
    ask = _ask_to_the_root if to_the_root else _ask_nearby
    try:
        answer = ask(repo, oids, [])
    except GitFailed:  # a tag of what a partial clone lacks stops it
        answer = ask(repo, oids, [f"--exclude={ref}" for ref in repo.tags_of_no_commit()])
    said = answer.decode("utf-8", "replace")
    names = [line.partition("^")[0].partition("~")[0] for line in said.splitlines()]
    return {
        oid: "" if name in ("undefined", oid) else f"refs/tags/{name}"
        for oid, name in zip(oids, names, strict=False)
    }


def _ask_nearby(repo: Repo, oids: list[str], odd: list[str]) -> bytes:
    return repo.run("name-rev", "--tags", "--name-only", *odd, *oids)


def _ask_to_the_root(repo: Repo, oids: list[str], odd: list[str]) -> bytes:
    """What reads a text looks from the tags down to the very first commit."""
    text = "".join(f"{oid}\n" for oid in oids).encode()
    args = ("name-rev", "--tags", "--name-only", *odd)
    try:
        return repo.run(*args, "--annotate-stdin", stdin=text)
    except GitFailed as error:
        if error.returncode != _USAGE:
            raise
        return repo.run(*args, "--stdin", stdin=text)  # its name before git 2.36


def remember(db: sqlite3.Connection, tags: dict[str, str]) -> None:
    """Keep what `first_tags` learned, until tags move."""
    db.executemany("INSERT OR IGNORE INTO releases VALUES (?,?)", tags.items())
