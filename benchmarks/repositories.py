"""The repositories under `benchmarks/.work/`: made once, put back as they were before each row."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import environment, histories, hooked, libraries
from benchmarks.timing import Failed

RECIPE = "1"  # changes with histories.py and telling.py: then all are made anew
_MOVING = ("HEAD", "config", "packed-refs", "refs")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One run at a time: a second one would reset repositories under the first one's commands,
    and both would measure each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("benchmarks: waiting for another run to end", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Repository:
    """One repository, and beside it a copy of everything in it that commands can move."""

    def __init__(self, path: Path, env: dict[str, str]) -> None:
        self.path, self.env = path, env
        self.kept = path.with_name(f"{path.name}.kept")

    def git(self, *args: str, stdin: str | None = None, env: dict[str, str] | None = None) -> str:
        return self._said([environment.git(), *args], stdin, env)

    def cmos(self, *args: str) -> str:
        return self._said([environment.CMOS, *args])

    def run(self, *argv: str) -> str:
        return self._said(list(argv))

    def _said(
        self, argv: list[str], stdin: str | None = None, env: dict[str, str] | None = None
    ) -> str:
        done = subprocess.run(
            argv,
            cwd=self.path,
            env={**self.env, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failed(f"{argv[1:]}: {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout.rstrip("\n")

    def keep(self) -> None:
        """Remember how it stands now."""
        shutil.rmtree(self.kept, ignore_errors=True)
        self.kept.mkdir()
        for name in _MOVING:
            _copy(self.path / ".git" / name, self.kept / name)
        _copy(self.path / ".cmos", self.kept / "cmos")

    def reset(self) -> None:
        """Put it back; objects that came since stay, unreachable."""
        for name in _MOVING:
            _copy(self.kept / name, self.path / ".git" / name)
        _copy(self.kept / "cmos", self.path / ".cmos")

    def commit(self, message: str, date: int) -> None:
        """One more commit on main, without a work tree."""
        dates = {"GIT_AUTHOR_DATE": f"{date} +0000", "GIT_COMMITTER_DATE": f"{date} +0000"}
        args = ("commit-tree", "-p", "refs/heads/main", "-m", message, "main^{tree}")
        oid = self.git(*args, env=dates)
        self.git("update-ref", "refs/heads/main", oid)


def _copy(source: Path, target: Path) -> None:
    """`target` becomes what `source` is, or nothing where there is none."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


class Repositories:
    """All of them, by what they hold. fresh: what an earlier run made is not used."""

    def __init__(self, folder: Path, env: dict[str, str], fresh: bool = False) -> None:
        self.folder, self.env, self.fresh = folder, env, fresh
        self._ours: set[str] = set()

    def history(self, commits: int, every: int) -> Repository:
        """`commits` commits, of which one in `every` speaks of missions (0: none)."""
        return self._get(f"history-{commits}-{every}", lambda r: self._import(r, commits, every))

    def told(self, missions: int, events: int = 1) -> Repository:
        """1,000 silent commits, and missions told with so many events each."""

        def make(repository: Repository) -> None:
            self._import(repository, 1000, 0)
            self._tell(repository, missions, events)

        return self._get(f"told-{missions}-{events}", make)

    def ledger(self, missions: int) -> Repository:
        """A remote: one commit, and a ledger of five events for each mission, told one by one."""

        def make(repository: Repository) -> None:
            self._import(repository, 1, 0)
            self._tell(repository, missions, 5, "singly")
            repository.git("repack", "-adq")

        return self._get(f"ledger-{missions}", make)

    def clones(self, remote: Repository, count: int) -> list[Repository]:
        """Folders for clones of it; `empty` makes one as a clone is that has fetched nothing."""
        names = (f"{remote.path.name}-clone-{number}" for number in range(count))
        return [Repository(self.folder / name, self.env) for name in names]

    @staticmethod
    def empty(clone: Repository, remote: Repository) -> None:
        """A fresh clone without its history: `git init` and the remote."""
        shutil.rmtree(clone.path, ignore_errors=True)
        clone.path.mkdir()
        clone.git("init", "-q")
        clone.git("remote", "add", "origin", f"file://{remote.path}")

    def many_refs(self, refs: int, packed: bool) -> Repository:
        """1,000 commits, and remote branches all over them."""

        def make(repository: Repository) -> None:
            self._import(repository, 1000, 50)
            oids = repository.git("rev-list", "main").split()
            lines = [
                f"create refs/remotes/origin/{n % 100}/topic-{n} {oids[n % len(oids)]}\n"
                for n in range(refs)
            ]
            repository.git("update-ref", "--stdin", stdin="".join(lines))
            if packed:
                repository.git("pack-refs", "--all")

        return self._get(f"refs-{refs}-{'packed' if packed else 'loose'}", make)

    def shimmed(self, hooks: bool) -> Repository:
        """1,000 commits, ten missions, one of them in progress; with our hooks or without any."""

        def make(repository: Repository) -> None:
            self._import(repository, 1000, 50)
            for number in range(10):
                repository.cmos("mission", "add", f"H{number}", "hooked")
            repository.cmos("mission", "start", "H1")
            if hooks:
                repository.cmos("hook", "install", "--files")

        return self._get(f"shimmed-{'all' if hooks else 'none'}", make)

    def hooked(self, name: str, entry: str) -> Repository:
        """1,000 commits, ten missions, one of them in progress, hooks through pre-commit."""

        def make(repository: Repository) -> None:
            self._import(repository, 1000, 50)
            self._tell(repository, 10, 1)
            repository.cmos("mission", "add", "H1", "hooked")
            repository.cmos("mission", "start", "H1")
            hooked.configure(repository, entry)

        return self._get(f"hooked-{name}", make)

    def library(self, megabytes: int) -> Repository:
        """One commit of documents, indexed."""

        def make(repository: Repository) -> None:
            libraries.write(repository.path / "docs", megabytes)
            repository.git("add", "docs")
            repository.git("commit", "-q", "-m", "docs")
            repository.cmos("kb", "index")

        return self._get(f"library-{megabytes}", make)

    def _get(self, name: str, make: Callable[[Repository], None]) -> Repository:
        repository = Repository(self.folder / name, self.env)
        ready = self.folder / f"{name}.ready"
        usable = ready.exists() and ready.read_text() == RECIPE
        if not usable or (self.fresh and name not in self._ours):
            ready.unlink(missing_ok=True)
            self._make(repository, make)
            ready.write_text(RECIPE)
        self._ours.add(name)
        repository.reset()
        return repository

    def _make(self, repository: Repository, make: Callable[[Repository], None]) -> None:
        shutil.rmtree(repository.path, ignore_errors=True)
        repository.path.mkdir()
        repository.git("init", "-q")
        make(repository)
        repository.keep()

    def _import(self, repository: Repository, commits: int, every: int) -> None:
        histories.write(environment.git(), repository.path, self.env, commits, every)
        repository.git("pack-refs", "--all")
        repository.git("repack", "-adq")

    def _tell(self, repository: Repository, missions: int, events: int, *how: str) -> None:
        argv = [environment.PYTHON, "-m", "benchmarks.telling", str(missions), str(events), *how]
        env = {**self.env, "PYTHONPATH": str(environment.PROJECT)}
        subprocess.run(argv, cwd=repository.path, env=env, check=True)
        repository.git("pack-refs", "--all")
