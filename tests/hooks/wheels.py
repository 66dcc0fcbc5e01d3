"""Wheels of what is installed here, so that others can install from a checkout without an index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def house(folder: Path) -> Path:
    """A folder of wheels for `pip --find-links`: what building and running git-cmos takes."""
    folder.mkdir()
    for name in closure(["hatchling", *needs("git-cmos")]):
        wheel(distribution(name), folder)
    return folder


def closure(names: Iterable[str]) -> set[str]:
    """The distributions of these names, and all that they need here."""
    found: set[str] = set()
    left = list(names)
    while left:
        if (name := canonicalize_name(left.pop())) not in found:
            found.add(name)
            left += needs(name)
    return found


def needs(name: str) -> list[str]:
    wanted = map(Requirement, distribution(name).requires or ())
    return [it.name for it in wanted if it.marker is None or it.marker.evaluate({"extra": ""})]


def wheel(installed: Distribution, folder: Path) -> None:
    """What a distribution installed, as the wheel that it came from but for its scripts, which
    pip makes anew."""
    info = (installed.read_text("WHEEL") or "").splitlines()
    tags = [line.partition(": ")[2].split("-") for line in info if line.startswith("Tag: ")]
    tag = "-".join(".".join(dict.fromkeys(part)) for part in zip(*tags, strict=True))
    name = re.sub(r"[-_.]+", "_", installed.metadata["Name"])
    with ZipFile(folder / f"{name}-{installed.version}-{tag}.whl", "w") as archive:
        kept = []
        for file in installed.files or ():
            odd = file.parts[0] == ".." or file.suffix == ".pyc"
            if odd or file.name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
                continue
            archive.write(str(file.locate()), str(file))
            kept.append(f"{file},,\n")
        stem = next(str(f.parent) for f in installed.files or () if f.name == "WHEEL")
        archive.writestr(f"{stem}/RECORD", "".join(kept) + f"{stem}/RECORD,,\n")
