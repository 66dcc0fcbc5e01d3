"""Sealed from the machine, as the tests are; and what the machine is, without saying whose."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
WORK = PROJECT / "benchmarks" / ".work"
PYTHON = sys.executable
CMOS = str(Path(sys.executable).parent / "git-cmos")
_GITCONFIG = """\
[user]
\tname = A U Thor
\temail = author@example.com
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""


def sealed(home: Path, system_config: bool = False) -> dict[str, str]:
    """The whole environment of every command; nothing of the caller's gets through but PATH."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".gitconfig").write_text(_GITCONFIG)
    found = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return found if system_config else {**found, "GIT_CONFIG_NOSYSTEM": "1"}


def git() -> str:
    """The git that the commands find."""
    found = shutil.which("git")
    assert found, "git is not on the PATH"
    return found


def machine() -> dict[str, str | int | float]:
    """What the figures depend on; no host name, no paths."""
    said = subprocess.run([git(), "version"], capture_output=True, text=True, check=True).stdout
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        "memory_gb": round(memory / 2**30, 1),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "git": said.split()[2],
        "sqlite": sqlite3.sqlite_version,
        "git_cmos": version("git-cmos"),
    }


def _cores() -> int:
    return os.cpu_count() or 1
