"""What one commit says: its trailers as happenings, the commits it takes back.

Pure. `trailers` knows git's rules; this room knows what our keys mean (SPEC §2).
"""

from __future__ import annotations

import re

from git_cmos import adoption, trailers
from git_cmos.digests import named
from git_cmos.events import (
    CommitSeen,
    DecisionMade,
    FactStated,
    Happening,
    MissionBlocked,
    MissionCompleted,
    MissionStarted,
    MissionUnblocked,
    MissionWorked,
)
from git_cmos.model import is_id
from git_cmos.values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Trailer names in our vocabulary; `git config cmos.trailer.<name>` renames the key of each.
NAMES = (
    "mission",
    "mission-start",
    "mission-complete",
    "mission-block",
    "mission-unblock",
    "decision",
    "fact",
    "learning",
    "constraint",
    "next-step",
    "session",
    "agent",
    "validation-score",
)
KNOWN_AGENTS = (
    "claude",
    "codex",
    "copilot",
    "cursor",
    "gemini",
    "aider",
    "devin",
    "windsurf",
    "amp",
    "opencode",
    "jules",
    "cline",
)

_REVERT = re.compile(
    r"^This reverts commit ([0-9a-f]{7,64})(?: \([^\n]*\))?"  # (…): git revert --reference
    r"(?:,\s+reversing\s+changes\s+made\s+to\s+([0-9a-f]{7,64}))?",
    re.MULTILINE,
)
# A commit may name thousands of missions and state thousands of facts: each is tied to the first.
_MOST_TIES = 50
_COLON = re.compile(r"\s*:\s+|\s*:$")


@value
class Vocabulary:
    """The keys in force, lower case, by what they are spelt as; git's own rules; and the patterns
    that a history was adopted with."""

    keys: dict[str, str]
    rules: trailers.Rules
    adopted: tuple[adoption.Rule, ...] = ()


def vocabulary(renamed: Mapping[str, str], rules: trailers.Rules) -> Vocabulary:
    """`renamed`: trailer name -> the key to look for instead."""
    keys = {renamed.get(name, name).lower(): name for name in NAMES}
    return Vocabulary(keys=keys, rules=rules)


@value
class RawCommit:
    """A commit as git stores it. ident: the author line (name, address, time, zone); `at`:
    corrected commit date in microseconds since 1970; encoding: the header's value or ''."""

    oid: str
    parents: tuple[str, ...]
    at: int
    ident: bytes
    encoding: str
    message: bytes


@value
class Said:
    """What one commit says. ident: digest of its author line; change: what a rebase keeps of it;
    strikes: (oid or prefix, base) of each commit it reverts, base being the side that a reverted
    merge goes back to."""

    ident: str
    agent: str
    subject: str
    change: str
    happenings: list[Happening]
    strikes: list[tuple[str, str]]


def read(commit: RawCommit, words: Vocabulary) -> Said | None:
    """What `commit` says, or None where it says nothing that concerns us."""
    message = reencode(commit.message, commit.encoding)
    folded = [(key.lower(), lines) for key, lines in trailers.parse_lines(message, words.rules)]
    trailing = [(key, " ".join(lines)) for key, lines in folded]
    found = [(words.keys[key], text) for key, text in trailing if key in words.keys]
    titles = [lines[0] for key, lines in folded if words.keys.get(key) == "decision"]
    text = message.decode("utf-8", "replace")
    subject, strikes = subject_of(text), list(reverts(text))
    found += unsaid(words, found, subject, text)
    if not found and not strikes:
        return None
    ident = reencode(commit.ident, commit.encoding)
    agent = _agent(found, trailing) or author(ident)
    change = _digest(ident, message.strip())
    made = _happenings(found, titles, ident, change, subject) if found else []
    return Said(
        ident=_digest(ident),
        agent=agent,
        subject=subject,
        change=change,
        happenings=made,
        strikes=strikes,
    )


def unsaid(
    words: Vocabulary, found: list[tuple[str, str]], subject: str, text: str
) -> list[tuple[str, str]]:
    """What the adopted patterns find in a message whose trailers name no mission, not even
    `none`: a trailer is the author's own word."""
    if not words.adopted or any(name.startswith("mission") for name, _ in found):
        return []
    return list(adoption.said(words.adopted, subject, text))


def reverts(text: str) -> Iterator[tuple[str, str]]:
    """(name, base) of each commit that a message says it reverts, in `git revert`'s words."""
    return ((found[1], found[2] or "") for found in _REVERT.finditer(text))


def reencode(message: bytes, encoding: str) -> bytes:
    """The message in UTF-8; as it stands where the encoding is unknown (git does the same)."""
    if not encoding or encoding.lower().replace("-", "") == "utf8":
        return message
    try:
        return message.decode(encoding).encode()
    except (LookupError, UnicodeError, ValueError):
        return message


