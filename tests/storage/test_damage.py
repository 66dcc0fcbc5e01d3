"""memory.db harmed in every way: noticed, set aside, rebuilt; never a wrong state, never a
traceback (SCENARIO 35)."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from git_cmos import disk, opening
from git_cmos import memory as product_memory
from git_cmos.memory import Memory
from tests.conftest import Repository
from tests.storage import (
    assert_agreement,
    assert_clean_refusal,
    database,
    digest,
    finish,
    ids,
    known,
    ok,
    start,
    warmed,
)

EVERYTHING = {"S1", "T1", "T2", "T3"}


def other_application(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.executescript("PRAGMA application_id=42; CREATE TABLE missions (id, name); VACUUM;")
    db.close()


def link_elsewhere(path: Path) -> None:
    target = path.parent.parent.parent / "elsewhere"
    target.write_text("somebody's file")
    link_instead(path, target)


def link_instead(path: Path, target: Path) -> None:
    path.unlink()
    path.symlink_to(target)


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").touch()


HARMS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"S"),
    "the header alone": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "text": lambda path: path.write_text("no database\n" * 999),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a folder": folder_instead,
    "another application's": other_application,
    "a dangling link": lambda path: link_instead(path, Path("/nowhere/at/all")),
    "a link to another file": link_elsewhere,
    "not a memory's id": lambda path: patch(path, 68, b"\0\0\0\0"),
    "an older format": lambda path: patch(path, 60, b"\0\0\0\0"),
    "garbage behind it": lambda path: path.write_bytes(path.read_bytes() + os.urandom(5000)),
}


def patch(path: Path, place: int, content: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[place : place + len(content)] = content
    path.write_bytes(data)


@pytest.mark.parametrize(
    "harm",
    list(HARMS),
)
def test_a_harmed_file_is_replaced_and_loses_nothing(repo: Repository, harm: str) -> None:
    before = digest(warmed(repo))
    HARMS[harm](database(repo))
    answer = repo.run("mission", "list")
    assert answer.status == 0, answer
    assert all(mission in answer.out for mission in EVERYTHING)
    assert digest(repo) == before
    assert repo.run("db", "health").status == 0
    ok("mission", "add", "N1", "goes on", at=repo)
    assert_agreement(repo)


def test_what_was_set_aside_is_kept_and_named(repo: Repository) -> None:
    warmed(repo)
    database(repo).write_text("somebody's notes\n" * 300)
    said = repo.run("mission", "list").err
    aside = next((repo.path / ".cmos").glob("memory.db.damaged-*"))
    assert said.startswith("warning: ")
    assert aside.name in said
    assert "somebody's notes" in aside.read_text()
    assert repo.run("mission", "list").err == "", "said once"


def test_a_link_is_not_written_through(repo: Repository) -> None:
    warmed(repo)
    link_elsewhere(database(repo))
    assert ids(repo) == EVERYTHING
    assert (repo.path.parent / "elsewhere").read_text() == "somebody's file"


# -- many places -------------------------------------------------------------------------------


class Sound:
    """A repository with a memory that is known to be right, to be harmed again and again."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        for number in range(6):
            repo.commit(f"work {number}", f"Mission-Complete: S{number} {'words ' * 30}")
        for number in range(8):
            ok("mission", "add", f"T{number}", "told", "--objective", "words " * 30, at=repo)
        self.shown, self.digest = ids(repo), digest(repo)
        self.content = database(repo).read_bytes()

    def pages(self) -> int:
        return len(self.content) // 4096

    def faults(self, content: bytes) -> list[str]:
        """What goes wrong with this content: the doctor looks, mends, and all is as before."""
        shutil.rmtree(self.repo.path / ".cmos")
        (self.repo.path / ".cmos").mkdir()
        database(self.repo).write_bytes(content)
        found = []
        seen = self.repo.run("mission", "list", "--json")
        health = self.repo.run("db", "health")
        if health.status:
            rebuilt = self.repo.run("db", "rebuild")
            found += [f"rebuild: {rebuilt.err}"] * (rebuilt.status != 0)
        for answer in (seen, health):
            if "this is a bug" in answer.err:
                found.append(answer.err)
        after = self.repo.run("mission", "list", "--json")
        if after.status or ids(self.repo) != self.shown or digest(self.repo) != self.digest:
            found.append(f"wrong state after health {health.status}: {after.err}")
        return found


@pytest.fixture
def sound(repo: Repository) -> Sound:
    return Sound(repo)


def truncations(sound: Sound, count: int) -> Iterator[bytes]:
    chance = random.Random(1)
    for _ in range(count):
        yield sound.content[: chance.randrange(len(sound.content))]


