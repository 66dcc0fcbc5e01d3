"""What single commits claim: missions that nobody planned, none at all, dates to come."""

from __future__ import annotations

from git_cmos.actions.verify.context import MISSION, Remark, ids_in, is_mission, quote
from git_cmos.clock import iso, now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.verify.context import Context, Message

_SECOND = 1_000_000  # `at` counts microseconds


def unknown(context: Context, message: Message) -> Iterator[Remark]:
    """A claim on a mission that nobody has planned, or on what can be no mission.

    Where nothing is planned at all there is nothing to hold claims against: the caller's matter.
    """
    family = [(name, key, text) for name, key, text in message.ours if is_mission(name)]
    if not (family or message.adopted) or not context.holds(message.oid):
        return
    for name, key, text in family:
        if not _names_missions(name, text):
            yield _nameless(context, message, name, key, text)
    for mission in message.missions() if context.planned else ():
        if not context.known.get(mission):
            yield _unplanned(context, message, mission)


def _names_missions(name: str, text: str) -> bool:
    if name != MISSION:
        return bool(ids_in(name, text))
    parts = [part for part in text.split(",") if part.strip().lower() != "none"]
    return len(ids_in(name, text)) == len(parts)


def _nameless(context: Context, message: Message, name: str, key: str, text: str) -> Remark:
    words = text.replace(",", " ").split()
    known = [word for word in words if context.known.get(word)]
    hint = f"write '{key}: <id>'" + (f" or '{key}: none'" if name == MISSION else "")
    if name == MISSION and known:
        hint = f"write '{key}: {', '.join(known)}': ids only, with commas between them"
    return Remark(
        commit=message.oid,
        mission=None,
        message=f"{quote(key, text)} names {'no mission' if not known else 'more than missions'}",
        hint=hint,
    )


def _unplanned(context: Context, message: Message, mission: str) -> Remark:
    said = (*message.ours, *message.adopted)
    key, text = next((k, t) for n, k, t in said if mission in ids_in(n, t))
    near = context.near(mission)
    asked = f"did you mean {' or '.join(near)}? " if near else ""
    plan = f"`git cmos mission add {mission} 'what it is'` plans it"
    return Remark(
        commit=message.oid,
        mission=mission,
        message=f"{quote(key, text)}: nobody has planned {mission}",
        hint=f"{asked}{'else ' if near else ''}{plan}",
    )


def missing(context: Context, message: Message) -> Iterator[Remark]:
    """A commit that names no mission, and does not say that it wants none."""
    if message.is_merge or any(is_mission(name) for name, _, _ in message.ours):
        return
    if message.adopted:
        return
    key = context.key(MISSION)
    yield Remark(
        commit=message.oid,
        mission=None,
        message="names no mission",
        hint=f"end its message with '{key}: <id>', or with '{key}: none' where none applies",
    )


def future(context: Context, message: Message) -> Iterator[Remark]:
    """A commit of ours that is dated further ahead of this clock than `cmos.date.future`."""
    if not message.ours:
        return
    ahead = message.at // _SECOND - now() // _SECOND
    if ahead > context.memory.config.seconds("cmos.date.future"):
        yield Remark(
            commit=message.oid,
            mission=None,
            message=f"dated {iso(message.at)}, {_span(ahead)} ahead of this clock",
            hint="until then its claims come after all that is said meanwhile: set the clock of"
            " its machine right and commit it anew; `git config cmos.date.future` allows more",
        )


def _span(seconds: int) -> str:
    days = seconds // 86_400
    return f"{days} days" if days > 1 else f"{max(1, seconds // 3600)} hours"
