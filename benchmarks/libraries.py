"""Documents to search in: words as frequent as words are, and a few that are asked for."""

from __future__ import annotations

import random
from pathlib import Path

COMMON, RARE, SIGNS, HAN = "commonest", "zyzzyva", "C++", "数据库"
_FILES = 5000
_LINE = 12  # words
_EVERY = 500  # the file that holds what is rare


def write(folder: Path, megabytes: int) -> None:
    """`megabytes` of markdown in 5,000 files below `folder`; the same for the same number."""
    chance = random.Random(7)
    letters = "abcdefghijklmnoprstuvw"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(50_000)]
    words[0] = COMMON
    weights = [1 / (place + 3) for place in range(len(words))]
    size = megabytes * 1_000_000 // _FILES
    for number in range(_FILES):
        path = folder / str(number // 100) / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(chance.choices(words, weights, k=size // 7 + 20), number, size))


def _text(words: list[str], number: int, size: int) -> str:
    head = f"# Document {number}\n\n"
    if number % _EVERY == 0:
        head += f"{RARE} {SIGNS} {HAN}迁移\n\n"
    lines = [" ".join(words[at : at + _LINE]) for at in range(0, len(words), _LINE)]
    paragraphs = ("\n".join(lines[at : at + 5]) for at in range(0, len(lines), 5))
    return (head + "\n\n".join(paragraphs))[:size]
