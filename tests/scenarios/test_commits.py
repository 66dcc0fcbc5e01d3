"""Scenarios 1 to 5: what a commit says, however it is written; and when it says it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from git_cmos import claims, trailers
from git_cmos.git.history import Reading, each
from tests.conftest import EPOCH, Repository
from tests.scenarios import (
    anew,
    ask,
    bytes_of,
    clone,
    look,
    name_of,
    put_commit,
    raw_commit,
    settled,
    statuses,
    write_commit,
)

DONE, BUSY, BLOCKED = "Completed", "In Progress", "Blocked"


# -- 1: repeated, folded, CRLF, mixed case -------------------------------------------------


def test_repeated_and_comma_separated_missions_all_count(repo: Repository) -> None:
    repo.commit("work", "Mission: B1.1", "Mission: B1.2, B1.3", "Mission: none")
    assert statuses(repo) == {"B1.1": BUSY, "B1.2": BUSY, "B1.3": BUSY}


def test_folded_values_are_joined(repo: Repository) -> None:
    repo.commit("work", "Mission-Complete: B1.1", "  with notes", "\tin three lines")
    assert settled(repo).missions["B1.1"]["notes"] == "with notes in three lines"


def test_crlf_and_mixed_case_keys(repo: Repository) -> None:
    message = b"work\r\n\r\nbody\r\n\r\nMISSION-complete: B1.1\r\nmIsSiOn :B1.2\r\n"
    put_commit(repo, raw_commit(repo, message))
    assert statuses(repo) == {"B1.1": DONE, "B1.2": BUSY}


def test_a_tab_may_stand_between_id_and_notes(repo: Repository) -> None:
    repo.commit("work", "Mission-Complete: B1.1\tall of it")
    assert settled(repo).missions["B1.1"]["notes"] == "all of it"


def test_several_claims_of_one_commit_hold_in_their_order(repo: Repository) -> None:
    repo.commit("all", "Mission-Start: B1.1", "Mission-Block: B1.1 x", "Mission-Unblock: B1.1 y")
    repo.commit("end", "Mission-Complete: B1.1", "Validation-Score: 0.7")
    found = settled(repo)
    assert found.actions("B1.1") == ["start", "blocked", "unblocked", "complete"]
    assert found.missions["B1.1"]["approval_state"] == "needs_review"


# -- 2: random messages, through git's pipe ------------------------------------------------

_PIECES = [
    *("Mission: B1.1", "mission:B2", "Mission-Complete: B1.2 notes", "MISSION-BLOCK : B3 why"),
    *("Signed-off-by: A <a@b>", "(cherry picked from commit abc)", "Fact: x", "Not a trailer"),
    *(" folded", "\tfolded", "   ", "", "", "", "\t", "# comment", "#Mission: B9", "---"),
    *(
        "Conflicts:",
        "\tpath",
        "Mission B1.1",
        "Mission : ",
        ": B1",
        "Decision: a. b",
        "caf\u00e9: x",
    ),
    *(
        "x" * 30,
        "- Mission: B4",
        "Mission:B5 \u2028 x",
        "Agent: z",
        "\x0b",
        "\x0cMission: B6",
        "\r",
    ),
    "This reverts commit 0123456789abcdef0123456789abcdef01234567.",
]


def random_messages(seed: int, count: int) -> list[bytes]:
    rng = random.Random(seed)
    return [random_message(rng) for _ in range(count)]


def random_message(rng: random.Random) -> bytes:
    lines = [rng.choice(_PIECES) for _ in range(rng.randrange(1, 14))]
    ends = rng.choices(("\n", " \n", "\r\n", "\n\n"), (20, 1, 2, 3), k=len(lines))
    return "".join(line + end for line, end in zip(lines, ends, strict=True)).encode()


def expected(repo: Repository) -> dict[str, list[tuple[str, str]]]:
    """commit -> the trailers that git sees."""
    told = bytes_of(
        repo, "git", "log", "--all", "-z", "--format=%H%n%(trailers:only,unfold,separator=%x1f)"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for record in filter(None, told.decode("utf-8", "replace").split("\0")):
        oid, _, rest = record.partition("\n")
        pairs = [line.partition(": ")[::2] for line in rest.split("\x1f") if line]
        found[oid] = [(key, value) for key, value in pairs]
    return found


def import_messages(repo: Repository, messages: list[bytes]) -> None:
    """One commit each, on main, as they are."""
    stream = [b"reset refs/heads/main\n"]
    for date, message in enumerate(messages, EPOCH):
        who = b"A <a@b> %d +0000" % date
        stream.append(b"commit refs/heads/main\ncommitter %s\n" % who)
        stream.append(b"data %d\n%s\n" % (len(message), message))
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=repo.path,
        input=b"".join(stream),
        check=True,
    )


def read_through_the_pipe(repo: Repository) -> dict[str, list[tuple[str, str]]]:
    """commit -> the trailers that we see, as a catch-up reads them."""
    reading = Reading(str(repo.path / ".git"), each(lambda record: True), lambda oid: None)
    tip = repo.git("rev-parse", "main")
    return {commit.oid: trailers.parse(commit.message) for commit in reading.between([tip], [])}


def one_space(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """`rev-list --header` strips the ends of lines: where a value is folded, that can be seen."""
    return [(key, " ".join(value.split())) for key, value in said]


@pytest.mark.parametrize("count", [3000, pytest.param(100_000, marks=pytest.mark.long)])
def test_random_messages_read_through_the_pipe_as_git_reads_them(
    repo: Repository, count: int
) -> None:
    import_messages(repo, [m for m in random_messages(1, count) if b"Conflicts:" not in m])
    read = read_through_the_pipe(repo)
    said = expected(repo)
    assert read.keys() == said.keys()
    assert [oid for oid in said if one_space(read[oid]) != one_space(said[oid])] == []


def test_a_conflicts_line_with_a_carriage_return_is_no_conflicts_line(repo: Repository) -> None:
    """git ignores `Conflicts:` at the end of a message, and nothing that looks like it."""
    message = b"merge\r\n\r\nMission-Complete: B1.1\r\n\r\nConflicts:\r\n\ta\r\n"
    put_commit(repo, raw_commit(repo, message))
    assert expected(repo)[repo.git("rev-parse", "HEAD")] == [("Conflicts", "a")]
    assert statuses(repo) == {}


def test_the_prefilter_passes_over_no_claim(repo: Repository) -> None:
    import_messages(repo, [m for m in random_messages(3, 2000) if b"Conflicts:" not in m])
    keys = set(claims.NAMES)
    wanted = {
        oid
        for oid, said in expected(repo).items()
        if any(k.strip().lower() in keys for k, _ in said)
    }
    logged = {line["commit"] for line in settled(repo).log if line["action"] == "commit"}
    # Commits that say the very same in the same words by the same author line are one line;
    # here every author line differs by its date.
    assert logged == wanted


# -- 3: stranded trailers ------------------------------------------------------------------


def test_a_trailer_in_a_paragraph_of_prose_is_not_counted(repo: Repository) -> None:
    repo.commit("work\n\nSome prose that goes on\nMission: B1.1\nand on and on\nand on")
    repo.commit("more\n\nMission: B1.2\n\nA last paragraph of prose.")
    repo.commit("Mission: B1.3")
    assert statuses(repo) == {}


# -- 4: broken commits ---------------------------------------------------------------------

_GOOD = b"good\n\nMission-Complete: B1.2\n"
_CLAIM = b"odd\n\nMission-Complete: B1.1\n"
_AUTHOR = "A U Thor <author@example.com>"


def odd(repo: Repository, name: str) -> bytes:
    """A commit that is broken in one way."""
    raw = raw_commit(repo, _CLAIM)
    author, committer = (f"{role} {_AUTHOR}".encode() for role in ("author", "committer"))
    stamp = f" {repo.clock} +0000".encode()
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n Mission-Complete: B9.1\n"
    signature += b"    Mission-Complete: B9.2\n -----END PGP SIGNATURE-----\n"
    return {
        "no author": raw.replace(author + stamp + b"\n", b""),
        "no committer": raw.replace(committer + stamp + b"\n", b""),
        "neither": raw.replace(author + stamp + b"\n", b"").replace(committer + stamp + b"\n", b""),
        "no date": raw.replace(stamp, b""),
        "a word for a date": raw.replace(stamp, b" yesterday +0000"),
        "a huge date": raw.replace(stamp, b" 99999999999999999999999 +0000"),
        "no address": raw.replace(b" <author@example.com>", b""),
        "angles in the name": raw.replace(b"A U Thor", b"A > U < Thor"),
        "an empty name": raw.replace(b"A U Thor ", b""),
        "bytes in the name": raw.replace(b"A U Thor", b"A \xff\xfe\x1b[31m"),
        "an unknown encoding": raw_commit(repo, _CLAIM, headers=b"encoding x-klingon\n"),
        "an encoding that is a codec of bytes": raw_commit(repo, _CLAIM, headers=b"encoding hex\n"),
        "a wrong encoding": raw_commit(
            repo, b"odd \xff\xfe\n\nMission-Complete: B1.1\n", headers=b"encoding utf-32\n"
        ),
        "a signature with trailers": raw_commit(repo, _CLAIM, headers=signature),
        "a tag with trailers": raw_commit(
            repo, _CLAIM, headers=b"mergetag object 0\n x\n \n Mission-Complete: B9.3\n"
        ),
        "an unheard-of header": raw_commit(repo, _CLAIM, headers=b"x-y z\n w\n"),
        "escapes": raw_commit(repo, b"\x1b]0;x\x07odd\n\nMission-Complete: B1.1 \x1b[31m\x9b\n"),
        "bytes that are no text": raw_commit(
            repo, b"\xff\xfe\x80\n\nMission-Complete: B1.1 \xff\n"
        ),
        "no message": raw_commit(repo, b""),
        "only line ends": raw_commit(repo, b"\n" * 1000),
        "no empty line": raw_commit(repo, b"").rstrip(b"\n") + b"\n",
        "a NUL after the trailers": raw_commit(repo, _CLAIM + b"\0\n\nMission-Complete: B9.4\n"),
        "a NUL that begins a record": raw_commit(
            repo, _CLAIM + b"\0" + b"ab" * 20 + b"\n\n    x\n    \n    Mission-Complete: B9.5\n"
        ),
        "UTF-16": raw_commit(repo, "odd\n\nMission-Complete: B9.6\n".encode("utf-16")),
        "UTF-16 and says so": raw_commit(
            repo, "odd\n\nMission-Complete: B9.7\n".encode("utf-16"), headers=b"encoding UTF-16\n"
        ),
    }[name]


_SILENT = {"no message", "only line ends", "no empty line", "UTF-16", "UTF-16 and says so"}
_ODD = (
    *("no author", "no committer", "neither", "no date", "a word for a date", "a huge date"),
    *("no address", "angles in the name", "an empty name", "bytes in the name"),
    *("an unknown encoding", "an encoding that is a codec of bytes", "a wrong encoding"),
    *("a signature with trailers", "a tag with trailers", "an unheard-of header", "escapes"),
    *("bytes that are no text", "no message", "only line ends", "no empty line"),
    *("a NUL after the trailers", "a NUL that begins a record", "UTF-16", "UTF-16 and says so"),
)


@pytest.mark.parametrize("name", _ODD)
def test_a_broken_commit_hides_no_other_and_forges_nothing(repo: Repository, name: str) -> None:
    repo.git("tag", "before")
    put_commit(repo, odd(repo, name))
    assert statuses(repo) == ({} if name in _SILENT else {"B1.1": DONE})
    put_commit(repo, raw_commit(repo, _GOOD))
    with_both = settled(repo)
    assert with_both.statuses == ({} if name in _SILENT else {"B1.1": DONE}) | {"B1.2": DONE}
    assert look(repo, "before").statuses == {}
    for command in (["status"], ["log"], ["mission", "list"], ["where", "B1.2"]):
        answer = ask(repo, *command)
        assert answer.status == 0, answer
        assert "\x1b" not in answer.out
        assert "\x9b" not in answer.out


def test_a_message_of_ten_megabytes_is_read_in_seconds(repo: Repository) -> None:
    body = b"word " * 2_000_000
    put_commit(repo, raw_commit(repo, b"big\n\n" + body + b"\n\nMission-Complete: B1.1\n"))
    put_commit(repo, raw_commit(repo, b"lines\n\n" + b"line\n" * 400_000 + b"\nMission: B1.2\n"))
    assert look(repo).statuses == {"B1.1": DONE, "B1.2": BUSY}


def test_a_latin_1_commit_is_read_as_what_it_says(repo: Repository) -> None:
    put_latin_1(repo)
    found = settled(repo)
    assert found.missions["B1.1"]["notes"] == "f\u00fcr alle"
    assert found.log[0]["summary"] == "f\u00fcr alle"


def test_the_author_of_a_latin_1_commit_is_read_as_who_it_is(repo: Repository) -> None:
    put_latin_1(repo)
    assert settled(repo).log[0]["agent"] == "J\u00fcrgen"


def test_a_cherry_pick_that_changes_the_encoding_counts_once(repo: Repository) -> None:
    repo.switch("feat", "-c")
    put_latin_1(repo)
    repo.switch("main")
    repo.commit("elsewhere")
    repo.git("cherry-pick", "--allow-empty", "feat")
    found = settled(repo)
    assert found.actions("B1.1") == ["complete"]
    assert found.reach("B1.1") == ("landed", ["main"])


def put_latin_1(repo: Repository) -> None:
    message = "fertig\n\nMission-Complete: B1.1 f\u00fcr alle\n".encode("latin-1")
    raw = raw_commit(repo, message, author="JUERGEN <j@example.com>")
    raw = raw.replace(b"JUERGEN", "J\u00fcrgen".encode("latin-1"))
    put_commit(repo, raw.replace(b"+0000\n\n", b"+0000\nencoding ISO-8859-1\n\n"))


def test_many_conflicts_lines_cost_one_process_for_many_commits(
    repo: Repository, tmp_path: Path
) -> None:
    for number in range(30):
        message = f"merge\n\nMission-Complete: B{number}\n\nConflicts: \n\ta\n"
        put_commit(repo, raw_commit(repo, message.encode()))
    message = b"merge\n\nMission-Complete: B99\n\nConflicts:\n\ta\n\0\nThis reverts commit %s\n"
    put_commit(repo, raw_commit(repo, message % repo.git("rev-parse", "HEAD").encode()))
    trace = tmp_path / "trace"
    repo.cmos("status", env={"GIT_TRACE2_EVENT": str(trace)})
    started = [line for line in trace.read_text().splitlines() if '"event":"start"' in line]
    assert len([line for line in started if "cat-file" in line]) <= 2
    assert statuses(repo) == {"B99": DONE}


def test_one_message_cannot_fill_the_disk(repo: Repository) -> None:
    named = "".join(f"Mission: m{number}\n" for number in range(1500))
    facts = "".join(f"Fact: f{number}\n" for number in range(1500))
    repo.git("commit", "-q", "--allow-empty", "-F", "-", stdin=f"s\n\n{named}{facts}")
    repo.cmos("status")
    assert (repo.path / ".cmos" / "memory.db").stat().st_size < 500 * len(named + facts)


# -- 5: dates ------------------------------------------------------------------------------


def dated(repo: Repository, date: str, subject: str, *said: str) -> str:
    message = subject + "\n\n" + "\n".join(said) + "\n"
    return put_commit(repo, raw_commit(repo, message.encode(), date=date))


_MOVES = (
    ("start", "Mission-Start: B1.1"),
    ("wait", "Mission-Block: B1.1 for it"),
    ("go on", "Mission-Unblock: B1.1 here it is"),
    ("end", "Mission-Complete: B1.1"),
)
_DATES = {
    "equal": [EPOCH] * 4,
    "backward": [EPOCH, EPOCH - 100, EPOCH - 200, EPOCH - 300],
    "mixed": [EPOCH, EPOCH + 5000, EPOCH - 200, EPOCH + 10],
    "negative": [-1000, -2000, -1500, -3000],
    "around 1970": [0, -1, 1, 0],
    "year 10000": [253402300800, 1, 253402300800, EPOCH],
    "beyond all bounds": [2**62, 2**63 - 1, 2**61, 1],
}


@pytest.mark.parametrize("kind", _DATES)
@pytest.mark.parametrize("step", [1, 2, 4])
def test_a_child_comes_after_its_parent_whatever_the_dates_say(
    repo: Repository, kind: str, step: int, tmp_path: Path
) -> None:
    for number, ((subject, claim), date) in enumerate(zip(_MOVES, _DATES[kind], strict=True)):
        dated(repo, f"{date} +0000", subject, claim)
        if number % step == step - 1:
            look(repo)
    found = settled(repo)
    assert found.statuses == {"B1.1": DONE}
    assert found.actions("B1.1") == ["start", "blocked", "unblocked", "complete"]
    assert anew(clone(repo, tmp_path / "other")).digest == found.digest


@pytest.mark.parametrize("zone", ["+9999", "-0000", "+0530", "+05", "garbage"])
def test_time_zones_do_not_matter(repo: Repository, zone: str) -> None:
    dated(repo, f"{EPOCH + 90} {zone}", "end", "Mission-Complete: B1.1")
    assert settled(repo).missions["B1.1"]["completed_at"] == "2023-11-14T22:14:50Z"


def test_a_late_arm_under_an_early_merge_is_in_order(repo: Repository) -> None:
    """A merge dated before what it merges: the order of reading must not matter."""
    repo.switch("arm", "-c")
    dated(repo, f"{EPOCH + 9000} +0000", "start", "Mission-Start: B1.1")
    repo.switch("main")
    look(repo)
    tip, arm = repo.git("rev-parse", "main", "arm").split()
    raw = raw_commit(
        repo,
        b"merge\n\nMission-Complete: B1.1\n",
        date=f"{EPOCH - 9000} +0000",
        parents=[tip, arm],
    )
    put_commit(repo, raw)
    found = settled(repo)
    assert found.statuses == {"B1.1": DONE}
    assert found.actions("B1.1") == ["start", "complete"]


def test_blocked_twice_for_the_same_reason_within_a_second_is_blocked_once(
    repo: Repository,
) -> None:
    """docs/limits.md: it cannot be told from a cherry-pick."""
    for claim in ("Mission-Block: B1.1 x", "Mission-Unblock: B1.1", "Mission-Block: B1.1 x"):
        repo.git("commit", "-q", "--allow-empty", "-m", f"say\n\n{claim}")
    assert settled(repo).statuses == {"B1.1": "Current"}


def test_a_commit_made_in_the_second_of_a_command_comes_after_it(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.cmos("mission", "add", "B1.1", "told")
    repo.cmos("mission", "block", "B1.1", "--reason", "no key")
    second = EPOCH + 2_000_000_000
    monkeypatch.setattr("git_cmos.clock.now", lambda: second * 1_000_000 + 300_000)
    tell_unblock(repo)
    dated(repo, f"{second} +0000", "end", "Mission-Complete: B1.1")
    assert statuses(repo) == {"B1.1": DONE}


def tell_unblock(repo: Repository) -> None:
    from git_cmos.actions import missions
    from git_cmos.memory import Memory

    with Memory.open(str(repo.path)) as memory:
        missions.unblock(memory, "B1.1")


def test_a_commit_from_the_far_future_costs_no_told_event(repo: Repository) -> None:
    tip = repo.git("rev-parse", "HEAD")
    evil = raw_commit(repo, b"evil\n\nMission: B9.9\n", date="8000000000000 +0000")
    repo.git("branch", "evil", write_commit(repo, evil))
    look(repo)
    repo.cmos("mission", "add", "T1", "told while it was there")
    repo.git("branch", "-q", "-D", "evil")
    repo.cmos("mission", "add", "T2", "told after it had gone")
    assert repo.git("rev-parse", "HEAD") == tip
    assert set(statuses(repo)) == {"T1", "T2"}


def test_a_commit_from_the_far_future_does_not_date_what_is_told_later(repo: Repository) -> None:
    evil = raw_commit(repo, b"evil\n\nMission: B9.9\n", date="4102444800 +0000")  # 2100-01-01
    repo.git("branch", "evil", write_commit(repo, evil))
    repo.cmos("mission", "add", "T1", "told while it was there")
    repo.git("branch", "-q", "-D", "evil")
    assert not look(repo).missions["T1"]["created_at"].startswith("2100")


def test_what_is_told_does_not_overtake_a_commit_from_the_far_future(repo: Repository) -> None:
    """docs/limits.md: a commit's place in time is what it says."""
    evil = raw_commit(repo, b"evil\n\nMission-Block: T1 no\n", date="4102444800 +0000")
    repo.cmos("mission", "add", "T1", "told")
    repo.git("branch", "evil", write_commit(repo, evil))
    repo.cmos("mission", "unblock", "T1")
    assert statuses(repo) == {"T1": BLOCKED}
    assert "date-future" in repo.process("verify", "evil").stdout
    repo.git("branch", "-q", "-D", "evil")
    assert statuses(repo)["T1"] != BLOCKED


