"""One exchange with one remote: which refs to take and to give, and what is odd about them."""

from __future__ import annotations

from git_cmos import ledger, packing
from git_cmos.errors import Cannot
from git_cmos.failpoints import reach
from git_cmos.git.transport import Update
from git_cmos.kept import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.git.transport import Remote
    from git_cmos.memory import Memory

_OWN = "refs/cmos/ledger/"
_MOST_SINGLY = 100  # refs that are fetched one by one after they could not be fetched together


class Exchange:
    """there: ref -> object name of what the remote has below `prefix`, once it was asked.

    problems: what is odd, a sentence each; refused: why the remote did not take our ledger.
    """

    def __init__(self, memory: Memory, remote: Remote, prefix: str) -> None:
        self.memory, self.repo, self.remote = memory, memory.repo, remote
        self.prefix = prefix
        self.there: dict[str, str] = {}
        self.problems: list[str] = []
        self.refused = ""
        self._below = f"refs/cmos/remotes/{remote.name}/"

    def _seen(self, ref: str) -> str:
        """The ref here that keeps what was seen of `ref` there."""
        return self._below + ref.removeprefix(self.prefix)

    def _here(self, ref: str) -> str:
        return self.repo.refs(ref).get(ref, "")

    def _below_here(self, folder: str) -> dict[str, str]:
        """Our refs below a folder; git is asked only where some ref moved since the catch-up."""
        signature = self.repo.signature()
        if not signature or signature != note(self.memory.db, "signature"):
            return self.repo.refs(folder)
        known = ledger.standing(self.memory.db)
        return {ref: oid for ref, oid in known.items() if ref.startswith(folder)}

    def _name(self, ref: str) -> str:
        """What we call our ledger there."""
        return f"{self.prefix}ledger/{ref.removeprefix(_OWN)}"

    # -- taking ----------------------------------------------------------------------------

    def look(self) -> None:
        """Ask what the remote has, and take nothing; Cannot (128) where it cannot be reached."""
        self.there = self.remote.listed(f"{self.prefix}ledger/*", f"{self.prefix}claims/*")

    def fetch(self) -> None:
        """Bring what was seen of the remote to what it has now; ledgers only grow.

        One `git fetch` does it, and tells what is there, where the remote has all that it had.
        """
        kinds = ("ledger/", "claims/")
        taken = self.remote.take([self._spec(f"{self.prefix}{kind}*") for kind in kinds])
        reach("sync-fetched")
        here = self._below_here(self._below)
        if taken is not None and set(taken) == here.keys():
            self.there = {self._unseen(ref): oid for ref, oid in here.items()}
            return
        self.look()
        self._fetch_singly()

    def _unseen(self, ref: str) -> str:
        return self.prefix + ref.removeprefix(self._below)

    def _fetch_singly(self) -> None:
        here = self.repo.refs(self._below)
        new = {ref: oid for ref, oid in self.there.items() if here.get(self._seen(ref)) != oid}
        new = {ref: oid for ref, oid in new.items() if not self._kept(here, ref, oid)}
        if new:
            why = self.remote.fetch(map(self._spec, new))
            if why:
                self._mend(new, why)
        self._forget({ref: oid for ref, oid in here.items() if ref not in self._all_seen()})

    def _kept(self, here: dict[str, str], ref: str, oid: str) -> bool:
        """Whether another chain of that name was taken in, beside the one that was seen first."""
        return here.get(f"{self._seen(ref)}.{oid[:12]}") == oid

    def _all_seen(self) -> set[str]:
        return {self._seen(ref) for ref in self.there}

    def _spec(self, ref: str) -> str:
        force = "" if "/ledger/" in ref else "+"  # a claim is whatever the register says
        return f"{force}{ref}:{self._seen(ref)}"

    def _mend(self, wanted: dict[str, str], why: str) -> None:
        """git was not content with all: what it refused is looked at ref by ref."""
        here = self.repo.refs(self._below)
        left = {ref: oid for ref, oid in wanted.items() if here.get(self._seen(ref)) != oid}
        missing = [ref for ref, oid in left.items() if not self.repo.has(oid)]
        for ref in missing[:_MOST_SINGLY]:
            why = self.remote.fetch([self._spec(ref)]) or why
        if len(missing) == len(wanted) and not any(self.repo.has(left[ref]) for ref in missing):
            raise Cannot(
                f"cannot fetch the ledger from {self.remote.name}: {why}",
                "nothing is lost; `git fetch` tells more",
                "remote",
            )
        for ref, oid in left.items():
            self._take_beside(
                ref, oid, self.repo.refs(self._seen(ref)).get(self._seen(ref), ""), why
            )

    def _take_beside(self, ref: str, oid: str, known: str, why: str) -> None:
        writer = ledger.writer_of(ref)
        if known == oid:
            return
        if not self.repo.has(oid):
            self.problems.append(f"the ledger of {writer} there is left out: {why}")
        elif not known:
            self.repo.move_refs((self._seen(ref), "", oid))
        elif self.repo.objects.is_ancestor(oid, known):
            self.problems.append(f"{self.remote.name} has lost some of the ledger of {writer}")
        elif self._says_less(writer, known, oid):  # it was packed
            self.repo.move_refs((self._seen(ref), known, oid))
        else:
            self.problems.append(f"{self.remote.name} holds a second ledger of {writer}")
            self.repo.move_refs((f"{self._seen(ref)}.{oid[:12]}", "", oid))

    def _forget(self, gone: dict[str, str]) -> None:
        """What the remote has no longer: claims are forgotten, ledgers only where another chain
        that is there says all that they say (it was packed)."""
        for ref, oid in gone.items():
            if "/claims/" in ref or self._is_covered(ledger.writer_of(ref), oid):
                self.repo.move_refs((ref, oid, ""))
            elif ref.rpartition(".")[2] != oid[:12]:
                writer = ledger.writer_of(ref)
                self.problems.append(f"{self.remote.name} has lost the ledger of {writer}")

    def _is_covered(self, writer: str, oid: str) -> bool:
        """Whether the chains of the writer that are there hold every event of this one."""
        chains = self._chains(writer)
        held = packing.held
        return bool(chains) and held(self.repo, writer, [oid]) <= held(self.repo, writer, chains)

    def _is_shorter(self, writer: str, oid: str) -> bool:
        """Whether this chain was packed: it takes the place of the long ones there."""
        return len(self.repo.oids([oid], [])) < len(self.repo.oids(self._chains(writer), []))

    def _chains(self, writer: str) -> list[str]:
        mark = f"{self.prefix}ledger/"
        found = [oid for ref, oid in self.there.items() if ref.startswith(mark + writer)]
        return [oid for oid in found if self.repo.has(oid)]

    def lost(self) -> list[str]:
        """What the remote had once and has no longer, a sentence each. Only looks."""
        found = []
        for ref, oid in self.repo.refs(f"{self._below}ledger/").items():
            writer = ledger.writer_of(ref)
            tip = self.there.get(self.prefix + ref.removeprefix(self._below), "")
            if tip == oid or (tip and not self._was_rewound(tip, oid)):
                continue
            if not self._has_news_of(writer) and not self._is_covered(writer, oid):
                some = "some of " if tip else ""
                found.append(f"{self.remote.name} has lost {some}the ledger of {writer}")
        return list(dict.fromkeys(found))

    def _has_news_of(self, writer: str) -> bool:
        """Whether a chain of the writer is there and not here: it may have been packed."""
        mark = f"{self.prefix}ledger/{writer}"
        return any(ref.startswith(mark) and not self.repo.has(it) for ref, it in self.there.items())

    def _was_rewound(self, tip: str, oid: str) -> bool:
        return self.repo.has(tip) and self.repo.objects.is_ancestor(tip, oid)

    # -- giving ----------------------------------------------------------------------------

    def push(self) -> int:
        """Give what the remote lacks of the ledgers that were written here; how many events."""
        updates: dict[str, Update] = {}
        for ref, oid in self._below_here(_OWN).items():
            name = self._target(ref, oid)
            if name:
                updates[name] = Update(oid=oid, ref=name)
        if not updates:
            return 0
        sent = sum(map(self._lacking, updates.values()))
        said = self.remote.push(list(updates.values()))
        reach("sync-pushed")
        self.refused = next((why for why in said.values() if why), "")
        for name, why in said.items():
            if not why:
                self._given(name, updates[name].oid)
        return 0 if self.refused else sent

    def _lacking(self, update: Update) -> int:
        old = [oid for oid in self.there.values() if self.repo.has(oid)]
        writer = ledger.writer_of(update.ref)
        return sum(1 for _ in ledger.read(self.repo, writer, [update.oid], old))

    def _target(self, ref: str, oid: str) -> str:
        """Under which name the remote gets this chain; "" where it lacks nothing of it."""
        name = self._name(ref)
        if oid in self.there.values() or self._follows(oid, name):
            return ""
        if self._is_free(name, oid):
            return name
        writer = ledger.writer_of(ref)
        if self._is_covered(writer, oid) and not self._is_shorter(writer, oid):
            return ""
        root = self.repo.run("rev-list", "--max-parents=0", oid).decode().split()[-1]
        others = (f"{name}.{root[:12]}", f"{name}.{oid[:12]}")
        return next((other for other in others if self._is_free(other, oid)), others[-1])

    def _follows(self, oid: str, name: str) -> bool:
        """Whether the remote is ahead of us: what we have is a copy that fell behind."""
        ahead = self.there.get(name, "")
        return bool(ahead) and self.repo.has(ahead) and self._reaches(ahead, oid)

    def _is_free(self, name: str, oid: str) -> bool:
        """Whether the name there can be fast-forwarded to `oid`, on every clone."""
        seen = self._here(self._seen(name))
        known = [tip for tip in (self.there.get(name, ""), seen) if tip]
        return all(self.repo.has(tip) and self._reaches(oid, tip) for tip in known)

    def _reaches(self, new: str, old: str) -> bool:
        return new == old or self.repo.objects.is_ancestor(old, new)

    def _given(self, name: str, oid: str) -> None:
        """Note what the remote has now; a chain that says less than ours is taken away there."""
        seen = self._seen(name)
        self.repo.move_refs((seen, self._here(seen), oid))
        self.there[name] = oid
        writer = ledger.writer_of(name)
        stem = f"{self.prefix}ledger/{writer}"
        for other, tip in list(self.there.items()):
            ours = other == stem or other.startswith(f"{stem}.")
            if not ours or other == name or not self._says_less(writer, tip, oid):
                continue
            if not self.remote.swap(other, tip, ""):
                self.repo.move_refs((self._seen(other), tip, ""))
                del self.there[other]

    def _says_less(self, writer: str, old: str, new: str) -> bool:
        held = packing.held
        return self.repo.has(old) and held(self.repo, writer, [old]) <= held(
            self.repo, writer, [new]
        )
