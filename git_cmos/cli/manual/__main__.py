"""`python -m git_cmos.cli.manual reference FILE` and `… man FOLDER`: write the manual."""

from __future__ import annotations

import sys

from git_cmos.cli import manual

USAGE = "usage: python -m git_cmos.cli.manual (reference FILE | man FOLDER)"


def main(args: list[str]) -> int:
    if len(args) != 2 or args[0] not in ("reference", "man"):
        print(USAGE, file=sys.stderr)
        return 129
    kind, place = args
    if kind == "man":
        manual.write_man(place)
    else:
        with open(place, "w", encoding="utf-8") as file:
            file.write(manual.reference())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
