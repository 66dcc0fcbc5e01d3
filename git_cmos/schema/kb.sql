-- The knowledge base: a cache of what documents in the repository say, by the name of their blob.
-- Not state: removed, it is made again. A file of its own, so that `--at` copies no text.
CREATE TABLE blobs (
  id  INTEGER PRIMARY KEY,
  oid TEXT NOT NULL UNIQUE
);
CREATE TABLE chunks (                 -- a blob in passages of a few paragraphs
  id   INTEGER PRIMARY KEY,
  blob INTEGER NOT NULL,
  line INTEGER NOT NULL,              -- where it begins, from 1
  text TEXT NOT NULL
);
CREATE INDEX chunks_by_blob ON chunks (blob);
CREATE VIRTUAL TABLE chunks_fts USING fts5 (
  text, content='chunks', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
