"""How far what a commit said has travelled: unlanded, landed, released, reverted."""

from __future__ import annotations

from git_cmos.git import default_branch
from git_cmos.kept import LANDED
from git_cmos.model import COMPLETED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from git_cmos.memory import Memory

    Row = dict[str, Any]

_CARRIERS = """
    SELECT t.oid FROM commits c JOIN claims k ON k.oid = c.oid
    JOIN commits t ON t.ident = c.ident AND t.struck IS NULL
    JOIN claims l ON l.oid = t.oid AND l.subject = k.subject AND l.kind = k.kind AND l.body = k.body
    WHERE c.oid = ? AND k.subject = ? AND k.kind != 'CommitSeen' ORDER BY t.at, t.oid
"""


class Reach:
    """The reach of many missions' states, with the few questions to git put together."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.db = memory, memory.db
        rows = self.db.execute("SELECT oid FROM unreached WHERE name = ?", (LANDED,))
        self.unlanded = {oid for (oid,) in rows}
        self._landing: tuple[str, str] | None = None
        self._holders: dict[str, list[str]] = {}
        self._tags: dict[str, str] = {}

    def of(self, rows: list[Row]) -> dict[str, tuple[str | None, list[str]]]:
        """mission id -> (reach, refs) for rows of `missions`."""
        carriers = {row["id"]: self._carriers(row) for row in rows if row["decided_commit"]}
        done = {row["id"] for row in rows if row["status"] == COMPLETED}
        self._learn_tags([oid for name, oids in carriers.items() if name in done for oid in oids])
        loose = {oid for oids in carriers.values() for oid in oids if oid in self.unlanded}
        self._ask_holders(loose)
        return {row["id"]: self._one(row, carriers.get(row["id"], [])) for row in rows}

    def _carriers(self, row: Row) -> list[str]:
        subject = f"mission:{row['id']}"
        found = self.db.execute(_CARRIERS, (row["decided_commit"], subject)).fetchall()
        return [oid for (oid,) in found] or [row["decided_commit"]]

    def _one(self, row: Row, carriers: list[str]) -> tuple[str | None, list[str]]:
        if row["status"] != COMPLETED and self._reverted(row):
            return "reverted", []
        tags = [tag for oid in carriers if (tag := self.tag(oid))]
        if tags and row["status"] == COMPLETED:
            return "released", [short(tags[0])]
        if any(oid not in self.unlanded for oid in carriers):
            return "landed", [short(self.landing()[0])]
        if not carriers:
            return None, []
        return "unlanded", sorted({name for oid in carriers for name in self.branches(oid)})

    def _reverted(self, row: Row) -> bool:
        """Whether a completion later than what decides the status was struck by a revert."""
        sql = (
            "SELECT 1 FROM claims k JOIN commits c ON c.oid = k.oid WHERE k.subject = ?"
            " AND k.kind = 'MissionCompleted' AND c.struck IS NOT NULL AND c.at >= coalesce("
            "(SELECT at FROM commits WHERE oid = ?), (SELECT at FROM events WHERE id = ?), ?)"
        )
        decided = (row["decided_commit"], row["decided_by"], row["added_at"])
        return self.db.execute(sql, (f"mission:{row['id']}", *decided)).fetchone() is not None

    def tag(self, oid: str) -> str:
        """The first tag that holds the commit, or "" (also where nobody asked for it)."""
        return self._tags.get(oid, "")

    def _learn_tags(self, oids: list[str]) -> None:
        if oids:
            self._tags |= self.memory.first_tags(oids)

    def landing(self) -> tuple[str, str]:
        """(name, commit) of the default branch; ("", "") where there is none."""
        if self._landing is None:
            config = self.memory.config
            tips = self.memory.tips
            name = default_branch(
                tips, config.get("cmos.defaultbranch"), config.get("init.defaultbranch")
            )
            self._landing = name, tips.heads.get(name, "")
        return self._landing

    def branches(self, oid: str) -> list[str]:
        """The branches that hold an unlanded commit, in short; HEAD for a detached one."""
        return [short(name) for name in self._holders.get(oid, [])]

    def ask(self, oids: set[str]) -> None:
        """Learn at once which branches and tags hold these commits."""
        self._learn_tags(list(oids))
        self._ask_holders({oid for oid in oids if oid in self.unlanded})

    def _ask_holders(self, oids: set[str]) -> None:
        missing = oids - self._holders.keys()
        if not missing:
            return
        heads = self.memory.tips.heads
        branches = {name: oid for name, oid in heads.items() if name.startswith("refs/")}
        on_branch = set(branches.values())
        detached = {n: o for n, o in heads.items() if n not in branches and o not in on_branch}
        found = self.memory.repo.holders({**branches, **detached}, self.landing()[1], missing)
        self._holders |= {oid: found.get(oid, []) for oid in missing}


def short(name: str) -> str:
    """refs/heads/x -> x, refs/remotes/o/x -> o/x, refs/tags/v -> v, HEAD:w -> HEAD."""
    for prefix in ("refs/heads/", "refs/remotes/", "refs/tags/"):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return "HEAD" if name.startswith("HEAD:") else name
