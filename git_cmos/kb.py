"""The knowledge base: full-text search over the documents of a commit.

Indexed by blob, so a document is read once however many commits hold it, and `--at` searches
what a commit had. A cache beside the memory, not state: whoever removes it loses nothing.
"""

from __future__ import annotations

import os
import re

from git_cmos import db
from git_cmos.remembered import Passage
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from git_cmos.git import Repo

SUFFIXES = (".md", ".markdown", ".rst", ".adoc", ".txt", ".yaml", ".yml")
LARGEST = 2_000_000  # bytes of one document; larger ones are data
_PASSAGE = 1200  # characters, where a paragraph ends
_BATCH = 200  # blobs read with one process
_VERSION = 1
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@value
class Indexed:
    """What an indexing did: documents of the commit, of those read anew; passages in all."""

    documents: int
    read: int
    passages: int


class KnowledgeBase:
    """The index of one clone, and the documents of one commit among it."""

    def __init__(self, repo: Repo, oid: str, paths: Iterable[str] = ()) -> None:
        self.repo = repo
        self.db = db.connect_cache(os.path.join(repo.place.memory, "kb.db"), "kb.sql", _VERSION)
        self.documents = _documents(repo, oid, list(paths))  # path -> blob

    def close(self) -> None:
        self.db.close()

    def index(self, progress: Callable[[int], object] = lambda count: None) -> Indexed:
        """Read what is not indexed yet, and drop what this commit does not have."""
        wanted = set(self.documents.values())
        known = {oid for (oid,) in self.db.execute("SELECT oid FROM blobs")}
        lacking = sorted(wanted - known)
        if lacking or known - wanted:
            with db.transaction(self.db):
                _drop(self.db, known - wanted)
                for count, (oid, text) in enumerate(_texts(self.repo, lacking), 1):
                    _add(self.db, oid, text)
                    progress(count)
        passages = self.db.execute("SELECT count(*) FROM chunks").fetchone()[0]
        return Indexed(documents=len(self.documents), read=len(lacking), passages=passages)

    def search(self, query: str, limit: int = 20) -> list[Passage]:
        """Passages that hold every word of `query`, best first; a word is taken literally, case
        aside, and may be the beginning of a longer one. \"Several words\" in quotes are one."""
        words = _words(query)
        if not words or limit < 1:
            return []
        paths: dict[str, str] = {}
        for path, oid in sorted(self.documents.items(), reverse=True):
            paths[oid] = path
        found: list[Passage] = []
        for oid, line, text in self._candidates(words):
            folded = text.casefold()
            if oid in paths and all(word.casefold() in folded for word in words):
                found.append(_passage(paths[oid], line, text, words))
                if len(found) == limit:
                    break
        return found

    def _candidates(self, words: list[str]) -> Iterator[tuple[str, int, str]]:
        """(blob, line, text) of what may match: by the index where it can tell, else all."""
        telling = [word for word in words if _is_telling(word)]
        if telling:
            match = " AND ".join('"' + word.replace('"', '""') + '" *' for word in telling)
            return self.db.execute(
                "SELECT b.oid, c.line, c.text FROM chunks_fts f JOIN chunks c ON c.id = f.rowid"
                " JOIN blobs b ON b.id = c.blob WHERE chunks_fts MATCH ? ORDER BY rank, c.id",
                (match,),
            )
        return self.db.execute(
            "SELECT b.oid, c.line, c.text FROM chunks c JOIN blobs b ON b.id = c.blob ORDER BY c.id"
        )


def _is_telling(word: str) -> bool:
    """Whether the index knows the word's beginning as a token: it keeps no punctuation, and
    takes a whole run of Chinese or Japanese for one word."""
    return word[0].isalnum() and not _CJK.search(word)


def _words(query: str) -> list[str]:
    found = re.findall(r'"([^"]+)"|(\S+)', query.replace("\0", ""))
    return [phrase or word for phrase, word in found if (phrase or word).strip()]


def _documents(repo: Repo, oid: str, paths: list[str]) -> dict[str, str]:
    """path -> blob of the documents that a commit holds; none where there is no commit."""
    if not oid:
        return {}
    said = repo.run("ls-tree", "-r", "-z", "--full-tree", oid, "--", *paths)
    found: dict[str, str] = {}
    for entry in said.decode("utf-8", "replace").split("\0"):
        about, _, path = entry.partition("\t")
        if path.lower().endswith(SUFFIXES) and about.startswith("100"):
            found[path] = about.split()[2]
    return found


def _texts(repo: Repo, oids: list[str]) -> Iterator[tuple[str, str]]:
    for start in range(0, len(oids), _BATCH):
        names = "\n".join(oids[start : start + _BATCH]).encode()
        for oid, content in repo.named_blobs(names, LARGEST):
            yield oid, "" if b"\0" in content[:8000] else content.decode("utf-8", "replace")


def _add(connection: sqlite3.Connection, oid: str, text: str) -> None:
    blob = connection.execute("INSERT INTO blobs (oid) VALUES (?)", (oid,)).lastrowid
    for line, passage in passages(text):
        chunk = connection.execute(
            "INSERT INTO chunks (blob, line, text) VALUES (?,?,?)", (blob, line, passage)
        ).lastrowid
        connection.execute("INSERT INTO chunks_fts (rowid, text) VALUES (?,?)", (chunk, passage))


def _drop(connection: sqlite3.Connection, oids: Iterable[str]) -> None:
    for oid in oids:
        row = connection.execute("SELECT id FROM blobs WHERE oid = ?", (oid,)).fetchone()
        connection.execute(
            "INSERT INTO chunks_fts (chunks_fts, rowid, text)"
            " SELECT 'delete', id, text FROM chunks WHERE blob = ?",
            row,
        )
        connection.execute("DELETE FROM chunks WHERE blob = ?", row)
        connection.execute("DELETE FROM blobs WHERE id = ?", row)


def passages(text: str) -> Iterator[tuple[int, str]]:
    """(first line, text) of a document's passages: paragraphs, joined until they fill one."""
    start, size = 1, 0
    held: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if held and (line.startswith("#") or (not line.strip() and size >= _PASSAGE)):
            yield start, "\n".join(held)
            held, size = [], 0
        if not held:
            start = number
        if held or line.strip():
            held.append(line)
            size += len(line) + 1
    if held:
        yield start, "\n".join(held)


def _passage(path: str, line: int, text: str, words: list[str]) -> Passage:
    """The lines of a passage around the first word that was asked for."""
    lines = text.splitlines()
    first = next((n for n, it in enumerate(lines) if words[0].casefold() in it.casefold()), 0)
    shown = lines[first : first + 3]
    return Passage(path=path, line=line + first, text="\n".join(shown).strip())
