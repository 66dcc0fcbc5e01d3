"""Messages that are not committed yet: what git will keep of one, what is to be added."""

from __future__ import annotations

import os
import re

from git_cmos.actions.agents import who
from git_cmos.lazy import lazy
from git_cmos.model import IN_PROGRESS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_cmos import claims, trailers
    from git_cmos.actions import squashing
    from git_cmos.config import Config
    from git_cmos.memory import Memory
else:
    claims, trailers = lazy("git_cmos.claims"), lazy("git_cmos.trailers")
    squashing = lazy("git_cmos.actions.squashing")

_SCISSORS = " ------------------------ >8 ------------------------"
_AUTO = "#;@!$%^&|:"  # git, builtin/commit.c: adjust_comment_line_char
# While these are under way a message is a copy of another, or git's own.
_COPYING = (
    *("CHERRY_PICK_HEAD", "REVERT_HEAD", "MERGE_HEAD", "rebase-merge", "rebase-apply"),
    "sequencer",
)
_FOR_ANOTHER = ("fixup! ", "squash! ", "amend! ")
_USUAL = ("signed-off-by", "co-authored-by", "assisted-by", "reviewed-by", "tested-by", "acked-by")
_TRAILER_LIKE = re.compile(rb"^[ \t>*-]*[A-Za-z][A-Za-z _-]{2,30}\s*[:=#]", re.MULTILINE)
_SQUASHED = re.compile(rb"^commit ([0-9a-f]{40,64})$", re.MULTILINE)


def comment_char(message: bytes, config: Config) -> str:
    """What comment lines begin with in this message. `auto` has git choose what no line begins
    with; it then stands before the scissors, or before the last lines."""
    setting = config.get("core.commentchar") or "#"
    if setting != "auto":
        return setting
    text = message.decode("utf-8", "replace")
    for char in _AUTO:
        if f"\n{char}{_SCISSORS}" in f"\n{text}":
            return char
    last = text.rstrip("\n").rpartition("\n")[2][:1]
    return last if last and last in _AUTO else "#"


def proper(message: bytes, config: Config) -> bytes:
    """What git will keep: nothing below the scissors, no comment lines where it strips them."""
    char = comment_char(message, config).encode()
    cut = re.search(rb"^" + re.escape(char + _SCISSORS.encode()) + rb"\s*$", message, re.MULTILINE)
    said = message[: cut.start()] if cut else message
    if config.get("commit.cleanup") in ("verbatim", "whitespace", "scissors"):
        return said
    lines = said.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(char))


def speaks(message: bytes) -> bool:
    """Whether a line of the message may be meant as a trailer of ours: else nothing need be
    checked, and nothing of what checks is loaded."""
    return _TRAILER_LIKE.search(message) is not None


def is_plain(memory: Memory, message: bytes) -> bool:
    """Whether every line that may be meant as a trailer is one, known, and names planned missions:
    then the rules need not be loaded to find nothing."""
    words = memory.vocabulary()
    found = trailers.parse(message, words.rules)
    if len(found) != len(_TRAILER_LIKE.findall(message)):
        return False
    missions: set[str] = set()
    for key, text in found:
        name = words.keys.get(key.lower(), "")
        ids = claims.mission_ids(text) if name == "mission" else [claims.id_and_text(text)[0]]
        if not name and key.lower() not in _USUAL:
            return False
        if name.startswith("mission") and text.strip().lower() != "none":
            missions.update(ids)
            if not all(ids) or (name == "mission" and len(ids) != text.count(",") + 1):
                return False
    marks = ",".join("?" * len(missions))
    sql = f"SELECT count(*) FROM missions WHERE planned AND id IN ({marks})"  # noqa: S608 - marks
    return bool(memory.db.execute(sql, tuple(missions)).fetchone()[0] == len(missions))


def credit(memory: Memory, path: str, message: bytes) -> str:
    """Add `Mission: <id>` where exactly one mission is active here and the message names none;
    the id, or ""."""
    if message.lstrip().decode("utf-8", "replace").startswith(_FOR_ANOTHER):
        return ""
    if any(os.path.lexists(os.path.join(memory.repo.git_dir, name)) for name in _COPYING):
        return ""
    words = memory.vocabulary()
    said = trailers.parse(message, words.rules)
    names = [words.keys.get(key.lower(), "") for key, _ in said]
    mission = active(memory)
    if mission is None or any(name.startswith("mission") for name in names):
        return ""
    text = message.decode("utf-8", "replace")
    if claims.unsaid(words, [], claims.subject_of(text), text):  # by an adopted pattern
        return ""
    key = memory.config.get("cmos.trailer.mission") or "Mission"
    with open(path, "rb") as file:
        whole = file.read()
    made = trailers.appended(whole, key, mission[0], words.rules)
    if made is None:
        _add(memory, path, [(key, mission[0])])
    else:
        with open(path, "wb") as file:
            file.write(made)
    return mission[0]


def active(memory: Memory) -> tuple[str, str] | None:
    """(id, name) of the mission that work here is for: the only one in progress, or the only one
    of whoever commits."""
    rows = memory.db.execute(
        "SELECT id, name, actor FROM missions WHERE status = ? LIMIT 100", (IN_PROGRESS,)
    ).fetchall()
    if len(rows) > 1:
        me = who(memory)
        rows = [row for row in rows if row[2] == me]
    return (rows[0][0], rows[0][1]) if len(rows) == 1 else None


def _add(memory: Memory, path: str, said: Iterable[tuple[str, str]]) -> None:
    """By git's own hand, which knows where a trailer block begins and a patch below it."""
    args = [f"--trailer={key}: {text}" for key, text in said]
    options = ("--in-place", "--no-divider", "--if-exists=addIfDifferent")
    memory.repo.run("interpret-trailers", *options, *args, path)


def prepare(memory: Memory, path: str, source: str) -> None:
    """See `hooks.prepare`. Whatever cannot be done is left undone."""
    with open(path, "rb") as file:
        message = file.read()
    if source == "squash":
        carried = squashed(memory, message)
        if carried:
            _add(memory, path, carried)
            return
    mission = active(memory)
    strips = memory.config.get("commit.cleanup") not in ("verbatim", "whitespace", "scissors")
    if mission is None or not strips or source in ("message", "commit", "merge"):
        return
    char = comment_char(message, memory.config)
    if f"\n{char}".encode() not in message:  # without an editor git strips no comments
        return
    line = f"{char} Mission {mission[0]} ({_one_line(mission[1])}) will be credited;"
    line += " say another, or `Mission: none`.\n"
    place = message.find(f"\n{char}".encode()) + 1
    with open(path, "wb") as file:
        file.write(message[:place] + line.encode() + message[place:])


def _one_line(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:60]


def squashed(memory: Memory, message: bytes) -> list[tuple[str, str]]:
    """The trailers to carry of the commits that a squash message lists."""
    oids = [oid.decode() for oid in _SQUASHED.findall(message)]
    return squashing.merged(memory, list(reversed(oids)))
