"""Decisions and facts: by what they are tied to, by when, by the words in them."""

from __future__ import annotations

from itertools import islice

from git_cmos.cells import unpacked
from git_cmos.errors import Refused
from git_cmos.kb import TextIndex
from git_cmos.queries import nearest, sessions
from git_cmos.remembered import Decision, Fact
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from git_cmos.memory import Memory

    Rows = Iterable[tuple[Any, ...]]

# A session is told by its key; commits name it by its id, or by what no clone has told yet.
_SESSION = "coalesce((SELECT id FROM sessions WHERE key = d.session_id), d.session_id)"
_DECISIONS = (
    f"SELECT d.at, d.id, d.ts, d.agent, d.title, d.rationale, d.missions, {_SESSION}, d.commit_oid,"  # noqa: S608 - our own names
    " d.superseded_by FROM decisions d"
)
_FACTS = (
    f"SELECT d.at, d.id, d.ts, d.agent, d.kind, d.content, d.missions, {_SESSION}, d.commit_oid"  # noqa: S608 - our own names
    " FROM facts d"
)
_NEWEST_FIRST = " ORDER BY d.at DESC, d.id DESC LIMIT ?"
_SHORTEST = 4  # characters of a part of an id


@value
class About:
    """What decisions and facts are asked for by; None: not. since, until: microseconds."""

    mission: str | None = None
    sprint: str | None = None
    session: str | None = None
    agent: str | None = None
    kind: str | None = None
    since: int | None = None
    until: int | None = None


def decisions(
    memory: Memory, about: About | None = None, *, limit: int = -1, superseded: bool = True
) -> list[Decision]:
    """Decisions, newest first; superseded: also those that gave way to another."""
    return [_decision(row) for row in _decided(memory, about or About(), limit, superseded)]


def facts(memory: Memory, about: About | None = None, *, limit: int = -1) -> list[Fact]:
    """Facts, newest first."""
    return [_fact(row) for row in _stated(memory, about or About(), limit)]


def everything(
    memory: Memory, about: About | None = None, *, limit: int = -1
) -> list[Decision | Fact]:
    """Decisions and facts together, newest first. The kind of a decision is `decision`."""
    about = about or About()
    made = about.kind in (None, "decision")
    found: list[tuple[int, str, Decision | Fact]] = []
    found += [(*row[:2], _decision(row)) for row in _decided(memory, about, limit)] if made else []
    found += [(*row[:2], _fact(row)) for row in _stated(memory, about, limit)]
    found.sort(key=lambda it: it[:2], reverse=True)
    return [it for _, _, it in found[: None if limit < 0 else limit]]


def _decided(memory: Memory, about: About, limit: int, superseded: bool = True) -> Rows:
    where, values = _conditions(memory, about)
    if not superseded:
        where += " AND d.superseded_by IS NULL"
    return memory.db.execute(f"{_DECISIONS} WHERE {where}{_NEWEST_FIRST}", (*values, limit))


def _stated(memory: Memory, about: About, limit: int) -> Rows:
    where, values = _conditions(memory, about)
    if about.kind is not None:
        where += " AND d.kind = ?"
        values.append(about.kind)
    return memory.db.execute(f"{_FACTS} WHERE {where}{_NEWEST_FIRST}", (*values, limit))


def _conditions(memory: Memory, about: About) -> tuple[str, list[Any]]:
    conditions, values = ["1"], []
    for condition, wanted in (
        (_TIED.format("WHERE m.value = ?"), about.mission),
        (f"({_IN_SPRINT})", about.sprint),
        ("d.agent = ?", about.agent),
        ("d.at >= ?", about.since),
        ("d.at <= ?", about.until),
    ):
        if wanted is not None:
            conditions.append(condition)
            values += [wanted] * condition.count("?")
    if about.session is not None:
        names = sessions.names(memory, about.session)
        conditions.append(f"d.session_id IN ({','.join('?' * len(names))})")
        values += names
    return " AND ".join(conditions), values


