"""What the rules look at, and how they speak."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property

from git_cmos import claims, reverts, trailers
from git_cmos.actions.verify.past import reverters
from git_cmos.actions.verify.spelling import Spelling
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.actions.verify.scope import Scope
    from git_cmos.claims import RawCommit, Vocabulary
    from git_cmos.memory import Memory

LONGEST_QUOTE = 60
_GUESSES = 50
MISSION = "mission"  # the first trailer name of the mission family; the others are `mission-…`


@value
class Remark:
    """What a rule has to say; which rule, and how bad that is, are added by who asked it. line:
    of the message, from 1; None where who asked is to look for it."""

    commit: str | None
    mission: str | None
    message: str
    hint: str
    line: int | None = None


class Message:
    """One commit's message, or one that is not committed yet, as the rules look at it.

    trailers: what git sees, keys as written; ours: (name, key, text) of those that we know;
    adopted: the same of what the adopted patterns find.
    """

    def __init__(
        self,
        content: bytes,
        words: Vocabulary,
        oid: str | None = None,
        at: int = 0,
        is_merge: bool = False,
    ) -> None:
        self.content, self.oid, self.at, self.is_merge = content, oid, at, is_merge
        self.rules = words.rules
        self.trailers = trailers.parse(content, words.rules)
        known = ((words.keys.get(key.lower()), key, text) for key, text in self.trailers)
        self.ours = [(name, key, text) for name, key, text in known if name]
        self.adopted = self._adopted(words) if words.adopted else []

    @classmethod
    def of(cls, commit: RawCommit, words: Vocabulary) -> Message:
        content = claims.reencode(commit.message, commit.encoding)
        return cls(content, words, commit.oid, commit.at, len(commit.parents) > 1)

    def _adopted(self, words: Vocabulary) -> list[tuple[str, str, str]]:
        text = self.content.decode("utf-8", "replace")
        named = [(name, text) for name, _, text in self.ours]
        found = claims.unsaid(words, named, claims.subject_of(text), text)
        return [(name, name.title(), mission) for name, mission in found]

    def missions(self) -> list[str]:
        """The ids that it claims, each once."""
        named = (ids_in(name, text) for name, _, text in (*self.ours, *self.adopted))
        return list(dict.fromkeys(mission for ids in named for mission in ids))


class Context:
    """One verification: the memory, the range, and what the rules ask of both again and again.

    ours: the commits of the range that bear trailers of ours, with their place in it, newest
    first; claiming: how many of them claim missions; moving: whether one of them moves one;
    spoken_of: the missions that they claim; everything: whether all of history is looked at.
    """

    def __init__(self, memory: Memory, scope: Scope, everything: bool = False) -> None:
        self.memory, self.db, self.scope = memory, memory.db, scope
        self.words = memory.vocabulary()
        self.spelling = Spelling(self.words.keys)
        self.ours: dict[str, int] = {}
        self.claiming, self.moving = 0, False
        self.everything, self.spoken_of = everything, set[str]()
        self._near: dict[str, list[str]] = {}

    def take(self, message: Message, place: int) -> None:
        """Remember a commit of the range that bears trailers of ours."""
        said = (*message.ours, *message.adopted)
        if message.oid and said:
            self.ours[message.oid] = place
            self.spoken_of.update(message.missions())
            self.claiming += bool(message.missions()) and self.holds(message.oid)
            self.moving |= any(name.startswith(f"{MISSION}-") for name, _, _ in said)

    @cached_property
    def known(self) -> dict[str, bool]:
        """id -> whether somebody planned it, of every mission that is known at all."""
        rows = self.db.execute("SELECT id, planned FROM missions")
        return {mission: bool(planned) for mission, planned in rows}

    @cached_property
    def planned(self) -> list[str]:
        return sorted(mission for mission, planned in self.known.items() if planned)

    def near(self, mission: str) -> list[str]:
        """The planned ids that look most like this one; the same but for case before all others.

        Comparing with a long plan takes its time: the first few questions get the full answer.
        """
        if mission not in self._near:
            among = self.planned if len(self._near) < _GUESSES else []
            found = get_close_matches(mission, among, n=2, cutoff=0.6) if len(among) < 5000 else []
            self._near[mission] = self._by_case.get(mission.lower()) or found
        return self._near[mission]

    @cached_property
    def _by_case(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for mission in self.planned:
            found.setdefault(mission.lower(), []).append(mission)
        return found

    def holds(self, oid: str | None) -> bool:
        """Whether nothing in the range takes back what the commit says (a revert does)."""
        return oid is None or oid not in self._reverted

    @cached_property
    def _reverted(self) -> frozenset[str]:
        struck = reverters(self.db)
        beyond = set(self.memory.tips.heads.values()) - set(self.scope.new) if struck else ()
        found = self.memory.repo.oids(beyond, self.scope.new) if beyond else ()
        hidden = frozenset(reverts.known(self.db, found))
        return frozenset(oid for oid in struck if reverts.reverter(self.db, oid, hidden))

    def key(self, name: str) -> str:
        """How the trailer `name` is written here."""
        return self.memory.config.get(f"cmos.trailer.{name}") or name.title()

    def looks_like_an_id(self, text: str) -> bool:
        """A mission that is known, or letters and digits together: few words of prose are."""
        if text in self.known:
            return True
        return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def is_mission(name: str) -> bool:
    """Whether the trailer name is of the mission family."""
    return name.startswith(MISSION)


def ids_in(name: str, text: str) -> list[str]:
    """The mission ids in the value of a trailer."""
    if name == MISSION:
        return claims.mission_ids(text)
    return [i for i in [claims.id_and_text(text)[0]] if i] if is_mission(name) else []


def quote(key: str, text: str) -> str:
    """A trailer in a sentence, of bounded length."""
    line = f"{key}: {text}".rstrip()
    return f"'{line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + '…'}'"
