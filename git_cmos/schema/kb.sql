-- Full-text search: a cache of what documents, decisions, facts and captures say. Not state:
-- removed, it is made again. A file of its own, so that `--at` copies no text.
CREATE TABLE texts (
  id  INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE            -- a letter for its kind, then what names the content
);
CREATE TABLE chunks (                 -- a text in passages of a few paragraphs
  id   INTEGER PRIMARY KEY,
  of   INTEGER NOT NULL,
  line INTEGER NOT NULL,              -- where it begins, from 1
  text TEXT NOT NULL
);
CREATE INDEX chunks_by_text ON chunks (of);
CREATE VIRTUAL TABLE chunks_fts USING fts5 (
  text, content='chunks', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