def author(ident: bytes) -> str:
    """The name in an author line."""
    return ident.partition(b"<")[0].strip().decode("utf-8", "replace") or "unknown"


def subject_of(text: str) -> str:
    """git's subject: the first paragraph, on one line."""
    first = text.strip("\n").partition("\n\n")[0]
    return " ".join(line.strip() for line in first.splitlines()).strip()[:500]


def mission_ids(text: str) -> list[str]:
    """The ids in the value of a `Mission:` trailer; empty for `none` and for what is no id."""
    words = [word.strip() for word in text.split(",")]
    return [word for word in words if is_id(word) and word.lower() != "none"]


def id_and_text(text: str) -> tuple[str, str]:
    """`B1.1 the notes` -> ("B1.1", "the notes"); ("", text) where no id comes first."""
    first, rest = [*text.split(maxsplit=1), "", ""][:2]
    first = first.rstrip(":,;.")
    return (first, rest.strip(" -\u2013\u2014")) if is_id(first) else ("", text)


def _digest(*parts: bytes) -> str:
    return named(*parts)[:26]  # short enough to read


def _agent(found: list[tuple[str, str]], trailing: list[tuple[str, str]]) -> str:
    named = [text for name, text in found if name == "agent" and text]
    if named:
        return named[-1]
    for key, text in trailing:
        if key == "assisted-by" and text:
            return re.split(r"[<:(]", text)[0].strip()
    for key, text in trailing:
        if key == "co-authored-by":
            name = text.partition("<")[0].strip()
            if name.lower().split(" ")[0] in KNOWN_AGENTS:
                return name
    return ""


def _happenings(
    found: list[tuple[str, str]], titles: list[str], ident: bytes, change: str, subject: str
) -> list[Happening]:
    score = _score(text for name, text in found if name == "validation-score")
    session = next((text for name, text in found if name == "session"), None)
    missions = _missions(found)
    made = [h for name, text in found for h in _status_claims(name, text, score)]
    decided = iter(titles)
    for name, text in found:
        title = next(decided) if name == "decision" else ""
        made += _memory(name, text, title, _digest(ident, name.encode(), text.encode()))
    made = [_placed(h, missions[:_MOST_TIES], session) for h in made]
    claims = [f"{name}: {text}" for name, text in found]
    commit = CommitSeen(
        change=change, summary=subject, missions=missions, session=session, claims=claims
    )
    return [commit, *made]


def _placed(what: Happening, missions: list[str], session: str | None) -> Happening:
    """A decision or fact belongs to the missions and the session that its commit names."""
    if isinstance(what, (DecisionMade, FactStated)):
        return replace(what, missions=missions, session=session)
    return what


def _missions(found: list[tuple[str, str]]) -> list[str]:
    named: list[str] = []
    for name, text in found:
        if name == "mission":
            named += mission_ids(text)
        elif name.startswith("mission-"):
            named += filter(None, [id_and_text(text)[0]])
    return list(dict.fromkeys(named))


def _status_claims(name: str, text: str, score: float | None) -> list[Happening]:
    if name == "mission":
        return [MissionWorked(mission=mission) for mission in mission_ids(text)]
    mission, rest = id_and_text(text)
    if not mission:
        return []
    match name:
        case "mission-start":
            return [MissionStarted(mission=mission, summary=rest)]
        case "mission-complete":
            return [MissionCompleted(mission=mission, notes=rest, score=score)]
        case "mission-block":
            return [MissionBlocked(mission=mission, reason=rest)]
        case "mission-unblock":
            return [MissionUnblocked(mission=mission, resolution=rest)]
    return []


def _memory(name: str, text: str, title: str, key: str) -> list[Happening]:
    """A decision (its first line is the title, folded lines the rationale) or a fact."""
    if name == "decision" and title:
        rationale = text.removeprefix(title).strip()
        return [DecisionMade(decision=key, title=title, rationale=rationale, missions=[])]
    if not text or name not in ("fact", "learning", "constraint", "next-step"):
        return []
    kind, content = _kind_and_content(text) if name == "fact" else (name, text)
    return [FactStated(statement=key, kind=kind, content=content, missions=[])]


def _kind_and_content(text: str) -> tuple[str, str]:
    kind, *content = _COLON.split(text, maxsplit=1)
    if content and content[0] and " " not in kind.strip():
        return kind.strip(), content[0].strip()
    return "fact", text


def _score(texts: Iterable[str]) -> float | None:
    for text in texts:
        try:
            score = float(text)
        except ValueError:
            continue
        if 0 <= score <= 1:
            return score
    return None
