"""trailer-misspelt: keys that are nearly ours. Helpers for drafts, hostile ones too."""

from __future__ import annotations

import pytest

from git_cmos.actions import verify as checking
from git_cmos.actions.verify.spelling import USUAL, Spelling, distance
from git_cmos.claims import NAMES
from git_cmos.memory import Memory
from git_cmos.model import Finding
from tests.actions.test_verify import inside, only, plan, setting
from tests.conftest import Repository


def said_of(repo: Repository, *drafts: str) -> list[list[Finding]]:
    """What the rules say of messages that are not committed: no process for each."""

    def ask(memory: Memory) -> list[list[Finding]]:
        return [checking.of_draft(memory, draft.encode()) for draft in drafts]

    found: list[list[Finding]] = inside(repo, ask)
    return found


def rules_of(repo: Repository, *drafts: str) -> list[list[str]]:
    return [[finding.rule for finding in found] for found in said_of(repo, *drafts)]


# -- misspelt ------------------------------------------------------------------------------


def test_a_misspelt_key_is_reported_with_the_right_line(repo: Repository) -> None:
    plan(repo, "B1.1")
    oid = repo.commit("work", "Misson: B1.1", "Signed-off-by: A <a@example.com>")
    found = only(repo, "trailer-misspelt")
    assert (found.level, found.commit, found.mission) == ("error", oid, "B1.1")
    assert found.message == "'Misson: B1.1' is not read: the key is 'Mission'"
    assert found.hint.startswith("write 'Mission: B1.1'")


MISSPELT = {
    "Misson: B1.1": "Mission",
    "mision: B1.1": "Mission",
    "Missoin: B1.1": "Mission",
    "Missions: B1.1": "Mission",
    "Missions: see below": "Mission",
    "Mission-Completed: B1.1": "Mission-Complete",
    "Mission-Compelte: B1.1": "Mission-Complete",
    "MissionComplete: B1.1": "Mission-Complete",
    "Mission-Done: B1.1": "Mission-Complete",
    "Mission-Blocked: B1.1 no keys": "Mission-Block",
    "Mission-Started: B1.1": "Mission-Start",
    "Mission-Begin: B1.1": "Mission-Start",
    "Mission-Unlock: B1.1": "Mission-Unblock",
    "Mission-Id: B1.1": "Mission",
    "Mission_Complete: B1.1": "Mission-Complete",
    "Mission Complete: B1.1": "Mission-Complete",
    "Mission_Completed: B1.1": "Mission-Complete",
    "Decisions: use SQLite": "Decision",
    "Facts: it is so": "Fact",
    "Next-Steps: tests": "Next-Step",
    "Agents: codex": "Agent",
    "Validation-Scores: 0.9": "Validation-Score",
}


def test_near_misses(repo: Repository) -> None:
    plan(repo, "B1.1")
    said = said_of(repo, *(f"subject\n\n{line}\n" for line in MISSPELT))
    for (line, key), found in zip(MISSPELT.items(), said, strict=True):
        assert [finding.rule for finding in found] == ["trailer-misspelt"], line
        text = line.partition(": ")[2]
        assert found[0].hint.startswith(f"write '{key}: {text}'"), line


ELSEWHERE = """
Signed-off-by: A <a@example.com>
Co-authored-by: B <b@example.com>
Reviewed-by: C <c@example.com>
Tested-by: D
Acked-by: E
Reported-by: F
Suggested-by: G
Assisted-by: codex
Helped-by: H
Fixes: #12
Closes: #13
Resolves: B1.1
Refs: B1.1
See-also: B1.1
Cc: stable@example.com
Link: https://example.com
Change-Id: I0123456789
Session-Id: 1234
Version: 1.2
Section: net
Lesson: none
Permission: granted
Transmission: sent
Submission: 12
Emission: low
Omission: none
Passion: B1
Missing: tests
Vision: B
Type: fix
Action: none
Factor: 2
Facet: 3
Fast: yes
Act: 2
Urgent: yes
Warning: hot
Earning: 12
Restraint: yes
Next: B1.2
Step: 3
Score: 0.9
Validation: yes
Release-Note: none
Mission-Critical: yes
Mission-Statement: to boldly go
X: y
"""


