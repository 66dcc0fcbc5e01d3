"""The six workflow examples of the user's own guide, command by command, with `git cmos` for
`./cmos/cli.py`: what it promises happens."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

import git_cmos
from tests.conftest import Repository
from tests.remember.test_sessions import ask


def follow(repo: Repository, script: str) -> None:
    """Run a shell script's lines (continued by a backslash) as they stand in the guide."""
    for line in script.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["./cmos/cli.py"]:
            answer = repo.run(*words[1:])
            assert answer.status == 0, (line, answer)
        elif words[:1] == ["git"]:
            repo.git(*words[1:])
        else:
            assert not words, line


def statuses(repo: Repository) -> dict[str, str]:
    return {m["id"]: m["status"] for m in ask(repo, "mission", "list")}


def master(repo: Repository) -> dict[str, Any]:
    return dict(ask(repo, "context")["master_context"])


STARTING = """
./cmos/cli.py session start --type planning --title "Sprint 01 Planning" --sprint "Sprint 01"
./cmos/cli.py session capture decision "Use PostgreSQL for data persistence"
./cmos/cli.py session capture decision "FastAPI for REST API framework"
./cmos/cli.py session capture constraint "Must deploy on AWS within 2 weeks"
./cmos/cli.py session capture next-step "Define database schema"
./cmos/cli.py session capture next-step "Set up CI/CD pipeline"
./cmos/cli.py session capture next-step "Implement authentication"
./cmos/cli.py session complete --summary "Sprint 01 scoped: 8 missions covering the core API"
./cmos/cli.py mission add B1.1 "Database Schema Design" --sprint "Sprint 01"
./cmos/cli.py mission add B1.2 "CI/CD Pipeline Setup" --sprint "Sprint 01"
./cmos/cli.py mission add B1.3 "User Authentication" --sprint "Sprint 01"
./cmos/cli.py mission depends B1.1 B1.3 --type "Blocks"
./cmos/cli.py mission status
./cmos/cli.py mission start B1.1
./cmos/cli.py mission complete B1.1 --notes "Schema implemented with user and audit tables"
./cmos/cli.py mission status
"""


@pytest.fixture
def started(repo: Repository) -> Repository:
    follow(repo, STARTING)
    return repo


def test_example_1_starting_a_new_project(started: Repository) -> None:
    assert statuses(started) == {"B1.1": "Completed", "B1.2": "Current", "B1.3": "Queued"}
    assert [d["decision"] for d in master(started)["decisions_made"]] == [
        "Use PostgreSQL for data persistence",
        "FastAPI for REST API framework",
    ]
    project = ask(started, "context")["project_context"]
    assert project["working_memory"]["next_steps"] == [
        "Define database schema",
        "Set up CI/CD pipeline",
        "Implement authentication",
    ]
    session = ask(started, "session", "list")[0]
    assert (session["status"], len(session["captures"])) == ("completed", 6)


def test_example_2_a_research_spike(started: Repository) -> None:
    follow(
        started,
        """
./cmos/cli.py session start --type research --title "Auth library evaluation"
./cmos/cli.py session capture learning "Passport.js requires Express, not FastAPI"
./cmos/cli.py session capture learning "FastAPI-Users provides built-in OAuth2 support"
./cmos/cli.py session capture decision "Use FastAPI-Users for authentication"
./cmos/cli.py session capture context "Need JWT token expiry of 24 hours for UX"
./cmos/cli.py session complete --summary "Evaluated 3 auth libraries, selected FastAPI-Users" \\
  --next-steps "Update B1.3 mission with FastAPI-Users implementation"
./cmos/cli.py mission update B1.3 --status "Current" \\
  --notes "Using FastAPI-Users per research session PS-2024-11-13-002"
""",
    )
    assert ask(started, "next")["mission"]["id"] == "B1.3"
    assert len(master(started)["learnings"]) == 2


def test_example_3_review_and_next_sprint(started: Repository) -> None:
    follow(
        started,
        """
./cmos/cli.py session start --type review --title "Sprint 01 Retrospective"
./cmos/cli.py session capture learning "Database migrations need better automation"
./cmos/cli.py session capture learning "CI/CD pipeline saved 2 hours per deploy"
./cmos/cli.py session capture constraint "Performance tests must run under 5 minutes"
./cmos/cli.py session complete --summary "Sprint 01: Delivered core infrastructure"
./cmos/cli.py context snapshot master --source "Sprint 01 completion - infrastructure ready"
./cmos/cli.py session start --type planning --title "Sprint 02 Planning" --sprint "Sprint 02"
./cmos/cli.py session capture decision "Focus on user-facing features in Sprint 02"
./cmos/cli.py session capture next-step "Implement user registration endpoint"
./cmos/cli.py session complete --summary "Sprint 02 scoped: 6 missions for user features"
./cmos/cli.py mission add B2.1 "User Registration Endpoint" --sprint "Sprint 02"
./cmos/cli.py mission add B2.2 "User Profile Management" --sprint "Sprint 02"
./cmos/cli.py mission add B2.3 "Search Implementation" --sprint "Sprint 02"
./cmos/cli.py context history master --limit 5
""",
    )
    snapshot = ask(started, "context", "history", "master")[0]
    assert snapshot["source"].startswith("Sprint 01 completion")
    then = ask(started, "context", "show", snapshot["hash"])["content"]
    assert len(then["decisions_made"]) == 2
    assert len(master(started)["decisions_made"]) == 3
    assert len(ask(started, "mission", "list", "--sprint", "Sprint 02")) == 3


