"""What came out: a table for people, a document for the record."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.duels import Facts
from benchmarks.rows import Row
from benchmarks.timing import WIDE, Samples

_LINE = "{:<15} {:>9} {:>9} {:>6} {:>6} {:>6} {:>5}  {}"


@dataclass(frozen=True)
class Result:
    """One row as measured. units: what the times of ours and of the reference are divided by."""

    row: Row
    ours: Samples
    reference: Samples | None
    units: tuple[float, float]
    facts: Facts

    @property
    def ratio(self) -> float:
        """By the medians; without a reference, seconds for each unit."""
        return self._ratio(lambda samples: samples.median)

    @property
    def least(self) -> float:
        """By the quickest run of each: what an idle machine would say."""
        return self._ratio(lambda samples: min(samples.seconds))

    @property
    def cpu(self) -> float:
        """By processor time: a busy machine hardly disturbs it; it is blind to parallel work."""
        return self._ratio(lambda samples: statistics.median(samples.cpu))

    def _ratio(self, of: Callable[[Samples], float]) -> float:
        below = of(self.reference) / self.units[1] if self.reference else 1.0
        return of(self.ours) / self.units[0] / below

    @property
    def verdict(self) -> str:
        if self.row.informative:
            return "informative"
        if self.ratio > self.row.bound:
            return "OVER"
        goal = self.row.goal
        return "holds" if goal is None or self.ratio <= goal else f"holds, goal {goal:g} missed"

    @property
    def notes(self) -> list[str]:
        return [
            f"{name}: max/min {samples.spread:.1f}"
            for name, samples in (("ours", self.ours), ("reference", self.reference))
            if samples and samples.spread > WIDE
        ]


def heading() -> str:
    words = ("row", "ours", "reference", "ratio", "of min", "cpu", "bound", "verdict")
    return f"{_LINE.format(*words)}\n{'-' * 80}"


def line(result: Result) -> str:
    row, reference = result.row, result.reference
    first = _LINE.format(
        row.name,
        _time(result.ours.median),
        _time(reference.median) if reference else "-",
        f"{result.ratio:.2f}",
        f"{result.least:.2f}",
        f"{result.cpu:.2f}",
        f"{row.bound:g}",
        result.verdict,
    )
    return f"{first}\n    {'; '.join([_facts(result), *result.notes])}"


def _facts(result: Result) -> str:
    known = [f"{_number(fact)} {name}" for name, fact in result.facts.items()]
    return ", ".join([*known, *_peaks(result)])


def _peaks(result: Result) -> list[str]:
    """The memory of both sides, where the larger is more than the harness's own."""
    peaks = [samples.peak_kb for samples in (result.ours, result.reference) if samples]
    words = [f"{kb / 1024:.0f}" if kb else "-" for kb in peaks]
    return [f"peak {' / '.join(words)} MB"] if any(peaks) and result.row.heavy else []


def _number(fact: int | str) -> str:
    return f"{fact:,}" if isinstance(fact, int) else fact


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def document(results: list[Result], machine: dict[str, Any], settings: Facts) -> dict[str, Any]:
    """Times in seconds, memory in MB."""
    rows = [_shape(result) for result in results]
    return {"machine": machine, "settings": settings, "rows": rows}


def _shape(result: Result) -> dict[str, Any]:
    row = result.row
    return {
        "name": row.name,
        "about": row.about,
        "ours": _samples(result.ours, result.units[0]),
        "reference": _samples(result.reference, result.units[1]),
        "ratio": round(result.ratio, 3),
        "ratio_of_min": round(result.least, 3),
        "ratio_of_cpu": round(result.cpu, 3),
        "bound": row.bound,
        "goal": row.goal,
        "verdict": result.verdict,
        "facts": result.facts,
        "notes": result.notes,
    }


def _samples(samples: Samples | None, units: float) -> dict[str, float | None] | None:
    if samples is None:
        return None
    return {
        "median": round(samples.median, 5),
        "min": round(min(samples.seconds), 5),
        "max": round(max(samples.seconds), 5),
        "cpu": round(statistics.median(samples.cpu), 5),
        "runs": len(samples.seconds),
        "units": round(units, 5),
        "peak_mb": round(samples.peak_kb / 1024, 1) or None,
    }
