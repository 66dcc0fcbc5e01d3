"""Full-text search: over the documents of a commit, over decisions, facts and captures.

Texts are indexed by what names their content (a blob, the id of a decision), so each is read once
however many commits hold it, and `--at` searches what a commit had. A cache beside the memory,
not state: whoever removes it loses nothing.
"""

from __future__ import annotations

import os
import re
from itertools import islice

from git_cmos import cache, db
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
_VERSION = 2
_BLOB = "b"
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@value
class Indexed:
    """What an indexing did: documents of the commit, of those read anew; passages in all."""

    documents: int
    read: int
    passages: int


class TextIndex:
    """Texts by key, found by the words in them. A key begins with the letter of its kind."""

    def __init__(self, repo: Repo) -> None:
        path = os.path.join(repo.place.memory, "kb.db")
        self.db = cache.connect(path, "kb.sql", _VERSION)

    def close(self) -> None:
        self.db.close()

    def bring(
        self, kind: str, wanted: set[str], texts: Callable[[list[str]], Iterator[tuple[str, str]]]
    ) -> int:
        """Hold exactly the texts `wanted` of one kind; how many had to be read. texts: reads
        those named, as (key, text)."""
        rows = self.db.execute("SELECT key FROM texts WHERE key >= ? AND key < ?", _range(kind))
        known = {key[1:] for (key,) in rows}
        lacking = sorted(wanted - known)
        if lacking or known - wanted:
            with db.transaction(self.db):
                _drop(self.db, [kind + key for key in known - wanted])
                for key, text in texts(lacking):
                    _add(self.db, kind + key, text)
        return len(lacking)

    def search(self, kind: str, query: str) -> Iterator[tuple[str, int, str, list[str]]]:
        """(key, line, text, words) of passages that hold every word of `query`, best first; a
        word is taken literally, case aside, and may be the beginning of a longer one. "Several
        words" in quotes are one."""
        words = _words(query)
        for key, line, text in self._candidates(kind, words) if words else ():
            folded = text.casefold()
            if all(word.casefold() in folded for word in words):
                yield key[1:], line, text, words

    def _candidates(self, kind: str, words: list[str]) -> Iterator[tuple[str, int, str]]:
        """(key, line, text) of what may match: by the index where it can tell, else all."""
        telling = [word for word in words if _is_telling(word)]
        if telling:
            match = " AND ".join('"' + word.replace('"', '""') + '" *' for word in telling)
            return self.db.execute(
                "SELECT t.key, c.line, c.text FROM chunks_fts f JOIN chunks c ON c.id = f.rowid"
                " JOIN texts t ON t.id = c.of WHERE chunks_fts MATCH ? AND t.key >= ? AND t.key < ?"
                " ORDER BY rank, c.id",
                (match, *_range(kind)),
            )
        return self.db.execute(
            "SELECT t.key, c.line, c.text FROM chunks c JOIN texts t ON t.id = c.of"
            " WHERE t.key >= ? AND t.key < ? ORDER BY c.id",
            _range(kind),
        )

    def count(self, kind: str) -> int:
        """The number of passages of one kind."""
        sql = (
            "SELECT count(*) FROM chunks c JOIN texts t ON t.id = c.of"
            " WHERE t.key >= ? AND t.key < ?"
        )
        return int(self.db.execute(sql, _range(kind)).fetchone()[0])


class Documents:
    """The documents of one commit, in the index of their clone."""

    def __init__(self, repo: Repo, oid: str, paths: Iterable[str] = ()) -> None:
        self.repo, self.texts = repo, TextIndex(repo)
        self.blobs = _documents(repo, oid, list(paths))  # path -> blob

    def __enter__(self) -> Documents:
        return self

    def __exit__(self, *exc: object) -> None:
        self.texts.close()

    def index(self, progress: Callable[[int], object] = lambda count: None) -> Indexed:
        """Read what is not indexed yet, and drop what this commit does not have."""

        def texts(oids: list[str]) -> Iterator[tuple[str, str]]:
            for count, found in enumerate(_blob_texts(self.repo, oids), 1):
                progress(count)
                yield found

        read = self.texts.bring(_BLOB, set(self.blobs.values()), texts)
        return Indexed(documents=len(self.blobs), read=read, passages=self.texts.count(_BLOB))

    def search(self, query: str, limit: int = 20) -> list[Passage]:
        """Passages that hold every word of `query`, best first."""
        paths = {oid: path for path, oid in sorted(self.blobs.items(), reverse=True)}
        found = (
            _passage(paths[oid], line, text, words)
            for oid, line, text, words in self.texts.search(_BLOB, query)
            if oid in paths
        )
        return list(islice(found, limit))


def _range(kind: str) -> tuple[str, str]:
    return kind, chr(ord(kind) + 1)


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


def _blob_texts(repo: Repo, oids: list[str]) -> Iterator[tuple[str, str]]:
    for start in range(0, len(oids), _BATCH):
        names = "\n".join(oids[start : start + _BATCH]).encode()
        for oid, content in repo.named_blobs(names, LARGEST):
            yield oid, "" if b"\0" in content[:8000] else content.decode("utf-8", "replace")


def _add(connection: sqlite3.Connection, key: str, text: str) -> None:
    of = connection.execute("INSERT INTO texts (key) VALUES (?)", (key,)).lastrowid
    for line, passage in passages(text):
        chunk = connection.execute(
            "INSERT INTO chunks (of, line, text) VALUES (?,?,?)", (of, line, passage)
        ).lastrowid
        connection.execute("INSERT INTO chunks_fts (rowid, text) VALUES (?,?)", (chunk, passage))


def _drop(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    for key in keys:
        row = connection.execute("SELECT id FROM texts WHERE key = ?", (key,)).fetchone()
        connection.execute(
            "INSERT INTO chunks_fts (chunks_fts, rowid, text)"
            " SELECT 'delete', id, text FROM chunks WHERE of = ?",
            row,
        )
        connection.execute("DELETE FROM chunks WHERE of = ?", row)
        connection.execute("DELETE FROM texts WHERE id = ?", row)


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
