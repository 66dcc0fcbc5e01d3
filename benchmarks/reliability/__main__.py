"""`python -m benchmarks.reliability`: run the rows, print the table."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import environment
from benchmarks.reliability.points import FULL, POINTS, SHORT, Count, Figures
from benchmarks.reliability.world import World

_LINE = "{:<40} {:<36} {:>5} {:>7} {:>8}"


def main(argv: list[str] | None = None) -> int:
    """0: nothing was lost and nothing went wrong; 1: something was; 2: usage; 130: interrupted."""
    asked = _parser().parse_args(argv)
    if unknown := [name for name in asked.only or () if name not in POINTS]:
        print(f"no row {unknown[0]!r}; there are {', '.join(POINTS)}", file=sys.stderr)
        return 2
    about = ", ".join(f"{name} {word}" for name, word in environment.machine().items())
    print(f"{about}\n\n{_LINE.format('what', 'how many', 'lost', 'errors', 'seconds')}")
    print("-" * 100, flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: end what was started
    rows: list[dict[str, Any]] = []
    try:
        for name in asked.only or POINTS:
            rows.append(_row(name, SHORT if asked.short else FULL))
    except KeyboardInterrupt:
        print("interrupted; nothing that was started is left", file=sys.stderr)
        return 130
    finally:
        if asked.json:
            document = {"machine": environment.machine(), "short": asked.short, "rows": rows}
            asked.json.write_text(json.dumps(document, indent=1) + "\n")
    return int(any(row["lost"] or row["errors"] for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    add = parser.add_argument
    add("--only", metavar="NAME", action="append", help=f"one of {', '.join(POINTS)}; repeatable")
    add("--short", action="store_true", help="a little of each, in half a minute")
    add("--json", type=lambda name: Path(name).absolute(), metavar="FILE", help="write the record")
    return parser


def _row(name: str, figures: Figures) -> dict[str, Any]:
    """Run one row in a folder that does not outlive it, and print it."""
    about, point = POINTS[name]
    folder = Path(tempfile.mkdtemp(prefix="cmos-reliability-"))
    world = World(folder)
    began = time.monotonic()
    try:
        count = point(world, figures, _progress(name))
    except Exception as error:  # a row that breaks off is an error of that row
        count = Count("broke off", errors=[f"{type(error).__name__}: {error}"[:500]])
    finally:
        world.stop()
        shutil.rmtree(folder, ignore_errors=True)
    seconds = round(time.monotonic() - began, 1)
    cells = (about, count.many, count.lost, len(count.errors), seconds)
    print(_LINE.format(*cells), flush=True)
    for error in count.errors[:5]:
        print(f"    {error}", file=sys.stderr)
    shape = dict(zip(("about", "many", "lost", "errors", "seconds"), cells, strict=True))
    return {"name": name, **shape, "said": count.errors[:20], "note": count.note}


def _progress(name: str) -> Any:
    """Says how far a row is, on a terminal's error output or every so often in a file."""
    last = [0.0]

    def said(done: int, total: int) -> None:
        if time.monotonic() - last[0] < (0.2 if sys.stderr.isatty() else 30) and done < total:
            return
        last[0] = time.monotonic()
        end = "\r" if sys.stderr.isatty() else "\n"
        print(f"  {name}: {done:,} of {total:,}", end=end, file=sys.stderr, flush=True)

    return said


if __name__ == "__main__":
    sys.exit(main())
