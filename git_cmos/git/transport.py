"""Other repositories: what refs they have, taking and giving refs, compare-and-swap of one.

git's own transport does it all, over whatever protocol the remote's URL names; nothing of ours
runs at the other end. Each function is one connection.
"""

from __future__ import annotations

from git_cmos.errors import Cannot
from git_cmos.git import command
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TIMED_OUT = -15  # the status of a process that was ended
# What the user's configuration says of branches must not reach our refs: no tags and no
# submodules beside them, nothing left out by a partial clone's filter, nothing pruned.
_FETCH = (
    *("--stdin", "--refmap=", "--no-tags", "--no-prune", "--no-recurse-submodules"),
    *("--no-filter", "--no-write-fetch-head", "--no-auto-maintenance", "--quiet"),
)
_CHECKED = ("-c", "fetch.fsckObjects=true", "-c", "gc.auto=0")
_UNREACHED = ("Could not read from remote repository", "unable to access")
_PUSH = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")


@value
class Update:
    """One ref to be pushed. oid: "" deletes it; expected: what the other end must have there
    ("" for nothing), or None where it may only be fast-forwarded."""

    oid: str
    ref: str
    expected: str | None = None


class Remote:
    """One remote of a repository, by its name.

    asking: git may prompt for a password; seconds: the longest that a connection may take.
    """

    def __init__(self, git_dir: str, name: str, *, asking: bool = True, seconds: int = 0) -> None:
        self._git = ["--git-dir", git_dir]
        self.name, self.asking, self.seconds = name, asking, seconds

    def listed(self, *patterns: str) -> dict[str, str]:
        """ref -> object name, of the refs there that match; Cannot (128) where it cannot be
        reached or read."""
        found = self._run("ls-remote", "--refs", "--quiet", "--", self.name, *patterns)
        if found.status:
            raise self._failed(found)
        pairs = (line.split("\t", 1) for line in found.out.decode("utf-8", "replace").splitlines())
        return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}

    def take(self, refspecs: Sequence[str]) -> list[str] | None:
        """Fetch all refs that match, as `fetch` does, and say where each is kept here: all that
        the remote has. None where git was not content with one of them.

        Cannot (128) where the remote cannot be reached.
        """
        flags = [flag for flag in _FETCH if flag != "--quiet"]
        settings = [*_CHECKED, "-c", "fetch.output=full"]
        stdin = "".join(f"{spec}\n" for spec in refspecs).encode()
        line = ("fetch", "--verbose", *flags, "--", self.name)
        found = self._run(*line, settings=settings, stdin=stdin)
        if found.status and any(words in found.said for words in _UNREACHED):
            raise self._failed(found)
        rows = [row for row in found.said.split("\n") if row[:1] == " " and " -> " in row]
        return None if found.status else [row.split(" -> ")[1].split(" ")[0] for row in rows]

    def fetch(self, refspecs: Iterable[str]) -> str:
        """Take refs, unless a `+` stands before it by fast-forward only; why git was not content
        with all of them, or "". What arrives is checked object by object."""
        stdin = "".join(f"{spec}\n" for spec in refspecs).encode()
        found = self._run("fetch", *_FETCH, "--", self.name, settings=_CHECKED, stdin=stdin)
        if found.status == _TIMED_OUT:
            raise self._failed(found)
        return found.reason or "git fetch failed" if found.status else ""

    def push(self, updates: Sequence[Update]) -> dict[str, str]:
        """ref -> why it was refused, "" where it was not; no hook of this repository runs.

        Cannot (128) where nothing can be said of the outcome: it has to be looked up then.
        """
        leases = [f"--force-with-lease={u.ref}:{u.expected}" for u in updates if _is_swap(u)]
        specs = [f"{update.oid}:{update.ref}" for update in updates]
        mirror = ["-c", f"remote.{self.name}.mirror=false"]  # else git takes no refs by name
        found = self._run("push", *_PUSH, *leases, "--", self.name, *specs, settings=mirror)
        lines = found.out.decode("utf-8", "replace").splitlines()
        rows = [row for line in lines if len(row := line.split("\t")) == 3]
        said = {row[1].partition(":")[2]: _refusal(row) for row in rows}
        if found.status and not any(said.values()):
            raise self._failed(found)
        return {update.ref: said.get(update.ref, "nothing was said of it") for update in updates}

    def swap(self, ref: str, old: str, new: str) -> str:
        """Set one ref there from `old` to `new` ("" for no ref); why it was refused, or ""."""
        return self.push([Update(oid=new, ref=ref, expected=old)])[ref]

    def _run(
        self, verb: str, *args: str, settings: Sequence[str] = (), stdin: bytes = b""
    ) -> command.Outcome:
        line = [*self._git, *settings, verb, *args]
        return command.over_network(line, stdin, asking=self.asking, seconds=self.seconds)

    def _failed(self, found: command.Outcome) -> Cannot:
        why = found.reason or "git gave no reason"
        if found.status == _TIMED_OUT:
            why = f"no answer within {self.seconds} seconds"
        return Cannot(
            f"cannot reach {self.name}: {why}",
            "nothing is lost: the next `git cmos sync` brings what is missing, both ways",
            "remote",
        )


def remotes(git_dir: str) -> list[str]:
    """The names of the remotes that are configured, in order."""
    said = command.run(["--git-dir", git_dir, "remote"])
    return said.decode("utf-8", "surrogateescape").split("\n")[:-1]


def _is_swap(update: Update) -> bool:
    return update.expected is not None


def _refusal(row: Sequence[str]) -> str:
    flag, _, summary = row
    return summary.partition("] ")[2].strip("()") or summary if flag == "!" else ""
