"""Exchanging ledgers with a remote: git carries the refs, the union of their events is the state.

Nothing is ever forced and nothing is dropped: a remote that lost a ledger or wrote another one
under its name changes nothing here, and gets back what is ours with the next push.
"""

from __future__ import annotations

from git_cmos import db, packing
from git_cmos.actions import claims, remotes
from git_cmos.actions.exchange import Exchange
from git_cmos.errors import Cannot, CmosError
from git_cmos.failpoints import reach
from git_cmos.git.transport import Remote
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from git_cmos.memory import Memory

    Progress = Callable[[str], object]

_PATIENCE = 10  # seconds that a set-up waits for a remote
_BRANCHES = "refs/heads/cmos/"  # where teams keep the ledger whose host takes nothing but branches


@value
class Synced:
    """What a sync did. received, sent: events; claims: a sentence each for claims of this clone
    that were settled; problems: what is odd about the remote, a sentence each; packed: commits
    of our ledger before and after, or None."""

    remote: str
    received: int
    sent: int
    claims: list[str]
    problems: list[str]
    packed: list[int] | None


def sync(
    memory: Memory,
    remote: str | None = None,
    *,
    fetch: bool = True,
    push: bool = True,
    pack: bool = False,
    progress: Progress = lambda words: None,
) -> Synced:
    """Take in what the remote has, give what it lacks, settle claims that were tentative.

    Cannot (128): no such remote, it cannot be reached, it refuses what is pushed, nothing can be
    written here. Nothing is lost then; what was received stays.
    """
    if memory.why_frozen:
        raise db.unwritable(memory.why_frozen)
    packed = _pack(memory) if pack else None
    return _exchange(memory, remotes.chosen(memory, remote), fetch, push, packed, progress)


def push(memory: Memory, remote: str, progress: Progress = lambda words: None) -> Synced:
    """Give the remote what it lacks of our ledger, and renew our claims there: for `pre-push`.

    Cannot (128) as `sync` has it.
    """
    return sync(memory, remote, fetch=False, progress=progress)


def begin(memory: Memory) -> tuple[Synced | None, str]:
    """(what a first look at the usual remote brought, or None; why it brought nothing, or "").

    For a clone that was just made: quick, without questions, and content with a remote that
    cannot be reached.
    """
    if memory.why_frozen:
        return None, ""
    try:
        if remotes.usual(memory) is None:
            return None, ""
        remote = remotes.chosen(memory, asking=False, seconds=_PATIENCE)
        prefix = _prefix(memory, remote)
        return _exchange(memory, remote, True, False, None, lambda words: None, prefix), ""
    except CmosError as error:
        return None, error.message


def _prefix(memory: Memory, remote: Remote) -> str:
    """The configured prefix; the one of branches, configured from now on, where the remote keeps
    its ledger there."""
    prefix = memory.config.ledger_prefix()
    if prefix == _BRANCHES or remote.listed(f"{prefix}ledger/*"):
        return prefix
    if remote.listed(f"{_BRANCHES}ledger/*"):
        memory.repo.run("config", "--local", "cmos.ledgerPrefix", _BRANCHES)
        return _BRANCHES
    return prefix


def _exchange(
    memory: Memory,
    remote: Remote,
    fetch: bool,
    push: bool,
    packed: list[int] | None,
    progress: Progress,
    prefix: str = "",
) -> Synced:
    prefix = prefix or memory.config.ledger_prefix()
    exchange = Exchange(memory, remote, prefix)
    before = _told(memory)
    progress(f"fetching from {remote.name}" if fetch else f"asking {remote.name}")
    if fetch:
        exchange.fetch()
        memory.catch_up()
        reach("sync-taken-in")
    else:
        exchange.look()
    progress(f"pushing to {remote.name}")
    sent = exchange.push() if push else 0
    reach("sync-given")
    settled = claims.settle(memory, remote) if push else []
    if sent or settled or exchange.refused:
        memory.catch_up()
    if exchange.refused:
        raise Cannot(
            f"{remote.name} refused the ledger: {exchange.refused}",
            "nothing is lost: it is kept here; a host that takes branches only wants"
            f" `git config cmos.ledgerPrefix {_BRANCHES}`",
            "refused",
        )
    return Synced(
        remote=remote.name,
        received=_told(memory) - before,
        sent=sent,
        claims=settled,
        problems=exchange.problems,
        packed=packed,
    )


def _told(memory: Memory) -> int:
    return int(memory.db.execute("SELECT count(*) FROM events").fetchone()[0])


def _pack(memory: Memory) -> list[int]:
    with memory.alone():
        return list(packing.pack(memory.db, memory.repo, memory.config))