_TIED = "EXISTS (SELECT 1 FROM json_each(d.missions) m {})"
_OF_SPRINT = "SELECT {} FROM sessions WHERE sprint_id = ?"
_IN_SPRINT = " OR ".join(
    (
        f"d.session_id IN ({_OF_SPRINT.format('key')})",
        f"d.session_id IN ({_OF_SPRINT.format('id')})",
        _TIED.format("JOIN missions i ON i.id = m.value WHERE i.sprint_id = ?"),
    )
)


def _decision(row: tuple[Any, ...]) -> Decision:
    _, id_, at, agent, title, rationale, missions, session, commit, superseded = row
    return Decision(
        id=id_,
        at=at,
        agent=agent,
        title=title,
        rationale=rationale,
        missions=unpacked(missions),
        session_id=session,
        commit=commit,
        superseded_by=superseded,
    )


def _fact(row: tuple[Any, ...]) -> Fact:
    _, id_, at, agent, kind, content, missions, session, commit = row
    return Fact(
        id=id_,
        at=at,
        agent=agent,
        kind=kind,
        content=content,
        missions=unpacked(missions),
        session_id=session,
        commit=commit,
    )


def decision(memory: Memory, name: str) -> Decision:
    """The decision of this id, of exactly this title, or of an unambiguous beginning or ending of
    its id, or beginning of its commit, of at least four characters; Refused (1) otherwise."""
    part = (
        "substr(d.id, 1, length(:name)) = :name OR substr(d.id, -length(:name)) = :name"
        " OR substr(d.commit_oid, 1, length(:name)) = :name"
    )
    for condition in ("d.id = :name", "d.title = :name", part):
        if condition == part and len(name) < _SHORTEST:
            break
        sql = f"{_DECISIONS} WHERE {condition} LIMIT 2"
        rows = memory.db.execute(sql, {"name": name}).fetchall()
        if len(rows) == 1:
            return _decision(rows[0])
        if rows:
            hint = "`git cmos decision list --json` shows whole ids"
            raise Refused(f"{name[:80]!r} names several decisions", hint, "ambiguous")
    titles = memory.db.execute("SELECT title FROM decisions ORDER BY at DESC LIMIT 5000")
    hint = nearest.hint(name, (title for (title,) in titles), "`git cmos decision list` shows all")
    raise Refused(f"no decision {name[:80]!r}", hint, "unknown-decision")


def fact(memory: Memory, key: str) -> Fact:
    """The fact of this id."""
    return _fact(memory.db.execute(f"{_FACTS} WHERE d.id = ?", (key,)).fetchone())


def search(memory: Memory, query: str, kinds: str = "df", limit: int = 20) -> list[Decision | Fact]:
    """Decisions ("d") and facts ("f") that hold every word of the query, best first. A word is
    taken literally, case aside, and may be the beginning of a longer one."""
    index = TextIndex(memory.repo)
    try:
        ids: set[str] = set()
        for kind in kinds:
            table, text = _TEXTS[kind]
            known = {id_ for (id_,) in memory.db.execute(f"SELECT id FROM {table}")}  # noqa: S608 - our own names
            index.bring(kind, known, lambda keys, sql=text: _texts(memory, sql, keys))  # type: ignore[misc]
            ids.update(kind + id_ for id_ in known)
        found = (key for key, *_ in index.search(kinds, query) if key in ids)
        return [_one(memory, key) for key in islice(found, limit)]
    finally:
        index.close()


_TEXTS = {
    "d": ("decisions", "SELECT title || char(10) || rationale FROM decisions WHERE id = ?"),
    "f": ("facts", "SELECT kind || ': ' || content FROM facts WHERE id = ?"),
}


def _texts(memory: Memory, sql: str, keys: list[str]) -> Iterator[tuple[str, str]]:
    return ((key, memory.db.execute(sql, (key,)).fetchone()[0]) for key in keys)


def _one(memory: Memory, key: str) -> Decision | Fact:
    if key[0] == "f":
        return fact(memory, key[1:])
    return _decision(memory.db.execute(f"{_DECISIONS} WHERE d.id = ?", (key[1:],)).fetchone())
