"""Which shapes of names a history uses: `[B1.1]`, `s95-m04:`, `PROJ-12`. Pure."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*"
# (where a name may stand in a subject, the pattern for it with {} for the name's own), the more
# telling place first.
_PLACES = tuple(
    (re.compile(place.format(f"({name})"), re.ASCII), pattern)
    for place, name, pattern in (
        (r"\[{}\]", _NAME, r"\[({})\]"),
        (r"^{}:", _NAME, r"^({}):"),
        (r"^\w+\({}\)!?:", _NAME, r"^\w+\(({})\)!?:"),
        (r"^{}(?= )", _NAME, r"^({})\b"),
        (r"\b{}\b", "[A-Z][A-Z0-9]*-[0-9]+", r"\b({})\b"),
        (r"#{}\b", "[0-9]+", r"#({})\b"),
    )
)
_RUN = re.compile(r"[0-9]+|[A-Z]+|[a-z]+|[^0-9A-Za-z]")
_VERSION = re.compile(r"[vV]?[0-9]+(\.[0-9]+)*(-?rc[0-9]+)?\Z|(UTF|SHA|ISO|RFC|CVE|HTTP)-")
_LONGEST = 200  # characters of a subject
_FEWEST = 3  # commits
_MOST_SHAPES = 3  # of one place; beyond that their letters are taken for variable,
_MOSTLY = 0.8  # and where none of them has most of the commits
_MOST_KEPT = 5000


class Shapes:
    """Counts the shapes of names in subjects: which pattern finds how many commits and names."""

    def __init__(self) -> None:
        self._found: dict[int, dict[str, tuple[int, set[str]]]] = {}

    def take(self, subject: str) -> None:
        """Look at one more subject."""
        for place, (find, _) in enumerate(_PLACES):
            match = find.search(subject[:_LONGEST])
            if match and any(c.isdigit() for c in match[1]) and not _is_other(match[1], place):
                shapes = self._found.setdefault(place, {})
                shape = _shape(match[1])
                count, names = shapes.get(shape, (0, set()))
                if shape in shapes or len(shapes) < _MOST_KEPT:
                    names.add(match[1])
                    shapes[shape] = count + 1, names

    def patterns(self) -> list[str]:
        """The patterns worth a look, the one that finds most commits first; of two that find the
        same, the more telling one."""
        found = [
            (-count, place, _PLACES[place][1].format(shape))
            for place, shapes in self._found.items()
            for shape, (count, names) in _gathered(shapes).items()
            if count >= _FEWEST and len(names) > 1
        ]
        return [pattern for _, _, pattern in sorted(found)]


def _is_other(name: str, place: int) -> bool:
    """Whether a name is a version's, or a standard's: these are no work."""
    return place != len(_PLACES) - 1 and _VERSION.match(name) is not None


def _gathered(shapes: dict[str, tuple[int, set[str]]]) -> dict[str, tuple[int, set[str]]]:
    """Shapes that differ in their letters only are one, where there are many of them."""
    alike: dict[str, list[str]] = {}
    for shape, (_, names) in shapes.items():
        alike.setdefault(_shape(min(names), any_letters=True), []).append(shape)
    found: dict[str, tuple[int, set[str]]] = {}
    for wide, narrow in alike.items():
        counts = [shapes[it][0] for it in narrow]
        vary = len(narrow) > _MOST_SHAPES or max(counts) < _MOSTLY * sum(counts)
        kept = {wide: narrow} if vary else {it: [it] for it in narrow}
        for name, members in kept.items():
            count = sum(shapes[it][0] for it in members)
            found[name] = count, set().union(*(shapes[it][1] for it in members))
    return found


def _shape(name: str, any_letters: bool = False) -> str:
    return "".join(_run(run, any_letters) for run in _RUN.findall(name))


def _run(run: str, any_letters: bool) -> str:
    if run.isdigit():
        return r"\d+"
    if any_letters and run.isalpha():
        return "[A-Z]+" if run.isupper() else "[a-z]+"
    return run.replace(".", r"\.")
