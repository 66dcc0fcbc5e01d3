"""Reverts that were rebased or cherry-picked: they still name the commit as it was called before.

Such a revert takes back the commit that it reaches under the quoted subject as well. What a
commit reaches never changes, so the verdict is the same in every view and on every clone.
"""

from __future__ import annotations

import json

from git_cmos.kept import note
from git_cmos.merges import unreached

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from git_cmos.git import Repo

_FEW = 50
_REVERTS = """
    SELECT c.oid, c.subject, max(s.target) FROM strikes s JOIN commits c ON c.oid = s.oid
    WHERE s.via = '' AND (c.subject GLOB 'Revert "*"' OR c.subject GLOB 'Reapply "*"')
    AND NOT EXISTS (SELECT 1 FROM reverted_merges m WHERE m.oid = c.oid)
"""
_ONE = " GROUP BY c.oid HAVING count(*) = 1"  # of several names the subject quotes one


def follow(db: sqlite3.Connection, repo: Repo, came: list[str]) -> None:
    """Let the reverts among the commits that came take back what they mean: where they do not
    reach the commit that they name, the ones they reach with the subject that they quote, if
    these have one author line and no commit in between has that subject too.

    In a shallow clone only names count: what a revert reaches is not all there.
    """
    reverts = _quoting(db, came)
    if not reverts or repo.is_shallow():
        return
    namesakes = _by_subject(db, {quoted for _, quoted, _ in reverts})
    for revert, quoted, target in reverts:
        found = [row for row in namesakes.get(quoted, []) if not row[0].startswith(target)]
        meant = _meant(db, repo, revert, target, dict(found)) if found else set()
        if meant and not _is_said_between(db, repo, revert, quoted, meant):
            rows = [(revert, oid) for oid in meant]
            db.executemany("INSERT OR IGNORE INTO strikes VALUES (?,?,'')", rows)


def _quoting(db: sqlite3.Connection, came: list[str]) -> list[tuple[str, str, str]]:
    """(revert, quoted subject, name of what it reverts) of those with git's own subject."""
    if len(came) > _FEW:
        wanted = set(came)
        found = [row for row in db.execute(_REVERTS + _ONE) if row[0] in wanted]
    else:
        one = _REVERTS + " AND c.oid = ?" + _ONE
        found = [row for oid in came for row in db.execute(one, (oid,))]
    return [(oid, _quoted(subject), target) for oid, subject, target in found]


def _quoted(subject: str) -> str:
    """The subject of what is reverted; git calls the revert of a revert `Reapply "…"`."""
    kind, _, quoted = subject.removesuffix('"').partition(' "')
    return f'Revert "{quoted}"' if kind == "Reapply" else quoted


def _by_subject(db: sqlite3.Connection, wanted: set[str]) -> dict[str, list[tuple[str, str]]]:
    """subject -> (commit, author line) of the commits of ours that have it."""
    sql = (
        "SELECT subject, oid, ident FROM commits WHERE subject IN (SELECT value FROM json_each(?))"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for subject, oid, ident in db.execute(sql, (json.dumps(sorted(wanted)),)):
        found.setdefault(subject, []).append((oid, ident))
    return found


def _meant(
    db: sqlite3.Connection, repo: Repo, revert: str, target: str, idents: dict[str, str]
) -> set[str]:
    """Those of the namesakes that the revert reaches, unless it reaches what it names."""
    named = [target] if len(target) == len(revert) else repo.commits_named(target)
    if any(repo.reaches(revert, oid) for oid in named):  # as nearly all do
        return set()
    beyond = unreached(db, repo, [*named, *idents], {revert})
    if any(oid not in beyond for oid in named):
        return set()
    reached = idents.keys() - beyond - {revert}
    return set(reached) if len({idents[oid] for oid in reached}) == 1 else set()


def _is_said_between(
    db: sqlite3.Connection, repo: Repo, revert: str, subject: str, meant: set[str]
) -> bool:
    """Whether another commit between these and the revert has the subject, too."""
    found = repo.with_subject(subject, revert, meant) - meant
    if found and note(db, "skewed"):  # then git lists some that lie before these
        found -= repo.oids(meant, [])
    return bool(found)