def flips(sound: Sound, count: int) -> Iterator[bytes]:
    """One bit each, where something is stored."""
    chance = random.Random(2)
    stored = [place for place, byte in enumerate(sound.content) if byte]
    for _ in range(count):
        data = bytearray(sound.content)
        data[chance.choice(stored)] ^= 1 << chance.randrange(8)
        yield bytes(data)


def zeroed_pages(sound: Sound, count: int) -> Iterator[bytes]:
    """A page that a crash left empty."""
    chance = random.Random(3)
    for page in sorted(chance.sample(range(sound.pages()), min(count, sound.pages()))):
        yield sound.content[: page * 4096] + bytes(4096) + sound.content[(page + 1) * 4096 :]


def mixed_pages(sound: Sound, count: int) -> Iterator[bytes]:
    """Two pages in each other's place."""
    chance = random.Random(4)
    for _ in range(count):
        pages = [sound.content[n * 4096 : (n + 1) * 4096] for n in range(sound.pages())]
        one, two = chance.sample(range(1, len(pages)), 2)
        pages[one], pages[two] = pages[two], pages[one]
        yield b"".join(pages)


DAMAGES: dict[str, Callable[[Sound, int], Iterator[bytes]]] = {
    "truncations": truncations,
    "flips": flips,
    "zeroed pages": zeroed_pages,
    "mixed pages": mixed_pages,
}


def all_faults(sound: Sound, damage: str, count: int) -> list[str]:
    found = []
    for number, content in enumerate(DAMAGES[damage](sound, count)):
        found += [f"{damage} {number}: {fault}" for fault in sound.faults(content)]
    return found


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_anywhere_is_noticed_and_mended(sound: Sound, damage: str) -> None:
    found = all_faults(sound, damage, 15)
    assert not found, f"{len(found)} faults, {found[:5]}"


@pytest.mark.long
@pytest.mark.parametrize(
    "damage",
    known(
        DAMAGES,
        ["truncations", "flips", "mixed pages"],
        "as above; and json.loads of a damaged row is a bug to the boundary",
    ),
)
def test_damage_at_a_thousand_places_is_noticed_and_mended(sound: Sound, damage: str) -> None:
    found = all_faults(sound, damage, 1000)
    assert not found, f"{len(found)} faults, {found[:5]}"


def test_a_told_event_that_was_altered_in_the_journal_is_noticed(repo: Repository) -> None:
    """The ledger is its copy: a rebuild must not make the altered words the truth."""
    before = digest(warmed(repo))
    db = sqlite3.connect(database(repo))
    db.execute("UPDATE events SET body = replace(body, 'told 2', 'tola 2')")
    db.commit()
    db.close()
    if repo.run("db", "health").status:
        repo.run("db", "rebuild")
    assert digest(repo) == before


def test_a_projection_row_that_was_altered_is_noticed_by_health(repo: Repository) -> None:
    before = digest(warmed(repo))
    db = sqlite3.connect(database(repo))
    db.execute("UPDATE missions SET status = 'Completed' WHERE id = 'T1'")
    db.commit()
    db.close()
    assert repo.run("db", "health").status == 1
    repo.run("db", "rebuild")
    assert repo.run("db", "health").status == 0
    assert digest(repo) == before


NOTES = ("{", "[]", "null", "x y z", "\x00", "9" * 40)


@pytest.mark.parametrize("text", NOTES)
def test_a_note_that_was_altered_costs_only_time(repo: Repository, text: str) -> None:
    """`kept` holds small derived things: JSON, numbers, lines."""
    before = digest(warmed(repo))
    repo.git("tag", "v1")
    ids(repo)
    db = sqlite3.connect(database(repo))
    keys = [key for (key,) in db.execute("SELECT key FROM kept")]
    db.close()
    for key in keys:
        db = sqlite3.connect(database(repo))
        db.execute("UPDATE kept SET value = ? WHERE key = ?", (text, key))
        db.commit()
        db.close()
        repo.commit(f"moves refs after {key}")
        answer = repo.run("mission", "list", "--json")
        assert answer.status == 0, (key, answer.err)
        answer = repo.run("mission", "update", "T1", "--notes", "n")
        assert answer.status == 0, (key, answer.err)
    assert before != digest(repo)


# -- beside the file -----------------------------------------------------------------------------


