"""The rows of SPEC §7: how much each may cost.

A new row is a function of `duels` that returns a `Duel`, and an entry in `ROWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import duels, libraries
from benchmarks.duels import Bench, Duel


@dataclass(frozen=True)
class Row:
    """bound: what the ratio may be at most (SPEC §7); goal: what it should be; heavy: one run
    takes seconds, so fewer of them do; informative: measured, not judged."""

    name: str
    about: str
    build: Callable[[Bench], Duel]
    bound: float
    goal: float | None = None
    heavy: bool = False
    informative: bool = False


ROWS = (
    Row(
        "ingest",
        "`init`, one commit in 50 ours, against `git log --all --format='%H %(trailers:only)'`",
        lambda bench: duels.ingest(bench, 50),
        bound=1.0,
        heavy=True,
    ),
    Row(
        "ingest-dense",
        "the same, one commit in 5 ours",
        lambda bench: duels.ingest(bench, 5),
        bound=1.0,
        heavy=True,
        informative=True,
    ),
    Row(
        "next-10000",
        "`next`, nothing moved, 10,000 missions, against python",
        duels.next_of_many,
        5,
        3,
    ),
    Row("next-json", "`next --json`, the same", lambda b: duels.next_of_many(b, "--json"), 5, 3),
    Row("next-flat", "`next`, 10,000 missions against 10", duels.next_flat, 1.2),
    Row(
        "catchup",
        "`next` after one commit, the large history against 1,000 commits",
        lambda bench: duels.catch_up(bench, stale=False),
        1.3,
    ),
    Row(
        "catchup-stale",
        "the same with two branches left behind at 1/4 and 1/2 of the history",
        lambda bench: duels.catch_up(bench, stale=True),
        1.3,
        informative=True,
    ),
    Row(
        "mission-start", "`mission start`, 10,000 missions, against python", duels.mission_start, 10
    ),
    Row("rebuild", "`db rebuild`, seconds for each 100,000 events", duels.rebuild, 3, heavy=True),
    Row(
        "rebuild-linear",
        "time for one event: 100,000 events against 20,000",
        duels.rebuild_linear,
        1.2,
        heavy=True,
    ),
    Row(
        "sync-idle",
        "`sync`, nothing new, against `git fetch` of the same refs and a start of the program",
        lambda bench: duels.sync_idle(bench, start=True),
        1.0,
    ),
    Row(
        "sync-fetch",
        "the same, against `git fetch` alone",
        lambda bench: duels.sync_idle(bench, start=False),
        1.0,
        informative=True,
    ),
    Row(
        "sync-fresh",
        "`sync` of 10,000 events into a fresh clone, against 3 x `git fetch` and one fold",
        duels.sync_fresh,
        1.0,
        heavy=True,
    ),
    Row(
        "search",
        "`kb search` of a rare word in 50 MB, against `git grep -F` of it in HEAD",
        lambda bench: duels.search(bench, libraries.RARE, "HEAD"),
        1.5,
    ),
    Row(
        "search-common",
        "the same, a word of nearly every passage",
        lambda bench: duels.search(bench, libraries.COMMON, "HEAD"),
        1.5,
    ),
    Row(
        "search-signs",
        "the same, `C++`",
        lambda bench: duels.search(bench, libraries.SIGNS, "HEAD"),
        1.5,
    ),
    Row(
        "search-han",
        "the same, a word that no index of words knows: all text is read",
        lambda bench: duels.search(bench, libraries.HAN, "HEAD"),
        1.5,
    ),
    Row(
        "search-files",
        "a rare word against `git grep -F` of the files as checked out",
        lambda bench: duels.search(bench, libraries.RARE),
        1.5,
        informative=True,
    ),
    Row(
        "pre-commit",
        "`git commit` with our hooks through pre-commit, against `true` in the same stages",
        duels.through_pre_commit,
        1.3,
    ),
    Row(
        "refs-packed",
        "`next`, nothing moved, 20,000 packed refs, against python",
        lambda bench: duels.many_refs(bench, packed=True),
        5,
        informative=True,
    ),
    Row(
        "refs-loose",
        "`next`, nothing moved, 20,000 loose refs, against python",
        lambda bench: duels.many_refs(bench, packed=False),
        5,
        informative=True,
    ),
    Row(
        "hooks",
        "`git commit` with all hooks, against it without them and 7 x python",
        duels.commit_with_hooks,
        1.0,
    ),
    Row(
        "hook-commit-msg",
        "one commit-msg through its shim, which credits the mission, against python",
        lambda bench: duels.one_hook(bench, "commit-msg", ".git/COMMIT_EDITMSG"),
        3,
    ),
    Row(
        "hook-prepare",
        "one prepare-commit-msg for an editor, the same",
        lambda bench: duels.one_hook(bench, "prepare-commit-msg", ".git/COMMIT_EDITMSG"),
        3,
    ),
    Row(
        "hook-post-commit",
        "one post-commit that finds nothing new, the same",
        lambda bench: duels.one_hook(bench, "post-commit"),
        3,
    ),
)
