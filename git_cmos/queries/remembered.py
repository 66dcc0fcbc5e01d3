"""Decisions and facts: by what they are tied to, by when, by the words in them."""

from __future__ import annotations

from git_cmos.db import unpacked
from git_cmos.errors import Refused
from git_cmos.kb import TextIndex
from git_cmos.remembered import Decision, Fact
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.memory import Memory

_DECISIONS = (
    "SELECT d.id, d.ts, d.agent, d.title, d.rationale, d.missions, coalesce(s.id, d.session_id),"
    " d.commit_oid, d.superseded_by"
    " FROM decisions d LEFT JOIN sessions s ON s.key = d.session_id"
)
_FACTS = (
    "SELECT d.id, d.ts, d.agent, d.kind, d.content, d.missions, coalesce(s.id, d.session_id),"
    " d.commit_oid FROM facts d LEFT JOIN sessions s ON s.key = d.session_id"
)


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
    where, values = _conditions(about or About())
    if not superseded:
        where += " AND d.superseded_by IS NULL"
    sql = f"{_DECISIONS} WHERE {where} ORDER BY d.at DESC, d.id DESC LIMIT ?"
    return [_decision(row) for row in memory.db.execute(sql, (*values, limit))]


def facts(memory: Memory, about: About | None = None, *, limit: int = -1) -> list[Fact]:
    """Facts, newest first."""
    about = about or About()
    where, values = _conditions(about)
    if about.kind is not None:
        where += " AND d.kind = ?"
        values.append(about.kind)
    sql = f"{_FACTS} WHERE {where} ORDER BY d.at DESC, d.id DESC LIMIT ?"
    return [_fact(row) for row in memory.db.execute(sql, (*values, limit))]


def everything(
    memory: Memory, about: About | None = None, *, limit: int = -1
) -> list[Decision | Fact]:
    """Decisions and facts together, newest first."""
    found: list[Decision | Fact] = [*decisions(memory, about, limit=limit)]
    if about is not None and about.kind == "decision":
        return found
    told = facts(memory, about, limit=limit)
    found = [*([] if about is not None and about.kind else found), *told]
    found.sort(key=lambda it: (it.at, it.id), reverse=True)
    return found if limit < 0 else found[:limit]


def _conditions(about: About) -> tuple[str, list[Any]]:
    conditions, values = ["1"], []
    tied = "EXISTS (SELECT 1 FROM json_each(d.missions) m {})"
    for condition, wanted in (
        (tied.format("WHERE m.value = ?"), about.mission),
        (
            "(s.sprint_id = ? OR "
            + tied.format("JOIN missions i ON i.id = m.value WHERE i.sprint_id = ?")
            + ")",
            about.sprint,
        ),
        ("(s.id = ? OR d.session_id = ?)", about.session),
        ("d.agent = ?", about.agent),
        ("d.at >= ?", about.since),
        ("d.at <= ?", about.until),
    ):
        if wanted is not None:
            conditions.append(condition)
            values += [wanted] * condition.count("?")
    return " AND ".join(conditions), values


def _decision(row: tuple[Any, ...]) -> Decision:
    id_, at, agent, title, rationale, missions, session, commit, superseded = row
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
    id_, at, agent, kind, content, missions, session, commit = row
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
    """The decision of this id, or of an unambiguous beginning or ending of it of at least four
    characters, or of exactly this title; Refused (1) otherwise."""
    every = decisions(memory)
    for found in (
        [d for d in every if d.id == name],
        [d for d in every if d.title == name],
        [d for d in every if len(name) >= 4 and (d.id.startswith(name) or d.id.endswith(name))],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(f"{name[:80]!r} names several decisions", "write more of it", "ambiguous")
    hint = "`git cmos decision list` shows all"
    raise Refused(f"no decision {name[:80]!r}", hint, "unknown-decision")


def search(memory: Memory, query: str, kinds: str = "df", limit: int = 20) -> list[Decision | Fact]:
    """Decisions ("d") and facts ("f") that hold every word of the query, best first. A word is
    taken literally, case aside, and may be the beginning of a longer one."""
    index = TextIndex(memory.repo)
    found: dict[str, Decision | Fact] = {}
    try:
        for kind in kinds:
            table, text = _TEXTS[kind]
            ids = {id_ for (id_,) in memory.db.execute(f"SELECT id FROM {table}")}  # noqa: S608 - our own names
            index.bring(kind, ids, lambda keys, sql=text: _texts(memory, sql, keys))  # type: ignore[misc]
            for key, *_ in index.search(kind, query):
                if len(found) == limit:
                    break
                if key in ids and key not in found:
                    found[key] = _one(memory, kind, key)
    finally:
        index.close()
    return list(found.values())


_TEXTS = {
    "d": ("decisions", "SELECT title || char(10) || rationale FROM decisions WHERE id = ?"),
    "f": ("facts", "SELECT kind || ': ' || content FROM facts WHERE id = ?"),
}


def _texts(memory: Memory, sql: str, keys: list[str]) -> Iterator[tuple[str, str]]:
    return ((key, memory.db.execute(sql, (key,)).fetchone()[0]) for key in keys)


def fact(memory: Memory, key: str) -> Fact:
    """The fact of this id."""
    return _fact(memory.db.execute(f"{_FACTS} WHERE d.id = ?", (key,)).fetchone())


def _one(memory: Memory, kind: str, key: str) -> Decision | Fact:
    if kind == "d":
        return _decision(memory.db.execute(f"{_DECISIONS} WHERE d.id = ?", (key,)).fetchone())
    return fact(memory, key)
