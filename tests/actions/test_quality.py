"""The plan's quality: mission verify, incomplete, audit; validate; research reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Repository

WHOLE = ("--objective", "o", "--criterion", "c", "--deliverable", "d")


def ask(repo: Repository, *args: str, status: int = 0) -> Any:
    answer = repo.run(*args, "--json")
    assert answer.status == status, answer
    return json.loads(answer.out)


def tell(repo: Repository, *args: str) -> None:
    answer = repo.run(*args)
    assert answer.status == 0, answer.err


def problems(found: list[dict[str, Any]]) -> list[tuple[str | None, str]]:
    return [(issue["mission"] or issue["sprint"], issue["problem"]) for issue in found]


def test_incomplete_names_the_fields_and_the_command(repo: Repository) -> None:
    tell(repo, "mission", "add", "B1.1", "Whole", *WHOLE)
    tell(repo, "mission", "add", "B1.2", "Half", "--objective", "o")
    found = ask(repo, "mission", "incomplete")
    assert problems(found) == [("B1.2", "field-missing")]
    assert found[0]["message"] == "has no success criteria, deliverables"
    tell(repo, *found[0]["hint"].removeprefix("git cmos ").replace("'…'", "x").split())
    assert ask(repo, "mission", "incomplete") == []
    assert "nothing is amiss" in repo.run("mission", "incomplete").out


def test_verify_finds_what_contradicts_itself(repo: Repository) -> None:
    tell(repo, "mission", "add", "B1.1", "First", *WHOLE)
    tell(repo, "mission", "add", "B1.2", "Second", *WHOLE)
    assert ask(repo, "mission", "verify") == []
    tell(repo, "mission", "depends", "B1.2", "B1.1")
    tell(repo, "mission", "complete", "B1.2")
    repo.commit("work", "Mission: X9")
    found = ask(repo, "mission", "verify", status=1)
    assert problems(found) == [("X9", "unplanned"), ("B1.2", "need-open")]
    tell(repo, "mission", "complete", "B1.1")
    tell(repo, "mission", "add", "X9", "Extra", *WHOLE)
    assert ask(repo, "mission", "verify") == []


def test_audit_looks_at_sprints(repo: Repository) -> None:
    tell(repo, "sprint", "add", "week-1", "--status", "Completed")
    tell(repo, "sprint", "add", "week-2", "--start", "2020-01-05", "--end", "2020-01-10")
    tell(repo, "sprint", "add", "week-3")
    tell(repo, "mission", "add", "B1.1", "Left over", "--sprint", "week-1", *WHOLE)
    tell(repo, "mission", "add", "B2.1", "Late", "--sprint", "week-2", *WHOLE)
    tell(repo, "mission", "add", "B9.9", "Homeless", *WHOLE)
    found = ask(repo, "mission", "audit", status=1)
    assert problems(found) == [
        ("week-1", "sprint-open"),
        ("week-2", "overdue"),
        ("week-3", "sprint-empty"),
        ("B9.9", "sprint-missing"),
    ]
    assert problems(ask(repo, "mission", "audit", "week-2", status=1)) == [("week-2", "overdue")]
    answer = repo.run("mission", "audit", "week-9")
    assert (answer.status, answer.out) == (1, "")
    assert "did you mean" in answer.err
    assert max(map(len, repo.run("mission", "audit").out.splitlines())) <= 80


def write(repo: Repository, name: str, text: str) -> None:
    path = repo.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    repo.git("add", name)


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("[x](docs/there.md)", ""),
        ("[x](docs/there.md#a-heading)", ""),
        ("[x](docs/there.md#a-heading-1)", ""),
        ("[x](docs/there.md#no)", "no such heading"),
        ("[x](docs/not.md)", "no such file"),
        ("![x](a%20b.png)", ""),
        ("[x](<a b.png>)", ""),
        ("[x](#here)", ""),
        ("[x](#there)", "no such heading"),
        ("[x](/docs/there.md)", ""),
        ("[x](https://example.com/x.md)", ""),
        ("[x](mailto:a@example.com)", ""),
        ("[x]: docs/not.md", "no such file"),
        ("`[x](docs/not.md)`", ""),
        ("```\n[x](docs/not.md)\n```", ""),
        ("~~~\n```\n[x](docs/not.md)\n~~~\n[x](docs/nor.md)", "no such file"),
    ],
)
def test_links_between_documents(repo: Repository, link: str, why: str) -> None:
    write(repo, "docs/there.md", "# A heading\n\n## A heading\n\n[up](../README.md)\n")
    write(repo, "a b.png", "")
    write(repo, "README.md", f"# Here\n\n{link}\n")
    found = ask(repo, "validate", "docs", status=1 if why else 0)
    assert found["files"] == 2
    assert [(b["file"], b["why"]) for b in found["broken"]] == ([("README.md", why)] if why else [])


def test_links_are_checked_from_a_folder_below(repo: Repository) -> None:
    write(repo, "docs/a.md", "[x](no.md)\n")
    below = Repository(repo.path / "docs")
    assert "docs/a.md:1: no.md: no such file" in below.run("validate", "docs").out


def test_health_under_its_old_name(repo: Repository) -> None:
    assert ask(repo, "validate", "health")["ok"] is True


def test_a_report_of_a_research_mission(repo: Repository) -> None:
    tell(repo, "mission", "add", "R1.1", "Payment gateway / evaluation!", "--objective", "Choose.")
    refused = repo.run("research", "export", "R1.1")
    assert refused.status == 1
    assert "--allow-incomplete" in refused.err
    repo.commit(
        "look at them",
        "Mission: R1.1",
        "Decision: Use Stripe",
        "  It is the simplest",
        "Fact: price: 1.5 % a payment",
    )
    tell(repo, "mission", "complete", "R1.1", "--notes", "Stripe recommended")
    found = ask(repo, "research", "export", "R1.1")
    path = repo.path / "cmos" / "research" / "R1.1-payment-gateway-evaluation.md"
    assert Path(found["path"]) == path
    text = path.read_text()
    for words in (
        "# R1.1: Payment gateway / evaluation!",
        "| Status | Completed |",
        "Choose.",
        "Stripe recommended",
        "**Use Stripe** It is the simplest",
        "**price** 1.5 % a payment",
        "look at them",
    ):
        assert words in text
    refused = repo.run("research", "export", "R1.1")
    assert refused.status == 1
    assert "--overwrite" in refused.err
    tell(repo, "research", "export", "R1.1", "--overwrite")
    assert path.read_text() == text


def test_a_report_needs_a_worktree(repo: Repository, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))
    bare = Repository(tmp_path / "bare")
    tell(bare, "mission", "add", "R1.1", "Look")
    tell(bare, "mission", "complete", "R1.1")
    assert bare.run("research", "export", "R1.1").status == 128
    assert bare.run("validate", "docs").status == 128
