"""Repositories sealed from the machine, the processes in them, and what has to hold of both."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import environment

EPOCH = 1_700_000_000
_PATIENCE = 300  # seconds for one command


class Answer(NamedTuple):
    """How a command ended; a negative status is the signal that ended it."""

    status: int
    out: str
    err: str


class Stopped(Exception):
    """The run was interrupted: nothing more is to be started."""


class World:
    """A folder for one row, and every process that was started in it and has not ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.env = environment.sealed(folder / "home")
        self._living: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    # -- processes -------------------------------------------------------------------------

    def start(
        self,
        argv: list[str],
        folder: Path,
        env: dict[str, str] | None = None,
        first: Callable[[], None] | None = None,
        **streams: Any,
    ) -> subprocess.Popen[str]:
        """A process in a session of its own, so that what it starts can be ended with it. first:
        done in the child before it becomes the command."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with self._lock:
            if self._stopped:
                raise Stopped
            process = subprocess.Popen(
                argv,
                cwd=folder,
                env={**self.env, **(env or {})},
                text=True,
                start_new_session=True,
                preexec_fn=first,
                **{**pipes, **streams},
            )
            self._living.add(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Answer:
        """Wait for the end of a process."""
        try:
            out, err = process.communicate(timeout=_PATIENCE)
        finally:
            if process.poll() is None:
                self._end(process)
            with self._lock:
                self._living.discard(process)
        if self._stopped:
            raise Stopped
        return Answer(process.returncode, out, err)

    def run(self, argv: list[str], folder: Path, env: dict[str, str] | None = None) -> Answer:
        return self.finish(self.start(argv, folder, env))

    def stop(self) -> None:
        """End every process that is left, and start no other."""
        with self._lock:
            self._stopped = True
            left = list(self._living)
        for process in left:
            self._end(process)

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> None:
        if process.returncode is None:  # not waited for: the number is still its own
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)

    def at_once(self, works: Iterable[Callable[[], object]]) -> list[Any]:
        """Every work in a thread of its own, begun together; their results, in order."""
        jobs = list(works)
        with ThreadPoolExecutor(len(jobs)) as pool:
            try:
                futures = [pool.submit(job) for job in jobs]
                return [future.result() for future in futures]
            except BaseException:
                self.stop()
                raise

    # -- repositories ----------------------------------------------------------------------

    def repository(self, name: str, *options: str) -> Clone:
        """An empty repository with one commit."""
        made = Clone(self, self.folder / name)
        self.ok(["git", "init", "-q", *options, str(made.path)], self.folder)
        made.commit("start")
        return made

    def team(self, count: int) -> list[Clone]:
        """Clones of one remote."""
        seed = self.repository("seed")
        remote = self.folder / "origin.git"
        self.ok(["git", "clone", "-q", "--bare", str(seed.path), str(remote)], self.folder)
        return [self.clone(remote, f"c{number}") for number in range(count)]

    def clone(self, remote: Path, name: str) -> Clone:
        path = self.folder / name
        self.ok(["git", "clone", "-q", f"file://{remote}", str(path)], self.folder)
        return Clone(self, path)

    def ok(self, argv: list[str], folder: Path, env: dict[str, str] | None = None) -> str:
        done = self.run(argv, folder, env)
        if done.status:
            raise RuntimeError(f"{argv}: {done.status}: {done.err}{done.out}")
        return done.out


class Clone:
    """One repository and its memory, by its commands alone."""

    def __init__(self, world: World, path: Path) -> None:
        self.world, self.path, self.clock = world, path, EPOCH

    def cmos(self, *args: str, **env: str) -> Answer:
        return self.world.run([environment.CMOS, *args], self.path, env)

    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        return self.world.start([environment.CMOS, *args], self.path, env)

    def asked(self, *args: str) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.world.ok([environment.CMOS, *args, "--json"], self.path))

    def git(self, *args: str) -> str:
        date = f"{self.clock} +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return self.world.ok([environment.git(), *args], self.path, dates)

    def commit(self, *paragraphs: str) -> None:
        self.clock += 60
        words = [word for text in paragraphs for word in ("-m", text)]
        self.git("commit", "-q", "--allow-empty", *words)

    def ids(self) -> set[str]:
        """The missions that are listed."""
        return {row["id"] for row in self.asked("mission", "list")}

    def forget(self) -> None:
        shutil.rmtree(self.path / ".cmos", ignore_errors=True)

    # -- what has to hold ------------------------------------------------------------------

    def journal(self) -> list[tuple[str, str, str]]:
        """(id, kind, mission) of every told event, by SQLite alone."""
        with suppress(OSError):
            self.asked("status")  # a memory that was removed is there again
        db = sqlite3.connect(f"file:{self.path / '.cmos' / 'memory.db'}?mode=ro", uri=True)
        try:
            rows = db.execute("SELECT id, kind, body FROM events").fetchall()
        finally:
            db.close()
        return [(row[0], row[1], str(json.loads(row[2]).get("mission"))) for row in rows]

    def ledger(self) -> set[str]:
        """The ids of every event in the ledgers that are here, by git alone."""
        names = self.git("for-each-ref", "--format=%(refname)", "refs/cmos/").split()
        tips = [name for name in names if "/ledger/" in name]
        commits = self.git("rev-list", *tips).split() if tips else []
        done = subprocess.run(
            [environment.git(), "cat-file", "--batch=%(objecttype)"],
            cwd=self.path,
            env=self.world.env,
            input="".join(f"{oid}:events.jsonl\n" for oid in commits).encode(),
            capture_output=True,
            check=True,
        )
        lines = done.stdout.split(b"\n")
        return {json.loads(line)["id"] for line in lines if line.startswith(b"{")}

    def digest(self) -> str:
        """Of the tables, after a rebuild."""
        return str(self.asked("db", "rebuild")["digest"])

    def faults(self) -> list[str]:
        """What is wrong: nothing, whatever happened here."""
        found = []
        told = self.journal()
        adds = [mission for _, kind, mission in told if kind == "MissionAdded"]
        if len(adds) != len(set(adds)):
            found.append("something was told twice")
        if {id_ for id_, _, _ in told} != self.ledger():
            found.append("the journal and the ledger differ")
        health = self.cmos("db", "health")
        if health.status:
            found.append(f"db health: {health.out}{health.err}")
        rebuilt = self.asked("db", "rebuild")
        if not rebuilt["same"]:
            found.append("a rebuild gives other tables")
        self.forget()
        if self.digest() != rebuilt["digest"]:
            found.append("the ledger and history give other tables")
        return found


@contextmanager
def small_disk(world: World, kilobytes: int) -> Iterator[Path | None]:
    """A file system of that size; None where none can be mounted."""
    folder = world.folder / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    try:
        mounted = not world.run(["mount", *options], world.folder).status
    except FileNotFoundError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def wait_until(moment: float) -> None:
    """By `time.monotonic`."""
    time.sleep(max(0.0, moment - time.monotonic()))
