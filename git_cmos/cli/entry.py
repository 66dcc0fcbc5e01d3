"""Where the shims of hooks begin: a script, run without Python's `site` (`python -I -S`), which
would cost a third of a `python -c pass`. What is not one of the quick bodies gets it all the same.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def _main() -> NoReturn:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from git_cmos.cli import fast, main

    if not fast.knows(sys.argv[1:]):
        import site

        site.main()
        sys.exit(main(sys.argv[1:]))
    gc.disable()  # over before there is anything to collect
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # taking the interpreter apart takes as long as the work


if __name__ == "__main__":
    _main()
