from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def prek(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of prek's program."""
    if found := shutil.which("prek"):
        return os.path.dirname(found)
    folder = tmp_path_factory.mktemp("prek")
    words = [sys.executable, "-m", "pip", "install", "-q", "--only-binary=:all:", "prek"]
    done = subprocess.run([*words, "--target", str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"prek cannot be had: {done.stderr[-200:]}")
    return str(folder / "bin")
