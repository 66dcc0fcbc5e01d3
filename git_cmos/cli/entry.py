"""Where the shims of hooks begin: a script, run without Python's `site` (`python -I -S`), which
would cost a third of a `python -c pass`. What is not one of the quick bodies gets it all the same.
"""

from __future__ import annotations

import os
import sys


def _main() -> None:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from git_cmos.cli import fast, program

    if not fast.knows(sys.argv[1:]):
        import site

        site.main()
    program()


if __name__ == "__main__":
    _main()