def test_the_trailers_of_others_are_left_alone(repo: Repository) -> None:
    plan(repo, "B1.1")
    drafts = [f"subject\n\n{line}\n" for line in ELSEWHERE.strip().splitlines()]
    drafts.append(f"subject\n\n{ELSEWHERE.strip()}\n")
    assert rules_of(repo, *drafts) == [[] for _ in drafts]


def test_prose_that_looks_like_a_spaced_key_is_left_alone(repo: Repository) -> None:
    plan(repo, "B1.1")
    drafts = (
        "subject\n\nMission complete: all tests pass\n",
        "subject\n\nThe mission: B1.1 is nearly done\nand so is the rest.\n",
        "Mission Complete: B1.1\n",  # a title, not a paragraph of trailers
        "subject\n\nMission_Complete: B1.1 was\nwritten like this before.\n",
    )
    assert rules_of(repo, *drafts) == [[], [], [], []]


def test_none_of_our_keys_and_none_in_use_elsewhere_is_near() -> None:
    spelling = Spelling({name: name for name in NAMES})
    for key in USUAL - set(NAMES):
        assert spelling.meant(key, True) == "", key


def test_renamed_keys_are_guarded_and_the_old_ones_are_free(repo: Repository) -> None:
    setting(repo, "cmos.trailer.mission", "Ticket-Ref")
    assert rules_of(repo, "s\n\nTicket-Refs: B1.1\n", "s\n\nMisson: B1.1\n") == [
        ["trailer-misspelt"],
        [],
    ]
    setting(repo, "cmos.trailer.mission", "M")  # everything is near one letter
    assert rules_of(repo, "s\n\nMR: 1\n", "s\n\nN: B1.1\n", "s\n\nCc: B1.1\n") == [[], [], []]


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("mission", "mission", 0),
        ("misson", "mission", 1),
        ("missoin", "mission", 1),
        ("session", "mission", 2),
        ("mison", "mission", 2),
        ("permission", "mission", 99),
        ("version", "mission", 99),
        ("", "ab", 2),
    ],
)
def test_distance(one: str, other: str, far: int) -> None:
    assert distance(one, other) == distance(other, one) == far


# -- a hostile user ------------------------------------------------------------------------

HOSTILE = [
    b"",
    b"\n\n\n",
    b"s\n\n\xff\xfe\x00M\x00: B1.1\n",
    b"s\n\n" + "Missi\u00f6n: B1.1\n".encode(),
    b"s\n\nMission\x1b[31m: B1.1\nMisson: \x1b]52;c;x\x07B1.1\n",
    b"s\n\n" + b"a" * 200_000 + b"\n",
    b"s\n\n" + b"Misson " * 50_000 + b"\n",
    b"s\n\n" + b"a_" * 50_000 + b": B1.1\n",
    b"s\n\n" + b"Mission_Complete: B1.1\n" * 2_000,
    b"s\n\n" + b"Mission: B1.1\n\n" * 2_000 + b"end\n",
    b"s\n\n" + b"```\n" * 2_001 + b"Mission: B1.1\n",
    b"s\n\nMisson:" + b" B1.1," * 20_000 + b"\n",
    b"s\n\n" + b"-" * 5_000 + b": x\n",
]


def test_any_bytes_are_answered_in_bounded_words(repo: Repository) -> None:
    plan(repo, "B1.1")

    def ask(memory: Memory) -> list[Finding]:
        return [finding for draft in HOSTILE for finding in checking.of_draft(memory, draft)]

    found = inside(repo, ask)
    assert all(len(f.message) < 200 and len(f.hint) < 300 for f in found)


def test_control_characters_reach_no_terminal(repo: Repository) -> None:
    repo.commit("evil", "Misson: \x1b]52;c;x\x07", "Mission-Completes: \u202eB1.1")
    said = repo.cmos("verify", status=1)
    assert "trailer-misspelt" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\u202e" not in repo.cmos("verify", "--json", status=1)
