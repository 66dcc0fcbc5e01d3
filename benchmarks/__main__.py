"""`python -m benchmarks`: make what is missing, run the rows, print the table."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from benchmarks import environment, report
from benchmarks.duels import Bench
from benchmarks.repositories import Repositories, alone
from benchmarks.rows import ROWS, Row
from benchmarks.timing import Failed, Stopwatch

_SETTLE = 0.2  # seconds: a ref that moved just now is looked at twice (racy), which is not the row


def main(argv: list[str] | None = None) -> int:
    """0: every bound holds; 1: one does not; 2: usage, or a command failed."""
    asked = _parser().parse_args(argv)
    if asked.list:
        print("\n".join(f"{row.name:<15} {row.bound:>4g}  {row.about}" for row in ROWS))
        return 0
    try:
        rows = _chosen(asked.rows)
        with alone(environment.WORK):
            results = _measure(asked, rows)
    except (Failed, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    if asked.json:
        settings = {"runs": asked.runs, "scale": asked.scale}
        shape = report.document(results, environment.machine(), settings)
        asked.json.write_text(json.dumps(shape, indent=1) + "\n")
    return int(any(result.verdict == "OVER" for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--rows", metavar="NAME,NAME", help="only these")
    add("--runs", type=int, default=11, help="timed runs of each side; short ones three times that")
    add("--scale", type=int, default=100_000, help="commits of the large history")
    add("--json", type=lambda name: Path(name).absolute(), metavar="FILE", help="write the record")
    add("--fresh", action="store_true", help="make the repositories anew")
    add("--system-config", action="store_true", help="without GIT_CONFIG_NOSYSTEM=1")
    add("--list", action="store_true", help="what rows there are, and their bounds")
    return parser


def _chosen(names: str | None) -> list[Row]:
    known = {row.name: row for row in ROWS}
    wanted = names.split(",") if names else list(known)
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"no row {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in wanted]


def _measure(asked: argparse.Namespace, rows: list[Row]) -> list[report.Result]:
    env = environment.sealed(environment.WORK / "home", asked.system_config)
    bench = Bench(Repositories(environment.WORK, env, asked.fresh), asked.scale)
    stopwatch = Stopwatch(env, environment.WORK / "errors")
    about = ", ".join(f"{name} {word}" for name, word in environment.machine().items())
    print(f"{about}\n\n{report.heading()}", flush=True)
    results = []
    for row in rows:
        results.append(_one(row, bench, stopwatch, asked.runs))
        print(report.line(results[-1]), flush=True)
    return results


def _one(row: Row, bench: Bench, stopwatch: Stopwatch, runs: int) -> report.Result:
    duel = row.build(bench)
    sides = [duel.ours, *([duel.reference] if duel.reference else [])]
    time.sleep(_SETTLE)
    samples = stopwatch.in_turns(sides, runs if row.heavy else 3 * runs, 1 if row.heavy else 3)
    return report.Result(
        row=row,
        ours=samples[0],
        reference=samples[1] if duel.reference else None,
        units=(duel.ours.units, duel.reference.units if duel.reference else 1.0),
        facts=duel.facts,
    )


if __name__ == "__main__":
    sys.exit(main())