def test_a_fact_beside_a_hundred_missions_is_tied_to_the_first_fifty(repo: Repository) -> None:
    """docs/limits.md"""
    repo.commit("many", *(f"Mission: m{number}" for number in range(100)), "Fact: a: b")
    (fact,) = repo.json("fact", "list")
    assert fact["missions"] == [f"m{number}" for number in range(50)]
    assert len(statuses(repo)) == 100


# -- names that are beginnings of names ----------------------------------------------------


def twins(repo: Repository) -> tuple[bytes, bytes]:
    """Two commits whose names begin with the same seven digits."""
    template = raw_commit(repo, b"twin\n\nMission-Complete: B%d\n\n%d\n").replace(
        b"\n\n%d\n", b"\n"
    )
    seen: dict[str, bytes] = {}
    date = f"> {repo.clock} ".encode()
    for number in range(1_000_000):
        raw = template.replace(b"B%d", b"B%d" % (number % 2))
        raw = raw.replace(date, b"> %d " % (EPOCH + 1000 + number))
        other = seen.setdefault(name_of(raw)[:7], raw)
        if b"B%d\n" % (number % 2) not in other:
            return other, raw
    raise AssertionError("no twins")


def test_an_ambiguous_name_strikes_the_same_in_every_order(repo: Repository) -> None:
    for place, raw in enumerate(twins(repo)):
        repo.git("branch", f"twin{place}", write_commit(repo, raw))
    look(repo)
    prefix = repo.git("rev-parse", "twin0")[:7]
    repo.commit(f"back out\n\nThis reverts commit {prefix} (twin).")
    settled(repo)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    assert statuses(repo) == {"B0": DONE, "B1": DONE}


