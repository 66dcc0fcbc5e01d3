"""graph-cycle and graph-dangling."""

from __future__ import annotations

import random

from git_cmos.actions.verify.graph_rules import cycles
from git_cmos.events import DependencyAdded
from git_cmos.memory import Memory
from tests.actions.test_verify import findings, inside, need, only, plan, rules
from tests.conftest import Repository


def join(repo: Repository, *edges: str) -> None:
    """Dependencies as a sync may bring them: nobody asks whether they fit."""

    def tell(memory: Memory) -> None:
        parts = [(edge, *edge.split(" ")) for edge in edges]
        told = [DependencyAdded(edge=e, source=s, type=t, target=o) for e, s, t, o in parts]
        memory.change(lambda db: told, "tester")

    inside(repo, tell)


def test_a_circle_that_two_clones_closed(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2", "B1.3")
    need(repo, "B1.1", "B1.2")
    need(repo, "B1.2", "B1.3")
    assert rules(repo) == []
    join(repo, "B1.1 Blocks B1.3")
    found = only(repo, "graph-cycle")
    assert (found.level, found.commit, found.mission) == ("error", None, "B1.1")
    assert found.message == "a circle: B1.1 needs B1.2 needs B1.3 needs B1.1"
    assert found.hint.startswith("`git cmos mission depends B1.1 B1.3 --type Blocks --remove`")


def test_a_mission_that_needs_itself(repo: Repository) -> None:
    plan(repo, "B1.1")
    join(repo, "B1.1 Requires B1.1")
    assert only(repo, "graph-cycle").message == "a circle: B1.1 needs B1.1"


def test_soft_dependencies_close_no_circle(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    join(repo, "B1.1 Requires B1.2", "B1.1 Enables B1.2")
    assert rules(repo) == []


def test_two_circles_are_two_findings(repo: Repository) -> None:
    plan(repo, "A1", "A2", "B1", "B2")
    join(repo, "A1 Requires A2", "A2 Requires A1", "B1 Requires B2", "B2 Requires B1")
    assert [finding.mission for finding in findings(repo)] == ["A1", "B1"]


def test_a_dependency_on_nothing(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.3")
    join(repo, "B1.1 Requires B1.2", "B1.4 Enables B1.3", "B1.1 Requires B1.3")
    found = findings(repo)
    assert [(f.rule, f.level, f.mission) for f in found] == [
        ("graph-dangling", "warn", "B1.1"),
        ("graph-dangling", "warn", "B1.3"),
    ]
    assert found[0].message == "'B1.1 Requires B1.2': nobody has added or claimed B1.2"
    assert "git cmos mission add B1.2" in found[0].hint


def test_a_claimed_mission_is_something(repo: Repository) -> None:
    plan(repo, "B1.1")
    join(repo, "B1.1 Requires B1.2")
    repo.commit("work", "Mission: B1.2")
    assert rules(repo) == ["mission-unknown"]


def test_every_knot_yields_a_true_circle() -> None:
    chance = random.Random(7)
    for _ in range(200):
        names = [f"M{number}" for number in range(chance.randint(1, 8))]
        needs: dict[str, set[str]] = {}
        for _ in range(chance.randint(0, 12)):
            needs.setdefault(chance.choice(names), set()).add(chance.choice(names))
        found = list(cycles(needs))
        for path in found:
            assert all(b in needs[a] for a, b in zip(path, [*path[1:], path[0]], strict=True))
            assert path[0] == min(path)
        members = [mission for path in found for mission in path]
        assert len(members) == len(set(members))
        assert bool(found) == any(returns(name, needs) for name in names)


def returns(start: str, needs: dict[str, set[str]]) -> bool:
    queue, visited = list(needs.get(start, ())), set()
    while queue:
        name = queue.pop()
        if name == start:
            return True
        if name not in visited:
            visited.add(name)
            queue += needs.get(name, ())
    return False


def test_a_long_chain_takes_no_time() -> None:
    chain = {f"M{number}": {f"M{number + 1}"} for number in range(20_000)}
    assert list(cycles(chain)) == []
    chain["M20000"] = {"M0"}
    assert [len(path) for path in cycles(chain)] == [20_001]
