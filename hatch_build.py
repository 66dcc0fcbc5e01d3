"""Builds the manual pages into the wheel, for ordinary and editable installs alike."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = os.path.join("build", "man")  # pyproject.toml puts it into share/man/man1


class ManualHook(BuildHookInterface):
    """Writes the pages from the commands of the source tree that is being built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        try:
            from git_cmos.cli.manual import write_man

            self.finalize(version, build_data, "")
            write_man(os.path.join(self.root, FOLDER))
        finally:
            sys.path.remove(self.root)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(os.path.join(self.root, FOLDER), ignore_errors=True)