def foreign_wal(tmp_path: Path) -> tuple[bytes, bytes]:
    """(memory.db, -wal) of another repository whose process died."""
    other = warmed(Repository.create(tmp_path / "other"), 1)
    db = sqlite3.connect(database(other), isolation_level=None)
    db.execute("PRAGMA wal_autocheckpoint=0")
    db.execute("UPDATE missions SET name = 'foreign'")
    db.execute("UPDATE events SET body = replace(body, 'told 1', 'foreign')")
    db.execute("VACUUM")
    made = database(other).read_bytes(), Path(f"{database(other)}-wal").read_bytes()
    db.close()
    assert made[1]
    return made


def test_a_foreign_wal_brings_nothing_foreign(repo: Repository, tmp_path: Path) -> None:
    before = digest(warmed(repo))
    Path(f"{database(repo)}-wal").write_bytes(foreign_wal(tmp_path)[1])
    answer = repo.run("mission", "list", "--json")
    assert answer.status == 0, answer.err
    if repo.run("db", "health").status:
        repo.run("db", "rebuild")
    assert "foreign" not in ok("mission", "list", at=repo)
    assert ids(repo) == EVERYTHING
    assert digest(repo) == before


def test_a_stale_wal_does_not_bring_back_the_past(repo: Repository) -> None:
    warmed(repo, 2)
    db = sqlite3.connect(database(repo), isolation_level=None)
    db.execute("SELECT count(*) FROM events").fetchone()
    ok("mission", "add", "T3", "in the WAL", at=repo)
    stale = Path(f"{database(repo)}-wal").read_bytes()
    db.close()
    ok("mission", "start", "T1", at=repo)
    ok("mission", "complete", "T1", at=repo)
    before = digest(repo)
    assert not Path(f"{database(repo)}-wal").exists()
    Path(f"{database(repo)}-wal").write_bytes(stale)
    assert repo.run("mission", "list").status == 0
    if repo.run("db", "health").status:
        repo.run("db", "rebuild")
    assert digest(repo) == before


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("content", [b"", b"garbage" * 999])
def test_garbage_beside_the_file_is_harmless(repo: Repository, suffix: str, content: bytes) -> None:
    before = digest(warmed(repo))
    Path(f"{database(repo)}{suffix}").write_bytes(content)
    assert ids(repo) == EVERYTHING
    ok("mission", "add", "N1", "goes on", at=repo)
    assert digest(repo) != before
    assert_agreement(repo)


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_folder_beside_the_file_is_no_traceback(repo: Repository, suffix: str) -> None:
    warmed(repo)
    Path(f"{database(repo)}{suffix}").mkdir()
    answer = repo.run("mission", "list")
    assert "this is a bug" not in answer.err, answer.err
    assert answer.status in (0, 128)


# -- the folder -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["a file", "a dangling link", "a link to a file"])
def test_something_else_in_the_place_of_the_folder_is_kept_and_hurts_nobody(
    repo: Repository, kind: str
) -> None:
    warmed(repo)
    folder = repo.path / ".cmos"
    shutil.rmtree(folder)
    target = repo.path.parent / "target"
    if kind == "a file":
        folder.write_text("somebody's file")
    else:
        folder.symlink_to(target)
    if kind == "a link to a file":
        target.write_text("somebody's file")
    answer = repo.run("mission", "list")
    if answer.status:
        assert_clean_refusal(answer)
    else:
        assert ids(repo) == EVERYTHING
    if kind != "a dangling link":
        kept = [p for p in (folder, target, *repo.path.glob(".cmos*")) if p.is_file()]
        assert "somebody's file" in {path.read_text() for path in kept}


def test_a_folder_that_is_a_link_is_followed_or_refused(repo: Repository) -> None:
    warmed(repo)
    target = repo.path.parent / "target"
    (repo.path / ".cmos").rename(target)
    (repo.path / ".cmos").symlink_to(target)
    answer = repo.run("mission", "add", "N1", "new")
    if answer.status:
        assert_clean_refusal(answer)
    else:
        assert ids(repo) == EVERYTHING | {"N1"}
        assert_agreement(repo)


def test_a_memory_that_a_commit_brought_is_not_believed(repo: Repository, tmp_path: Path) -> None:
    """Anybody can commit a `.cmos/memory.db`; only commits and the ledger are true."""
    forger = Repository(tmp_path / "forger", repo.clock)
    repo.commit("honest", "Mission: S1")
    repo.git("clone", "-q", str(repo.path), str(forger.path))
    ids(forger)
    db = sqlite3.connect(database(forger))
    db.execute("UPDATE missions SET status = 'Completed'")
    db.commit()
    db.close()
    forger.git("add", "-f", ".cmos/memory.db")
    forger.commit("forged")
    repo.git("pull", "-q", str(forger.path), "main")
    assert database(repo).exists()
    assert repo.status_of("S1") == "In Progress"


