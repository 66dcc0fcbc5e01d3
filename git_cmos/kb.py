"""Full-text search: over the documents of a commit, over decisions, facts and captures.

Texts are indexed by what names their content (a blob, the id of a decision), so each is read once
however many commits hold it, and `--at` searches what a commit had. A cache beside the memory,
not state: whoever removes it loses nothing.
"""

from __future__ import annotations

import os
import re
from itertools import islice
from unicodedata import normalize

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
_VERSION = 3
_BLOB = "b"
_SPARE = 500  # texts that may stay though nobody wants them: `--at` looks back and forth
_MOST_MATCHED = 32  # words that the index is asked for; the text is asked for all


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
        self,
        kind: str,
        wanted: set[str],
        texts: Callable[[list[str]], Iterator[tuple[str, str]]],
        tidy: bool = False,
    ) -> int:
        """Hold the texts `wanted` of one kind; how many had to be read. texts: reads those named,
        as (key, text). Others are dropped when they are many, or to be tidy."""
        rows = self.db.execute("SELECT key FROM texts WHERE key >= ? AND key < ?", _range(kind))
        known = {key[1:] for (key,) in rows}
        lacking, spare = sorted(wanted - known), known - wanted
        if not tidy and len(spare) <= max(len(wanted), _SPARE):
            spare = set()
        if lacking or spare:
            with db.transaction(self.db):
                _drop(self.db, [kind + key for key in spare])
                for key, text in texts(lacking):
                    _add(self.db, kind + key, text)
        return len(lacking)

    def search(self, kinds: str, query: str) -> Iterator[tuple[str, int, str, list[str]]]:
        """(key with the letter of its kind, line, text, words) of passages that hold every word
        of `query`, best first; a word is taken literally, case aside, and may be the beginning of
        a longer one. "Several words" in quotes are one."""
        words = _words(query)
        holds = _holding(words)
        for of, line, text in self._candidates(words) if words else ():
            if holds(text):
                key = self.db.execute("SELECT key FROM texts WHERE id = ?", (of,)).fetchone()[0]
                if key[0] in kinds:
                    yield key, line, text, words

    def _candidates(self, words: list[str]) -> Iterator[tuple[int, int, str]]:
        """(id of the text, line, passage) of what may match: by the index where it can tell, else
        all."""
        telling = [_term(word) for word in words if _is_telling(word)]
        if not telling:
            return self.db.execute("SELECT of, line, text FROM chunks ORDER BY id")
        # Ranked by the index alone: joined, every passage would be read before the first is known.
        match = " AND ".join(telling[:_MOST_MATCHED])
        ranked = "SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ? ORDER BY rank"
        passage = "SELECT of, line, text FROM chunks WHERE id = ?"
        rows = self.db.execute(ranked, (match,))
        return (self.db.execute(passage, row).fetchone() for row in rows)

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

    def index(
        self, progress: Callable[[int], object] = lambda count: None, tidy: bool = False
    ) -> Indexed:
        """Read what is not indexed yet; tidy: drop what this commit does not have."""

        def texts(oids: list[str]) -> Iterator[tuple[str, str]]:
            for count, found in enumerate(_blob_texts(self.repo, oids), 1):
                progress(count)
                yield found

        read = self.texts.bring(_BLOB, set(self.blobs.values()), texts, tidy)
        return Indexed(documents=len(self.blobs), read=read, passages=self.texts.count(_BLOB))

    def search(self, query: str, limit: int = 20) -> list[Passage]:
        """Passages that hold every word of `query`, best first."""
        paths = {oid: path for path, oid in sorted(self.blobs.items(), reverse=True)}
        found = (
            _passage(paths[key[1:]], line, text, words)
            for key, line, text, words in self.texts.search(_BLOB, query)
            if key[1:] in paths
        )
        return list(islice(found, limit))


def _range(kind: str) -> tuple[str, str]:
    return kind, chr(ord(kind) + 1)


def _is_telling(word: str) -> bool:
    """Whether the index knows the word's beginning as a token, whatever its case: it keeps no
    punctuation, takes a run of Chinese or Thai for one word, and knows no letters newer than it."""
    return (
        word[0].isalnum()
        and max(word) < "\u0500"  # Latin, Greek, Cyrillic
        and word.lower() == word.casefold()
    )


def _term(word: str) -> str:
    """The word as a phrase of a full-text query. Where it ends in a sign its last letters are a
    whole word (`C++`), else perhaps the beginning of a longer one."""
    whole = word[-1].isascii() and not word[-1].isalnum()
    return '"' + word.replace('"', '""') + ('"' if whole else '" *')


def _holding(words: list[str]) -> Callable[[str], bool]:
    """Whether a text holds every word, case aside. Folding is spared where nothing can be folded:
    it takes longer than looking."""
    plain, wanted = "".join(words), [_folded(word) for word in words]
    cased, ascii_only = plain.upper() != plain.lower(), plain.isascii()
    fold = _FOLDS[cased, ascii_only]

    def holds(text: str) -> bool:
        here = fold(text)
        return all(word in here for word in wanted)

    return holds


def _folded(text: str) -> str:
    return normalize("NFC", text).casefold()


_FOLDS: dict[tuple[bool, bool], Callable[[str], str]] = {
    (True, False): _folded,
    (True, True): str.casefold,
    (False, False): lambda text: normalize("NFC", text),
    (False, True): str,
}


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
    parts = passages(text) if key[0] == _BLOB else iter([(1, text)])
    for line, passage in parts:
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
