"""git's configuration: settings that nobody reads, values that none can be, trailers' keys."""

from __future__ import annotations

import re

from git_cmos.actions import claims, verify
from git_cmos.actions.doctor.symptom import hint, wrong
from git_cmos.claims import NAMES
from git_cmos.config import SETTINGS
from git_cmos.errors import CmosError
from git_cmos.git import transport
from git_cmos.queries import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from git_cmos.actions.doctor.symptom import Symptom
    from git_cmos.memory import Memory

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def _known() -> list[str]:
    """Every `cmos.*` setting there is, with each trailer's and each rule's."""
    plain = [key for key, _, _, _ in SETTINGS if key.startswith("cmos.") and "<" not in key]
    trailing = [f"cmos.trailer.{name}" for name in NAMES]
    return [*plain, *trailing, *(f"cmos.verify.{rule}" for rule in verify.RULES)]


def unknown(memory: Memory) -> Iterator[Symptom]:
    """Settings of ours that nothing reads."""
    known = _known()
    for key in memory.config.values:
        if key.startswith("cmos.") and key not in known:
            otherwise = "docs/reference/configuration.md names all"
            yield wrong(f"no setting is called {key}", nearest.hint(key, known, otherwise))


def bad(memory: Memory) -> Iterator[Symptom]:
    """Values that a setting cannot have."""
    config, values = memory.config, memory.config.values
    asked: list[tuple[str, Callable[[], object]]] = [
        ("cmos.ledgerprefix", config.ledger_prefix),
        ("cmos.date.future", lambda: config.seconds("cmos.date.future")),
        ("cmos.claimttl", lambda: claims.duration(config.get("cmos.claimttl"))),
        ("color.cmos", config.colour),
    ]
    for rule in verify.RULES:
        asked.append((f"cmos.verify.{rule}", lambda rule=rule: config.level(rule, "warn")))  # type: ignore[misc]
    for key, ask in asked:
        try:
            ask()
        except CmosError as error:
            said = error.message if key in error.message.lower() else f"{key}: {error.message}"
            yield wrong(said, error.hint)
    yield from _names(memory, values)


def _names(memory: Memory, values: dict[str, str]) -> Iterator[Symptom]:
    """Names of what is not there."""
    remote, branch = values.get("cmos.remote", ""), values.get("cmos.defaultbranch", "")
    if remote and remote not in transport.remotes(memory.repo.git_dir):
        yield wrong(f"cmos.remote names {remote!r}, which is no remote here", "`git remote -v`")
    places = (branch, f"refs/heads/{branch}", f"refs/remotes/{branch}")
    if branch and not any(place in memory.tips.heads for place in places):
        yield wrong(f"cmos.defaultBranch names {branch!r}, which is no branch here", "`git branch`")
    for name in NAMES:
        key = values.get(f"cmos.trailer.{name}", "")
        if key and not _KEY.fullmatch(key):
            setting = f"cmos.trailer.{name}"
            yield wrong(f"{setting} is {key!r}, which is no key of a trailer", "letters, digits, -")


def trailers(memory: Memory) -> Iterator[Symptom]:
    """What `git commit --trailer mission=…` needs; `init` sets it."""
    said = memory.repo.run("config", "-z", "--get-regexp", r"^trailer\..*\.key$", ok=(0, 1))
    rows = (row.partition("\n") for row in said.decode("utf-8", "replace").split("\0"))
    keys = {setting.lower(): text for setting, _, text in rows}
    missing = [name for name in NAMES if f"trailer.{name}.key" not in keys]
    if missing:
        listed = "" if len(missing) == len(NAMES) else f" for {', '.join(missing)}"
        yield hint(
            f"`git commit --trailer mission=…` is not set up here{listed}", "`git cmos init`"
        )
    for name in NAMES:
        ours = memory.config.get(f"cmos.trailer.{name}") or name
        theirs = keys.get(f"trailer.{name}.key", ours)
        if theirs.rstrip(": ").lower() != ours.lower():
            yield wrong(
                f"trailer.{name}.key makes git write {theirs!r}, but {ours!r} is what is read",
                f"`git config trailer.{name}.key {ours.title()}`",
            )