# -- reverts without end -------------------------------------------------------------------


def import_reverts(repo: Repository, levels: int, width: int) -> None:
    """On main, levels of commits, each of which reverts all of the level before."""
    tree = repo.git("rev-parse", "HEAD^{tree}")
    tip = repo.commit("end", "Mission-Complete: B1.1")
    level, date = [tip], EPOCH + 1000
    stream = [f"reset refs/heads/main\nfrom {tip}\n"]
    for _ in range(levels):
        words = "back\n\n" + "".join(f"This reverts commit {oid}.\n" for oid in level)
        level = []
        for _ in range(width):
            date += 1
            who = f"author A <a@b> {date} +0000\ncommitter A <a@b> {date} +0000\n"
            stream.append(f"commit refs/heads/main\n{who}data {len(words)}\n{words}\n")
            tip = name_of(f"tree {tree}\nparent {tip}\n{who}\n{words}".encode())
            level.append(tip)
    repo.git("fast-import", "--quiet", "--force", stdin="".join(stream))
    assert repo.git("rev-parse", "main") == tip


@pytest.mark.long
def test_a_thousand_reverts_of_reverts_are_followed(repo: Repository) -> None:
    import_reverts(repo, 1200, 1)
    assert {m["id"]: m["status"] for m in repo.json("mission", "list")} == {"B1.1": DONE}


def test_a_lattice_of_reverts_is_followed_in_linear_time(repo: Repository) -> None:
    import_reverts(repo, 24, 3)
    done = subprocess.run(
        ["timeout", "3", "git-cmos", "mission", "list"], cwd=repo.path, capture_output=True
    )
    assert done.returncode == 0
