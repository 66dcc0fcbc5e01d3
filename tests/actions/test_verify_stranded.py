"""trailer-stranded: what reads like a trailer of ours, where git does not look for one."""

from __future__ import annotations

from tests.actions.test_verify import only, plan, rules, setting
from tests.actions.test_verify_trailers import rules_of, said_of
from tests.conftest import Repository


def test_a_trailer_beside_prose_is_reported_with_its_line(repo: Repository) -> None:
    plan(repo, "B1.1")
    oid = repo.commit("work\n\nSome words.\n\nMission-Complete: B1.1\nand more words")
    found = only(repo, "trailer-stranded")
    assert (found.level, found.commit, found.mission) == ("error", oid, "B1.1")
    assert found.message.startswith("line 5: 'Mission-Complete: B1.1' stands where git sees no")
    assert "last paragraph" in found.hint


def test_a_trailer_above_the_last_paragraph(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    repo.commit("work\n\nMission: B1.1\n\nMission: B1.2")
    assert only(repo, "trailer-stranded").mission == "B1.1"


def test_a_trailer_as_the_title(repo: Repository) -> None:
    plan(repo, "B1.1")
    repo.commit("Mission: B1.1")
    assert only(repo, "trailer-stranded").message.startswith("line 1: ")


def test_a_hosted_squash_loses_trailers(repo: Repository) -> None:
    plan(repo, "B1.1", "B1.2")
    squashed = (
        "Add login (#12)\n\n* begin\n\nMission: B1.1\n\n* end\n\nMission-Complete: B1.1\n\n"
        "* other\n\nMission: B1.2\nCo-authored-by: A <a@example.com>\n"
    )
    found = said_of(repo, squashed)[0]
    assert [(f.rule, f.mission, f.message.split(":")[0]) for f in found] == [
        ("trailer-stranded", "B1.1", "line 5"),
        ("trailer-stranded", "B1.1", "line 9"),
    ]
    repo.commit("so is a real one\n\n" + squashed)
    assert rules(repo) == ["trailer-stranded", "trailer-stranded"]


def test_what_is_said_where_git_sees_it_is_not_lost(repo: Repository) -> None:
    plan(repo, "B1.1")
    drafts = (
        "s\n\nMission: B1.1\n\n* more\n\nMission: B1.1\n",
        "s\n\nMission: B1.1\n\n* more\n\nMission-Complete: B1.1 yes\n",  # which is work, too
        "s\n\nMission-Complete: B1.1\n\n* more\n\nMission: B1.1\n",
    )
    assert rules_of(repo, *drafts) == [[], [], ["trailer-stranded"]]


LEFT_ALONE = [
    "s\n\n    Mission: B1.1\n\nindented\n",
    "s\n\n> Mission: B1.1\n\nquoted\n",
    "s\n\n# Mission: B1.1\n\na comment\n",
    "s\n\n`Mission: B1.1` is how it is written.\n\nfine\n",
    "s\n\nwrite\n\n```\nMission-Complete: B1.1\n```\n\nto complete it\n",
    "s\n\n~~~\nMission: B1.1\n~~~\nfenced\n",
    "s\n\nMission: see below\n\nfine\n",
    "s\n\nMission: impossible\n\nfine\n",
    "s\n\nMission: B1.1 is the one that does it\n\nfine\n",
    "s\n\nMission-Complete: all of it\n\nfine\n",
    "s\n\nDecision: we go with SQLite\n\nsince it is there\n",
    "s\n\nFact: it is slow\nwhich nobody likes\n",
    "s\n\nAgent: codex\nSession: B1.1\nLearning: much\n\nfine\n",
    "s\n\nThe Mission: B1.1\n\nfine\n",
    "Mission: B1.1 add the schema\n\nbody\n",
]


def test_prose_is_left_alone(repo: Repository) -> None:
    plan(repo, "B1.1")
    assert dict(zip(LEFT_ALONE, rules_of(repo, *LEFT_ALONE), strict=True)) == {
        draft: [] for draft in LEFT_ALONE
    }


def test_facts_and_decisions_count_in_the_company_of_trailers(repo: Repository) -> None:
    plan(repo, "B1.1")
    drafts = (
        "s\n\nMission: B1.1\nDecision: use SQLite\nFact: perf: 2 ms\n\n* more\n",
        "s\n\nDecision: use SQLite\nSigned-off-by: A <a@example.com>\n\n* more\n",
        "s\n\nDecision: use SQLite\nNote: it is there\n\n* more\n",
        "s\n\nMission: B1.1\nDecision: use SQLite\nwhich is prose\n\n* more\n",
    )
    found = rules_of(repo, *drafts)
    assert [len(names) for names in found] == [3, 1, 0, 1]
    assert {name for names in found for name in names} == {"trailer-stranded"}


def test_an_unplanned_id_counts_where_it_looks_like_one(repo: Repository) -> None:
    drafts = ("s\n\nMission: s95-m04\n\nfine\n", "s\n\nMission: 95\n\nfine\n")
    assert rules_of(repo, *drafts) == [["trailer-stranded"], []]


def test_separators_and_crlf(repo: Repository) -> None:
    plan(repo, "B1.1")
    assert rules_of(repo, "s\r\n\r\nMission: B1.1\r\nand prose\r\n") == [["trailer-stranded"]]
    setting(repo, "trailer.separators", ":=")
    assert rules_of(repo, "s\n\nMission= B1.1\nprose\n", "s\n\nMisson= B1.1\n") == [
        ["trailer-stranded"],
        ["trailer-misspelt"],
    ]