# -- healing beside others --------------------------------------------------------------------


def test_a_sound_memory_that_another_process_made_meanwhile_is_not_set_aside(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two find the damage; the second gets the lock when the first has mended it."""
    warmed(repo, 1)
    database(repo).write_text("no database\n" * 999)
    real, entered = opening.write_lock, SimpleNamespace(first=True)

    def late(*given: object) -> object:
        if entered.first:
            entered.first = False
            assert finish([start(repo, "mission", "add", "A1", "mended it")])[0][0] == 0
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "write_lock", late)
    assert "A1" in ids(repo)
    assert len(list((repo.path / ".cmos").glob("memory.db.damaged-*"))) == 1


def test_a_sound_memory_is_not_set_aside_for_damage_that_was_mended_meanwhile(
    repo: Repository,
) -> None:
    """The same for damage that shows only halfway through a command."""
    warmed(repo, 1)
    with Memory.open(str(repo.path)) as memory:
        damage = sqlite3.DatabaseError("database disk image is malformed")
        damage.sqlite_errorname = "SQLITE_CORRUPT"
        shutil.rmtree(repo.path / ".cmos")
        ok("mission", "add", "A1", "made it anew", at=repo)
        opening.mend(memory.repo, damage)
    assert ids(repo) == {"S1", "T1", "A1"}
    assert not list((repo.path / ".cmos").glob("memory.db.damaged-*"))


def test_a_write_whose_answer_meets_damage_is_not_told_that_it_was_refused(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed(repo, 1)
    real, told = Memory.change, SimpleNamespace(once=True)

    def change(self: Memory, *given: object) -> object:
        made = real(self, *given)  # type: ignore[arg-type]
        if told.once:
            told.once = False
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorname = "SQLITE_CORRUPT"
            raise error
        return made

    monkeypatch.setattr(product_memory.Memory, "change", change)
    answer = repo.run("mission", "add", "A1", "stored, then the answer fails")
    assert "A1" in ids(repo)
    assert answer.status == 0, answer


def test_what_salvage_reads_does_not_win_over_the_ledger(repo: Repository) -> None:
    """A flipped bit in a told event, and damage elsewhere that has the file replaced."""
    before = digest(warmed(repo))
    db = sqlite3.connect(database(repo), isolation_level=None)
    db.execute("UPDATE events SET body = replace(body, 'told 2', 'tola 2')")
    db.execute("UPDATE events SET at = at + 1000000 WHERE seq = 3")
    db.execute("DROP TABLE meta")
    db.close()
    assert repo.run("mission", "list").status == 0
    assert digest(repo) == before


def test_told_events_that_only_a_damaged_file_holds_are_salvaged(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told and acknowledged, but not yet in the ledger, as a stale lock or a full disk has it."""
    warmed(repo, 1)
    with monkeypatch.context() as patched:
        patched.setattr("git_cmos.memory.ledger.append", lambda *given: None)
        ok("mission", "add", "A1", "in the journal alone", at=repo)
    db = sqlite3.connect(database(repo), isolation_level=None)
    db.execute("DROP TABLE kept")
    db.close()
    assert ids(repo) == {"S1", "T1", "A1"}
    ok("mission", "add", "A2", "goes on", at=repo)
    assert_agreement(repo)


# -- the file system ------------------------------------------------------------------------------


def test_no_wal_on_a_network_file_system(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "on_network", lambda path: True)
    warmed(repo)
    db = sqlite3.connect(database(repo))
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    db.close()
    assert digest(repo)


def test_a_network_file_system_is_warned_of(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "on_network", lambda path: True)
    warmed(repo)
    answer = repo.run("status")
    assert "network" in answer.out + answer.err


MOUNTS = """\
22 1 0:20 / / rw - ext4 /dev/root rw
36 22 0:32 / /work rw shared:1 - nfs4 server:/work rw
37 36 0:33 / /work/local\\040disk rw - ext4 /dev/sdb rw
38 22 0:34 / /mnt/sshfs rw - fuse.sshfs host:/ rw
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/work/repo/.cmos/memory.db", True),
        ("/work/local disk/.cmos/memory.db", False),
        ("/workshop/.cmos/memory.db", False),
        ("/mnt/sshfs/r/.cmos/memory.db", True),
        ("/home/u/r/.cmos/memory.db", False),
    ],
)
def test_network_file_systems_are_told_by_their_mount(
    path: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    real = open
    monkeypatch.setattr(
        "builtins.open",
        lambda name, *given, **named: real(
            tmp_path / "mountinfo" if name == "/proc/self/mountinfo" else name, *given, **named
        ),
    )
    assert disk.on_network(path) is expected
