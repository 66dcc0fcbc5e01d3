"""The repository's own documents: do the links between its markdown files lead somewhere?

CommonMark's inline links, images and reference definitions are read by pattern, outside of code;
a parser's answer on nested brackets is not worth a dependency of everyone for one command.
"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

from git_cmos.errors import Cannot
from git_cmos.remembered import BrokenLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.memory import Memory

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?:(?!\1).)+\1")
_INLINE = re.compile(r"\]\(\s*(?:<([^>]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*(?:<([^>]*)>|(\S+))")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ANCHOR = re.compile(r"""<a\s+(?:name|id)=["']([^"']+)["']""")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_LARGEST = 5_000_000  # bytes of one document


def check(memory: Memory) -> tuple[int, list[BrokenLink]]:
    """(markdown files looked at, links that lead to no file or heading), as the worktree stands.

    Cannot (128) in a bare repository.
    """
    top = memory.repo.toplevel()
    if not top:
        raise Cannot("a bare repository has no documents to check", "run it in a worktree")
    listed = memory.repo.run("-C", top, "ls-files", "-z", "--", "*.md", "*.markdown")
    files = [name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name]
    documents = Documents(top)
    return len(files), [link for name in files for link in documents.broken(name)]


class Documents:
    """Markdown files below `top`, each read once."""

    def __init__(self, top: str) -> None:
        self.top = top
        self._lines: dict[str, list[tuple[int, str]]] = {}
        self._anchors: dict[str, set[str]] = {}

    def broken(self, name: str) -> Iterator[BrokenLink]:
        """The links of one file that lead nowhere."""
        for number, line in self._prose(name):
            for target in _targets(line):
                why = self._why_not(name, target)
                if why:
                    yield BrokenLink(file=name, line=number, target=target, why=why)

    def _why_not(self, name: str, target: str) -> str:
        path, _, anchor = target.partition("#")
        path = unquote(path.partition("?")[0])
        base = self.top if path.startswith("/") else os.path.join(self.top, os.path.dirname(name))
        full = os.path.normpath(os.path.join(base, path.lstrip("/"))) if path else ""
        found = os.path.relpath(full, self.top) if path else name
        if path and not os.path.exists(full):
            return "no such file"
        if anchor and found.lower().endswith((".md", ".markdown")):
            return "" if unquote(anchor).lower() in self._headings(found) else "no such heading"
        return ""

    def _headings(self, name: str) -> set[str]:
        """The anchors of a file, as hosts make them of headings."""
        if name not in self._anchors:
            found: set[str] = set()
            for _, line in self._prose(name, code=True):
                heading = _HEADING.match(line)
                if heading:
                    found.add(_slug(heading[1], found))
                found.update(anchor.lower() for anchor in _ANCHOR.findall(line))
            self._anchors[name] = found
        return self._anchors[name]

    def _prose(self, name: str, code: bool = False) -> Iterator[tuple[int, str]]:
        """(number, line) outside of fenced code; without code spans, unless code."""
        if name not in self._lines:
            self._lines[name] = list(_unfenced(self._read(name)))
        return ((n, line if code else _CODE.sub("", line)) for n, line in self._lines[name])

    def _read(self, name: str) -> str:
        try:
            with open(os.path.join(self.top, name), encoding="utf-8", errors="replace") as file:
                return file.read(_LARGEST)
        except OSError:  # listed, but removed from the worktree, or a broken link
            return ""


def _targets(line: str) -> Iterator[str]:
    for pattern in (_INLINE, _DEFINITION):
        for found in pattern.finditer(line):
            target = found[1] if found[1] is not None else found[2]
            if target and not _ELSEWHERE.match(target):
                yield target


def _unfenced(text: str) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            yield number, line


def _slug(heading: str, taken: set[str]) -> str:
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    base = re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words).strip())
    slug, count = base, 0
    while slug in taken:
        count += 1
        slug = f"{base}-{count}"
    return slug