def test_example_4_onboarding_an_agent(started: Repository) -> None:
    follow(
        started,
        """
./cmos/cli.py session onboard
./cmos/cli.py session start --type onboarding --title "Onboarding for search feature"
./cmos/cli.py session capture context "Search must support full-text across user profiles"
./cmos/cli.py session capture context "Elasticsearch already provisioned in AWS"
./cmos/cli.py session capture decision "Use Elasticsearch Python client"
./cmos/cli.py session complete --summary "Onboarded to search implementation" \\
  --next-steps "Review Elasticsearch docs" \\
  --next-steps "Start mission B2.3"
./cmos/cli.py session list --limit 1 --type onboarding
""",
    )
    page = started.run("session", "onboard").out
    for words in ("B1.2 CI/CD Pipeline Setup", "Use Elasticsearch Python", "Start mission B2.3"):
        assert words in page


def test_example_5_blockers(started: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(started, './cmos/cli.py mission add B2.3 "Search" --sprint "Sprint 02"')
    monkeypatch.chdir(started.path)
    git_cmos.block(
        mission_id="B2.3",
        agent="assistant",
        summary="Blocked on Elasticsearch credentials",
        reason="AWS Elasticsearch instance not accessible",
        needs=["Request AWS credentials from DevOps", "Update environment variables"],
    )
    blocked = ask(started, "mission", "show", "B2.3")
    assert blocked["blocked_reason"] == "AWS Elasticsearch instance not accessible"
    assert len(blocked["events"][0]["details"]["needs"]) == 2
    follow(
        started,
        """
./cmos/cli.py session start --type check-in --title "Elasticsearch access resolved"
./cmos/cli.py session capture context "Received AWS creds from DevOps team"
./cmos/cli.py session capture next-step "Update .env with new credentials"
./cmos/cli.py session capture next-step "Resume mission B2.3"
./cmos/cli.py session complete --summary "Blocker resolved, ready to continue"
./cmos/cli.py mission update B2.3 --status "Current" \\
  --notes "Credentials received, blocker resolved"
""",
    )
    assert ask(started, "next")["mission"]["id"] == "B2.3"


def test_example_6_research_with_export(
    started: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(started, './cmos/cli.py mission add R1.1 "Payment Gateway Evaluation"')
    monkeypatch.chdir(started.path)
    git_cmos.start("R1.1", agent="assistant", summary="Starting payment gateway evaluation")
    git_cmos.complete(
        "R1.1",
        agent="assistant",
        summary="Evaluated 3 payment gateways",
        notes="Stripe recommended for MVP. See exported research report for details.",
    )
    candidate = git_cmos.next_mission()
    assert candidate is not None
    assert candidate.id == "B1.2"
    follow(
        started,
        """
./cmos/cli.py research export R1.1
git add cmos/research/R1.1-payment-gateway-evaluation.md
git commit -q -m "Research: Payment gateway evaluation"
./cmos/cli.py mission add B2.4 "Implement Stripe Integration" --sprint "Sprint 02"
./cmos/cli.py mission update B2.4 --notes "Based on research R1.1"
""",
    )
    report = started.git("show", "HEAD:cmos/research/R1.1-payment-gateway-evaluation.md")
    assert "Stripe recommended for MVP" in report
    started.digest()


# Every other command line that the user's documents name, with values for what they leave open.
NAMED = """
db init
db migrate
db shell "SELECT count(*) FROM missions"
db export backlog
db export contexts
db show current
db show backlog
mission list
mission next
mission status
mission add B9.1 "A new one" --sprint "Sprint 09"
mission edit B9.1 --objective "By a flag"
mission show B9.1
mission start B9.1 --summary "Begin"
mission block B9.1 --reason "No key" --need "A key"
mission update B9.1 --status "Current" --notes "Got it"
mission depends B9.1 B1.1 --type "Requires"
mission complete B9.1 --summary "Done" --notes "All of it"
mission incomplete
session log --type start --mission B1.2 --summary "Begin"
session log --type commit --summary "A commit" --agent GitHook --details "commit=1;files=a"
session log --type complete --mission B1.2 --summary "End"
session list
hook install
hook uninstall
decision --title "One" --rationale "Because"
fact --kind finding --content "It works"
memory list
kb index
status
context
export backlog
export sessions
export all
validate health
validate docs
context snapshot master --source "A milestone"
context history master --limit 3
"""


def test_every_command_line_that_the_documents_name(started: Repository) -> None:
    started.commit("write", file="docs/guide.md")
    for line in NAMED.strip().splitlines():
        answer = started.run(*shlex.split(line))
        assert answer.status == 0, (line, answer)
    for line, status in (("mission verify", 1), ("mission audit 'Sprint 01'", 1)):
        assert started.run(*shlex.split(line)).status == status, line
    assert started.run("kb", "search", "write").status == 0
    started.digest()
